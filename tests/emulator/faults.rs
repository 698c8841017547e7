//! Each fault does what it says, to the client and to the ledger.

use std::time::Duration;

use azpat::clock;
use azpat::emulator::{Fault, FaultKind, Operation, Settings};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::client::{Answer, Client, V7_1, column, in_days};

fn arm(client: &Client, faults: Vec<Fault>) {
    client.control().set(Settings { faults, ..Settings::default() });
}

fn once(client: &Client, operation: Operation, kind: FaultKind) {
    arm(client, vec![Fault::once(operation, kind)]);
}

fn always(client: &Client, kind: FaultKind) {
    arm(client, vec![Fault::always(Operation::Any, kind)]);
}

async fn try_create(client: &Client) -> reqwest::Result<Response> {
    let body = json!({ "displayName": "a", "scope": "vso.code" });
    client.pats(Method::POST, V7_1, &[]).json(&body).send().await
}

/// Asks for a list over a bare socket.
async fn raw_list(client: &Client) -> TcpStream {
    client.raw(&format!("GET /contoso/_apis/tokens/pats?api-version={V7_1} HTTP/1.1")).await
}

#[tokio::test]
async fn a_lost_request_closes_the_connection_without_a_byte() {
    let client = Client::with_tokens(3).await;
    for (kind, tokens) in [(FaultKind::LoseBefore, 3), (FaultKind::LoseAfter, 4)] {
        once(&client, Operation::Create, kind.clone());
        assert!(try_create(&client).await.is_err());
        assert_eq!(client.control().ledger().len(), tokens);
        assert_eq!(client.control().requests().last().unwrap().status, None);
        once(&client, Operation::List, kind);
        let mut bytes = Vec::new();
        // The system may report the end as a reset.
        raw_list(&client).await.read_to_end(&mut bytes).await.ok();
        assert_eq!(bytes, b"");
    }
    assert_eq!(client.list(&[]).await.status, 200, "the fault is used up");
}

#[tokio::test]
async fn a_stalled_request_says_nothing_until_the_client_leaves() {
    let client = Client::with_tokens(0).await;
    let control = client.control();
    for (kind, tokens) in [(FaultKind::StallBefore, 0), (FaultKind::StallAfter, 1)] {
        once(&client, Operation::Create, kind);
        let silent = tokio::time::timeout(Duration::from_millis(150), try_create(&client)).await;
        assert!(silent.is_err());
        assert_eq!(control.ledger().len(), tokens);
        let left = async {
            while control.peak_in_flight() > 0 {
                tokio::task::yield_now().await;
                control.clear_requests();
            }
        };
        tokio::time::timeout(Duration::from_secs(10), left).await.unwrap();
    }
}

#[tokio::test]
async fn dripping_answers_come_byte_by_byte() {
    let client = Client::with_tokens(3).await;
    always(&client, FaultKind::DripHeaders { interval_ms: 5 });
    let started = clock::monotonic();
    let mut begin = [0; 40];
    raw_list(&client).await.read_exact(&mut begin).await.unwrap();
    assert!(begin.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(started.elapsed() >= Duration::from_millis(39 * 5));

    always(&client, FaultKind::DripBody { interval_ms: 5 });
    let mut response = client.pats(Method::GET, V7_1, &[]).send().await.unwrap();
    assert!(response.content_length().unwrap() > 100);
    let started = clock::monotonic();
    let mut body = Vec::new();
    while body.len() < 20 {
        body.extend(response.chunk().await.unwrap().unwrap());
    }
    assert!(started.elapsed() >= Duration::from_millis(15 * 5));
    assert!(body.starts_with(b"{\"continuationToken\""));
}

#[tokio::test]
async fn a_cut_body_ends_before_its_announced_length() {
    let client = Client::with_tokens(3).await;
    always(&client, FaultKind::CutBody);
    let response = client.pats(Method::GET, V7_1, &[]).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.text().await.is_err());
    let mut bytes = Vec::new();
    raw_list(&client).await.read_to_end(&mut bytes).await.ok();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(body.len(), length.parse::<usize>().unwrap() / 2);
}

#[tokio::test]
async fn replaced_answers_look_as_announced() {
    let client = Client::with_tokens(0).await;
    let create = async |kind: FaultKind| {
        once(&client, Operation::Create, kind);
        let response = try_create(&client).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned();
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        (status, header("content-type").unwrap(), header("location"), text)
    };
    let json_type = "application/json; charset=utf-8";
    let (status, kind, _, text) = create(FaultKind::Garbage).await;
    assert_eq!((status, kind.as_str()), (200, json_type));
    assert!(serde_json::from_str::<Value>(&text).is_err());
    let (status, _, _, text) = create(FaultKind::WrongShape).await;
    assert!(status == 200 && serde_json::from_str::<Value>(&text).unwrap()["patToken"].is_array());
    assert_eq!(client.control().ledger().len(), 2, "both were carried out");

    let (status, kind, _, _) = create(FaultKind::Html500).await;
    assert_eq!((status, kind.as_str()), (500, "text/html; charset=utf-8"));
    let (status, kind, _, text) = create(FaultKind::Status(503)).await;
    assert_eq!((status, kind.as_str()), (503, json_type));
    assert!(text.contains("typeKey"));
    let location = "http://localhost:1/elsewhere".to_owned();
    for code in [301, 302, 303, 307, 308] {
        let answer = create(FaultKind::Redirect { location: location.clone(), status: code }).await;
        assert_eq!((answer.0, answer.2), (code, Some(location.clone())));
    }
    let (_, _, _, text) = create(FaultKind::UnknownErrorValue).await;
    assert!(text.contains("moonPhasePolicyViolation"));
    assert_eq!(client.control().ledger().len(), 2, "none was carried out");
    let (_, _, _, text) = create(FaultKind::NullPat).await;
    assert_eq!(text, r#"{"patToken":null,"patTokenError":"none"}"#);
    assert_eq!(client.control().ledger().len(), 3);

    let carried_out = Some(true);
    arm(&client, vec![Fault { carried_out, ..Fault::once(Operation::Create, FaultKind::Html500) }]);
    assert_eq!(try_create(&client).await.unwrap().status(), 500);
    assert_eq!(client.control().ledger().len(), 4);
}

#[tokio::test]
async fn a_huge_body_never_ends() {
    let client = Client::with_tokens(1).await;
    for gzip in [false, true] {
        always(&client, FaultKind::HugeBody { gzip });
        let mut response = client.pats(Method::GET, V7_1, &[]).send().await.unwrap();
        let mut length = 0;
        while length < 24 * 1024 * 1024 {
            length += response.chunk().await.unwrap().unwrap().len();
        }
    }
}

#[tokio::test]
async fn pages_repeat_overlap_never_end_or_are_empty() {
    let client = Client::with_tokens(60).await;
    let (all, _) = client.all(&[]).await;
    let page = async |continuation: &str| {
        let page = client.list(&[("continuationToken", continuation)]).await.json();
        let ids = column(page["patTokens"].as_array().unwrap(), "authorizationId");
        let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        (ids, page["continuationToken"].as_str().unwrap().to_owned())
    };
    let whole = column(&all, "authorizationId");

    always(&client, FaultKind::RepeatContinuation);
    let (_, first) = page("").await;
    assert_eq!(page(&first).await.1, first);

    always(&client, FaultKind::OverlapPages);
    assert_eq!(page("").await.0, &whole[..20]);
    assert_eq!(page(&first).await.0, &whole[19..40]);

    always(&client, FaultKind::EmptyPageWithToken);
    let (ids, next) = page(&first).await;
    assert!(ids.is_empty() && next == first);

    always(&client, FaultKind::EndlessPages);
    let (mut continuation, mut seen) = (String::new(), Vec::new());
    for _ in 0..12 {
        let (ids, next) = page(&continuation).await;
        assert!(!next.is_empty());
        seen.extend(ids);
        continuation = next;
    }
    assert_eq!(
        seen.iter().filter(|id| id.as_str() == whole[0]).count(),
        12_usize.div_ceil(all.len().div_ceil(20))
    );
}

#[tokio::test]
async fn a_late_revocation_takes_effect_after_some_lists() {
    let client = Client::with_tokens(0).await;
    let id = client.new_token("a").await;
    once(&client, Operation::Any, FaultKind::LateRevocation { lists: 2 });
    assert!(client.pats(Method::DELETE, V7_1, &[("authorizationId", &id)]).send().await.is_err());
    for shown in [1, 1, 0] {
        assert_eq!(client.list(&[]).await.json()["patTokens"].as_array().unwrap().len(), shown);
    }
    assert!(client.control().ledger()[0].revoked);
}

#[tokio::test]
async fn a_forgetful_update_resets_what_is_omitted() {
    let client = Client::with_tokens(0).await;
    let id = client.new_token("a").await;
    always(&client, FaultKind::ResetOmittedFields);
    let answer = client.update(json!({ "authorizationId": id, "validTo": in_days(9) })).await;
    assert_eq!(answer.problem(), "none");
    let record = &client.control().ledger()[0];
    assert_eq!((record.name.as_str(), record.scope.as_str()), ("", ""));
}

#[tokio::test]
async fn faults_skip_count_and_roll_repeatable_dice() {
    let client = Client::with_tokens(1).await;
    let pattern = async |fault: Fault, count: usize| {
        arm(&client, vec![fault]);
        let mut statuses = Vec::new();
        for _ in 0..count {
            statuses.push(client.list(&[]).await.status.as_u16());
        }
        statuses
    };
    let base = Fault::always(Operation::List, FaultKind::Status(500));
    let some = Fault { skip: 1, times: Some(2), ..base.clone() };
    assert_eq!(pattern(some, 5).await, [200, 500, 500, 200, 200]);
    let other = Fault { operation: Operation::Create, ..base.clone() };
    assert_eq!(pattern(other, 1).await, [200]);
    let rare = Fault { probability: Some(0.3), seed: 5, ..base };
    let first = pattern(rare.clone(), 60).await;
    assert_eq!(first, pattern(rare, 60).await);
    let struck = first.iter().filter(|status| **status == 500).count();
    assert!((8..30).contains(&struck), "{struck}");
}

#[tokio::test]
async fn profile_and_accounts_have_faults_too() {
    let client = Client::with_tokens(0).await;
    arm(
        &client,
        vec![
            Fault::once(Operation::Profile, FaultKind::WrongShape),
            Fault::once(Operation::Accounts, FaultKind::Html500),
        ],
    );
    assert!(client.get("_apis/profile/profiles/me?api-version=7.1").await.json().is_array());
    let accounts: Answer = client.get("_apis/accounts?memberId=x&api-version=7.1").await;
    assert_eq!(accounts.status, 500);
}
