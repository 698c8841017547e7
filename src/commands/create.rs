//! `azpat create`: makes a token and delivers its secret: to the places that are named, else once to
//! standard output, as the last line of the results. If no place takes the secret, the token is not
//! left behind alive: it is revoked again.

use std::io::{self, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    Exit, delivery, find, output,
    record::{self, Record},
    rights,
    session::Session,
    together, until,
};
use crate::{
    cli::{self, SecretFormat},
    config::{Config, SinkKind},
    failure::{Failure, FailureKind},
    operations::{Creation, NewPat},
    pat::{Organization, Thresholds, date, scope},
    secret::PatSecret,
    sink::{Delivery, Sink},
    text,
    when::{self, Zone},
};

/// How a new token is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    /// Where its secret goes; nowhere named: to standard output.
    pub(super) sinks: &'a [String],
    pub(super) format: Option<SecretFormat>,
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
    let valid_to = until::end(what.lifetime, what.to, now, config.preferences.extend_by);
    until::check(valid_to, now, &attempt)?;
    let new = NewPat { organization, name: what.name.clone(), scope, valid_to };
    let order = Order {
        sinks: &what.sinks,
        format: what.format,
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
    let sinks = session.sinks(config, order.sinks)?;
    let places = Places::of(order.format, &sinks);
    let plans = delivery::plans(&places.others, &Delivery::to(new.organization.clone()))?;
    let is_consented = order.allow_full_access || order.dry_run;
    rights::consent(&new.scope, &new.name, is_consented, &attempt(&new.name))?;
    session.tell_limits(&new.wish(now));
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
    let creation = session.desk.create(new).await?;
    let Creation { pat, .. } = &creation;
    output::message(format!(
        "created {}: ends {}",
        find::named(pat),
        when::full(pat.valid_to, Zone::Local)
    ));
    if creation.is_shortened() {
        output::message(format!(
            "that is earlier than the {} that was asked for: a policy of {} or its tenant",
            when::full(valid_to, Zone::Local),
            pat.organization,
        ));
    }
    let (done, failures) = places.deliver(&creation, session.now(), config).await;
    if done > 0 {
        failures.iter().for_each(output::failure);
        return Ok(together(done, &failures));
    }
    let undone = session.desk.revoke(pat).await;
    let rest = match undone {
        Ok(_) => "so the token was revoked again".to_owned(),
        Err(failure) => format!("and the token is still alive, since azpat {failure}"),
    };
    let reasons: Vec<_> = failures.iter().map(|failure| failure.why.as_str()).collect();
    let why = format!("the secret could not be written ({}), {rest}", reasons.join("; "));
    Err(Failure::new(FailureKind::Service, attempt(&new.name), why)
        .hint(format!("look whether {} is revoked, then create it again", pat.id)))
}

/// Where the secret is to go. Standard output comes last, as the last line of the results.
struct Places<'a> {
    others: Vec<&'a Sink>,
    stdout: Option<SecretFormat>,
}

impl<'a> Places<'a> {
    fn of(format: Option<SecretFormat>, sinks: &'a [Sink]) -> Self {
        let (stdout, others): (Vec<_>, Vec<_>) =
            sinks.iter().partition(|sink| sink.kind() == SinkKind::Stdout);
        let is_wanted = sinks.is_empty() || !stdout.is_empty();
        let stdout = format.or_else(|| is_wanted.then(SecretFormat::default));
        Self { others, stdout }
    }

    /// How many have it, and what failed.
    async fn deliver(
        &self,
        creation: &Creation,
        now: DateTime<Utc>,
        config: &Config,
    ) -> (usize, Vec<Failure>) {
        let delivery = Delivery::of(&creation.pat);
        let (mut done, mut failures) =
            delivery::deliver(&self.others, &delivery, &creation.secret).await;
        if let Some(format) = self.stdout {
            match write(format, creation, config.preferences.thresholds, now) {
                Ok(()) => done += 1,
                Err(error) => {
                    let attempt = "write the secret to standard output";
                    failures.push(Failure::new(FailureKind::Service, attempt, error.to_string()));
                }
            }
        }
        (done, failures)
    }
}

fn attempt(name: &str) -> String {
    format!("create {}", text::cut(name, 60))
}

/// A new token with its secret.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    #[serde(flatten)]
    record: Record<'a>,
    requested: String,
    token: &'a str,
}

/// Writes the secret. Whatever keeps it from being read whole is an error, a closed pipe too.
fn write(
    format: SecretFormat,
    creation: &Creation,
    thresholds: Thresholds,
    now: DateTime<Utc>,
) -> io::Result<()> {
    let text = match format {
        SecretFormat::Json => record::json(&Created {
            record: Record::new(&creation.pat, now, thresholds),
            requested: date::format(creation.requested),
            token: creation.secret.expose(),
        })
        .map_err(|failure| io::Error::other(failure.why))?,
        plain => format!("{}\n", line(plain, &creation.secret)),
    };
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// The secret in the form that its reader wants.
fn line(format: SecretFormat, secret: &PatSecret) -> String {
    let basic = || STANDARD.encode(format!(":{}", secret.expose()));
    match format {
        SecretFormat::Token | SecretFormat::Json => secret.expose().to_owned(),
        SecretFormat::Base64 => basic(),
        SecretFormat::Header => format!("Authorization: Basic {}", basic()),
        SecretFormat::Env => format!("AZURE_DEVOPS_EXT_PAT={}", secret.expose()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_its_form() {
        let secret = PatSecret::new("s3cret");
        assert_eq!(line(SecretFormat::Token, &secret), "s3cret");
        assert_eq!(line(SecretFormat::Base64, &secret), "OnMzY3JldA==");
        assert_eq!(line(SecretFormat::Header, &secret), "Authorization: Basic OnMzY3JldA==");
        assert_eq!(line(SecretFormat::Env, &secret), "AZURE_DEVOPS_EXT_PAT=s3cret");
    }
}
