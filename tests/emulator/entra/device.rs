//! Sign-in with a code on another device.

use azpat::emulator::{DeviceState, Person};
use reqwest::Method;
use serde_json::{Value, json};

use super::{DEVICE_GRANT, claims, scope, start};
use crate::client::{Answer, Client};

async fn begin(client: &Client, tenant: &str) -> Value {
    let (id, scope) = (client.emulator.client_id().to_string(), scope());
    let fields = [("client_id", id.as_str()), ("scope", scope.as_str())];
    let answer = client.post(&format!("{tenant}/oauth2/v2.0/devicecode"), &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

async fn poll(client: &Client, tenant: &str, device: &Value) -> Answer {
    let code = device["device_code"].as_str().unwrap();
    client.token(tenant, &[("grant_type", DEVICE_GRANT), ("device_code", code)]).await
}

async fn page(client: &Client, path: &str) -> Answer {
    Answer::read(client.bare(Method::GET, path).send().await.unwrap()).await
}

fn is(error: &str, code: u64) -> (String, u64) {
    (error.to_owned(), code)
}

#[tokio::test]
async fn the_code_is_entered_on_a_page_and_polling_finds_tokens() {
    let client = start().await;
    let device = begin(&client, "organizations").await;
    let address = format!("{}devicelogin", client.emulator.url());
    assert_eq!(device["verification_uri"], address);
    assert_eq!((&device["interval"], &device["expires_in"]), (&json!(5), &json!(900)));
    assert_eq!(device.get("verification_uri_complete"), None);
    let user_code = device["user_code"].as_str().unwrap();
    let message = device["message"].as_str().unwrap();
    assert!(message.contains(&address) && message.contains(user_code));
    for polls in 1..=2 {
        let pending = poll(&client, "organizations", &device).await;
        assert_eq!(pending.denial(), is("authorization_pending", 70016));
        assert_eq!(client.report().devices[0].polls, polls);
    }
    assert!(page(&client, "devicelogin").await.text.contains("name=\"user_code\""));
    let lower = user_code.to_lowercase();
    let question = page(&client, &format!("devicelogin?user_code={lower}")).await.text;
    assert!(question.contains("azpat for tests") && question.contains("robin@contoso.com"));
    assert_eq!(client.report().devices[0].state, DeviceState::Pending, "a visit decides nothing");

    let accept = [("user_code", user_code), ("decision", "accept")];
    assert_eq!(client.post("devicelogin", &accept).await.status, 200);
    let body = poll(&client, "organizations", &device).await;
    assert_eq!(body.status, 200);
    let body = body.json();
    assert_eq!(client.list_with("contoso", &body["access_token"]).await.status, 200);
    assert_eq!(client.refresh("organizations", &body["refresh_token"]).await.status, 200);
    let again = poll(&client, "organizations", &device).await;
    assert_eq!(again.denial(), is("invalid_grant", 54005));
    assert_eq!(client.report().token_answers["device_code"], 1);
    assert!(client.post("devicelogin", &accept).await.text.contains("AADSTS70018"));
}

#[tokio::test]
async fn declined_expired_and_unknown_codes_end_it() {
    let client = start().await;
    let device = begin(&client, "organizations").await;
    let decline = [("user_code", device["user_code"].as_str().unwrap()), ("decision", "decline")];
    assert_eq!(client.post("devicelogin", &decline).await.status, 200);
    let declined = poll(&client, "organizations", &device).await;
    assert_eq!(declined.denial(), is("authorization_declined", 65004));

    client.entra(|entra| entra.device.expires_in = 60);
    let device = begin(&client, "organizations").await;
    assert_eq!(device["expires_in"], 60);
    client.change(|settings| settings.clock_offset_seconds = 61);
    let expired = poll(&client, "organizations", &device).await;
    assert_eq!(expired.denial(), is("expired_token", 70019));
    let user_code = device["user_code"].as_str().unwrap();
    let late = page(&client, &format!("devicelogin?user_code={user_code}")).await;
    assert!(late.status == 400 && late.text.contains("AADSTS70019"));

    let unknown = poll(&client, "organizations", &json!({ "device_code": "other" })).await;
    assert_eq!(unknown.denial(), is("bad_verification_code", 70018));
    let wrong = page(&client, "devicelogin?user_code=%3Cb%3E").await;
    assert!(wrong.text.contains("AADSTS70018") && !wrong.text.contains("<b>"));
}

#[tokio::test]
async fn polls_can_be_told_to_slow_down() {
    let client = start().await;
    client.entra(|entra| {
        (entra.device.interval, entra.device.slow_down) = (1, 2);
        entra.device.verification_uri = Some("https://evil.example/".to_owned());
        entra.device.accept_after = Some(3);
    });
    let device = begin(&client, "organizations").await;
    assert_eq!(device["interval"], 1);
    assert_eq!(device["verification_uri"], "https://evil.example/");
    for error in ["slow_down", "slow_down", "authorization_pending"] {
        assert_eq!(poll(&client, "organizations", &device).await.denial().0, error);
    }
    assert_eq!(client.control().settings().entra.device.slow_down, 0);
    assert_eq!(poll(&client, "organizations", &device).await.status, 200, "accepted by then");
}

#[tokio::test]
async fn it_is_polled_where_it_began() {
    let client = start().await;
    let fabrikam = client.tenant("fabrikam");
    let device = begin(&client, &fabrikam).await;
    assert!(client.control().approve_device(device["user_code"].as_str().unwrap(), None));
    let elsewhere = poll(&client, "organizations", &device).await;
    assert_eq!(elsewhere.denial(), is("invalid_grant", 700_005));
    let body = poll(&client, &fabrikam, &device).await.json();
    assert_eq!(claims(&body["id_token"])["tid"], fabrikam);
}

#[tokio::test]
async fn control_accepts_and_declines() {
    let client = start().await;
    let fabrikam = client.emulator.tenants()["fabrikam"];
    client.entra(|entra| {
        entra.people = vec![Person {
            name: "Kim Roe".to_owned(),
            username: "kim@fabrikam.com".to_owned(),
            home: Some(fabrikam),
            guest_in: Some(Vec::new()),
        }];
    });
    let order = async |place: &str, body: Value| {
        let path = format!("_control/entra/{place}");
        client.bare(Method::POST, &path).json(&body).send().await.unwrap().status().as_u16()
    };
    let device = begin(&client, &client.tenant("contoso")).await;
    let kim = json!({ "user_code": device["user_code"], "account": "kim@fabrikam.com" });
    assert_eq!(order("approve", kim.clone()).await, 404, "she is not known in that tenant");
    assert_eq!(order("decline", json!({ "user_code": device["user_code"] })).await, 204);
    assert_eq!(order("approve", json!({ "user_code": device["user_code"] })).await, 404);
    assert_eq!(order("approve", json!({ "code": "A" })).await, 400);
    assert!(!client.control().decline_device("other"));

    let device = begin(&client, "organizations").await;
    let kim = json!({ "user_code": device["user_code"], "account": "kim@fabrikam.com" });
    assert_eq!(order("approve", kim).await, 204);
    let body = poll(&client, "organizations", &device).await.json();
    assert_eq!(claims(&body["id_token"])["preferred_username"], "kim@fabrikam.com");
}

#[tokio::test]
async fn malformed_beginnings_are_refused() {
    let client = start().await;
    let id = client.emulator.client_id().to_string();
    let scope = scope();
    for (tenant, fields, error, code) in [
        ("organizations", vec![], "invalid_request", 900_144),
        ("organizations", vec![("client_id", id.as_str())], "invalid_request", 900_144),
        (
            "organizations",
            vec![("client_id", "x"), ("scope", &scope)],
            "unauthorized_client",
            700_016,
        ),
        (
            "organizations",
            vec![("client_id", &id), ("scope", "User.Read")],
            "invalid_resource",
            650_057,
        ),
        ("nobody", vec![("client_id", &id), ("scope", &scope)], "invalid_request", 90002),
    ] {
        let answer = client.post(&format!("{tenant}/oauth2/v2.0/devicecode"), &fields).await;
        assert_eq!(answer.denial(), is(error, code), "{fields:?}");
    }
    let got = page(&client, "organizations/oauth2/v2.0/devicecode").await;
    assert_eq!(got.denial(), is("invalid_request", 900_561));
}
