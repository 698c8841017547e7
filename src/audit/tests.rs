//! Chains, damages and crashes.

use std::fs;

use super::*;
use crate::{clock, private};

fn entry(name: &str) -> Entry {
    Entry {
        at: "2026-11-24T17:40:00.1234567Z".parse().unwrap(),
        action: Action::Extend,
        id: Some(AuthorizationId(uuid::Uuid::from_u128(7))),
        name: Untrusted::new(name),
        organization: "contoso".parse().unwrap(),
        outcome: Outcome::Done,
        detail: Some("ends 2027-01-31".to_owned()),
    }
}

async fn some(count: usize) -> (tempfile::TempDir, Audit) {
    let home = tempfile::tempdir().unwrap();
    let audit = Audit::new(&home.path().join("state"));
    for n in 0..count {
        audit.append(&entry(&format!("token {n}\n\u{202e}\""))).await.unwrap();
    }
    (home, audit)
}

#[tokio::test]
async fn what_was_written_is_read_and_fits() {
    let (_home, audit) = some(0).await;
    assert_eq!(audit.read().await.unwrap().lines, 0);
    let (_home, audit) = some(3).await;
    let log = audit.read().await.unwrap();
    assert_eq!((log.lines, log.misfit, log.torn.len()), (3, None, 0));
    assert_eq!(log.entries[2], entry("token 2\n\u{202e}\""));
    let text = fs::read_to_string(audit.0.path()).unwrap();
    assert!(text.starts_with("{\"at\":\"2026-11-24T17:40:00.1234567Z\",\"action\":\"extend\""));
    let unknown = Entry { outcome: Outcome::Unknown, id: None, detail: None, ..entry("") };
    audit.append(&unknown).await.unwrap();
    assert_eq!(audit.read().await.unwrap().entries.last(), Some(&unknown));
    assert!(unknown.at < clock::now());
}

#[tokio::test]
async fn every_changed_byte_is_found_in_its_line() {
    let (_home, audit) = some(3).await;
    let bytes = fs::read(audit.0.path()).unwrap();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let third = second + bytes[second..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let log = wire::log(&changed);
        let line = 1 + usize::from(at >= second) + usize::from(at >= third);
        let Some((found, _)) = log.misfit else {
            // Without its end the last line is torn, and nothing can tell by whom.
            assert_eq!((at, log.torn), (bytes.len() - 1, vec![3]));
            continue;
        };
        // Where the end of a line is gone, two have become one.
        assert!(found == line || bytes[at] == b'\n', "byte {at}: line {found}, not {line}");
    }
}

#[tokio::test]
async fn lines_that_were_taken_out_or_put_elsewhere_are_missed() {
    let (_home, audit) = some(4).await;
    let text = fs::read_to_string(audit.0.path()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    for (order, misfit) in [
        (&[0, 1, 2, 3][..], None),
        (&[1, 2, 3], Some(1)),
        (&[0, 2, 3], Some(2)),
        (&[0, 2, 1, 3], Some(2)),
        (&[0, 1, 1, 2, 3], Some(3)),
        // What was cut off at the end only the hash tells.
        (&[0, 1, 2], None),
    ] {
        let text: Vec<_> = order.iter().map(|at| lines[*at]).collect();
        let log = wire::log(format!("{}\n", text.join("\n")).as_bytes());
        assert_eq!(log.misfit.map(|(line, _)| line), misfit, "{order:?}");
    }
    assert_ne!(wire::log(text.as_bytes()).hash, wire::log(lines[0].as_bytes()).hash);
}

#[tokio::test]
async fn a_torn_line_is_told_and_holds_nothing_up() {
    for cut in [1, 2, 50, 200] {
        let (_home, audit) = some(2).await;
        let mut bytes = fs::read(audit.0.path()).unwrap();
        bytes.truncate(bytes.len() - cut);
        private::write(audit.0.path(), &bytes).unwrap();
        // Without its end alone it still says everything.
        let torn: &[usize] = if cut == 1 { &[] } else { &[2] };
        let log = audit.read().await.unwrap();
        assert_eq!((log.misfit, log.torn.as_slice()), (None, torn), "{cut}");
        audit.append(&entry("after")).await.unwrap();
        audit.append(&entry("later")).await.unwrap();
        let log = audit.read().await.unwrap();
        assert_eq!((log.misfit, log.torn.as_slice(), log.lines), (None, torn, 4), "{cut}");
        // A line that was torn by hand afterwards is no crash.
        let text = fs::read_to_string(audit.0.path()).unwrap();
        let first = text.lines().next().unwrap();
        let altered = text.replacen(first, first.trim_end_matches("\"}"), 1);
        assert_eq!(wire::log(altered.as_bytes()).misfit, Some((1, "it cannot be read")));
    }
}

#[tokio::test]
async fn many_at_once_make_one_chain() {
    let (_home, audit) = some(0).await;
    let all = (0..20).map(async |n| audit.append(&entry(&n.to_string())).await.unwrap());
    futures_util::future::join_all(all).await;
    let log = audit.read().await.unwrap();
    assert_eq!((log.lines, log.misfit), (20, None));
}
