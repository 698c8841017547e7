//! Lists the tokens of several organizations: three filtered lists each, side by side. Pages are
//! delivered as they arrive; whether they were all of them is told at the end.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use futures_util::future::{join_all, join3};

use super::{Completeness, Incomplete, Page};
use crate::{
    azure::{Client, Filtered, Scopes},
    failure::Failure,
    pat::{AuthorizationId, Listed, Organization},
};

/// A list with more pages than this does not end.
const MOST_PAGES: usize = 1_000;

/// Lists the organizations. One that fails does not stop the others, and what it delivered before
/// stays delivered.
pub async fn list(
    client: &Client,
    organizations: &[Organization],
    pages: impl Fn(Page) + Send + Sync,
) -> Vec<(Organization, Result<Completeness, Failure>)> {
    let scopes = Scopes::default();
    let (scopes, pages) = (&scopes, &pages);
    join_all(organizations.iter().map(async |organization| {
        let whole =
            async |listed| whole(client, Filtered { organization, listed }, scopes, pages).await;
        let (active, expired, revoked) =
            join3(whole(Listed::Active), whole(Listed::Expired), whole(Listed::Revoked)).await;
        (organization.clone(), all([active, expired, revoked]))
    }))
    .await
}

/// A failure of one list is a failure of all; so is a gap.
fn all(lists: [Result<Completeness, Failure>; 3]) -> Result<Completeness, Failure> {
    let mut whole = Completeness::Complete;
    for list in lists {
        if let incomplete @ Completeness::Incomplete(_) = list? {
            whole = incomplete;
        }
    }
    Ok(whole)
}

/// Reads one list to its end, delivering each token once.
pub(super) async fn whole(
    client: &Client,
    list: Filtered<'_>,
    scopes: &Scopes,
    pages: &(impl Fn(Page) + Send + Sync),
) -> Result<Completeness, Failure> {
    let mut seen = Seen::default();
    let mut continuation: Option<String> = None;
    let mut unreadable = 0;
    for _ in 0..MOST_PAGES {
        let read = client.page(list, continuation.as_deref(), scopes).await;
        let (mut page, next) = read.map_err(|problem| problem.failure)?;
        unreadable += page.unreadable;
        let had_entries = !page.pats.is_empty();
        page.pats.retain(|pat| seen.ids.insert(pat.id));
        if had_entries && page.pats.is_empty() {
            return Ok(Completeness::Incomplete(Incomplete::RepeatedPage));
        }
        pages(page);
        continuation = match next {
            Some(token) if seen.is_new(&token) => Some(token),
            Some(_) => return Ok(Completeness::Incomplete(Incomplete::RepeatedPage)),
            None if unreadable > 0 => {
                return Ok(Completeness::Incomplete(Incomplete::UnreadableEntries));
            }
            None => return Ok(Completeness::Complete),
        };
    }
    Ok(Completeness::Incomplete(Incomplete::TooManyPages))
}

/// What a list has shown so far. Continuation tokens can be long, so only their hashes are kept.
#[derive(Default)]
struct Seen {
    ids: HashSet<AuthorizationId>,
    continuations: HashSet<u64>,
}

impl Seen {
    fn is_new(&mut self, continuation: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        continuation.hash(&mut hasher);
        self.continuations.insert(hasher.finish())
    }
}
