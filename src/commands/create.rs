//! `azpat create`: makes a token and delivers its secret: to the places that are named, else once to
//! standard output, as the last line of the results. If no place takes the secret, the token is not
//! left behind alive: it is revoked again.

use super::{
    Exit, delivery, handover, output, places::Places, rights, session::Session, together, until,
};
use crate::{
    cli,
    config::Config,
    failure::{Failure, FailureKind},
    operations::{self, NewPat},
    pat::{Organization, scope},
    text,
    when::{self, Zone},
};

/// How a new token is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    /// Where its secret goes; nowhere named: to standard output.
    pub(super) places: &'a cli::Places,
    pub(super) allow_full_access: bool,
    pub(super) dry_run: bool,
}

pub(super) async fn run(what: &cli::Create, config: &Config) -> Result<Exit, Failure> {
    let attempt = attempt(&what.name);
    let scope = rights::scope(&what.scopes, &what.presets, "")?.ok_or_else(|| {
        Failure::new(FailureKind::Usage, attempt.clone(), "a token needs a scope")
            .hint("name one with --scope, or a task with --preset")
    })?;
    rights::check_name(&what.name, &attempt)?;
    let session = Session::open(config).await?;
    let organization = session.organization(&attempt).await?;
    let now = session.now();
    let valid_to = until::end(what.end.lifetime, what.end.to, now, config.preferences.extend_by);
    until::check(valid_to, now, &attempt)?;
    let new = NewPat { organization, name: what.name.clone(), scope, valid_to };
    let order = Order {
        places: &what.places,
        allow_full_access: what.allow_full_access,
        dry_run: what.dry_run,
    };
    make(&session, &new, order, config).await
}

/// Makes a token and delivers its secret.
pub(super) async fn make(
    session: &Session,
    new: &NewPat,
    order: Order<'_>,
    config: &Config,
) -> Result<Exit, Failure> {
    let (now, valid_to) = (session.now(), new.valid_to);
    let sinks = session.sinks(config, &order.places.sinks)?;
    let places = Places::of(&session.desk.client, &sinks, (order.places.format, now), config);
    let places = places.copying(&session.clipboard).one_is_enough();
    let plans = places.plans(new)?;
    let is_consented = order.allow_full_access || order.dry_run;
    rights::consent(&new.scope, &new.name, is_consented, &attempt(&new.name))?;
    session.tell_limits(&new.wish(now)).await;
    if order.dry_run {
        let summary = scope::Summary::new(&new.scope).to_string();
        output::result(&format!(
            "would create {} in {}: {}, until {}\n{}\n{}",
            text::visible(&new.name),
            new.organization,
            text::visible(&scope::words(&new.scope)),
            when::full(valid_to, Zone::Local),
            text::visible(&summary),
            delivery::shown(&plans),
        ))?;
        return Ok(Exit::DONE);
    }
    output::show(&delivery::shown(&plans));
    session.clipboard.consent(&sinks, order.places.clipboard.copy_by_terminal)?;
    let order = operations::Order { new: new.clone(), old: None, sinks: places.names() };
    let exit = handover::carry_out(&session.desk, order, std::slice::from_ref(&places)).await;
    session.clipboard.end(exit.is_ok()).await;
    let exit = exit?;
    let failures = places.failures();
    failures.iter().for_each(output::failure);
    Ok(if failures.is_empty() { exit } else { together(1, &failures) })
}

fn attempt(name: &str) -> String {
    format!("create {}", text::cut(name, 60))
}

impl Session {
    /// The one organization that a new token is for.
    pub(super) async fn organization(&self, attempt: &str) -> Result<Organization, Failure> {
        let (mut organizations, failures) = self.asked().await?;
        // An account that could not be asked may have another one.
        if let Some(failure) = failures.into_iter().next() {
            return Err(failure.hint("name one with --organization"));
        }
        match (organizations.pop(), organizations.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(Failure::new(
                FailureKind::NotFound,
                attempt,
                "no organization of yours was found",
            )),
            (Some(last), false) => {
                organizations.push(last);
                let names: Vec<_> = organizations.iter().map(Organization::as_str).collect();
                let why =
                    format!("a token is for one organization, and there are {}", names.join(", "));
                Err(Failure::new(FailureKind::Usage, attempt, why)
                    .hint("name one with --organization"))
            }
        }
    }
}
