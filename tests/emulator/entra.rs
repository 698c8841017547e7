//! Entra ID: signing people in as a public client does. Here is the client; what it must see is in the files below.

use std::collections::BTreeMap;

use azpat::emulator::{Endpoint, Entra, EntraReport, NextError, Options, Settings};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::client::{Answer, Client, V7_1};

#[path = "entra/access.rs"]
mod access;
#[path = "entra/authorize.rs"]
mod authorize;
#[path = "entra/denials.rs"]
mod denials;
#[path = "entra/device.rs"]
mod device;
#[path = "entra/faults.rs"]
mod faults;
#[path = "entra/id_token.rs"]
mod id_token;
#[path = "entra/refresh.rs"]
mod refresh;
#[path = "entra/tenant.rs"]
mod tenant;
#[path = "entra/token.rs"]
mod token;

pub(crate) const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";
pub(crate) const BACK: &str = "http://localhost:4711/";
pub(crate) const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123";
pub(crate) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// All that is usually asked for.
pub(crate) fn scope() -> String {
    format!("{RESOURCE}/.default offline_access openid profile")
}

pub(crate) fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The claims of a JWT.
pub(crate) fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

impl Answer {
    /// The fields of the query of `Location`.
    pub(crate) fn back(&self) -> BTreeMap<String, String> {
        assert_eq!(self.status, 302, "{}", self.text);
        Url::parse(self.header("location")).unwrap().query_pairs().into_owned().collect()
    }

    /// The `error` and the number of a refusal.
    pub(crate) fn denial(&self) -> (String, u64) {
        let body = self.json();
        assert!(!self.status.is_success(), "{body}");
        (body["error"].as_str().unwrap().to_owned(), body["error_codes"][0].as_u64().unwrap())
    }
}

/// Two organizations in two tenants, where everybody accepts.
pub(crate) async fn start() -> Client {
    let options = Options::generated(&[("contoso", 3), ("fabrikam", 2)]);
    Client::start(Options { auto_accept: true, ..options }).await
}

impl Client {
    pub(crate) fn entra(&self, change: impl FnOnce(&mut Entra)) {
        let mut settings = self.control().settings();
        change(&mut settings.entra);
        self.control().set(settings);
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.control().settings();
        change(&mut settings);
        self.control().set(settings);
    }

    pub(crate) fn order(&self, endpoint: Endpoint, code: u32) {
        self.entra(|entra| entra.next_errors = vec![NextError::once(endpoint, code)]);
    }

    pub(crate) fn report(&self) -> EntraReport {
        self.control().entra()
    }

    pub(crate) fn tenant(&self, organization: &str) -> String {
        self.emulator.tenants()[organization].to_string()
    }

    /// Visits the authorize endpoint; `extra` replaces or adds, and an empty value leaves out.
    pub(crate) async fn visit(&self, tenant: &str, extra: &[(&str, &str)]) -> Answer {
        let path = format!("{tenant}/oauth2/v2.0/authorize");
        let (client, scope, challenge) =
            (self.emulator.client_id().to_string(), scope(), challenge());
        let mut fields = BTreeMap::from([
            ("client_id", client.as_str()),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("response_mode", "query"),
            ("scope", &scope),
            ("state", "a state"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        fields.extend(extra.iter().copied());
        fields.retain(|_, value| !value.is_empty());
        Answer::read(self.bare(Method::GET, &path).query(&fields).send().await.unwrap()).await
    }

    /// A code for the owner of the tokens.
    pub(crate) async fn code(&self, tenant: &str, extra: &[(&str, &str)]) -> String {
        self.visit(tenant, extra).await.back()["code"].clone()
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::read(self.bare(Method::POST, path).form(fields).send().await.unwrap()).await
    }

    /// Asks for tokens; the client id is added.
    pub(crate) async fn token(&self, tenant: &str, fields: &[(&str, &str)]) -> Answer {
        let id = self.emulator.client_id().to_string();
        let mut fields = fields.to_vec();
        fields.push(("client_id", &id));
        self.post(&format!("{tenant}/oauth2/v2.0/token"), &fields).await
    }

    pub(crate) async fn redeem(&self, tenant: &str, code: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(tenant, &fields).await
    }

    pub(crate) async fn refresh(&self, tenant: &str, token: &Value) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
        self.token(tenant, &fields).await
    }

    /// Signs the owner of the tokens in; gives the answer of the token endpoint.
    pub(crate) async fn sign_in(&self, tenant: &str, extra: &[(&str, &str)]) -> Value {
        let code = self.code(tenant, extra).await;
        let answer = self.redeem(tenant, &code).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// A list of tokens with that access token.
    pub(crate) async fn list_with(&self, organization: &str, token: &Value) -> Answer {
        let path = format!("{organization}/_apis/tokens/pats");
        let request = self.bare(Method::GET, &path).query(&[("api-version", V7_1)]);
        Answer::read(request.bearer_auth(token.as_str().unwrap()).send().await.unwrap()).await
    }
}
