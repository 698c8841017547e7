//! `patTokenError`: what the API itself says against a request, even with status 200. One row for
//! each of its values; the service documents no meanings, so these are ours.

use super::{exchange::Effect, refusal::Trouble, said::Said};
use crate::{
    failure::FailureKind::{self, NotFound, Refused, Service, SignIn},
    pat::change::Ground,
};

/// Value, kind, what it means, what to do.
type Row = (&'static str, FailureKind, &'static str, &'static str);

const RELOAD: &str = "reload the list";
const LATER: &str = "try again later";
const ADMIN: &str = "ask your administrator";
const USER: &str = "sign in as a user who is a member of the organization";
const AGAIN: &str = "sign in again";
const DATE: &str = "choose a date between tomorrow and one year after the token was made";
const SHORTER: &str = "choose an earlier date";
const NAME: &str = "give it a simple name";
const SCOPES: &str = "choose only the scopes that it needs";
const NEW: &str = "make a new token and revoke this one";

const ROWS: [Row; 36] = [
    ("displayNameRequired", Refused, "the token needs a name", NAME),
    ("invalidDisplayName", Refused, "the name is not acceptable", NAME),
    ("invalidValidTo", Refused, "the end date is not acceptable", DATE),
    ("invalidScope", Refused, "a scope of the token is unknown or not allowed", SCOPES),
    ("userIdRequired", Refused, "the service does not see which user asks", USER),
    ("invalidUserId", Refused, "the service does not know the user", USER),
    ("invalidUserType", Refused, "this kind of account cannot own personal access tokens", USER),
    (
        "accessDenied",
        Refused,
        "the account may not do this, perhaps by a policy of the organization",
        ADMIN,
    ),
    ("failedToIssueAccessToken", Service, "the service could not make the token", LATER),
    ("invalidClient", Refused, "the service does not accept the program that signed in", AGAIN),
    ("invalidClientType", Refused, "the service does not accept this kind of program", AGAIN),
    ("invalidClientId", Refused, "the service does not know the program that signed in", AGAIN),
    ("invalidTargetAccounts", Refused, "the token's list of organizations is not acceptable", NEW),
    (
        "hostAuthorizationNotFound",
        NotFound,
        "the service does not know the organization",
        "check the name of the organization",
    ),
    ("authorizationNotFound", NotFound, "the service knows no such token", RELOAD),
    ("failedToUpdateAccessToken", Service, "the service could not change the token", LATER),
    ("sourceNotSupported", Refused, "the service does not take this call from here", ADMIN),
    (
        "invalidSourceIP",
        Refused,
        "the service does not take calls from this network address",
        ADMIN,
    ),
    ("invalidSource", Refused, "the service does not take this call from here", ADMIN),
    ("duplicateHash", Refused, "this key is registered already", NEW),
    ("sshPolicyDisabled", Refused, "a policy of the organization switches SSH off", ADMIN),
    ("invalidToken", SignIn, "the access token is not usable", AGAIN),
    ("tokenNotFound", NotFound, "the service knows no such token", RELOAD),
    ("invalidAuthorizationId", NotFound, "the service does not accept the id of the token", RELOAD),
    (
        "failedToReadTenantPolicy",
        Service,
        "the service could not read the policies of the tenant",
        LATER,
    ),
    (
        "globalPatPolicyViolation",
        Refused,
        "a policy forbids tokens for all organizations",
        "make one token per organization",
    ),
    ("fullScopePatPolicyViolation", Refused, "a policy forbids tokens with full access", SCOPES),
    ("patLifespanPolicyViolation", Refused, "a policy limits how long a token may live", SHORTER),
    ("invalidTokenType", SignIn, "the access token is of the wrong kind", AGAIN),
    ("invalidAudience", SignIn, "the access token is for another service", AGAIN),
    ("invalidSubject", SignIn, "the access token is for another user", AGAIN),
    (
        "deploymentHostNotSupported",
        Refused,
        "this address serves no personal access tokens",
        "check the name of the organization",
    ),
    (
        "disablePatCreationPolicyViolation",
        Refused,
        "a policy of the organization restricts personal access tokens, and you are not on its list",
        ADMIN,
    ),
    (
        "failedToReadOrgPolicy",
        Service,
        "the service could not read the policies of the organization",
        LATER,
    ),
    (
        "globalPATCreationBlocked",
        Refused,
        "tokens for all organizations are not made or renewed any more",
        "make one token per organization",
    ),
    (
        "expiredPatCannotBeExtended",
        Refused,
        "the token has expired, and an expired token cannot be extended",
        "make a new token",
    ),
];

/// Puts a `patTokenError` into words.
pub(super) fn trouble(said: &Said) -> Trouble {
    let name = said.token_error.as_deref().unwrap_or_default();
    let row = ROWS.iter().find(|row| row.0.eq_ignore_ascii_case(name));
    let Some((name, kind, why, hint)) = row else {
        let text =
            said.token_error_text.as_ref().map_or_else(String::new, |text| format!(": {text}"));
        let why =
            format!("the service refused for a reason that azpat does not know{text} [{name}]");
        // It may mean anything, so the caller looks what became of the token.
        return Trouble { effect: Effect::Unknown, ..Trouble::new(Refused, why) };
    };
    let effect = match *name {
        "authorizationNotFound" | "tokenNotFound" | "invalidAuthorizationId" => Effect::Missing,
        _ if *kind == Service => Effect::Unknown,
        _ => Effect::None,
    };
    let trouble = Trouble::new(*kind, format!("{why} [{name}]")).hint(*hint);
    Trouble { effect, ground: ground(name), ..trouble }
}

/// What of the request a value is about, if it is about something that was asked for.
fn ground(name: &str) -> Option<Ground> {
    Some(match name {
        "displayNameRequired" | "invalidDisplayName" => Ground::Name,
        "invalidScope" => Ground::Scope,
        "fullScopePatPolicyViolation" => Ground::FullAccess,
        "invalidValidTo" | "expiredPatCannotBeExtended" => Ground::End,
        "patLifespanPolicyViolation" => Ground::Lifespan,
        "disablePatCreationPolicyViolation" => Ground::Creation,
        "invalidTargetAccounts" | "globalPatPolicyViolation" | "globalPATCreationBlocked" => {
            Ground::Global
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> Said {
        Said { token_error: Some(name.to_owned()), ..Said::default() }
    }

    #[test]
    fn every_value_has_its_own_row_with_words_and_a_hint() {
        let mut names = ROWS.map(|row| row.0);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        for (name, kind, why, hint) in ROWS {
            let trouble = trouble(&said(name));
            assert_eq!(trouble.kind, kind);
            assert_eq!(trouble.why, format!("{why} [{name}]"));
            assert_eq!(trouble.hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn what_was_asked_for_is_told_apart() {
        let grounds = ROWS.iter().filter(|row| ground(row.0).is_some());
        assert!(grounds.clone().all(|row| row.1 == Refused));
        assert_eq!(grounds.count(), 11);
        let trouble = trouble(&said("patlifespanpolicyviolation"));
        assert_eq!(trouble.ground, Some(Ground::Lifespan));
    }

    #[test]
    fn an_unknown_value_shows_what_the_service_says() {
        let text = Some("Because‹U+0007›".to_owned());
        let trouble = trouble(&Said { token_error_text: text, ..said("brandNew") });
        assert!(trouble.why.ends_with(": Because‹U+0007› [brandNew]"), "{}", trouble.why);
        assert_eq!((trouble.kind, trouble.effect), (Refused, Effect::Unknown));
    }
}
