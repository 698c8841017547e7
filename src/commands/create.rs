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
    session::Session,
    together, until,
};
use crate::{
    cli::{self, SecretFormat},
    config::{Config, SinkKind},
    failure::{Failure, FailureKind},
    operations::{Creation, NewPat, create, revoke},
    pat::{Organization, Thresholds, date, scope},
    secret::PatSecret,
    sink::{Delivery, Sink},
    text,
    when::{self, Zone},
};

pub(super) async fn run(what: &cli::Create, config: &Config) -> Result<Exit, Failure> {
    let scope = scopes(&what.scopes)?;
    check_name(&what.name)?;
    let session = Session::open(config).await?;
    let organization = session.organization().await?;
    let now = session.now();
    let valid_to = until::end(what.lifetime, what.to, now, config.preferences.extend_by);
    if valid_to <= now {
        let why = format!("{} is over already", when::full(valid_to, Zone::Local));
        return Err(Failure::new(FailureKind::Usage, attempt(&what.name), why));
    }
    let new = NewPat { organization, name: what.name.clone(), scope, valid_to };
    if scope::ids(&new.scope).any(|id| id == scope::FULL_ACCESS) {
        output::message("full access: whoever has this token can do everything that you can");
    }
    let sinks = session.sinks(config, &what.sinks)?;
    let places = Places::of(what, &sinks);
    let plans = delivery::plans(&places.others, &Delivery::to(new.organization.clone()))?;
    if what.dry_run {
        output::result(&format!(
            "would create {} in {}: {}, until {}\n{}",
            text::visible(&new.name),
            new.organization,
            scope::words(&new.scope),
            when::full(valid_to, Zone::Local),
            delivery::shown(&plans),
        ))?;
        return Ok(Exit::DONE);
    }
    output::show(&delivery::shown(&plans));
    let creation = create::create(&session.client, &new).await?;
    let Creation { pat, secret, .. } = &creation;
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
    let (mut done, mut failures) =
        delivery::deliver(&places.others, &Delivery::of(pat), secret).await;
    if let Some(format) = places.stdout {
        match write(format, &creation, config.preferences.thresholds, now) {
            Ok(()) => done += 1,
            Err(error) => {
                let attempt = "write the secret to standard output";
                failures.push(Failure::new(FailureKind::Service, attempt, error.to_string()));
            }
        }
    }
    if done > 0 {
        failures.iter().for_each(output::failure);
        return Ok(together(done, &failures));
    }
    let undone = revoke::revoke(&session.client, pat).await;
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
    fn of(what: &cli::Create, sinks: &'a [Sink]) -> Self {
        let (stdout, others): (Vec<_>, Vec<_>) =
            sinks.iter().partition(|sink| sink.kind() == SinkKind::Stdout);
        let is_wanted = sinks.is_empty() || !stdout.is_empty();
        let stdout = what.format.or_else(|| is_wanted.then(SecretFormat::default));
        Self { others, stdout }
    }
}

fn attempt(name: &str) -> String {
    format!("create {}", text::cut(name, 60))
}

/// The scope field for these ids, each known; several may stand in one text.
fn scopes(given: &[String]) -> Result<String, Failure> {
    let mut ids: Vec<&str> = Vec::new();
    for id in given.iter().flat_map(|text| text.split([' ', ','])).filter(|id| !id.is_empty()) {
        if scope::find(id).is_none() {
            let why = format!("{} is no scope of Azure DevOps", text::cut(id, 60));
            let failure = Failure::new(FailureKind::Usage, "create a token", why);
            let near = scope::all()
                .map(|scope| (strsim::jaro_winkler(&scope.id, id), &scope.id))
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            return Err(match near {
                Some((_, near)) => failure.hint(format!("did you mean {near}?")),
                None => failure.hint("scopes look like vso.code or vso.packaging_write"),
            });
        }
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids.join(" "))
}

fn check_name(name: &str) -> Result<(), Failure> {
    let is_plain = !name.trim().is_empty() && name.chars().count() <= 256;
    if is_plain && text::visible(name) == name {
        return Ok(());
    }
    let why = "a name has 1 to 256 visible characters, and no blank at its ends";
    Err(Failure::new(FailureKind::Usage, attempt(name), why))
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
    pub(super) async fn organization(&self) -> Result<Organization, Failure> {
        let (mut organizations, failures) = self.asked().await?;
        // An account that could not be asked may have another one.
        if let Some(failure) = failures.into_iter().next() {
            return Err(failure.hint("name one with --organization"));
        }
        match (organizations.pop(), organizations.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(Failure::new(
                FailureKind::NotFound,
                "choose an organization",
                "no organization of yours was found",
            )),
            (Some(last), false) => {
                organizations.push(last);
                let names: Vec<_> = organizations.iter().map(Organization::as_str).collect();
                let why =
                    format!("a token is for one organization, and there are {}", names.join(", "));
                Err(Failure::new(FailureKind::Usage, "choose an organization", why)
                    .hint("name one with --organization"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_known_ones() {
        let scopes =
            |given: &[&str]| scopes(&given.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(scopes(&["vso.code,vso.build", "vso.code"]).unwrap(), "vso.code vso.build");
        let failure = scopes(&["vso.codes"]).unwrap_err();
        assert_eq!(failure.hint.as_deref(), Some("did you mean vso.code?"));
    }

    #[test]
    fn each_reader_gets_its_form() {
        let secret = PatSecret::new("s3cret");
        assert_eq!(line(SecretFormat::Token, &secret), "s3cret");
        assert_eq!(line(SecretFormat::Base64, &secret), "OnMzY3JldA==");
        assert_eq!(line(SecretFormat::Header, &secret), "Authorization: Basic OnMzY3JldA==");
        assert_eq!(line(SecretFormat::Env, &secret), "AZURE_DEVOPS_EXT_PAT=s3cret");
    }

    #[test]
    fn names_are_visible() {
        assert!(check_name("ci on build-01").is_ok());
        for wrong in ["", "  ", " a", "a\u{202e}b", "a\n", &"x".repeat(257)] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }
}
