//! What azpat changed at the service, kept on this computer: one line for every write, with the
//! hash of the line before, so that a change of it does not go unseen. Holds no secret.

mod wire;

use std::{path::Path, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    failure::{Failure, FailureKind},
    pat::{AuthorizationId, Organization},
    private::{self, Lines},
    text::{Untrusted, visible},
};

/// A line is a matter of milliseconds, so whoever holds the lock this long hangs.
const LIMIT: Duration = Duration::from_secs(5);

/// What was done to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Create,
    Extend,
    Edit,
    Revoke,
    /// Its secret was put into a place.
    Deliver,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Extend => "extend",
            Self::Edit => "edit",
            Self::Revoke => "revoke",
            Self::Deliver => "deliver",
        }
    }
}

/// What it came to, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Done,
    /// Refused, or for another reason surely not done.
    Failed,
    Unknown,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// That of an operation which failed so.
    pub fn of(failure: &Failure) -> Self {
        if failure.kind == FailureKind::Unconfirmed { Self::Unknown } else { Self::Failed }
    }
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub action: Action,
    /// `None`: a token that was not made, or of which nothing is known.
    pub id: Option<AuthorizationId>,
    pub name: Untrusted,
    pub organization: Organization,
    pub outcome: Outcome,
    /// In words: the new end, the place, why it failed.
    pub detail: Option<String>,
}

impl Entry {
    /// What it came to, in words: `done: ends 2027-01-31`.
    pub fn result(&self) -> String {
        let detail = self.detail.as_deref().map(visible);
        let detail = detail.map(|detail| format!(": {detail}")).unwrap_or_default();
        format!("{}{detail}", self.outcome.as_str())
    }
}

/// The log, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub entries: Vec<Entry>,
    /// How many lines there are, with those that cannot be read.
    pub lines: usize,
    /// The lines whose writing was cut short, as by a crash; those after them know of them.
    pub torn: Vec<usize>,
    /// The first line that does not fit what is before it or itself, and how.
    pub misfit: Option<(usize, &'static str)>,
    /// The hash of the last line. Whoever keeps it elsewhere can tell whether the end was cut off.
    pub hash: String,
}

impl Log {
    /// The first line that does not fit, in words.
    pub fn unfit(&self) -> Option<String> {
        let (line, why) = self.misfit?;
        Some(format!("line {line} of {} does not fit: {why}", self.lines))
    }
}

/// The log's file.
#[derive(Clone, Debug)]
pub struct Audit(Lines);

impl Audit {
    /// The one kept in this folder.
    pub fn new(folder: &Path) -> Self {
        Self(Lines::new(folder.join("audit.jsonl")))
    }

    /// Writes one line and waits until it is on the disk.
    pub async fn append(&self, entry: &Entry) -> Result<(), Failure> {
        let lock = self.0.lock(LIMIT).await?;
        let (lines, entry) = (self.0.clone(), entry.clone());
        private::aside(move || {
            let line = wire::line(&entry, &wire::hash_of(&lines.last(&lock)?));
            lines.append(&lock, line.as_bytes())
        })
        .await
    }

    /// Whether a line could be written, as far as that can be told without doing it.
    pub async fn check(&self) -> Result<(), Failure> {
        let lock = self.0.lock(LIMIT).await?;
        let lines = self.0.clone();
        private::aside(move || lines.check(&lock)).await
    }

    /// Reads all of it, and looks whether each line fits.
    pub async fn read(&self) -> Result<Log, Failure> {
        let lines = self.0.clone();
        private::aside(move || Ok(wire::log(&lines.read()?))).await
    }
}

#[cfg(test)]
mod tests;
