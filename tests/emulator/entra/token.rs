//! Codes become tokens.

use reqwest::Method;
use serde_json::{Value, json};

use super::{BACK, RESOURCE, VERIFIER, claims, scope, start};
use crate::client::Answer;

fn is(error: &str, code: u64) -> (String, u64) {
    (error.to_owned(), code)
}

#[tokio::test]
async fn a_code_becomes_tokens() {
    let client = start().await;
    let code = client.code("organizations", &[("nonce", "n")]).await;
    let answer = client.redeem("organizations", &code).await;
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert!(answer.header("cache-control").contains("no-store"));
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!((&body["expires_in"], &body["ext_expires_in"]), (&json!(3599), &json!(3599)));
    let granted = body["scope"].as_str().unwrap();
    assert!(granted.contains(&format!("{RESOURCE}/vso.pats ")) && granted.contains("openid"));
    assert!(!granted.contains("offline_access"));
    let access = claims(&body["access_token"]);
    assert_eq!(
        (&access["aud"], &access["scp"]),
        (&json!(RESOURCE), &json!("vso.pats vso.pats_manage vso.profile"))
    );
    assert_eq!(access["tid"], client.tenant("contoso"));
    let left = access["exp"].as_i64().unwrap() - azpat::clock::now().timestamp();
    assert!((3590..=3599).contains(&left));
    assert_eq!(client.list_with("contoso", &body["access_token"]).await.status, 200);
}

#[tokio::test]
async fn refresh_and_id_token_come_only_when_asked_for() {
    let client = start().await;
    let pats = format!("{RESOURCE}/vso.pats {RESOURCE}/vso.pats_manage");
    for (extra, refresh, id) in [
        ("", false, false),
        (" offline_access", true, false),
        (" openid", false, true),
        (" openid profile offline_access", true, true),
    ] {
        let body = client.sign_in("organizations", &[("scope", &format!("{pats}{extra}"))]).await;
        assert_eq!(
            (body["refresh_token"].is_string(), body["id_token"].is_string()),
            (refresh, id)
        );
        if id {
            let named = claims(&body["id_token"])["preferred_username"].is_string();
            assert_eq!(named, extra.contains("profile"));
        }
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_ten_minutes() {
    let client = start().await;
    let code = client.code("organizations", &[]).await;
    assert_eq!(client.redeem("organizations", &code).await.status, 200);
    assert_eq!(client.redeem("organizations", &code).await.denial(), is("invalid_grant", 54005));
    let late = client.code("organizations", &[]).await;
    client.change(|settings| settings.clock_offset_seconds = 599);
    assert_eq!(client.redeem("organizations", &late).await.status, 200);
    client.change(|settings| settings.clock_offset_seconds = 0);
    let late = client.code("organizations", &[]).await;
    client.change(|settings| settings.clock_offset_seconds = 601);
    assert_eq!(client.redeem("organizations", &late).await.denial(), is("invalid_grant", 70008));
    assert_eq!(client.redeem("organizations", "other").await.denial(), is("invalid_grant", 70000));
}

#[tokio::test]
async fn a_code_is_bound_to_verifier_address_and_tenant() {
    let client = start().await;
    let code = client.code("organizations", &[]).await;
    let with = async |redirect: &str, verifier: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        client.token("organizations", &fields).await.denial()
    };
    assert_eq!(with(BACK, "another-verifier").await, is("invalid_grant", 501_481));
    assert_eq!(with(BACK, "").await, is("invalid_request", 900_144));
    assert_eq!(with("http://localhost:4712/", VERIFIER).await, is("invalid_grant", 500_112));
    assert_eq!(with("http://localhost:4711", VERIFIER).await, is("invalid_grant", 500_112));
    let other = client.redeem(&client.tenant("fabrikam"), &code).await;
    assert_eq!(other.denial(), is("invalid_grant", 700_005));
    assert_eq!(client.redeem(&client.tenant("contoso"), &code).await.status, 200);
}

#[tokio::test]
async fn malformed_requests_are_refused() {
    let client = start().await;
    let id = client.emulator.client_id().to_string();
    for (fields, error, code) in [
        (vec![], "invalid_request", 900_144),
        (vec![("client_id", id.as_str())], "invalid_request", 900_144),
        (vec![("client_id", "other"), ("grant_type", "x")], "unauthorized_client", 700_016),
        (vec![("client_id", &id), ("grant_type", "password")], "unsupported_grant_type", 70003),
        (
            vec![("client_id", &id), ("grant_type", "refresh_token"), ("client_secret", "s")],
            "invalid_client",
            700_025,
        ),
        (vec![("client_id", &id), ("grant_type", "refresh_token")], "invalid_request", 900_144),
    ] {
        let answer = client.post("organizations/oauth2/v2.0/token", &fields).await;
        assert_eq!(answer.denial(), is(error, code), "{fields:?}");
        assert_eq!(answer.status, if error == "invalid_client" { 401 } else { 400 });
    }
    let unknown = client.token("nobody.example", &[("grant_type", "refresh_token")]).await;
    assert_eq!(unknown.denial(), is("invalid_request", 90002));
    let path = "organizations/oauth2/v2.0/token";
    let got = Answer::read(client.bare(Method::GET, path).send().await.unwrap()).await;
    assert_eq!(got.denial(), is("invalid_request", 900_561));
    let json = client.bare(Method::POST, path).json(&json!({ "client_id": id }));
    let json = Answer::read(json.send().await.unwrap()).await;
    assert_eq!(json.denial(), is("invalid_request", 900_144));
}

#[tokio::test]
async fn a_refusal_has_the_form_of_entra() {
    let client = start().await;
    let body = client.redeem("organizations", "other").await.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    let expected = format!(
        "AADSTS70000: The provided grant is invalid or malformed.\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
        text("trace_id"),
        text("correlation_id"),
        text("timestamp")
    );
    assert_eq!(text("error_description"), expected);
    assert_eq!(text("error_uri"), format!("{}error?code=70000", client.emulator.url()));
    assert!(
        chrono::NaiveDateTime::parse_from_str(&text("timestamp"), "%Y-%m-%d %H:%M:%SZ").is_ok()
    );
    assert!(text("trace_id").parse::<uuid::Uuid>().is_ok());
    assert_eq!(body["error_codes"], json!([70000]));
}

#[tokio::test]
async fn the_report_counts_and_keeps_no_secret() {
    let client = start().await;
    let tokens = client.sign_in("organizations", &[]).await;
    client.refresh("organizations", &tokens["refresh_token"]).await;
    client.redeem("organizations", "other").await;
    let claims = [("grant_type", "password"), ("claims", "{\"a\":1}")];
    client.token("organizations", &claims).await;
    let shown = client.get("_control/entra").await;
    assert_eq!(shown.json(), serde_json::to_value(client.report()).unwrap());
    assert_eq!(
        shown.json()["token_requests"],
        json!({ "authorization_code": 2, "refresh_token": 1, "other": 1 })
    );
    assert_eq!(
        shown.json()["token_answers"],
        json!({ "authorization_code": 1, "refresh_token": 1 })
    );
    let report = client.report();
    assert_eq!((report.access_tokens_issued, report.refresh_tokens_issued), (2, 2));
    assert_eq!(report.last_claims.as_deref(), Some("{\"a\":1}"));
    let seen = client.get("_control/requests").await.text;
    for secret in ["access_token", "refresh_token"] {
        let secret = tokens[secret].as_str().unwrap();
        assert!(!shown.text.contains(secret) && !seen.contains(secret));
    }
}

#[tokio::test]
async fn the_scope_of_the_request_counts_when_it_has_one() {
    let client = start().await;
    let code = client.code("organizations", &[("scope", &scope())]).await;
    let narrow = format!("{RESOURCE}/vso.pats");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
        ("scope", narrow.as_str()),
    ];
    let body = client.token("organizations", &fields).await.json();
    assert_eq!(claims(&body["access_token"])["scp"], "vso.pats");
    assert_eq!(body["refresh_token"], Value::Null);
}
