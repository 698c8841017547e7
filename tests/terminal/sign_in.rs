//! Signing in on the screen: what the person sees and does, and what must never be seen.

use std::time::{Duration, Instant};

use azpat::emulator::{Emulator, Endpoint, NextError, Options};
use tokio::runtime::Runtime;

use super::{
    hostile,
    pty::{Program, Start},
    runtime,
    scan::Scan,
};

/// Somebody with an app registration who has not signed in yet.
pub(crate) struct Newcomer {
    runtime: Runtime,
    pub(crate) emulator: Emulator,
    state: tempfile::TempDir,
}

impl Newcomer {
    pub(crate) fn new() -> Self {
        let runtime = runtime();
        let options = Options::generated(&[("contoso", 12)]);
        let emulator = runtime.block_on(Emulator::start(options)).unwrap();
        let it = Self { runtime, emulator, state: tempfile::tempdir().unwrap() };
        it.set(|entra| {
            entra.auto_accept = true;
            entra.device.interval = 0;
        });
        it
    }

    fn set(&self, change: impl FnOnce(&mut azpat::emulator::Entra)) {
        let mut settings = self.emulator.control().settings();
        change(&mut settings.entra);
        self.emulator.control().set(settings);
    }

    pub(crate) fn start(&self, way: &str) -> Program {
        let mut program = self.program(way);
        asked(&mut program, way);
        program
    }

    fn program(&self, way: &str) -> Program {
        Start::new(&[])
            .env("AZPAT_SERVICE_URL", self.emulator.url().as_str())
            .env("AZPAT_PROFILE_URL", self.emulator.url().as_str())
            .env("AZPAT_AUTHORITY", &self.emulator.authority())
            .env("AZPAT_CLIENT_ID", &self.emulator.client_id().to_string())
            .env("PLANTED", super::PLANTED)
            .env("AZPAT_SIGN_IN", way)
            .env("AZPAT_TOKEN_STORE", "file")
            .env("AZPAT_STATE", self.state.path().join("state").to_str().unwrap())
            .size(140, 40)
            .run()
    }

    /// Goes with a browser where the screen says, redirects and all; what is shown there.
    pub(crate) fn visit(&self, program: &Program) -> String {
        let address = address(&program.screen());
        self.runtime.block_on(async {
            rustls::crypto::ring::default_provider().install_default().ok();
            let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
            http.get(address).send().await.unwrap().text().await.unwrap()
        })
    }

    /// Brings a refusal with this text instead.
    fn refuse(&self, program: &Program, text: &str) {
        let refusal = hostile::refusal(&address(&program.screen()), text);
        self.runtime.block_on(async {
            rustls::crypto::ring::default_provider().install_default().ok();
            let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
            http.get(refusal).send().await.unwrap();
        });
    }

    /// Whether one of the refresh tokens that were ever given out is in a file.
    pub(crate) fn keeps_a_session(&self) -> bool {
        let entries = std::fs::read_dir(self.state.path().join("state")).unwrap();
        let files = entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        let files: Vec<_> = files.collect();
        let secrets = self.emulator.control().secrets();
        let mut refresh = secrets.iter().filter(|(kind, _)| *kind == "refresh token");
        let is_in =
            |file: &Vec<u8>, text: &str| memchr::memmem::find(file, text.as_bytes()).is_some();
        refresh.any(|(_, text)| files.iter().any(|file| is_in(file, text)))
    }

    fn all_secrets(&self) -> Scan {
        let mut scan = Scan::default();
        for (kind, text) in self.emulator.control().secrets() {
            let own: String = text.rsplit('.').next().unwrap().chars().take(52).collect();
            scan.add(kind, &own);
        }
        scan
    }
}

/// Waits until the whole dialog stands where it stays.
fn asked(program: &mut Program, way: &str) {
    program.wait(if way == "browser" { "ssh -L " } else { "enter this code" });
    program.wait_for_bytes("the end of the frame", |bytes| bytes.ends_with("\x1b[?2026l"));
}

/// The text of a dialog whose lines were wrapped, without blanks.
fn unwrapped(screen: &str) -> String {
    let inside = screen.lines().map(|line| line.trim().trim_matches('│').trim());
    inside.collect::<String>().replace(' ', "")
}

/// The address that fills one or several lines of the screen.
fn address(screen: &str) -> String {
    let inside = |line: &str| line.trim().trim_matches('│').trim().to_owned();
    let mut lines =
        screen.lines().map(inside).skip_while(|line| !line.contains("http://127.0.0.1"));
    let first = lines.next().unwrap();
    let mut address = first.get(first.find("http://").unwrap()..).unwrap().to_owned();
    for line in
        lines.take_while(|line| !line.is_empty() && line.bytes().all(|b| b.is_ascii_graphic()))
    {
        address.push_str(&line);
    }
    address
}

/// The code that the person types elsewhere; it stands there with blanks between.
fn code(screen: &str) -> String {
    let bare = |line: &str| line.replace([' ', '│'], "");
    let is_code = |line: &String| {
        line.len() == 9 && line.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    // A QR code may stand beside it.
    let cells = screen.lines().flat_map(|line| line.split("   ").map(bare).collect::<Vec<_>>());
    cells.into_iter().find(is_code).unwrap()
}

/// The port on this computer to which the browser is sent back.
fn port(screen: &str) -> u16 {
    let (_, rest) = screen.split_once("ssh -L ").unwrap();
    rest.split(':').next().unwrap().parse().unwrap()
}

/// The addresses on which somebody listens at this port, as the kernel writes them.
#[cfg(target_os = "linux")]
fn listening(port: u16) -> Vec<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|it| std::fs::read_to_string(it).unwrap());
    let rows = tables.iter().flat_map(|table| table.lines().skip(1)).map(|row| {
        let fields: Vec<&str> = row.split_ascii_whitespace().collect();
        (fields[1].to_owned(), fields[3].to_owned())
    });
    let listeners = rows.filter(|(_, state)| state == "0A").map(|(local, _)| local);
    listeners.filter_map(|it| it.strip_suffix(&format!(":{port:04X}")).map(str::to_owned)).collect()
}

#[test]
fn with_a_browser_once_and_silently_ever_after() {
    let newcomer = Newcomer::new();
    let mut program = newcomer.start("browser");
    let page = newcomer.visit(&program);
    assert!(page.contains("You are signed in. Return to the terminal."), "{page}");
    program.wait("All 12").keys("A").wait("robin@contoso.com · signed in").keys("\x1b");
    program.wait_until("the list alone", |screen| !screen.contains("Accounts"));
    program.keys("@").wait("/_apis/tokens/pats").keys("\x03");
    let (code, mut bytes) = program.end();
    assert_eq!(code, 0);

    let mut again = newcomer.program("browser");
    again.wait("All 12").keys("q");
    bytes.extend(again.end().1);
    assert!(newcomer.emulator.control().secrets().len() >= 4);
    let mut scan = newcomer.all_secrets();
    scan.look("the terminal", &bytes);
    scan.assert_clean();
}

#[test]
fn with_a_code_typed_elsewhere() {
    let newcomer = Newcomer::new();
    let mut program = newcomer.start("device_code");
    let code = code(&program.screen());
    assert!(newcomer.emulator.control().approve_device(&code, None));
    program.wait("All 12").keys("q");
    let (exit, bytes) = program.end();
    assert_eq!(exit, 0);
    let mut scan = newcomer.all_secrets();
    scan.look("the terminal", &bytes);
    scan.assert_clean();
}

#[test]
fn a_code_that_is_declined_or_over_is_told_and_can_be_begun_again() {
    let newcomer = Newcomer::new();
    let mut program = newcomer.start("device_code");
    assert!(newcomer.emulator.control().decline_device(&code(&program.screen())));
    program.wait("declined").wait("c with a code");
    newcomer.set(|entra| entra.device.expires_in = 1);
    program.keys("c").wait("not typed in time");
    newcomer.set(|entra| entra.device.expires_in = 900);
    asked(program.keys("c"), "device_code");
    assert!(newcomer.emulator.control().approve_device(&code(&program.screen()), None));
    program.wait("All 12").keys("q");
    assert_eq!(program.end().0, 0);
}

#[test]
fn a_browser_that_is_refused_is_told_why_and_the_code_is_another_way() {
    let newcomer = Newcomer::new();
    newcomer.set(|it| it.next_errors = vec![NextError::once(Endpoint::Authorize, 65_004)]);
    let mut program = newcomer.start("browser");
    let page = newcomer.visit(&program);
    assert!(page.contains("The sign-in did not work. The terminal tells why."), "{page}");
    program.wait("AADSTS65004").wait("c with a code");
    asked(program.keys("c"), "device_code");
    assert!(newcomer.emulator.control().approve_device(&code(&program.screen()), None));
    program.wait("All 12").keys("q");
    assert_eq!(program.end().0, 0);
}

/// Check 40: whatever a refusal says, the terminal gets nothing of it but escaped text.
#[test]
fn check_40_a_hostile_refusal_is_shown_inertly() {
    let newcomer = Newcomer::new();
    let mut program = newcomer.program("browser");
    for (text, mark) in hostile::texts() {
        asked(&mut program, "browser");
        newcomer.refuse(&program, &text);
        let shown = azpat::text::visible(&text).replace(' ', "");
        program.wait_until(&shown, |screen| unwrapped(screen).contains(&shown));
        program.keys("b").wait_until("the next", |screen| !screen.contains(&mark));
    }
    asked(&mut program, "browser");
    newcomer.visit(&program);
    program.wait("All 12").keys("q");
    let (code, bytes) = program.end();
    assert_eq!(code, 0);
    let seen = String::from_utf8(bytes).unwrap();
    for (text, mark) in hostile::texts() {
        let (attack, _) = text.split_once(&mark).unwrap();
        let attack = attack.get(1..).unwrap();
        if azpat::text::visible(&text) != text {
            assert!(!seen.contains(&format!("{attack}{mark}")), "{text:?}");
            assert!(!seen.contains(&format!("B{attack}.")), "{text:?}");
        }
        assert!(seen.contains(&mark), "{mark} was never drawn in one piece");
    }
    // It was left once, at the end, and neither title nor clipboard nor answers were asked for.
    assert_eq!(seen.matches("\u{1b}[?1049l").count(), 1);
    for asked in ["\u{1b}[6n", "\u{1b}]52", "\u{1b}]8", "\u{1b}]0;title", "\u{1b}[3J"] {
        assert!(!seen.contains(asked), "{asked:?}");
    }
}

#[test]
fn check_38_strangers_at_the_port_change_nothing_and_leaving_closes_it() {
    let newcomer = Newcomer::new();
    let mut program = newcomer.start("browser");
    let port = port(&program.screen());
    #[cfg(target_os = "linux")]
    {
        let listening = listening(port);
        let loopback = ["0100007F", "00000000000000000000000001000000"];
        assert!(
            !listening.is_empty() && listening.iter().all(|it| loopback.contains(&it.as_str()))
        );
    }
    let get = |query: &str| {
        let address = format!("http://localhost:{port}/{query}");
        newcomer.runtime.block_on(async {
            rustls::crypto::ring::default_provider().install_default().ok();
            let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
            http.get(address).send().await
        })
    };
    for query in ["?code=stolen&state=wrong", "?error=access_denied&state=wrong", "favicon.ico"] {
        assert!(!get(query).unwrap().status().is_success(), "{query}");
    }
    assert!(program.screen().contains("Sign in with the browser"));
    program.keys("\x1b").wait("Nobody is signed in.");
    // The port may be open for a moment after the screen says so, and for no longer.
    let end = Instant::now() + Duration::from_secs(1);
    while get("?code=late&state=wrong").is_ok() {
        assert!(Instant::now() < end, "the port stays open");
    }
    asked(program.keys("b"), "browser");
    newcomer.visit(&program);
    program.wait("All 12").keys("q");
    assert_eq!(program.end().0, 0);
}
