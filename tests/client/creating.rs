//! Creations: one token each, whatever happens to the answer, and no token that is not told of.

use azpat::{
    emulator::{Fault, FaultKind, Operation, Record, Settings},
    failure::{Failure, FailureKind},
    operations::{Creation, NewPat, Order},
};
use chrono::TimeDelta;
use futures_util::future::join_all;

use super::rig::{Rig, limits};

fn new(rig: &Rig, name: &str) -> NewPat {
    NewPat {
        organization: rig.organizations()[0].clone(),
        name: name.to_owned(),
        scope: "vso.code vso.build".to_owned(),
        valid_to: azpat::clock::now() + TimeDelta::days(20),
    }
}

pub(super) async fn create(rig: &Rig, new: NewPat) -> Result<Creation, Failure> {
    let order = Order { new, old: None, sinks: Vec::new() };
    rig.desk.begin(order, &|_| ()).await.map(|handover| handover.creation().clone())
}

fn named(rig: &Rig, name: &str) -> Vec<Record> {
    let ledger = rig.emulator.control().ledger();
    ledger.into_iter().filter(|record| record.name == name).collect()
}

#[tokio::test]
async fn a_token_is_made_for_one_organization_and_its_secret_is_never_shown() {
    let rig = Rig::start(3).await;
    let creation = create(&rig, new(&rig, "ci")).await.unwrap();
    let made = named(&rig, "ci");
    assert_eq!(made.len(), 1);
    assert_eq!((made[0].id, made[0].global), (creation.pat.id.0, false));
    assert!(!creation.is_shortened());
    assert!(format!("{creation:?}").contains("secret: PatSecret(***)"));
}

/// What a creation came to, against the ledger.
fn judge(rig: &Rig, name: &str, result: &Result<Creation, Failure>, case: &str) {
    let made = named(rig, name);
    assert!(made.len() <= 1, "made twice: {case}");
    match result {
        Ok(creation) => assert_eq!(made[0].id, creation.pat.id.0, "{case}"),
        Err(failure) if failure.kind == FailureKind::Unconfirmed => {
            let told = made.is_empty() || failure.why.contains(&made[0].id.to_string());
            assert!(told || failure.why.contains("is not known"), "{case}: {failure}");
        }
        Err(failure) => assert!(made.is_empty(), "a token nobody knows of: {case}: {failure}"),
    }
}

/// By the next start, too.
async fn every_living_one_is_told(rig: &Rig, case: &str) {
    rig.emulator.control().set(Settings::default());
    let told: Vec<_> = rig.desk.left().await.unwrap();
    let told: Vec<_> = told.iter().filter_map(|finding| finding.verdict.new_token()).collect();
    for record in rig.emulator.control().ledger() {
        let is_told = told.iter().any(|pat| pat.id.0 == record.id);
        assert!(is_told || !record.name.starts_with("made-"), "{case}: {record:?} is not told");
    }
}

/// Whatever befalls the answer, carried out or not, again and again.
#[tokio::test(flavor = "multi_thread")]
async fn check_70_no_fault_makes_two_tokens_or_one_that_nobody_knows_of() {
    let kinds = [
        FaultKind::LoseBefore,
        FaultKind::LoseAfter,
        FaultKind::StallAfter,
        FaultKind::CutBody,
        FaultKind::Garbage,
        FaultKind::WrongShape,
        FaultKind::NullPat,
        FaultKind::Html500,
        FaultKind::Status(500),
        FaultKind::Status(502),
        FaultKind::Status(503),
        FaultKind::Redirect { location: "http://127.0.0.1:1/".to_owned(), status: 307 },
    ];
    let cases = kinds.iter().flat_map(|kind| [true, false].map(|done| (kind.clone(), done)));
    let results = join_all(cases.map(async |(kind, done)| {
        let rig = Rig::with(&[("contoso", 130)], limits()).await;
        let fault =
            Fault { carried_out: Some(done), ..Fault::always(Operation::Create, kind.clone()) };
        rig.emulator.control().set(Settings { faults: vec![fault], ..Settings::default() });
        let (rig, case) = (&rig, format!("{kind:?}, done: {done}"));
        let results = join_all((0..25).map(async |seed| {
            let name = format!("made-{seed}");
            let result = create(rig, new(rig, &name)).await;
            judge(rig, &name, &result, &case);
            done && result.is_err()
        }))
        .await;
        every_living_one_is_told(rig, &case).await;
        results.into_iter().filter(|is_lost| *is_lost).count()
    }))
    .await;
    assert!(results.iter().sum::<usize>() > 200, "the faults did strike: {results:?}");
}

#[tokio::test]
async fn what_was_there_before_is_not_taken_for_the_new_one() {
    let rig = Rig::start(3).await;
    let before = create(&rig, new(&rig, "ci")).await.unwrap();
    let fault = Fault {
        carried_out: Some(false),
        ..Fault::always(Operation::Create, FaultKind::LoseBefore)
    };
    rig.emulator.control().set(Settings { faults: vec![fault], ..Settings::default() });
    let failure = create(&rig, new(&rig, "ci")).await.unwrap_err();
    assert!(failure.why.contains("it was not created"), "{failure}");
    assert!(!failure.why.contains(&before.pat.id.to_string()), "{failure}");
    assert!(before.pat.valid_from <= azpat::clock::now());
}

#[tokio::test]
async fn a_refusal_is_told_and_makes_nothing() {
    let rig = Rig::start(1).await;
    let asked = NewPat { scope: "vso.nothing".to_owned(), ..new(&rig, "ci") };
    let failure = create(&rig, asked).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{failure}");
    assert!(named(&rig, "ci").is_empty());
}
