//! Strangers at the port: each is turned away, and the right one still gets in.

use std::time::Duration;

use oauth2::CsrfToken;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, timeout},
};

use super::{Callback, Landing};

const STATE: &str = "the-right-state";
const LONG: Duration = Duration::from_secs(10);

/// A waiting callback.
struct Rig {
    port: u16,
    waits: JoinSet<Landing>,
}

impl Rig {
    async fn open(head: Duration) -> Self {
        let callback = Callback::open().await.unwrap();
        let port = callback.port();
        let mut waits = JoinSet::new();
        waits.spawn(async move { callback.wait(&CsrfToken::new(STATE.to_owned()), head).await });
        Self { port, waits }
    }

    async fn stream(&self, address: &str) -> TcpStream {
        TcpStream::connect((address, self.port)).await.unwrap()
    }

    /// Sends these bytes and tells what came back.
    async fn send(&self, bytes: &[u8]) -> String {
        answer(self.stream("127.0.0.1").await, bytes).await
    }

    fn get(&self, target: &str) -> Vec<u8> {
        format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port).into_bytes()
    }

    fn right(&self) -> Vec<u8> {
        self.get(&format!("/?code=c0de&state={STATE}&session_state=x"))
    }

    /// What the wait brought; fails if it goes on.
    async fn landing(&mut self) -> Landing {
        timeout(LONG, self.waits.join_next()).await.unwrap().unwrap().unwrap()
    }

    async fn code(&mut self) -> String {
        self.landing().await.unwrap().secret().clone()
    }
}

async fn answer(mut stream: TcpStream, bytes: &[u8]) -> String {
    let (mut read, mut write) = stream.split();
    let mut text = Vec::new();
    // A visitor that says too much is answered before it has finished.
    let _written = tokio::join!(write.write_all(bytes), timeout(LONG, read.read_to_end(&mut text)));
    String::from_utf8(text).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Check 38: strangers get a 4xx, and the wait goes on.
#[tokio::test]
async fn check_38_strangers_are_turned_away_and_the_right_one_gets_in() {
    let mut rig = Rig::open(LONG).await;
    let (port, state) = (rig.port, STATE);
    let host = |host: &str| {
        format!("GET /?code=evil&state={state} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes()
    };
    let strangers: Vec<(&str, Vec<u8>)> = vec![
        ("404", rig.get("/")),
        ("404", rig.get("/favicon.ico")),
        ("404", rig.get(&format!("/other?code=evil&state={state}"))),
        ("404", rig.get(&format!("//?code=evil&state={state}"))),
        ("404", rig.get(&format!("http://localhost:{port}/?code=evil&state={state}"))),
        ("403", rig.get("/?code=evil")),
        ("403", rig.get("/?code=evil&state=")),
        ("403", rig.get("/?code=evil&state=wrong")),
        ("403", rig.get("/?error=access_denied&state=wrong")),
        ("403", rig.get(&format!("/?code=evil&state={state}&state=wrong"))),
        ("400", rig.get(&format!("/?state={state}"))),
        ("400", rig.get(&format!("/?code=&state={state}"))),
        ("400", rig.get(&format!("/?code=evil&code=two&state={state}"))),
        ("400", rig.get(&format!("/?code=evil&error=x&state={state}"))),
        ("421", host("evil.test")),
        ("421", host(&format!("evil.test:{port}"))),
        ("421", host("localhost")),
        ("421", host(&format!("localhost:{port}\r\nHost: localhost:{port}"))),
        ("421", format!("GET /?code=evil&state={state} HTTP/1.0\r\n\r\n").into_bytes()),
        (
            "405",
            format!("POST /?code=evil&state={state} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")
                .into(),
        ),
        (
            "405",
            format!("HEAD /?code=evil&state={state} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")
                .into(),
        ),
        ("400", b"\x16\x03\x01\x02\x00\x01\n\n".to_vec()),
        ("400", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("431", rig.get(&format!("/?state={state}&code={}", "x".repeat(1 << 20)))),
    ];
    for (expected, bytes) in strangers {
        let answer = rig.send(&bytes).await;
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert_eq!(status(&answer), expected, "{head}: {answer}");
        assert!(!answer.contains("evil"), "{answer}");
    }
    assert!(rig.waits.try_join_next().is_none(), "a stranger ended the wait");
    assert_eq!(status(&rig.send(&rig.right()).await), "200");
    assert_eq!(rig.code().await, "c0de");
}

/// Check 37: at both addresses of this computer, and at no other.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn check_37_it_listens_to_this_computer_alone() {
    let rig = Rig::open(LONG).await;
    let port = format!(":{:04X}", rig.port);
    let mut listening = Vec::new();
    for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
        let table = std::fs::read_to_string(table).unwrap();
        for line in table.lines() {
            let fields: Vec<_> = line.split_whitespace().collect();
            // 0A: it listens.
            if let (Some(address), Some(&"0A")) = (fields.get(1), fields.get(3)) {
                listening.extend(address.strip_suffix(&port).map(str::to_owned));
            }
        }
    }
    listening.sort();
    assert_eq!(listening, ["00000000000000000000000001000000", "0100007F"]);
}

#[tokio::test]
async fn every_name_of_this_computer_and_ipv6_will_do() {
    for (address, name) in [
        ("127.0.0.1", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "localhost"),
        ("::1", "[::1]"),
    ] {
        let mut rig = Rig::open(LONG).await;
        let bytes =
            format!("GET /?state={STATE}&code=c0de HTTP/1.1\r\nhost: {name}:{}\r\n\r\n", rig.port);
        assert_eq!(status(&answer(rig.stream(address).await, bytes.as_bytes()).await), "200");
        assert_eq!(rig.code().await, "c0de");
    }
}

/// Check 39: within a second, and a replay on an open connection gets nothing.
#[tokio::test]
async fn check_39_the_port_closes_after_the_first_success() {
    let mut rig = Rig::open(LONG).await;
    let waiting = rig.stream("127.0.0.1").await;
    rig.send(&rig.right()).await;
    let started = Instant::now();
    assert_eq!(rig.code().await, "c0de");
    assert!(started.elapsed() < Duration::from_secs(1));
    for address in ["127.0.0.1", "::1"] {
        assert!(TcpStream::connect((address, rig.port)).await.is_err(), "{address} is open");
    }
    // One that was connected before is not served any more.
    assert_eq!(answer(waiting, &rig.right()).await, "");
}

/// Check 39: a callback after a cancel comes too late.
#[tokio::test]
async fn check_39_dropping_the_wait_closes_the_port() {
    let mut rig = Rig::open(LONG).await;
    let waiting = rig.stream("127.0.0.1").await;
    rig.waits.shutdown().await;
    assert!(TcpStream::connect(("127.0.0.1", rig.port)).await.is_err());
    assert_eq!(answer(waiting, &rig.right()).await, "");
}

/// Check 38: 200 connections that say nothing keep nobody out.
#[tokio::test]
async fn check_38_silent_crowds_keep_nobody_out() {
    let mut rig = Rig::open(Duration::from_mins(5)).await;
    let mut crowd = Vec::new();
    for at in 0..200 {
        let mut stream = rig.stream("127.0.0.1").await;
        if at % 2 == 0 {
            stream.write_all(b"GET /?code=").await.unwrap();
        }
        crowd.push(stream);
    }
    assert_eq!(status(&rig.send(&rig.right()).await), "200");
    assert_eq!(rig.code().await, "c0de");
}

/// Check 38: whoever sends slowly is cut.
#[tokio::test]
async fn check_38_slow_senders_are_cut() {
    let mut rig = Rig::open(Duration::from_millis(200)).await;
    let mut slow = rig.stream("127.0.0.1").await;
    let started = Instant::now();
    let mut text = Vec::new();
    slow.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    timeout(LONG, slow.read_to_end(&mut text)).await.unwrap().unwrap();
    assert_eq!(status(&String::from_utf8(text).unwrap()), "408");
    assert!(started.elapsed() >= Duration::from_millis(200));
    rig.send(&rig.right()).await;
    assert_eq!(rig.code().await, "c0de");
}

#[tokio::test]
async fn a_request_in_pieces_is_one_request() {
    let mut rig = Rig::open(LONG).await;
    let mut stream = rig.stream("127.0.0.1").await;
    stream.set_nodelay(true).unwrap();
    for byte in rig.right() {
        stream.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.code().await, "c0de");
}

/// Check 40: the page holds nothing of a hostile description.
#[tokio::test]
async fn check_40_a_refusal_is_taken_and_its_page_is_inert() {
    for said in [
        "<script>alert(1)</script>",
        "\u{1b}]0;evil\u{7}\u{1b}[2J",
        "\"><img src=x onerror=alert(1)>",
        "x\r\nSet-Cookie: evil=1\r\n\r\n<b>",
        "\u{202e}evil",
    ] {
        let mut rig = Rig::open(LONG).await;
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("error", said)
            .append_pair("error_description", said)
            .append_pair("state", STATE)
            .finish();
        let page = rig.send(&rig.get(&format!("/?{query}"))).await;
        let denial = rig.landing().await.unwrap_err();
        assert_eq!((denial.error.as_str(), denial.error_description.as_str()), (said, said));
        let (head, body) = page.split_once("\r\n\r\n").unwrap();
        assert!(body.contains("did not work") && !page.contains("evil"), "{page}");
        for hostile in ["<script", "<img", "onerror", "\u{1b}", "\u{202e}"] {
            assert!(!page.contains(hostile), "{page}");
        }
        for line in [
            "HTTP/1.1 200 OK",
            "Content-Type: text/html; charset=utf-8",
            "Cache-Control: no-store",
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ] {
            assert!(head.split("\r\n").any(|is| is == line), "{line} is not in {head}");
        }
    }
}

/// Check 40: no code is in the page.
#[tokio::test]
async fn check_40_the_page_of_a_success_says_so_and_holds_no_code() {
    let mut rig = Rig::open(LONG).await;
    let page = rig.send(&rig.right()).await;
    assert_eq!(rig.code().await, "c0de");
    assert!(page.contains("You are signed in. Return to the terminal."), "{page}");
    assert!(!page.contains("c0de") && !page.contains(STATE), "{page}");
    assert!(page.contains("\r\nCache-Control: no-store\r\n"), "{page}");
}
