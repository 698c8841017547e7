//! Who signed in, by the id token, and whether the token is for us.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    authority::Authority,
    jwt::{self, lenient},
};
use crate::{
    identity::{AccountId, Identity, PERSONAL, Tenant},
    text::Untrusted,
};

/// How far clocks may be apart.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// Longer names are cut.
const MOST: usize = 256;

/// What an id token must say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) authority: &'a Authority,
    pub(super) client_id: &'a str,
    pub(super) tenant: &'a Tenant,
    /// Of the request, where there was one in a browser.
    pub(super) nonce: Option<&'a str>,
    pub(super) account: Option<AccountId>,
    /// The time at Entra.
    pub(super) now: DateTime<Utc>,
}

/// Why an id token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Unreadable,
    Audience,
    Issuer,
    Early,
    Late,
    Personal,
    Tenant,
    Nonce,
    Account,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Token {
    #[serde(deserialize_with = "lenient")]
    aud: String,
    #[serde(deserialize_with = "lenient")]
    iss: String,
    #[serde(deserialize_with = "lenient")]
    tid: Option<Uuid>,
    #[serde(deserialize_with = "lenient")]
    oid: Option<Uuid>,
    #[serde(deserialize_with = "lenient")]
    nonce: Option<String>,
    #[serde(deserialize_with = "lenient")]
    iat: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    nbf: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    exp: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    preferred_username: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
}

/// Checks an id token that came straight from the token endpoint. Its signature is not checked:
/// TLS to that endpoint vouches for the issuer, as `OpenID` Connect Core 3.1.3.7 (6) provides, and
/// loopback has nobody in between.
pub(super) fn check(token: &str, expected: &Expected<'_>) -> Result<Identity, Flaw> {
    let token: Token = jwt::claims(token).ok_or(Flaw::Unreadable)?;
    let (tenant, oid) = token.tid.zip(token.oid).ok_or(Flaw::Unreadable)?;
    let issued = jwt::time(token.iat).ok_or(Flaw::Unreadable)?;
    let ends = jwt::time(token.exp).ok_or(Flaw::Unreadable)?;
    let begins = jwt::time(token.nbf).unwrap_or(issued).max(issued);
    let id = AccountId { tenant, oid };
    let is_asked = expected.tenant.id().is_none_or(|asked| asked == tenant);
    let flaws = [
        (!token.aud.eq_ignore_ascii_case(expected.client_id), Flaw::Audience),
        (token.iss != expected.authority.issuer(tenant), Flaw::Issuer),
        (begins > expected.now + SKEW, Flaw::Early),
        (ends < expected.now - SKEW, Flaw::Late),
        (tenant == PERSONAL, Flaw::Personal),
        (!is_asked, Flaw::Tenant),
        (expected.nonce.is_some_and(|nonce| token.nonce.as_deref() != Some(nonce)), Flaw::Nonce),
        (expected.account.is_some_and(|account| account != id), Flaw::Account),
    ];
    if let Some((_, flaw)) = flaws.into_iter().find(|(is_so, _)| *is_so) {
        return Err(flaw);
    }
    let untrusted = |text: &str| Untrusted::new(text.chars().take(MOST).collect::<String>());
    let (username, name) = (untrusted(&token.preferred_username), untrusted(&token.name));
    Ok(Identity { id, username, name })
}

impl Flaw {
    /// Why, and what to do.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        let again = "sign in again; if it stays, check the network and its proxy";
        match self {
            Self::Unreadable => ("the id token cannot be read or lacks what it must say", again),
            Self::Audience => ("the id token is for another program", again),
            Self::Issuer => ("the id token comes from somebody else than was asked", again),
            Self::Early => {
                ("the id token is not valid yet", "check the date and time of this computer")
            }
            Self::Late => {
                ("the id token has ended already", "check the date and time of this computer")
            }
            Self::Personal => (
                "personal Microsoft accounts cannot use this API",
                "sign in with a work or school account",
            ),
            Self::Tenant => (
                "the account signed in to another tenant than was asked",
                "sign in with an account of the tenant, or ask to be invited there",
            ),
            Self::Nonce => ("the id token answers another sign-in", "start the sign-in again"),
            Self::Account => (
                "another account signed in than was asked for",
                "choose the same account on the sign-in page",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::{Value, json};

    use super::*;

    const TENANT: &str = "aaaaaaaa-0000-0000-0000-000000000001";
    const OID: &str = "bbbbbbbb-0000-0000-0000-000000000002";
    const CLIENT: &str = "cccccccc-0000-0000-0000-000000000003";
    const NOW: i64 = 1_800_000_000;

    fn jwt(claims: &Value) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn good() -> Value {
        json!({
            "aud": CLIENT, "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
            "tid": TENANT, "oid": OID, "nonce": "n0nce", "iat": NOW, "nbf": NOW, "exp": NOW + 3_600,
            "preferred_username": "ada@contoso.com", "name": "Ada\u{1b}[31m",
        })
    }

    fn with(key: &str, value: Value) -> Value {
        let mut claims = good();
        claims[key] = value;
        claims
    }

    fn check_all(
        token: &str,
        tenant: &str,
        nonce: Option<&str>,
        account: Option<&str>,
    ) -> Result<Identity, Flaw> {
        let address = "https://login.microsoftonline.com/organizations".parse().unwrap();
        let (authority, _) = Authority::parse(&address).unwrap();
        let account = account
            .map(|oid| AccountId { tenant: TENANT.parse().unwrap(), oid: oid.parse().unwrap() });
        let expected = Expected {
            authority: &authority,
            client_id: CLIENT,
            tenant: &tenant.parse().unwrap(),
            nonce,
            account,
            now: jwt::time(Some(NOW)).unwrap(),
        };
        check(token, &expected)
    }

    fn flaw(claims: &Value) -> Option<Flaw> {
        check_all(&jwt(claims), TENANT, Some("n0nce"), Some(OID)).err()
    }

    #[test]
    fn a_right_token_says_who_signed_in() {
        for tenant in [TENANT, "organizations", "contoso.com"] {
            let identity = check_all(&jwt(&good()), tenant, Some("n0nce"), Some(OID)).unwrap();
            assert_eq!(identity.id.to_string(), format!("{OID}.{TENANT}"));
            assert_eq!(identity.username.raw(), "ada@contoso.com");
            assert_eq!(identity.name.to_string(), "Ada‹U+001B›[31m");
        }
        assert!(check_all(&jwt(&with("nonce", json!(null))), TENANT, None, None).is_ok());
        let long = with("name", json!("é".repeat(2_000)));
        let identity = check_all(&jwt(&long), TENANT, None, None).unwrap();
        assert_eq!(identity.name.raw().chars().count(), MOST);
    }

    #[test]
    fn check_42_each_wrong_claim_is_refused() {
        let other = "dddddddd-0000-0000-0000-000000000004";
        let issuer = |host: &str, tenant: &str| json!(format!("https://{host}/{tenant}/v2.0"));
        for (key, value, expected) in [
            ("aud", json!(other), Flaw::Audience),
            ("aud", json!([CLIENT]), Flaw::Audience),
            ("iss", issuer("login.microsoftonline.com.evil", TENANT), Flaw::Issuer),
            ("iss", issuer("login.microsoftonline.com", other), Flaw::Issuer),
            ("iss", json!(format!("https://sts.windows.net/{TENANT}/")), Flaw::Issuer),
            ("tid", json!(other), Flaw::Issuer),
            ("tid", json!("contoso.com"), Flaw::Unreadable),
            ("tid", json!(null), Flaw::Unreadable),
            ("oid", json!(null), Flaw::Unreadable),
            ("oid", json!("x"), Flaw::Unreadable),
            ("oid", json!(other), Flaw::Account),
            ("nonce", json!("other"), Flaw::Nonce),
            ("nonce", json!(null), Flaw::Nonce),
            ("nbf", json!(NOW + 301), Flaw::Early),
            ("iat", json!(NOW + 301), Flaw::Early),
            ("iat", json!(null), Flaw::Unreadable),
            ("exp", json!(NOW - 301), Flaw::Late),
            ("exp", json!(null), Flaw::Unreadable),
            ("exp", json!("tomorrow"), Flaw::Unreadable),
            ("exp", json!(i64::MAX), Flaw::Unreadable),
        ] {
            assert_eq!(flaw(&with(key, value.clone())), Some(expected), "{key}: {value}");
        }
    }

    #[test]
    fn clocks_may_be_five_minutes_apart() {
        for (key, value) in [("nbf", NOW + 300), ("iat", NOW + 300), ("exp", NOW - 300)] {
            assert_eq!(flaw(&with(key, json!(value))), None, "{key}");
        }
    }

    #[test]
    fn other_tenants_and_personal_accounts_are_refused() {
        let other = "dddddddd-0000-0000-0000-000000000004";
        let result = check_all(&jwt(&good()), other, None, None);
        assert_eq!(result, Err(Flaw::Tenant));
        let mut personal = with("tid", json!(PERSONAL));
        personal["iss"] = json!(format!("https://login.microsoftonline.com/{PERSONAL}/v2.0"));
        assert_eq!(check_all(&jwt(&personal), "organizations", None, None), Err(Flaw::Personal));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let payload = URL_SAFE_NO_PAD.encode(good().to_string());
        for token in [
            "",
            "a.b",
            "a.b.c",
            "e30.e30.x",
            &payload,
            &format!("{payload}.x"),
            &format!("a.{payload}.b.c"),
        ] {
            assert_eq!(check_all(token, TENANT, None, None), Err(Flaw::Unreadable), "{token}");
        }
    }
}
