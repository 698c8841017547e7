//! What azpat has begun and not ended: creations and rotations, each step on the disk before the
//! next one is taken, so that whoever starts after a crash knows what exists. Holds ids, never a
//! secret. One item is in the hands of one process.

mod wire;

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::{
    clock,
    failure::{Failure, FailureKind},
    pat::{AuthorizationId, Organization},
    private::{self, Lines, Lock},
};

/// A step is a matter of milliseconds, so whoever holds the lock this long hangs.
const LIMIT: Duration = Duration::from_secs(5);

/// Names one item. Short, since people type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(u32);

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl FromStr for ItemId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_it = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = is_it.then(|| u32::from_str_radix(text, 16).ok()).flatten();
        id.map(Self).ok_or_else(|| "must be eight digits, as `azpat resume` shows them".to_owned())
    }
}

/// What is to be done: a new token, in the place of an old one or of none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub organization: Organization,
    pub name: String,
    pub scope: String,
    pub valid_to: DateTime<Utc>,
    /// The token that it replaces, which is revoked in the end.
    pub old: Option<AuthorizationId>,
    /// The places that the new secret is meant for.
    pub sinks: Vec<String>,
}

/// How far an item has come, as far as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was sent.
    Intended,
    /// The creation may have been sent. What existed before, at what time of the service.
    Asked { at: DateTime<Utc>, before: BTreeSet<AuthorizationId> },
    /// The new token exists; its secret is nowhere but in the memory of its process.
    Created { new: AuthorizationId },
    /// Its secret may be in these places.
    Delivering { new: AuthorizationId, sinks: Vec<String> },
    /// Its secret is in its place and works; the old token may go.
    Delivered { new: AuthorizationId },
}

impl Stage {
    /// The new token, once it is known.
    pub fn new_token(&self) -> Option<AuthorizationId> {
        match self {
            Self::Intended | Self::Asked { .. } => None,
            Self::Created { new } | Self::Delivering { new, .. } | Self::Delivered { new } => {
                Some(*new)
            }
        }
    }
}

/// How an item ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As it was meant to.
    Done,
    /// No new token was made.
    NotCreated,
    /// The new token was revoked again.
    RolledBack,
    /// The user knows what exists, and lets it be.
    Left,
}

/// One item that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: ItemId,
    pub since: DateTime<Utc>,
    pub intent: Intent,
    pub stage: Stage,
}

/// The journal's file and the folder of the items' locks.
#[derive(Clone, Debug)]
pub struct Journal {
    lines: Lines,
    folder: PathBuf,
}

impl Journal {
    /// The one kept in this folder.
    pub fn new(folder: &Path) -> Self {
        Self { lines: Lines::new(folder.join("journal.jsonl")), folder: folder.to_owned() }
    }

    /// All items that have not ended, the oldest first, without those that a process is at.
    pub async fn left(&self) -> Result<Vec<Item>, Failure> {
        if self.lines.path().symlink_metadata().is_err() {
            return Ok(Vec::new());
        }
        let lock = self.lines.lock(LIMIT).await?;
        let mut items = self.items(&lock)?;
        let mut failed = None;
        items.retain(|item| match Lock::try_acquire(&self.lock_of(item.id)) {
            Ok(lock) => lock.is_some(),
            Err(failure) => {
                failed = Some(failure);
                true
            }
        });
        failed.map_or(Ok(items), Err)
    }

    /// Begins an item. Refuses while another one about the same old token has not ended.
    pub async fn begin(&self, intent: Intent) -> Result<Open, Failure> {
        let lock = self.lines.lock(LIMIT).await?;
        let items = self.items(&lock)?;
        if let Some(other) =
            items.iter().find(|item| intent.old.is_some() && item.intent.old == intent.old)
        {
            return Err(self.under_way(other));
        }
        let id = loop {
            let id = ItemId(fastrand::u32(..));
            if items.iter().all(|item| item.id != id) {
                break id;
            }
        };
        let item = Item { id, since: clock::now(), intent, stage: Stage::Intended };
        let hand = self.hand(id)?.ok_or_else(|| self.under_way(&item))?;
        self.lines.append(&lock, &wire::begun(&item))?;
        Ok(Open { item, journal: self.clone(), _hand: hand })
    }

    /// Takes up an item that was left behind.
    pub async fn take(&self, id: ItemId) -> Result<Open, Failure> {
        let lock = self.lines.lock(LIMIT).await?;
        let item = self.items(&lock)?.into_iter().find(|item| item.id == id).ok_or_else(|| {
            Failure::new(FailureKind::NotFound, format!("take up {id}"), "there is no such item")
                .hint("`azpat resume` shows what there is")
        })?;
        let hand = self.hand(id)?.ok_or_else(|| self.under_way(&item))?;
        Ok(Open { item, journal: self.clone(), _hand: hand })
    }

    fn items(&self, lock: &Lock) -> Result<Vec<Item>, Failure> {
        // Of a step that is not wholly on the disk nothing was done.
        self.lines.mend(lock)?;
        wire::items(&self.lines.read()?).map_err(|line| {
            let path = private::shown(self.lines.path());
            let why = format!("line {line} makes no sense");
            Failure::new(FailureKind::Usage, format!("read {path}"), why).hint(
                "a newer azpat may have written it; else look at the lists for new tokens and move \
                 the file away",
            )
        })
    }

    /// The lock of an item. It is made and removed under the journal's lock only, so that there
    /// are never two of one name.
    fn hand(&self, id: ItemId) -> Result<Option<Lock>, Failure> {
        Lock::try_acquire(&self.lock_of(id))
    }

    /// Removes the locks of items that have ended, which a killed process may have left.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_prefix("journal."));
            let id = id.and_then(|name| name.strip_suffix(".lock"));
            if id.is_some_and(|id| id.parse::<ItemId>().is_ok()) {
                // Nobody needs it, and it does no harm.
                fs::remove_file(entry.path()).ok();
            }
        }
    }

    fn lock_of(&self, id: ItemId) -> PathBuf {
        self.folder.join(format!("journal.{id}.lock"))
    }

    fn under_way(&self, item: &Item) -> Failure {
        let Intent { name, organization, old, .. } = &item.intent;
        let verb = if old.is_some() { "rotate" } else { "create" };
        let attempt = format!("{verb} {} in {organization}", crate::text::cut(name, 60));
        let is_running = self.hand(item.id).is_ok_and(|hand| hand.is_none());
        if is_running {
            Failure::new(FailureKind::Refused, attempt, "another azpat is at it")
                .hint("wait until it is done")
        } else {
            let why = format!("an earlier one has not ended (item {})", item.id);
            Failure::new(FailureKind::Refused, attempt, why)
                .hint("`azpat resume` says what exists and how to go on")
        }
    }
}

/// An item in the hands of this process, until it ends or this is dropped.
#[derive(Debug)]
pub struct Open {
    item: Item,
    journal: Journal,
    _hand: Lock,
}

impl Open {
    pub fn item(&self) -> &Item {
        &self.item
    }

    /// Writes down how far it has come, and waits until that is on the disk.
    pub async fn reach(&mut self, stage: Stage) -> Result<(), Failure> {
        let lock = self.journal.lines.lock(LIMIT).await?;
        self.journal.lines.mend(&lock)?;
        self.journal.lines.append(&lock, &wire::reached(self.item.id, &stage))?;
        self.item.stage = stage;
        Ok(())
    }

    /// Writes down that it has ended. When no item is left, the journal is emptied.
    pub async fn close(self, ending: Ending) -> Result<(), Failure> {
        let Journal { lines, .. } = &self.journal;
        let lock = lines.lock(LIMIT).await?;
        let items = self.journal.items(&lock)?;
        if items.iter().all(|item| item.id == self.item.id) {
            lines.clear(&lock)?;
            self.journal.sweep();
        } else {
            lines.append(&lock, &wire::closed(self.item.id, ending))?;
        }
        // The lock is still held; nobody waits for the lock of an item that has ended.
        private::remove(&self.journal.lock_of(self.item.id))
    }
}

#[cfg(test)]
mod tests;
