//! What was begun and not ended: what exists of it now, and how it goes on. Looking changes
//! nothing at the service.

mod words;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

pub use self::words::told;
use super::{Completeness, Desk, NewPat, Page, Revocation, Tell, create::Before, list};
use crate::{
    clock,
    failure::{Failure, FailureKind},
    journal::{Ending, Item, ItemId, Open, Stage},
    pat::{AuthorizationId, Organization, Pat, Thresholds, inventory::Inventory},
    text,
};

/// After so long the service is no more at what it was asked for.
const AT_IT: TimeDelta = TimeDelta::minutes(10);

/// What was read of each organization.
type Listings = HashMap<Organization, Result<Vec<Pat>, Failure>>;

/// An item, and what the service shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub item: Item,
    /// The token that is to be replaced, if the service still shows it.
    pub old: Option<Pat>,
    pub verdict: Verdict,
}

/// What exists of an item besides the old token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was made, or it is over.
    Nothing,
    /// Nothing so far, but the service may still be at it.
    NotYet,
    /// The new token lives and nobody has its secret.
    Orphan(Box<Pat>),
    /// The new token lives, and its secret may be in its places.
    PerhapsDelivered(Box<Pat>),
    /// The new token works in its place; the old one still lives.
    OldStillLives(Box<Pat>),
    /// All was done.
    Done,
    /// The new token was delivered, but does not live any more; the old one is all there is.
    NewIsOver,
    /// Several tokens may be it.
    Ambiguous(Vec<Pat>),
    /// The service could not be asked.
    Unknown(Failure),
}

/// How an item that was left behind goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// As it was meant to: the old token is revoked.
    Finish,
    /// The new token is revoked.
    RollBack,
    /// Everything stays as it is.
    Leave,
}

impl Way {
    /// What came of it, in words.
    pub fn done(self, revocation: Option<Revocation>) -> String {
        let verb = match self {
            Self::Finish => "finished",
            Self::RollBack => "rolled back",
            Self::Leave => return "left as it is".to_owned(),
        };
        match revocation {
            Some(revocation) => format!("{verb}, id {} is revoked", revocation.id),
            None => format!("{verb}, nothing was to be revoked"),
        }
    }
}

impl Finding {
    /// Whether it can go on like this, as far as was seen.
    pub fn allows(&self, way: Way) -> bool {
        match way {
            Way::Finish => self.verdict.can_finish(),
            Way::RollBack => self.verdict.new_token().is_some(),
            Way::Leave => !self.verdict.is_settled() && self.verdict != Verdict::NotYet,
        }
    }
}

impl Verdict {
    /// Whether nothing is left to do or decide.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Nothing | Self::Done)
    }

    /// Whether `finish` ends the item: the new token is in its place, or a person says so.
    pub fn can_finish(&self) -> bool {
        matches!(self, Self::PerhapsDelivered(_) | Self::OldStillLives(_))
    }

    /// The new token that `roll_back` revokes.
    pub fn new_token(&self) -> Option<&Pat> {
        match self {
            Self::Orphan(pat) | Self::PerhapsDelivered(pat) | Self::OldStillLives(pat) => Some(pat),
            Self::Nothing
            | Self::NotYet
            | Self::Done
            | Self::NewIsOver
            | Self::Ambiguous(_)
            | Self::Unknown(_) => None,
        }
    }
}

impl Desk {
    /// What was left behind, and what exists of it. Items with nothing left to decide are ended
    /// and told for the last time.
    pub async fn left(&self) -> Result<Vec<Finding>, Failure> {
        let findings = self.look().await?;
        for finding in findings.iter().filter(|finding| finding.verdict.is_settled()) {
            let open = self.records.journal()?.take(finding.item.id).await?;
            open.close(ending(&finding.verdict)).await?;
        }
        Ok(findings)
    }

    /// The same without ending anything.
    pub async fn look(&self) -> Result<Vec<Finding>, Failure> {
        let (mut findings, mut listings) = (Vec::new(), Listings::new());
        for item in self.records.journal()?.left().await? {
            findings.push(self.find(item, &mut listings).await);
        }
        Ok(findings)
    }

    /// The token that would be revoked if an item ended in this way.
    pub async fn would(&self, id: ItemId, way: Way) -> Result<Option<Pat>, Failure> {
        if way == Way::Leave {
            return self.records.journal()?.take(id).await.map(|_open| None);
        }
        let (_open, finding) = self.take(id).await?;
        self.goes(&finding, way).map(Option::<&Pat>::cloned)
    }

    /// Ends an item in one of the ways.
    pub async fn go_on(
        &self,
        id: ItemId,
        way: Way,
        tell: Tell<'_>,
    ) -> Result<Option<Revocation>, Failure> {
        match way {
            Way::Finish => self.finish(id, tell).await,
            Way::RollBack => self.roll_back(id, tell).await,
            Way::Leave => self.leave(id).await.map(|()| None),
        }
    }

    /// Ends an item as it was meant to: what is delivered counts, also by the user's word, and the
    /// old token is revoked.
    pub async fn finish(&self, id: ItemId, tell: Tell<'_>) -> Result<Option<Revocation>, Failure> {
        let (mut open, finding) = self.take(id).await?;
        let goes = self.goes(&finding, Way::Finish)?;
        if let Some(new) = finding.verdict.new_token()
            && !matches!(finding.item.stage, Stage::Delivered { .. })
        {
            open.reach(Stage::Delivered { new: new.id }).await?;
        }
        let revocation = self.revoke_one(goes, tell).await?;
        open.close(Ending::Done).await?;
        Ok(revocation)
    }

    /// Ends an item by revoking the new token, if there is one.
    pub async fn roll_back(
        &self,
        id: ItemId,
        tell: Tell<'_>,
    ) -> Result<Option<Revocation>, Failure> {
        let (open, finding) = self.take(id).await?;
        let revocation = self.revoke_one(self.goes(&finding, Way::RollBack)?, tell).await?;
        open.close(Ending::RolledBack).await?;
        Ok(revocation)
    }

    /// Ends an item and leaves everything as it is.
    pub async fn leave(&self, id: ItemId) -> Result<(), Failure> {
        self.records.journal()?.take(id).await?.close(Ending::Left).await
    }

    /// The token that is revoked when an item ends in this way.
    fn goes<'a>(&self, finding: &'a Finding, way: Way) -> Result<Option<&'a Pat>, Failure> {
        let old = finding.old.as_ref().filter(|old| self.is_alive(old));
        let is_lone = finding.item.intent.old.is_some() && old.is_none();
        match (way, &finding.verdict, finding.verdict.new_token()) {
            (Way::Leave, ..) | (Way::RollBack, Verdict::Nothing | Verdict::NewIsOver, _) => {
                Ok(None)
            }
            (Way::Finish, verdict, _) if verdict.can_finish() => Ok(old),
            (Way::Finish, ..) => Err(cannot("finish", finding, &told(finding))),
            (_, Verdict::OldStillLives(_) | Verdict::PerhapsDelivered(_), _) if is_lone => {
                let why = "the old token does not live any more, so the new one is all there is";
                Err(cannot("roll back", finding, why))
            }
            (_, _, None) => Err(cannot("roll back", finding, &told(finding))),
            (_, _, new) => Ok(new),
        }
    }

    async fn revoke_one(
        &self,
        pat: Option<&Pat>,
        tell: Tell<'_>,
    ) -> Result<Option<Revocation>, Failure> {
        match pat {
            Some(pat) => self.revoke_surely(pat, tell).await.map(Some),
            None => Ok(None),
        }
    }

    async fn take(&self, id: ItemId) -> Result<(Open, Finding), Failure> {
        let open = self.records.journal()?.take(id).await?;
        let finding = self.find(open.item().clone(), &mut Listings::new()).await;
        match finding.verdict {
            Verdict::Unknown(failure) => Err(failure),
            _ => Ok((open, finding)),
        }
    }

    async fn find(&self, item: Item, listings: &mut Listings) -> Finding {
        // Where nothing was sent nothing needs to be asked.
        if item.stage == Stage::Intended {
            return Finding { item, old: None, verdict: Verdict::Nothing };
        }
        let organization = &item.intent.organization;
        if !listings.contains_key(organization) {
            listings.insert(organization.clone(), self.listing(organization).await);
        }
        let pats = match listings.get(organization) {
            Some(Ok(pats)) => pats.as_slice(),
            Some(Err(failure)) => {
                let verdict = Verdict::Unknown(failure.clone());
                return Finding { item, old: None, verdict };
            }
            None => &[],
        };
        let named = |id: AuthorizationId| pats.iter().find(|pat| pat.id == id).cloned();
        let old = item.intent.old.and_then(named);
        let verdict = if let Stage::Asked { at, before } = &item.stage {
            let elsewhere = self.records.created().await;
            self.search(&item, pats, &Before { at: *at, ids: before.clone(), elsewhere })
        } else {
            self.judge(&item, pats, old.as_ref())
        };
        Finding { item, old, verdict }
    }

    fn judge(&self, item: &Item, pats: &[Pat], old: Option<&Pat>) -> Verdict {
        let new = match &item.stage {
            // What was not answered is searched for.
            Stage::Intended | Stage::Asked { .. } => return Verdict::Nothing,
            Stage::Created { new } | Stage::Delivering { new, .. } | Stage::Delivered { new } => {
                pats.iter().find(|pat| pat.id == *new)
            }
        };
        let living = new.filter(|new| self.is_alive(new)).cloned().map(Box::new);
        let old_lives = old.is_some_and(|old| self.is_alive(old));
        match (&item.stage, living) {
            (Stage::Delivered { .. }, _) if !old_lives => Verdict::Done,
            (Stage::Delivered { .. }, Some(new)) => Verdict::OldStillLives(new),
            (Stage::Delivered { .. }, None) => Verdict::NewIsOver,
            (Stage::Delivering { .. }, Some(new)) => Verdict::PerhapsDelivered(new),
            (_, Some(new)) => Verdict::Orphan(new),
            (_, None) if new.is_none() && self.may_be_at_it(item.since) => Verdict::NotYet,
            (_, None) => Verdict::Nothing,
        }
    }

    /// Looks for what a creation without an answer may have made.
    fn search(&self, item: &Item, pats: &[Pat], before: &Before) -> Verdict {
        let intent = &item.intent;
        let new = NewPat {
            organization: intent.organization.clone(),
            name: intent.name.clone(),
            scope: intent.scope.clone(),
            valid_to: intent.valid_to,
        };
        let ours: Vec<_> = pats.iter().filter(|pat| before.may_have_made(&new, pat)).collect();
        let living: Vec<_> = ours.iter().filter(|pat| self.is_alive(pat)).collect();
        match (living.as_slice(), ours.is_empty()) {
            ([], true) if self.may_be_at_it(before.at) => Verdict::NotYet,
            ([], _) => Verdict::Nothing,
            ([new], _) => Verdict::Orphan(Box::new((**new).clone())),
            (several, _) => Verdict::Ambiguous(several.iter().map(|pat| (**pat).clone()).collect()),
        }
    }

    fn is_alive(&self, pat: &Pat) -> bool {
        pat.status(self.now(), Thresholds::default()).is_alive()
    }

    fn may_be_at_it(&self, since: DateTime<Utc>) -> bool {
        (self.now() - since).abs() < AT_IT
    }

    /// The service's time.
    fn now(&self) -> DateTime<Utc> {
        clock::now() + self.client.skew()
    }

    /// All tokens of an organization, or none.
    async fn listing(&self, organization: &Organization) -> Result<Vec<Pat>, Failure> {
        let inventory = Mutex::new(Inventory::default());
        let add = |page: Page| {
            let mut inventory = inventory.lock().unwrap_or_else(PoisonError::into_inner);
            for pat in page.pats {
                inventory.add(pat);
            }
        };
        let lists = list::list(&self.client, std::slice::from_ref(organization), add).await;
        for (organization, list) in lists {
            if let Completeness::Incomplete(why) = list? {
                let attempt = format!("list all tokens of {organization}");
                return Err(Failure::new(FailureKind::Service, attempt, why.to_string()));
            }
        }
        Ok(inventory.into_inner().unwrap_or_else(PoisonError::into_inner).pats().to_vec())
    }
}

fn ending(verdict: &Verdict) -> Ending {
    if *verdict == Verdict::Done { Ending::Done } else { Ending::NotCreated }
}

fn cannot(verb: &str, finding: &Finding, why: &str) -> Failure {
    let Item { id, intent, .. } = &finding.item;
    let attempt =
        format!("{verb} item {id} ({} in {})", text::cut(&intent.name, 60), intent.organization);
    Failure::new(FailureKind::Refused, attempt, why)
}

/// How many tokens wait for an end, in words.
pub fn left_behind(count: usize) -> String {
    let what = if count == 1 { "one token was".to_owned() } else { format!("{count} tokens were") };
    format!(
        "{what} begun to be created or rotated, without an end; `azpat resume` says what exists"
    )
}

/// What was begun.
pub fn verb(item: &Item) -> &'static str {
    if item.intent.old.is_some() { "rotate" } else { "create" }
}
