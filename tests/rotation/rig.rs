//! An emulator with a few tokens, a folder for state, and what must hold whatever happened.

use std::{collections::BTreeSet, path::PathBuf, process::Stdio, time::Duration};

use azpat::{
    azure::{Client, Limits, Settings},
    clock,
    emulator::{self, Emulator, Fault, Options, Record},
    failure::Failure,
    operations::{Creation, Delivery, Desk, Order, Records, list, resume::Verdict, rotate},
    pat::{Listed, Pat},
    secret::Bearer,
    sign_in::SignIn,
};
use chrono::TimeDelta;
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

pub(crate) struct Rig {
    pub(crate) home: TempDir,
    pub(crate) emulator: Emulator,
    before: BTreeSet<Uuid>,
}

impl Rig {
    pub(crate) async fn start(tokens: usize, seed: u64) -> Self {
        let options = Options { seed, ..Options::generated(&[("contoso", tokens)]) };
        let emulator = Emulator::start(options).await.unwrap();
        let before = emulator.control().ledger().into_iter().map(|record| record.id).collect();
        Self { home: tempfile::tempdir().unwrap(), emulator, before }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// A process that has just started, as far as it can be told from the outside.
    pub(crate) fn desk(&self) -> Desk {
        let settings = Settings {
            service_url: self.emulator.url().clone(),
            profile_url: self.emulator.url().clone(),
            api_version: "7.2-preview.1".to_owned(),
            sign_in: SignIn::token(Bearer::new(self.emulator.access_token())),
        };
        let limits = Limits {
            answer: Duration::from_millis(500),
            idle: Duration::from_millis(500),
            total: Duration::from_secs(2),
            back_off: Duration::from_millis(5),
            looks: [Duration::ZERO, Duration::from_millis(5), Duration::from_millis(10)],
            ..Limits::default()
        };
        let client = Client::with_limits(settings, limits, |_| ()).unwrap();
        Desk { client, records: Records::new(Ok(self.folder()), |_| ()) }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_azpat"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("AZPAT_STATE", self.folder())
            .env("AZPAT_ORGANIZATIONS", "contoso")
            .env("AZPAT_ACCESS_TOKEN", self.emulator.access_token())
            .env("AZPAT_SERVICE_URL", self.emulator.url().as_str())
            .env("AZPAT_PROFILE_URL", self.emulator.url().as_str())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) fn faults(&self, faults: impl Into<Vec<Fault>>) {
        let settings = emulator::Settings { faults: faults.into(), ..Default::default() };
        self.emulator.control().set(settings);
    }

    /// The tokens that can be rotated.
    pub(crate) async fn olds(&self) -> Vec<Pat> {
        let pats = std::sync::Mutex::new(Vec::new());
        let add = |page: azpat::operations::Page| pats.lock().unwrap().extend(page.pats);
        list::list(&self.desk().client, &["contoso".parse().unwrap()], add).await;
        let soon = clock::now() + TimeDelta::days(1);
        let fits =
            |pat: &Pat| pat.listed == Listed::Active && pat.valid_to > soon && !pat.is_global();
        pats.into_inner().unwrap().into_iter().filter(fits).collect()
    }

    pub(crate) fn record(&self, id: Uuid) -> Record {
        let ledger = self.emulator.control().ledger();
        ledger.into_iter().find(|record| record.id == id).unwrap()
    }

    /// The living tokens that were made since the start.
    pub(crate) fn living_new(&self) -> BTreeSet<Uuid> {
        let ledger = self.emulator.control().ledger();
        let new = ledger.into_iter().filter(|it| !self.before.contains(&it.id) && !it.revoked);
        new.map(|record| record.id).collect()
    }

    pub(crate) fn requests(&self, method: &str) -> usize {
        let requests = self.emulator.control().requests();
        requests.iter().filter(|request| request.method == method).count()
    }

    /// What a rotation of the old token left behind is told in full, and can be brought to an end
    /// in which exactly one of the two works. `is_delivered`: somebody has the new secret. Gives
    /// what was found.
    pub(crate) async fn settle(
        &self,
        old: &Pat,
        known: &BTreeSet<Uuid>,
        is_delivered: bool,
    ) -> String {
        let desk = self.desk();
        let is_old_alive = || !self.record(old.id.0).revoked;
        assert!(is_old_alive() || is_delivered, "access was lost");
        let living: Vec<_> = self.living_new().difference(known).copied().collect();
        let found = desk.left().await.unwrap();
        assert!(found.len() <= 1, "{found:?}");
        let Some(finding) = found.first() else {
            // Nothing is open: nothing was made, or all is done.
            assert_eq!(living.len(), usize::from(is_delivered), "a token nobody knows of");
            assert_eq!(is_old_alive(), !is_delivered);
            return format!("closed, delivered: {is_delivered}");
        };
        let id = finding.item.id;
        match &finding.verdict {
            Verdict::Nothing => assert!(living.is_empty(), "{living:?} is not told"),
            Verdict::NotYet => {
                assert!(living.is_empty(), "{living:?} is not told");
                desk.leave(id).await.unwrap();
            }
            Verdict::Done => assert!(is_delivered && !is_old_alive()),
            Verdict::OldStillLives(new) => {
                assert!(is_delivered && living == [new.id.0]);
                desk.finish(id, &|_| ()).await.unwrap();
                assert!(!is_old_alive());
            }
            Verdict::Orphan(new) => {
                assert!(!is_delivered && living == [new.id.0], "{finding:?}");
                desk.finish(id, &|_| ()).await.unwrap_err();
                assert!(is_old_alive());
                desk.roll_back(id, &|_| ()).await.unwrap();
            }
            Verdict::PerhapsDelivered(new) if is_delivered => {
                assert_eq!(living, [new.id.0]);
                desk.finish(id, &|_| ()).await.unwrap();
            }
            Verdict::PerhapsDelivered(new) => {
                assert_eq!(living, [new.id.0]);
                desk.roll_back(id, &|_| ()).await.unwrap();
            }
            Verdict::NewIsOver | Verdict::Ambiguous(_) | Verdict::Unknown(_) => {
                panic!("{finding:?}")
            }
        }
        assert_eq!(desk.left().await, Ok(Vec::new()));
        let living: Vec<_> = self.living_new().difference(known).copied().collect();
        assert_eq!(living.len(), usize::from(!is_old_alive()), "both live, or none does");
        let verdict = format!("{:?}", finding.verdict);
        verdict.split('(').next().unwrap().to_owned()
    }

    /// The stage of the only item, whoever is at it.
    pub(crate) fn stage(&self) -> String {
        let text = std::fs::read_to_string(self.folder().join("journal.jsonl")).unwrap_or_default();
        let last = text.lines().next_back().unwrap_or_default();
        let line: serde_json::Value = serde_json::from_str(last).unwrap_or_default();
        line["step"].as_str().unwrap_or_default().to_owned()
    }
}

pub(crate) fn order(old: &Pat) -> Order {
    rotate::order(old, None, vec!["fake".to_owned()], clock::now()).unwrap()
}

/// Places for a secret that are none.
#[derive(Clone, Debug)]
pub(crate) enum Fake {
    Works,
    /// Cannot be written.
    Fails(Failure),
    /// Is written, but does not work.
    FailsLater(Failure),
    Hangs,
}

impl Delivery for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    async fn deliver(&self, creation: &Creation) -> Result<(), Failure> {
        assert!(creation.pat.listed == Listed::Active);
        match self {
            Self::Works | Self::FailsLater(_) => Ok(()),
            Self::Fails(failure) => Err(failure.clone()),
            Self::Hangs => std::future::pending().await,
        }
    }

    async fn test(&self, _: &Creation) -> Result<Option<String>, Failure> {
        match self {
            Self::FailsLater(failure) => Err(failure.clone()),
            _ => Ok(Some("a call".to_owned())),
        }
    }
}

/// Waits until it is so.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    assert!(waited.is_ok(), "waited in vain until {what}");
}
