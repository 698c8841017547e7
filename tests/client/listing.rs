//! A listing is whole, or says that it is not.

use azpat::{
    clock,
    emulator::{Fault, FaultKind, Operation, Settings},
    failure::FailureKind,
    operations::{Completeness, Incomplete},
    pat::{AuthorizationId, Listed},
};
use futures_util::future::join_all;

use super::rig::{Rig, limits};

fn with_fault(kind: FaultKind) -> Settings {
    Settings { faults: vec![Fault::always(Operation::List, kind)], ..Settings::default() }
}

#[tokio::test]
async fn a_listing_is_the_ledger() {
    let rig = Rig::with(&[("contoso", 250), ("fabrikam", 30)], limits()).await;
    let (inventory, ends) = rig.list().await;
    assert_eq!(ends, [Ok(Completeness::Complete), Ok(Completeness::Complete)]);
    let ledger = rig.emulator.control().ledger();
    assert_eq!(inventory.len(), ledger.len());
    let now = clock::now();
    for record in ledger {
        let pat = inventory.get(AuthorizationId(record.id)).unwrap();
        assert_eq!(pat.name.raw(), record.name);
        assert_eq!(*pat.scope, *record.scope);
        assert_eq!(pat.is_global(), record.global);
        assert_eq!((pat.valid_from, pat.valid_to), (record.valid_from, record.valid_to));
        let listed = match record {
            _ if record.revoked => Listed::Revoked,
            _ if record.valid_to <= now => Listed::Expired,
            _ => Listed::Active,
        };
        assert_eq!(pat.listed, listed, "{}", record.name);
    }
    assert!(rig.emulator.control().peak_in_flight() <= 4);
}

#[tokio::test]
async fn account_and_organizations_are_found() {
    let rig = Rig::with(&[("contoso", 1), ("fabrikam", 1)], limits()).await;
    let account = rig.client.account(None).await.unwrap();
    let found = rig.client.organizations(None, &account).await.unwrap();
    let names: Vec<_> = found.into_iter().map(|(organization, _)| organization).collect();
    assert_eq!(names, rig.organizations());
    assert!(rig.client.is_test_service());
    assert_eq!(rig.client.host(), rig.emulator.url().authority());
    assert!(!format!("{:?}", rig.client).contains(rig.emulator.access_token()));
}

#[tokio::test]
async fn every_request_carries_its_headers_and_asks_for_full_pages() {
    let rig = Rig::start(3).await;
    rig.list().await.0.get(AuthorizationId(uuid::Uuid::nil()));
    for request in rig.emulator.control().requests() {
        assert!(request.authorization);
        assert_eq!(request.headers["accept"], "application/json");
        assert_eq!(request.headers["x-tfs-fedauthredirect"], "Suppress");
        assert!(request.headers["user-agent"].starts_with("azpat/"));
        assert!(!request.headers.contains_key("referer"));
        assert_eq!(request.path, "/contoso/_apis/tokens/pats");
        assert!(request.query.contains("%24top=100"), "{}", request.query);
        assert!(request.query.contains("sortByOption=displayDate"), "{}", request.query);
        assert!(request.query.contains("api-version=7.2-preview.1"), "{}", request.query);
    }
}

/// Whatever a list does, each token is there once, and the end tells whether all are there.
#[tokio::test]
async fn lists_that_go_in_circles_end() {
    for (kind, end) in [
        (FaultKind::RepeatContinuation, Completeness::Incomplete(Incomplete::RepeatedPage)),
        (FaultKind::EndlessPages, Completeness::Incomplete(Incomplete::RepeatedPage)),
        (FaultKind::OverlapPages, Completeness::Complete),
    ] {
        let rig = Rig::start(700).await;
        rig.emulator.control().set(with_fault(kind.clone()));
        let (inventory, ends) = rig.list().await;
        assert_eq!(ends, [Ok(end)], "{kind:?}");
        let most = rig.emulator.control().ledger().len();
        assert!(inventory.len() <= most, "{kind:?}");
        if end == Completeness::Complete {
            assert_eq!(inventory.len(), most, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let rig = Rig::start(250).await;
    let faults = vec![Fault {
        times: Some(3),
        ..with_fault(FaultKind::EmptyPageWithToken).faults.remove(0)
    }];
    rig.emulator.control().set(Settings { faults, ..Settings::default() });
    let (inventory, ends) = rig.list().await;
    assert_eq!(ends, [Ok(Completeness::Complete)]);
    assert_eq!(inventory.len(), rig.emulator.control().ledger().len());
}

#[tokio::test]
async fn what_is_no_list_is_no_empty_list() {
    let kinds = [
        FaultKind::Garbage,
        FaultKind::WrongShape,
        FaultKind::CutBody,
        FaultKind::Html500,
        FaultKind::Status(500),
        FaultKind::Status(400),
        FaultKind::LoseBefore,
        FaultKind::LoseAfter,
        FaultKind::StallBefore,
        FaultKind::HugeBody { gzip: false },
        FaultKind::HugeBody { gzip: true },
        FaultKind::DripBody { interval_ms: 100 },
        FaultKind::DripHeaders { interval_ms: 100 },
    ];
    // Side by side: most of them are waited for.
    join_all(kinds.map(is_no_list)).await;
}

async fn is_no_list(kind: FaultKind) {
    let rig = Rig::start(20).await;
    rig.emulator.control().set(with_fault(kind.clone()));
    let (inventory, ends) = rig.list().await;
    assert_eq!(ends.len(), 1, "{kind:?}: {ends:?}");
    let failure = ends[0].as_ref().unwrap_err();
    assert!(inventory.is_empty());
    assert!(
        matches!(failure.kind, FailureKind::Service | FailureKind::Network | FailureKind::Refused),
        "{kind:?}: {failure:?}"
    );
    assert!(failure.attempt.starts_with("list "), "{failure}");
    if matches!(kind, FaultKind::HugeBody { .. }) {
        assert!(failure.why.contains("larger than 8 MiB"), "{failure}");
        assert_eq!(rig.requests("GET"), 3);
    }
    let dumps = ["hyper", "reqwest", "Kind", "(os error", "line 1", "{"];
    assert!(!dumps.iter().any(|dump| failure.why.contains(dump)), "{failure}");
}

#[tokio::test]
async fn one_lost_answer_is_asked_for_again() {
    for kind in [
        FaultKind::LoseBefore,
        FaultKind::CutBody,
        FaultKind::Status(500),
        FaultKind::Status(503),
        FaultKind::StallBefore,
    ] {
        let rig = Rig::start(20).await;
        let faults = vec![Fault::once(Operation::List, kind.clone())];
        rig.emulator.control().set(Settings { faults, ..Settings::default() });
        let (inventory, ends) = rig.list().await;
        assert_eq!(ends, [Ok(Completeness::Complete)], "{kind:?}");
        assert_eq!(inventory.len(), rig.emulator.control().ledger().len());
        assert_eq!(rig.requests("GET"), 4, "{kind:?}");
    }
}

#[tokio::test]
async fn the_clock_of_the_service_is_seen() {
    let rig = Rig::start(1).await;
    rig.list().await.1.pop().unwrap().unwrap();
    assert_eq!(rig.client.skew().num_seconds(), 0);
    let settings = Settings { clock_offset_seconds: 3_600, ..Settings::default() };
    rig.emulator.control().set(settings);
    rig.list().await.1.pop().unwrap().unwrap();
    assert!((rig.client.skew().num_seconds() - 3_600).abs() <= 2, "{}", rig.client.skew());
}
