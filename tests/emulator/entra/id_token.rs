//! The id token, and everything that can be wrong with it.

use azpat::emulator::IdTokenTwist as Twist;
use serde_json::Value;

use super::{claims, start};

#[tokio::test]
async fn it_says_who_signed_in() {
    let client = start().await;
    let body = client.sign_in("organizations", &[("nonce", "a nonce")]).await;
    let (token, access) = (claims(&body["id_token"]), claims(&body["access_token"]));
    let tenant = client.tenant("contoso");
    let now = azpat::clock::now().timestamp();
    assert_eq!(token["aud"], client.emulator.client_id().to_string());
    assert_eq!(token["iss"], format!("{}{tenant}/v2.0", client.emulator.url()));
    assert_eq!((&token["tid"], &token["oid"]), (&access["tid"], &access["oid"]));
    assert_eq!(token["tid"], tenant);
    assert_eq!(token["preferred_username"], "robin@contoso.com");
    assert_eq!((token["name"].as_str(), token["ver"].as_str()), (Some("Robin Doe"), Some("2.0")));
    assert_eq!(token["nonce"], "a nonce");
    assert!(token["nbf"].as_i64().unwrap() <= now && token["iat"].as_i64().unwrap() <= now);
    assert!(token["exp"].as_i64().unwrap() > now);
    let again = claims(&client.sign_in("organizations", &[]).await["id_token"]);
    assert_eq!((&token["sub"], &token["oid"]), (&again["sub"], &again["oid"]));
    assert_eq!(again.get("nonce"), None);
}

/// The claims in which two tokens differ, without those that always do.
fn difference(usual: &Value, other: &Value) -> Vec<String> {
    let names = usual.as_object().unwrap().keys();
    names.filter(|name| *name != "uti" && usual[*name] != other[*name]).cloned().collect()
}

#[tokio::test]
async fn each_twist_changes_what_it_says() {
    let client = start().await;
    let now = azpat::clock::now().timestamp();
    let token = async |twist: Option<Twist>| {
        client.entra(|entra| entra.id_token = twist);
        let body = client.sign_in("organizations", &[("nonce", "a nonce")]).await;
        body["id_token"].clone()
    };
    let times = ["exp", "iat", "nbf"];
    for (twist, changed) in [
        (Twist::WrongAudience, vec!["aud"]),
        (Twist::WrongIssuer, vec!["iss"]),
        (Twist::WrongTenant, vec!["iss", "tid"]),
        (Twist::WrongNonce, vec!["nonce"]),
        (Twist::OtherOid, vec!["oid", "sub"]),
        (Twist::Expired, vec![]),
        (Twist::NotYetValid, vec![]),
    ] {
        let (usual, twisted) = (claims(&token(None).await), claims(&token(Some(twist)).await));
        let mut found = difference(&usual, &twisted);
        found.retain(|name| !times.contains(&name.as_str()));
        assert_eq!(found, changed, "{twist:?}");
        let at = |name: &str| twisted[name].as_i64().unwrap();
        assert_eq!(at("exp") <= now, twist == Twist::Expired, "{twist:?}");
        assert_eq!(at("nbf") > now, twist == Twist::NotYetValid, "{twist:?}");
        assert!(at("nbf") < at("exp"));
    }
    assert_eq!(token(Some(Twist::Missing)).await, Value::Null);
    assert_eq!(token(Some(Twist::Garbage)).await.as_str().unwrap().split('.').count(), 2);
}
