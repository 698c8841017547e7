//! A session of azpat's own: kept, renewed, refused, and signed in where an organization is.

use azpat::{
    effect::SignIn as Wanted,
    emulator::{Endpoint, NextError, SignIn as Trouble},
    failure::FailureKind,
    identity::Kept,
    private::Lock,
};
use futures_util::future::join_all;

use super::home::{Home, list, organization, robin};

#[tokio::test]
async fn near_its_end_it_is_renewed_once_for_all_that_wait() {
    let home = Home::start().await;
    home.lifetime(0);
    let client = home.signed_in(&home.ways()).await;
    home.lifetime(3_600);
    let ends = join_all((0..10).map(|_| list(&client, "contoso"))).await;
    assert!(ends.iter().all(Result::is_ok), "{ends:?}");
    assert_eq!(home.refreshes(), 1);
    // A life of a minute is shorter than the usual margin, and is used all the same.
    home.lifetime(60);
    let client = home.kept(&home.ways()).await.unwrap();
    for _ in 0..3 {
        list(&client, "contoso").await.unwrap();
    }
    assert_eq!(home.refreshes(), 2);
}

/// Check 44: the new token is stored, and the old one forgotten.
#[tokio::test]
async fn check_44_the_newest_refresh_token_is_kept_and_nothing_of_the_one_before() {
    let home = Home::start().await;
    home.rig.set(|entra| entra.refresh_strict = true);
    home.signed_in(&home.ways()).await;
    let mut seen = Vec::new();
    for round in 1..=5 {
        let text = home.tokens().unwrap().to_string();
        let secrets = home.rig.emulator.control().secrets();
        let kept = secrets.iter().filter(|(_, secret)| text.contains(secret.as_str()));
        let kept: Vec<_> = kept.collect();
        assert!(kept.len() == 1 && kept[0].0 == "refresh token", "{kept:?}");
        assert!(!seen.contains(&kept[0].1));
        seen.push(kept[0].1.clone());
        list(&home.kept(&home.ways()).await.unwrap(), "contoso").await.unwrap();
        assert_eq!(home.refreshes(), round);
        assert_eq!(home.rig.emulator.control().entra().refresh_tokens_live, 1);
    }
}

/// Check 79: no renewing outside the lock.
#[tokio::test]
async fn check_79_nothing_is_renewed_while_another_process_holds_the_session() {
    let home = Home::start().await;
    home.signed_in(&home.ways()).await;
    let lock = home.folder.path().join("state/session.lock");
    let lock = Lock::try_acquire(&lock).unwrap().unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    // Nobody can tell meanwhile whether the session still holds.
    let client = home.kept(&home.ways()).await.unwrap();
    assert!(begun.elapsed() >= std::time::Duration::from_secs(5));
    assert_eq!(home.refreshes(), 0);
    tokio::time::resume();
    drop(lock);
    list(&client, "contoso").await.unwrap();
    assert_eq!(home.refreshes(), 1);
}

/// Check 44: a refusal drops the session and is asked for once.
#[tokio::test]
async fn check_44_a_session_that_ended_is_asked_for_once_and_begins_anew() {
    let home = Home::start().await;
    home.lifetime(0);
    let ways = home.ways();
    let client = home.signed_in(&ways).await;
    home.rig.emulator.control().revoke_refresh_tokens("robin@contoso.com");
    let first = list(&client, "contoso").await.unwrap_err();
    assert_eq!(first.kind, FailureKind::SignIn);
    assert!(first.why.contains("AADSTS50173"), "{first}");
    for _ in 0..3 {
        let again = list(&client, "contoso").await.unwrap_err();
        assert_eq!((again.kind, &again.why), (first.kind, &first.why));
    }
    assert_eq!(home.refreshes(), 1);
    assert_eq!(home.tokens(), None, "a token that was refused is of no use to anybody");
    assert_eq!(robin(&client.sign_in().known()).signed_out.as_ref().unwrap().why, first.why);
    let next = home.kept(&home.ways()).await.unwrap_err();
    assert_eq!(next.kind, FailureKind::SignIn, "{next}");
    assert_eq!(home.refreshes(), 1);

    home.lifetime(3_600);
    let account = client.sign_in().accounts()[0];
    home.ask(&ways, None, Wanted { account, ..Wanted::default() }).await;
    list(&client, "contoso").await.unwrap();
    assert_eq!(robin(&client.sign_in().known()).signed_out, None);
    assert_eq!(home.refreshes(), 1);
}

#[tokio::test]
async fn a_sign_in_elsewhere_is_taken_up() {
    let home = Home::start().await;
    home.lifetime(0);
    let client = home.signed_in(&home.ways()).await;
    home.rig.emulator.control().revoke_refresh_tokens("robin@contoso.com");
    list(&client, "contoso").await.unwrap_err();
    home.lifetime(3_600);
    home.signed_in(&home.ways()).await;
    list(&client, "contoso").await.unwrap();
}

/// Check 44: claims are passed on once.
#[tokio::test]
async fn check_44_a_claims_challenge_is_passed_on_and_tried_once() {
    let home = Home::start().await;
    let ways = home.ways();
    let client = home.signed_in(&ways).await;
    home.trouble(Trouble::ClaimsChallenge401);
    let ends = join_all((0..4).map(|_| list(&client, "contoso"))).await;
    assert!(ends.iter().all(Result::is_ok), "{ends:?}");
    assert_eq!(home.refreshes(), 1);
    let asked = || home.rig.emulator.control().entra().last_claims.unwrap_or_default();
    assert!(asked().contains("1604106651"), "{}", asked());

    // Whatever comes, a call tries one other access token and no more.
    home.trouble(Trouble::Unauthorized401);
    let failure = list(&client, "contoso").await.unwrap_err();
    assert_eq!((failure.kind, home.refreshes()), (FailureKind::SignIn, 2), "{failure}");
}

#[tokio::test]
async fn check_44_claims_that_need_a_person_go_into_the_next_sign_in() {
    let home = Home::start().await;
    let ways = home.ways();
    let client = home.signed_in(&ways).await;
    home.trouble(Trouble::ClaimsChallenge401);
    home.rig.set(|entra| {
        let refused = NextError::once(Endpoint::Token, 50076);
        entra.next_errors = vec![NextError { grant: Some("refresh_token".to_owned()), ..refused }];
    });
    for _ in 0..3 {
        let failure = list(&client, "contoso").await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::SignIn, "{failure}");
        assert!(failure.why.contains("AADSTS50076"), "{failure}");
    }
    assert_eq!(home.refreshes(), 1);
    // What Entra itself asks for goes before what Azure DevOps asked for.
    home.ask(&ways, None, Wanted::default()).await;
    let asked = home.rig.emulator.control().entra().last_claims.unwrap_or_default();
    assert!(asked.contains("capolids"), "{asked}");
    list(&client, "contoso").await.unwrap();
    assert_eq!(home.refreshes(), 2);
}

#[tokio::test]
async fn a_guest_is_served_at_the_tenant_of_the_organization() {
    let home = Home::start().await;
    let client = home.signed_in(&home.ways()).await;
    for client in [&client, &home.kept(&home.ways()).await.unwrap()] {
        for name in ["contoso", "fabrikam"] {
            list(client, name).await.unwrap();
        }
        let known = client.sign_in().known();
        let tenants = ["contoso", "fabrikam"].map(|name| home.rig.tenant(name));
        assert_eq!(robin(&known).tenants, tenants);
        assert_eq!(robin(&known).organizations, ["contoso", "fabrikam"].map(organization));
        assert_eq!(known.len(), 1);
    }
}

#[tokio::test]
async fn signing_in_to_another_tenant_is_another_account() {
    let home = Home::start().await;
    let ways = home.ways();
    let client = home.signed_in(&ways).await;
    let account = client.sign_in().accounts()[0];
    let tenant = Some(home.rig.tenant("fabrikam").to_string().parse().unwrap());
    let sign_in = home.ask(&ways, None, Wanted { account, tenant, ..Wanted::default() }).await;
    assert_eq!(sign_in.known().len(), 2);
    assert_eq!(sign_in.known()[1].tenants, [home.rig.tenant("fabrikam")]);
}

#[tokio::test]
async fn organizations_of_personal_accounts_are_refused_in_a_sentence() {
    let home = Home::start().await;
    home.rig.set(|entra| {
        entra.tenants.insert("fabrikam".to_owned(), uuid::Uuid::nil());
    });
    let client = home.signed_in(&home.ways()).await;
    let before = home.refreshes();
    let failure = list(&client, "fabrikam").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.why.contains("personal Microsoft accounts"), "{failure}");
    assert_eq!(home.refreshes(), before);
    list(&client, "contoso").await.unwrap();
}

/// A folder of one's own in which nobody can make a file, not even root.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_folder_to_write_to_a_session_holds_until_the_end() {
    let home = Home::start().await;
    home.rig.set(|entra| entra.refresh_strict = true);
    home.lifetime(0);
    let ways = home.ways_in(format!("/proc/{}/fd", std::process::id()).into());
    let client = home.signed_in(&ways).await;
    home.lifetime(3_600);
    for name in ["contoso", "fabrikam"] {
        list(&client, name).await.unwrap();
    }
    assert_eq!(home.refreshes(), 2);
    // Looking at the accounts, and one more sign-in, forget nothing.
    home.ask(&ways, None, Wanted::default()).await;
    let known = ways.known().await.unwrap();
    assert!(matches!(&robin(&known).kept, Kept::Memory(_)), "{known:?}");
    assert_eq!(robin(&known).signed_out, None);
    list(&client, "contoso").await.unwrap();
}
