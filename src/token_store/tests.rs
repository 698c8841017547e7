//! The store against keyrings that work, fail, lie, cut off or never answer.

mod fake;

use std::{fs, path::Path};

use tempfile::TempDir;

use self::fake::{Fake, Mode};
use tokio::time::Instant;

use super::*;

const ENTRY: &str = "client/oid.tid";

struct Rig {
    home: TempDir,
    fake: Arc<Fake>,
    store: TokenStore,
}

fn rig(choice: Choice, limit: Duration) -> Rig {
    let home = tempfile::tempdir().unwrap();
    let fake = Fake::new();
    let store = TokenStore::with(choice, home.path().join("state"), Fake::open(&fake), limit);
    Rig { home, fake, store }
}

impl Rig {
    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("state").join(name)
    }

    /// The store as the next process sees it.
    fn next(&self) -> TokenStore {
        let inner = &self.store.0;
        let folder = self.home.path().join("state");
        TokenStore::with(inner.choice, folder, Fake::open(&self.fake), inner.limit)
    }
}

/// A token of this length, unlike all of other letters.
fn token(letter: char, length: usize) -> RefreshToken {
    RefreshToken::new(letter.to_string().repeat(length))
}

fn words(kept: Kept) -> String {
    let Kept::Memory(failure) = kept else { panic!("{kept:?}") };
    format!("{failure}; {}", failure.hint.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn tokens_of_any_length_come_back_and_go() {
    let rig = rig(Choice::Keyring, LIMIT);
    for length in [0, 1, 1524, 1920, 1921, 3968, 3969, 5000, 16_256, 2] {
        let token = token('x', length);
        assert_eq!(rig.store.put(ENTRY, &token).await, Kept::Keyring, "{length}");
        assert_eq!(rig.next().get(ENTRY).await, Ok(Some(token)), "{length}");
        let (sizes, parts) = rig.fake.sizes();
        assert!(sizes <= parts::ITEM, "{sizes}");
        assert_eq!(parts, 1 + length.saturating_sub(1920).div_ceil(2048), "older parts stay");
    }
    assert!(words(rig.store.put(ENTRY, &token('x', 16_257)).await).contains("too long"));
    assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('x', 16_257))));
    assert_eq!(rig.next().get(ENTRY).await, Ok(Some(token('x', 2))));
    rig.store.delete(ENTRY).await.unwrap();
    rig.store.delete(ENTRY).await.unwrap();
    assert_eq!(rig.store.get(ENTRY).await, Ok(None));
    assert_eq!(rig.fake.sizes(), (0, 0));
    assert!(!rig.path("tokens.json").exists());
}

#[tokio::test]
async fn a_refused_token_takes_no_newer_one_with_it() {
    let rig = rig(Choice::Keyring, LIMIT);
    let old = token('x', 16_257);
    rig.store.put(ENTRY, &token('a', 9)).await;
    assert!(matches!(rig.store.put(ENTRY, &old).await, Kept::Memory(_)));
    // Another process has signed in anew meanwhile.
    let new = token('b', 9);
    rig.next().put(ENTRY, &new).await;
    rig.store.discard(ENTRY, &old).await.unwrap();
    assert_eq!(rig.store.get(ENTRY).await, Ok(Some(new.clone())));
    rig.store.discard(ENTRY, &new).await.unwrap();
    assert_eq!(rig.next().get(ENTRY).await, Ok(None));
}

#[tokio::test]
async fn it_works_with_the_stores_of_keyring_core() {
    let home = tempfile::tempdir().unwrap();
    let mock = keyring_core::mock::Store::new().unwrap();
    let open: Open = Arc::new(move || {
        let mock: Arc<keyring_core::CredentialStore> =
            Arc::<keyring_core::mock::Store>::clone(&mock);
        Ok(mock)
    });
    let folder = home.path().join("state");
    let store = TokenStore::with(Choice::Keyring, folder, open, LIMIT);
    assert_eq!(store.put(ENTRY, &token('a', 4000)).await, Kept::Keyring);
    assert_eq!(store.get(ENTRY).await, Ok(Some(token('a', 4000))));
    assert_eq!(store.probe().await, Ok(()));
    store.delete(ENTRY).await.unwrap();
    assert_eq!(store.get(ENTRY).await, Ok(None));
}

#[tokio::test]
async fn check_49_a_write_that_is_cut_off_leaves_old_or_new() {
    let (mut olds, mut news) = (0, 0);
    for after in 0.. {
        let rig = rig(Choice::Keyring, LIMIT);
        rig.store.put(ENTRY, &token('a', 9000)).await;
        rig.store.put(ENTRY, &token('b', 5000)).await;
        rig.fake.set(Mode::CutOff { after });
        let kept = rig.store.put(ENTRY, &token('c', 7000)).await;
        let was_cut_off = rig.fake.is_cut_off();
        rig.fake.set(Mode::Fine);
        let read = rig.next().get(ENTRY).await.unwrap().unwrap();
        assert!(read == token('b', 5000) || read == token('c', 7000), "after {after}");
        if read == token('b', 5000) {
            olds += 1;
        } else {
            news += 1;
        }
        // Whoever claims to have kept the token has done so; who has not, still has it.
        assert!(kept != Kept::Keyring || read == token('c', 7000), "after {after}");
        assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('c', 7000))));
        rig.next().delete(ENTRY).await.unwrap();
        assert_eq!(rig.fake.sizes(), (0, 0), "after {after}");
        if !was_cut_off {
            break;
        }
    }
    assert!(olds >= 3 && news >= 3, "{olds} and {news}");
}

/// Check 46: what was written is read back.
#[tokio::test]
async fn check_46_a_lying_keyring_is_not_believed() {
    let rig = rig(Choice::Keyring, LIMIT);
    rig.store.put(ENTRY, &token('a', 10)).await;
    rig.fake.set(Mode::Lying);
    assert!(words(rig.store.put(ENTRY, &token('b', 10)).await).contains("read back is not what"));
    assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('b', 10))));
    assert!(rig.store.probe().await.is_err());
    assert!(!rig.path("tokens.json").exists());
    // Once it works again, memory gives way.
    rig.fake.set(Mode::Fine);
    assert_eq!(rig.store.put(ENTRY, &token('c', 10)).await, Kept::Keyring);
    assert_eq!(rig.next().put(ENTRY, &token('d', 10)).await, Kept::Keyring);
    assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('d', 10))));
}

#[tokio::test]
async fn check_45_every_failure_is_told_with_a_cure_and_goes_to_no_file() {
    for (mode, why, cure) in [
        (Mode::Closed, "knows no keyring for this system", "`token_store` to `file`"),
        (Mode::NoAccess("Secret Service: unlock prompt was dismissed"), "was closed", "unlock"),
        (Mode::NoAccess("Secret Service: object locked"), "is locked", "unlock"),
        (
            Mode::NoAccess("Secret Service: no result found"),
            "no keyring to keep it in",
            "make a default",
        ),
        (Mode::Broken("disk \u{1b}[31m full"), "disk ‹U+001B›[31m full", "try again"),
        (Mode::Ambiguous, "2 items of this name", "sign out"),
        (Mode::Panics, "has crashed", "try again"),
    ] {
        let rig = rig(Choice::Keyring, LIMIT);
        rig.fake.set(mode);
        let said = words(rig.store.put(ENTRY, &token('a', 10)).await);
        assert!(said.starts_with("cannot keep the sign-in in the keyring: "), "{said}");
        assert!(said.contains(why) && said.contains(cure), "{said}");
        assert!(!said.contains("aaaa"), "{said}");
        assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('a', 10))));
        assert!(rig.next().get(ENTRY).await.unwrap_err().why.contains(why));
        assert!(rig.next().probe().await.unwrap_err().why.contains(why));
        assert!(!rig.path("tokens.json").exists());
        rig.fake.set(Mode::Fine);
        assert_eq!(rig.store.put(ENTRY, &token('b', 10)).await, Kept::Keyring, "{why}");
    }
}

#[tokio::test]
async fn several_items_of_one_name_are_all_removed() {
    let rig = rig(Choice::Keyring, LIMIT);
    rig.fake.set(Mode::Ambiguous);
    rig.store.delete(ENTRY).await.unwrap();
    assert_eq!(rig.fake.removed_twins(), 2 * (1 + 2 * parts::PARTS));
}

#[tokio::test]
async fn what_azpat_did_not_write_is_not_taken_for_a_token() {
    let rig = rig(Choice::Keyring, LIMIT);
    let digest = "0".repeat(64);
    for odd in [
        "",
        "token",
        "azpat2 0 0 x\nt",
        "azpat1 2 0 x\nt",
        "azpat1 0 9 x\nt",
        &format!("azpat1 0 0 {digest}\nt"),
        &format!("azpat1 0 1 {digest}\nt"),
    ] {
        rig.fake.plant(ENTRY, odd.as_bytes());
        let failure = rig.store.get(ENTRY).await.unwrap_err();
        assert!(failure.why.contains("damaged"), "{odd}: {failure}");
        assert_eq!(failure.hint.as_deref(), Some("sign in again"));
        assert_eq!(rig.store.put(ENTRY, &token('a', 10)).await, Kept::Keyring);
        assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('a', 10))));
    }
}

/// Check 45: one that never answers is given up.
#[tokio::test]
async fn check_45_a_silent_keyring_is_given_up_and_never_overtakes() {
    let limit = Duration::from_millis(300);
    let rig = rig(Choice::Keyring, limit);
    rig.store.put(ENTRY, &token('a', 10)).await;
    let calls = rig.fake.calls();
    rig.fake.set(Mode::Silent);
    let begin = Instant::now();
    assert!(
        words(rig.store.put(ENTRY, &token('b', 10)).await).contains("has not answered in time")
    );
    assert!(begin.elapsed() >= limit && begin.elapsed() < 5 * limit, "{:?}", begin.elapsed());
    assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('b', 10))));
    let failure = rig.next().get(ENTRY).await.unwrap_err();
    assert!(failure.why.contains("has not answered in time"), "{failure}");
    // The first write is still out, so a second one must not be let past it.
    rig.fake.set(Mode::Fine);
    let said = words(rig.store.put(ENTRY, &token('c', 10)).await);
    assert!(said.contains("an earlier request of this azpat"), "{said}");
    // Reading goes on meanwhile, with a thread of its own.
    assert_eq!(rig.next().get(ENTRY).await, Ok(Some(token('a', 10))));
    assert_eq!(rig.fake.calls(), calls + 3, "the two that are stuck, and the one that was not");

    rig.fake.release();
    assert_eq!(rig.store.put(ENTRY, &token('d', 10)).await, Kept::Keyring);
    assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('d', 10))));
    assert!(!rig.fake.has_seen("bbbb"), "a write that was given up went on");
}

/// Check 45: never a file by itself.
#[tokio::test]
async fn a_file_is_used_only_if_it_was_chosen() {
    let rig = rig(Choice::File, LIMIT);
    rig.fake.set(Mode::Closed);
    let path = rig.path("tokens.json");
    assert_eq!(rig.store.get(ENTRY).await, Ok(None));
    assert_eq!(rig.store.put(ENTRY, &token('a', 10)).await, Kept::File(path.clone()));
    assert_eq!(rig.store.put("other", &token('b', 9000)).await, Kept::File(path.clone()));
    assert_eq!(rig.next().get(ENTRY).await, Ok(Some(token('a', 10))));
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["entries"][ENTRY], "a".repeat(10));
    assert_eq!(rig.store.probe().await, Ok(()));
    rig.store.delete(ENTRY).await.unwrap();
    assert_eq!(rig.next().get(ENTRY).await, Ok(None));
    assert_eq!(rig.next().get("other").await, Ok(Some(token('b', 9000))));
    rig.store.delete("other").await.unwrap();
    assert!(!path.exists(), "an empty file stays");
    // A keyring that is there loses its copy, too.
    rig.fake.set(Mode::Fine);
    rig.fake.plant(ENTRY, b"left from before");
    rig.store.delete(ENTRY).await.unwrap();
    assert_eq!(rig.fake.sizes(), (0, 0));
}

/// Check 51: damaged and newer files are kept aside.
#[tokio::test]
async fn check_51_a_broken_file_is_kept_aside_and_told() {
    for (json, why) in [
        (r#"{"version": 1, "entries": {"secret": "hunter2""#, "damaged"),
        (r#"{"version": 1, "entries": {"secret": hunter2}}"#, "damaged"),
        (r#"{"version": 1}"#, "damaged"),
        (r#"{"version": 2, "more": "hunter2"}"#, "version 2"),
    ] {
        let rig = rig(Choice::File, LIMIT);
        crate::private::folder(&rig.path("")).unwrap();
        crate::private::write(&rig.path("tokens.json"), json.as_bytes()).unwrap();
        let failure = rig.store.get(ENTRY).await.unwrap_err();
        assert!(failure.why.contains(why), "{failure}");
        assert!(failure.why.contains("tokens.json.broken"), "{failure}");
        assert!(failure.hint.as_deref().unwrap().contains("sign in again"), "{failure}");
        assert!(!format!("{failure:?}").contains("hunter2"), "{failure}");
        let broken = rig.path("tokens.json.broken");
        assert_eq!(crate::private::read(&broken, 100).unwrap().unwrap(), json.as_bytes());
        assert_eq!(rig.store.get(ENTRY).await, Ok(None));
        let kept = rig.store.put(ENTRY, &token('a', 10)).await;
        assert_eq!(kept, Kept::File(rig.path("tokens.json")));
        // What nobody can read may well be the token that is to go.
        rig.store.delete(ENTRY).await.unwrap();
        assert!(!broken.exists());
    }
}

/// Check 51: of a thousand spoiled files none stops azpat, none is lost, and no token is told.
#[tokio::test]
async fn check_51_a_spoiled_file_is_understood_or_kept_aside() {
    let whole = rig(Choice::File, LIMIT);
    for (entry, letter) in [(ENTRY, 'q'), ("other", 'j')] {
        whole.store.put(entry, &token(letter, 40)).await;
    }
    let json = fs::read(whole.path("tokens.json")).unwrap();
    let (mut understood, mut aside) = (0, 0);
    for spoiled in crate::private::spoiled::thousand(&json, 52) {
        let rig = rig(Choice::File, LIMIT);
        crate::private::folder(&rig.path("")).unwrap();
        let (path, broken) = (rig.path("tokens.json"), rig.path("tokens.json.broken"));
        crate::private::write(&path, &spoiled).unwrap();
        match rig.store.get(ENTRY).await {
            Ok(_) => {
                understood += 1;
                assert!(path.exists() && !broken.exists());
            }
            Err(failure) => {
                aside += 1;
                assert!(failure.why.contains("tokens.json.broken"), "{failure}");
                assert!(failure.hint.as_deref().unwrap().contains("sign in again"), "{failure}");
                let told = format!("{failure:?}");
                assert!(!told.contains("qqqq") && !told.contains("jjjj"), "{told}");
                assert!(!path.exists());
                #[cfg(unix)]
                {
                    use std::os::unix::fs::PermissionsExt as _;
                    assert_eq!(broken.metadata().unwrap().permissions().mode() & 0o777, 0o600);
                }
                assert_eq!(fs::read(&broken).unwrap(), spoiled);
                assert_eq!(rig.store.get(ENTRY).await, Ok(None));
            }
        }
        let kept = rig.store.put(ENTRY, &token('a', 10)).await;
        assert_eq!(kept, Kept::File(path));
        assert_eq!(rig.next().get(ENTRY).await, Ok(Some(token('a', 10))));
    }
    assert!(understood > 50 && aside > 400, "{understood} understood, {aside} aside");
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_can_enter_keeps_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    for choice in [Choice::File, Choice::Keyring] {
        let rig = rig(choice, LIMIT);
        let folder = rig.path("");
        let folder: &Path = &folder;
        fs::create_dir(folder).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        let said = words(rig.store.put(ENTRY, &token('a', 10)).await);
        assert!(said.contains("chmod 700"), "{said}");
        assert_eq!(rig.store.get(ENTRY).await, Ok(Some(token('a', 10))));
    }
}

#[tokio::test]
async fn nothing_is_shown_of_a_token() {
    let rig = rig(Choice::Keyring, LIMIT);
    rig.fake.set(Mode::Lying);
    rig.store.put(ENTRY, &token('q', 10)).await;
    assert!(format!("{:?}", rig.store).contains("RefreshToken(***)"));
    assert!(!format!("{:?}", rig.store).contains("qqq"));
}
