//! A client as plain as can be: it adds the bearer and knows nothing of the service's rules.

use azpat::emulator::{Control, Emulator, Options};
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub(crate) const V7_1: &str = "7.1-preview.1";
pub(crate) const V7_2: &str = "7.2-preview.1";

/// A running emulator and a way to talk to it.
pub(crate) struct Client {
    pub(crate) emulator: Emulator,
    pub(crate) http: reqwest::Client,
}

/// An answer, read in full.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The `patTokenError` of a status 200.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["patTokenError"].as_str().unwrap().to_owned()
    }

    /// The `typeKey` of an error envelope.
    pub(crate) fn type_key(&self) -> String {
        self.json()["typeKey"].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub(crate) async fn start(options: Options) -> Self {
        // Only the first of several tests in this process installs it.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build();
        Self { emulator: Emulator::start(options).await.unwrap(), http: http.unwrap() }
    }

    /// Organization `contoso` with so many tokens.
    pub(crate) async fn with_tokens(count: usize) -> Self {
        Self::start(Options::generated(&[("contoso", count)])).await
    }

    pub(crate) fn control(&self) -> Control {
        self.emulator.control()
    }

    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.emulator.url().join(path).unwrap())
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(self.emulator.access_token())
    }

    /// Sends a request over a bare socket; `head` is the request line.
    pub(crate) async fn raw(&self, head: &str) -> TcpStream {
        let port = self.emulator.url().port().unwrap();
        let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let token = self.emulator.access_token();
        let request = format!("{head}\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    }

    /// A token operation in `contoso`.
    pub(crate) fn pats(
        &self,
        method: Method,
        version: &str,
        query: &[(&str, &str)],
    ) -> RequestBuilder {
        let request = self.request(method, "contoso/_apis/tokens/pats");
        request.query(&[("api-version", version)]).query(query)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn list(&self, query: &[(&str, &str)]) -> Answer {
        Answer::read(self.pats(Method::GET, V7_1, query).send().await.unwrap()).await
    }

    pub(crate) async fn create(&self, body: Value) -> Answer {
        Answer::read(self.pats(Method::POST, V7_1, &[]).json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn update(&self, body: Value) -> Answer {
        Answer::read(self.pats(Method::PUT, V7_1, &[]).json(&body).send().await.unwrap()).await
    }

    pub(crate) async fn revoke(&self, id: &str) -> Answer {
        let request = self.pats(Method::DELETE, V7_1, &[("authorizationId", id)]);
        Answer::read(request.send().await.unwrap()).await
    }

    /// A new token for reading code; gives its id.
    pub(crate) async fn new_token(&self, name: &str) -> String {
        let answer = self.create(json!({ "displayName": name, "scope": "vso.code" })).await;
        assert_eq!(answer.problem(), "none");
        answer.json()["patToken"]["authorizationId"].as_str().unwrap().to_owned()
    }

    /// All pages of a list; gives the tokens in order and the number of pages.
    pub(crate) async fn all(&self, query: &[(&str, &str)]) -> (Vec<Value>, usize) {
        let (mut tokens, mut pages, mut continuation) = (Vec::new(), 0, String::new());
        loop {
            let mut query = query.to_vec();
            query.push(("continuationToken", &continuation));
            let page = self.list(&query).await;
            assert_eq!(page.status, 200, "{}", page.text);
            let page = page.json();
            tokens.extend(page["patTokens"].as_array().unwrap().iter().cloned());
            pages += 1;
            page["continuationToken"].as_str().unwrap().clone_into(&mut continuation);
            if continuation.is_empty() {
                return (tokens, pages);
            }
            assert!(continuation.ends_with('='));
        }
    }
}

/// A date as many days from now, as a client would send it.
pub(crate) fn in_days(days: i64) -> String {
    let at = azpat::clock::now() + chrono::TimeDelta::days(days);
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A field of each token.
pub(crate) fn column<'a>(tokens: &'a [Value], field: &str) -> Vec<&'a str> {
    tokens.iter().map(|token| token[field].as_str().unwrap()).collect()
}
