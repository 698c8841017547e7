//! The operations on one token: get, create, update and revoke. They change the ledger and answer in the published
//! shapes. The caller was let in before, and faults are added after.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{self, Refusal, exception};
use super::call::Version;
use super::date;
use super::ledger::{self, Ledger, Status, Token};
use super::pages::PatToken;
use super::policy::{self, Problem};
use super::settings::Policies;
use super::world;

/// `PatTokenCreateRequest`; null counts as omitted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Create {
    display_name: Option<String>,
    scope: Option<String>,
    valid_to: Option<String>,
    all_orgs: Option<bool>,
}

/// `PatTokenUpdateRequest`; null counts as omitted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update {
    authorization_id: Option<Uuid>,
    display_name: Option<String>,
    scope: Option<String>,
    valid_to: Option<String>,
    all_orgs: Option<bool>,
}

/// What a token operation works with.
pub(super) struct Desk<'a> {
    pub(super) ledger: &'a mut Ledger,
    pub(super) policies: &'a Policies,
    pub(super) organization: usize,
    pub(super) now: DateTime<Utc>,
}

impl Desk<'_> {
    /// An id that is unknown, or of another organization, is `authorizationNotFound`.
    pub(super) fn get(&self, id: Uuid) -> Result<PatToken, Problem> {
        let token = self.ledger.token(self.organization, id).ok_or("authorizationNotFound")?;
        Ok(PatToken::new(token, self.ledger, None))
    }

    pub(super) fn create(&mut self, request: Create) -> Result<PatToken, Problem> {
        let name = request.display_name.unwrap_or_default();
        let scope = request.scope.unwrap_or_default();
        let global = request.all_orgs.unwrap_or(false);
        policy::check_name(&name)?;
        policy::check_reach(self.policies, global)?;
        policy::check_scope(self.policies, &scope)?;
        policy::check_creation(self.policies, &scope)?;
        let secret = secret();
        let token = Token {
            id: world::random_id(),
            name,
            scope,
            home: self.organization,
            global,
            valid_from: date::stored(self.now),
            valid_to: policy::end(self.policies, request.valid_to.as_deref(), self.now, self.now)?,
            revoked: false,
            digest: Some(ledger::digest(&secret)),
        };
        let answer = PatToken::new(&token, self.ledger, Some(secret));
        self.ledger.add(token);
        Ok(answer)
    }

    /// A revoked token is `tokenNotFound`. `forgetful` is a fault: what is omitted does not stay as it was.
    pub(super) fn update(
        &mut self,
        mut request: Update,
        forgetful: bool,
    ) -> Result<PatToken, Problem> {
        let id = request.authorization_id.ok_or("invalidAuthorizationId")?;
        let mut token =
            self.ledger.token(self.organization, id).ok_or("authorizationNotFound")?.clone();
        match token.status(self.now) {
            Status::Active => {}
            Status::Expired => return Err("expiredPatCannotBeExtended"),
            Status::Revoked => return Err("tokenNotFound"),
        }
        if let Some(name) = request.display_name.take() {
            policy::check_name(&name)?;
            token.name = name;
        } else if forgetful {
            token.name = String::new();
        }
        if let Some(global) = request.all_orgs {
            policy::check_reach(self.policies, global)?;
            token.global = global;
        }
        if let Some(scope) = request.scope.take() {
            policy::check_scope(self.policies, &scope)?;
            token.scope = scope;
        } else if forgetful {
            token.scope = String::new();
        }
        if request.valid_to.is_some() || forgetful {
            let asked = request.valid_to.as_deref();
            token.valid_to = policy::end(self.policies, asked, token.valid_from, self.now)?;
        }
        let answer = PatToken::new(&token, self.ledger, None);
        self.ledger.replace(token);
        Ok(answer)
    }

    /// Revoking twice is as good as once; an unknown id is an envelope with 404, since success has no body.
    pub(super) fn revoke(&mut self, id: Uuid) -> Result<(), Refusal> {
        if self.ledger.token(self.organization, id).is_none() {
            let message = format!("The authorization {id} was not found.");
            return Err(Refusal::new(StatusCode::NOT_FOUND, exception::NOT_FOUND, message));
        }
        self.ledger.revoke(id);
        Ok(())
    }
}

/// `PatTokenResult` of the published interface.
#[derive(Serialize)]
struct PatTokenResult<'a> {
    #[serde(rename = "patToken")]
    token: Option<PatToken>,
    #[serde(rename = "patTokenError")]
    problem: &'a str,
    /// Null where version 7.2 has nothing to say; absent before.
    #[serde(rename = "patTokenErrorMessage", skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
}

/// The answer to an operation on one token, in one version of the interface.
pub(super) fn result(outcome: Result<Option<PatToken>, &str>, version: Version) -> Response {
    let (token, problem) = match outcome {
        Ok(token) => (token, "none"),
        Err(problem) => (None, problem),
    };
    let newest = version == Version::V7_2;
    let body = PatTokenResult {
        token,
        problem: if newest { problem } else { policy::in_7_1(problem) },
        message: newest.then(|| policy::sentence(problem).into()),
    };
    answer::versioned(&body, version.name())
}

/// Looks like a token of 2026: 84 characters with `AZDO` before the last four. Opens nothing.
fn secret() -> String {
    format!("{}JQQJ99BKACAAAAAAAAAAAAAAAZDO{}", world::letters(52), world::letters(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_the_published_form() {
        let secret = secret();
        assert_eq!(secret.len(), 84);
        assert_eq!(secret.get(76..80), Some("AZDO"));
    }
}
