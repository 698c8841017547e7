//! What comes back of a file, whatever has happened to it.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::text::Untrusted;

fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    private::folder(&home.path().join("state")).unwrap();
    home
}

fn example() -> Accounts {
    let (tenant, oid) = (Uuid::from_u128(0x7e), Uuid::from_u128(0x01d));
    let id = AccountId { tenant, oid };
    let account = Account {
        identity: Identity {
            id,
            username: Untrusted::new("anna@contoso.com"),
            name: Untrusted::new("Anna \u{202e}\u{1b}[31m \"quoted\""),
        },
        client_id: "04b07795".to_owned(),
        authority: "https://login.microsoftonline.com/".parse().unwrap(),
        tenants: BTreeMap::from([(tenant, oid), (Uuid::from_u128(2), Uuid::from_u128(3))]),
        signed_in: DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
    };
    let bound = Binding { tenant, account: Some(id) };
    let unbound = Binding { tenant, account: None };
    let bindings = [("contoso".to_owned(), bound), ("fabrikam".to_owned(), unbound)];
    Accounts { accounts: vec![account], bindings: BTreeMap::from(bindings) }
}

#[tokio::test]
async fn what_is_changed_is_loaded() {
    let home = home();
    let folder = home.path().join("new");
    assert_eq!(Accounts::load(&folder), Ok(Accounts::default()));
    assert!(!folder.exists(), "looking makes no folder");
    let changed = Accounts::change(&folder, |accounts| *accounts = example()).await.unwrap();
    assert_eq!(changed, example());
    assert_eq!(Accounts::load(&folder), Ok(example()));
    let changed = Accounts::change(&folder, |accounts| accounts.bindings.clear()).await.unwrap();
    assert_eq!(Accounts::load(&folder), Ok(changed));
}

#[test]
fn the_entry_names_application_and_account() {
    let entry = example().accounts.remove(0).entry();
    let (oid, tenant) = (Uuid::from_u128(0x01d), Uuid::from_u128(0x7e));
    assert_eq!(entry, format!("04b07795/{oid}.{tenant}"));
}

#[tokio::test]
async fn a_newer_file_is_kept_aside_and_told_once() {
    let home = home();
    let folder = home.path().join("state");
    let path = folder.join("accounts.json");
    private::write(&path, br#"{"version": 2, "people": []}"#).unwrap();
    let failure = Accounts::load(&folder).unwrap_err();
    assert!(failure.why.contains("version 2"), "{failure}");
    assert!(failure.why.contains("accounts.json.broken"), "{failure}");
    assert_eq!(failure.hint.as_deref(), Some("sign in again"));
    assert_eq!(Accounts::load(&folder), Ok(Accounts::default()));
    let kept = private::read(&folder.join("accounts.json.broken"), 100).unwrap().unwrap();
    assert_eq!(kept, br#"{"version": 2, "people": []}"#);
}

#[tokio::test]
async fn a_damaged_file_is_moved_only_under_the_lock() {
    let home = home();
    let folder = home.path().join("state");
    let path = folder.join("accounts.json");
    private::write(&path, b"{").unwrap();
    let lock = document(&folder).lock(LIMIT).await.unwrap();
    let failure = Accounts::load(&folder).unwrap_err();
    assert_eq!(failure.hint.as_deref(), Some("try again"));
    assert!(path.exists());
    drop(lock);
    let failure = Accounts::change(&folder, |_| ()).await.unwrap_err();
    assert!(failure.why.contains("damaged at line 1"), "{failure}");
    assert!(!path.exists());
    assert_eq!(Accounts::change(&folder, |_| ()).await, Ok(Accounts::default()));
}

/// Check 51: of a thousand spoiled files none stops azpat, and none is lost.
#[tokio::test]
async fn check_51_a_spoiled_file_is_understood_or_kept_aside() {
    let json = serde_json::to_vec_pretty(&Content::from(&example())).unwrap();
    let (mut understood, mut aside) = (0, 0);
    for spoiled in private::spoiled::thousand(&json, 51) {
        let home = home();
        let folder = home.path().join("state");
        let (path, broken) = (folder.join("accounts.json"), document(&folder).broken());
        private::write(&path, &spoiled).unwrap();
        match Accounts::load(&folder) {
            Ok(_) => {
                understood += 1;
                assert!(path.exists() && !broken.exists());
            }
            Err(failure) => {
                aside += 1;
                assert!(failure.why.contains("accounts.json.broken"), "{failure}");
                assert_eq!(failure.hint.as_deref(), Some("sign in again"));
                assert!(!path.exists());
                #[cfg(unix)]
                {
                    use std::os::unix::fs::PermissionsExt as _;
                    assert_eq!(broken.metadata().unwrap().permissions().mode() & 0o777, 0o600);
                }
                assert_eq!(fs::read(&broken).unwrap(), spoiled);
                assert_eq!(Accounts::load(&folder), Ok(Accounts::default()));
            }
        }
        let changed = Accounts::change(&folder, |accounts| *accounts = example()).await;
        assert_eq!((changed, Accounts::load(&folder)), (Ok(example()), Ok(example())));
    }
    assert!(understood > 20 && aside > 500, "{understood} understood, {aside} aside");
}
