//! What the tokens of Entra ID open at Azure DevOps.

use azpat::emulator::SignIn;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::{RESOURCE, start};
use crate::client::{Answer, Client};

async fn get(client: &Client, path: &str, token: &Value) -> Answer {
    let request = client.bare(Method::GET, path).bearer_auth(token.as_str().unwrap());
    Answer::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn both_permissions_are_needed_or_impersonation() {
    let client = start().await;
    for (permissions, status) in [
        (vec!["vso.pats", "vso.pats_manage"], 200),
        (vec!["user_impersonation"], 200),
        (vec![".default"], 200),
        (vec!["vso.pats"], 401),
        (vec!["vso.pats_manage"], 401),
        (vec!["vso.tokens", "vso.pats"], 401),
        (vec![], 401),
    ] {
        let scopes: Vec<_> = permissions.iter().map(|id| format!("{RESOURCE}/{id}")).collect();
        let scope = format!("openid {}", scopes.join(" "));
        let tokens = client.sign_in("organizations", &[("scope", &scope)]).await;
        let answer = client.list_with("contoso", &tokens["access_token"]).await;
        assert_eq!(answer.status, status, "{permissions:?}");
        if status == 401 {
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert!(message.starts_with("TF400813: The user '") && !message.contains("''"));
            assert!(answer.header("www-authenticate").contains("authorization_uri="));
        }
    }
    client.entra(|entra| entra.consented = vec!["vso.pats".to_owned()]);
    let tokens = client.sign_in("organizations", &[]).await;
    assert_eq!(client.list_with("contoso", &tokens["access_token"]).await.status, 401);
}

#[tokio::test]
async fn a_token_opens_the_organizations_of_its_tenant() {
    let client = start().await;
    for (organization, other) in [("contoso", "fabrikam"), ("fabrikam", "contoso")] {
        let tokens = client.sign_in(&client.tenant(organization), &[]).await;
        let token = &tokens["access_token"];
        assert_eq!(client.list_with(organization, token).await.status, 200);
        let refused = client.list_with(other, token).await;
        assert_eq!(refused.status, 401);
        assert!(refused.header("www-authenticate").contains(&client.tenant(other)));
        assert_eq!(refused.header("x-vss-resourcetenant"), client.tenant(other));
        assert_eq!(client.list_with("nobody", token).await.status, 404);

        let profile = get(&client, "_apis/profile/profiles/me?api-version=7.1", token).await.json();
        let id = profile["id"].as_str().unwrap();
        let path = format!("_apis/accounts?memberId={id}&api-version=7.1");
        let accounts = get(&client, &path, token).await.json();
        assert_eq!(accounts["count"], 1);
        assert_eq!(accounts["value"][0]["accountName"], organization);
    }
    for organization in ["contoso", "fabrikam"] {
        let bearer = json!(client.emulator.access_token());
        assert_eq!(client.list_with(organization, &bearer).await.status, 200);
    }
}

#[tokio::test]
async fn the_profile_wants_its_own_permission() {
    let client = start().await;
    let scope = format!("{RESOURCE}/vso.pats {RESOURCE}/vso.pats_manage");
    let tokens = client.sign_in("organizations", &[("scope", &scope)]).await;
    let path = "_apis/profile/profiles/me?api-version=7.1";
    assert_eq!(get(&client, path, &tokens["access_token"]).await.status, 401);
}

#[tokio::test]
async fn an_id_or_refresh_token_is_no_access_token() {
    let client = start().await;
    let tokens = client.sign_in("organizations", &[]).await;
    for name in ["id_token", "refresh_token"] {
        assert_eq!(client.list_with("contoso", &tokens[name]).await.status, 401, "{name}");
    }
}

#[tokio::test]
async fn a_token_obtained_with_the_claims_passes_their_challenge() {
    let client = start().await;
    client.change(|settings| settings.sign_in = SignIn::ClaimsChallenge401);
    let tokens = client.sign_in("organizations", &[]).await;
    let refused = client.list_with("contoso", &tokens["access_token"]).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate").to_owned();
    let encoded = challenge.split("claims=\"").nth(1).unwrap().trim_end_matches('"');
    let claims = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    let mut more: Value = serde_json::from_str(&claims).unwrap();
    more["access_token"]["xms_cc"] = json!({ "values": ["cp1"] });
    let more = more.to_string();
    for (claims, status) in
        [(claims.as_str(), 200), (more.as_str(), 200), ("{}", 401), ("nonsense", 401), ("", 401)]
    {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
            ("claims", claims),
        ];
        let fresh = client.token("organizations", &fields).await.json();
        let answer = client.list_with("contoso", &fresh["access_token"]).await;
        assert_eq!(answer.status, status, "by refresh: {claims}");
        let visited = client.sign_in("organizations", &[("claims", claims)]).await;
        let answer = client.list_with("contoso", &visited["access_token"]).await;
        assert_eq!(answer.status, status, "by browser: {claims}");
        if !claims.is_empty() {
            assert_eq!(client.report().last_claims.as_deref(), Some(claims));
        }
    }
}
