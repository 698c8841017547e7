//! The real program, killed at any moment while it makes a token for a file.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use azpat::{
    operations::resume::Verdict,
    secret::PatSecret,
    sink::{Delivery, Sinks},
};
use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use super::{crashes::moments, rig::Rig};

const BEFORE: &str = "# mine\nOTHER=1\n";

/// A service, and a file for each token that is made.
struct Maker {
    rig: Rig,
}

impl Maker {
    async fn start(seed: u64, rounds: usize) -> Self {
        let rig = Rig::start(5, seed).await;
        let sink = |n| format!(r#"{{"name": "s{n}", "kind": "env", "path": "{n}.env"}}"#);
        let sinks = (0..=rounds).map(sink).collect::<Vec<_>>().join(",");
        let config = format!("{{\"sinks\": [{sinks}]}}");
        fs::write(rig.home.path().join("config.json"), config).unwrap();
        Self { rig }
    }

    fn file(&self, n: usize) -> PathBuf {
        self.rig.home.path().join(format!("{n}.env"))
    }

    /// Runs it for a while. Whether it came to its end by itself.
    async fn create(&self, n: usize, life: Duration) -> bool {
        fs::write(self.file(n), BEFORE).unwrap();
        let config = self.rig.home.path().join("config.json");
        let (name, sink) = (format!("made-{n}"), format!("s{n}"));
        let arguments = ["create", &name, "--scope", "vso.code", "--sink", &sink, "--config"];
        let mut command = self.rig.command(&[&arguments[..], &[config.to_str().unwrap()]].concat());
        let mut child = command.spawn().unwrap();
        let is_over = timeout(life, child.wait()).await.is_ok();
        if !is_over {
            child.kill().await.unwrap();
        }
        is_over
    }

    /// The file is as it was, or has one line more, with a secret that works.
    async fn has_secret(&self, n: usize) -> bool {
        let text = fs::read_to_string(self.file(n)).unwrap();
        let rest = text.strip_prefix(BEFORE).unwrap_or_else(|| panic!("{text}"));
        let Some(line) = rest.strip_prefix("AZURE_DEVOPS_EXT_PAT=") else {
            assert_eq!(rest, "");
            return false;
        };
        let secret = PatSecret::new(line.strip_suffix('\n').unwrap());
        let delivery = Delivery::to("contoso".parse().unwrap());
        let sinks = Sinks::new(&[]);
        let tested = sinks.all()[0].test(&delivery, &secret, &self.rig.desk().client).await;
        tested.unwrap();
        true
    }

    fn living(&self, n: usize) -> Vec<uuid::Uuid> {
        let ledger = self.rig.emulator.control().ledger();
        let name = format!("made-{n}");
        let living = ledger.into_iter().filter(|it| it.name == name && !it.revoked);
        living.map(|record| record.id).collect()
    }

    /// What was left behind is told in full, and ends with a token that is in its place or none.
    async fn settle(&self, n: usize) -> String {
        let desk = self.rig.desk();
        let living = self.living(n);
        let has_secret = self.has_secret(n).await;
        assert!(living.len() <= 1, "{living:?}");
        let found = desk.left().await.unwrap();
        let Some(finding) = found.first() else {
            assert_eq!(living.is_empty(), !has_secret, "a token nobody knows of");
            return format!("closed, made: {has_secret}");
        };
        let id = finding.item.id;
        match &finding.verdict {
            Verdict::Nothing => assert!(living.is_empty(), "{living:?} is not told"),
            Verdict::NotYet => {
                assert!(living.is_empty(), "{living:?} is not told");
                desk.leave(id).await.unwrap();
            }
            Verdict::Done => assert!(has_secret && living.len() == 1),
            Verdict::Orphan(new) => {
                assert!(!has_secret && living == [new.id.0], "{finding:?}");
                desk.roll_back(id, &|_| ()).await.unwrap();
            }
            Verdict::PerhapsDelivered(new) => {
                assert_eq!(living, [new.id.0]);
                if has_secret {
                    desk.finish(id, &|_| ()).await.unwrap();
                } else {
                    desk.roll_back(id, &|_| ()).await.unwrap();
                }
            }
            Verdict::OldStillLives(_)
            | Verdict::NewIsOver
            | Verdict::Ambiguous(_)
            | Verdict::Unknown(_) => panic!("{finding:?}"),
        }
        assert_eq!(desk.left().await, Ok(Vec::new()));
        assert_eq!(self.living(n).len(), usize::from(has_secret), "{finding:?}");
        let verdict = format!("{:?}", finding.verdict);
        verdict.split('(').next().unwrap().to_owned()
    }
}

async fn lane(seed: u64, rounds: usize) -> Vec<String> {
    let maker = Maker::start(seed, rounds).await;
    let mut random = fastrand::Rng::with_seed(seed);
    let begin = Instant::now();
    assert!(maker.create(0, Duration::from_mins(1)).await);
    let whole = begin.elapsed();
    assert_eq!(maker.settle(0).await, "closed, made: true");
    let mut found = Vec::new();
    for n in 1..=rounds {
        maker.create(n, whole.mul_f64(0.2 + random.f64() * 0.9)).await;
        found.push(maker.settle(n).await);
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_no_token_is_left_that_nobody_knows_of() {
    let lanes = 4;
    let rounds = moments().div_ceil(lanes);
    let lanes = join_all((11..=10 + lanes as u64).map(|seed| lane(seed, rounds))).await;
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for what in lanes.concat() {
        *found.entry(what).or_default() += 1;
    }
    let open: usize = found.iter().filter(|it| !it.0.starts_with("closed")).map(|it| it.1).sum();
    assert!(open * 8 > rounds && found.len() >= 4, "the moments were not mixed: {found:?}");
}
