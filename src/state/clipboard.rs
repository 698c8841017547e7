//! What azpat put on a clipboard, and whether it may hand texts to the terminal for that.

use chrono::{DateTime, Utc};

/// The clipboard as far as azpat knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clipboard {
    /// The person agreed that the terminal gets what is copied.
    pub may_use_terminal: bool,
    /// A secret is on it, and is cleared then.
    pub secret_until: Option<DateTime<Utc>>,
}

/// What is to be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copying {
    /// `what` completes "copied …".
    Text { what: &'static str, text: String },
    /// The secret that is held.
    Secret,
}
