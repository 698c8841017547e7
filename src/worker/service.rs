//! Orders that go to the service, carried out with the same operations as the commands.

use std::sync::{PoisonError, RwLock};

use tokio::sync::{Mutex, mpsc};

use super::desktop;
use crate::{
    azure::{Client, Progress, Settings},
    config::{Missing, Source},
    connect,
    effect::{Effect, OrderId},
    emulator::Emulator,
    event::{Connection, Event},
    failure::{Failure, FailureKind},
    operations::{extend, list, revoke},
    pat::Organization,
};

/// The service that orders go to, once it is found.
#[derive(Debug)]
pub(super) struct Service {
    source: Source,
    events: mpsc::Sender<Event>,
    client: RwLock<Option<Client>>,
    /// Serves the example data as long as azpat runs.
    emulator: Mutex<Option<Emulator>>,
}

impl Service {
    pub(super) fn new(source: Source, events: mpsc::Sender<Event>) -> Self {
        Self { source, events, client: RwLock::default(), emulator: Mutex::default() }
    }

    /// Carries out one order. Returns its final event.
    pub(super) async fn perform(&self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Connect => {
                let result = match &self.source {
                    Source::Demo(_) => self.connect_demo().await,
                    Source::Service(_) | Source::Missing(_) => self.connect().await,
                };
                Some(Event::Connected(Box::new(result)))
            }
            Effect::ConnectDemo => Some(Event::Connected(Box::new(self.connect_demo().await))),
            Effect::List { order, organizations } => Some(self.list(order, &organizations).await),
            Effect::Extend { order, pat, to } => {
                let result = match self.client("extend the token") {
                    Ok(client) => extend::extend(&client, &pat, to).await,
                    Err(failure) => Err(failure),
                };
                Some(Event::Extended { order, result: Box::new(result) })
            }
            Effect::Revoke { order, pat } => {
                let result = match self.client("revoke the token") {
                    Ok(client) => revoke::revoke(&client, &pat).await,
                    Err(failure) => Err(failure),
                };
                Some(Event::Revoked { order, result })
            }
            Effect::OpenPage { url } => {
                let result = desktop::open(&url).await;
                Some(Event::PageOpened { url, result })
            }
            // The terminal does these.
            Effect::Copy { .. } | Effect::Suspend | Effect::Quit => None,
        }
    }

    fn client(&self, attempt: &str) -> Result<Client, Failure> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner).clone();
        client
            .ok_or_else(|| Failure::new(FailureKind::Usage, attempt, "there is no connection yet"))
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let (Source::Service(service) | Source::Missing(Missing { service, .. })) = &self.source
        else {
            return self.connect_demo().await;
        };
        let client = self.begin(connect::to_service(service))?;
        self.find(client, &service.organizations).await
    }

    async fn connect_demo(&self) -> Result<Connection, Failure> {
        let mut emulator = self.emulator.lock().await;
        let demo = match emulator.take() {
            Some(demo) => demo,
            None => connect::start_demo().await?,
        };
        let settings = connect::to_demo(&demo);
        *emulator = Some(demo);
        let client = self.begin(settings)?;
        let wanted = match &self.source {
            Source::Demo(organizations) => organizations.as_slice(),
            Source::Service(_) | Source::Missing(_) => &[],
        };
        self.find(client, wanted).await
    }

    /// Makes the client and lets what it does show.
    fn begin(&self, settings: Settings) -> Result<Client, Failure> {
        let events = self.events.clone();
        let observer = move |progress| {
            let event = match progress {
                Progress::Called(call) => Event::Called(call),
                Progress::Waiting { attempt, until, why } => {
                    Event::Delayed { until, why: format!("{attempt}: {why}") }
                }
            };
            // The log of calls may miss one when azpat is busy; nothing depends on it.
            events.try_send(event).ok();
        };
        let client = Client::new(settings, observer)?;
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = Some(client.clone());
        Ok(client)
    }

    /// Finds the account and the organizations. Listing needs the second only, so a profile that
    /// cannot be read is no failure where they are configured.
    async fn find(&self, client: Client, wanted: &[Organization]) -> Result<Connection, Failure> {
        let account = client.account().await;
        let found = match &account {
            Ok(account) => client.organizations(account).await,
            Err(failure) => Err(failure.clone()),
        };
        let organizations = if wanted.is_empty() {
            found?.into_iter().map(|(organization, id)| (organization, Some(id))).collect()
        } else {
            let found = found.unwrap_or_default();
            let id = |wanted: &Organization| {
                found.iter().find(|(organization, _)| organization == wanted).map(|(_, id)| *id)
            };
            wanted.iter().map(|organization| (organization.clone(), id(organization))).collect()
        };
        Ok(Connection {
            account: account.ok(),
            organizations,
            host: client.host(),
            route: client.route(),
            is_test_service: client.is_test_service(),
        })
    }

    /// Pages go out as they arrive. The listing tells them without waiting; they wait here while
    /// the screen is behind, at most as many as the service has.
    async fn list(&self, order: OrderId, organizations: &[Organization]) -> Event {
        let ended = Event::Listed { order };
        let Ok(client) = self.client("list the tokens") else { return ended };
        let (pages, mut arrived) = mpsc::unbounded_channel();
        let listing = async {
            let pages = pages;
            list::list(&client, organizations, |page| drop(pages.send(page))).await
        };
        let forward = async {
            while let Some(page) = arrived.recv().await {
                self.events.send(Event::PageListed { order, page }).await.ok();
            }
        };
        let (results, ()) = tokio::join!(listing, forward);
        self.events.send(Event::SkewMeasured(client.skew())).await.ok();
        for (organization, result) in results {
            let event = Event::OrganizationListed { order, organization, result };
            self.events.send(event).await.ok();
        }
        ended
    }
}
