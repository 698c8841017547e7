//! What Entra ID did so far, for those who test against it. Nothing in it signs anybody in.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EntraReport {
    /// Visits of a browser to the authorize endpoint.
    pub authorize_requests: u64,
    /// Sign-ins begun for another device.
    pub devicecode_requests: u64,
    /// Requests for tokens by grant: `authorization_code`, `refresh_token`, `device_code` or `other`.
    pub token_requests: BTreeMap<String, u64>,
    /// Those of them that gave tokens.
    pub token_answers: BTreeMap<String, u64>,
    /// The latest `claims` that came with a request.
    pub last_claims: Option<String>,
    /// Access tokens ever issued.
    pub access_tokens_issued: u64,
    /// Refresh tokens ever issued.
    pub refresh_tokens_issued: u64,
    /// Refresh tokens that would be accepted now.
    pub refresh_tokens_live: usize,
    /// Sign-ins on other devices.
    pub devices: Vec<DeviceRecord>,
}

/// A sign-in on another device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceRecord {
    /// The code that the person enters.
    pub user_code: String,
    /// What has become of it.
    pub state: DeviceState,
    /// How often the application asked.
    pub polls: u32,
}

/// What has become of a sign-in on another device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Nobody has decided.
    Pending,
    /// Somebody accepted.
    Accepted,
    /// Somebody declined.
    Declined,
    /// The application has its tokens.
    Redeemed,
}
