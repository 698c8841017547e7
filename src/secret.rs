//! Secrets in memory: shown by nothing, wiped when dropped.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// An access token for the service. `Debug` prints nothing of it.
#[derive(Clone)]
pub struct Bearer(SecretString);

impl Bearer {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The token itself, for the one header it may go into.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(***)")
    }
}

impl PartialEq for Bearer {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Bearer {}

/// The secret of a new PAT, which the service gives once. `Debug` prints nothing of it.
#[derive(Clone)]
pub struct PatSecret(SecretString);

impl PatSecret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The secret itself, for the place that its owner chose.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for PatSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatSecret(***)")
    }
}

impl PartialEq for PatSecret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for PatSecret {}

/// What new access tokens are got with, for about 90 days. `Debug` prints nothing of it.
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The token itself, for Entra's token endpoint and for the place where it is kept.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(***)")
    }
}

impl PartialEq for RefreshToken {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for RefreshToken {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Bearer::new("s3cret")), "Bearer(***)");
        assert_eq!(format!("{:?}", PatSecret::new("s3cret")), "PatSecret(***)");
        assert_eq!(format!("{:?}", RefreshToken::new("s3cret")), "RefreshToken(***)");
    }
}
