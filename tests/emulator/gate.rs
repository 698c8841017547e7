//! Who is let in, how sign-in is lost, and how the service asks for patience.

use azpat::emulator::{Settings, SignIn, Throttle};
use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::client::{Answer, Client, V7_1};

const LIST: &str = "contoso/_apis/tokens/pats?api-version=7.1-preview.1";

#[tokio::test]
async fn only_the_bearer_is_let_in() {
    let client = Client::with_tokens(1).await;
    for path in
        [LIST, "_apis/profile/profiles/me?api-version=7.1", "nobody/_apis/tokens/pats", "non/sense"]
    {
        let nobody = Answer::read(client.bare(Method::GET, path).send().await.unwrap()).await;
        assert_eq!(
            (nobody.status.as_u16(), nobody.type_key().as_str()),
            (401, "UnauthorizedRequestException")
        );
        assert!(
            nobody.json()["message"]
                .as_str()
                .unwrap()
                .starts_with("TF400813: Resource not available")
        );
        assert!(
            nobody
                .header("www-authenticate")
                .starts_with(&format!("Bearer authorization_uri={}", client.emulator.url()))
        );
        assert!(nobody.header("x-tfs-serviceerror").starts_with("TF400813%3A%20Resource%20not"));
        let other = client.bare(Method::GET, path).bearer_auth("other").send().await.unwrap();
        let other = Answer::read(other).await;
        assert_eq!(other.status, 401);
        assert!(
            other.text.contains("TF400813: The user '' is not authorized to access this resource.")
        );
        let pat = client.bare(Method::GET, path).basic_auth("", Some("pat")).send().await.unwrap();
        let pat = Answer::read(pat).await;
        assert_eq!((pat.status.as_u16(), pat.type_key().as_str()), (401, "InvalidAccessException"));
        assert_eq!(pat.json()["message"], "The requested operation is not allowed.");
    }
}

#[tokio::test]
async fn only_loopback_names_are_answered() {
    let client = Client::with_tokens(1).await;
    for (host, status) in [
        ("127.0.0.1", 200),
        ("localhost:4711", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost@evil.example", 421),
        ("127.0.0.1:80@evil.example", 421),
    ] {
        for path in [LIST, "_control"] {
            let response =
                client.request(Method::GET, path).header("host", host).send().await.unwrap();
            assert_eq!(response.status(), status, "{host} {path}");
        }
    }
    // A target with a host of its own makes `Host` meaningless.
    for (target, status) in
        [("http://127.0.0.1/_control", "200"), ("http://evil.example/_control", "421")]
    {
        let mut begin = [0; 12];
        let mut socket = client.raw(&format!("GET {target} HTTP/1.1")).await;
        socket.read_exact(&mut begin).await.unwrap();
        assert_eq!(begin, format!("HTTP/1.1 {status}").as_bytes());
    }
}

#[tokio::test]
async fn each_lost_sign_in_has_its_own_face() {
    let client = Client::with_tokens(1).await;
    for (sign_in, status, kind, sign) in [
        (SignIn::Html203, 203, "text/html; charset=utf-8", "Sign In"),
        (SignIn::Html200, 200, "text/html; charset=utf-8", "Sign In"),
        (SignIn::Redirect302, 302, "text/html; charset=utf-8", "Object moved"),
        (SignIn::Html403, 403, "text/html; charset=utf-8", "Access is denied"),
        (SignIn::Unauthorized401, 401, "application/json; charset=utf-8", "TF400813: The user ''"),
        (SignIn::ClaimsChallenge401, 401, "application/json; charset=utf-8", "TF400813"),
        (SignIn::MissingScope401, 401, "application/json; charset=utf-8", "-"),
    ] {
        client.control().set(Settings { sign_in, ..Settings::default() });
        let answer = client.list(&[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, kind));
        assert!(answer.text.contains(sign), "{sign_in:?}");
        let challenge = answer.header("www-authenticate");
        assert_eq!(
            challenge.contains("error=\"insufficient_claims\", claims=\"ey"),
            sign_in == SignIn::ClaimsChallenge401
        );
        assert_eq!(
            answer.header("location").contains("/_signin?realm="),
            sign_in == SignIn::Redirect302
        );
        let profile = client.get("_apis/profile/profiles/me?api-version=7.1").await;
        assert_eq!(profile.status, 200, "only token operations lose it");
        let create = client.create(json!({ "displayName": "a", "scope": "vso.code" })).await;
        assert_eq!(create.status.as_u16(), status);
    }
    assert_eq!(client.control().ledger().len(), 1, "nothing was created");
}

#[tokio::test]
async fn sign_in_can_be_lost_midway() {
    let client = Client::with_tokens(1).await;
    let sign_in = SignIn::Unauthorized401;
    client.control().set(Settings { sign_in, sign_in_after: 2, ..Settings::default() });
    for status in [200, 200, 401, 401] {
        assert_eq!(client.list(&[]).await.status, status);
    }
}

#[tokio::test]
async fn throttling_blocks_and_warns() {
    let client = Client::with_tokens(1).await;
    let throttle = |throttle| client.control().set(Settings { throttle, ..Settings::default() });
    for (status, wait) in [
        (429, Some("7")),
        (503, Some("Tue, 24 Nov 2026 10:00:00 GMT")),
        (429, Some("soon")),
        (429, None),
    ] {
        let retry_after = wait.map(str::to_owned);
        throttle(Throttle { block: 2, status, retry_after, ..Throttle::default() });
        for _ in 0..2 {
            let blocked = client.list(&[]).await;
            assert_eq!(blocked.status.as_u16(), status);
            assert!(blocked.json()["message"].as_str().unwrap().starts_with("TF400733: "));
            assert_eq!(blocked.header("retry-after"), wait.unwrap_or_default());
        }
        let free = client.list(&[]).await;
        assert_eq!((free.status.as_u16(), free.header("x-ratelimit-remaining")), (200, ""));
    }
    let retry_after = Some("1".to_owned());
    throttle(Throttle { on_200: true, delay_ms: 3, retry_after, ..Throttle::default() });
    let warned = client.list(&[]).await;
    assert_eq!(warned.status, 200);
    assert_eq!((warned.header("retry-after"), warned.header("x-ratelimit-delay")), ("1", "0.003"));
    assert_eq!(
        (warned.header("x-ratelimit-limit"), warned.header("x-ratelimit-remaining")),
        ("200", "0")
    );
}

#[tokio::test]
async fn every_answer_carries_ids_and_the_clock_of_the_service() {
    let client = Client::with_tokens(1).await;
    client.control().set(Settings { clock_offset_seconds: -7200, ..Settings::default() });
    for path in [LIST, "contoso/_apis/tokens/pats", "nonsense", "non/sense", "_apis/accounts"] {
        let answer = client.get(path).await;
        for name in ["activityid", "x-vss-e2eid", "x-tfs-processid"] {
            assert!(answer.header(name).parse::<uuid::Uuid>().is_ok(), "{path} {name}");
        }
        let date = DateTime::parse_from_rfc2822(answer.header("date")).unwrap();
        let behind = azpat::clock::now() - date.to_utc();
        assert!((behind - TimeDelta::hours(2)).abs() < TimeDelta::seconds(30));
    }
}

#[tokio::test]
async fn a_value_of_the_error_can_be_forced_on_all_writes() {
    let client = Client::with_tokens(0).await;
    let id = client.new_token("a").await;
    let pat_token_error = Some("invalidSourceIP".to_owned());
    client.control().set(Settings { pat_token_error, ..Settings::default() });
    let create = client.create(json!({ "displayName": "b", "scope": "vso.code" })).await;
    assert_eq!(create.problem(), "invalidSourceIP");
    assert_eq!(client.update(json!({ "authorizationId": id })).await.problem(), "invalidSourceIP");
    assert_eq!(client.control().ledger().len(), 1);
    let got = client.pats(Method::GET, V7_1, &[("authorizationId", &id)]).send().await.unwrap();
    assert_eq!(Answer::read(got).await.problem(), "none");
}
