//! The embedded service: a real HTTP server on 127.0.0.1 that obeys Microsoft's published PAT Lifecycle interface, for
//! the demonstration, for `azpat emulator` and for tests. The client cannot tell it from Azure DevOps, and it must not
//! borrow the client's types: what both got wrong would look right.

mod answer;
mod call;
mod caller;
mod control;
mod date;
mod demo;
mod entra;
mod fault;
mod gate;
mod generate;
mod ledger;
mod line;
mod organization;
mod pages;
mod policy;
mod remote;
mod rig;
mod sabotage;
mod service;
mod settings;
mod state_file;
mod tokens;
mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;
use uuid::Uuid;

pub use control::{Control, Record, Seen};
pub use entra::{
    Application, DeviceFlow, DeviceRecord, DeviceState, Endpoint, Entra, EntraReport, IdTokenTwist,
    NextError, Person,
};
pub use fault::{Fault, FaultKind, Operation};
pub use settings::{LifespanMode, Policies, Settings, SignIn, Throttle};

use crate::clock;
use entra::Directory;
use ledger::{Contents, Ledger};
use line::{Lines, Wire};
use rig::Rig;
use world::World;

/// How an emulator starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// What exists at the start, unless the state file already says.
    pub data: Data,
    /// Makes generated data repeatable.
    pub seed: u64,
    /// Every answer waits this long; afterwards it is the setting `latency_ms`.
    pub latency: Duration,
    /// The file that keeps the ledger over restarts.
    pub state: Option<PathBuf>,
    /// Entra ID signs people in without asking; afterwards it is the setting `entra.auto_accept`.
    pub auto_accept: bool,
}

/// What exists at the start.
#[derive(Debug, Clone)]
pub enum Data {
    /// Some sixty hand-made tokens in two organizations.
    Demo,
    /// Organizations by name, each with that many made-up tokens, or none.
    Generated(Vec<(String, usize)>),
}

impl Options {
    /// The demonstration, on any port.
    pub fn demo() -> Self {
        Self {
            port: 0,
            data: Data::Demo,
            seed: 7,
            latency: Duration::ZERO,
            state: None,
            auto_accept: false,
        }
    }

    /// Organizations with so many made-up tokens each, on any port.
    pub fn generated(organizations: &[(&str, usize)]) -> Self {
        let organizations =
            organizations.iter().map(|(name, tokens)| ((*name).to_owned(), *tokens)).collect();
        Self { data: Data::Generated(organizations), ..Self::demo() }
    }

    fn ledger(&self) -> Result<Ledger, StartError> {
        if let Some(path) = &self.state {
            let unreadable = |error: io::Error| StartError::State {
                path: path.clone(),
                reason: error.to_string(),
            };
            if let Some(ledger) = state_file::load(path).map_err(unreadable)? {
                return Ok(ledger);
            }
        }
        let now = clock::now();
        let contents = match &self.data {
            Data::Demo => demo::contents(now).map_err(StartError::Demo)?,
            Data::Generated(organizations) => generate::contents(self.seed, organizations, now),
        };
        Contents::try_into(contents).map_err(StartError::Demo)
    }
}

/// Why an emulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error(
        "cannot serve on 127.0.0.1:{port}: {source}; hint: choose another port, or 0 for any free one"
    )]
    Bind {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The state file exists, but is not the emulator's, or cannot be read. It was left as it is.
    #[error("cannot use the state file {}: {reason}; hint: name another file, or move this one away", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The built-in data is broken, which is a bug.
    #[error("cannot build the built-in tokens: {0}; hint: please report this")]
    Demo(String),
}

/// A running service. Dropping it closes the port and all connections.
pub struct Emulator {
    url: Url,
    world: Arc<World>,
    tasks: JoinSet<()>,
    _stop: DropGuard,
}

/// What a client needs to begin.
#[derive(Serialize)]
struct Ready<'a> {
    url: &'a str,
    access_token: &'a str,
    organizations: Vec<String>,
    authority: String,
    client_id: Uuid,
    tenants: BTreeMap<String, Uuid>,
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Emulator").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Builds the data, takes the port and begins to serve.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let ledger = options.ledger()?;
        let port = options.port;
        let failed = |source| StartError::Bind { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let mut rig = Rig::default();
        let latency_ms = u64::try_from(options.latency.as_millis()).unwrap_or(u64::MAX);
        let entra = Entra { auto_accept: options.auto_accept, ..Entra::default() };
        rig.set(Settings { latency_ms, entra, ..Settings::default() });
        let base = format!("http://{address}");
        let world = Arc::new(World::new(ledger, rig, base, options.state));
        let stop = CancellationToken::new();
        let lines = Lines { listener, stop: stop.clone() };
        let router = Router::new().fallback(service::handle).with_state(Arc::clone(&world));
        let service = router.into_make_service_with_connect_info::<Wire>();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // It serves until it is dropped and never fails.
            axum::serve(lines, service).await.ok();
        });
        Ok(Self { url: root(address)?, world, tasks, _stop: stop.drop_guard() })
    }

    /// Where it serves: `http://127.0.0.1:PORT/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The bearer it accepts. It opens nothing else, and is new with each start.
    pub fn access_token(&self) -> &str {
        &self.world.access_token
    }

    /// The names of its organizations.
    pub fn organizations(&self) -> Vec<String> {
        self.world
            .ledger()
            .organizations
            .iter()
            .map(|organization| organization.name.clone())
            .collect()
    }

    /// Where people sign in who belong to no certain tenant: `http://127.0.0.1:PORT/organizations`.
    pub fn authority(&self) -> String {
        format!("{}/organizations", self.world.base)
    }

    /// The application that Entra ID knows.
    pub fn client_id(&self) -> Uuid {
        entra::CLIENT_ID
    }

    /// The tenant of each organization; the nil GUID is that of personal accounts.
    pub fn tenants(&self) -> BTreeMap<String, Uuid> {
        Directory::of(&self.world).tenants().iter().cloned().collect()
    }

    /// One line of JSON with all that a client needs to begin.
    pub fn ready_line(&self) -> String {
        let ready = Ready {
            url: self.url.as_str(),
            access_token: self.access_token(),
            organizations: self.organizations(),
            authority: self.authority(),
            client_id: self.client_id(),
            tenants: self.tenants(),
        };
        // Strings in a struct always have a JSON form.
        serde_json::to_string(&ready).unwrap_or_default()
    }

    /// A handle to change its settings and see what is going on inside.
    pub fn control(&self) -> Control {
        Control { world: Arc::clone(&self.world) }
    }

    /// Serves until the future is dropped.
    pub async fn serve(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

fn root(address: SocketAddr) -> Result<Url, StartError> {
    Url::parse(&format!("http://{address}/")).map_err(|error| StartError::Demo(error.to_string()))
}
