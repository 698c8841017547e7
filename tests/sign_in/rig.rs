//! An emulator that signs in whoever comes, a client of it, and a browser.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use azpat::{
    emulator::{Emulator, Endpoint, Entra as Settings, NextError, Options},
    entra::{App, Authority, Claims, Entra, Grant, Limits, Refused, Step, Wish},
    identity::Tenant,
};
use url::Url;
use uuid::Uuid;

pub(crate) struct Rig {
    pub(crate) emulator: Emulator,
    pub(crate) entra: Entra,
}

/// What was told, in order.
pub(crate) type Told = Arc<Mutex<Vec<Step>>>;

pub(crate) fn wish(tenant: &str) -> Wish {
    Wish { tenant: tenant.parse().unwrap(), login_hint: None, claims: None, account: None }
}

pub(crate) fn challenge() -> (Claims, String) {
    let json = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
    (Claims::from_challenge(json).unwrap(), json.to_owned())
}

/// What the sign-in page is asked, by name.
pub(crate) fn field(address: &Url, name: &str) -> Option<String> {
    address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

impl Rig {
    pub(crate) async fn start() -> Self {
        let options = Options::generated(&[("contoso", 3), ("fabrikam", 2)]);
        let emulator = Emulator::start(Options { auto_accept: true, ..options }).await.unwrap();
        let entra = client(&emulator, Duration::from_secs(20));
        let rig = Self { emulator, entra };
        rig.set(|settings| settings.device.interval = 0);
        rig
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.emulator.control().settings();
        change(&mut settings.entra);
        self.emulator.control().set(settings);
    }

    /// The next request to an endpoint is refused with this number.
    pub(crate) fn refuse(&self, endpoint: Endpoint, code: u32) {
        self.set(|entra| entra.next_errors = vec![NextError::once(endpoint, code)]);
    }

    pub(crate) fn tenant(&self, organization: &str) -> Uuid {
        self.emulator.tenants()[organization]
    }

    /// Signs in with a browser that follows every redirect, and tells what it was sent to.
    pub(crate) async fn browser(&self, wish: &Wish) -> (Result<Grant, Refused>, Url) {
        let (send, receive) = tokio::sync::oneshot::channel();
        let send = Mutex::new(Some(send));
        let tell = |step| {
            if let Step::Browser { address, .. } = step {
                send.lock().unwrap().take().unwrap().send(address).unwrap();
            }
        };
        let visit = async {
            let address: Url = receive.await.unwrap();
            let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
            let page = http.get(address.clone()).send().await.unwrap();
            (page.text().await.unwrap(), address)
        };
        let (grant, (_page, address)) = tokio::join!(self.entra.browser(wish, tell), visit);
        (grant, address)
    }

    pub(crate) async fn signed_in(&self) -> Grant {
        self.browser(&wish("organizations")).await.0.unwrap()
    }

    pub(crate) async fn device(&self, wish: &Wish) -> (Result<Grant, Refused>, Vec<Step>) {
        let told = Told::default();
        let grant = self.entra.device_code(wish, |step| told.lock().unwrap().push(step)).await;
        let told = told.lock().unwrap().clone();
        (grant, told)
    }
}

pub(crate) fn client(emulator: &Emulator, browser: Duration) -> Entra {
    // reqwest wants it even for plain connections.
    rustls::crypto::ring::default_provider().install_default().ok();
    let (authority, tenant) = Authority::parse(&emulator.authority().parse().unwrap()).unwrap();
    assert_eq!(tenant, Tenant::Organizations);
    let app = App { client_id: emulator.client_id().to_string(), scopes: App::default_scopes() };
    let mut limits = Limits { browser, interval: Duration::from_millis(5), ..Limits::default() };
    limits.http.back_off = Duration::from_millis(5);
    Entra::with_limits(authority, app, limits).unwrap()
}
