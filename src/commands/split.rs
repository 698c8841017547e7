//! `azpat split`: makes one token for each organization in the place of a global one, which is
//! revoked only when every secret is where it belongs. Ends at the first failure; the same command
//! goes on with what is missing.

use std::fmt::Write as _;

use super::{
    Exit, delivery, find, handover, output, places::Places, rights, session::Session, stop::Stop,
    until,
};
use crate::{
    cli,
    config::Config,
    failure::{Failure, FailureKind},
    operations::{
        Order,
        replace::Stopping as _,
        split::{self, Progress, Split, Wanted},
    },
    pat::{Organization, Pat, scope},
    sink::Sink,
    text,
    when::{self, Zone},
};

pub(super) async fn run(what: &cli::Split, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    // Its successors have its name, so a name means the global one.
    let mut found = find::candidates(&listing.pats, &what.id, now);
    found.retain(|pat| pat.is_global());
    let old = match found.as_slice() {
        [only] => only,
        _ => listing.one(&what.id, now)?,
    };
    // Who does not see all cannot tell what is there already.
    if let Some(failure) = listing.failures.first() {
        let hint = "--organization names those that can be read";
        return Err(failure.clone().hint(hint));
    }
    let wanted = wanted(what, old, &session)?;
    let known = organizations(what, &session, old).await?;
    let split = Split::plan(old, &known, &wanted, &listing.pats, now)?;
    rights::check_name(old.name.raw(), &split.attempt())?;
    let left = session.desk.records.journal()?.left().await?;
    split.check_left(&left)?;
    let sinks = session.sinks(config, &what.sinks)?;
    check_apart(&sinks, &split)?;
    let places = Places::of(&session.desk.client, &sinks, (None, now), config);
    let is_consented = what.allow_full_access || what.dry_run || split.missing().next().is_none();
    rights::consent(&wanted.scope, old.name.raw(), is_consented, &split.attempt())?;
    show(&split, &places, &session, what).await?;
    if what.dry_run { Ok(Exit::DONE) } else { carry_out(&session, split, &places, what.keep).await }
}

/// The scopes and the end of the new tokens: those of the global one, unless asked otherwise.
fn wanted(what: &cli::Split, old: &Pat, session: &Session) -> Result<Wanted, Failure> {
    let now = session.now();
    let scope = rights::scope(&what.scopes, &what.presets, &old.scope)?;
    let valid_to = until::end(what.end.lifetime, what.end.to, now, split::life(old));
    until::check(valid_to, now, &format!("split {}", text::cut(old.name.raw(), 60)))?;
    Ok(Wanted { scope: scope.unwrap_or_else(|| old.scope.to_string()), valid_to })
}

/// Those that are named, else all that are known.
async fn organizations(
    what: &cli::Split,
    session: &Session,
    old: &Pat,
) -> Result<Vec<Organization>, Failure> {
    let attempt = format!("split {}", find::named(old));
    let (known, _) = session.asked().await?;
    if let Some(stranger) = what.into.iter().find(|into| !known.contains(into)) {
        let names: Vec<_> = known.iter().map(Organization::as_str).collect();
        let why = format!("{stranger} is none of the organizations it knows: {}", names.join(", "));
        return Err(Failure::new(FailureKind::Usage, attempt, why));
    }
    if !what.into.is_empty() {
        return Ok(what.into.clone());
    }
    if session.desk.client.sign_in().accounts().len() > 1 {
        let why = "several accounts are signed in, and the token is of one of them";
        return Err(Failure::new(FailureKind::Usage, attempt, why)
            .hint("name its organizations with --into"));
    }
    Ok(known)
}

/// Refuses a place where one secret would take that of another.
fn check_apart(sinks: &[Sink], split: &Split) -> Result<(), Failure> {
    let Some(sink) = sinks.iter().find(|sink| !sink.keeps_apart()) else { return Ok(()) };
    if split.parts().len() < 2 {
        return Ok(());
    }
    let why = format!(
        "{} has one place for all organizations: each secret would overwrite the one before",
        text::cut(sink.name(), 60)
    );
    Err(Failure::new(FailureKind::Usage, split.attempt(), why)
        .hint("keyring, npmrc and maven keep them apart; `--into` takes one organization"))
}

/// Says what is to be done, before anything is sent.
async fn show(
    split: &Split,
    places: &Places<'_>,
    session: &Session,
    what: &cli::Split,
) -> Result<(), Failure> {
    let mut lines = String::new();
    for part in split.parts() {
        let new = &part.new;
        match part.progress {
            Progress::Missing => {
                let plans = delivery::shown(&places.plans(new)?);
                session.tell_limits(&new.wish(session.now())).await;
                let scopes = scope::words(&new.scope);
                let (scopes, end) = (text::visible(&scopes), when::full(new.valid_to, Zone::Local));
                // Writing to a String cannot fail.
                write!(lines, "{}: {scopes}, until {end}\n{plans}", new.organization).ok();
            }
            Progress::Known(id) => {
                writeln!(lines, "{}: has one already (id {id})", new.organization).ok();
            }
            Progress::Delivered => {}
        }
    }
    let old = find::named(split.old());
    let end = if what.keep { "stays" } else { "is revoked when all are in their places" };
    let all = format!("split {old}, which {end}:\n{lines}");
    if what.dry_run {
        return output::result(&format!("would {all}"));
    }
    output::show(&all);
    Ok(())
}

async fn carry_out(
    session: &Session,
    mut split: Split,
    places: &Places<'_>,
    is_kept: bool,
) -> Result<Exit, Failure> {
    let all: Vec<_> = split.missing().cloned().collect();
    for new in all {
        let organization = new.organization.clone();
        let order = Order { new, old: None, sinks: places.names() };
        let places = std::slice::from_ref(places);
        match handover::carry_out(&session.desk, order, places).await {
            Ok(Exit::DONE) => split.delivered(&organization),
            Ok(exit) => {
                tell_rest(&split);
                return Ok(exit);
            }
            Err(failure) => {
                output::failure(&failure);
                tell_rest(&split);
                let is_begun = split.parts().iter().any(|it| it.progress != Progress::Missing);
                return Ok(if is_begun { Exit::PARTLY } else { failure.kind.into() });
            }
        }
    }
    if is_kept {
        output::message(format!("{} still lives", find::named(split.old())));
        return Ok(Exit::DONE);
    }
    let mut stop = Stop::listen()?;
    let retired = stop.or_late(Box::pin(session.desk.retire(&split, handover::TELL))).await;
    let failure = match retired {
        Some(Ok(_)) => return Ok(Exit::DONE),
        Some(Err(failure)) => failure,
        None => {
            let why = "stopped by a signal; whether the global one is revoked is not known";
            Failure::new(FailureKind::Unconfirmed, split.attempt(), why)
        }
    };
    let id = split.old().id;
    output::failure(
        &failure.hint(format!("every organization has its token; `azpat revoke {id}`")),
    );
    Ok(Exit::PARTLY)
}

/// Says exactly what there is and what is missing.
fn tell_rest(split: &Split) {
    for part in split.parts() {
        let state = match part.progress {
            Progress::Missing => "has none yet".to_owned(),
            Progress::Known(id) => format!("has one already (id {id})"),
            Progress::Delivered => "has its token".to_owned(),
        };
        output::message(format!("{} {state}", part.new.organization));
    }
    output::message(format!("{} still lives", find::named(split.old())));
    output::message("the same command goes on with what is missing");
}
