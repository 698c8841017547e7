//! `azpat create`: makes a token and writes its secret once, as the last line of the results. A
//! secret that cannot be written is not left behind alive: the token is revoked again.

use std::io::{self, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    Exit, find, output,
    record::{self, Record},
    rights,
    session::Session,
    until,
};
use crate::{
    cli::{self, SecretFormat},
    config::Config,
    failure::{Failure, FailureKind},
    operations::{Creation, NewPat, create},
    pat::{Organization, Thresholds, date, scope},
    secret::PatSecret,
    text,
    when::{self, Zone},
};

/// How a new token is to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) format: SecretFormat,
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
        format: what.format,
        allow_full_access: what.allow_full_access,
        dry_run: what.dry_run,
    };
    make(&session, &new, order, config).await
}

/// Makes a token and writes its secret.
pub(super) async fn make(
    session: &Session,
    new: &NewPat,
    order: Order,
    config: &Config,
) -> Result<Exit, Failure> {
    let (now, valid_to) = (session.now(), new.valid_to);
    let is_consented = order.allow_full_access || order.dry_run;
    rights::consent(&new.scope, &new.name, is_consented, &attempt(&new.name))?;
    if order.dry_run {
        let summary = scope::Summary::new(&new.scope).to_string();
        output::result(&format!(
            "would create {} in {}: {}, until {}\n{}\n",
            text::visible(&new.name),
            new.organization,
            text::visible(&scope::words(&new.scope)),
            when::full(valid_to, Zone::Local),
            text::visible(&summary),
        ))?;
        return Ok(Exit::DONE);
    }
    let creation = create::create(&session.desk.client, new).await?;
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
    if let Err(error) = deliver(order.format, &creation, config.preferences.thresholds, now) {
        let undone = session.desk.revoke(pat).await;
        let rest = match undone {
            Ok(_) => "so the token was revoked again".to_owned(),
            Err(failure) => format!("and the token is still alive, since azpat {failure}"),
        };
        let why = format!("the secret could not be written ({error}), {rest}");
        return Err(Failure::new(FailureKind::Service, attempt(&new.name), why)
            .hint(format!("look whether {} is revoked, then create it again", pat.id)));
    }
    Ok(Exit::DONE)
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
fn deliver(
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
