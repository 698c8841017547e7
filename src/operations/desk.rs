//! Where changes are ordered: each is carried out at the service and written down here. Worker and
//! commands change tokens through this only.

use chrono::{DateTime, Utc};

use super::{Edit, Extension, Records, Revocation, edit, extend, revoke};
use crate::{
    audit::{Action, Entry, Outcome},
    azure::Client,
    clock,
    failure::Failure,
    pat::{Organization, Pat, change::Change, date, limit::Wish},
    text::Untrusted,
};

/// The service, and what is written down about it.
#[derive(Clone, Debug)]
pub struct Desk {
    pub client: Client,
    pub records: Records,
}

impl Desk {
    /// This desk for what one account has to do from its beginning to its end.
    pub(super) fn as_one(&self) -> Self {
        Self { client: self.client.as_one(), records: self.records.clone() }
    }

    /// Extends a token to an end.
    pub async fn extend(&self, pat: &Pat, to: DateTime<Utc>) -> Result<Extension, Failure> {
        let result = extend::extend(&self.client, pat, to).await;
        let end =
            |extension: &Extension| Some(format!("ends {}", date::format(extension.pat.valid_to)));
        self.note(Action::Extend, pat, result.as_ref().map(end)).await;
        let (change, after) = (Change::end(to), result.as_ref().map(|extension| &extension.pat));
        self.learn(&Wish::change(pat, &change), after).await;
        result
    }

    /// Changes a token.
    pub async fn edit(&self, pat: &Pat, change: &Change) -> Result<Edit, Failure> {
        let result = edit::edit(&self.client, pat, change).await;
        let what = |edit: &Edit| Some(edit.summary());
        self.note(Action::Edit, pat, result.as_ref().map(what)).await;
        let after = result.as_ref().map(|edit| &edit.pat);
        self.learn(&Wish::change(pat, change), after).await;
        result
    }

    /// Revokes a token.
    pub async fn revoke(&self, pat: &Pat) -> Result<Revocation, Failure> {
        let result = revoke::revoke(&self.client, pat).await;
        self.note(Action::Revoke, pat, result.as_ref().map(|_| None)).await;
        result
    }

    /// Learns from the answer to a wish: the token as it is now, or why it was not done.
    pub async fn learn(&self, wish: &Wish<'_>, answer: Result<&Pat, &Failure>) {
        let now = clock::now();
        match answer {
            Ok(pat) => self.records.learn(|limits| limits.granted(wish, pat, now)).await,
            Err(Failure { ground: Some(ground), .. }) => {
                self.records.learn(|limits| limits.refused(wish, *ground, now)).await;
            }
            Err(_) => {}
        }
    }

    /// Notes what became of a secret that was given to azpat for a place, and whose it is: of a
    /// token, or of one that nobody named.
    pub async fn note_delivery(
        &self,
        (organization, pat): (&Organization, Option<&Pat>),
        place: &str,
        result: Result<(), &Failure>,
    ) {
        let result = result.map(|()| Some(place.to_owned()));
        let entry = entry(Action::Deliver, organization, pat, result);
        self.records.note(&entry).await;
    }

    pub(super) async fn note(
        &self,
        action: Action,
        pat: &Pat,
        result: Result<Option<String>, &Failure>,
    ) {
        self.records.note(&entry(action, &pat.organization, Some(pat), result)).await;
    }
}

fn entry(
    action: Action,
    organization: &Organization,
    pat: Option<&Pat>,
    result: Result<Option<String>, &Failure>,
) -> Entry {
    let (outcome, detail) = match result {
        Ok(detail) => (Outcome::Done, detail),
        Err(failure) => (Outcome::of(failure), Some(failure.why.clone())),
    };
    Entry {
        at: clock::now(),
        action,
        id: pat.map(|pat| pat.id),
        name: pat.map_or_else(|| Untrusted::new(""), |pat| pat.name.clone()),
        organization: organization.clone(),
        outcome,
        detail,
    }
}
