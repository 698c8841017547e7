//! azpat signed in for a while: sessions that are kept, and clients that use them.

use azpat::{
    azure::{Client, Progress, Settings as ClientSettings},
    config::{EntraSettings, SignInMethod, TokenStore as Store},
    effect::SignIn as Wanted,
    emulator::{Person, SignIn as Trouble},
    failure::Failure,
    identity::{Known, Step, Way},
    operations::list,
    pat::{Organization, Pat},
    sign_in::{SignIn, Ways},
    token_store::{Choice, TokenStore},
};
use tempfile::TempDir;

use super::rig::Rig;

/// A home in which sessions are kept in a file.
pub(crate) struct Home {
    pub(crate) rig: Rig,
    pub(crate) folder: TempDir,
}

impl Home {
    pub(crate) async fn start() -> Self {
        Self { rig: Rig::start().await, folder: tempfile::tempdir().unwrap() }
    }

    /// azpat, started anew.
    pub(crate) fn ways(&self) -> Ways {
        self.ways_in(self.folder.path().join("state"))
    }

    pub(crate) fn ways_in(&self, folder: std::path::PathBuf) -> Ways {
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
    pub(crate) async fn ask(&self, ways: &Ways, who: Option<&str>, wanted: Wanted) -> SignIn {
        let control = self.rig.emulator.control();
        let tell = |step| {
            if let Step::DeviceCode { code, .. } = step {
                assert!(control.approve_device(&code, who));
            }
        };
        ways.ask(&Wanted { way: Some(Way::DeviceCode), ..wanted }, tell).await.unwrap()
    }

    pub(crate) async fn signed_in(&self, ways: &Ways) -> Client {
        self.client(self.ask(ways, None, Wanted::default()).await)
    }

    /// Of a session that was kept.
    pub(crate) async fn kept(&self, ways: &Ways) -> Result<Client, Failure> {
        ways.silent(|_| {}).await.map(|sign_in| self.client(sign_in))
    }

    pub(crate) fn client(&self, sign_in: SignIn) -> Client {
        self.observed(sign_in, |_| ())
    }

    pub(crate) fn observed(
        &self,
        sign_in: SignIn,
        observer: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Client {
        let url = self.rig.emulator.url();
        let settings = ClientSettings {
            service_url: url.clone(),
            profile_url: url.clone(),
            api_version: "7.2-preview.1".to_owned(),
            sign_in,
        };
        Client::new(settings, observer).unwrap()
    }

    /// How often a new access token was asked for.
    pub(crate) fn refreshes(&self) -> u64 {
        let report = self.rig.emulator.control().entra();
        report.token_requests.get("refresh_token").copied().unwrap_or_default()
    }

    /// From now on access tokens last so many seconds.
    pub(crate) fn lifetime(&self, seconds: u32) {
        self.rig.set(|entra| entra.access_token_lifetime = seconds);
    }

    pub(crate) fn trouble(&self, trouble: Trouble) {
        let control = self.rig.emulator.control();
        control.set(azpat::emulator::Settings { sign_in: trouble, ..control.settings() });
    }

    pub(crate) fn tokens(&self) -> Option<serde_json::Value> {
        let file = std::fs::read(self.folder.path().join("state/tokens.json")).ok()?;
        Some(serde_json::from_slice(&file).unwrap())
    }

    /// Somebody else in the tenant of contoso, who is no member of the organization.
    pub(crate) fn add_kim(&self) {
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

pub(crate) fn organization(name: &str) -> Organization {
    name.parse().unwrap()
}

/// Why an organization could not be listed.
pub(crate) async fn list(client: &Client, name: &str) -> Result<(), Failure> {
    let ends = list::list(client, &[organization(name)], |_| {}).await;
    ends.into_iter().next().unwrap().1.map(drop)
}

/// The first token of contoso.
pub(crate) async fn some_pat(client: &Client) -> Pat {
    let pats = std::sync::Mutex::new(Vec::new());
    let keep = |page: azpat::operations::Page| pats.lock().unwrap().extend(page.pats);
    list::list(client, &[organization("contoso")], keep).await;
    pats.into_inner().unwrap().remove(0)
}

pub(crate) fn robin(known: &[Known]) -> &Known {
    let is_robin = |known: &&Known| {
        known.identity.as_ref().is_some_and(|it| it.username.raw() == "robin@contoso.com")
    };
    known.iter().find(is_robin).unwrap()
}
