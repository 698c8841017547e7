//! From what is configured to what the client needs; for the screen's worker and the commands alike.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{
    azure::Settings,
    config::{
        self, EntraSettings, Environment, ServiceSettings, SignInMethod, TokenStore as Store,
    },
    emulator::{Emulator, Options},
    failure::{Failure, FailureKind},
    secret::Bearer,
    sign_in::{SignIn, Ways},
    token_store::{Choice, TokenStore},
};

/// The ways to sign in to a configured service. Only a session of azpat's own needs a folder.
pub fn ways(service: &ServiceSettings) -> Result<Ways, Failure> {
    let (method, entra) = (service.sign_in, &service.entra);
    if entra.client_id.is_none() {
        return Ok(Ways::without_app(method));
    }
    let folder = folder()?;
    Ways::new(method, entra, store(entra, folder.clone()), folder)
}

/// Where the sessions of azpat's own are kept.
pub fn token_store(entra: &EntraSettings) -> Result<TokenStore, Failure> {
    Ok(store(entra, folder()?))
}

fn store(entra: &EntraSettings, folder: PathBuf) -> TokenStore {
    let choice = match entra.token_store {
        Store::Keyring => Choice::Keyring,
        Store::File => Choice::File,
    };
    TokenStore::new(choice, folder)
}

/// The folder for state of a configured service.
pub fn folder() -> Result<PathBuf, Failure> {
    config::state_folder(&Environment::of_process())
}

/// The client's settings for a configured service.
pub fn to_service(service: &ServiceSettings, sign_in: SignIn) -> Settings {
    Settings {
        service_url: service.service_url.clone(),
        profile_url: service.profile_url.clone(),
        api_version: service.api_version.clone(),
        sign_in,
    }
}

/// The embedded service with example data, as long as this lives. What a sign-in to it leaves
/// behind goes with it; the user's own keyring and folders are not touched.
#[derive(Debug)]
pub struct Demo {
    emulator: Emulator,
    folder: TempDir,
}

impl Demo {
    pub async fn start() -> Result<Self, Failure> {
        let failure = |error: std::io::Error| {
            Failure::new(FailureKind::Service, "start the example service", error.to_string())
        };
        let folder = tempfile::tempdir().map_err(failure)?;
        let emulator = Emulator::start(Options::demo()).await.map_err(|error| {
            Failure::new(FailureKind::Service, "start the example service", error.to_string())
        })?;
        Ok(Self { emulator, folder })
    }

    /// What the user's home folder is in the demonstration; it goes with it.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Its own folder for state. Made by whoever writes there first, for nobody else to read.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Somebody who is signed in already.
    pub fn sign_in(&self) -> SignIn {
        SignIn::token(Bearer::new(self.emulator.access_token()))
    }

    /// The ways in for somebody who is not.
    pub fn ways(&self) -> Result<Ways, Failure> {
        let authority = self.emulator.authority().parse().map_err(|error: url::ParseError| {
            Failure::new(FailureKind::Service, "sign in to the example service", error.to_string())
        })?;
        let entra = EntraSettings {
            authority,
            client_id: Some(self.emulator.client_id().to_string()),
            scopes: Vec::new(),
            token_store: Store::Keyring,
        };
        let folder = self.folder();
        let store = TokenStore::new(Choice::Memory, folder.clone());
        Ways::new(SignInMethod::Browser, &entra, store, folder)
    }

    /// The client's settings for it. Nothing else tells the client what it is.
    pub fn settings(&self, sign_in: SignIn) -> Settings {
        let url = self.emulator.url();
        Settings {
            service_url: url.clone(),
            profile_url: url.clone(),
            api_version: "7.2-preview.1".to_owned(),
            sign_in,
        }
    }
}
