//! `azpat deliver`: takes a secret from standard input to the places that are named. What will
//! change is shown first, and done only after a yes.

use std::io::{self, IsTerminal as _, Read as _};

use secrecy::zeroize::Zeroizing;

use super::{Exit, delivery, hidden, output, session::Session, together};
use crate::{
    cli,
    config::{Config, SinkKind},
    failure::{Failure, FailureKind},
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
    let delivery = match &what.id {
        Some(id) => Delivery::of(session.listing().await?.one(id, session.now())?),
        None => Delivery::to(session.organization(ATTEMPT).await?),
    };
    let sinks = session.sinks(config, &what.sinks)?;
    // Standard output last, as the last line of the results.
    let (last, first): (Vec<&Sink>, Vec<&Sink>) =
        sinks.iter().partition(|sink| sink.kind() == SinkKind::Stdout);
    let sinks = [first, last].concat();
    let shown = delivery::shown(&delivery::plans(&sinks, &delivery)?);
    if what.dry_run {
        output::result(&shown)?;
        return Ok(Exit::DONE);
    }
    let secret = secret()?;
    output::show(&shown);
    if must_ask {
        let answer = output::ask("Type yes to deliver the secret: ").ok().flatten();
        if answer.as_deref() != Some("yes") {
            let why = "it was not confirmed; nothing was changed";
            return Err(Failure::new(FailureKind::Cancelled, ATTEMPT, why));
        }
    }
    let (done, mut failures) = delivery::deliver(&sinks, &delivery, &secret).await;
    let mut is_tried = true;
    if what.test {
        for sink in &sinks {
            match sink.test(&delivery, &secret, &session.desk.client).await {
                Ok(tested) => output::message(format!("{}: {}", sink.name(), tested.words)),
                Err(failure) => {
                    is_tried = false;
                    failures.push(failure);
                }
            }
        }
    }
    failures.iter().for_each(output::failure);
    Ok(if is_tried || done == 0 { together(done, &failures) } else { Exit::PARTLY })
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
