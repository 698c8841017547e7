//! Sign-in in the browser.

use std::{sync::Mutex, time::Duration};

use azpat::{
    emulator::IdTokenTwist as Twist,
    entra::{Step, Wish},
    identity::AccountId,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use uuid::Uuid;

use super::rig::{Rig, challenge, client, field, wish};

/// Check 37: PKCE S256, a state of 256 bits and the exact redirect go with the request.
#[tokio::test]
async fn check_37_it_brings_tokens_and_who_signed_in() {
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

/// Check 37: state and nonce (128 bits or more) and verifier (43 characters or more) are fresh for
/// each sign-in.
#[tokio::test]
async fn check_37_every_sign_in_is_new_and_carries_its_hints() {
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
    // What was sent at the end of each is what its beginning promised, as long as RFC 7636 wants.
    let secrets = rig.emulator.control().secrets();
    let verifiers: Vec<_> =
        secrets.iter().filter(|(kind, _)| *kind == "verifier").map(|(_, it)| it).collect();
    assert_eq!(verifiers.len(), 2);
    for (verifier, address) in verifiers.iter().zip([&first, &second]) {
        assert!((43..=128).contains(&verifier.len()), "{}", verifier.len());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        assert_eq!(field(address, "code_challenge"), Some(challenge));
    }
    for name in ["state", "nonce"] {
        let bytes = URL_SAFE_NO_PAD.decode(field(&first, name).unwrap()).unwrap();
        assert!(8 * bytes.len() >= 128, "{name}: {} bytes", bytes.len());
    }
    assert_eq!(field(&first, "prompt"), None);
    assert_eq!(field(&first, "login_hint").as_deref(), Some("robin@contoso.com"));
    assert_eq!(field(&first, "claims"), Some(json.clone()));
    assert_eq!(rig.emulator.control().entra().last_claims, Some(json));
}

/// Check 42: a wrong audience, issuer, tenant, nonce or account is refused before use.
#[tokio::test]
async fn check_42_a_tampered_id_token_is_refused() {
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

/// Check 39: a callback after the time limit finds the port closed, also one that was connected
/// before, and nothing is redeemed.
#[tokio::test]
async fn check_39_nobody_is_waited_for_longer_than_the_limit() {
    let rig = Rig::start().await;
    let entra = client(&rig.emulator, Duration::from_secs(1));
    let (send, receive) = tokio::sync::oneshot::channel();
    let send = Mutex::new(Some(send));
    let tell = |step| {
        if let Step::Browser { address, port, .. } = step {
            send.lock().unwrap().take().unwrap().send((address, port)).unwrap();
        }
    };
    let early = async {
        let (address, port) = receive.await.unwrap();
        (TcpStream::connect(("127.0.0.1", port)).await.unwrap(), address, port)
    };
    let wish = wish("organizations");
    let (refused, (mut early, address, port)) = tokio::join!(entra.browser(&wish, tell), early);
    let refused = refused.unwrap_err();
    assert!(refused.failure.why.contains("nobody signed in"), "{}", refused.failure);

    let state = field(&address, "state").unwrap();
    let late = format!("GET /?code=late&state={state} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    let mut page = String::new();
    // The computer may tell the one or the other that nobody is there any more.
    early.write_all(late.as_bytes()).await.ok();
    early.read_to_string(&mut page).await.ok();
    assert_eq!(page, "");
    for address in ["127.0.0.1", "::1"] {
        assert!(TcpStream::connect((address, port)).await.is_err(), "{address} is open");
    }
    assert_eq!(rig.emulator.control().entra().token_requests.len(), 0);
}
