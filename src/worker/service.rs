//! Orders that go to the service, carried out with the same operations as the commands.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{PoisonError, RwLock},
};

use tokio::sync::{Mutex, mpsc};

use super::{
    delivering::Planned,
    secret_file,
    turns::{Turn, Turns},
};
use crate::{
    audit::Log,
    azure::{Client, Progress, Settings},
    config::{Missing, SinkSettings, Source},
    connect::{self, Demo},
    desktop::{self, SystemClipboard},
    effect::{Effect, OrderId, SignIn as Wanted},
    event::{Connection, Event},
    failure::{Failure, FailureKind},
    identity::AccountId,
    operations::{Desk, Records, handover::Handover, list, membership},
    pat::{AuthorizationId, Organization},
    secret::PatSecret,
    sign_in::{SignIn, Ways},
    sink::Sinks,
};

/// How the service is reached, the folder for what is written down about it, and the places that
/// secrets are delivered to.
type Place = (Settings, Result<PathBuf, Failure>, Sinks);

/// The service that orders go to, once it is found.
#[derive(Debug)]
pub(super) struct Service {
    source: Source,
    own_sinks: Vec<SinkSettings>,
    pub(super) events: mpsc::Sender<Event>,
    desk: RwLock<Option<Desk>>,
    pub(super) sinks: RwLock<Sinks>,
    /// The ways to sign in, the same as long as azpat runs: they hold the session.
    ways: Mutex<Option<Ways>>,
    turns: Turns,
    clipboard: SystemClipboard,
    /// The new token whose secret is in this program only.
    pub(super) handover: Mutex<Option<Handover>>,
    /// New tokens in their places whose old ones still live, by those.
    pub(super) replaced: Mutex<HashMap<AuthorizationId, Handover>>,
    /// What was shown of a delivery, until it is carried out.
    pub(super) planned: Mutex<Option<Planned>>,
    /// Serves the example data as long as azpat runs.
    demo: Mutex<Option<Demo>>,
}

impl Service {
    pub(super) fn new(
        source: Source,
        own_sinks: Vec<SinkSettings>,
        events: mpsc::Sender<Event>,
    ) -> Self {
        Self {
            source,
            own_sinks,
            events,
            desk: RwLock::default(),
            sinks: RwLock::default(),
            ways: Mutex::default(),
            turns: Turns::default(),
            clipboard: SystemClipboard::default(),
            handover: Mutex::default(),
            replaced: Mutex::default(),
            planned: Mutex::default(),
            demo: Mutex::default(),
        }
    }

    /// Makes an order that connects the only one of its kind, and ends the one that runs where an
    /// order says so. Call it in the sequence of the orders, before carrying any of them out.
    pub(super) fn turn(&self, effect: &Effect) -> Option<Turn> {
        match effect {
            Effect::Connect { .. } | Effect::ConnectDemo { .. } => Some(self.turns.begin()),
            Effect::LeaveSignIn => {
                self.turns.end();
                None
            }
            Effect::SignOut { .. }
            | Effect::List { .. }
            | Effect::Create { .. }
            | Effect::Edit { .. }
            | Effect::SaveSecret { .. }
            | Effect::PlanDelivery { .. }
            | Effect::Deliver { .. }
            | Effect::LeaveSecret
            | Effect::ReadItems { .. }
            | Effect::GoOn { .. }
            | Effect::Rotate { .. }
            | Effect::Extend { .. }
            | Effect::Revoke { .. }
            | Effect::ReadLog
            | Effect::Copy { .. }
            | Effect::CopySecret { .. }
            | Effect::ClearClipboard { .. }
            | Effect::OpenPage { .. }
            | Effect::Suspend
            | Effect::Quit => None,
        }
    }

    /// Carries out one order. Returns its final event.
    pub(super) async fn perform(&self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Connect { order, wanted } => {
                let result = Box::new(self.connect(order, &wanted).await);
                Some(Event::Connected { order, result })
            }
            Effect::ConnectDemo { order } => {
                let result = Box::new(self.look_around().await);
                Some(Event::Connected { order, result })
            }
            Effect::SignOut { account } => {
                let result = self.sign_out(account).await;
                Some(Event::SignedOut { account, result })
            }
            Effect::List { order, organizations } => Some(self.list(order, &organizations).await),
            Effect::Create { order, new } => {
                let result = Box::pin(self.create(order, *new)).await;
                Some(Event::Created { order, result: Box::new(result) })
            }
            Effect::Rotate { order, old, to } => {
                let result = Box::pin(self.rotate(order, &old, to)).await;
                Some(Event::Created { order, result: Box::new(result) })
            }
            Effect::Edit { order, pat, change } => {
                let desk = self.desk("change the token");
                let result = async { desk?.edit(&pat, &change).await }.await;
                Some(Event::Edited { order, result: Box::new(result) })
            }
            Effect::SaveSecret { order, path, secret } => {
                let result = secret_file::save(path, secret).await;
                if result.is_ok() {
                    Box::pin(self.settle()).await;
                }
                Some(Event::SecretSaved { order, result })
            }
            Effect::PlanDelivery { order, sink, pat } => {
                Some(self.plan_delivery(order, &sink, &pat).await)
            }
            Effect::Deliver { order, sink, creation } => {
                Some(Box::pin(self.deliver(order, &sink, &creation)).await)
            }
            Effect::Extend { order, pat, to } => {
                let desk = self.desk("extend the token");
                let result = async { desk?.extend(&pat, to).await }.await;
                Some(Event::Extended { order, result: Box::new(result) })
            }
            Effect::Revoke { order, pat } => {
                let result = Box::pin(self.revoke(order, &pat)).await;
                Some(Event::Revoked { order, result })
            }
            Effect::ReadItems { order } => {
                let result = Box::pin(self.items()).await;
                Some(Event::ItemsRead { order, result })
            }
            Effect::GoOn { order, item, way } => {
                let result = Box::pin(self.go_on(order, item, way)).await;
                Some(Event::WentOn { order, result })
            }
            Effect::ReadLog => Some(Event::LogRead(self.log().await)),
            Effect::LeaveSecret => Some(Event::SecretLeft(self.leave_secret().await)),
            Effect::OpenPage { url } => {
                let result = desktop::open(&url).await;
                Some(Event::PageOpened { url, result })
            }
            // Its turn says it all; the terminal does the others.
            Effect::Copy { what, text, .. } => {
                let result = self.clipboard.put(text).await;
                let result = result.map_err(|why| uncopied(&format!("copy {what}"), why));
                Some(Event::Copied { what, result })
            }
            Effect::CopySecret { way, secret } => {
                let result = self.copy_secret(secret).await;
                Some(Event::SecretCopied { way, result })
            }
            Effect::ClearClipboard { .. } => {
                // What cannot be cleared is not there any more, or will not be when azpat ends.
                self.clipboard.clear().await.ok();
                Some(Event::ClipboardCleared)
            }
            Effect::LeaveSignIn | Effect::Suspend | Effect::Quit => None,
        }
    }

    async fn copy_secret(&self, secret: PatSecret) -> Result<(), Failure> {
        self.clipboard.put_secret(secret).await.map_err(|why| uncopied("copy the secret", why))?;
        Box::pin(self.settle()).await;
        Ok(())
    }

    pub(super) fn desk(&self, attempt: &str) -> Result<Desk, Failure> {
        let desk = self.desk.read().unwrap_or_else(PoisonError::into_inner).clone();
        desk.ok_or_else(|| Failure::new(FailureKind::Usage, attempt, "there is no connection yet"))
    }

    async fn sign_out(&self, account: AccountId) -> Result<String, Failure> {
        let result = match self.ways().await {
            Ok(ways) => ways.sign_out(account).await,
            Err(failure) => Err(failure),
        };
        if let Ok(Desk { client, .. }) = self.desk("sign out") {
            client.hang_up();
        }
        self.tell_accounts().await;
        result
    }

    async fn log(&self) -> Result<Log, Failure> {
        self.desk("read the log of changes")?.records.audit()?.read().await
    }

    async fn connect(&self, order: OrderId, wanted: &Wanted) -> Result<Connection, Failure> {
        if let Source::Demo { signed_out: false, .. } = self.source {
            return self.look_around().await;
        }
        let sign_in = self.sign_in(order, wanted).await?;
        match &self.source {
            Source::Service(service) | Source::Missing(Missing { service, .. }) => {
                let settings = connect::to_service(service, sign_in);
                let place = (settings, connect::folder(), Sinks::new(&self.own_sinks));
                self.find(place, &service.organizations).await
            }
            Source::Demo { organizations, .. } => {
                let place = |demo: &Demo| of_demo(demo, sign_in);
                self.find(self.with_demo(place).await?, organizations).await
            }
        }
    }

    /// Connects to the example data, signed in.
    async fn look_around(&self) -> Result<Connection, Failure> {
        let place = |demo: &Demo| of_demo(demo, demo.sign_in());
        let place = self.with_demo(place).await?;
        let wanted = match &self.source {
            Source::Demo { organizations, .. } => organizations.as_slice(),
            Source::Service(_) | Source::Missing(_) => &[],
        };
        self.find(place, wanted).await
    }

    async fn with_demo<T>(&self, use_it: impl FnOnce(&Demo) -> T) -> Result<T, Failure> {
        let mut demo = self.demo.lock().await;
        let running = match demo.take() {
            Some(running) => running,
            None => Demo::start().await?,
        };
        Ok(use_it(demo.insert(running)))
    }

    async fn ways(&self) -> Result<Ways, Failure> {
        let mut ways = self.ways.lock().await;
        if let Some(ways) = &*ways {
            return Ok(ways.clone());
        }
        let made = match &self.source {
            Source::Service(service) | Source::Missing(Missing { service, .. }) => {
                connect::ways(service)?
            }
            Source::Demo { .. } => self.with_demo(Demo::ways).await??,
        };
        Ok(ways.insert(made).clone())
    }

    /// Signs in without a person where that is possible and nothing else is wanted. The steps go
    /// out as they come.
    async fn sign_in(&self, order: OrderId, wanted: &Wanted) -> Result<SignIn, Failure> {
        let ways = self.ways().await?;
        let (steps, mut told) = mpsc::unbounded_channel();
        let sign_in = async {
            let tell = move |step| drop(steps.send(step));
            if *wanted == Wanted::default() {
                match ways.silent(&tell).await {
                    Err(failure) if failure.kind == FailureKind::SignIn => {
                        ways.interactive().ok_or(failure)?;
                    }
                    silent => return silent,
                }
            }
            ways.ask(wanted, tell).await
        };
        let forward = async {
            while let Some(step) = told.recv().await {
                self.events.send(Event::SignInStepped { order, step }).await.ok();
            }
        };
        let (sign_in, ()) = tokio::join!(sign_in, forward);
        sign_in
    }

    /// Makes the client and lets what it does show.
    fn begin(&self, (settings, folder, sinks): Place) -> Result<Desk, Failure> {
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
        let events = self.events.clone();
        let unrecorded = move |failure| drop(events.try_send(Event::Unrecorded(failure)));
        let desk = Desk { client, records: Records::new(folder, unrecorded) };
        *self.sinks.write().unwrap_or_else(PoisonError::into_inner) = sinks;
        *self.desk.write().unwrap_or_else(PoisonError::into_inner) = Some(desk.clone());
        Ok(desk)
    }

    /// Finds the accounts and their organizations.
    async fn find(&self, place: Place, wanted: &[Organization]) -> Result<Connection, Failure> {
        let Desk { client, records } = self.begin(place)?;
        self.tell_limits().await;
        self.tell_sinks().await;
        let found = membership::find(&client, wanted).await?;
        // A journal that cannot be read is told by what needs it.
        let left = match records.journal() {
            Ok(journal) => journal.left().await.map_or(0, |left| left.len()),
            Err(_) => 0,
        };
        if left > 0 {
            self.events.send(Event::LeftBehind).await.ok();
        }
        Ok(Connection {
            account: found.account,
            accounts: client.sign_in().known(),
            organizations: found.organizations,
            host: client.host(),
            route: client.route(),
            is_test_service: client.is_test_service(),
        })
    }

    /// Pages go out as they arrive. The listing tells them without waiting; they wait here while
    /// the screen is behind, at most as many as the service has.
    async fn list(&self, order: OrderId, organizations: &[Organization]) -> Event {
        let ended = Event::Listed { order };
        let Ok(Desk { client, .. }) = self.desk("list the tokens") else { return ended };
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
        self.tell_accounts().await;
        for (organization, result) in results {
            let event = Event::OrganizationListed { order, organization, result };
            self.events.send(event).await.ok();
        }
        ended
    }

    /// Tells what is remembered of this service's organizations.
    async fn tell_limits(&self) {
        // Without a folder nothing is remembered, which the first write tells.
        if let Ok(store) = self.desk("read the limits").and_then(|desk| desk.records.limits()) {
            self.events.send(Event::LimitsRead(store.load().await)).await.ok();
        }
    }

    /// Tells which accounts there are and how they fare.
    async fn tell_accounts(&self) {
        if let Ok(Desk { client, .. }) = self.desk("read the accounts") {
            self.events.send(Event::AccountsRead(client.sign_in().known())).await.ok();
        }
    }
}

fn of_demo(demo: &Demo, sign_in: SignIn) -> Place {
    (demo.settings(sign_in), Ok(demo.folder()), Sinks::demo(demo.home()))
}

fn uncopied(attempt: &str, why: String) -> Failure {
    Failure::new(FailureKind::Usage, attempt, why)
}
