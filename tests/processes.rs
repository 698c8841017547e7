//! Several azpat at once: locks, and the files that are changed under them. Each other process is
//! the same test once more, with a role.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use azpat::{
    accounts::{Accounts, Binding},
    identity::Kept,
    private::{self, Lock},
    secret::RefreshToken,
    token_store::{Choice, TokenStore},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};
use uuid::Uuid;

#[path = "processes/refresh.rs"]
mod refresh;

const ROLE: &str = "AZPAT_TEST_ROLE";
const PLACE: &str = "AZPAT_TEST_PLACE";
/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_mins(1);

/// The role and the place of this process, if it is one of the others.
fn role() -> Option<(String, PathBuf)> {
    Some((env::var(ROLE).ok()?, env::var_os(PLACE)?.into()))
}

/// One more process with this test and this role.
fn start(test: &str, role: &str, folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ROLE, role)
        .env(PLACE, folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn home() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    private::folder(&folder).unwrap();
    (home, folder)
}

/// Starts the roles 0, 1, 2 and so on, does something meanwhile, and waits for all.
async fn crowd(test: &str, count: usize, folder: &Path, mut meanwhile: impl FnMut()) {
    let others: Vec<_> = (0..count).map(|n| start(test, &n.to_string(), folder)).collect();
    for mut other in others {
        let status = loop {
            meanwhile();
            if let Some(status) = other.try_wait().unwrap() {
                break status;
            }
            tokio::task::yield_now().await;
        };
        assert!(status.success());
    }
}

/// Check 80: nothing is lost or garbled.
#[tokio::test]
async fn check_80_thirty_processes_count_without_losing_a_step() {
    let count = |path: &Path| {
        let bytes = private::read(path, 10).unwrap();
        bytes.map_or(0, |bytes| String::from_utf8(bytes).unwrap().parse::<u32>().unwrap())
    };
    if let Some((_, folder)) = role() {
        for _ in 0..20 {
            let lock = Lock::acquire(&folder.join("lock"), PATIENCE).await.unwrap();
            let path = folder.join("counter");
            private::write(&path, (count(&path) + 1).to_string().as_bytes()).unwrap();
            drop(lock);
        }
        return;
    }
    let (_home, folder) = home();
    let path = folder.join("counter");
    let mut seen = 0;
    crowd("check_80_thirty_processes_count_without_losing_a_step", 30, &folder, || {
        let now = count(&path);
        assert!(now >= seen, "{now} after {seen}");
        seen = now;
    })
    .await;
    assert_eq!(count(&path), 600);
    let mut names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["counter", "lock"]);
}

/// Check 80: a holder that hangs is named, a dead one lets go.
#[tokio::test]
async fn check_80_a_hanging_holder_is_named_and_a_dead_one_lets_go() {
    if let Some((_, folder)) = role() {
        let _lock = Lock::acquire(&folder.join("lock"), PATIENCE).await.unwrap();
        // Ends the line that the test's own report has begun.
        std::io::stdout().write_all(b"\nheld\n").unwrap();
        std::future::pending::<()>().await;
    }
    let (_home, folder) = home();
    let lock = folder.join("lock");
    let mut other =
        start("check_80_a_hanging_holder_is_named_and_a_dead_one_lets_go", "holder", &folder);
    let mut said = BufReader::new(other.stdout.take().unwrap()).lines();
    while said.next_line().await.unwrap().unwrap() != "held" {}

    let limit = Duration::from_millis(200);
    let begin = tokio::time::Instant::now();
    let failure = Lock::acquire(&lock, limit).await.unwrap_err();
    let waited = begin.elapsed();
    assert!(waited >= limit && waited < limit + Duration::from_secs(2), "{waited:?}");
    let id = other.id().unwrap();
    let who = format!("another azpat (process {id}) has held it for 0.2 s");
    assert!(failure.why.contains(&who), "{failure}");
    assert!(failure.hint.unwrap().contains(&id.to_string()));
    assert!(Lock::try_acquire(&lock).unwrap().is_none());

    other.kill().await.unwrap();
    let ours = Lock::acquire(&lock, PATIENCE).await.unwrap();
    let failure = Lock::acquire(&lock, limit).await.unwrap_err();
    assert!(failure.why.contains("an earlier request of this azpat"), "{failure}");
    drop(ours);
    assert!(lock.exists());
    assert!(Lock::try_acquire(&lock).unwrap().is_some());
}

/// Check 80: no file is garbled while others write it.
#[tokio::test]
async fn check_80_accounts_and_tokens_of_many_processes_are_all_kept() {
    if let Some((role, folder)) = role() {
        let store = TokenStore::new(Choice::File, folder.clone());
        for round in 0..2 {
            let name = format!("{role}-{round}");
            let kept = store.put(&name, &RefreshToken::new(name.clone())).await;
            assert_eq!(kept, Kept::File(folder.join("tokens.json")));
            let binding = Binding { tenant: Uuid::from_u128(round), account: None };
            let bind = |accounts: &mut Accounts| {
                accounts.bindings.insert(name, binding);
            };
            Accounts::change(&folder, bind).await.unwrap();
        }
        return;
    }
    let (_home, folder) = home();
    let mut seen = 0;
    crowd("check_80_accounts_and_tokens_of_many_processes_are_all_kept", 80, &folder, || {
        let now = Accounts::load(&folder).unwrap().bindings.len();
        assert!(now >= seen, "{now} after {seen}");
        seen = now;
    })
    .await;
    assert_eq!(Accounts::load(&folder).unwrap().bindings.len(), 160);
    let store = TokenStore::new(Choice::File, folder);
    for role in 0..80 {
        let name = format!("{role}-1");
        let token = store.get(&name).await.unwrap();
        assert_eq!(token, Some(RefreshToken::new(name)));
    }
}
