//! Servers that do what Entra does not: nothing of a body is shown, and nothing is done twice that
//! must be done once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use azpat::{
    entra::{App, Authority, Entra, Limits, Refused, Step},
    failure::FailureKind,
    secret::RefreshToken,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};

use super::rig::{field, wish};

/// Answers every request with these bytes and hangs up; counts them.
struct Server {
    entra: Entra,
    requests: Arc<AtomicUsize>,
    _task: JoinSet<()>,
}

impl Server {
    async fn start(answer: impl Into<Vec<u8>>) -> Self {
        let (answer, requests) = (answer.into(), Arc::<AtomicUsize>::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/organizations", listener.local_addr().unwrap());
        let (mut task, counter) = (JoinSet::new(), Arc::clone(&requests));
        task.spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = vec![0; 64 << 10];
                if stream.read(&mut head).await.is_ok_and(|count| count > 0) {
                    counter.fetch_add(1, Ordering::SeqCst);
                    stream.write_all(&answer).await.ok();
                }
            }
        });
        let (authority, _) = Authority::parse(&url.parse().unwrap()).unwrap();
        let client_id = "11111111-2222-3333-4444-555555555555".to_owned();
        let mut limits = Limits { browser: Duration::from_secs(20), ..Limits::default() };
        limits.http.back_off = Duration::from_millis(5);
        limits.http.answer = Duration::from_secs(5);
        let app = App { client_id, scopes: App::default_scopes() };
        Self { entra: Entra::with_limits(authority, app, limits).unwrap(), requests, _task: task }
    }

    async fn refresh(&self) -> Refused {
        let token = RefreshToken::new("s3cret-refresh");
        self.entra.refresh(&wish("organizations"), &token).await.unwrap_err()
    }

    /// Brings a code by hand, since no page is served here.
    async fn redeem(&self) -> Refused {
        let (send, receive) = tokio::sync::oneshot::channel();
        let send = std::sync::Mutex::new(Some(send));
        let tell = |step| {
            if let Step::Browser { address, port, .. } = step {
                send.lock().unwrap().take().unwrap().send((address, port)).unwrap();
            }
        };
        let bring = async {
            let (address, port) = receive.await.unwrap();
            let state = field(&address, "state").unwrap();
            let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let get = format!(
                "GET /?code=s3cret&state={state} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
            );
            stream.write_all(get.as_bytes()).await.unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).await.unwrap();
        };
        let wish = wish("organizations");
        tokio::join!(self.entra.browser(&wish, tell), bring).0.unwrap_err()
    }

    fn count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn answer(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn nonsense_is_named_without_its_body() {
    let json = "Content-Type: application/json";
    let large = answer(&format!("200 OK\r\n{json}"), &"s3cret".repeat(200_000));
    for (answer, kind, why) in [
        (answer("503 Busy", "<html>s3cret"), FailureKind::Service, "failed [503]"),
        (answer("500 Oops", ""), FailureKind::Service, "failed [500]"),
        (answer("429 Slow", "s3cret"), FailureKind::Throttled, "too many requests [429]"),
        (answer("407 Proxy", "s3cret"), FailureKind::Network, "wants a sign-in [407]"),
        (
            answer("302 Found\r\nLocation: http://127.0.0.1:1/s3cret", ""),
            FailureKind::Service,
            "wants to redirect",
        ),
        (
            answer("200 OK\r\nContent-Type: text/html", "s3cret"),
            FailureKind::Service,
            "makes no sense [200]",
        ),
        (
            answer(&format!("200 OK\r\n{json}"), "{\"access_token\":\"s3cret\""),
            FailureKind::Service,
            "makes no sense [200]",
        ),
        (
            answer(&format!("400 Bad\r\n{json}"), "{\"message\":\"s3cret\"}"),
            FailureKind::Service,
            "makes no sense [400]",
        ),
        (large, FailureKind::Service, "larger than 1 MiB"),
    ] {
        let server = Server::start(answer).await;
        let refused = server.refresh().await;
        assert!(refused.failure.why.contains(why), "{}", refused.failure);
        assert_eq!((refused.failure.kind, refused.ends_session), (kind, false), "{why}");
        assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
        assert_eq!(server.count(), 1, "{why}");
    }
}

#[tokio::test]
async fn a_lost_refresh_is_repeated_once_and_a_lost_redemption_never() {
    let server = Server::start("").await;
    let refused = server.refresh().await;
    assert_eq!((refused.failure.kind, server.count()), (FailureKind::Network, 2), "{refused:?}");
    let server = Server::start("").await;
    let refused = server.redeem().await;
    assert_eq!((refused.failure.kind, server.count()), (FailureKind::Network, 1), "{refused:?}");
    assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
}
