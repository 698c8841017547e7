//! The file of learned limits (`limits.json`), in the folder for state. Holds names of
//! organizations, spans and dates, nothing else.

use std::{path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    failure::Failure,
    pat::limit::{Limit, Limits, Rule},
    private::{self, Document},
};

const VERSION: u32 = 1;

/// A change takes milliseconds, so whoever holds the lock this long hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the limits are kept.
#[derive(Clone, Debug)]
pub struct Store(Document);

impl Store {
    pub fn new(folder: &Path) -> Self {
        let cure = "nothing to do: azpat learns the limits anew";
        Self(Document::new(folder.join("limits.json"), VERSION, cure))
    }

    /// What is known.
    pub async fn load(&self) -> Result<Limits, Failure> {
        let document = self.0.clone();
        let kept = private::aside(move || document.load::<Wire>()).await?;
        Ok(kept.map(Wire::into_limits).unwrap_or_default())
    }

    /// Changes what is known, and keeps it if the change says that there is anything new.
    pub async fn change(
        &self,
        change: impl FnOnce(&mut Limits) -> bool,
    ) -> Result<Limits, Failure> {
        let lock = self.0.lock(PATIENCE).await?;
        let document = self.0.clone();
        let kept = private::aside(move || Ok((document.load_locked::<Wire>(&lock)?, lock))).await?;
        let (kept, lock) = kept;
        let mut limits = kept.map(Wire::into_limits).unwrap_or_default();
        if change(&mut limits) {
            let (document, wire) = (self.0.clone(), Wire::new(&limits));
            private::aside(move || document.save(&lock, &wire)).await?;
        }
        Ok(limits)
    }
}

/// The content of the file.
#[derive(Deserialize, Serialize)]
struct Wire {
    version: u32,
    limits: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
struct Entry {
    organization: String,
    #[serde(flatten)]
    rule: WireRule,
    seen: DateTime<Utc>,
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
enum WireRule {
    Shortened { minutes: i64 },
    Refused { minutes: i64 },
    NoFullAccess,
    NoCreation,
}

impl Wire {
    fn new(limits: &Limits) -> Self {
        let all = limits.all().into_iter();
        let entries = all.flat_map(|(organization, each)| {
            each.iter().map(|limit| Entry {
                organization: organization.as_str().to_owned(),
                rule: match limit.rule {
                    Rule::Shortened(life) => WireRule::Shortened { minutes: life.num_minutes() },
                    Rule::Refused(life) => WireRule::Refused { minutes: life.num_minutes() },
                    Rule::NoFullAccess => WireRule::NoFullAccess,
                    Rule::NoCreation => WireRule::NoCreation,
                },
                seen: limit.seen,
            })
        });
        Self { version: VERSION, limits: entries.collect() }
    }

    /// What makes no sense is left out: it is only a memory.
    fn into_limits(self) -> Limits {
        let mut limits = Limits::default();
        for entry in self.limits {
            let life = |minutes| TimeDelta::try_minutes(minutes);
            let rule = match entry.rule {
                WireRule::Shortened { minutes } => life(minutes).map(Rule::Shortened),
                WireRule::Refused { minutes } => life(minutes).map(Rule::Refused),
                WireRule::NoFullAccess => Some(Rule::NoFullAccess),
                WireRule::NoCreation => Some(Rule::NoCreation),
            };
            if let (Ok(organization), Some(rule)) = (entry.organization.parse(), rule) {
                limits.insert(organization, Limit { rule, seen: entry.seen });
            }
        }
        limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pat::fixture::now;

    fn limits() -> Limits {
        let mut limits = Limits::default();
        for rule in [Rule::Shortened(TimeDelta::days(45)), Rule::NoFullAccess, Rule::NoCreation] {
            limits.insert("contoso".parse().unwrap(), Limit { rule, seen: now() });
        }
        let rule = Rule::Refused(TimeDelta::days(90));
        limits.insert("fabrikam".parse().unwrap(), Limit { rule, seen: now() });
        limits
    }

    #[tokio::test]
    async fn what_is_kept_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(&folder.path().join("state"));
        assert_eq!(store.load().await.unwrap(), Limits::default());
        let change = |known: &mut Limits| {
            *known = limits();
            true
        };
        assert_eq!(store.change(change).await.unwrap(), limits());
        assert_eq!(store.load().await.unwrap(), limits());
        store.change(|known| !known.forget(&"CONTOSO".parse().unwrap())).await.unwrap();
        assert_eq!(store.load().await.unwrap(), limits(), "nothing new, nothing written");
        store.change(|known| known.forget(&"CONTOSO".parse().unwrap())).await.unwrap();
        assert_eq!(store.load().await.unwrap().all().len(), 1);
    }

    #[tokio::test]
    async fn a_damaged_file_is_told_once_and_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        private::write(&folder.path().join("limits.json"), b"{\"version\": 1,").unwrap();
        let failure = store.load().await.unwrap_err();
        assert!(failure.why.contains("damaged"), "{failure}");
        assert_eq!(store.load().await.unwrap(), Limits::default());
        let odd = br#"{"version": 1, "limits": [{"organization": "a/b", "rule": "no_creation",
            "seen": "2026-11-24T12:00:00Z"}]}"#;
        private::write(&folder.path().join("limits.json"), odd).unwrap();
        assert_eq!(store.load().await.unwrap(), Limits::default());
    }
}
