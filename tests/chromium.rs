//! The sign-in in a real browser: headless Chromium is sent where a person would be sent, and what
//! it shows afterwards is looked at. Run it by name: `cargo test --test chromium`; it needs the
//! command `chromium`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

#[path = "sign_in/rig.rs"]
#[expect(dead_code, reason = "the browser needs only a part of it")]
mod rig;

use std::{process::Stdio, sync::Mutex};

use azpat::{
    emulator::{Endpoint, NextError},
    entra::{Grant, Refused, Step},
};
use tokio::{process::Command, sync::oneshot};
use url::Url;

use self::rig::{Rig, wish};

/// What Chromium shows of an address, as HTML, and what its console said.
async fn shown(address: &str) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        // Containers seldom allow its sandbox; nothing but our own pages is opened.
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-background-networking", "--disable-sync"])
        .args(["--no-proxy-server", "--enable-logging=stderr", "--log-level=0", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(address)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// Signs in with Chromium: how it ended, what it showed, what its console said, and where the port
/// was.
async fn sign_in(rig: &Rig) -> (Result<Grant, Refused>, String, String, Url) {
    let (send, receive) = oneshot::channel();
    let send = Mutex::new(Some(send));
    let tell = |step| {
        if let Step::Browser { address, .. } = step {
            send.lock().unwrap().take().unwrap().send(address).unwrap();
        }
    };
    let visit = async {
        let address: Url = receive.await.unwrap();
        let callback = rig::field(&address, "redirect_uri").unwrap().parse().unwrap();
        let (page, console) = shown(address.as_str()).await;
        (page, console, callback)
    };
    let wish = wish("organizations");
    let (grant, (page, console, callback)) = tokio::join!(rig.entra.browser(&wish, tell), visit);
    (grant, page, console, callback)
}

/// The page holds words and one style, nothing that could run or load.
fn is_inert(page: &str) -> bool {
    let page = page.to_lowercase();
    ["<script", "<img", "<link", "<iframe", "<form", "<a ", "http-equiv", "javascript:", "onload"]
        .iter()
        .all(|tag| !page.contains(tag))
}

#[tokio::test]
async fn a_real_browser_brings_the_code_and_is_sent_back_to_the_terminal() {
    let rig = Rig::start().await;
    let (grant, page, console, callback) = sign_in(&rig).await;
    grant.unwrap();
    assert!(page.contains("<p>You are signed in. Return to the terminal.</p>"), "{page}");
    assert!(is_inert(&page), "{page}");
    // Neither the code nor anything else of the address is in the page.
    assert!(!page.contains("code") && !page.contains("state"), "{page}");
    assert!(!console.contains("Content Security Policy"), "{console}");
    assert_eq!(callback.host_str(), Some("localhost"));
    let port = callback.port().unwrap();
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

/// Check 40: in a real browser.
#[tokio::test]
async fn check_40_a_real_browser_is_told_of_a_refusal_without_its_words() {
    let rig = Rig::start().await;
    rig.set(|entra| entra.next_errors = vec![NextError::once(Endpoint::Authorize, 65_004)]);
    let (grant, page, _, _) = sign_in(&rig).await;
    grant.unwrap_err();
    assert!(page.contains("<p>The sign-in did not work. The terminal tells why.</p>"), "{page}");
    assert!(!page.contains("AADSTS") && is_inert(&page), "{page}");
}
