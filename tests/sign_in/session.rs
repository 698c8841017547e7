//! A session of azpat's own: kept, renewed, refused, and serving the right account to each
//! organization.

use azpat::{
    azure::{Client, Settings as ClientSettings},
    config::{EntraSettings, SignInMethod, TokenStore as Store},
    effect::SignIn as Wanted,
    emulator::{Endpoint, NextError, Person, SignIn as Trouble},
    failure::{Failure, FailureKind},
    identity::{Kept, Known, Step, Way},
    operations::{list, membership, revoke},
    pat::Organization,
    private::Lock,
    sign_in::{SignIn, Ways},
    token_store::{Choice, TokenStore},
};
use futures_util::future::join_all;
use tempfile::TempDir;

use super::rig::Rig;

/// A home in which sessions are kept in a file.
struct Home {
    rig: Rig,
    folder: TempDir,
}

impl Home {
    async fn start() -> Self {
        Self { rig: Rig::start().await, folder: tempfile::tempdir().unwrap() }
    }

    /// azpat, started anew.
    fn ways(&self) -> Ways {
        self.ways_in(self.folder.path().join("state"))
    }

    fn ways_in(&self, folder: std::path::PathBuf) -> Ways {
        let entra = EntraSettings {
            authority: self.rig.emulator.authority().parse().unwrap(),
            client_id: Some(self.rig.emulator.client_id().to_string()),
            scopes: Vec::new(),
            token_store: Store::File,
        };
        let store = TokenStore::new(Choice::File, folder.clone());
        Ways::new(SignInMethod::Browser, &entra, store, folder).unwrap()
    }

    /// Signs in with a code, which opens no browser on the computer of whoever runs this.
    async fn ask(&self, ways: &Ways, who: Option<&str>, wanted: Wanted) -> SignIn {
        let control = self.rig.emulator.control();
        let tell = |step| {
            if let Step::DeviceCode { code, .. } = step {
                assert!(control.approve_device(&code, who));
            }
        };
        ways.ask(&Wanted { way: Some(Way::DeviceCode), ..wanted }, tell).await.unwrap()
    }

    async fn signed_in(&self, ways: &Ways) -> Client {
        self.client(self.ask(ways, None, Wanted::default()).await)
    }

    /// Of a session that was kept.
    async fn kept(&self, ways: &Ways) -> Result<Client, Failure> {
        ways.silent(|_| {}).await.map(|sign_in| self.client(sign_in))
    }

    fn client(&self, sign_in: SignIn) -> Client {
        let url = self.rig.emulator.url();
        let settings = ClientSettings {
            service_url: url.clone(),
            profile_url: url.clone(),
            api_version: "7.2-preview.1".to_owned(),
            sign_in,
        };
        Client::new(settings, |_| ()).unwrap()
    }

    /// How often a new access token was asked for.
    fn refreshes(&self) -> u64 {
        let report = self.rig.emulator.control().entra();
        report.token_requests.get("refresh_token").copied().unwrap_or_default()
    }

    /// From now on access tokens last so many seconds.
    fn lifetime(&self, seconds: u32) {
        self.rig.set(|entra| entra.access_token_lifetime = seconds);
    }

    fn trouble(&self, trouble: Trouble) {
        let control = self.rig.emulator.control();
        control.set(azpat::emulator::Settings { sign_in: trouble, ..control.settings() });
    }

    fn tokens(&self) -> Option<serde_json::Value> {
        let file = std::fs::read(self.folder.path().join("state/tokens.json")).ok()?;
        Some(serde_json::from_slice(&file).unwrap())
    }

    /// Somebody else in the tenant of contoso, who is no member of the organization.
    fn add_kim(&self) {
        let home = Some(self.rig.tenant("contoso"));
        let kim = Person {
            name: "Kim Roe".to_owned(),
            username: "kim@contoso.com".to_owned(),
            home,
            guest_in: Some(Vec::new()),
        };
        self.rig.set(|entra| entra.people = vec![kim]);
    }
}

fn organization(name: &str) -> Organization {
    name.parse().unwrap()
}

/// Why an organization could not be listed.
async fn list(client: &Client, name: &str) -> Result<(), Failure> {
    let ends = list::list(client, &[organization(name)], |_| {}).await;
    ends.into_iter().next().unwrap().1.map(drop)
}

fn robin(known: &[Known]) -> &Known {
    let is_robin = |known: &&Known| {
        known.identity.as_ref().is_some_and(|it| it.username.raw() == "robin@contoso.com")
    };
    known.iter().find(is_robin).unwrap()
}

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
async fn the_newest_refresh_token_is_kept_and_nothing_of_the_one_before() {
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
async fn a_session_that_ended_is_asked_for_once_and_begins_anew() {
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
async fn a_claims_challenge_is_passed_on_and_tried_once() {
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
async fn claims_that_need_a_person_go_into_the_next_sign_in() {
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
async fn the_member_of_an_organization_serves_it_and_nobody_is_passed_over() {
    let home = Home::start().await;
    home.add_kim();
    let ways = home.ways();
    home.ask(&ways, Some("kim@contoso.com"), Wanted::default()).await;
    let client = home.signed_in(&ways).await;
    let found = membership::find(&client, &[]).await.unwrap();
    assert_eq!(found.organizations.len(), 1, "{found:?}");
    assert_eq!(found.failures.len(), 1, "{found:?}");
    list(&client, "contoso").await.unwrap();
    assert_eq!(robin(&client.sign_in().known()).organizations, [organization("contoso")]);
}

#[tokio::test]
async fn whoever_is_no_member_is_passed_over_for_reading_and_never_for_writing() {
    let home = Home::start().await;
    home.add_kim();
    let ways = home.ways();
    home.ask(&ways, Some("kim@contoso.com"), Wanted::default()).await;
    let client = home.signed_in(&ways).await;
    let elsewhere = home.signed_in(&home.ways_in(home.folder.path().join("other"))).await;
    let pats = std::sync::Mutex::new(Vec::new());
    let keep = |page: azpat::operations::Page| pats.lock().unwrap().extend(page.pats);
    list::list(&elsewhere, &[organization("contoso")], keep).await;
    let pat = pats.into_inner().unwrap().remove(0);
    let failure = revoke::revoke(&client, &pat).await.unwrap_err();
    assert!(failure.why.contains("TF400813"), "{failure}");
    // Organizations that are named in the configuration are listed without asking who is where.
    list(&client, "contoso").await.unwrap();
    assert_eq!(robin(&client.sign_in().known()).organizations, [organization("contoso")]);
    let before = home.refreshes();
    list(&client, "contoso").await.unwrap();
    assert_eq!(home.refreshes(), before, "the stranger is asked again");
    // Where nobody is left, it ends, and the next call begins anew.
    ways.sign_out(robin(&client.sign_in().known()).identity.as_ref().unwrap().id).await.unwrap();
    let kim = home.kept(&home.ways()).await.unwrap();
    for _ in 0..2 {
        let failure = list(&kim, "contoso").await.unwrap_err();
        assert!(failure.why.contains("TF400813"), "{failure}");
    }
}

#[tokio::test]
async fn one_account_that_is_over_does_not_hide_the_other() {
    let home = Home::start().await;
    home.add_kim();
    let ways = home.ways();
    home.ask(&ways, Some("kim@contoso.com"), Wanted::default()).await;
    home.signed_in(&ways).await;
    home.rig.emulator.control().revoke_refresh_tokens("kim@contoso.com");
    let client = home.kept(&home.ways()).await.unwrap();
    list(&client, "contoso").await.unwrap();
    let known = client.sign_in().known();
    assert_eq!(known.iter().filter(|known| known.signed_out.is_some()).count(), 1, "{known:?}");
    // Each signs out alone.
    let (kim, robin) = (client.sign_in().accounts()[0], client.sign_in().accounts()[1]);
    ways.sign_out(kim.unwrap()).await.unwrap();
    assert_eq!(ways.known().await.unwrap().len(), 1);
    ways.sign_out(robin.unwrap()).await.unwrap();
    assert_eq!((ways.known().await.unwrap(), home.tokens()), (Vec::new(), None));
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
