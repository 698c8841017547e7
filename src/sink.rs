//! Places that a token's secret is delivered to, as data: the usual ones and those of the
//! configuration. A plan is made first and changes nothing, so that it can be shown; the secret
//! comes in when the plan is carried out, and is kept here by nobody.

mod address;
mod apart;
mod change;
mod command;
mod env_file;
mod file;
mod form;
mod git;
mod ini;
mod keyring;
mod maven;
mod netrc;
mod npmrc;
mod nuget;
mod pip;
mod places;
mod program;
mod pypirc;
mod shown;
mod template;
mod turn;
mod xml;

use std::{
    io::{self, Write as _},
    path::Path,
};

pub use self::{
    apart::Apart,
    form::check,
    keyring::PatKeyring,
    shown::{Choice, Shown},
};
use self::{command::CommandPlan, file::FilePlan, form::Form, git::GitPlan, places::Places};
use crate::{
    azure::Client,
    config::{SinkKind, SinkSettings, SinkTest},
    failure::{Failure, FailureKind},
    pat::{AuthorizationId, Organization, Pat},
    private::Lock,
    secret::PatSecret,
    text::{self, Untrusted},
};

/// Those that need no description. `env` and `command` do.
const USUAL: [SinkKind; 10] = [
    SinkKind::Stdout,
    SinkKind::Clipboard,
    SinkKind::Keyring,
    SinkKind::Git,
    SinkKind::Npmrc,
    SinkKind::Maven,
    SinkKind::Nuget,
    SinkKind::Pip,
    SinkKind::Pypirc,
    SinkKind::Netrc,
];

/// Whose secret it is; never the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub organization: Organization,
    /// `None`: not known.
    pub name: Option<Untrusted>,
    /// `None`: not known, or not made yet.
    pub id: Option<AuthorizationId>,
}

impl Delivery {
    pub fn of(pat: &Pat) -> Self {
        let name = Some(pat.name.clone());
        Self { organization: pat.organization.clone(), name, id: Some(pat.id) }
    }

    /// Of a token that is not known yet.
    pub fn to(organization: Organization) -> Self {
        Self { organization, name: None, id: None }
    }

    /// Of a token that is not made yet.
    pub fn of_new(organization: Organization, name: &str) -> Self {
        Self { organization, name: Some(Untrusted::new(name)), id: None }
    }
}

/// All places that there are.
#[derive(Clone, Debug, Default)]
pub struct Sinks(Vec<Sink>);

impl Sinks {
    /// The user's own, then the usual ones that none of them hides.
    pub fn new(own: &[SinkSettings]) -> Self {
        Self::with(own, &Places::of_user())
    }

    /// For the demonstration: what is a file goes below this folder, and nothing else is touched.
    pub fn demo(folder: &Path) -> Self {
        Self::with(&[], &Places::demo(folder))
    }

    fn with(own: &[SinkSettings], places: &Places) -> Self {
        let usual = USUAL.map(SinkSettings::usual);
        let usual = usual.iter().filter(|usual| own.iter().all(|own| own.name != usual.name));
        let settings = own.iter().chain(usual).cloned();
        Self(settings.map(|settings| Sink { settings, places: places.clone() }).collect())
    }

    pub fn all(&self) -> &[Sink] {
        &self.0
    }

    pub fn find(&self, name: &str) -> Result<&Sink, Failure> {
        self.0.iter().find(|sink| sink.name() == name).ok_or_else(|| {
            let names: Vec<_> = self.0.iter().map(Sink::name).collect();
            let why = format!("there is no sink {}", text::cut(name, 60));
            Failure::new(FailureKind::Usage, "deliver the secret", why).hint(format!(
                "there are {}; `sinks` of the configuration adds more",
                names.join(", ")
            ))
        })
    }
}

/// One place.
#[derive(Clone, Debug)]
pub struct Sink {
    settings: SinkSettings,
    places: Places,
}

impl Sink {
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    pub fn kind(&self) -> SinkKind {
        self.settings.kind
    }

    /// What would be done. Reads, and writes nothing.
    pub fn plan(&self, delivery: &Delivery) -> Result<Plan, Failure> {
        let Self { settings, places } = self;
        let work = match self.kind() {
            SinkKind::Stdout => Work::Stdout(settings.format.into()),
            SinkKind::Clipboard => {
                let why = "only the screen can clear it again";
                return Err(self.cannot(why).hint("run azpat without a command"));
            }
            SinkKind::Keyring | SinkKind::Git | SinkKind::Command if places.is_demo => {
                return Err(self.cannot("the demonstration touches nothing outside of it"));
            }
            SinkKind::Keyring => Work::Keyring(PatKeyring::new()?, delivery.organization.clone()),
            SinkKind::Git => Work::Git(GitPlan::new(settings, places, delivery)?),
            SinkKind::Command => Work::Command(CommandPlan::take(settings, places, delivery)?),
            SinkKind::Npmrc
            | SinkKind::Maven
            | SinkKind::Nuget
            | SinkKind::Pip
            | SinkKind::Pypirc
            | SinkKind::Netrc
            | SinkKind::Env => Work::File(file::plan(settings, places, delivery)?),
        };
        Ok(Plan { work })
    }

    /// Plans and does it, as one step among all azpats.
    pub async fn deliver(
        &self,
        delivery: &Delivery,
        secret: &PatSecret,
    ) -> Result<Delivered, Failure> {
        let plan = self.plan(delivery)?;
        match plan.turn().await? {
            // Whose turn it was before may have changed the file.
            Some(_turn) => self.plan(delivery)?.carry_out_in_turn(secret).await,
            None => plan.carry_out_in_turn(secret).await,
        }
    }

    /// Finds out with a real call whether the secret works, as the sink wants it tested.
    pub async fn test(
        &self,
        delivery: &Delivery,
        secret: &PatSecret,
        client: &Client,
    ) -> Result<Tested, Failure> {
        match &self.settings.test {
            SinkTest::Connection => {
                let who = client.try_pat(&delivery.organization, secret).await?;
                Ok(Tested { words: format!("{} accepts it, as {who}", delivery.organization) })
            }
            SinkTest::Command(words) => {
                check(secret, self.name())?;
                let plan = CommandPlan::new(&self.settings, words, &self.places, delivery)?;
                plan.carry_out(secret).await?;
                Ok(Tested { words: format!("{} accepts it", plan.target()) })
            }
        }
    }

    fn cannot(&self, why: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Usage, format!("deliver the secret to {}", self.name()), why)
    }
}

/// What will be done to one place. It holds no secret.
#[derive(Debug)]
pub struct Plan {
    work: Work,
}

#[derive(Debug)]
enum Work {
    Stdout(Form),
    Keyring(PatKeyring, Organization),
    Git(GitPlan),
    Command(CommandPlan),
    File(FilePlan),
}

impl Plan {
    /// The place in words: `~/.npmrc`.
    pub fn target(&self) -> String {
        match &self.work {
            Work::Stdout(_) => "standard output".to_owned(),
            Work::Keyring(_, organization) => format!("the keyring, for {organization}"),
            Work::Git(plan) => plan.target(),
            Work::Command(plan) => plan.target(),
            Work::File(plan) => plan.target(),
        }
    }

    /// The change of a file line by line, each with its sign; `***` for every secret.
    pub fn difference(&self) -> Vec<(char, String)> {
        if let Work::File(plan) = &self.work { plan.difference() } else { Vec::new() }
    }

    /// What is worth knowing before, in sentences.
    pub fn notes(&self) -> Vec<String> {
        if let Work::File(plan) = &self.work { plan.notes() } else { Vec::new() }
    }

    /// Does it. Whatever fails leaves a file as it was, or says that this is not known.
    pub async fn carry_out(self, secret: &PatSecret) -> Result<Delivered, Failure> {
        let _turn = self.turn().await?;
        self.carry_out_in_turn(secret).await
    }

    /// Waits until no other azpat is at the file, if it is one.
    async fn turn(&self) -> Result<Option<Lock>, Failure> {
        if let Work::File(plan) = &self.work { plan.turn().await.map(Some) } else { Ok(None) }
    }

    async fn carry_out_in_turn(self, secret: &PatSecret) -> Result<Delivered, Failure> {
        let target = self.target();
        check(secret, &target)?;
        let mut notes = Vec::new();
        match self.work {
            Work::Stdout(form) => print(form, secret)?,
            Work::Keyring(keyring, organization) => keyring.put(&organization, secret).await?,
            Work::Git(plan) => plan.carry_out(secret).await?,
            Work::Command(plan) => plan.carry_out(secret).await?,
            Work::File(plan) => notes = plan.carry_out(secret)?,
        }
        Ok(Delivered { target, notes })
    }
}

fn print(form: Form, secret: &PatSecret) -> Result<(), Failure> {
    let line = form.fill(secret);
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", line.as_str()).and_then(|()| stdout.flush());
    written.map_err(|error| {
        let attempt = "write the secret to standard output";
        Failure::new(FailureKind::Service, attempt, error.to_string())
    })
}

/// The secret works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// Who says so, in words.
    pub words: String,
}

/// The secret is in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The place in words.
    pub target: String,
    /// What was done besides, in sentences.
    pub notes: Vec<String>,
}
