//! Whatever a name, a scope or the service says, results and messages are plain text.

use super::{record::Record, *};
use crate::{
    failure::{Failure, FailureKind},
    pat::{
        Pat, Thresholds,
        fixture::{now, pat},
    },
    text::{
        cut,
        hostile::{assert_inert, texts},
    },
};

fn pats() -> Vec<Pat> {
    let texts = (1..).zip(texts(10_000));
    texts.map(|(number, text)| pat(number).named(&text).scoped(&format!("vso.x {text}"))).collect()
}

#[test]
fn ten_thousand_hostile_texts_leave_in_no_form() {
    let (pats, thresholds) = (pats(), Thresholds::default());
    let records: Vec<_> = pats.iter().map(|pat| Record::new(pat, now(), thresholds)).collect();
    for width in [None, Some(80)] {
        let table = list::table(&pats.iter().collect::<Vec<_>>(), now(), thresholds, width);
        assert_inert(&table);
        assert_eq!(table.lines().count(), pats.len() + 1, "a name broke its line");
    }
    let csv = record::csv(&records).unwrap();
    let mut lines = 0;
    for row in csv::Reader::from_reader(csv.as_bytes()).records() {
        let row = row.unwrap();
        assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])));
        lines += 1;
    }
    assert_eq!(lines, pats.len());
    assert_inert(&csv);
    let json = record::json(&records).unwrap();
    assert_inert(&json);
    let values: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    for (pat, value) in pats.iter().zip(values) {
        assert_eq!(value["displayName"], pat.name.raw(), "JSON loses nothing");
        assert_inert(&show::details(pat, now(), thresholds));
        let failure = Failure::new(
            FailureKind::Refused,
            format!("revoke {}", pat.name),
            cut(pat.name.raw(), 240),
        );
        assert_inert(&failure.to_string());
        assert_inert(&format!("{pat:?}"));
    }
}

#[test]
fn every_failure_has_its_code() {
    let check = |kind, code| assert_eq!(Exit::from(kind), Exit(code));
    check(FailureKind::Refused, 1);
    check(FailureKind::Network, 1);
    check(FailureKind::Usage, 2);
    check(FailureKind::SignIn, 3);
    check(FailureKind::NotFound, 4);
}

#[test]
fn many_things_come_to_one_code() {
    let failed = |kind| Failure::new(kind, "try", "it failed");
    let (sign_in, network) = (failed(FailureKind::SignIn), failed(FailureKind::Network));
    assert_eq!(together(2, &[]), Exit::DONE);
    assert_eq!(together(0, &[]), Exit::DONE);
    assert_eq!(together(1, std::slice::from_ref(&network)), Exit::PARTLY);
    assert_eq!(together(0, std::slice::from_ref(&network)), Exit(1));
    assert_eq!(together(0, &[network, sign_in]), Exit(3));
}
