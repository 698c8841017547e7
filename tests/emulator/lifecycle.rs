//! Create, get, update, revoke, profile and accounts.

use azpat::emulator::{LifespanMode, Options, Policies, Settings};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client, V7_1, V7_2, in_days};

fn date(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn with(policies: Policies) -> Settings {
    Settings { policies, ..Settings::default() }
}

#[tokio::test]
async fn a_token_lives_from_creation_to_revocation() {
    let client = Client::with_tokens(0).await;
    let end = in_days(90);
    let asked = json!({ "displayName": "ci", "scope": "vso.code vso.build", "validTo": end, "allOrgs": false });
    let created = client.create(asked).await.json();
    let token = &created["patToken"];
    assert_eq!(created["patTokenError"], "none");
    assert_eq!(created.as_object().unwrap().len(), 2, "patTokenErrorMessage is of 7.2");
    let secret = token["token"].as_str().unwrap();
    assert_eq!((secret.len(), secret.get(76..80)), (84, Some("AZDO")));
    assert!((date(&token["validTo"]) - date(&end.into())).abs() <= TimeDelta::milliseconds(2));

    let id = token["authorizationId"].as_str().unwrap();
    let path = format!("CONTOSO/_apis/Tokens/Pats?authorizationId={id}&api-version=7.2-preview.1");
    let got = client.get(&path).await.json();
    assert_eq!(got["patTokenErrorMessage"], Value::Null);
    let mut without_secret = token.clone();
    without_secret["token"] = Value::Null;
    assert_eq!(got["patToken"], without_secret);

    let updated =
        client.update(json!({ "authorizationId": id, "displayName": "ci 2" })).await.json();
    without_secret["displayName"] = "ci 2".into();
    assert_eq!(updated["patToken"], without_secret, "what is omitted stays");

    for _ in 0..2 {
        let revoked = client.revoke(id).await;
        assert_eq!((revoked.status.as_u16(), revoked.text.as_str()), (204, ""));
    }
    assert!(client.control().ledger()[0].revoked);
    let late = client.update(json!({ "authorizationId": id, "displayName": "ci 3" })).await;
    assert_eq!(late.problem(), "tokenNotFound");
}

#[tokio::test]
async fn a_token_without_an_end_gets_thirty_days_and_names_may_repeat() {
    let client = Client::with_tokens(0).await;
    let first = client.new_token("same").await;
    assert_ne!(first, client.new_token("same").await);
    for record in client.control().ledger() {
        assert_eq!((record.valid_to - record.valid_from).num_days(), 30);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_new_token_stands_in_the_answer() {
    let client = Client::with_tokens(0).await;
    for (change, problem) in [
        (json!({ "displayName": null }), "displayNameRequired"),
        (json!({ "displayName": "  " }), "displayNameRequired"),
        (json!({ "displayName": "a\u{7}b" }), "invalidDisplayName"),
        (json!({ "displayName": "é".repeat(257) }), "invalidDisplayName"),
        (json!({ "scope": "" }), "invalidScope"),
        (json!({ "scope": "vso.code vso.nonsense" }), "invalidScope"),
        (json!({ "scope": "vso.pats_manage" }), "invalidScope"),
        (json!({ "validTo": in_days(-1) }), "invalidValidTo"),
        (json!({ "validTo": in_days(368) }), "invalidValidTo"),
        (json!({ "validTo": "soon" }), "invalidValidTo"),
        (json!({ "allOrgs": true }), "accessDenied"),
        (
            json!({ "displayName": "é".repeat(256), "scope": "vso.drop vso.loadtest app_token" }),
            "none",
        ),
    ] {
        let mut body = json!({ "displayName": "a", "scope": "vso.code" });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = client.create(body.clone()).await;
        assert_eq!(answer.problem(), problem, "{body}");
        assert_eq!(answer.json()["patToken"].is_null(), problem != "none");
    }
    assert_eq!(client.control().ledger().len(), 1);
}

#[tokio::test]
async fn new_error_values_are_replaced_in_the_older_interface() {
    let client = Client::with_tokens(0).await;
    let body = json!({ "displayName": "a", "scope": "vso.code", "allOrgs": true });
    let newer = client.pats(Method::POST, V7_2, &[]).json(&body).send().await.unwrap();
    let newer = Answer::read(newer).await;
    assert_eq!(newer.problem(), "globalPATCreationBlocked");
    assert!(newer.json()["patTokenErrorMessage"].is_string());
    assert_eq!(client.create(body.clone()).await.problem(), "accessDenied");

    let open = Policies { global_blocked: false, ..Policies::default() };
    client.control().set(with(open));
    assert_eq!(client.create(body).await.json()["patToken"]["targetAccounts"], Value::Null);
}

#[tokio::test]
async fn an_update_needs_an_active_token_of_this_organization() {
    let client = Client::start(Options::generated(&[("contoso", 0), ("fabrikam", 0)])).await;
    let id = client.new_token("a").await;
    let unknown = json!({ "authorizationId": "4ab5764f-4193-4f1d-b995-64144880b7d7" });
    assert_eq!(client.update(unknown).await.problem(), "authorizationNotFound");
    assert_eq!(client.update(json!({})).await.problem(), "invalidAuthorizationId");
    let global = json!({ "authorizationId": id, "allOrgs": true });
    assert_eq!(client.update(global).await.problem(), "accessDenied");
    let elsewhere = format!("fabrikam/_apis/tokens/pats?authorizationId={id}&api-version={V7_1}");
    assert_eq!(client.get(&elsewhere).await.problem(), "authorizationNotFound");

    client.control().set(Settings { clock_offset_seconds: 31 * 86_400, ..Settings::default() });
    let body = json!({ "authorizationId": id, "validTo": in_days(60) });
    assert_eq!(client.update(body.clone()).await.problem(), "failedToUpdateAccessToken");
    let newer = client.pats(Method::PUT, V7_2, &[]).json(&body).send().await.unwrap();
    assert_eq!(Answer::read(newer).await.problem(), "expiredPatCannotBeExtended");
}

#[tokio::test]
async fn the_lifespan_policy_cuts_or_refuses() {
    let client = Client::with_tokens(0).await;
    let policies = Policies { lifespan_days: Some(40), ..Policies::default() };
    client.control().set(with(policies.clone()));
    let body = json!({ "displayName": "a", "scope": "vso.code", "validTo": in_days(90) });
    let token = client.create(body.clone()).await.json()["patToken"].clone();
    assert_eq!((date(&token["validTo"]) - date(&token["validFrom"])).num_days(), 40);

    // Ten days later, an update still counts from the creation.
    client.control().set(Settings { clock_offset_seconds: 10 * 86_400, ..with(policies.clone()) });
    let change = json!({ "authorizationId": token["authorizationId"], "validTo": in_days(90) });
    let updated = client.update(change.clone()).await.json()["patToken"].clone();
    assert_eq!(updated["validTo"], token["validTo"]);

    client.control().set(with(Policies { lifespan_mode: LifespanMode::Refuse, ..policies }));
    assert_eq!(client.create(body).await.problem(), "patLifespanPolicyViolation");
    assert_eq!(client.update(change).await.problem(), "patLifespanPolicyViolation");
}

#[tokio::test]
async fn administrators_restrict_creation_and_full_access() {
    let client = Client::with_tokens(0).await;
    let ask = async |scope: &str| {
        let request = client.pats(Method::POST, V7_2, &[]);
        let request = request.json(&json!({ "displayName": "a", "scope": scope }));
        Answer::read(request.send().await.unwrap()).await.problem()
    };
    client.control().set(with(Policies { creation_restricted: true, ..Policies::default() }));
    assert_eq!(ask("vso.packaging").await, "disablePatCreationPolicyViolation");
    client.control().set(with(Policies { packaging_only: true, ..Policies::default() }));
    assert_eq!(ask("vso.packaging_write vso.packaging").await, "none");
    assert_eq!(ask("vso.packaging vso.code").await, "disablePatCreationPolicyViolation");
    client.control().set(with(Policies { full_scope_restricted: true, ..Policies::default() }));
    assert_eq!(ask("app_token").await, "fullScopePatPolicyViolation");
    assert_eq!(ask("vso.code").await, "none");
}

#[tokio::test]
async fn malformed_requests_are_refused_with_an_envelope() {
    let client = Client::with_tokens(0).await;
    for body in [
        "",
        "{",
        "[]",
        "[\"a\",\"vso.code\",null,false]",
        "7",
        "null",
        "{\"displayName\":1}",
        "{\"allOrgs\":\"yes\"}",
        "\u{feff}{}",
    ] {
        let request =
            client.pats(Method::POST, V7_1, &[]).header("content-type", "application/json");
        let answer = Answer::read(request.body(body).send().await.unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.type_key().as_str()),
            (400, "VssPropertyValidationException")
        );
        assert_eq!(answer.json()["$id"], "1");
    }
    let bad_id = client.update(json!({ "authorizationId": "x" })).await;
    assert_eq!(bad_id.status, 400);
    assert_eq!(client.revoke("x").await.status, 400);
    assert_eq!(client.revoke("4ab5764f-4193-4f1d-b995-64144880b7d7").await.status, 404);
    let long = client.pats(Method::POST, V7_1, &[]).body(vec![b' '; 1024 * 1024 + 1]);
    assert_eq!(long.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn versions_methods_paths_and_organizations_are_checked() {
    let client = Client::with_tokens(0).await;
    for (path, status, key) in [
        ("contoso/_apis/tokens/pats", 400, "VssVersionNotSpecifiedException"),
        ("contoso/_apis/tokens/pats?api-version=5.0-preview", 400, "VssVersionOutOfRangeException"),
        ("contoso/_apis/tokens/pats?api-version=7.1", 400, "VssInvalidPreviewVersionException"),
        ("nobody/_apis/tokens/pats?api-version=7.1-preview", 404, "HostDoesNotExistException"),
        ("contoso/_apis/nonsense", 404, "VssResourceNotFoundException"),
        ("_apis/profile/profiles/me?api-version=9.0", 400, "VssVersionOutOfRangeException"),
        ("_apis/accounts?api-version=7.1", 400, "VssPropertyValidationException"),
    ] {
        let answer = client.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.type_key().as_str()), (status, key), "{path}");
    }
    for version in ["6.1-preview", "6.1-preview.1", "7.1-preview", V7_1, "7.2-preview", V7_2] {
        let answer = client.get(&format!("contoso/_apis/tokens/pats?api-version={version}")).await;
        assert_eq!(answer.status, 200, "{version}");
        assert!(
            answer
                .header("content-type")
                .starts_with("application/json; charset=utf-8; api-version=")
        );
    }
    let patch = client.pats(Method::PATCH, V7_1, &[]).send().await.unwrap();
    assert_eq!(patch.status(), 405);
}

#[tokio::test]
async fn profile_leads_to_the_organizations_and_their_ids() {
    let client = Client::start(Options::demo()).await;
    let profile = client.get("_apis/profile/profiles/me?api-version=7.1").await.json();
    assert_eq!(profile["displayName"], "Robin Doe");
    let id = profile["id"].as_str().unwrap();
    let accounts =
        client.get(&format!("_apis/Accounts?memberId={id}&api-version=7.1")).await.json();
    assert_eq!(accounts["count"], 2);
    let contoso = &accounts["value"][0];
    assert_eq!(contoso["accountName"], "contoso");
    assert_eq!(contoso["accountUri"], "https://vssps.dev.azure.com/contoso/");
    let created = client.create(json!({ "displayName": "a", "scope": "vso.code" })).await.json();
    assert_eq!(created["patToken"]["targetAccounts"], json!([contoso["accountId"]]));
}
