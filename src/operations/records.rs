//! What is written down on this computer about changes at the service.

use std::{fmt, path::PathBuf, sync::Arc};

use crate::{
    audit::{Audit, Entry},
    failure::Failure,
    limits,
    pat::limit::Limits,
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
