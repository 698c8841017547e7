//! Faults hit the endpoints of Entra ID as well.

use std::time::Duration;

use azpat::emulator::{Fault, FaultKind, Operation};
use reqwest::Method;
use serde_json::Value;

use super::start;
use crate::client::Client;

fn once(client: &Client, operation: Operation, kind: FaultKind) {
    client.change(|settings| settings.faults = vec![Fault::once(operation, kind)]);
}

/// Refreshes; unlike elsewhere the answer may be broken.
async fn refresh(client: &Client, token: &Value) -> reqwest::Result<(u16, Vec<u8>)> {
    let id = client.emulator.client_id().to_string();
    let fields = [
        ("client_id", id.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str().unwrap()),
    ];
    let request = client.bare(Method::POST, "organizations/oauth2/v2.0/token").form(&fields);
    let response = request.send().await?;
    let status = response.status().as_u16();
    Ok((status, response.bytes().await?.to_vec()))
}

#[tokio::test]
async fn the_token_endpoint_can_lose_cut_garble_and_stall() {
    let client = start().await;
    let token = client.sign_in("organizations", &[]).await["refresh_token"].clone();
    let issued = || client.report().refresh_tokens_issued;
    for (kind, carried_out, status, shape) in [
        (FaultKind::LoseBefore, 0, None, ""),
        (FaultKind::LoseAfter, 1, None, ""),
        (FaultKind::CutBody, 1, None, ""),
        (FaultKind::Garbage, 1, Some(200), "no json"),
        (FaultKind::WrongShape, 1, Some(200), "no tokens"),
        (FaultKind::Html500, 0, Some(500), "no json"),
        (FaultKind::Status(503), 0, Some(503), "no tokens"),
    ] {
        let before = issued();
        once(&client, Operation::Token, kind.clone());
        let (answered, body) = match refresh(&client, &token).await {
            Ok((status, body)) => (Some(status), body),
            Err(_) => (None, Vec::new()),
        };
        assert_eq!(answered, status, "{kind:?}");
        let found = match serde_json::from_slice::<Value>(&body) {
            _ if body.is_empty() => "",
            Err(_) => "no json",
            Ok(body) if body["access_token"].is_string() => "tokens",
            Ok(_) => "no tokens",
        };
        assert_eq!(found, shape, "{kind:?}");
        assert_eq!(issued() - before, carried_out, "{kind:?}");
    }
    once(&client, Operation::Token, FaultKind::StallBefore);
    let limit = Duration::from_millis(150);
    assert!(tokio::time::timeout(limit, refresh(&client, &token)).await.is_err());
    assert_eq!(refresh(&client, &token).await.unwrap().0, 200);
}

#[tokio::test]
async fn each_endpoint_has_its_own_name_for_faults() {
    let client = start().await;
    let contoso = client.tenant("contoso");
    for (operation, path) in [
        (Operation::Tenant, "contoso".to_owned()),
        (Operation::Metadata, format!("{contoso}/v2.0/.well-known/openid-configuration")),
        (Operation::Authorize, format!("{contoso}/oauth2/v2.0/authorize")),
        (Operation::Token, format!("{contoso}/oauth2/v2.0/token")),
        (Operation::Devicecode, format!("{contoso}/oauth2/v2.0/devicecode")),
        (Operation::Devicelogin, "devicelogin".to_owned()),
    ] {
        once(&client, operation, FaultKind::Status(418));
        let get = async || client.bare(Method::GET, &path).send().await.unwrap().status();
        assert_eq!(get().await, 418, "{path}");
        assert_ne!(get().await, 418, "{path}");
    }
}
