//! What a sign-in brings, made of a token answer once everything in it has been checked.

use std::{fmt, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use oauth2::{
    StandardRevocableToken, StandardTokenIntrospectionResponse, StandardTokenResponse,
    TokenResponse as _,
    basic::{BasicRevocationErrorResponse, BasicTokenType},
};
use serde::{Deserialize, Serialize};

use super::{
    Entra, Wish, access_token,
    denial::Denial,
    id_token::{self, Expected},
    refusal::{Context, Refused},
};
use crate::{
    failure::Failure,
    identity::Identity,
    secret::{Bearer, RefreshToken},
};

/// No access token lives longer; a larger number is a mistake.
const LONGEST: Duration = Duration::from_hours(48);

/// What a sign-in brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub bearer: Bearer,
    /// By this computer's clock.
    pub ends: DateTime<Utc>,
    /// To be kept instead of the one before; `None`: the one before goes on.
    pub refresh: Option<RefreshToken>,
    pub identity: Identity,
    pub scopes: Vec<String>,
}

/// The fields of a token answer that OAuth does not know. `Debug` prints nothing of them.
#[derive(Deserialize, Serialize)]
pub(super) struct Fields {
    id_token: Option<String>,
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields(***)")
    }
}

impl oauth2::ExtraTokenFields for Fields {}

/// A token answer as it came.
pub(super) type TokenAnswer = StandardTokenResponse<Fields, BasicTokenType>;

/// The client of the `oauth2` crate with Entra's fields and errors.
pub(super) type Kind<
    A = oauth2::EndpointNotSet,
    D = oauth2::EndpointNotSet,
    I = oauth2::EndpointNotSet,
    R = oauth2::EndpointNotSet,
    T = oauth2::EndpointNotSet,
> = oauth2::Client<
    Denial,
    TokenAnswer,
    StandardTokenIntrospectionResponse<Fields, BasicTokenType>,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    A,
    D,
    I,
    R,
    T,
>;

/// A token answer with when it was asked for and given.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) answer: TokenAnswer,
    /// Before the request, by this computer's clock: a token cannot end sooner than counted from
    /// there, whatever this clock says and however long the answer took.
    pub(super) asked: DateTime<Utc>,
    /// The time at Entra.
    pub(super) now: DateTime<Utc>,
}

impl Entra {
    /// Checks a token answer. `nonce` is that of the request, where a browser carried one.
    pub(super) fn grant(
        &self,
        answered: &Answered,
        wish: &Wish,
        nonce: Option<&str>,
        context: &Context<'_>,
    ) -> Result<Grant, Refused> {
        let answer = &answered.answer;
        let broken = |why| context.unacceptable(why, "sign in again");
        if *answer.token_type() != BasicTokenType::Bearer {
            return Err(broken("the answer holds another kind of token than was asked for"));
        }
        let id_token = answer.extra_fields().id_token.as_deref();
        let id_token = id_token.ok_or_else(|| broken("the answer lacks the id token"))?;
        let lasts = answer
            .expires_in()
            .ok_or_else(|| broken("the answer does not tell when the access token ends"))?;
        let expected = Expected {
            authority: &self.0.authority,
            client_id: &self.0.app.client_id,
            tenant: &wish.tenant,
            nonce,
            account: wish.account,
            now: answered.now,
        };
        let identity = id_token::check(id_token, &expected).map_err(|flaw| {
            let (why, hint) = flaw.words();
            context.unacceptable(why, hint)
        })?;
        let bearer = Bearer::new(answer.access_token().secret().as_str());
        if let Some(misfit) = misfit(&bearer, &identity, context) {
            return Err(misfit);
        }
        let lasts = TimeDelta::from_std(lasts.min(LONGEST)).unwrap_or_default();
        let granted = answer.scopes().map(|scopes| scopes.iter().map(|s| s.to_string()).collect());
        Ok(Grant {
            bearer,
            ends: answered.asked + lasts,
            refresh: answer.refresh_token().map(|token| RefreshToken::new(token.secret().as_str())),
            identity,
            scopes: granted.unwrap_or_else(|| self.0.app.scopes.clone()),
        })
    }
}

/// The access token must be for the same person, and for Azure DevOps.
fn misfit(bearer: &Bearer, identity: &Identity, context: &Context<'_>) -> Option<Refused> {
    let account = access_token::claims(bearer.expose()).and_then(|claims| claims.account);
    if let Some(misfit) = access_token::misfit(bearer, Some(identity.id.tenant)) {
        let why = format!("the access token does not serve: {}", misfit.why);
        return Some(Failure { attempt: context.attempt.to_owned(), why, ..misfit }.into());
    }
    account
        .is_some_and(|account| account != identity.id)
        .then(|| context.unacceptable("the access token is for another account", "sign in again"))
}
