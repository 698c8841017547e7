//! Many azpat that renew one session at the same time.

use std::{fs, path::Path};

use azpat::{
    azure::{Client, Settings},
    config::{EntraSettings, SignInMethod, TokenStore as Store},
    effect::SignIn as Wanted,
    emulator::{Emulator, Options},
    failure::Failure,
    identity::{Step, Way},
    operations::list,
    sign_in::{SignIn, Ways},
    token_store::{Choice, TokenStore},
};
use serde_json::{Value, json};
use url::Url;

use super::{home, role, start};

const PROCESSES: usize = 30;
const ROUNDS: u64 = 20;

/// The embedded service, as the other processes are told of it.
struct Service {
    url: Url,
    authority: Url,
    client_id: String,
}

impl Service {
    fn of(emulator: &Emulator) -> Self {
        Self {
            url: emulator.url().clone(),
            authority: emulator.authority().parse().unwrap(),
            client_id: emulator.client_id().to_string(),
        }
    }

    fn write(&self, folder: &Path) {
        let service =
            json!({"url": self.url, "authority": self.authority, "client_id": self.client_id});
        fs::write(folder.join("service.json"), service.to_string()).unwrap();
    }

    fn read(folder: &Path) -> Self {
        let service: Value =
            serde_json::from_slice(&fs::read(folder.join("service.json")).unwrap()).unwrap();
        let text = |name: &str| service.get(name).unwrap().as_str().unwrap().to_owned();
        Self {
            url: text("url").parse().unwrap(),
            authority: text("authority").parse().unwrap(),
            client_id: text("client_id"),
        }
    }

    /// azpat, started anew.
    fn ways(&self, folder: &Path) -> Ways {
        rustls::crypto::ring::default_provider().install_default().ok();
        let entra = EntraSettings {
            authority: self.authority.clone(),
            client_id: Some(self.client_id.clone()),
            scopes: Vec::new(),
            token_store: Store::File,
        };
        let store = TokenStore::new(Choice::File, folder.to_owned());
        Ways::new(SignInMethod::Browser, &entra, store, folder.to_owned()).unwrap()
    }

    async fn list(&self, sign_in: SignIn) -> Result<(), Failure> {
        let settings = Settings {
            service_url: self.url.clone(),
            profile_url: self.url.clone(),
            api_version: "7.2-preview.1".to_owned(),
            sign_in,
        };
        let client = Client::new(settings, |_| ()).unwrap();
        let ends = list::list(&client, &["contoso".parse().unwrap()], |_| {}).await;
        ends.into_iter().next().unwrap().1.map(drop)
    }

    /// Renews the session and uses what it got. False if others were served all the time.
    async fn round(&self, folder: &Path) -> bool {
        let sign_in = self.ways(folder).silent(|_| {}).await.unwrap();
        match self.list(sign_in).await {
            Ok(()) => true,
            Err(failure) if failure.why.contains("has held it for") => false,
            Err(failure) => unreachable!("{failure}"),
        }
    }
}

/// The only refresh token that is kept. A reader takes no lock, and still sees whole files.
fn kept(folder: &Path) -> String {
    let file: Value =
        serde_json::from_slice(&fs::read(folder.join("tokens.json")).unwrap()).unwrap();
    file.to_string()
}

/// Check 79: processes that renew at the same time lose nothing, even where Entra takes each
/// refresh token only once, so that two that were not kept apart by the lock would end the session.
#[tokio::test(flavor = "multi_thread")]
async fn check_79_thirty_processes_renew_one_session_and_none_is_refused() {
    if let Some((_, folder)) = role() {
        let service = Service::read(&folder);
        let mut done = 0;
        while done < ROUNDS {
            done += u64::from(service.round(&folder).await);
            assert!(kept(&folder).len() > 40);
        }
        return;
    }
    let (_home, folder) = home();
    let options = Options { auto_accept: true, ..Options::generated(&[("contoso", 1)]) };
    let emulator = Emulator::start(options).await.unwrap();
    let control = emulator.control();
    let mut settings = control.settings();
    settings.entra.refresh_strict = true;
    settings.entra.device.interval = 0;
    control.set(settings);
    let service = Service::of(&emulator);
    service.write(&folder);
    let tell = |step| {
        if let Step::DeviceCode { code, .. } = step {
            assert!(control.approve_device(&code, None));
        }
    };
    let wanted = Wanted { way: Some(Way::DeviceCode), ..Wanted::default() };
    service.ways(&folder).ask(&wanted, tell).await.unwrap();

    let test = "refresh::check_79_thirty_processes_renew_one_session_and_none_is_refused";
    let others = (0..PROCESSES).map(|n| start(test, &n.to_string(), &folder));
    for mut other in others.collect::<Vec<_>>() {
        assert!(other.wait().await.unwrap().success());
    }
    let report = control.entra();
    let all = u64::try_from(PROCESSES).unwrap() * ROUNDS;
    let count =
        |counts: &std::collections::BTreeMap<String, u64>| counts.get("refresh_token").copied();
    assert_eq!(count(&report.token_requests), Some(all));
    assert_eq!(count(&report.token_answers), Some(all), "each was under the lock");
    assert_eq!(report.refresh_tokens_live, 1);
    // What is kept is the newest one, and nothing else.
    let newest = kept(&folder);
    let secrets = control.secrets();
    assert_eq!(secrets.iter().filter(|(_, secret)| newest.contains(secret.as_str())).count(), 1);
    assert!(service.round(&folder).await);
}
