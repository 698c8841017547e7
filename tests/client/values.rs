//! Every `patTokenError` is a refusal in words, also under status 200.

use azpat::{
    emulator::{Fault, FaultKind, Operation, Settings},
    failure::FailureKind,
    operations::extend::extend,
};
use chrono::TimeDelta;

use super::rig::Rig;

const PUBLISHED: &str = include_str!("../fixtures/session_token_error.json");

#[tokio::test]
async fn every_published_value_is_a_failure_with_words() {
    let names: Vec<String> = serde_json::from_str(PUBLISHED).unwrap();
    assert_eq!(names.len(), 37);
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let to = pat.valid_to + TimeDelta::days(30);
    for name in names.iter().filter(|name| *name != "none") {
        let pat_token_error = Some(name.clone());
        rig.emulator.control().set(Settings { pat_token_error, ..Settings::default() });
        let failure = extend(&rig.client, &pat, to).await.unwrap_err();
        assert!(failure.why.contains(&format!("[{name}]")), "{name}: {failure}");
        assert!(!failure.why.contains("azpat does not know"), "{failure}");
        assert!(failure.hint.is_some(), "{failure}");
        assert!(failure.support_id.is_some(), "{failure}");
        assert_eq!(rig.truth(&pat).valid_to, pat.valid_to);
    }
}

#[tokio::test]
async fn an_unpublished_value_is_shown_as_it_is() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    let faults = vec![Fault::once(Operation::Update, FaultKind::UnknownErrorValue)];
    rig.emulator.control().set(Settings { faults, ..Settings::default() });
    let to = pat.valid_to + TimeDelta::days(30);
    let failure = extend(&rig.client, &pat, to).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.why.contains("azpat does not know"), "{failure}");
    assert!(failure.why.starts_with("not extended: "), "{failure}");
}
