//! `azpat deliver`: takes a secret from standard input to the places that are named. What will
//! change is shown first, and done only after a yes.

use std::io::{self, IsTerminal as _, Read as _};

use secrecy::zeroize::Zeroizing;

use super::{Exit, delivery, hidden, output, session::Session, together};
use crate::{
    cli,
    config::{Config, SinkKind},
    failure::{Failure, FailureKind},
    pat::Pat,
    secret::PatSecret,
    sink::{Delivery, Sink},
};

/// More than any secret.
const LIMIT: u64 = 4096;

pub(super) async fn run(what: &cli::Deliver, config: &Config) -> Result<Exit, Failure> {
    let must_ask = !what.yes && !what.dry_run;
    if must_ask && !output::can_ask() {
        let why = "nobody can be asked, since standard input or error is no terminal";
        return Err(cannot(why).hint("--yes delivers without asking; --dry-run shows the changes"));
    }
    let session = Session::open(config).await?;
    let pat = match &what.id {
        Some(id) => Some(session.listing().await?.one(id, session.now())?.clone()),
        None => None,
    };
    let delivery = match &pat {
        Some(pat) => Delivery::of(pat),
        None => Delivery::to(session.organization(ATTEMPT).await?),
    };
    let mut sinks = session.sinks(config, &what.sinks)?;
    // Standard output last, as the last line of the results.
    sinks.sort_by_key(|sink| sink.kind() == SinkKind::Stdout);
    let plans = delivery::plans(&sinks, &delivery, Some(&session.clipboard))?;
    let shown = delivery::shown(&plans);
    if what.dry_run {
        output::result(&shown)?;
        return Ok(Exit::DONE);
    }
    session.clipboard.consent(&sinks, what.clipboard.copy_by_terminal)?;
    let secret = secret()?;
    output::show(&shown);
    if must_ask {
        let answer = output::ask("Type yes to deliver the secret: ").ok().flatten();
        if answer.as_deref() != Some("yes") {
            let why = "it was not confirmed; nothing was changed";
            return Err(Failure::new(FailureKind::Cancelled, ATTEMPT, why));
        }
    }
    let parcel = Parcel { session: &session, pat, delivery, secret };
    let exit = parcel.deliver(&sinks, what.test).await;
    session.clipboard.end(true).await;
    Ok(exit)
}

/// A secret on its way, and whose it is.
struct Parcel<'a> {
    session: &'a Session,
    /// `None`: nobody named it.
    pat: Option<Pat>,
    delivery: Delivery,
    secret: PatSecret,
}

impl Parcel<'_> {
    async fn deliver(&self, sinks: &[Sink], is_to_be_tried: bool) -> Exit {
        let Self { session, pat, delivery, secret } = self;
        let (mut done, mut failures) = (0, Vec::new());
        for sink in sinks {
            let delivered =
                delivery::deliver(sink, delivery, secret, Some(&session.clipboard)).await;
            let whose = (&delivery.organization, pat.as_ref());
            session.desk.note_delivery(whose, sink.name(), delivered.as_ref().copied()).await;
            match delivered {
                Ok(()) => done += 1,
                Err(failure) => failures.push(failure),
            }
        }
        let mut is_tried = true;
        for sink in sinks.iter().filter(|_| is_to_be_tried) {
            match sink.test(delivery, secret, &session.desk.client).await {
                Ok(tested) => output::message(format!("{}: {}", sink.name(), tested.words)),
                Err(failure) => {
                    is_tried = false;
                    failures.push(failure);
                }
            }
        }
        failures.iter().for_each(output::failure);
        if is_tried || done == 0 { together(done, &failures) } else { Exit::PARTLY }
    }
}

const ATTEMPT: &str = "deliver a secret";

fn cannot(why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Usage, ATTEMPT, why)
}

/// The one line of standard input, typed or piped.
fn secret() -> Result<PatSecret, Failure> {
    let line = if io::stdin().is_terminal() {
        hidden::ask("The secret (it is not shown): ").map_err(|error| cannot(error.to_string()))?
    } else {
        let mut line = Zeroizing::new(String::with_capacity(8192));
        let read = io::stdin().lock().take(LIMIT).read_to_string(&mut line);
        read.map_err(|error| cannot(error.to_string()))?;
        line
    };
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(cannot("there is none on standard input").hint("pipe it into azpat"));
    }
    Ok(PatSecret::new(line))
}
