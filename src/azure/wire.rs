//! The service's JSON. It is read with patience: unknown fields do not matter, and one entry that
//! makes no sense does not lose the others. The field `token` is read in the answer to a creation
//! only.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    pat::{AuthorizationId, Listed, Organization, Pat, Target, date},
    secret::PatSecret,
    text::Untrusted,
};

/// Names longer than this are cut.
const MOST_NAME: usize = 512;

/// Scope texts seen so far. Many tokens have the same, and share one copy.
#[derive(Debug, Default)]
pub(crate) struct Scopes(Mutex<HashSet<Arc<str>>>);

impl Scopes {
    fn share(&self, text: &str) -> Arc<str> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = seen.get(text) {
            return Arc::clone(known);
        }
        let new = Arc::<str>::from(text);
        seen.insert(Arc::clone(&new));
        new
    }
}

/// `PagedPatTokens`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct PagedPatTokens<'a> {
    continuation_token: Option<&'a RawValue>,
    pat_tokens: Option<Vec<&'a RawValue>>,
}

/// A page as it was read.
pub(super) struct ReadPage {
    pub(super) pats: Vec<Pat>,
    pub(super) unreadable: usize,
    /// `None`: this was the last page.
    pub(super) next: Option<String>,
}

/// `PatTokenResult`; its error was looked at before.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PatTokenResult {
    pat_token: Option<PatToken>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PatToken {
    authorization_id: Uuid,
    display_name: Option<String>,
    scope: Option<String>,
    target_accounts: Option<Box<[Uuid]>>,
    valid_from: String,
    valid_to: String,
}

/// `PatTokenUpdateRequest`: what is not sent stays as it is. Where the token is valid is never
/// sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update<'a> {
    pub(super) authorization_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) valid_to: Option<String>,
}

/// `PatTokenCreateRequest`. A token for all organizations is never asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Create<'a> {
    pub(super) display_name: &'a str,
    pub(super) scope: &'a str,
    pub(super) valid_to: String,
    pub(super) all_orgs: bool,
}

/// The one answer that holds a secret.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    pat_token: CreatedToken,
}

#[derive(Deserialize)]
struct CreatedToken {
    token: Option<String>,
    #[serde(flatten)]
    pat: PatToken,
}

impl PatToken {
    fn into_pat(self, organization: &Organization, listed: Listed, scopes: &Scopes) -> Option<Pat> {
        Some(Pat {
            id: AuthorizationId(self.authorization_id),
            organization: organization.clone(),
            name: name(self.display_name.unwrap_or_default()),
            scope: scopes.share(&self.scope.unwrap_or_default()),
            target: self.target_accounts.map_or(Target::Global, Target::Organizations),
            valid_from: date::parse(&self.valid_from).ok()?,
            valid_to: date::parse(&self.valid_to).ok()?,
            listed,
        })
    }
}

fn name(mut name: String) -> Untrusted {
    if let Some((end, _)) = name.char_indices().nth(MOST_NAME) {
        name.truncate(end);
        name.push('…');
    }
    Untrusted::new(name)
}

/// Reads a page of a list; `None` if the body is no such page.
pub(super) fn page(
    body: &[u8],
    organization: &Organization,
    listed: Listed,
    scopes: &Scopes,
) -> Option<ReadPage> {
    let page = serde_json::from_slice::<PagedPatTokens<'_>>(body).ok()?;
    // An object with neither field is something else, and must not pass for an empty list.
    if page.pat_tokens.is_none() && page.continuation_token.is_none() {
        return None;
    }
    let next = match page.continuation_token {
        Some(token) => {
            let token = serde_json::from_str::<String>(token.get()).ok()?;
            Some(token).filter(|token| !token.is_empty())
        }
        None => None,
    };
    let entries = page.pat_tokens.unwrap_or_default();
    let pats: Vec<_> = entries
        .iter()
        .filter_map(|entry| serde_json::from_str::<PatToken>(entry.get()).ok())
        .filter_map(|entry| entry.into_pat(organization, listed, scopes))
        .collect();
    Some(ReadPage { unreadable: entries.len() - pats.len(), pats, next })
}

/// Reads the answer to a creation; `None` if it is no such answer or has no secret.
pub(super) fn created(body: &[u8], organization: &Organization) -> Option<(Pat, PatSecret)> {
    let token = serde_json::from_slice::<Created>(body).ok()?.pat_token;
    let secret = token.token.filter(|secret| !secret.is_empty()).map(PatSecret::new)?;
    Some((token.pat.into_pat(organization, Listed::Active, &Scopes::default())?, secret))
}

/// Whether a body whose content does not matter is nothing, or JSON at least.
pub(super) fn is_nothing_or_json(body: &[u8]) -> bool {
    body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Reads the answer about one token; `None` if it is not there or is another one.
pub(super) fn token(body: &[u8], known: &Pat) -> Option<Pat> {
    let result = serde_json::from_slice::<PatTokenResult>(body).ok()?;
    let pat = result.pat_token?;
    let pat = pat.into_pat(&known.organization, known.listed, &Scopes::default())?;
    (pat.id == known.id).then_some(pat)
}
