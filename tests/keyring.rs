//! The token store against D-Bus: a Secret Service that misbehaves, and the real GNOME Keyring,
//! each on a bus of its own. Run it by name: `cargo test --test keyring`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]
#![expect(clippy::indexing_slicing, reason = "a panic is how a test fails")]

#[path = "keyring/bus.rs"]
mod bus;
#[path = "keyring/stub.rs"]
mod stub;

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use azpat::{
    identity::Kept,
    secret::RefreshToken,
    token_store::{Choice, TokenStore},
};
use tokio::{io::AsyncWriteExt as _, process::Command, time::Instant};

use self::{
    bus::{Bus, Keyring},
    stub::Manner,
};

const ROLE: &str = "AZPAT_TEST_ROLE";
const PLACE: &str = "AZPAT_TEST_PLACE";
const ADDRESS: &str = "DBUS_SESSION_BUS_ADDRESS";
const ENTRY: &str = "client/oid.tid";

fn token(letter: char, length: usize) -> RefreshToken {
    RefreshToken::new(letter.to_string().repeat(length))
}

/// Runs the test once more as another process, which sees this bus, and says how long it took.
async fn again(test: &str, role: &str, folder: &Path, address: Option<&str>) -> Duration {
    let begin = Instant::now();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(ROLE, role).env(PLACE, folder);
    // Without these libdbus finds no bus by itself.
    command.env_remove("XDG_RUNTIME_DIR").env_remove("DISPLAY").env_remove(ADDRESS);
    let output = command.envs(address.map(|address| (ADDRESS, address))).output().await.unwrap();
    let took = begin.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{role}: {said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{said}");
    took
}

/// The role and the store of this process, if it is one of the others.
fn role() -> Option<(String, TokenStore, PathBuf)> {
    let folder: PathBuf = env::var_os(PLACE)?.into();
    let store = TokenStore::new(Choice::Keyring, folder.clone());
    Some((env::var(ROLE).ok()?, store, folder))
}

/// Nothing can be kept, for this reason; it is decided in time and goes to no file.
async fn keeps_nothing(store: &TokenStore, folder: &Path, why: &str) {
    let begin = Instant::now();
    let Kept::Memory(failure) = store.put(ENTRY, &token('a', 5000)).await else {
        panic!("it was kept");
    };
    let took = begin.elapsed();
    assert!(failure.why.contains(why), "{failure}");
    assert!(failure.hint.is_some(), "{failure}");
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert_eq!(store.get(ENTRY).await, Ok(Some(token('a', 5000))));
    assert!(!folder.join("tokens.json").exists());
}

/// Check 45: absent, locked, silent, failing and lying, on a bus of its own.
#[tokio::test]
async fn check_45_a_keyring_that_misbehaves_is_told_in_time() {
    const TEST: &str = "check_45_a_keyring_that_misbehaves_is_told_in_time";
    if let Some((role, store, folder)) = role() {
        match role.as_str() {
            "no bus" | "no address" => {
                keeps_nothing(&store, &folder, "no session bus (D-Bus) is running here").await;
            }
            "absent" => keeps_nothing(&store, &folder, "no keyring is running here").await,
            "dismissing" => keeps_nothing(&store, &folder, "was closed").await,
            "asking" | "silent" => keeps_nothing(&store, &folder, "has not answered in time").await,
            "failing" => keeps_nothing(&store, &folder, "the disk is full").await,
            "lying" => {
                assert_eq!(store.put(ENTRY, &token('b', 100)).await, Kept::Keyring);
                keeps_nothing(&store, &folder, "what was read back is not what was written").await;
            }
            "doubling" => {
                keeps_nothing(&store, &folder, "2 items of this name").await;
                store.delete(ENTRY).await.unwrap();
                assert_eq!(store.get(ENTRY).await, Ok(None));
            }
            "honest" => {
                for length in [100, 9000, 3000] {
                    assert_eq!(store.put(ENTRY, &token('b', length)).await, Kept::Keyring);
                    assert_eq!(store.get(ENTRY).await, Ok(Some(token('b', length))));
                }
                assert_eq!(store.probe().await, Ok(()));
                store.delete(ENTRY).await.unwrap();
                assert_eq!(store.get(ENTRY).await, Ok(None));
            }
            other => unreachable!("{other}"),
        }
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let nowhere = format!("unix:path={}", home.path().join("nowhere").display());
    let folder = |role: &str| home.path().join(role);
    again(TEST, "no bus", &folder("no bus"), Some(&nowhere)).await;
    again(TEST, "no address", &folder("no address"), None).await;
    let bus = Bus::start().await;
    again(TEST, "absent", &folder("absent"), Some(bus.address())).await;
    for (role, manner) in [
        ("honest", Manner::Honest),
        ("lying", Manner::Lying),
        ("failing", Manner::Failing),
        ("doubling", Manner::Doubling),
        ("dismissing", Manner::Dismissing),
        ("asking", Manner::Asking),
        ("silent", Manner::Silent),
    ] {
        let bus = Bus::start().await;
        stub::serve(bus.address(), manner);
        let took = again(TEST, role, &folder(role), Some(bus.address())).await;
        // Leaving does not wait for the call that was given up.
        assert!(took < Duration::from_secs(8), "{role}: {took:?}");
    }
}

#[tokio::test]
async fn the_gnome_keyring_keeps_tokens_between_processes() {
    const TEST: &str = "the_gnome_keyring_keeps_tokens_between_processes";
    if let Some((role, store, folder)) = role() {
        match role.as_str() {
            "write" => {
                assert_eq!(store.get(ENTRY).await, Ok(None));
                for length in [1524, 9000, 5000] {
                    assert_eq!(store.put(ENTRY, &token('a', length)).await, Kept::Keyring);
                }
                assert_eq!(store.probe().await, Ok(()));
            }
            "read" => assert_eq!(store.get(ENTRY).await, Ok(Some(token('a', 5000)))),
            "locked" => {
                let failure = store.get(ENTRY).await.unwrap_err();
                assert!(failure.why.contains("was closed"), "{failure}");
                keeps_nothing(&store, &folder, "was closed").await;
            }
            "remove" => {
                store.delete(ENTRY).await.unwrap();
                store.delete(ENTRY).await.unwrap();
                assert_eq!(store.get(ENTRY).await, Ok(None));
            }
            other => unreachable!("{other}"),
        }
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    for (keyring, roles) in [
        (Keyring::Unlocked, ["write", "read"].as_slice()),
        (Keyring::Locked, &["locked"]),
        (Keyring::Unlocked, &["read", "remove"]),
    ] {
        let mut bus = Bus::start().await;
        bus.start_keyring(home.path(), keyring).await;
        for role in roles {
            again(TEST, role, &folder, Some(bus.address())).await;
        }
    }
}

/// git keeps, gets and forgets a secret through `azpat git-credential`, and so does azpat itself.
#[tokio::test]
async fn git_is_served_from_the_keyring() {
    const SECRET: &str = "n3wS3cretN3wS3cretN3wS3cretN3wS3cretN3wS3cretN3wS3cr";
    let home = tempfile::tempdir().unwrap();
    let mut bus = Bus::start().await;
    bus.start_keyring(home.path(), Keyring::Unlocked).await;
    let run = async |words: &[&str], input: &str| {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(home.path()).env_clear();
        command.envs(env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("HOME", home.path()).env(ADDRESS, bus.address());
        command.env("AZPAT_ACCESS_TOKEN", "not-used").env("GIT_TERMINAL_PROMPT", "0");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), output.stderr);
        (output.status.success(), out.into_owned(), String::from_utf8_lossy(&err).into_owned())
    };
    let azpat = env!("CARGO_BIN_EXE_azpat");
    let helper = format!("[credential]\n\thelper = \"!{azpat} git-credential\"\n");
    std::fs::write(home.path().join(".gitconfig"), helper).unwrap();
    let asked = "protocol=https\nhost=dev.azure.com\nusername=contoso\n";
    let with = format!("{asked}password={SECRET}\n");
    let got = format!("{with}\n").replace("\n\n", "\n");

    assert!(!run(&["git", "credential", "fill"], &format!("{asked}\n")).await.0);
    let dry = [azpat, "git-credential", "--dry-run", "store"];
    let (is_done, _, err) = run(&dry, &format!("{with}\n")).await;
    assert!(is_done && err.contains("would keep the secret of contoso"), "{err}");
    assert!(!run(&["git", "credential", "fill"], &format!("{asked}\n")).await.0);
    let deliver = [azpat, "deliver", "--yes", "-o", "Contoso", "--sink", "keyring"];
    let (is_done, out, err) = run(&deliver, SECRET).await;
    assert!(is_done && out.is_empty() && err.contains("the keyring, for Contoso"), "{out}{err}");
    let filled = run(&["git", "credential", "fill"], &format!("{asked}\n")).await;
    assert_eq!((filled.0, filled.1), (true, got.clone()), "{}", filled.2);
    // Another secret that did not work is none of ours.
    run(&["git", "credential", "reject"], &format!("{asked}password=an0therSecret\n\n")).await;
    assert!(run(&["git", "credential", "fill"], &format!("{asked}\n")).await.0);
    let dry = [azpat, "git-credential", "--dry-run", "erase"];
    let (is_done, _, err) = run(&dry, &format!("{with}\n")).await;
    assert!(is_done && err.contains("from the keyring: contoso"), "{err}");
    assert!(run(&["git", "credential", "fill"], &format!("{asked}\n")).await.0);
    run(&["git", "credential", "reject"], &format!("{with}\n")).await;
    assert!(!run(&["git", "credential", "fill"], &format!("{asked}\n")).await.0);
    run(&["git", "credential", "approve"], &format!("{with}\n")).await;
    assert_eq!(run(&["git", "credential", "fill"], &format!("{asked}\n")).await.1, got);
    // The git sink counts it as kept, since this helper gives it back.
    let deliver = [azpat, "deliver", "--yes", "-o", "contoso", "--sink", "git"];
    let other = SECRET.to_lowercase();
    let (is_done, _, err) = run(&deliver, &other).await;
    assert!(is_done, "{err}");
    let filled = run(&["git", "credential", "fill"], &format!("{asked}\n")).await;
    assert!(filled.1.contains(&other), "{}", filled.2);
}
