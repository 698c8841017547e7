//! `azpat doctor`: looks at everything that azpat needs, one finding a line, each with its one
//! fix. Never opens a browser and asks nobody to sign in; nothing found here is a secret.

mod configuration;
mod keyring;
mod line;
mod network;
mod organizations;
mod report;
mod sign_in;
mod surroundings;
mod terminal;

use std::time::Duration;

use futures_util::future::join3;
use tokio::time::{Instant, timeout, timeout_at};

use self::line::{Group, Line, State};
use super::{Exit, output};
use crate::{
    azure::Limits,
    cli,
    config::{Config, Missing, Problems, ServiceSettings, Source},
    failure::Failure,
};

/// How long all looks outside may take together.
const LIMIT: Duration = Duration::from_secs(10);

/// How long they may take without a word.
const QUIET: Duration = Duration::from_secs(3);

/// Shorter than [`LIMIT`], so that a silent host is told in the client's own words.
fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(8),
        answer: Duration::from_secs(9),
        idle: Duration::from_secs(9),
        total: Duration::from_secs(9),
        pause: Duration::from_secs(3),
        ..Limits::default()
    }
}

/// When the last look ends. All looks share one.
#[derive(Clone, Copy, Debug)]
struct Deadline(Instant);

impl Deadline {
    /// What came of a look, or the line that says that nothing has.
    async fn wait<T>(
        self,
        group: Group,
        check: &str,
        look: impl Future<Output = T>,
    ) -> Result<T, Line> {
        timeout_at(self.0, look).await.map_err(|_elapsed| {
            let detail = format!("no answer within {} s", LIMIT.as_secs());
            group.warning(check, detail, "try again; other lines may say what it waits for")
        })
    }
}

/// Looks at everything and writes what it found. Something that fails is told by the exit code.
pub(super) async fn run(
    what: &cli::Doctor,
    config: Result<&Config, &Problems>,
) -> Result<Exit, Failure> {
    let lines = lines(config).await;
    output::result(&report::render(&lines, what.format))?;
    let is_failing = lines.iter().any(|line| line.state == State::Failing);
    Ok(if is_failing { Exit::FAILING } else { Exit::DONE })
}

async fn lines(config: Result<&Config, &Problems>) -> Vec<Line> {
    let deadline = Deadline(Instant::now() + LIMIT);
    let service = match config.map(|config| &config.source) {
        Ok(Source::Service(service) | Source::Missing(Missing { service, .. })) => Ok(service),
        Ok(Source::Demo { .. }) => {
            let detail = "the demonstration runs inside azpat; nothing outside is looked at";
            Err(Group::Network.ok("service", detail))
        }
        Err(_) => Err(Group::Network.warning(
            "service",
            "network, keyring, sign-in and organizations are not looked at, since the \
             configuration cannot be used",
            "correct the configuration first",
        )),
    };
    let mut lines = configuration::lines(config);
    lines.extend(surroundings::lines(service.as_ref().ok().copied(), deadline).await);
    lines.extend(terminal::lines().await);
    match service {
        Ok(service) => lines.extend(told(Box::pin(outside(service, deadline))).await),
        Err(line) => lines.push(line),
    }
    lines
}

/// Waits, and says so where it takes long enough to be taken for a program that hangs.
async fn told<T>(mut look: impl Future<Output = T> + Unpin) -> T {
    if let Ok(found) = timeout(QUIET, &mut look).await {
        return found;
    }
    output::message(format!("something does not answer; this ends within {} s", LIMIT.as_secs()));
    look.await
}

/// All that can take a while, side by side.
async fn outside(service: &ServiceSettings, deadline: Deadline) -> Vec<Line> {
    let network = network::lines(service, deadline);
    let keyring = keyring::lines(service, deadline);
    let members = async {
        let (mut lines, signed_in) = sign_in::look(service, deadline).await;
        lines.extend(organizations::lines(service, signed_in, deadline).await);
        lines
    };
    let (network, keyring, members) = join3(network, keyring, members).await;
    [network, keyring, members].concat()
}
