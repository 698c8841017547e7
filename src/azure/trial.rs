//! Whether a PAT works: one call as its owner would make it, to where organizations live. It goes
//! with the PAT alone, never with the access token.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, StatusCode, header};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use tokio::time::sleep;
use uuid::{Uuid, uuid};

use super::{Client, anonymous::failed, said};
use crate::{
    failure::{Failure, FailureKind},
    pat::Organization,
    secret::PatSecret,
    text::Untrusted,
    transport::Answer,
};

/// Who somebody is whom the service does not know.
const NOBODY: Uuid = uuid!("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionData {
    authenticated_user: User,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: Uuid,
    #[serde(default)]
    provider_display_name: String,
}

impl Client {
    /// Asks the organization who the owner of this secret is. A new PAT may take a moment until
    /// all of the service knows it, so a refusal is looked at again.
    pub(crate) async fn try_pat(
        &self,
        organization: &Organization,
        secret: &PatSecret,
    ) -> Result<Untrusted, Failure> {
        let mut last = None;
        for pause in self.limits().looks {
            sleep(pause).await;
            match self.try_once(organization, secret).await {
                Ok(who) => return Ok(who),
                Err(failure) => last = Some(failure),
            }
        }
        Err(last.unwrap_or_else(|| refused(organization, "it was never asked")))
    }

    async fn try_once(
        &self,
        organization: &Organization,
        secret: &PatSecret,
    ) -> Result<Untrusted, Failure> {
        let limits = self.limits();
        let basic = Zeroizing::new(format!(":{}", secret.expose()));
        let basic = Zeroizing::new(format!("Basic {}", STANDARD.encode(basic.as_bytes())));
        let Ok(mut value) = HeaderValue::from_str(&basic) else {
            return Err(refused(organization, "the secret is no text that could be sent"));
        };
        value.set_sensitive(true);
        let path = [organization.as_str(), "_apis", "connectionData"];
        let answer = self.0.front.get_as(&path, Some((header::AUTHORIZATION, value)), limits).await;
        let answer = answer.map_err(|lost| failed(lost, attempt(organization)))?;
        who(&answer).map_err(|why| Failure {
            support_id: said::support_id(&answer.headers),
            ..refused(organization, why)
        })
    }
}

fn attempt(organization: &Organization) -> String {
    format!("use the new secret in {organization}")
}

fn refused(organization: &Organization, why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Refused, attempt(organization), why)
}

/// Whose secret it is, or why the answer is none.
fn who(answer: &Answer) -> Result<Untrusted, String> {
    let user = match answer.status {
        StatusCode::OK => serde_json::from_slice::<ConnectionData>(&answer.body).ok(),
        // The page on which people sign in.
        StatusCode::UNAUTHORIZED
        | StatusCode::NON_AUTHORITATIVE_INFORMATION
        | StatusCode::FOUND => {
            return Err(format!("it is not accepted ({})", answer.status.as_u16()));
        }
        status => return Err(format!("the service answers with {}", status.as_u16())),
    };
    match user.map(|data| data.authenticated_user) {
        Some(user) if user.id != NOBODY => Ok(Untrusted::new(user.provider_display_name)),
        Some(_) => Err("the organization answers, but does not know whose it is".to_owned()),
        None => Err("the service sent an answer that makes no sense".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn only_an_answer_to_somebody_known_counts() {
        let who = |status: u16, body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            let answer = Answer { status, headers: HeaderMap::new(), body: body.into() };
            who(&answer).map(|who| who.to_string())
        };
        let user = |id: Uuid| {
            format!(r#"{{"authenticatedUser": {{"id": "{id}", "providerDisplayName": "Robin"}}}}"#)
        };
        let robin = user(Uuid::from_u128(7));
        assert_eq!(who(200, &robin).as_deref(), Ok("Robin"));
        assert!(who(200, &user(NOBODY)).unwrap_err().contains("does not know whose"));
        for (status, body) in
            [(203, &*robin), (302, ""), (401, &robin), (500, &robin), (200, "<html>"), (200, "{}")]
        {
            assert!(who(status, body).is_err(), "{status} {body}");
        }
    }
}
