//! Items through their steps, crashes between them, and two processes at one token.

use std::fs;

use uuid::Uuid;

use super::*;

fn home() -> (tempfile::TempDir, Journal) {
    let home = tempfile::tempdir().unwrap();
    let journal = Journal::new(&home.path().join("state"));
    (home, journal)
}

fn id(number: u128) -> AuthorizationId {
    AuthorizationId(Uuid::from_u128(number))
}

fn intent(old: Option<u128>) -> Intent {
    Intent {
        organization: "contoso".parse().unwrap(),
        name: "bot \"\n".to_owned(),
        scope: "vso.code vso.unheard_of".to_owned(),
        valid_to: clock::now(),
        old: old.map(id),
        sinks: vec!["npmrc".to_owned()],
    }
}

fn stages() -> [Stage; 4] {
    let (new, sinks) = (id(9), vec!["npmrc".to_owned(), "git".to_owned()]);
    [
        Stage::Asked { at: clock::now(), before: [id(1), id(2)].into() },
        Stage::Created { new },
        Stage::Delivering { new, sinks },
        Stage::Delivered { new },
    ]
}

fn locks(journal: &Journal) -> usize {
    let entries = fs::read_dir(&journal.folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("journal.") && !name.contains("jsonl")).count()
}

#[tokio::test]
async fn each_step_is_found_by_whoever_comes_later() {
    let (_home, journal) = home();
    assert_eq!(journal.left().await, Ok(Vec::new()));
    for reached in 0..=4 {
        let mut open = journal.begin(intent(Some(1))).await.unwrap();
        for stage in &stages()[..reached] {
            open.reach(stage.clone()).await.unwrap();
        }
        assert_eq!(journal.left().await, Ok(Vec::new()), "a process is at it");
        let item = open.item().clone();
        drop(open);
        fs::write(journal.folder.join("journal.00c0ffee.lock"), "").unwrap();
        assert_eq!(journal.left().await, Ok(vec![item.clone()]));
        let open = journal.take(item.id).await.unwrap();
        assert_eq!(open.item(), &item);
        open.close(Ending::RolledBack).await.unwrap();
        assert_eq!(journal.left().await, Ok(Vec::new()));
        assert_eq!((journal.lines.read().unwrap().len(), locks(&journal)), (0, 0));
    }
}

#[tokio::test]
async fn check_81_a_token_is_in_one_item_only_and_others_go_on_beside_it() {
    let (_home, journal) = home();
    let first = journal.begin(intent(Some(1))).await.unwrap();
    let failure = journal.begin(intent(Some(1))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.why.contains("another azpat is at it"), "{failure}");
    let failure = journal.take(first.item().id).await.unwrap_err();
    assert!(failure.why.contains("another azpat is at it"), "{failure}");
    let mut second = journal.begin(intent(Some(2))).await.unwrap();
    let creations = [journal.begin(intent(None)).await, journal.begin(intent(None)).await];
    second.reach(Stage::Created { new: id(9) }).await.unwrap();
    let number = first.item().id;
    drop(first);
    let failure = journal.begin(intent(Some(1))).await.unwrap_err();
    assert!(failure.why.contains(&number.to_string()), "{failure}");
    assert!(failure.hint.unwrap().contains("azpat resume"));
    second.close(Ending::Done).await.unwrap();
    for creation in creations {
        creation.unwrap().close(Ending::NotCreated).await.unwrap();
    }
    let left = journal.left().await.unwrap();
    assert_eq!(left.iter().map(|item| item.id).collect::<Vec<_>>(), [number]);
    journal.take(number).await.unwrap().close(Ending::Left).await.unwrap();
    assert!(journal.begin(intent(Some(1))).await.is_ok());
}

#[tokio::test]
async fn a_torn_step_was_not_taken_and_a_changed_one_is_refused() {
    let (_home, journal) = home();
    let mut open = journal.begin(intent(Some(1))).await.unwrap();
    for stage in stages() {
        open.reach(stage).await.unwrap();
    }
    drop(open);
    let bytes = journal.lines.read().unwrap();
    let ends: Vec<_> = (1..=bytes.len()).filter(|at| bytes[at - 1] == b'\n').collect();
    for cut in 0..bytes.len() {
        private::write(journal.lines.path(), &bytes[..cut]).unwrap();
        let left = journal.left().await.unwrap();
        let whole = ends.iter().filter(|end| **end <= cut).count();
        match (whole, left.as_slice()) {
            (0, []) => {}
            (1, [item]) => assert_eq!(item.stage, Stage::Intended),
            (steps, [item]) => assert_eq!(
                std::mem::discriminant(&item.stage),
                std::mem::discriminant(&stages()[steps - 2])
            ),
            (steps, left) => panic!("{cut}: {steps} steps, {left:?}"),
        }
    }
    for line in ["{}", "no", "{\"item\":\"00000000\",\"step\":\"created\",\"new\":1}", ""] {
        private::write(journal.lines.path(), &[&bytes, line.as_bytes(), b"\n"].concat()).unwrap();
        let failure = journal.begin(intent(None)).await.unwrap_err();
        assert!(failure.why.contains("line 6 makes no sense"), "{line}: {failure}");
    }
}

#[test]
fn item_ids_are_eight_digits() {
    assert_eq!("00c0ffee".parse::<ItemId>().unwrap().to_string(), "00c0ffee");
    for wrong in ["", "c0ffee", "00c0ffeeg", "+0c0ffee", "00000000-0000"] {
        assert!(wrong.parse::<ItemId>().is_err(), "{wrong}");
    }
}
