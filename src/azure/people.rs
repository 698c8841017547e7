//! Who is signed in, and in which organizations.

use http::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    Client,
    exchange::{Request, Whose},
    pats::nonsense,
};
use crate::{
    failure::Failure, identity::AccountId, operations::Account, pat::Organization, text::Untrusted,
};

const API_VERSION: &str = "7.1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    id: Option<String>,
    public_alias: Option<String>,
    display_name: Option<String>,
    email_address: Option<String>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Accounts<'a> {
    value: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    account_id: Uuid,
    account_name: String,
}

impl Client {
    /// The profile of an account that is signed in; `None`: of the one that comes first.
    pub async fn account(&self, whose: Option<AccountId>) -> Result<Account, Failure> {
        let path = vec!["_apis", "profile", "profiles", "me"];
        let request = self.personal(whose, path, Vec::new(), "find out who is signed in");
        let answer = self.call(&request).await.map_err(|problem| problem.failure)?;
        account(&answer.body).ok_or_else(|| nonsense(&request, &answer).failure)
    }

    /// The organizations of an account. A name that cannot be one is skipped.
    pub async fn organizations(
        &self,
        whose: Option<AccountId>,
        account: &Account,
    ) -> Result<Vec<(Organization, Uuid)>, Failure> {
        let query = vec![("memberId", account.id.clone())];
        let path = vec!["_apis", "accounts"];
        let request = self.personal(whose, path, query, "find your organizations");
        let answer = self.call(&request).await.map_err(|problem| problem.failure)?;
        organizations(&answer.body).ok_or_else(|| nonsense(&request, &answer).failure)
    }

    fn personal<'a>(
        &'a self,
        whose: Option<AccountId>,
        segments: Vec<&'a str>,
        mut query: Vec<(&'static str, String)>,
        attempt: &str,
    ) -> Request<'a> {
        query.push(("api-version", API_VERSION.to_owned()));
        Request {
            host: &self.0.profile,
            method: Method::GET,
            segments,
            query,
            body: None,
            whose: Whose::Account(whose),
            attempt: attempt.to_owned(),
        }
    }
}

/// Reads a profile; `None` if the body is none.
pub(super) fn account(body: &[u8]) -> Option<Account> {
    let profile = serde_json::from_slice::<Profile>(body).ok()?;
    let id = profile.id.or(profile.public_alias).filter(|id| !id.is_empty())?;
    Some(Account {
        id,
        name: Untrusted::new(profile.display_name.unwrap_or_default()),
        mail: Untrusted::new(profile.email_address.unwrap_or_default()),
    })
}

/// Reads a list of organizations, those of it that can be one; `None` if the body is no list.
pub(super) fn organizations(body: &[u8]) -> Option<Vec<(Organization, Uuid)>> {
    let accounts = serde_json::from_slice::<Accounts<'_>>(body).ok()?;
    let entries = accounts.value.into_iter().filter_map(|entry| {
        let entry = serde_json::from_str::<Entry>(entry.get()).ok()?;
        Some((entry.account_name.parse().ok()?, entry.account_id))
    });
    Some(entries.collect())
}
