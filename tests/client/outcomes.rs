//! What is claimed about a write is what the ledger shows, whatever happens to the answer.

use azpat::{
    emulator::{Fault, FaultKind, LifespanMode, Operation, Policies, Settings},
    failure::{Failure, FailureKind},
    operations::{Confirmation, extend::extend, revoke::revoke},
    pat::Pat,
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;

use super::rig::Rig;

pub(crate) fn one_fault(
    operation: Operation,
    kind: &FaultKind,
    carried_out: Option<bool>,
) -> Settings {
    let fault = Fault { carried_out, ..Fault::once(operation, kind.clone()) };
    Settings { faults: vec![fault], ..Settings::default() }
}

/// All that can happen to the answer of a write.
pub(crate) fn kinds() -> Vec<FaultKind> {
    let mut kinds = vec![
        FaultKind::LoseBefore,
        FaultKind::LoseAfter,
        FaultKind::StallBefore,
        FaultKind::StallAfter,
        FaultKind::DripHeaders { interval_ms: 400 },
        FaultKind::DripBody { interval_ms: 400 },
        FaultKind::CutBody,
        FaultKind::Garbage,
        FaultKind::WrongShape,
        FaultKind::Html500,
        FaultKind::HugeBody { gzip: false },
        FaultKind::HugeBody { gzip: true },
        FaultKind::NullPat,
        FaultKind::ResetOmittedFields,
    ];
    kinds.extend([500, 502, 503, 504].map(FaultKind::Status));
    kinds.extend([301, 302, 303, 307, 308].map(|status| FaultKind::Redirect {
        location: "http://127.0.0.1:1/elsewhere".to_owned(),
        status,
    }));
    kinds
}

/// Whether the request is carried out: as the fault has it, surely, or surely not. A service that
/// answers with success and does nothing cannot be seen through, so that is left out.
pub(crate) fn ways(kind: &FaultKind) -> &'static [Option<bool>] {
    match kind {
        FaultKind::DripHeaders { .. }
        | FaultKind::DripBody { .. }
        | FaultKind::ResetOmittedFields => &[None],
        _ => &[None, Some(true), Some(false)],
    }
}

fn in_thirty_days(pat: &Pat) -> DateTime<Utc> {
    pat.valid_to + TimeDelta::days(30)
}

#[tokio::test]
async fn an_extension_is_claimed_only_if_it_is_so() {
    let kinds = kinds();
    let cases = kinds.iter().flat_map(|kind| ways(kind).iter().map(move |way| (kind, way)));
    join_all(cases.map(|(kind, way)| check_extension(kind, *way))).await;
}

async fn check_extension(kind: &FaultKind, carried_out: Option<bool>) {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    rig.emulator.control().set(one_fault(Operation::Update, kind, carried_out));
    let result = extend(&rig.client, &pat, in_thirty_days(&pat)).await;
    let truth = rig.truth(&pat).valid_to;
    let case = format!("{kind:?} {carried_out:?}: {result:?}");
    match &result {
        Ok(extension) => {
            assert_eq!(extension.granted(), truth, "{case}");
            assert!(truth > pat.valid_to, "{case}");
            let is_altered = *kind == FaultKind::ResetOmittedFields;
            assert_eq!(!extension.altered.is_empty(), is_altered, "{case}");
        }
        Err(failure) => {
            assert_eq!(truth, pat.valid_to, "{case}");
            assert!(failure.why.starts_with("not extended: "), "{case}");
            assert!(failure.attempt.starts_with("extend "), "{case}");
        }
    }
    assert_eq!(rig.requests("PUT"), 1, "{case}");
}

#[tokio::test]
async fn a_revocation_is_claimed_only_if_it_is_so() {
    let kinds = kinds();
    let cases = kinds.iter().flat_map(|kind| ways(kind).iter().map(move |way| (kind, way)));
    join_all(cases.map(|(kind, way)| check_revocation(kind, *way))).await;
}

async fn check_revocation(kind: &FaultKind, carried_out: Option<bool>) {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    rig.emulator.control().set(one_fault(Operation::Revoke, kind, carried_out));
    let result = revoke(&rig.client, &pat).await;
    let truth = rig.truth(&pat).revoked;
    let case = format!("{kind:?} {carried_out:?}: {result:?}");
    assert_eq!(result.is_ok(), truth, "{case}");
    if let Err(failure) = &result {
        assert!(failure.why.starts_with("not revoked: "), "{case}");
    }
    assert_eq!(rig.requests("DELETE"), 1, "{case}");
}

/// If reading back fails too, nothing is claimed.
#[tokio::test]
async fn what_cannot_be_read_back_is_unconfirmed() {
    for carried_out in [true, false] {
        let rig = Rig::start(30).await;
        let pat = rig.some_active().await;
        let lost = |operation| Fault {
            carried_out: Some(carried_out),
            ..Fault::always(operation, FaultKind::LoseBefore)
        };
        let faults = [Operation::Update, Operation::Revoke, Operation::Get, Operation::List];
        let faults = faults.map(lost).to_vec();
        rig.emulator.control().set(Settings { faults, ..Settings::default() });
        let extended = extend(&rig.client, &pat, in_thirty_days(&pat)).await.unwrap_err();
        let revoked = revoke(&rig.client, &pat).await.unwrap_err();
        for failure in [extended, revoked] {
            assert_eq!(failure.kind, FailureKind::Unconfirmed, "{failure}");
            assert!(failure.why.contains("is not known"), "{failure}");
        }
    }
}

#[tokio::test]
async fn plain_answers_need_no_second_look() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let to = in_thirty_days(&pat);
    let extension = extend(&rig.client, &pat, to).await.unwrap();
    assert_eq!(extension.confirmation, Confirmation::Answered);
    assert!((extension.granted() - to).abs() < TimeDelta::seconds(1));
    assert!(!extension.is_shortened());
    assert_eq!(extension.pat, Pat { valid_to: extension.granted(), ..pat.clone() });
    let sent = rig.emulator.control().requests().pop().unwrap().body.unwrap();
    let fields: Vec<_> = sent.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["authorizationId", "validTo"]);
    let revocation = revoke(&rig.client, &pat).await.unwrap();
    assert_eq!((revocation.id, revocation.confirmation), (pat.id, Confirmation::Answered));
    assert!(rig.truth(&pat).revoked);
    assert_eq!(rig.requests("GET"), 0);
}

#[tokio::test]
async fn a_late_revocation_is_looked_for_again() {
    for (lists, is_in_time) in [(0, true), (1, true), (2, true), (20, false)] {
        let rig = Rig::start(30).await;
        let pat = rig.some_active().await;
        let kind = FaultKind::LateRevocation { lists };
        rig.emulator.control().set(one_fault(Operation::Revoke, &kind, None));
        let result = revoke(&rig.client, &pat).await;
        assert_eq!(result.is_ok(), is_in_time, "{lists}: {result:?}");
        if let Err(failure) = result {
            assert!(failure.why.starts_with("not revoked: "), "{failure}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_not_found_is_looked_for_first() {
    for status in [404, 410] {
        for carried_out in [true, false] {
            let rig = Rig::start(30).await;
            let pat = rig.some_active().await;
            let kind = FaultKind::Status(status);
            rig.emulator.control().set(one_fault(Operation::Revoke, &kind, Some(carried_out)));
            let result = revoke(&rig.client, &pat).await;
            assert_eq!(result.is_ok(), carried_out, "{status}: {result:?}");
            let pat = rig.some_active().await;
            rig.emulator.control().set(one_fault(Operation::Update, &kind, Some(carried_out)));
            let result = extend(&rig.client, &pat, in_thirty_days(&pat)).await;
            assert_eq!(result.is_ok(), carried_out, "{status}: {result:?}");
            let is_extended = rig.truth(&pat).valid_to != pat.valid_to;
            assert_eq!(is_extended, carried_out, "{status}: {result:?}");
        }
    }
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let unknown = Pat { id: azpat::pat::AuthorizationId(uuid::Uuid::from_u128(7)), ..pat.clone() };
    let failure = revoke(&rig.client, &unknown).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound, "{failure}");
    assert!(failure.why.contains("in none of the lists"), "{failure}");
    rig.emulator.control().set(one_fault(Operation::Revoke, &FaultKind::LoseBefore, None));
    let failure = revoke(&rig.client, &unknown).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unconfirmed, "{failure}");
    let to = in_thirty_days(&unknown);
    let failure = extend(&rig.client, &unknown, to).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound, "{failure}");
    // A token that was revoked meanwhile is not found by the write, but can be read.
    revoke(&rig.client, &pat).await.unwrap();
    let failure = extend(&rig.client, &pat, in_thirty_days(&pat)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound, "{failure}");
    assert!(failure.why.starts_with("not extended: "), "{failure}");
}

#[tokio::test]
async fn a_policy_shortens_or_refuses() {
    let rig = Rig::start(60).await;
    let pat = rig.some_active().await;
    let policies = |lifespan_mode| Settings {
        policies: Policies { lifespan_days: Some(3_650), lifespan_mode, ..Policies::default() },
        ..Settings::default()
    };
    let end = pat.valid_from + TimeDelta::days(3_650);
    rig.emulator.control().set(policies(LifespanMode::Clamp));
    let to = end + TimeDelta::days(30);
    match extend(&rig.client, &pat, to).await {
        Ok(extension) => {
            assert!(extension.is_shortened());
            assert_eq!(extension.granted(), rig.truth(&pat).valid_to);
        }
        Err(failure) => assert!(failure.why.contains("[invalidValidTo]"), "{failure}"),
    }
    let strict = Policies {
        lifespan_days: Some(1),
        lifespan_mode: LifespanMode::Refuse,
        ..Policies::default()
    };
    rig.emulator.control().set(Settings { policies: strict, ..Settings::default() });
    let failure: Failure = extend(&rig.client, &pat, in_thirty_days(&pat)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.why.ends_with("[patLifespanPolicyViolation]"), "{failure}");
}
