//! Sign-in in the browser.

use std::time::Duration;

use azpat::{emulator::IdTokenTwist as Twist, entra::Wish, identity::AccountId};
use uuid::Uuid;

use super::rig::{Rig, challenge, client, field, wish};

/// Check 37: PKCE S256, a state of 256 bits and the exact redirect go with the request.
#[tokio::test]
async fn it_brings_tokens_and_who_signed_in() {
    let rig = Rig::start().await;
    let before = azpat::clock::now();
    let (grant, address) = rig.browser(&wish("organizations")).await;
    let grant = grant.unwrap();
    assert_eq!(grant.identity.id.tenant, rig.tenant("contoso"));
    assert_eq!(grant.identity.username.raw(), "robin@contoso.com");
    assert!(grant.refresh.is_some());
    let lasts = (grant.ends - before).num_seconds();
    assert!((3_590..=3_600).contains(&lasts), "{lasts}");
    assert!(field(&address, "code_challenge").unwrap().len() >= 43);
    for (name, value) in [
        ("code_challenge_method", "S256"),
        ("response_type", "code"),
        ("response_mode", "query"),
        ("prompt", "select_account"),
    ] {
        assert_eq!(field(&address, name).as_deref(), Some(value), "{name}");
    }
    let redirect = field(&address, "redirect_uri").unwrap();
    let port = redirect.strip_prefix("http://localhost:").unwrap();
    assert!(port.parse::<u16>().is_ok(), "{redirect}");
    // 32 bytes of chance in base64.
    for name in ["state", "nonce"] {
        assert!(field(&address, name).unwrap().len() >= 43, "{name}");
    }
    assert!(field(&address, "scope").unwrap().contains("/vso.pats_manage "));
    assert!(!format!("{grant:?}").contains("eyJ"), "{grant:?}");
}

/// Check 37: state, nonce and verifier are fresh for each sign-in.
#[tokio::test]
async fn every_sign_in_is_new_and_carries_its_hints() {
    let rig = Rig::start().await;
    let (claims, json) = challenge();
    let hinted = Wish {
        login_hint: Some("robin@contoso.com".to_owned()),
        claims: Some(claims),
        ..wish("organizations")
    };
    let (grant, first) = rig.browser(&hinted).await;
    grant.unwrap();
    let (_, second) = rig.browser(&hinted).await;
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(field(&first, name), field(&second, name), "{name}");
    }
    assert_eq!(field(&first, "prompt"), None);
    assert_eq!(field(&first, "login_hint").as_deref(), Some("robin@contoso.com"));
    assert_eq!(field(&first, "claims"), Some(json.clone()));
    assert_eq!(rig.emulator.control().entra().last_claims, Some(json));
}

/// Check 42: a wrong audience, issuer, tenant, nonce or account is refused before use.
#[tokio::test]
async fn a_tampered_id_token_is_refused() {
    let rig = Rig::start().await;
    let tenant = rig.tenant("contoso");
    let account = rig.signed_in().await.identity.id;
    let asked = Wish { account: Some(account), ..wish(&tenant.to_string()) };
    for (twist, why) in [
        (Twist::WrongAudience, "is for another program"),
        (Twist::WrongIssuer, "comes from somebody else"),
        (Twist::WrongTenant, "another tenant"),
        (Twist::WrongNonce, "answers another sign-in"),
        (Twist::OtherOid, "another account signed in"),
        (Twist::Expired, "has ended already"),
        (Twist::NotYetValid, "is not valid yet"),
        (Twist::Missing, "lacks the id token"),
        (Twist::Garbage, "cannot be read"),
    ] {
        rig.set(|entra| entra.id_token = Some(twist));
        let refused = rig.browser(&asked).await.0.unwrap_err();
        assert!(refused.failure.why.contains(why), "{twist:?}: {}", refused.failure);
    }
    rig.set(|entra| entra.id_token = None);
    rig.browser(&asked).await.0.unwrap();
    let other = AccountId { oid: Uuid::from_u128(1), ..account };
    let refused = rig.browser(&Wish { account: Some(other), ..asked }).await.0.unwrap_err();
    assert!(refused.failure.why.contains("another account"), "{}", refused.failure);
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_the_limit() {
    let rig = Rig::start().await;
    let entra = client(&rig.emulator, Duration::from_millis(50));
    let refused = entra.browser(&wish("organizations"), |_| {}).await.unwrap_err();
    assert!(refused.failure.why.contains("nobody signed in"), "{}", refused.failure);
}
