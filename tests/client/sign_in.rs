//! However the service says that it does not know the caller: one failure, no loop, no claim.

use azpat::{
    emulator::{Settings, SignIn},
    failure::{Failure, FailureKind},
    operations::{extend::extend, revoke::revoke},
};
use chrono::TimeDelta;

use super::rig::{Rig, client, limits};

const FORMS: [SignIn; 7] = [
    SignIn::Html203,
    SignIn::Html200,
    SignIn::Redirect302,
    SignIn::Html403,
    SignIn::Unauthorized401,
    SignIn::ClaimsChallenge401,
    SignIn::MissingScope401,
];

fn check(form: SignIn, failure: &Failure) {
    let kind = if form == SignIn::Html403 { FailureKind::Refused } else { FailureKind::SignIn };
    assert_eq!(failure.kind, kind, "{form:?}: {failure}");
    assert!(failure.hint.is_some(), "{form:?}: {failure}");
    assert!(!failure.why.contains('<'), "{form:?}: {failure}");
    match form {
        SignIn::ClaimsChallenge401 => {
            assert!(failure.why.contains("new sign-in"), "{failure}");
        }
        SignIn::MissingScope401 => assert!(failure.why.contains("vso.pats"), "{failure}"),
        _ => {}
    }
}

#[tokio::test]
async fn every_form_ends_every_operation_after_one_request() {
    for form in FORMS {
        let rig = Rig::start(30).await;
        let pat = rig.some_active().await;
        rig.emulator.control().set(Settings { sign_in: form, ..Settings::default() });

        let to = pat.valid_to + TimeDelta::days(30);
        check(form, &extend(&rig.client, &pat, to).await.unwrap_err());
        assert_eq!(rig.emulator.control().requests().len(), 1, "{form:?}");
        check(form, &revoke(&rig.client, &pat).await.unwrap_err());
        assert_eq!(rig.emulator.control().requests().len(), 2, "{form:?}");
        check(form, &rig.list().await.1.pop().unwrap().unwrap_err());
        assert_eq!(rig.emulator.control().requests().len(), 5, "{form:?}");

        let truth = rig.truth(&pat);
        assert_eq!((truth.revoked, truth.valid_to), (false, pat.valid_to), "{form:?}");
    }
}

#[tokio::test]
async fn a_wrong_bearer_is_refused_and_never_shown() {
    let rig = Rig::start(5).await;
    let (stranger, told) = client(rig.emulator.url(), "wrong-and-secret", limits());
    let failure = stranger.account(None).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SignIn, "{failure}");
    assert_eq!(failure.attempt, "find out who is signed in");
    let told = format!("{failure:?} {:?} {stranger:?}", told.lock().unwrap());
    assert!(told.contains("profiles/me"), "{told}");
    assert!(!told.contains("wrong-and-secret"), "{told}");
}
