//! Every refusal of the table, on demand.

use azpat::emulator::{Endpoint, NextError};
use reqwest::Method;
use serde_json::{Value, json};

use super::start;
use crate::client::Answer;

const INTERACTION: &str = "interaction_required";
const GRANT: &str = "invalid_grant";
const REQUEST: &str = "invalid_request";
const APPLICATION: &str = "unauthorized_client";

/// Section 5 of the reference, with the OAuth `error` of each.
const TABLE: [(&str, &[u32]); 14] = [
    (
        INTERACTION,
        &[
            16000, 50005, 50072, 50074, 50076, 50078, 50079, 50097, 50131, 50158, 53000, 53001,
            53002, 53003, 53004, 530_032,
        ],
    ),
    (
        GRANT,
        &[
            50020, 50034, 50053, 50055, 50057, 50132, 50133, 50134, 50173, 50196, 51004, 54005,
            65001, 70000, 70008, 70043, 90072, 501_481, 700_005, 700_082,
        ],
    ),
    (
        REQUEST,
        &[
            28002, 28003, 50059, 50194, 90002, 90008, 90019, 90124, 90130, 700_022, 900_971,
            9_002_332,
        ],
    ),
    (APPLICATION, &[70001, 700_011, 700_016, 7_000_112]),
    ("invalid_client", &[50011, 65002, 700_025, 7_000_218]),
    ("access_denied", &[50105, 65004, 500_021, 500_212, 500_213]),
    ("consent_required", &[90094, 90095]),
    ("invalid_resource", &[500_011, 650_052, 650_057]),
    ("invalid_scope", &[70011]),
    ("authorization_pending", &[70016]),
    ("bad_verification_code", &[70018]),
    ("expired_token", &[70019]),
    ("login_required", &[50058]),
    ("unsupported_grant_type", &[70003]),
];

#[tokio::test]
async fn the_token_endpoint_refuses_with_every_code() {
    let client = start().await;
    let refresh = client.sign_in("organizations", &[]).await["refresh_token"].clone();
    for (error, codes) in TABLE {
        for code in codes {
            client.order(Endpoint::Token, *code);
            let answer = client.refresh("organizations", &refresh).await;
            assert_eq!(answer.denial(), (error.to_owned(), u64::from(*code)));
            let text = answer.json()["error_description"].as_str().unwrap().to_owned();
            assert!(text.starts_with(&format!("AADSTS{code}: ")), "{text}");
            assert!(!text.contains("The request was refused."), "{code} is not in the table");
            assert_eq!(answer.status, if error == "invalid_client" { 401 } else { 400 });
        }
    }
    assert_eq!(client.refresh("organizations", &refresh).await.status, 200, "none is left");
}

#[tokio::test]
async fn the_authorize_endpoint_refuses_with_every_code() {
    let client = start().await;
    for (error, codes) in TABLE {
        for code in codes {
            client.order(Endpoint::Authorize, *code);
            let answer = client.visit("organizations", &[]).await;
            if answer.status == 400 {
                assert!(answer.text.contains(&format!("AADSTS{code}: ")), "{}", answer.text);
            } else {
                let back = answer.back();
                assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "a state"));
                assert!(back["error_description"].starts_with(&format!("AADSTS{code}: ")));
            }
        }
    }
    for (page, status) in [(Some(true), 400), (Some(false), 302), (None, 302)] {
        let order = NextError { page, ..NextError::once(Endpoint::Authorize, 65001) };
        client.entra(|entra| entra.next_errors = vec![order]);
        assert_eq!(client.visit("organizations", &[]).await.status, status);
    }
}

#[tokio::test]
async fn the_devicecode_endpoint_refuses_too() {
    let client = start().await;
    let id = client.emulator.client_id().to_string();
    let scope = super::scope();
    let begin = || {
        let fields = [("client_id", id.as_str()), ("scope", scope.as_str())];
        let request = client.bare(Method::POST, "organizations/oauth2/v2.0/devicecode");
        request.form(&fields).send()
    };
    client.order(Endpoint::Devicecode, 7_000_218);
    let refused = Answer::read(begin().await.unwrap()).await;
    assert_eq!(refused.denial(), ("invalid_client".to_owned(), 7_000_218));
    assert_eq!(begin().await.unwrap().status(), 200);
}

#[tokio::test]
async fn orders_count_down_and_can_be_for_one_grant() {
    let client = start().await;
    let tokens = client.sign_in("organizations", &[]).await;
    let order = json!({ "entra": { "next_errors": [
        { "endpoint": "token", "grant": "device_code", "code": 50076 },
        { "endpoint": "token", "grant": "refresh_token", "code": 53003, "times": 2 },
        { "endpoint": "token", "grant": "refresh_token", "code": 7, "error": "temporarily_unavailable" },
    ] } });
    client.bare(Method::PATCH, "_control").json(&order).send().await.unwrap();
    client.sign_in("organizations", &[]).await;
    let refresh = async || client.refresh("organizations", &tokens["refresh_token"]).await;
    assert_eq!(refresh().await.denial().1, 53003);
    assert_eq!(client.control().settings().entra.next_errors[1].times, 1);
    client.entra(|entra| entra.auto_accept = false);
    assert_eq!(refresh().await.denial().1, 53003, "other settings leave the count alone");
    assert_eq!(refresh().await.denial(), ("temporarily_unavailable".to_owned(), 7));
    assert_eq!(refresh().await.status, 200);
    let left = client.control().settings().entra.next_errors;
    assert_eq!(
        left,
        [NextError {
            grant: Some("device_code".to_owned()),
            ..NextError::once(Endpoint::Token, 50076)
        }]
    );
}

#[tokio::test]
async fn conditional_access_names_the_claims_to_come_back_with() {
    let client = start().await;
    let refresh = client.sign_in("organizations", &[]).await["refresh_token"].clone();
    for (code, suberror, claims) in [
        (50076, json!("basic_action"), true),
        (53003, json!("message_only"), true),
        (53000, json!("additional_action"), true),
        (65001, json!("consent_required"), false),
        (700_082, json!("bad_token"), false),
        (70011, Value::Null, false),
    ] {
        client.order(Endpoint::Token, code);
        let body = client.refresh("organizations", &refresh).await.json();
        assert_eq!(body["suberror"], suberror, "{code}");
        let named = body["claims"].as_str().map(|claims| {
            let claims: Value = serde_json::from_str(claims).unwrap();
            claims["access_token"]["capolids"]["essential"] == true
        });
        assert_eq!(named, claims.then_some(true), "{code}");
    }
}
