//! The client of the Azure DevOps PAT Lifecycle Management API, and of the two calls that find a
//! user's organizations.

use chrono::{DateTime, TimeDelta, Utc};

/// One request that was made, for the log of calls. Never holds a secret, a header or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub at: DateTime<Utc>,
    pub method: &'static str,
    /// Host and path with the organization; the query without continuation token.
    pub target: String,
    /// `None`: no answer came.
    pub status: Option<u16>,
    pub took: TimeDelta,
    /// Why there was no usable answer, in a few words.
    pub problem: Option<String>,
    pub support_id: Option<String>,
}
