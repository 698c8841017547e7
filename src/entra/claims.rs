//! A claims challenge: what must be true of the next access token. It travels from a rejection to
//! the next sign-in as it came, and is shown to nobody.

use std::fmt;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use serde_json::{Map, Value};

/// Longer challenges are none.
const MOST: usize = 8 << 10;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// The decoded JSON of a claims challenge. `Debug` prints nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims(String);

impl Claims {
    /// Takes a challenge as headers (base64) and error answers (plain JSON) carry it.
    pub fn from_challenge(challenge: &str) -> Option<Self> {
        let challenge = challenge.trim();
        if challenge.len() > MOST {
            return None;
        }
        let json = if challenge.starts_with('{') {
            challenge.to_owned()
        } else {
            let standard = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
            let url_safe = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
            let bytes = standard.decode(challenge).or_else(|_other| url_safe.decode(challenge));
            String::from_utf8(bytes.ok()?).ok()?
        };
        let claims: Map<String, Value> = serde_json::from_str(&json).ok()?;
        (!claims.is_empty()).then_some(Self(json))
    }

    /// As headers and `az login --claims-challenge` carry it.
    pub(crate) fn encoded(&self) -> String {
        STANDARD.encode(&self.0)
    }

    pub(super) fn json(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_come_in_base64_or_plain() {
        let json = r#"{"access_token":{"nbf":{"essential":true,"value":"1?>~~"}}}"#;
        let padded = STANDARD.encode(json);
        let bare = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
        for challenge in [json, &padded, &bare, &format!(" {padded} ")] {
            assert_eq!(Claims::from_challenge(challenge).unwrap().json(), json);
        }
        assert_eq!(format!("{:?}", Claims::from_challenge(json).unwrap()), "Claims(***)");
    }

    #[test]
    fn nothing_else_is_a_challenge() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MOST));
        for wrong in ["", "{}", "e30=", "[1]", "WzFd", "{\"a\":", "***", "_w==", &long] {
            assert!(Claims::from_challenge(wrong).is_none(), "{wrong}");
        }
    }
}
