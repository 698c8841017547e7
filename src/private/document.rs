//! A JSON file of azpat's own, with a version, changed only under its lock. What cannot be read
//! is kept aside and told once, never overwritten.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Lock, aside, beside, cannot, read, shown, write};
use crate::failure::Failure;

/// Far more than any document needs.
const LIMIT: u64 = 1024 * 1024;

/// A document: where it is, and how to speak of it.
#[derive(Clone, Debug)]
pub struct Document {
    path: PathBuf,
    version: u32,
    /// What the loss of it asks of the user, as a phrase.
    cure: &'static str,
}

/// What every document says of itself.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Document {
    /// `version` is the one that is written and understood.
    pub fn new(path: PathBuf, version: u32, cure: &'static str) -> Self {
        Self { path, version, cure }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is kept if it cannot be read.
    pub fn broken(&self) -> PathBuf {
        beside(&self.path, "broken")
    }

    /// Waits for its lock at most so long; makes its folder.
    pub async fn lock(&self, limit: Duration) -> Result<Lock, Failure> {
        if let Some(folder) = self.path.parent().map(Path::to_owned) {
            aside(move || super::folder(&folder)).await?;
        }
        Lock::acquire(&beside(&self.path, "lock"), limit).await
    }

    /// What it holds; `None` if it is not there.
    pub fn load<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        self.parsed()?.or_else(|_| {
            // A writer replaces it under the lock, so only under the lock it may be moved away.
            match Lock::try_acquire(&beside(&self.path, "lock"))? {
                Some(lock) => self.load_locked(&lock),
                None => Err(cannot("read", &self.path, "it is damaged").hint("try again")),
            }
        })
    }

    /// What it holds, while nobody else can change it.
    pub fn load_locked<T: DeserializeOwned>(&self, _: &Lock) -> Result<Option<T>, Failure> {
        self.parsed()?.or_else(|why| {
            let broken = self.broken();
            let kept = fs::rename(&self.path, &broken);
            kept.map_err(|error| cannot("move away", &self.path, error.to_string()))?;
            let why = format!("{why}; it is kept as {}", shown(&broken));
            Err(cannot("read", &self.path, why).hint(self.cure))
        })
    }

    /// Replaces what it holds. The content has a field `version`.
    pub fn save<T: Serialize>(&self, _: &Lock, content: &T) -> Result<(), Failure> {
        let json = serde_json::to_vec_pretty(content).map(Zeroizing::new);
        let json = json.map_err(|error| cannot("write", &self.path, error.to_string()))?;
        write(&self.path, &json)
    }

    /// The outer failure is that it cannot be read, the inner one that it makes no sense.
    fn parsed<T: DeserializeOwned>(&self) -> Result<Result<Option<T>, String>, Failure> {
        let Some(json) = read(&self.path, LIMIT)?.map(Zeroizing::new) else { return Ok(Ok(None)) };
        // The parser's own words could quote a secret.
        let damaged = |error: serde_json::Error| {
            format!("it is damaged at line {}, column {}", error.line(), error.column())
        };
        Ok(match serde_json::from_slice(&json) {
            Ok(Head { version }) if version != self.version => {
                Err(format!("it is of version {version}, and this azpat knows {}", self.version))
            }
            Ok(_) => serde_json::from_slice(&json).map(Some).map_err(damaged),
            Err(error) => Err(damaged(error)),
        })
    }
}
