//! New access tokens without a person.

use azpat::{entra::Wish, secret::RefreshToken};

use super::rig::{Rig, challenge, wish};

#[tokio::test]
async fn a_refresh_token_serves_every_tenant_of_the_person() {
    let rig = Rig::start().await;
    let first = rig.signed_in().await;
    let refresh = first.refresh.unwrap();
    let (claims, json) = challenge();
    for organization in ["contoso", "fabrikam"] {
        let tenant = rig.tenant(organization);
        let asked = Wish { claims: Some(claims.clone()), ..wish(&tenant.to_string()) };
        let grant = rig.entra.refresh(&asked, &refresh).await.unwrap();
        assert_eq!(grant.identity.id.tenant, tenant);
        assert!(grant.bearer != first.bearer && grant.refresh.is_some_and(|new| new != refresh));
        assert_eq!(rig.emulator.control().entra().last_claims, Some(json.clone()));
    }
}

#[tokio::test]
async fn a_revoked_or_made_up_one_ends_the_session() {
    let rig = Rig::start().await;
    let refresh = rig.signed_in().await.refresh.unwrap();
    rig.emulator.control().revoke_refresh_tokens("robin@contoso.com");
    for token in [refresh, RefreshToken::new("s3cret-made-up")] {
        let refused = rig.entra.refresh(&wish("organizations"), &token).await.unwrap_err();
        assert!(refused.ends_session, "{refused:?}");
        assert!(refused.failure.to_string().starts_with("cannot renew the sign-in: "));
        assert!(refused.failure.support_id.as_ref().is_some_and(|id| id.contains(", trace ")));
        assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
    }
}

#[tokio::test]
async fn a_service_that_is_gone_ends_no_session() {
    let rig = Rig::start().await;
    let refresh = rig.signed_in().await.refresh.unwrap();
    drop(rig.emulator);
    let refused = rig.entra.refresh(&wish("organizations"), &refresh).await.unwrap_err();
    assert_eq!(refused.failure.kind, azpat::failure::FailureKind::Network, "{refused:?}");
    assert!(!refused.ends_session);
}
