//! A failed operation in words: what was attempted, why it failed, what to do next.

use std::fmt;

use crate::pat::change::Ground;

/// What kind of failure it is; decides exit codes and what the screen offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Nobody is signed in, or the sign-in is not accepted any more.
    SignIn,
    /// The service understood and refused (policy, rights, state of the token).
    Refused,
    /// No such token, organization or address.
    NotFound,
    /// Too many requests; later it may work.
    Throttled,
    /// No answer: connection, time limit, TLS, proxy.
    Network,
    /// An answer that makes no sense: not JSON, too large, cut short, server error.
    Service,
    /// A write whose outcome could not be established.
    Unconfirmed,
    /// Wrong configuration or usage; nothing was sent.
    Usage,
    /// The user took it back.
    Cancelled,
}

/// A failure for people. Texts from outside are escaped before they get in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    /// Completes "cannot …": `extend release-bot (id …ca025b11) in contoso`.
    pub attempt: String,
    /// Lower-case phrase, no full stop.
    pub why: String,
    /// The next step, as a phrase.
    pub hint: Option<String>,
    /// What of the request was refused, where the service says so.
    pub ground: Option<Ground>,
    /// The service's own id of this answer (`X-VSS-E2EID` or `ActivityId`), for its support.
    pub support_id: Option<String>,
}

impl Failure {
    pub fn new(kind: FailureKind, attempt: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            kind,
            attempt: attempt.into(),
            why: why.into(),
            hint: None,
            ground: None,
            support_id: None,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.attempt, self.why)?;
        if let Some(id) = &self.support_id {
            write!(f, " (support id {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
