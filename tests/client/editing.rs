//! What is claimed about a change is what the ledger shows, field by field.

use azpat::{
    emulator::{Fault, FaultKind, LifespanMode, Operation, Policies, Settings},
    failure::FailureKind,
    operations::{Confirmation, Edit, edit::edit},
    pat::{
        Pat,
        change::{Change, Field, Ground, differences},
    },
    when::Zone,
};
use chrono::TimeDelta;
use futures_util::future::join_all;

use super::{
    outcomes::{kinds, one_fault, ways},
    rig::Rig,
};

/// Another name, another scope and a later end.
fn all_of(pat: &Pat) -> Change {
    Change {
        name: Some("renamed".to_owned()),
        scope: Some("vso.wiki_write vso.code".to_owned()),
        valid_to: Some(pat.valid_to + TimeDelta::days(9)),
    }
}

/// The token as the service has it.
fn truth(rig: &Rig, pat: &Pat) -> Pat {
    let record = rig.truth(pat);
    let change = Change {
        name: Some(record.name),
        scope: Some(record.scope),
        valid_to: Some(record.valid_to),
    };
    change.applied(pat)
}

fn sent(rig: &Rig) -> Vec<String> {
    let sent = rig.emulator.control().requests().pop().unwrap().body.unwrap();
    sent.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn only_what_changes_is_sent_and_what_came_back_is_checked() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let all = all_of(&pat);
    for (change, fields) in [
        (all.clone(), &["authorizationId", "displayName", "scope", "validTo"][..]),
        (
            Change { name: Some("again".to_owned()), ..Change::default() },
            &["authorizationId", "displayName"],
        ),
        (
            Change { scope: Some("vso.code".to_owned()), ..Change::default() },
            &["authorizationId", "scope"],
        ),
        (Change::end(pat.valid_to - TimeDelta::hours(1)), &["authorizationId", "validTo"]),
    ] {
        let before = truth(&rig, &pat);
        let edit = edit(&rig.client, &before, &change).await.unwrap();
        assert_eq!(sent(&rig), fields);
        assert_eq!((edit.deviations(), edit.told(Zone::utc())), (vec![], vec![]), "{change:?}");
        assert_eq!(edit.confirmation, Confirmation::Answered);
        assert!(differences(&truth(&rig, &pat), &change.applied(&before)).is_empty());
    }
    assert_eq!((rig.requests("PUT"), rig.requests("GET")), (4, 0));
}

#[tokio::test]
async fn a_change_is_claimed_only_if_it_is_so() {
    let kinds = kinds();
    let cases = kinds.iter().flat_map(|kind| ways(kind).iter().map(move |way| (kind, way)));
    join_all(cases.map(|(kind, way)| check(kind, *way))).await;
}

async fn check(kind: &FaultKind, carried_out: Option<bool>) {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let renamed = Change { name: Some("renamed".to_owned()), ..Change::default() };
    for change in [all_of(&pat), renamed] {
        let before = truth(&rig, &pat);
        rig.emulator.control().set(one_fault(Operation::Update, kind, carried_out));
        rig.emulator.control().clear_requests();
        let result = edit(&rig.client, &before, &change.beyond(&before)).await;
        let truth = truth(&rig, &pat);
        let case = format!("{kind:?} {carried_out:?}: {result:?}");
        match &result {
            Ok(edit) => assert!(differences(&edit.pat, &truth).is_empty(), "{case}"),
            Err(failure) => {
                assert!(differences(&before, &truth).is_empty(), "{case}");
                assert!(failure.why.starts_with("not changed: "), "{case}");
                assert!(failure.attempt.starts_with("change "), "{case}");
            }
        }
        assert_eq!(rig.requests("PUT"), 1, "{case}");
        if result.is_ok() {
            return;
        }
    }
}

#[tokio::test]
async fn what_nobody_asked_for_is_told() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let fault = Fault::once(Operation::Update, FaultKind::ResetOmittedFields);
    rig.emulator.control().set(Settings { faults: vec![fault], ..Settings::default() });
    let change = Change { name: Some("renamed".to_owned()), ..Change::default() };
    let edit = edit(&rig.client, &pat, &change).await.unwrap();
    assert_eq!(edit.deviations(), [Field::Scope, Field::End]);
    let told = edit.told(Zone::utc());
    assert_eq!(told[0], "its scope is now nothing, although that was not asked for");
    assert!(told[1].starts_with("its end is now "), "{told:?}");
}

#[tokio::test]
async fn a_shortened_end_is_told_with_the_reason() {
    let rig = Rig::start(60).await;
    let pat = rig.some_active().await;
    let age = (azpat::clock::now() - pat.valid_from).num_days();
    let days = u32::try_from(age + 2).unwrap();
    let policies = Policies { lifespan_days: Some(days), ..Policies::default() };
    rig.emulator.control().set(Settings { policies, ..Settings::default() });
    let change = Change {
        scope: Some("vso.code_status".to_owned()),
        ..Change::end(pat.valid_to + TimeDelta::days(40))
    };
    let edit = edit(&rig.client, &pat, &change).await.unwrap();
    assert_eq!(edit.deviations(), [Field::End]);
    let told = edit.told(Zone::utc()).join("\n");
    assert!(told.contains(&format!("or its tenant allows {days} days, counted from")), "{told}");
    assert_eq!(edit.pat.valid_to, rig.truth(&pat).valid_to);
}

#[tokio::test]
async fn a_refusal_names_its_field_and_changes_nothing() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let days = u32::try_from((azpat::clock::now() - pat.valid_from).num_days() + 2).unwrap();
    let policies = Policies {
        lifespan_days: Some(days),
        lifespan_mode: LifespanMode::Refuse,
        full_scope_restricted: true,
        ..Policies::default()
    };
    rig.emulator.control().set(Settings { policies, ..Settings::default() });
    let refused = [
        (Change { name: Some("a\u{7}".to_owned()), ..Change::default() }, Field::Name),
        (Change { scope: Some("app_token".to_owned()), ..Change::default() }, Field::Scope),
        (Change { scope: Some("vso.nothing".to_owned()), ..Change::default() }, Field::Scope),
        (Change::end(pat.valid_to + TimeDelta::days(90)), Field::End),
    ];
    for (change, field) in refused {
        let failure = edit(&rig.client, &pat, &change).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused, "{failure}");
        assert_eq!(failure.ground.map(Ground::field), Some(field), "{failure}");
        assert!(differences(&truth(&rig, &pat), &pat).is_empty(), "{failure}");
    }
}

/// The service did something, but not all of it; only a second look shows that.
#[tokio::test]
async fn a_change_that_happened_in_part_is_no_failure() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let days = u32::try_from((azpat::clock::now() - pat.valid_from).num_days() + 2).unwrap();
    let policies = Policies { lifespan_days: Some(days), ..Policies::default() };
    let faults = vec![Fault::once(Operation::Update, FaultKind::LoseAfter)];
    rig.emulator.control().set(Settings { policies, faults, ..Settings::default() });
    let change = Change {
        name: Some("renamed".to_owned()),
        ..Change::end(pat.valid_to + TimeDelta::days(90))
    };
    let edit: Edit = edit(&rig.client, &pat, &change).await.unwrap();
    assert_eq!((edit.confirmation, edit.deviations()), (Confirmation::ReadBack, vec![Field::End]));
}
