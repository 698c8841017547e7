//! `azpat login`, `azpat logout` and `azpat accounts`: the accounts that azpat signs in as.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    Exit, output,
    table::{self, Column},
};
use crate::{
    cli::{self, TableOrJson},
    config::{Config, Missing, Source},
    connect::{self, Demo},
    effect::SignIn as Wanted,
    failure::{Failure, FailureKind},
    identity::{AccountId, Kept, Known, Step, Way},
    pat::Organization,
    sign_in::Ways,
    text,
    when::Zone,
};

/// The ways to sign in, and the demonstration that they lead to, if they do.
async fn ways(config: &Config) -> Result<(Ways, Option<Demo>), Failure> {
    match &config.source {
        Source::Service(service) | Source::Missing(Missing { service, .. }) => {
            Ok((connect::ways(service)?, None))
        }
        Source::Demo { .. } => {
            let demo = Demo::start().await?;
            Ok((demo.ways()?, Some(demo)))
        }
    }
}

/// Signs in with the help of the person at this terminal.
pub(super) async fn login(what: &cli::Login, config: &Config) -> Result<Exit, Failure> {
    let (ways, _demo) = ways(config).await?;
    let way = if what.azure_cli {
        Some(Way::AzureCli)
    } else if what.device_code {
        Some(Way::DeviceCode)
    } else if what.browser {
        Some(Way::Browser)
    } else {
        None
    };
    let known = ways.known().await?;
    let account = what.account.as_deref().and_then(|name| find(&known, name).ok());
    let wanted = Wanted {
        way,
        tenant: what.tenant.clone(),
        account,
        username: what.account.clone().filter(|_| account.is_none()),
    };
    if what.dry_run {
        output::result(&format!("would {}\n", ways.would(&wanted)?))?;
        return Ok(Exit::DONE);
    }
    let signed_in = ways.ask(&wanted, tell).await?;
    // Whoever signed in last comes last.
    let known = signed_in.known();
    let Some(known) = known.last() else { return Ok(Exit::DONE) };
    let tenant = known.tenants.first().map(|id| format!(", tenant {id}")).unwrap_or_default();
    output::result(&format!("signed in as {}{tenant}\n", user(known)))?;
    output::message(kept(&known.kept));
    Ok(Exit::DONE)
}

/// Forgets sessions.
pub(super) async fn logout(what: &cli::Logout, config: &Config) -> Result<Exit, Failure> {
    let (ways, _demo) = ways(config).await?;
    let known = ways.known().await?;
    let known: Vec<_> = known.into_iter().filter(|known| known.identity.is_some()).collect();
    let ids: Vec<_> = match (&what.account, known.as_slice()) {
        (Some(name), _) => vec![find(&known, name)?],
        (None, []) => {
            output::message("nobody has signed in with azpat; `az logout` is for the Azure CLI");
            return Ok(Exit::DONE);
        }
        (None, [_, _, ..]) if !what.all => {
            let names: Vec<_> = known.iter().map(user).collect();
            let why = format!("several are signed in: {}", names.join(", "));
            return Err(Failure::new(FailureKind::NotFound, "sign out", why)
                .hint("name one, or give --all"));
        }
        (None, all) => all.iter().filter_map(|known| Some(known.identity.as_ref()?.id)).collect(),
    };
    let mut rest = String::new();
    for id in ids {
        let name = known.iter().find(|known| known.identity.as_ref().is_some_and(|it| it.id == id));
        let name = name.map(user).unwrap_or_default();
        if what.dry_run {
            output::result(&format!("would sign out {name}\n"))?;
        } else {
            rest = ways.sign_out(id).await?;
            output::result(&format!("signed out {name}\n"))?;
        }
    }
    if !what.dry_run {
        output::message(rest);
    }
    Ok(Exit::DONE)
}

/// The one account with this name or id.
fn find(known: &[Known], name: &str) -> Result<AccountId, Failure> {
    let ids = known.iter().filter_map(|known| {
        let identity = known.identity.as_ref()?;
        let fits =
            identity.username.raw().eq_ignore_ascii_case(name) || identity.id.to_string() == name;
        fits.then_some(identity.id)
    });
    let ids: Vec<_> = ids.collect();
    let attempt = format!("find the account {}", text::visible(name));
    match ids.as_slice() {
        [id] => Ok(*id),
        [] => Err(Failure::new(FailureKind::NotFound, attempt, "no account has this name")
            .hint("`azpat accounts` shows them all")),
        _ => Err(Failure::new(FailureKind::NotFound, attempt, "several have this name")
            .hint("give its id instead, as `azpat accounts --format json` shows it")),
    }
}

/// What a person has to do, on standard error.
fn tell(step: Step) {
    match step {
        Step::Skipped { way, why } => {
            output::message(format!("not signed in by {way}: {}", why.why));
        }
        Step::Browser { address, port, ends } => output::message(format!(
            "sign in in the browser, until {}. If it does not open, open this address:\n\n  \
             {address}\n\nFrom another computer, first let its port lead here: \
             ssh -L {port}:localhost:{port} THIS-COMPUTER\nCtrl-C leaves.",
            clock_time(ends),
        )),
        Step::Opened(Ok(())) => {}
        // The address to open by hand stands above already.
        Step::Opened(Err(failure)) => {
            output::message(format!("the browser was not opened: {}", failure.why));
        }
        Step::DeviceCode { code, address, ends, tenant } => output::message(format!(
            "azpat signs in to {}: open {address} on any device and enter the code\n\n  \
             {}\n\nContinue only if you began this yourself, here and now. The code holds until \
             {}. Ctrl-C leaves.",
            tenant.in_words(),
            text::visible(&code),
            clock_time(ends),
        )),
        Step::Offline { why } => output::message(format!("{why}; still trying")),
        Step::Online => output::message("there is an answer again"),
    }
}

/// `14:05:00`, here.
fn clock_time(date: DateTime<Utc>) -> String {
    Zone::default().at(date).format("%H:%M:%S").to_string()
}

/// Shows the accounts. Asks nobody and nothing but the keyring.
pub(super) async fn list(what: &cli::Accounts, config: &Config) -> Result<Exit, Failure> {
    let (ways, _demo) = ways(config).await?;
    let known = ways.known().await?;
    match what.format {
        TableOrJson::Json => {
            let rows: Vec<_> = known.iter().map(Row::new).collect();
            let text = serde_json::to_string_pretty(&rows).unwrap_or_default();
            output::result(&format!("{text}\n"))?;
        }
        TableOrJson::Table if known.is_empty() => {
            output::message("nobody has signed in yet; `azpat login` does");
        }
        TableOrJson::Table => {
            let rows: Vec<_> = known.iter().map(cells).collect();
            output::result(&table::render(COLUMNS, &rows, output::width()))?;
        }
    }
    Ok(Exit::DONE)
}

const COLUMNS: [Column; 5] = [
    Column { title: "ACCOUNT", least: 12, dispensable: 0 },
    Column { title: "TENANT", least: 36, dispensable: 2 },
    Column { title: "ORGANIZATIONS", least: 12, dispensable: 3 },
    Column { title: "KEPT", least: 7, dispensable: 1 },
    Column { title: "STATE", least: 10, dispensable: 0 },
];

fn cells(known: &Known) -> [String; 5] {
    let organizations: Vec<_> = known.organizations.iter().map(Organization::as_str).collect();
    let place = match &known.kept {
        Kept::Keyring => "keyring".to_owned(),
        Kept::File(path) => text::visible(&path.to_string_lossy()).into_owned(),
        Kept::Memory(_) => "not kept".to_owned(),
        Kept::Elsewhere => known.way.to_string(),
    };
    let state = known.signed_out.as_ref().map_or("signed in", |failure| failure.why.as_str());
    [
        user(known),
        known.tenants.iter().map(Uuid::to_string).collect::<Vec<_>>().join(", "),
        organizations.join(", "),
        place,
        state.to_owned(),
    ]
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: Option<String>,
    username: Option<String>,
    name: Option<String>,
    way: &'static str,
    tenants: Vec<Uuid>,
    organizations: Vec<String>,
    kept: &'static str,
    signed_in: bool,
    why: Option<String>,
}

impl Row {
    fn new(known: &Known) -> Self {
        let identity = known.identity.as_ref();
        let lost = match &known.kept {
            Kept::Memory(failure) => Some(failure),
            Kept::Keyring | Kept::File(_) | Kept::Elsewhere => None,
        };
        Self {
            id: identity.map(|identity| identity.id.to_string()),
            username: identity.map(|identity| identity.username.raw().to_owned()),
            name: identity.map(|identity| identity.name.raw().to_owned()),
            way: match known.way {
                Way::Kept => "session",
                Way::AzureCli => "azure_cli",
                Way::Browser => "browser",
                Way::DeviceCode => "device_code",
                Way::Environment => "environment",
            },
            tenants: known.tenants.clone(),
            organizations: known.organizations.iter().map(ToString::to_string).collect(),
            kept: match &known.kept {
                Kept::Keyring => "keyring",
                Kept::File(_) => "file",
                Kept::Memory(_) => "memory",
                Kept::Elsewhere => "elsewhere",
            },
            signed_in: known.signed_out.is_none(),
            why: known.signed_out.as_ref().or(lost).map(ToString::to_string),
        }
    }
}

fn user(known: &Known) -> String {
    match &known.identity {
        Some(identity) if identity.username.raw().is_empty() => identity.id.to_string(),
        Some(identity) => identity.username.to_string(),
        None => known.way.to_string(),
    }
}

fn kept(kept: &Kept) -> String {
    match kept {
        Kept::Keyring => "the session is kept in the keyring".to_owned(),
        Kept::File(path) => {
            format!("the session is kept in {}", text::visible(&path.to_string_lossy()))
        }
        Kept::Memory(failure) => format!(
            "the session ends with this command, since it cannot be kept: {}{}",
            failure.why,
            failure.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default(),
        ),
        Kept::Elsewhere => "the Azure CLI keeps the session".to_owned(),
    }
}
