//! From what is configured to what the client needs; for the screen's worker and the commands alike.

use crate::{
    azure::Settings,
    config::{ServiceSettings, SignInMethod},
    emulator::{Emulator, Options},
    failure::{Failure, FailureKind},
    secret::Bearer,
    sign_in::SignIn,
};

/// The client's settings for a configured service.
pub fn to_service(service: &ServiceSettings) -> Settings {
    Settings {
        service_url: service.service_url.clone(),
        profile_url: service.profile_url.clone(),
        api_version: service.api_version.clone(),
        sign_in: match service.sign_in {
            SignInMethod::AzureCli => SignIn::azure_cli(),
            SignInMethod::Environment => SignIn::environment(),
        },
    }
}

/// Starts the embedded service with example data.
pub async fn start_demo() -> Result<Emulator, Failure> {
    Emulator::start(Options::demo()).await.map_err(|error| {
        Failure::new(FailureKind::Service, "start the example service", error.to_string())
    })
}

/// The client's settings for the embedded service. Nothing else tells the client what it is.
pub fn to_demo(demo: &Emulator) -> Settings {
    Settings {
        service_url: demo.url().clone(),
        profile_url: demo.url().clone(),
        api_version: "7.2-preview.1".to_owned(),
        sign_in: SignIn::token(Bearer::new(demo.access_token())),
    }
}
