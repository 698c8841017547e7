//! Reads an access token where it can be read, so that a wrong one is told before its first use.
//! Microsoft calls access tokens opaque: what cannot be read is no error here.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    app::RESOURCE,
    jwt::{self, lenient},
};
use crate::{
    failure::{Failure, FailureKind},
    identity::AccountId,
    secret::Bearer,
    text,
};

/// Azure DevOps, as an audience.
const AUDIENCES: [&str; 3] =
    [RESOURCE, "https://app.vssps.visualstudio.com", "https://app.vssps.visualstudio.com/"];

/// Everything the user may do, the PAT interface included.
const FULL: &str = "user_impersonation";

/// What the PAT interface needs where a token is narrower.
const NEEDED: [&str; 2] = ["vso.pats", "vso.pats_manage"];

/// What an access token says about itself. Nobody vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    pub audience: String,
    pub tenant: Option<Uuid>,
    pub account: Option<AccountId>,
    pub scopes: Vec<String>,
    pub ends: Option<DateTime<Utc>>,
    /// It belongs to a service principal, not to a person.
    pub is_app: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Token {
    #[serde(deserialize_with = "lenient")]
    aud: String,
    #[serde(deserialize_with = "lenient")]
    tid: Option<Uuid>,
    #[serde(deserialize_with = "lenient")]
    oid: Option<Uuid>,
    #[serde(deserialize_with = "lenient")]
    scp: String,
    #[serde(deserialize_with = "lenient")]
    idtyp: String,
    #[serde(deserialize_with = "lenient")]
    exp: Option<i64>,
}

/// The claims of an access token; `None` if it cannot be read.
pub fn claims(token: &str) -> Option<AccessClaims> {
    let token: Token = jwt::claims(token)?;
    if token.aud.is_empty() {
        return None;
    }
    let scopes: Vec<_> = token.scp.split_whitespace().map(ToOwned::to_owned).collect();
    Some(AccessClaims {
        tenant: token.tid,
        account: token.tid.zip(token.oid).map(|(tenant, oid)| AccountId { tenant, oid }),
        is_app: token.idtyp == "app" || scopes.is_empty(),
        scopes,
        ends: jwt::time(token.exp),
        audience: token.aud,
    })
}

/// The tenant that a bearer is for, if that can be seen.
pub(crate) fn tenant(bearer: &Bearer) -> Option<Uuid> {
    claims(bearer.expose())?.tenant
}

/// Why a bearer cannot serve, if that can be seen; `tenant` is the one it must be for.
pub fn misfit(bearer: &Bearer, tenant: Option<Uuid>) -> Option<Failure> {
    let claims = claims(bearer.expose())?;
    let failure = |why: String, hint: &str| {
        Some(Failure::new(FailureKind::SignIn, "use the access token", why).hint(hint))
    };
    if !AUDIENCES.contains(&claims.audience.as_str()) {
        let audience = text::cut(&claims.audience, 80);
        let hint = format!("get one for the resource {RESOURCE}");
        return failure(format!("it is for {audience}, not for Azure DevOps"), &hint);
    }
    if claims.is_app {
        return failure(
            "it belongs to a service principal, and this API serves people only".to_owned(),
            "sign in as a user",
        );
    }
    if let (Some(asked), Some(is)) = (tenant, claims.tenant)
        && asked != is
    {
        return failure(
            format!("it is for the tenant {is}, not for {asked}"),
            "sign in to the tenant of the organization",
        );
    }
    let has = |name: &str| claims.scopes.iter().any(|scope| scope == name);
    let missing: Vec<_> = NEEDED.into_iter().filter(|name| !has(name)).collect();
    if !has(FULL) && !missing.is_empty() {
        return failure(
            format!("it lacks the permission {}", missing.join(" and ")),
            "add it to the app registration, and sign in again",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::{Value, json};

    use super::*;

    const TENANT: &str = "aaaaaaaa-0000-0000-0000-000000000001";

    fn jwt(changes: &Value) -> String {
        let mut claims = json!({
            "aud": RESOURCE, "tid": TENANT, "oid": TENANT, "scp": "vso.pats vso.pats_manage vso.profile",
            "idtyp": "user", "exp": 1_800_000_000,
        });
        for (key, value) in changes.as_object().unwrap() {
            claims[key] = value.clone();
        }
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn why(changes: &Value) -> Option<String> {
        let tenant = Some(TENANT.parse().unwrap());
        misfit(&Bearer::new(jwt(changes)), tenant).map(|failure| failure.why)
    }

    #[test]
    fn tokens_for_azure_devops_fit() {
        for changes in [
            json!({}),
            json!({"aud": "https://app.vssps.visualstudio.com"}),
            json!({"aud": "https://app.vssps.visualstudio.com/"}),
            json!({"scp": "user_impersonation"}),
            json!({"tid": null}),
            json!({"idtyp": null}),
        ] {
            assert_eq!(why(&changes), None, "{changes}");
        }
        let read = claims(&jwt(&json!({}))).unwrap();
        assert_eq!(read.scopes, ["vso.pats", "vso.pats_manage", "vso.profile"]);
        assert_eq!(read.account.unwrap().tenant.to_string(), TENANT);
        assert_eq!(read.ends.unwrap().timestamp(), 1_800_000_000);
    }

    #[test]
    fn check_42_what_cannot_serve_is_told_before_its_first_use() {
        for (changes, expected) in [
            (
                json!({"aud": "https://graph.microsoft.com\u{1b}"}),
                "it is for https://graph.microsoft.com‹U+001B›, not for Azure DevOps",
            ),
            (
                json!({"tid": "dddddddd-0000-0000-0000-000000000004"}),
                "it is for the tenant dddddddd-0000-0000-0000-000000000004, not for aaaaaaaa-0000-0000-0000-000000000001",
            ),
            (
                json!({"idtyp": "app"}),
                "it belongs to a service principal, and this API serves people only",
            ),
            (
                json!({"scp": null}),
                "it belongs to a service principal, and this API serves people only",
            ),
            (json!({"scp": "vso.pats"}), "it lacks the permission vso.pats_manage"),
            (json!({"scp": "vso.tokens"}), "it lacks the permission vso.pats and vso.pats_manage"),
        ] {
            assert_eq!(why(&changes).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_misfit() {
        for token in ["", "opaque", "a.b.c.d.e", "e30.e30.x", "a.b.c"] {
            assert_eq!(claims(token), None, "{token}");
            assert_eq!(misfit(&Bearer::new(token), None), None, "{token}");
        }
    }
}
