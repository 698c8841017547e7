//! The forms of a secret, and which secrets are delivered at all.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::zeroize::Zeroizing;

use crate::{
    config::SinkFormat,
    failure::{Failure, FailureKind},
    secret::PatSecret,
};

/// How a place writes a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The secret alone.
    Token,
    /// The secret alone in Base64, as npm wants it.
    Encoded,
    /// For HTTP basic authentication, without a user name.
    Basic,
    /// The whole header for HTTP basic authentication.
    Header,
}

impl From<SinkFormat> for Form {
    fn from(format: SinkFormat) -> Self {
        match format {
            SinkFormat::Token => Self::Token,
            SinkFormat::Base64 => Self::Basic,
            SinkFormat::Header => Self::Header,
        }
    }
}

impl Form {
    /// The text that is written, wiped when dropped.
    pub(super) fn fill(self, secret: &PatSecret) -> Zeroizing<String> {
        let basic = || Zeroizing::new(format!(":{}", secret.expose()));
        Zeroizing::new(match self {
            Self::Token => secret.expose().to_owned(),
            Self::Encoded => STANDARD.encode(secret.expose()),
            Self::Basic => STANDARD.encode(basic().as_bytes()),
            Self::Header => format!("Authorization: Basic {}", STANDARD.encode(basic().as_bytes())),
        })
    }
}

/// Every PAT consists of letters that no file format gives a meaning to, so nothing is ever
/// escaped; what has others is none.
pub fn check(secret: &PatSecret, target: &str) -> Result<(), Failure> {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    let secret = secret.expose();
    if (8..=1000).contains(&secret.len()) && secret.bytes().all(is_letter) {
        return Ok(());
    }
    let why = "it does not look like one: 8 to 1000 letters, digits, `-`, `_`, `.` or `~`";
    Err(Failure::new(FailureKind::Usage, format!("deliver the secret to {target}"), why))
}
