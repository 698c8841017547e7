//! A command's connection: to the service that is configured, or to the demonstration inside this
//! process. Reads the tokens; what a command does with them is its own business.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::{clipboard::Clipboard, find, output};
use crate::{
    azure::Client,
    cli::Command,
    clock,
    config::{Config, ServiceSettings, Source},
    connect::{self, Demo},
    failure::{Failure, FailureKind},
    identity::Step,
    operations::{Completeness, Desk, Page, Records, list, membership, resume},
    pat::{Organization, Pat, inventory::Inventory},
    sink::{Sink, Sinks},
    text,
};

/// A connection and the organizations that were asked for.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) desk: Desk,
    pub(super) clipboard: Clipboard,
    /// Empty: all of the user.
    organizations: Vec<Organization>,
    /// Serves as long as the session lives.
    demo: Option<Demo>,
}

impl Session {
    pub(super) async fn open(config: &Config) -> Result<Self, Failure> {
        let clipboard = Clipboard::new(config.preferences.clipboard_clear);
        match &config.source {
            Source::Demo { organizations, .. } => Self::demo(organizations, clipboard).await,
            Source::Service(service) => Self::service(service, clipboard).await,
            // Without any configuration the defaults hold.
            Source::Missing(missing) => Self::service(&missing.service, clipboard).await,
        }
    }

    async fn service(service: &ServiceSettings, clipboard: Clipboard) -> Result<Self, Failure> {
        let sign_in = connect::ways(service)?.silent(tell_skipped).await?;
        let settings = connect::to_service(service, sign_in);
        let desk = Desk { client: Client::new(settings, |_| ())?, records: records() };
        Ok(Self { desk, clipboard, organizations: service.organizations.clone(), demo: None })
    }

    async fn demo(organizations: &[Organization], clipboard: Clipboard) -> Result<Self, Failure> {
        let demo = Demo::start().await?;
        let settings = demo.settings(demo.sign_in());
        let records = Records::new(Ok(demo.folder()), tell_unwritten);
        let desk = Desk { client: Client::new(settings, |_| ())?, records };
        Ok(Self { desk, clipboard, organizations: organizations.to_vec(), demo: Some(demo) })
    }

    /// The places for secrets with these names.
    pub(super) fn sinks(&self, config: &Config, names: &[String]) -> Result<Vec<Sink>, Failure> {
        let sinks = match &self.demo {
            Some(demo) => Sinks::demo(demo.home()),
            None => Sinks::new(&config.sinks),
        };
        names.iter().map(|name| sinks.find(name).cloned()).collect()
    }

    /// The service's time, by which tokens end.
    pub(super) fn now(&self) -> DateTime<Utc> {
        clock::now() + self.desk.client.skew()
    }

    /// The organizations that were asked for, else all of the user, with why some may be missing.
    pub(super) async fn asked(&self) -> Result<(Vec<Organization>, Vec<Failure>), Failure> {
        if !self.organizations.is_empty() {
            return Ok((self.organizations.clone(), Vec::new()));
        }
        let found = membership::find(&self.desk.client, &[]).await?;
        let names = found.organizations.into_iter().map(|(organization, _)| organization);
        Ok((names.collect(), found.failures))
    }

    /// Reads all tokens of all organizations.
    pub(super) async fn listing(&self) -> Result<Listing, Failure> {
        let (organizations, failures) = self.asked().await?;
        let inventory = Mutex::new(Inventory::default());
        let add = |page: Page| {
            let mut inventory = inventory.lock().unwrap_or_else(PoisonError::into_inner);
            for pat in page.pats {
                inventory.add(pat);
            }
        };
        let results = list::list(&self.desk.client, &organizations, add).await;
        let inventory = inventory.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut listing = Listing { pats: inventory.pats().to_vec(), read: 0, failures };
        for (organization, result) in results {
            listing.note(&organization, result);
        }
        Ok(listing)
    }
}

/// What is written down about the configured service.
pub(super) fn records() -> Records {
    Records::new(connect::folder(), tell_unwritten)
}

/// What was done is done, also if it could not be written down.
fn tell_unwritten(failure: Failure) {
    output::message(format!("it was done, but is not in the log: azpat {failure}"));
    if let Some(hint) = failure.hint {
        output::message(hint);
    }
}

/// Reminds of what was begun and not ended. A journal that cannot be read is told by those who
/// need it.
pub(super) async fn tell_left(command: &Command, config: &Config) {
    let is_about_tokens = match command {
        Command::List(_)
        | Command::Show(_)
        | Command::Create(_)
        | Command::Clone(_)
        | Command::Edit(_)
        | Command::Extend(_)
        | Command::Revoke(_)
        | Command::Rotate(_)
        | Command::Split(_) => true,
        Command::Init(_)
        | Command::Resume(_)
        | Command::Login(_)
        | Command::Logout(_)
        | Command::Accounts(_)
        | Command::Deliver(_)
        | Command::GitCredential(_)
        | Command::Limits(_)
        | Command::Doctor(_)
        | Command::Log(_)
        | Command::Config
        | Command::Emulator(_) => false,
    };
    if !is_about_tokens || matches!(config.source, Source::Demo { .. }) {
        return;
    }
    let left = match records().journal() {
        Ok(journal) => journal.left().await.map_or(0, |left| left.len()),
        Err(_) => 0,
    };
    if left > 0 {
        output::message(resume::left_behind(left));
    }
}

/// A way to sign in that did not do, for people: what it led to is told by the command itself.
fn tell_skipped(step: Step) {
    if let Step::Skipped { way, why } = step {
        output::message(format!("not signed in by {way}: {}", why.why));
    }
}

/// The tokens that could be read, and why others could not.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) pats: Vec<Pat>,
    /// How many organizations were read, if only in part.
    pub(super) read: usize,
    pub(super) failures: Vec<Failure>,
}

impl Listing {
    fn note(&mut self, organization: &Organization, result: Result<Completeness, Failure>) {
        match result {
            Ok(Completeness::Complete) => self.read += 1,
            Ok(Completeness::Incomplete(why)) => {
                self.read += 1;
                let attempt = format!("list all tokens of {organization}");
                self.failures.push(Failure::new(FailureKind::Service, attempt, why.to_string()));
            }
            Err(failure) => self.failures.push(failure),
        }
    }

    /// The one token that is meant, or why there is not exactly one.
    pub(super) fn one(&self, wanted: &str, now: DateTime<Utc>) -> Result<&Pat, Failure> {
        let attempt = format!("find the token \"{}\"", text::visible(wanted));
        let candidates = find::candidates(&self.pats, wanted, now);
        match (candidates.as_slice(), self.failures.first()) {
            ([_, _, ..], _) => Err(find::ambiguous(attempt, &candidates)),
            // An id cannot stand in what was not read as well, a name can.
            ([pat], None) => Ok(pat),
            ([pat], Some(_)) if find::is_id(wanted) => Ok(pat),
            ([], None) => {
                Err(Failure::new(FailureKind::NotFound, attempt, "no token has this id or name")
                    .hint("`azpat list --status all` shows them all"))
            }
            ([], Some(failure)) => Err(self.unsure(
                attempt,
                "no token that could be read has this id or name",
                failure,
            )),
            ([_], Some(failure)) => Err(self
                .unsure(attempt, "another one may have this name", failure)
                .hint("give the id instead of the name")),
        }
    }

    fn unsure(&self, attempt: String, what: &str, failure: &Failure) -> Failure {
        let signed_out = self.failures.iter().any(|other| other.kind == FailureKind::SignIn);
        let kind = if signed_out { FailureKind::SignIn } else { FailureKind::Service };
        Failure::new(kind, attempt, format!("{what}, and azpat {failure}"))
    }
}
