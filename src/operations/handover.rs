//! A new token on the way to its place, alone or in the place of an old one: begun, created,
//! delivered, and only then the old one revoked. Each step is in the journal before the next one.

use chrono::{DateTime, Utc};

use super::{
    Confirmation, Creation, Desk, NewPat, Revocation,
    create::{self, Fate, Miss},
    revoke,
};
use crate::{
    audit::{Action, Entry, Outcome},
    clock,
    failure::{Failure, FailureKind},
    journal::{Ending, Intent, ItemId, Open, Stage},
    pat::Pat,
    text::{self, Untrusted},
};

/// What is ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub new: NewPat,
    /// The token that it replaces.
    pub old: Option<Pat>,
    /// The names of the places that its secret is meant for.
    pub sinks: Vec<String>,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is in the journal; nothing was sent yet.
    Begun(ItemId),
    /// What there was before is known.
    Looked,
    Created(Box<Pat>),
    /// Its end is earlier than this one, which was asked for.
    Shortened(Box<Pat>, DateTime<Utc>),
    Delivering(String),
    Delivered(String),
    /// In words what was tried with the new token there.
    Tested(String, String),
    /// The old token may go.
    Settled,
    Revoking(Box<Pat>),
    /// The service says that it is revoked; its lists are asked.
    Verifying,
    /// And found revoked.
    Revoked(Box<Pat>),
}

/// Who is told of each step.
pub type Tell<'a> = &'a (dyn Fn(Step) + Send + Sync);

/// A place for a new secret.
pub trait Delivery {
    /// As it stands in the journal.
    fn name(&self) -> &str;

    /// Puts the secret there.
    fn deliver(&self, creation: &Creation) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Tries it from there with a real use, and says what was tried; `None`: it cannot be tried.
    fn test(
        &self,
        creation: &Creation,
    ) -> impl Future<Output = Result<Option<String>, Failure>> + Send;
}

/// The user has taken the secret and says so, such as from the clipboard.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByHand;

impl Delivery for ByHand {
    fn name(&self) -> &'static str {
        "taken by hand"
    }

    async fn deliver(&self, _: &Creation) -> Result<(), Failure> {
        Ok(())
    }

    async fn test(&self, _: &Creation) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

/// A new token whose secret is in memory only. Dropped before its end, it stays in the journal.
#[derive(Debug)]
pub struct Handover {
    desk: Desk,
    open: Open,
    creation: Creation,
    old: Option<Pat>,
    /// Where the secret may be.
    sinks: Vec<String>,
}

impl Desk {
    /// Creates the token that was ordered. Without a journal and a log nothing is sent.
    pub async fn begin(&self, order: Order, tell: Tell<'_>) -> Result<Handover, Failure> {
        let Order { new, old, sinks } = order;
        let mut open = self.open(&new, old.as_ref(), sinks).await?;
        tell(Step::Begun(open.item().id));
        let desk = self.as_one();
        let before = match create::before(&desk.client, &new).await {
            Ok(before) => before,
            Err(failure) => return Err(nothing(open, failure).await),
        };
        tell(Step::Looked);
        let stage = Stage::Asked { at: before.at, before: before.ids.clone() };
        if let Err(failure) = open.reach(stage).await {
            let failure = unwritten(old.as_ref(), &new, &failure);
            return Err(nothing(open, failure).await);
        }
        let sent = create::send(&desk, &new, before).await;
        let answer = sent.as_ref().map(|creation| &creation.pat).map_err(|miss| &miss.failure);
        self.learn(&new.wish(clock::now() + self.client.skew()), answer).await;
        let creation = match sent {
            Ok(creation) => creation,
            Err(miss) => {
                self.note_creation(&new, Err(&miss)).await;
                return Err(missed(open, miss).await);
            }
        };
        tell(Step::Created(Box::new(creation.pat.clone())));
        // The log comes after: what it has is no more looked for.
        let reached = open.reach(Stage::Created { new: creation.pat.id }).await;
        self.note_creation(&new, Ok(&creation)).await;
        let handover = Handover { desk, open, creation, old: old.clone(), sinks: Vec::new() };
        match reached {
            Ok(()) => Ok(handover),
            Err(failure) => {
                let failure = unwritten(old.as_ref(), &new, &failure);
                let rest = handover.give_up(tell).await;
                Err(Failure { why: format!("{}; {}", failure.why, given_up(&rest)), ..failure })
            }
        }
    }

    async fn open(
        &self,
        new: &NewPat,
        old: Option<&Pat>,
        sinks: Vec<String>,
    ) -> Result<Open, Failure> {
        let intent = Intent {
            organization: new.organization.clone(),
            name: new.name.clone(),
            scope: new.scope.clone(),
            valid_to: new.valid_to,
            old: old.map(|old| old.id),
            sinks,
        };
        let begun = async {
            self.records.audit()?.check().await?;
            self.records.journal()?.begin(intent).await
        };
        begun.await.map_err(|failure| match failure.kind {
            FailureKind::Refused => failure,
            _ => unwritten(old, new, &failure),
        })
    }

    async fn note_creation(&self, new: &NewPat, result: Result<&Creation, &Miss>) {
        let (id, outcome, detail) = match result {
            Ok(creation) => (Some(creation.pat.id), Outcome::Done, None),
            Err(Miss { failure, fate }) => {
                let id = if let Fate::Orphan(id) = fate { Some(*id) } else { None };
                (id, Outcome::of(failure), Some(failure.why.clone()))
            }
        };
        let entry = Entry {
            at: clock::now(),
            action: Action::Create,
            id,
            name: Untrusted::new(new.name.as_str()),
            organization: new.organization.clone(),
            outcome,
            detail,
        };
        self.records.note(&entry).await;
    }
}

impl Handover {
    /// The token and its secret.
    pub fn creation(&self) -> &Creation {
        &self.creation
    }

    /// The token that it replaces.
    pub fn old(&self) -> Option<&Pat> {
        self.old.as_ref()
    }

    /// Its item in the journal.
    pub fn item(&self) -> ItemId {
        self.open.item().id
    }

    /// Whether the secret is in its place.
    pub fn is_delivered(&self) -> bool {
        matches!(self.open.item().stage, Stage::Delivered { .. })
    }

    /// Delivers the secret to all these places, and tries it there. When one fails, the secret is
    /// still here for another one, and the old token still lives.
    pub async fn deliver<D: Delivery>(
        &mut self,
        places: &[D],
        tell: Tell<'_>,
    ) -> Result<(), Failure> {
        let new = self.creation.pat.id;
        self.sinks.extend(places.iter().map(|place| place.name().to_owned()));
        let stage = Stage::Delivering { new, sinks: self.sinks.clone() };
        self.open.reach(stage).await?;
        for place in places {
            self.desk.deliver(&self.creation, place, tell).await?;
        }
        self.open.reach(Stage::Delivered { new }).await?;
        tell(Step::Settled);
        Ok(())
    }

    /// Revokes the old token, if there is one, and ends the item. What fails stays in the journal.
    pub async fn finish(self, tell: Tell<'_>) -> Result<Option<Revocation>, Failure> {
        let revocation = self.revoke_old(tell).await?;
        self.end(Ending::Done).await?;
        Ok(revocation)
    }

    /// Revokes the old token, if there is one. Can be tried again.
    pub async fn revoke_old(&self, tell: Tell<'_>) -> Result<Option<Revocation>, Failure> {
        if !self.is_delivered() {
            let why = "the new secret is not in its place yet";
            return Err(Failure::new(FailureKind::Refused, "end the handover", why));
        }
        match &self.old {
            Some(old) => Ok(Some(self.desk.revoke_surely(old, tell).await?)),
            None => Ok(None),
        }
    }

    /// Revokes the new token. Can be tried again.
    pub async fn revoke_new(&self, tell: Tell<'_>) -> Result<Revocation, Failure> {
        self.desk.revoke_surely(&self.creation.pat, tell).await
    }

    /// Ends the item.
    pub async fn end(self, ending: Ending) -> Result<(), Failure> {
        self.open.close(ending).await
    }

    /// Ends the item and leaves both tokens as they are, secret or not: the user knows.
    pub async fn leave(self) -> Result<(), Failure> {
        self.end(Ending::Left).await
    }

    /// Revokes the new token and ends the item. What fails stays in the journal.
    pub async fn give_up(self, tell: Tell<'_>) -> Result<Revocation, Failure> {
        let revocation = self.revoke_new(tell).await?;
        self.end(Ending::RolledBack).await?;
        Ok(revocation)
    }
}

impl Desk {
    /// Delivers a secret to one place and tries it there. Of the journal it knows nothing.
    pub async fn deliver<D: Delivery>(
        &self,
        creation: &Creation,
        place: &D,
        tell: Tell<'_>,
    ) -> Result<(), Failure> {
        let name = || place.name().to_owned();
        tell(Step::Delivering(name()));
        let delivered = place.deliver(creation).await;
        let detail = delivered.as_ref().map(|()| Some(name()));
        self.note(Action::Deliver, &creation.pat, detail).await;
        delivered?;
        tell(Step::Delivered(name()));
        if let Some(how) = place.test(creation).await? {
            tell(Step::Tested(name(), how));
        }
        Ok(())
    }

    /// Revokes a token and sees for itself that it is revoked.
    pub(super) async fn revoke_surely(
        &self,
        pat: &Pat,
        tell: Tell<'_>,
    ) -> Result<Revocation, Failure> {
        tell(Step::Revoking(Box::new(pat.clone())));
        let desk = self.as_one();
        let revocation = desk.revoke(pat).await?;
        if revocation.confirmation == Confirmation::Answered {
            tell(Step::Verifying);
            revoke::verify(&desk.client, pat).await?;
        }
        tell(Step::Revoked(Box::new(pat.clone())));
        Ok(revocation)
    }
}

/// What giving up came to, in words.
pub fn given_up(result: &Result<Revocation, Failure>) -> String {
    match result {
        Ok(_) => "so the new token was revoked again".to_owned(),
        Err(failure) => format!("and the new token may still be alive, since azpat {failure}"),
    }
}

/// Nothing was made; only the journal is told.
async fn nothing(open: Open, failure: Failure) -> Failure {
    // Should that fail, the next start finds that nothing exists.
    open.close(Ending::NotCreated).await.ok();
    failure
}

/// What was made, if anything, is found again by looking: the journal has what it takes.
async fn missed(open: Open, miss: Miss) -> Failure {
    let id = open.item().id;
    match miss.fate {
        Fate::Nothing => nothing(open, miss.failure).await,
        Fate::Orphan(_) => {
            miss.failure.hint(format!("`azpat resume --roll-back {id}` revokes it; then try again"))
        }
        Fate::Unclear => miss.failure.hint("look at `azpat resume` before trying again"),
    }
}

/// Nothing is begun that would be forgotten in a crash.
fn unwritten(old: Option<&Pat>, new: &NewPat, failure: &Failure) -> Failure {
    let verb = if old.is_some() { "rotate" } else { "create" };
    let name = text::cut(&new.name, 60);
    let attempt = format!("{verb} {name} in {}", new.organization);
    let why = format!("it cannot be written down, and would be lost in a crash: azpat {failure}");
    Failure { hint: failure.hint.clone(), ..Failure::new(FailureKind::Usage, attempt, why) }
}
