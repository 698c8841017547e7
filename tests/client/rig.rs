//! An emulator with a client that watches what it is told, with limits short enough for tests.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use azpat::{
    azure::{Client, Limits, Progress, Settings},
    emulator::{Emulator, Options, Record},
    failure::Failure,
    operations::{Completeness, Desk, Page, Records, list},
    pat::{Listed, Organization, Pat, inventory::Inventory},
    secret::Bearer,
    sign_in::SignIn,
};
use tempfile::TempDir;
use url::Url;

/// What a client told, in order.
pub(crate) type Told = Arc<Mutex<Vec<Progress>>>;

pub(crate) struct Rig {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) desk: Desk,
    pub(crate) told: Told,
    /// Holds the folder of state.
    _home: TempDir,
}

/// Short enough for a test, long enough for a busy machine.
pub(crate) fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        answer: Duration::from_millis(800),
        idle: Duration::from_millis(500),
        total: Duration::from_secs(3),
        back_off: Duration::from_millis(5),
        looks: [Duration::ZERO, Duration::from_millis(5), Duration::from_millis(10)],
        ..Limits::default()
    }
}

pub(crate) fn client(url: &Url, bearer: &str, limits: Limits) -> (Client, Told) {
    let told = Told::default();
    let settings = Settings {
        service_url: url.clone(),
        profile_url: url.clone(),
        api_version: "7.2-preview.1".to_owned(),
        sign_in: SignIn::token(Bearer::new(bearer)),
    };
    let sink = Arc::clone(&told);
    let client = Client::with_limits(settings, limits, move |told| sink.lock().unwrap().push(told));
    (client.unwrap(), told)
}

impl Rig {
    pub(crate) async fn start(tokens: usize) -> Self {
        Self::with(&[("contoso", tokens)], limits()).await
    }

    pub(crate) async fn with(organizations: &[(&str, usize)], limits: Limits) -> Self {
        let emulator = Emulator::start(Options::generated(organizations)).await.unwrap();
        let (client, told) = client(emulator.url(), emulator.access_token(), limits);
        let home = tempfile::tempdir().unwrap();
        let records = Records::new(Ok(home.path().join("state")), |_| ());
        let desk = Desk { client: client.clone(), records };
        Self { emulator, client, desk, told, _home: home }
    }

    pub(crate) fn organizations(&self) -> Vec<Organization> {
        self.emulator.organizations().iter().map(|name| name.parse().unwrap()).collect()
    }

    /// Lists everything.
    pub(crate) async fn list(&self) -> (Inventory, Vec<Result<Completeness, Failure>>) {
        let pages = Mutex::new(Vec::<Page>::new());
        let ends = list::list(&self.client, &self.organizations(), |page| {
            pages.lock().unwrap().push(page);
        })
        .await;
        let mut inventory = Inventory::default();
        for page in pages.into_inner().unwrap() {
            for pat in page.pats {
                inventory.add(pat);
            }
        }
        (inventory, ends.into_iter().map(|(_, end)| end).collect())
    }

    /// The first active token of the list, and nothing on the record yet.
    pub(crate) async fn some_active(&self) -> Pat {
        let (inventory, _) = self.list().await;
        let now = azpat::clock::now() + chrono::TimeDelta::days(1);
        let pat = inventory
            .pats()
            .iter()
            .find(|pat| pat.listed == Listed::Active && pat.valid_to > now && !pat.is_global())
            .cloned();
        self.emulator.control().clear_requests();
        self.told.lock().unwrap().clear();
        pat.unwrap()
    }

    /// What really became of a token.
    pub(crate) fn truth(&self, pat: &Pat) -> Record {
        let ledger = self.emulator.control().ledger();
        ledger.into_iter().find(|record| record.id == pat.id.0).unwrap()
    }

    pub(crate) fn requests(&self, method: &str) -> usize {
        let requests = self.emulator.control().requests();
        requests.iter().filter(|request| request.method == method).count()
    }
}
