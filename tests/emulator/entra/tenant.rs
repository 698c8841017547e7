//! Which tenant an organization belongs to, and who is known there.

use azpat::emulator::{Options, Person};
use reqwest::Method;
use uuid::Uuid;

use super::{claims, start};
use crate::client::{Answer, Client};

async fn knock(client: &Client, method: Method, path: &str) -> Answer {
    let request = client.bare(method, path).header("x-tfs-fedauthredirect", "Suppress");
    Answer::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn strangers_are_told_the_tenant() {
    let client = start().await;
    let base = client.emulator.url().as_str().trim_end_matches('/').to_owned();
    for organization in ["contoso", "Fabrikam"] {
        let tenant = client.tenant(&organization.to_lowercase());
        for path in [organization.to_owned(), format!("{organization}/_apis/connectionData")] {
            for method in [Method::GET, Method::HEAD] {
                let answer = knock(&client, method, &path).await;
                assert_eq!(answer.status, 401);
                assert_eq!(answer.header("x-vss-resourcetenant"), tenant);
                assert_eq!(
                    answer.header("www-authenticate"),
                    format!(
                        "Bearer authorization_uri={base}/{tenant}, Basic \
                         realm=\"https://tfsprodweusu4.app.visualstudio.com/\", TFS-Federated"
                    )
                );
            }
        }
    }
    assert_ne!(client.tenant("contoso"), client.tenant("fabrikam"));
}

#[tokio::test]
async fn browsers_are_sent_to_the_sign_in_and_still_told() {
    let client = start().await;
    let answer = Answer::read(client.bare(Method::HEAD, "contoso").send().await.unwrap()).await;
    assert_eq!(answer.status, 302);
    assert!(answer.header("location").contains("/_signin?"));
    assert_eq!(answer.header("x-vss-resourcetenant"), client.tenant("contoso"));
}

#[tokio::test]
async fn an_organization_of_a_personal_account_has_the_empty_tenant() {
    let client = start().await;
    client.entra(|entra| {
        entra.tenants.insert("fabrikam".to_owned(), Uuid::nil());
    });
    let answer = knock(&client, Method::GET, "fabrikam").await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(answer.header("x-vss-resourcetenant"), Uuid::nil().to_string());
    let denied = client.visit(&Uuid::nil().to_string(), &[]).await;
    assert!(denied.text.contains("AADSTS90002"), "nobody signs in there");
    let tokens = client.sign_in("organizations", &[]).await;
    assert_eq!(client.list_with("fabrikam", &tokens["access_token"]).await.status, 401);
}

#[tokio::test]
async fn an_unknown_organization_is_not_found() {
    let client = start().await;
    for path in ["nobody", "nobody/_apis/connectiondata"] {
        let answer = knock(&client, Method::GET, path).await;
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (404, ""));
    }
}

#[tokio::test]
async fn who_is_known_sees_the_connection() {
    let client = start().await;
    let answer = client.get("contoso/_apis/connectiondata").await.json();
    assert_eq!(answer["authenticatedUser"]["providerDisplayName"], "Robin Doe");
}

#[tokio::test]
async fn tenants_stay_the_same_whatever_the_seed() {
    let first = start().await;
    let options = Options { seed: 99, ..Options::generated(&[("fabrikam", 0), ("contoso", 0)]) };
    let second = Client::start(options).await;
    assert_eq!(first.emulator.tenants(), second.emulator.tenants());
}

#[tokio::test]
async fn the_same_person_has_another_id_in_each_tenant() {
    let client = start().await;
    let (home, other) = (client.tenant("contoso"), client.tenant("fabrikam"));
    let at_home = claims(&client.sign_in("organizations", &[]).await["id_token"]);
    let by_name = claims(&client.sign_in(&home, &[]).await["id_token"]);
    let as_guest = claims(&client.sign_in(&other, &[]).await["id_token"]);
    assert_eq!((&at_home["tid"], &at_home["oid"]), (&by_name["tid"], &by_name["oid"]));
    assert_eq!((at_home["tid"].as_str(), as_guest["tid"].as_str()), (Some(&*home), Some(&*other)));
    assert_ne!(at_home["oid"], as_guest["oid"]);
    assert_eq!(at_home["preferred_username"], as_guest["preferred_username"]);
}

#[tokio::test]
async fn more_people_can_sign_in_where_they_are_known() {
    let client = start().await;
    let home: Uuid = client.tenant("fabrikam").parse().unwrap();
    client.entra(|entra| {
        entra.people = vec![Person {
            name: "Kim Roe".to_owned(),
            username: "kim@fabrikam.com".to_owned(),
            home: Some(home),
            guest_in: Some(Vec::new()),
        }];
    });
    let kim = [("login_hint", "kim@fabrikam.com")];
    let tokens = client.sign_in("organizations", &kim).await;
    assert_eq!(claims(&tokens["id_token"])["tid"], home.to_string());
    let elsewhere = client.visit(&client.tenant("contoso"), &kim).await;
    assert!(elsewhere.text.contains("AADSTS50020"), "{}", elsewhere.text);
    let list = client.list_with("fabrikam", &tokens["access_token"]).await;
    assert_eq!(list.status, 401);
    assert!(list.text.contains("TF400813"), "Azure DevOps does not know her");
}
