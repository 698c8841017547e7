//! The switches of the emulated Entra ID, under `entra` in the settings. Plain data; nothing here acts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::emulator::entra::CLIENT_ID;

/// How Entra ID behaves. The default signs anybody in who accepts.
///
/// ```json
/// {
///   "auto_accept": true, "access_token_lifetime": 60, "refresh_strict": true,
///   "next_errors": [{ "endpoint": "token", "grant": "refresh_token", "code": 53003, "times": 2 }],
///   "id_token": "wrong_nonce",
///   "device": { "interval": 1, "slow_down": 2, "accept_after": 3 },
///   "tenants": { "fabrikam": "00000000-0000-0000-0000-000000000000" },
///   "people": [{ "name": "Kim Roe", "username": "kim@fabrikam.com" }]
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Entra {
    /// The authorize endpoint answers at once, without its page.
    pub auto_accept: bool,
    /// Who accepts then, by `preferred_username`, unless the request has a hint; none is the owner of the tokens.
    pub account: Option<String>,
    /// Life of an access token in seconds.
    pub access_token_lifetime: u32,
    /// Life of a refresh token in seconds, counted anew with each use.
    pub refresh_token_lifetime: u32,
    /// A refresh token is refused once it was used; by default it stays good, as in the real service.
    pub refresh_strict: bool,
    /// Refusals to come, in this order; each is used up, and leaves the list with its last time.
    pub next_errors: Vec<NextError>,
    /// What is wrong with every id token.
    pub id_token: Option<IdTokenTwist>,
    /// Sign-in with a code on another device.
    pub device: DeviceFlow,
    /// The permissions that `.default` stands for.
    pub consented: Vec<String>,
    /// The applications that may sign people in.
    pub applications: Vec<Application>,
    /// Tenants of organizations, by name, instead of those made up; the nil GUID makes it one of a personal account.
    pub tenants: BTreeMap<String, Uuid>,
    /// People beside the owner of the tokens. They can sign in, but Azure DevOps does not know them.
    pub people: Vec<Person>,
}

impl Default for Entra {
    fn default() -> Self {
        Self {
            auto_accept: false,
            account: None,
            access_token_lifetime: 3599,
            refresh_token_lifetime: 90 * 86_400,
            refresh_strict: false,
            next_errors: Vec::new(),
            id_token: None,
            device: DeviceFlow::default(),
            consented: ["vso.pats", "vso.pats_manage", "vso.profile"].map(str::to_owned).into(),
            applications: vec![Application::default()],
            tenants: BTreeMap::new(),
            people: Vec::new(),
        }
    }
}

/// A registered application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Application {
    /// The client id.
    pub id: Uuid,
    /// The name that people are shown.
    pub name: String,
    /// Where answers may go; the port of `http://localhost` does not matter.
    pub redirects: Vec<String>,
}

impl Default for Application {
    fn default() -> Self {
        Self {
            id: CLIENT_ID,
            name: "azpat for tests".to_owned(),
            redirects: vec!["http://localhost".to_owned()],
        }
    }
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name that people are shown.
    pub name: String,
    /// The `preferred_username`.
    pub username: String,
    /// The home tenant; null is that of the first organization.
    #[serde(default)]
    pub home: Option<Uuid>,
    /// Tenants in which the person is a guest; null is all others.
    #[serde(default)]
    pub guest_in: Option<Vec<Uuid>>,
}

/// An endpoint that can be told to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// The one that a browser visits.
    Authorize,
    /// The one that gives tokens.
    Token,
    /// The one that begins a sign-in on another device.
    Devicecode,
}

/// Refusals to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextError {
    /// Which endpoint refuses.
    pub endpoint: Endpoint,
    /// The number after `AADSTS`.
    pub code: u32,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
    /// Only requests for tokens with this grant: `authorization_code`, `refresh_token` or `device_code`.
    #[serde(default)]
    pub grant: Option<String>,
    /// The OAuth `error`; null leaves it to the code.
    #[serde(default)]
    pub error: Option<String>,
    /// Whether the authorize endpoint keeps it on a page of its own; null leaves it to the code.
    #[serde(default)]
    pub page: Option<bool>,
}

impl NextError {
    /// One refusal with that code.
    pub fn once(endpoint: Endpoint, code: u32) -> Self {
        Self { endpoint, code, times: 1, grant: None, error: None, page: None }
    }
}

fn once() -> u32 {
    1
}

/// What can be wrong with an id token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdTokenTwist {
    /// `aud` is another application.
    WrongAudience,
    /// `iss` is another service.
    WrongIssuer,
    /// `tid` and `iss` are those of another tenant.
    WrongTenant,
    /// `nonce` is not the one asked for.
    WrongNonce,
    /// `exp` has passed.
    Expired,
    /// `nbf` is to come.
    NotYetValid,
    /// `oid` and `sub` are those of somebody else.
    OtherOid,
    /// There is none.
    Missing,
    /// It is no JWT.
    Garbage,
}

/// Sign-in with a code on another device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceFlow {
    /// Seconds between two polls, as announced; nobody is punished for coming sooner.
    pub interval: u32,
    /// The next so many polls are answered with `slow_down`.
    pub slow_down: u32,
    /// The address that the answer names, instead of `/devicelogin`.
    pub verification_uri: Option<String>,
    /// Life of a code in seconds.
    pub expires_in: u32,
    /// After so many polls that found nothing, the owner of the tokens accepts; null waits for a decision.
    pub accept_after: Option<u32>,
}

impl Default for DeviceFlow {
    fn default() -> Self {
        Self {
            interval: 5,
            slow_down: 0,
            verification_uri: None,
            expires_in: 900,
            accept_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_in_the_documentation_is_understood() {
        let example: String = include_str!("settings.rs")
            .lines()
            .skip_while(|line| *line != "/// ```json")
            .skip(1)
            .take_while(|line| *line != "/// ```")
            .map(|line| line.trim_start_matches("///"))
            .collect();
        let entra: Entra = serde_json::from_str(&example).unwrap();
        assert_eq!((entra.next_errors.len(), entra.device.slow_down), (1, 2));
    }
}
