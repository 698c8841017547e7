//! The access token from the environment, with the mistakes that people make with it.

use std::ffi::OsString;

use super::{VARIABLE, failure, is_token_text};
use crate::{failure::Failure, secret::Bearer};

/// Checks the value of the variable.
pub(super) fn bearer(value: Option<OsString>) -> Result<Bearer, Failure> {
    let hint = "the value is what `az account get-access-token --resource \
                499b84ac-1321-427f-aa17-267ca6975798 --query accessToken -o tsv` prints";
    let Some(value) = value else {
        return Err(failure(format!("{VARIABLE} is not set"), hint));
    };
    let Ok(text) = value.into_string() else {
        return Err(failure(format!("{VARIABLE} is not text"), hint));
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(failure(format!("{VARIABLE} is empty"), hint));
    }
    if is_pat(text) {
        return Err(failure(
            format!(
                "{VARIABLE} holds a personal access token, and this API accepts only Microsoft \
                 Entra access tokens"
            ),
            hint,
        ));
    }
    if !is_token_text(text) {
        return Err(failure(format!("{VARIABLE} holds characters that no token has"), hint));
    }
    Ok(Bearer::new(text))
}

/// The two shapes of a PAT: 52 characters of base 32, or 84 with `AZDO` near the end.
fn is_pat(text: &str) -> bool {
    match text.len() {
        52 => text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
        84 => text.bytes().all(|b| b.is_ascii_alphanumeric()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(value: &str) -> String {
        bearer(Some(value.into())).unwrap_err().why
    }

    #[test]
    fn a_token_is_trimmed() {
        let token = bearer(Some(" eyJ0.eyJ1.sig-_\n".into())).unwrap();
        assert_eq!(token, Bearer::new("eyJ0.eyJ1.sig-_"));
    }

    #[test]
    fn mistakes_are_named_without_the_value() {
        assert_eq!(bearer(None).unwrap_err().why, "AZPAT_ACCESS_TOKEN is not set");
        assert_eq!(why(" \n"), "AZPAT_ACCESS_TOKEN is empty");
        assert!(why("two words").contains("characters"));
        for pat in ["a1".repeat(26), format!("{}AZDO{}", "x".repeat(76), "y1z2")] {
            assert!(why(&pat).contains("personal access token"), "{pat}");
            assert!(!why(&pat).contains(&pat));
        }
    }
}
