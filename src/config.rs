//! What the user decides: flags, environment and file, checked and resolved to settings, each
//! with where it came from. Holds no secret: of the access token it only knows whether it is set.

mod draft;
mod entries;
mod environment;
mod file;
mod folders;
mod key;
pub mod preferences;
mod problem;
mod settings;
mod sink;
pub mod value;

use std::path::{Path, PathBuf};

use url::Url;

#[cfg(test)]
pub(crate) use self::sink::sink as sink_of;
pub use self::{
    draft::{Answers, Draft, endpoints},
    environment::{ACCESS_TOKEN, Environment},
    folders::state_folder,
    key::{Example, KEYS, Key, example},
    preferences::Preferences,
    problem::Problems,
    settings::{Origin, Row},
    sink::{SinkFormat, SinkKind, SinkSettings, SinkTest},
};
use self::{
    problem::Problem,
    settings::{Setting, Sources, united},
};
use crate::pat::{Organization, Thresholds};

/// How azpat gets its access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInMethod {
    /// A session that is kept, else the Azure CLI, else the browser, else a device code.
    Auto,
    /// The browser, with the user's own app registration.
    Browser,
    /// A code that is typed on any device.
    DeviceCode,
    /// `az account get-access-token`.
    AzureCli,
    /// The variable `AZPAT_ACCESS_TOKEN`.
    Environment,
}

/// Where the session is kept between runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStore {
    /// The platform's keyring; without a usable one nothing is kept.
    Keyring,
    /// A file that only the user may read.
    File,
}

/// How azpat itself signs in with Microsoft Entra ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntraSettings {
    /// `https://login.microsoftonline.com/TENANT`.
    pub authority: Url,
    /// The user's own app registration; without it azpat cannot sign in by itself.
    pub client_id: Option<String>,
    /// What the app asks for; empty: what azpat needs.
    pub scopes: Vec<String>,
    pub token_store: TokenStore,
}

/// Everything that is needed to talk to the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSettings {
    pub service_url: Url,
    pub profile_url: Url,
    pub api_version: String,
    pub sign_in: SignInMethod,
    pub entra: EntraSettings,
    /// Empty: all organizations of the user are found.
    pub organizations: Vec<Organization>,
}

/// Nothing was configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Where the file was looked for, if this computer has such a place.
    pub path: Option<PathBuf>,
    /// What holds without any configuration: the Azure CLI, all organizations.
    pub service: ServiceSettings,
}

/// Where the tokens come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Service(ServiceSettings),
    /// The built-in service with example data, narrowed to these organizations (empty: all).
    Demo {
        organizations: Vec<Organization>,
        /// Begin with the sign-in.
        signed_out: bool,
    },
    Missing(Missing),
}

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub source: Source,
    pub preferences: Preferences,
    /// The user's own places for secrets.
    pub sinks: Vec<SinkSettings>,
    /// The file that was read.
    pub path: Option<PathBuf>,
    /// Every setting with its origin, for `azpat config`.
    pub rows: Vec<Row>,
    /// Whether `AZPAT_ACCESS_TOKEN` is set.
    pub has_access_token: bool,
}

/// The flags that decide about settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub organizations: Vec<String>,
    pub sign_in: Option<String>,
    pub demo: bool,
    pub signed_out: bool,
}

impl Flags {
    fn get(&self, key: &Key) -> Option<(Vec<String>, Origin)> {
        if *key == key::ORGANIZATIONS && !self.organizations.is_empty() {
            return Some((self.organizations.clone(), Origin::Flag("--organization")));
        }
        let sign_in = self.sign_in.clone().filter(|_| *key == key::SIGN_IN)?;
        Some((vec![sign_in], Origin::Flag("--sign-in")))
    }
}

/// Reads and checks the whole configuration.
pub fn load(flags: &Flags, environment: &Environment) -> Result<Config, Problems> {
    let (path, text) = find(flags, environment)?;
    resolve(flags, environment, path, text.as_deref())
}

/// The same of a text that may not stand in the file yet.
fn resolve(
    flags: &Flags,
    environment: &Environment,
    path: Option<PathBuf>,
    text: Option<&str>,
) -> Result<Config, Problems> {
    let path_read = path.as_deref().filter(|_| text.is_some());
    let mut problems = Vec::new();
    let entries = match (path_read, text) {
        (Some(path), Some(text)) => entries::parse(path, text, &mut problems),
        _ => Vec::new(),
    };
    let mut sources =
        Sources { flags, environment, path: path_read, entries, problems, rows: Vec::new() };
    let service = service(&mut sources);
    let preferences = preferences(&mut sources);
    let sinks = sinks(&mut sources);
    let Sources { problems, mut rows, .. } = sources;
    Problems::none(problems)?;
    rows.sort_by_key(|row| KEYS.iter().position(|key| key.name == row.key));
    let (Some((service, is_chosen)), Some(preferences)) = (service, preferences) else {
        // Every missing value has left its problem above.
        return Err(Problem::with_file(Path::new("azpat"), "a setting has no value").into());
    };
    let source = if flags.demo {
        let asked = if flags.organizations.is_empty() { Vec::new() } else { service.organizations };
        Source::Demo { organizations: asked, signed_out: flags.signed_out }
    } else if is_chosen || text.is_some() {
        Source::Service(service)
    } else {
        Source::Missing(Missing { path: path.clone(), service })
    };
    let path = path.filter(|_| text.is_some());
    let has_access_token = environment.get(ACCESS_TOKEN).is_some();
    Ok(Config { source, preferences, sinks, path, rows, has_access_token })
}

/// The file's path and, if it is there, its text.
fn find(
    flags: &Flags,
    environment: &Environment,
) -> Result<(Option<PathBuf>, Option<String>), Problem> {
    match file::place(flags.config.as_deref(), environment) {
        Some(file::Place::Said(path)) => match file::read(&path)? {
            None => Err(Problem::with_file(&path, "there is no such file")),
            text => Ok((Some(path), text)),
        },
        // The demo shows what it shows, whatever lies in the user's folder.
        Some(file::Place::Usual(path)) if flags.demo => Ok((Some(path), None)),
        Some(file::Place::Usual(path)) => file::read(&path).map(|text| (Some(path), text)),
        None => Ok((None, None)),
    }
}

/// The service's settings, and whether the user chose any of them.
fn service(sources: &mut Sources<'_>) -> Option<(ServiceSettings, bool)> {
    let organization = sources.many(&key::ORGANIZATION, value::organization);
    let organizations = sources.many(&key::ORGANIZATIONS, value::organization);
    let organizations = united(organization, organizations);
    let names: Vec<_> = organizations.value.iter().map(Organization::as_str).collect();
    // Two keys, one setting: it is shown as the one that can hold it.
    sources
        .rows
        .retain(|row| ![key::ORGANIZATION.name, key::ORGANIZATIONS.name].contains(&row.key));
    sources.rows.push(Row {
        key: key::ORGANIZATIONS.name,
        value: names.join(", "),
        from: organizations.from,
    });
    let entra = entra(sources);
    let sign_in = sign_in(sources, entra.as_ref().and_then(|entra| entra.client_id.as_deref()));
    let service_url = sources.one(&key::SERVICE_URL, value::service_url);
    let profile_url = sources.one(&key::PROFILE_URL, value::service_url);
    let api_version = sources.one(&key::API_VERSION, value::api_version);

    let (service_url, profile_url, api_version) = (service_url?, profile_url?, api_version?);
    let origins =
        [organizations.from, sign_in.from, service_url.from, profile_url.from, api_version.from];
    let service = ServiceSettings {
        service_url: service_url.value,
        profile_url: profile_url.value,
        api_version: api_version.value,
        sign_in: sign_in.value,
        entra: entra?,
        organizations: organizations.value,
    };
    Some((service, origins.iter().any(|from| *from != Origin::Default)))
}

fn entra(sources: &mut Sources<'_>) -> Option<EntraSettings> {
    let authority = sources.one(&key::AUTHORITY, value::authority);
    let client_id = sources.many(&key::CLIENT_ID, value::word);
    let scopes = sources.many(&key::SCOPE, value::word);
    let token_store = sources.one(&key::TOKEN_STORE, value::token_store);
    Some(EntraSettings {
        authority: authority?.value,
        client_id: client_id.value.into_iter().next(),
        scopes: scopes.value,
        token_store: token_store?.value,
    })
}

/// Without a choice, an access token in the environment means that it is to be used.
fn sign_in(sources: &mut Sources<'_>, client_id: Option<&str>) -> Setting<SignInMethod> {
    if let Some(chosen) = sources.one(&key::SIGN_IN, value::sign_in) {
        let needs_app = matches!(chosen.value, SignInMethod::Browser | SignInMethod::DeviceCode);
        if needs_app && client_id.is_none() {
            let why = "needs `client_id`, your own app registration (the README says how to make \
                       one)";
            sources.wrong(&key::SIGN_IN, chosen.from, why);
        }
        return chosen;
    }
    let (value, text, from) = match sources.environment.get(ACCESS_TOKEN) {
        Some(_) => (SignInMethod::Environment, "environment", Origin::Environment(ACCESS_TOKEN)),
        None => (SignInMethod::Auto, "auto", Origin::Default),
    };
    if let Some(row) = sources.rows.iter_mut().find(|row| row.key == key::SIGN_IN.name) {
        *row = Row { key: row.key, value: text.to_owned(), from };
    }
    Setting { value, from }
}

fn sinks(sources: &mut Sources<'_>) -> Vec<SinkSettings> {
    let Setting { value: sinks, from } = sources.many(&key::SINKS, sink::sink);
    let names: Vec<_> = sinks.iter().map(|sink| sink.name.as_str()).collect();
    if let Some(row) = sources.rows.iter_mut().find(|row| row.key == key::SINKS.name) {
        row.value = names.join(", ");
    }
    let twice = (1..names.len()).find_map(|at| {
        let (before, rest) = names.split_at(at);
        rest.first().filter(|name| before.contains(name))
    });
    if let Some(name) = twice {
        sources.wrong(&key::SINKS, from, &format!("two sinks have the name \"{name}\""));
    }
    sinks
}

fn preferences(sources: &mut Sources<'_>) -> Option<Preferences> {
    let warn = sources.one(&key::WARN_WITHIN, value::within);
    let critical = sources.one(&key::CRITICAL_WITHIN, value::within);
    let refresh_every = sources.one(&key::REFRESH_EVERY, value::refresh_every);
    let extend_by = sources.one(&key::EXTEND_BY, value::extend_by);
    let revoke_grace = sources.one(&key::REVOKE_GRACE, value::revoke_grace);
    let clipboard_clear = sources.one(&key::CLIPBOARD_CLEAR, value::clipboard_clear);
    let (warn, critical) = (warn?, critical?);
    if critical.value > warn.value {
        // Blamed is the one that somebody wrote.
        let (key, from) = if critical.from == Origin::Default {
            (&key::WARN_WITHIN, warn.from)
        } else {
            (&key::CRITICAL_WITHIN, critical.from)
        };
        let why = format!(
            "`critical_within` ({}, from {}) is longer than `warn_within` ({}, from {})",
            humantime::format_duration(critical.value.to_std().ok()?),
            critical.from,
            humantime::format_duration(warn.value.to_std().ok()?),
            warn.from,
        );
        sources.wrong(key, from, &why);
    }
    Some(Preferences {
        thresholds: Thresholds { warn: warn.value, critical: critical.value },
        refresh_every: refresh_every?.value,
        extend_by: extend_by?.value,
        revoke_grace: revoke_grace?.value,
        clipboard_clear: clipboard_clear?.value,
    })
}
