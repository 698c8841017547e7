//! What is written down on this computer about changes at the service.

use std::{collections::BTreeSet, fmt, path::PathBuf, sync::Arc};

use crate::{
    audit::{Action, Audit, Entry, Outcome},
    failure::Failure,
    journal::Journal,
    limits,
    pat::{AuthorizationId, limit::Limits},
};

/// Where it is written down, and who is told when it cannot be.
#[derive(Clone)]
pub struct Records {
    folder: Result<PathBuf, Failure>,
    tell: Arc<dyn Fn(Failure) + Send + Sync>,
}

impl Records {
    /// In this folder for state. Makes nothing; without a folder only what needs one fails.
    pub fn new(
        folder: Result<PathBuf, Failure>,
        tell: impl Fn(Failure) + Send + Sync + 'static,
    ) -> Self {
        Self { folder, tell: Arc::new(tell) }
    }

    pub fn audit(&self) -> Result<Audit, Failure> {
        self.folder.as_deref().map(Audit::new).map_err(Clone::clone)
    }

    pub fn journal(&self) -> Result<Journal, Failure> {
        self.folder.as_deref().map(Journal::new).map_err(Clone::clone)
    }

    /// The tokens that were surely made from this computer, as far as the log can be read.
    pub(super) async fn created(&self) -> BTreeSet<AuthorizationId> {
        let log = match self.audit() {
            Ok(audit) => audit.read().await,
            Err(failure) => Err(failure),
        };
        let entries = log.map(|log| log.entries).unwrap_or_default();
        let is_made =
            |entry: &&Entry| entry.action == Action::Create && entry.outcome == Outcome::Done;
        entries.iter().filter(is_made).filter_map(|entry| entry.id).collect()
    }

    /// Where learned limits are kept.
    pub fn limits(&self) -> Result<limits::Store, Failure> {
        self.folder.as_deref().map(limits::Store::new).map_err(Clone::clone)
    }

    /// Notes what an answer taught. Nothing is told if that cannot be kept: the log is in the same
    /// folder, and tells it.
    pub(super) async fn learn(&self, lesson: impl FnOnce(&mut Limits) -> bool) {
        if let Ok(limits) = self.limits() {
            limits.change(lesson).await.ok();
        }
    }

    /// Writes into the log what was done. A log that cannot be written undoes nothing, but is told.
    pub(super) async fn note(&self, entry: &Entry) {
        let noted = match self.audit() {
            Ok(audit) => audit.append(entry).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = noted {
            (self.tell)(failure);
        }
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("folder", &self.folder).finish_non_exhaustive()
    }
}
