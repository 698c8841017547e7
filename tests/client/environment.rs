//! What the environment decides. Each case runs in a process of its own: this test once more.

use std::{env, fs, path::Path, time::Duration};

use azpat::{
    azure::{Client, Route, Settings},
    config::{EntraSettings, ServiceSettings, SignInMethod, Source, TokenStore},
    effect::{self, Effect, OrderId},
    event::Event,
    failure::FailureKind,
    secret::Bearer,
    sign_in::{SignIn, VARIABLE},
    worker,
};
use tokio::{process::Command, sync::mpsc, time::timeout};
use url::Url;

use super::{
    rig::Rig,
    server::{Server, Then},
};

const ROLE: &str = "AZPAT_TEST_ROLE";
pub(super) const SERVICE: &str = "AZPAT_TEST_SERVICE";

/// Runs `child` in this role and environment; `PATH` and proxies are only what is given.
pub(super) async fn run(role: &str, variables: &[(&str, &str)]) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "client::environment::child", "--nocapture"])
        .env_clear()
        .env(ROLE, role)
        .envs(variables.iter().copied())
        .kill_on_drop(true)
        .output();
    let output = timeout(Duration::from_mins(1), output).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn child() {
    let Ok(role) = env::var(ROLE) else { return };
    match role.as_str() {
        "proxy" => behind_a_proxy().await,
        "proxy for all" => assert_eq!(outside().route().proxy.as_deref(), Some("proxy.example")),
        "no proxy" => assert_eq!(outside().route(), Route::default()),
        "connect" => assert_eq!(connect().await, Route::default()),
        "connect with a CA" => assert_eq!(connect().await.ca, Some("SSL_CERT_FILE")),
        "variable" => with_the(SignIn::environment()).await,
        "refused" => refused_twice().await,
        "az" => with_the(SignIn::azure_cli()).await,
        other => unreachable!("{other}"),
    }
}

/// A client of Azure DevOps itself, which it does not call.
fn outside() -> Client {
    let settings = Settings {
        service_url: "https://vssps.dev.azure.com".parse().unwrap(),
        profile_url: "https://app.vssps.visualstudio.com".parse().unwrap(),
        api_version: "7.2-preview.1".to_owned(),
        sign_in: SignIn::token(Bearer::new("token")),
    };
    Client::new(settings, |_| {}).unwrap()
}

async fn behind_a_proxy() {
    let client = outside();
    assert!(!client.is_test_service());
    assert_eq!(client.route().proxy.as_deref(), Some("127.0.0.1"));
    let failure = client.account(None).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Network);
    assert_eq!(
        failure.why,
        "no connection to app.vssps.visualstudio.com via proxy 127.0.0.1: the proxy wants a \
         sign-in [407]"
    );
    assert!(!format!("{failure:?}").contains("proxy-secret"), "{failure:?}");
    // This computer is never behind the proxy.
    let rig = Rig::start(3).await;
    rig.client.account(None).await.unwrap();
    assert_eq!(rig.client.route(), Route::default());
}

/// Connects as the screen does: what it learns about the way.
async fn connect() -> Route {
    let url: Url = env::var(SERVICE).unwrap().parse().unwrap();
    let source = Source::Service(ServiceSettings {
        service_url: url.clone(),
        profile_url: url,
        api_version: String::new(),
        sign_in: SignInMethod::Environment,
        entra: EntraSettings {
            authority: "https://login.microsoftonline.com/organizations".parse().unwrap(),
            client_id: None,
            scopes: Vec::new(),
            token_store: TokenStore::Keyring,
        },
        organizations: Vec::new(),
    });
    let (orders, inbox) = mpsc::channel(1);
    let (outbox, mut events) = mpsc::channel(8);
    orders
        .send(Effect::Connect { order: OrderId(1), wanted: effect::SignIn::default() })
        .await
        .unwrap();
    let worker = worker::run(source, Vec::new(), inbox, outbox);
    let connected = async {
        loop {
            if let Event::Connected { result, .. } = events.recv().await.unwrap() {
                drop(orders);
                return result;
            }
        }
    };
    let (connected, ()) = tokio::join!(connected, worker);
    connected.unwrap().route
}

async fn with_the(sign_in: SignIn) {
    let service: Url = env::var(SERVICE).unwrap().parse().unwrap();
    let (service_url, profile_url) = (service.clone(), service);
    let api_version = String::new();
    let settings = Settings { service_url, profile_url, api_version, sign_in };
    Client::new(settings, |_| {}).unwrap().account(None).await.unwrap();
}

#[tokio::test]
async fn a_proxy_is_used_for_outside_hosts_only() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    let proxy = Server::start(answer, Then::Close).await;
    let address = format!("http://user:proxy-secret@{}", proxy.url().authority());
    run("proxy", &[("HTTPS_PROXY", &address), ("HTTP_PROXY", &address), ("ALL_PROXY", &address)])
        .await;
    assert_eq!(proxy.connections(), 1);
}

/// Which proxy is named is what the connection would use.
#[tokio::test]
async fn the_proxy_is_named_by_its_host_alone() {
    let proxy = "http://user:proxy-secret@proxy.example:8080";
    run("proxy for all", &[("ALL_PROXY", proxy)]).await;
    run("proxy for all", &[("https_proxy", proxy), ("NO_PROXY", "elsewhere.example")]).await;
    run("no proxy", &[("HTTPS_PROXY", proxy), ("NO_PROXY", "dev.azure.com")]).await;
    run("no proxy", &[("HTTP_PROXY", proxy)]).await;
}

#[tokio::test]
async fn the_variable_signs_in() {
    let rig = Rig::start(1).await;
    let token = format!(" {}\n", rig.emulator.access_token());
    run("variable", &[(VARIABLE, &token), (SERVICE, rig.emulator.url().as_str())]).await;
    assert_eq!(rig.requests("GET"), 1);
}

/// The Azure CLI gets the environment, but not a token that is there for azpat.
#[cfg(unix)]
#[tokio::test]
async fn az_signs_in_and_does_not_see_our_token() {
    let rig = Rig::start(1).await;
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "#!/bin/sh\nexport > {}/environment\necho '{{\"accessToken\":\"{}\"}}'\n",
        folder.path().display(),
        rig.emulator.access_token()
    );
    write_program(&folder.path().join("az"), &script);
    let path = folder.path().to_str().unwrap();
    let service = rig.emulator.url().as_str();
    run("az", &[("PATH", path), (VARIABLE, "for-azpat-only"), (SERVICE, service)]).await;
    assert_eq!(rig.requests("GET"), 1);
    let environment = fs::read_to_string(folder.path().join("environment")).unwrap();
    assert!(environment.contains(SERVICE), "{environment}");
    assert!(!environment.contains("for-azpat-only"), "{environment}");
}

async fn refused_twice() {
    let service: Url = env::var(SERVICE).unwrap().parse().unwrap();
    let (service_url, profile_url) = (service.clone(), service);
    let (api_version, sign_in) = (String::new(), SignIn::azure_cli());
    let settings = Settings { service_url, profile_url, api_version, sign_in };
    let failure = Client::new(settings, |_| {}).unwrap().account(None).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SignIn, "{failure}");
    assert!(failure.hint.unwrap().contains("az login"));
}

/// A bearer that is refused is renewed once, and the call repeated once.
#[cfg(unix)]
#[tokio::test]
async fn a_refused_bearer_is_renewed_once() {
    let rig = Rig::start(1).await;
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "#!/bin/sh\ncd {}\necho run >> runs\nread last 2> /dev/null < last\n\
         echo x$last > last\necho \"{{\\\"accessToken\\\":\\\"x$last\\\"}}\"\n",
        folder.path().display(),
    );
    write_program(&folder.path().join("az"), &script);
    let path = folder.path().to_str().unwrap();
    run("refused", &[("PATH", path), (SERVICE, rig.emulator.url().as_str())]).await;
    let runs = fs::read_to_string(folder.path().join("runs")).unwrap();
    assert_eq!((runs.lines().count(), rig.requests("GET")), (2, 2));
}

#[cfg(unix)]
fn write_program(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
