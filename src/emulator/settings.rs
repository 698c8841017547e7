//! The switches of the emulator: policies, failing sign-in, throttling, delays and faults. Plain data with the names
//! that `/_control` uses; nothing here acts.

use serde::{Deserialize, Serialize};

use super::entra::Entra;
use super::fault::Fault;

/// Everything that can be changed while the emulator runs. The default is a service in perfect health.
///
/// As JSON, for `PATCH /_control` (what is not named stays, null resets to the default, `faults` are replaced):
///
/// ```json
/// {
///   "policies": { "lifespan_days": 30, "lifespan_mode": "refuse" },
///   "sign_in": "html_203", "sign_in_after": 3,
///   "throttle": { "block": 2, "retry_after": "5" },
///   "faults": [
///     { "operation": "create", "times": 1, "kind": "lose_after" },
///     { "operation": "list", "probability": 0.2, "seed": 5, "kind": { "status": 503 } },
///     { "skip": 2, "kind": { "drip_body": { "interval_ms": 20 } } },
///     { "kind": { "redirect": { "location": "https://example.com/", "status": 307 } } }
///   ]
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What the administrators of tenant and organization enforce.
    pub policies: Policies,
    /// How the service answers token operations; anything but `normal` is a lost or refused sign-in.
    pub sign_in: SignIn,
    /// So many token operations are still answered before `sign_in` takes effect.
    pub sign_in_after: u32,
    /// Rate limiting of token operations.
    pub throttle: Throttle,
    /// Every answer, also of profile and accounts, waits this long.
    pub latency_ms: u64,
    /// How far the service's clock is ahead of the real one; it moves `Date`, expiry and new tokens.
    pub clock_offset_seconds: i64,
    /// While set, every create and update is refused with this `patTokenError`.
    pub pat_token_error: Option<String>,
    /// How Entra ID signs people in.
    pub entra: Entra,
    /// What goes wrong; the first that fits a request is used.
    pub faults: Vec<Fault>,
}

/// What the administrators enforce on new and changed tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a policy of its own, on or off")]
pub struct Policies {
    /// Longest life in days: from now for a new token, from its creation for a changed one.
    pub lifespan_days: Option<u32>,
    /// Whether a longer life is cut or refused.
    pub lifespan_mode: LifespanMode,
    /// The organization lets nobody create tokens.
    pub creation_restricted: bool,
    /// The organization allows only tokens for packages to be created.
    pub packaging_only: bool,
    /// The tenant forbids full access.
    pub full_scope_restricted: bool,
    /// Tokens for all organizations cannot be made any more. On by default, as in the real service since 2026.
    pub global_blocked: bool,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            lifespan_days: None,
            lifespan_mode: LifespanMode::default(),
            creation_restricted: false,
            packaging_only: false,
            full_scope_restricted: false,
            global_blocked: true,
        }
    }
}

/// What happens to a life longer than the policy allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifespanMode {
    /// The answer shows an earlier end than asked for.
    #[default]
    Clamp,
    /// `patLifespanPolicyViolation`.
    Refuse,
}

/// The ways in which the service says that it does not know the caller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// A good bearer is accepted.
    #[default]
    Normal,
    /// Status 203 and a sign-in page.
    #[serde(rename = "html_203")]
    Html203,
    /// Status 200 and a sign-in page.
    #[serde(rename = "html_200")]
    Html200,
    /// "Object moved" to the sign-in page.
    #[serde(rename = "redirect_302")]
    Redirect302,
    /// Forbidden, as a page.
    #[serde(rename = "html_403")]
    Html403,
    /// The bearer has run out.
    #[serde(rename = "unauthorized_401")]
    Unauthorized401,
    /// Continuous access evaluation asks for a new token with claims, and accepts one obtained with them.
    #[serde(rename = "claims_challenge_401")]
    ClaimsChallenge401,
    /// One of the two PAT permissions is missing, which looks like an unknown user.
    #[serde(rename = "missing_scope_401")]
    MissingScope401,
}

/// Rate limiting of token operations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Throttle {
    /// Each operation is delayed by this much.
    pub delay_ms: u64,
    /// The next so many operations are refused with `status`.
    pub block: u32,
    /// The value of `Retry-After`, sent as it stands: seconds, an HTTP date or nonsense.
    pub retry_after: Option<String>,
    /// Successful answers carry `X-RateLimit-*`, and `Retry-After` if that is set.
    pub on_200: bool,
    /// 429 or 503.
    pub status: u16,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { delay_ms: 0, block: 0, retry_after: None, on_200: false, status: 429 }
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
        let settings: Settings = serde_json::from_str(&example).unwrap();
        assert_eq!((settings.faults.len(), settings.throttle.block), (4, 2));
    }
}
