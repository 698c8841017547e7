//! Standard output as the place of a new secret: written once, as the last line, in the form that
//! its reader wants.

use std::{
    io::{self, Write as _},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use tokio::sync::oneshot;

use super::record::{self, Record};
use crate::{
    cli::SecretFormat,
    failure::{Failure, FailureKind},
    operations::{Creation, Delivery},
    pat::{Thresholds, date},
    secret::PatSecret,
};

/// Standard output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stdout {
    pub(super) format: SecretFormat,
    pub(super) thresholds: Thresholds,
    pub(super) now: DateTime<Utc>,
}

impl Stdout {
    pub(super) const NAME: &'static str = "stdout";

    fn text(self, creation: &Creation) -> Result<Zeroizing<String>, Failure> {
        let text = match self.format {
            SecretFormat::Json => record::json(&Created {
                record: Record::new(&creation.pat, self.now, self.thresholds),
                requested: date::format(creation.requested),
                token: creation.secret.expose(),
            })?,
            plain => format!("{}\n", line(plain, &creation.secret)),
        };
        Ok(Zeroizing::new(text))
    }
}

impl Delivery for Stdout {
    fn name(&self) -> &str {
        Self::NAME
    }

    /// Whatever keeps the secret from being read whole is a failure, a closed pipe too.
    async fn deliver(&self, creation: &Creation) -> Result<(), Failure> {
        let text = self.text(creation)?;
        let (done, written) = oneshot::channel();
        // A pipe that nobody reads holds a writer for ever; a signal must not wait for it.
        thread::spawn(move || done.send(write(&text)).ok());
        let written = written.await.unwrap_or_else(|lost| Err(io::Error::other(lost)));
        written.map_err(|error| {
            Failure::new(FailureKind::Service, "write the secret", error.to_string())
        })
    }

    async fn test(&self, _: &Creation) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
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
