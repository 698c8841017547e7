//! Refresh tokens: rotation, their end, other tenants, and their revocation.

use azpat::emulator::{Application, Person};
use reqwest::Method;
use serde_json::json;

use super::{RESOURCE, claims, start};
use crate::client::Answer;

fn grant(code: u64) -> (String, u64) {
    ("invalid_grant".to_owned(), code)
}

#[tokio::test]
async fn each_use_gives_a_new_one_and_leaves_the_old_one_good() {
    let client = start().await;
    let first = client.sign_in("organizations", &[("nonce", "n")]).await;
    let second = client.refresh("organizations", &first["refresh_token"]).await;
    assert_eq!(second.status, 200);
    let second = second.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(claims(&second["id_token"]).get("nonce"), None);
    assert_eq!(client.refresh("organizations", &first["refresh_token"]).await.status, 200);
    assert_eq!(client.refresh("organizations", &second["refresh_token"]).await.status, 200);
    assert_eq!(client.report().refresh_tokens_live, 4);
    assert_eq!(client.list_with("contoso", &second["access_token"]).await.status, 200);
}

#[tokio::test]
async fn a_strict_service_takes_each_only_once() {
    let client = start().await;
    client.entra(|entra| entra.refresh_strict = true);
    let first = client.sign_in("organizations", &[]).await;
    let refused = client.refresh("nobody.example", &first["refresh_token"]).await;
    assert_eq!(refused.status, 400, "a refusal does not use it up");
    let second = client.refresh("organizations", &first["refresh_token"]).await.json();
    assert_eq!(client.report().refresh_tokens_live, 1);
    let again = client.refresh("organizations", &first["refresh_token"]).await;
    assert_eq!(again.denial(), grant(70008));
    assert_eq!(client.refresh("organizations", &second["refresh_token"]).await.status, 200);
}

#[tokio::test]
async fn one_sign_in_serves_all_tenants_that_know_the_person() {
    let client = start().await;
    let tokens = client.sign_in("organizations", &[]).await;
    let fabrikam = client.tenant("fabrikam");
    let there = client.refresh(&fabrikam, &tokens["refresh_token"]).await.json();
    assert_eq!(claims(&there["access_token"])["tid"], fabrikam);
    assert_eq!(client.list_with("fabrikam", &there["access_token"]).await.status, 200);
    assert_eq!(client.list_with("contoso", &there["access_token"]).await.status, 401);

    let home = client.emulator.tenants()["fabrikam"];
    client.entra(|entra| {
        entra.people = vec![Person {
            name: "Kim Roe".to_owned(),
            username: "kim@fabrikam.com".to_owned(),
            home: Some(home),
            guest_in: Some(Vec::new()),
        }];
    });
    let kim = client.sign_in("organizations", &[("login_hint", "kim@fabrikam.com")]).await;
    let contoso = client.refresh(&client.tenant("contoso"), &kim["refresh_token"]).await;
    assert_eq!(contoso.denial(), grant(50020));
}

#[tokio::test]
async fn lifetimes_follow_the_settings() {
    let client = start().await;
    client.entra(|entra| (entra.access_token_lifetime, entra.refresh_token_lifetime) = (60, 3600));
    let tokens = client.sign_in("organizations", &[]).await;
    assert_eq!(tokens["expires_in"], 60);
    client.change(|settings| settings.clock_offset_seconds = 59);
    assert_eq!(client.list_with("contoso", &tokens["access_token"]).await.status, 200);
    client.change(|settings| settings.clock_offset_seconds = 61);
    let late = client.list_with("contoso", &tokens["access_token"]).await;
    assert_eq!(late.status, 401);
    assert!(late.header("www-authenticate").contains(&client.tenant("contoso")));
    assert_eq!(client.refresh("organizations", &tokens["refresh_token"]).await.status, 200);
    client.change(|settings| settings.clock_offset_seconds = 3601);
    let idle = client.refresh("organizations", &tokens["refresh_token"]).await;
    assert_eq!(idle.denial(), grant(700_082));
    assert_eq!(client.report().refresh_tokens_live, 1, "the use made a later one");
}

#[tokio::test]
async fn revoked_and_foreign_ones_are_refused() {
    let client = start().await;
    let tokens = client.sign_in("organizations", &[]).await;
    let other = Application { id: uuid::Uuid::from_u128(7), ..Application::default() };
    let id = other.id.to_string();
    client.entra(|entra| entra.applications.push(other));
    let fields = [
        ("client_id", id.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let foreign = client.post("organizations/oauth2/v2.0/token", &fields).await;
    assert_eq!(foreign.denial(), grant(70000));
    assert_eq!(client.refresh("organizations", &json!("other")).await.denial(), grant(70000));

    let revoke = async |account: &str| {
        let request = client.bare(Method::POST, "_control/entra/revoke");
        let request = request.json(&json!({ "account": account }));
        Answer::read(request.send().await.unwrap()).await.status
    };
    assert_eq!(revoke("nobody@contoso.com").await, 404);
    assert_eq!(client.refresh("organizations", &tokens["refresh_token"]).await.status, 200);
    assert_eq!(revoke("Robin@contoso.com").await, 204);
    let revoked = client.refresh("organizations", &tokens["refresh_token"]).await;
    assert_eq!(revoked.denial(), grant(50173));
    assert_eq!(revoked.json()["suberror"], "bad_token");
    assert_eq!(client.report().refresh_tokens_live, 0);
    assert_eq!(client.control().revoke_refresh_tokens("robin@contoso.com"), 0);
}

#[tokio::test]
async fn a_refresh_can_ask_for_other_scopes() {
    let client = start().await;
    let tokens = client.sign_in("organizations", &[]).await;
    let scope = format!("{RESOURCE}/vso.profile offline_access");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("scope", scope.as_str()),
    ];
    let body = client.token("organizations", &fields).await.json();
    assert_eq!(claims(&body["access_token"])["scp"], "vso.profile");
    assert_eq!((body["id_token"].is_string(), body["refresh_token"].is_string()), (false, true));
}
