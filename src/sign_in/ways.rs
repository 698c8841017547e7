//! The configured ways to sign in: first those that need nobody, then a person is asked.

use std::{path::PathBuf, pin::pin};

use tokio::sync::mpsc;

use super::{Realm, SignIn, Source, failure, session::Session};
use crate::{
    config::{EntraSettings, SignInMethod},
    desktop, effect,
    entra::{self, App, Authority, Entra, Wish},
    failure::Failure,
    identity::{AccountId, Known, Step, Tenant, Way},
    token_store::TokenStore,
};

/// What is configured about signing in. Made once, so that the session is the same all the time.
#[derive(Clone, Debug)]
pub struct Ways {
    method: SignInMethod,
    /// `None` without an app registration.
    session: Option<Session>,
    /// The configured tenant.
    tenant: Tenant,
}

impl Ways {
    /// Checks the settings; connects to nothing.
    pub fn new(
        method: SignInMethod,
        entra: &EntraSettings,
        store: TokenStore,
        folder: PathBuf,
    ) -> Result<Self, Failure> {
        let (authority, tenant) = Authority::parse(&entra.authority)?;
        let Some(client_id) = &entra.client_id else { return Ok(Self::without_app(method)) };
        let scopes = match entra.scopes.as_slice() {
            [] => App::default_scopes(),
            scopes => scopes.to_vec(),
        };
        let service = Entra::new(authority, App { client_id: client_id.clone(), scopes })?;
        let url = entra.authority.clone();
        let session = Some(Session::new(service, client_id.clone(), url, store, folder));
        Ok(Self { method, session, tenant })
    }

    /// The ways of somebody who has no app registration.
    pub fn without_app(method: SignInMethod) -> Self {
        Self { method, session: None, tenant: Tenant::Organizations }
    }

    /// The way that a person is asked for where no other will do; `None`: a person cannot sign in
    /// here without an app registration.
    pub fn interactive(&self) -> Option<Way> {
        self.session.as_ref()?;
        match self.method {
            SignInMethod::Auto | SignInMethod::Browser => Some(Way::Browser),
            SignInMethod::DeviceCode => Some(Way::DeviceCode),
            SignInMethod::AzureCli | SignInMethod::Environment => None,
        }
    }

    /// Signs in without asking anybody. Tells the ways that did not do.
    pub async fn silent(&self, tell: impl Fn(Step)) -> Result<SignIn, Failure> {
        match self.method {
            SignInMethod::Environment => Ok(SignIn::environment()),
            SignInMethod::AzureCli => Ok(SignIn::azure_cli()),
            SignInMethod::Browser | SignInMethod::DeviceCode => self.kept().await,
            SignInMethod::Auto if self.session.is_none() => Ok(SignIn::azure_cli()),
            SignInMethod::Auto => {
                let why = match self.kept().await {
                    Ok(sign_in) => return Ok(sign_in),
                    Err(why) => why,
                };
                tell(Step::Skipped { way: Way::Kept, why: why.clone() });
                let cli = SignIn::azure_cli();
                match cli.bearer(Realm::Home(None)).await {
                    Ok(_) => Ok(cli),
                    Err(skipped) => {
                        tell(Step::Skipped { way: Way::AzureCli, why: skipped });
                        // What is wrong with one's own session is what one can mend.
                        Err(why)
                    }
                }
            }
        }
    }

    /// The session that is kept, if it still holds; one that cannot be asked now may hold.
    async fn kept(&self) -> Result<SignIn, Failure> {
        let Some(session) = &self.session else {
            return Err(failure("there is no `client_id`", "configure your app registration"));
        };
        session.load()?;
        match session.bearer(Realm::Home(None)).await {
            Err(failure) if failure.kind == crate::failure::FailureKind::SignIn => Err(failure),
            _ => Ok(SignIn(Source::Session(session.clone()))),
        }
    }

    /// Signs in with the help of a person. Dropping it gives up.
    pub async fn ask(
        &self,
        wanted: &effect::SignIn,
        tell: impl Fn(Step) + Send + Sync,
    ) -> Result<SignIn, Failure> {
        let way = self.way(wanted);
        if way == Some(Way::AzureCli) {
            let cli = SignIn::azure_cli();
            let tenant = wanted.tenant.as_ref().and_then(Tenant::id);
            cli.check(tenant).await?;
            return Ok(cli);
        }
        let session = self.session()?;
        // An account that signed in before but cannot be read now does not hinder a new sign-in.
        session.load().ok();
        let tenant = self.tenant(wanted);
        let wish = Wish {
            // In another tenant the same person is another account.
            account: wanted.account.filter(|id| tenant.id() == Some(id.tenant)),
            login_hint: wanted
                .account
                .and_then(|account| session.username(account))
                .or_else(|| wanted.username.clone()),
            claims: session.claims(&tenant),
            tenant,
        };
        let (steps, mut told) = mpsc::unbounded_channel();
        let flow = async {
            let tell = move |step| drop(steps.send(step));
            match way {
                Some(Way::DeviceCode) => session.entra().device_code(&wish, tell).await,
                _ => session.entra().browser(&wish, tell).await,
            }
        };
        // The browser may take its time; nothing waits for it.
        let telling = async {
            while let Some(step) = told.recv().await {
                let step = step_of(step, &wish.tenant);
                let address = match &step {
                    Step::Browser { address, .. } => Some(address.to_string()),
                    _ => None,
                };
                tell(step);
                if let Some(address) = address {
                    tell(Step::Opened(desktop::open(&address).await));
                }
            }
        };
        let mut flow = pin!(flow);
        let granted = tokio::select! {
            granted = &mut flow => granted,
            () = telling => flow.await,
        };
        let grant = granted.map_err(|refused| refused.failure)?;
        session.admit(grant).await?;
        Ok(SignIn(Source::Session(session.clone())))
    }

    /// What `ask` would do, in words; asks nobody.
    pub fn would(&self, wanted: &effect::SignIn) -> Result<String, Failure> {
        let way = self.way(wanted).unwrap_or(Way::Browser);
        if way == Way::AzureCli {
            return Ok(format!("look whether {way} is signed in"));
        }
        self.session()?;
        Ok(format!("sign in to {} by {way}, and keep the session", self.tenant(wanted).in_words()))
    }

    fn way(&self, wanted: &effect::SignIn) -> Option<Way> {
        let is_cli = self.method == SignInMethod::AzureCli;
        if is_cli { Some(Way::AzureCli) } else { wanted.way.or(self.interactive()) }
    }

    fn session(&self) -> Result<&Session, Failure> {
        self.session.as_ref().ok_or_else(|| {
            let why = "signing in with the browser needs your own app registration";
            failure(why, "put its id into `client_id` (the README says how)")
        })
    }

    fn tenant(&self, wanted: &effect::SignIn) -> Tenant {
        let tenant = wanted.tenant.clone().or(wanted.account.map(|id| Tenant::Id(id.tenant)));
        tenant.unwrap_or_else(|| self.tenant.clone())
    }

    /// The accounts that there are, without asking anybody but the place where they are kept.
    pub async fn known(&self) -> Result<Vec<Known>, Failure> {
        match (&self.session, self.method) {
            (_, SignInMethod::Environment) => Ok(SignIn::environment().known()),
            (None, _) | (_, SignInMethod::AzureCli) => Ok(SignIn::azure_cli().known()),
            (Some(session), _) => {
                session.load()?;
                session.look().await;
                Ok(session.known())
            }
        }
    }

    /// Forgets every copy of an account's session, and says what stays behind.
    pub async fn sign_out(&self, account: AccountId) -> Result<String, Failure> {
        if let Some(session) = &self.session {
            session.load()?;
            session.sign_out(account).await?;
        }
        Ok("signed out here; Entra does not revoke what it gave out: to end that too, use \
            \"Sign out everywhere\" at https://mysignins.microsoft.com"
            .to_owned())
    }
}

fn step_of(step: entra::Step, tenant: &Tenant) -> Step {
    match step {
        entra::Step::Browser { address, port, ends } => Step::Browser { address, port, ends },
        entra::Step::DeviceCode { code, address, ends } => {
            Step::DeviceCode { code, address, ends, tenant: tenant.clone() }
        }
        entra::Step::Offline { why } => Step::Offline { why },
        entra::Step::Online => Step::Online,
    }
}
