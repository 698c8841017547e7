//! What may be the name of a new token. The service publishes no rules; these keep a name readable
//! everywhere, in tables, scripts and mails.

use crate::text::visible;

/// The longest name that azpat gives.
const LONGEST: usize = 256;

/// Why a text can be no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 256 visible characters, and no blank at its ends")]
pub struct Unfit;

/// Whether a new token may have this name.
pub fn check(name: &str) -> Result<(), Unfit> {
    let fits = !name.trim().is_empty() && name.chars().count() <= LONGEST && visible(name) == name;
    if fits { Ok(()) } else { Err(Unfit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_visible() {
        assert!(check("ci on build-01").is_ok());
        for wrong in ["", "  ", " a", "a\u{202e}b", "a\n", &"x".repeat(257)] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
