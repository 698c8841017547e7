//! A service that asks for a pause gets it, from every call.

use std::time::Duration;

use azpat::{
    azure::{Limits, Progress},
    emulator::{Settings, Throttle},
    failure::FailureKind,
    operations::{Completeness, extend::extend, revoke::revoke},
};
use chrono::TimeDelta;
use tokio::time::timeout;

use super::rig::{Rig, limits};

fn blocked(times: u32, retry_after: Option<&str>, status: u16) -> Settings {
    let retry_after = retry_after.map(ToOwned::to_owned);
    let throttle = Throttle { block: times, retry_after, status, ..Throttle::default() };
    Settings { throttle, ..Settings::default() }
}

fn waits(rig: &Rig) -> usize {
    let told = rig.told.lock().unwrap();
    told.iter().filter(|told| matches!(told, Progress::Waiting { .. })).count()
}

#[tokio::test]
async fn retry_after_is_kept_by_reads_and_writes() {
    for status in [429, 503] {
        let rig = Rig::start(30).await;
        let pat = rig.some_active().await;
        rig.emulator.control().set(blocked(1, Some("1"), status));
        let to = pat.valid_to + TimeDelta::days(30);
        extend(&rig.client, &pat, to).await.unwrap();
        let at: Vec<_> =
            rig.emulator.control().requests().iter().map(|request| request.at).collect();
        let [first, second] = at.as_slice() else { panic!("{at:?}") };
        assert!(*second - *first >= TimeDelta::seconds(1), "{at:?}");
        assert_eq!(waits(&rig), 1);
        let told = rig.told.lock().unwrap().clone();
        let Some(Progress::Waiting { attempt, until, .. }) =
            told.iter().find(|told| matches!(told, Progress::Waiting { .. }))
        else {
            panic!("{told:?}")
        };
        assert!(attempt.starts_with("extend "), "{attempt}");
        assert!(*until - *first >= TimeDelta::seconds(1));
    }
}

/// While one call waits, no other goes out.
#[tokio::test]
async fn the_pause_holds_for_all_calls() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    rig.emulator.control().set(blocked(1, Some("1"), 429));
    let (revoked, (_, ends)) = tokio::join!(biased; revoke(&rig.client, &pat), async {
        // The revocation has been refused: from here on there is a pause.
        while waits(&rig) == 0 {
            tokio::task::yield_now().await;
        }
        rig.list().await
    });
    revoked.unwrap();
    assert_eq!(ends, [Ok(Completeness::Complete)]);
    let requests = rig.emulator.control().requests();
    let first = requests[0].at;
    assert!(requests.len() >= 5);
    for request in &requests[1..] {
        assert!(request.at - first >= TimeDelta::seconds(1), "{request:?}");
    }
}

#[tokio::test]
async fn a_pause_can_come_with_a_success() {
    let rig = Rig::start(250).await;
    let throttle =
        Throttle { on_200: true, retry_after: Some("1".to_owned()), ..Throttle::default() };
    rig.emulator.control().set(Settings { throttle, ..Settings::default() });
    let account = rig.client.account(None).await;
    account.unwrap();
    rig.emulator.control().clear_requests();
    let pages = rig.list().await;
    assert_eq!(pages.1, [Ok(Completeness::Complete)]);
    let requests = rig.emulator.control().requests();
    let first = requests[0].at;
    assert!(requests[3..].iter().all(|request| request.at - first >= TimeDelta::seconds(1)));
    assert!(waits(&rig) > 0);
}

#[tokio::test]
async fn a_pause_beyond_the_limit_is_a_failure_at_once() {
    let date = (azpat::clock::now() + TimeDelta::hours(2)).to_rfc2822();
    for asked in ["301", "99999999999999999999", &date] {
        let rig = Rig::start(30).await;
        let pat = rig.some_active().await;
        rig.emulator.control().set(blocked(9, Some(asked), 429));
        let result = timeout(Duration::from_secs(5), revoke(&rig.client, &pat)).await.unwrap();
        let failure = result.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Throttled, "{failure}");
        assert!(failure.hint.unwrap().starts_with("try again in "));
        assert_eq!(rig.requests("DELETE"), 1, "{asked}");
        assert!(!rig.truth(&pat).revoked);
    }
}

#[tokio::test]
async fn nonsense_in_retry_after_is_a_short_wait() {
    for asked in [None, Some("-5"), Some("soon"), Some("0"), Some("")] {
        let rig = Rig::start(30).await;
        let pat = rig.some_active().await;
        rig.emulator.control().set(blocked(2, asked, 429));
        revoke(&rig.client, &pat).await.unwrap();
        assert_eq!(rig.requests("DELETE"), 3, "{asked:?}");
    }
}

#[tokio::test]
async fn throttling_that_does_not_end_is_told() {
    let rig = Rig::start(30).await;
    let pat = rig.some_active().await;
    rig.emulator.control().set(blocked(99, None, 429));
    let failure = revoke(&rig.client, &pat).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Throttled, "{failure}");
    assert_eq!(rig.requests("DELETE"), 4);
    let (_, ends) = rig.list().await;
    assert_eq!(ends[0].as_ref().unwrap_err().kind, FailureKind::Throttled);
}

#[tokio::test]
async fn no_more_than_four_requests_are_under_way() {
    let names: Vec<_> = (0..12).map(|n| format!("org{n}")).collect();
    let organizations: Vec<_> = names.iter().map(|name| (name.as_str(), 5)).collect();
    let long = Limits { answer: Duration::from_secs(5), ..limits() };
    let rig = Rig::with(&organizations, long).await;
    rig.emulator.control().set(Settings { latency_ms: 20, ..Settings::default() });
    let (_, ends) = rig.list().await;
    assert!(ends.iter().all(|end| *end == Ok(Completeness::Complete)));
    assert_eq!(rig.emulator.control().peak_in_flight(), 4);
}
