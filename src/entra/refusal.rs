//! Turns what Entra refused into words, by its number, else by the error of OAuth, else by its own
//! text, cut and escaped. Decides whether the refresh token is of any use still.

use super::{aadsts, claims::Claims, denial::Denial, errand::Fruitless};
use crate::{
    failure::{Failure, FailureKind},
    identity::Tenant,
    text,
    transport::Lost,
};

/// Longer texts of Entra are cut.
const MOST: usize = 240;

/// No grant came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub failure: Failure,
    /// The refresh token is of no use any more: a person must sign in.
    pub ends_session: bool,
    /// What must be true of the next access token.
    pub claims: Option<Box<Claims>>,
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) client_id: &'a str,
    pub(super) tenant: &'a Tenant,
    /// Completes "cannot …".
    pub(super) attempt: &'static str,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { failure, ends_session: false, claims: None }
    }
}

impl Context<'_> {
    pub(super) fn fruitless(&self, fruitless: Fruitless) -> Refused {
        match fruitless {
            Fruitless::Denied(denial) => self.denied(&denial),
            Fruitless::Lost(lost) => self.lost(lost).into(),
        }
    }

    /// A failure of ours to accept what came, which asks for another sign-in.
    pub(super) fn unacceptable(&self, why: impl Into<String>, hint: &str) -> Refused {
        Failure::new(FailureKind::SignIn, self.attempt, why).hint(hint).into()
    }

    pub(super) fn lost(&self, lost: Lost) -> Failure {
        let failure = Failure::new(lost.kind, self.attempt, lost.why);
        Failure { hint: lost.hint.map(ToOwned::to_owned), ..failure }
    }

    pub(super) fn denied(&self, denial: &Denial) -> Refused {
        let code = denial.code();
        let row = code.and_then(aadsts::row);
        let failure = match (row, code) {
            (Some(row), Some(code)) => Failure::new(
                row.kind,
                self.attempt,
                format!("{} [AADSTS{code}]", self.fill(row.why)),
            )
            .hint(self.fill(row.cure)),
            _ => self.by_error(denial),
        };
        let ends_by_error = matches!(
            denial.error.as_str(),
            "invalid_grant" | "interaction_required" | "login_required" | "consent_required"
        );
        Refused {
            failure: Failure { support_id: denial.support_id(), ..failure },
            ends_session: ends_by_error || row.is_some_and(|row| row.ends_session),
            claims: Claims::from_challenge(&denial.claims).map(Box::new),
        }
    }

    fn by_error(&self, denial: &Denial) -> Failure {
        let text = denial.text();
        let said =
            if text.is_empty() { String::new() } else { format!(": {}", text::cut(text, MOST)) };
        let error = text::cut(&denial.error, 60);
        if let Some((_, kind, why, cure)) = ERRORS.iter().find(|row| row.0 == denial.error) {
            let why = format!("{}{said} [{error}]", self.fill(why));
            return Failure::new(*kind, self.attempt, why).hint(self.fill(cure));
        }
        let why = format!("Microsoft Entra ID refused{said} [{error}]");
        Failure::new(FailureKind::SignIn, self.attempt, why).hint("sign in again")
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{client id}", self.client_id).replace("{tenant}", &self.tenant.to_string())
    }
}

/// The errors of OAuth (RFC 6749, RFC 8628 and Microsoft's own), where no number tells more.
const ERRORS: &[(&str, FailureKind, &str, &str)] = &[
    (
        "access_denied",
        FailureKind::SignIn,
        "the sign-in was cancelled or declined",
        "sign in again and accept, or ask an administrator to approve the app {client id}",
    ),
    (
        "authorization_declined",
        FailureKind::SignIn,
        "the sign-in was declined on the page for the code",
        "sign in again and accept",
    ),
    (
        "bad_verification_code",
        FailureKind::Service,
        "Microsoft Entra ID does not know the code that it gave",
        "start the sign-in again",
    ),
    (
        "expired_token",
        FailureKind::SignIn,
        "the code was not typed in time",
        "start the sign-in again",
    ),
    (
        "code_expired",
        FailureKind::SignIn,
        "the code was not typed in time",
        "start the sign-in again",
    ),
    ("invalid_grant", FailureKind::SignIn, "the sign-in is not accepted any more", "sign in again"),
    (
        "interaction_required",
        FailureKind::SignIn,
        "Microsoft Entra ID wants to ask you something",
        "sign in again in the browser",
    ),
    ("login_required", FailureKind::SignIn, "nobody is signed in", "sign in again in the browser"),
    (
        "consent_required",
        FailureKind::SignIn,
        "the app has not been approved",
        "sign in again in the browser, or ask an administrator to approve the app {client id}",
    ),
    (
        "invalid_client",
        FailureKind::Refused,
        "the app {client id} is not accepted as a public client",
        "check the client id and that its registration allows public client flows",
    ),
    (
        "unauthorized_client",
        FailureKind::Refused,
        "the app {client id} may not sign people in to {tenant}",
        "check the client id and the tenant",
    ),
    (
        "unsupported_grant_type",
        FailureKind::Refused,
        "this way to sign in is switched off for the app {client id}",
        "sign in with the browser",
    ),
    (
        "invalid_scope",
        FailureKind::Refused,
        "one of the scopes does not exist",
        "correct the scopes",
    ),
    (
        "invalid_resource",
        FailureKind::Refused,
        "Azure DevOps is not known in {tenant}",
        "use the tenant of the organization",
    ),
    (
        "invalid_request",
        FailureKind::Service,
        "Microsoft Entra ID does not understand the request",
        "check the client id, the tenant and the scopes",
    ),
    (
        "temporarily_unavailable",
        FailureKind::Service,
        "Microsoft Entra ID is not available right now",
        "try again later",
    ),
    ("server_error", FailureKind::Service, "Microsoft Entra ID failed", "try again later"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(denial: &Denial) -> Refused {
        let tenant = "contoso.com".parse().unwrap();
        Context { client_id: "CLIENT", tenant: &tenant, attempt: "sign in" }.denied(denial)
    }

    fn denial(error: &str, codes: &[u32], text: &str) -> Denial {
        Denial {
            error: error.to_owned(),
            error_codes: codes.to_vec(),
            error_description: text.to_owned(),
            ..Denial::default()
        }
    }

    #[test]
    fn numbers_come_first_then_errors_then_the_text() {
        let by_number = denied(&denial("invalid_grant", &[65001], "AADSTS65001: blah"));
        assert!(by_number.failure.why.ends_with("[AADSTS65001]"), "{}", by_number.failure);
        assert!(by_number.failure.hint.unwrap().contains("CLIENT"));
        let by_text = denied(&denial("invalid_grant", &[], "AADSTS50173: blah"));
        assert!(by_text.failure.why.ends_with("[AADSTS50173]"));
        let by_error = denied(&denial("access_denied", &[], ""));
        assert_eq!(by_error.failure.why, "the sign-in was cancelled or declined [access_denied]");
        let unknown = denied(&denial("odd", &[999], "AADSTS999: Odd\u{1b}[31m <b>\u{202E}"));
        assert_eq!(
            unknown.failure.why,
            "Microsoft Entra ID refused: AADSTS999: Odd‹U+001B›[31m <b>‹U+202E› [odd]"
        );
    }

    #[test]
    fn the_session_ends_only_where_signing_in_again_is_the_cure() {
        for (error, codes) in [
            ("invalid_grant", &[][..]),
            ("interaction_required", &[]),
            ("login_required", &[]),
            ("consent_required", &[]),
            ("odd", &[50076]),
            ("odd", &[50079]),
            ("odd", &[50173]),
            ("odd", &[70008]),
            ("odd", &[700_082]),
            ("odd", &[70043]),
            ("odd", &[50132]),
            ("odd", &[50133]),
        ] {
            assert!(denied(&denial(error, codes, "")).ends_session, "{error} {codes:?}");
        }
        for (error, codes) in [
            ("temporarily_unavailable", &[][..]),
            ("server_error", &[]),
            ("invalid_client", &[700_016]),
            ("invalid_request", &[90002]),
            ("access_denied", &[65004]),
        ] {
            assert!(!denied(&denial(error, codes, "")).ends_session, "{error} {codes:?}");
        }
    }

    #[test]
    fn a_challenge_is_handed_on() {
        let claims = r#"{"access_token":{"capolids":{"essential":true}}}"#;
        let refused = denied(&Denial {
            claims: claims.to_owned(),
            ..denial("interaction_required", &[], "")
        });
        assert_eq!(refused.claims.unwrap().json(), claims);
    }
}
