//! Where secrets must not be: in what commands print, and in what others can see of the process.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    process::Stdio,
};

use azpat::emulator::{Endpoint, NextError};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustix::process::geteuid;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::{
    accounts::{by_browser, by_code, newcomer},
    shell::Shell,
};

/// Nobody in particular: root would see everything, so it becomes somebody else.
const SOMEBODY: u32 = 65_534;

fn as_somebody(command: &mut Command) -> &mut Command {
    if geteuid().is_root() { command.uid(SOMEBODY).gid(SOMEBODY) } else { command }
}

/// Starts a program that says a line when it is up.
async fn started(command: &mut Command) -> Child {
    let mut child = as_somebody(command).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    lines.next_line().await.unwrap().unwrap();
    child
}

/// Whether somebody of the same user can read this file of a process.
async fn is_open(process: &Child, file: &str) -> bool {
    let path = format!("/proc/{}/{file}", process.id().unwrap());
    let mut dd = Command::new("dd");
    dd.arg(format!("if={path}")).args(["bs=1", "count=1"]);
    as_somebody(dd.stdout(Stdio::null()).stderr(Stdio::null())).status().await.unwrap().success()
}

fn core_limit(process: &Child) -> String {
    let limits = fs::read_to_string(format!("/proc/{}/limits", process.id().unwrap())).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Check 53, with a program that does nothing of the kind beside it.
#[tokio::test(flavor = "multi_thread")]
async fn check_53_memory_and_environment_are_closed_to_others_and_never_dumped() {
    let shell = Shell::with(&[]).await;
    fs::set_permissions(shell.home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let azpat = started(&mut shell.command(&["emulator"])).await;
    let mut other = Command::new("/bin/sh");
    other
        .args(["-c", "ulimit -S -c 1; echo up; read line"])
        .stdin(Stdio::piped())
        .kill_on_drop(true);
    let other = started(&mut other).await;

    assert_eq!(core_limit(&azpat), "0 0 bytes");
    assert_ne!(core_limit(&other), "0 0 bytes");
    let owner = |process: &Child| {
        fs::metadata(format!("/proc/{}/environ", process.id().unwrap())).unwrap().uid()
    };
    assert_eq!(owner(&azpat), 0);
    assert_ne!(owner(&other), 0);
    for file in ["environ", "maps"] {
        assert!(!is_open(&azpat, file).await, "{file}");
        assert!(is_open(&other, file).await, "{file}");
    }
}

/// The forms in which a whole secret could get out, beside its text.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let list = |sign: &str| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(sign);
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let mut forms = vec![list(", "), list(","), hex.to_uppercase(), hex];
    for shift in 0..3 {
        // Without the ends, which depend on what stands beside it.
        let text = STANDARD.encode(&bytes[shift..]);
        forms.push(text.get(4..text.len() - 8).unwrap().to_owned());
    }
    forms
}

/// Which kinds of secrets a text holds, in any form, or eight characters of.
fn leaks(text: &str, secrets: &[(&'static str, String)]) -> BTreeSet<&'static str> {
    let parts: HashSet<&[u8]> = text.as_bytes().windows(8).collect();
    let is_in = |secret: &str| {
        secret.as_bytes().windows(8).any(|part| parts.contains(part))
            || forms(secret).iter().any(|form| text.contains(form))
    };
    secrets.iter().filter(|(_, secret)| is_in(secret)).map(|(kind, _)| *kind).collect()
}

/// Check 52, for the secrets of signing in: done, refused, renewed, and over.
#[tokio::test(flavor = "multi_thread")]
async fn check_52_no_secret_of_a_sign_in_is_printed_whatever_happens() {
    let mut shell = newcomer().await;
    for (name, value) in [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("HTTP_DEBUG", "1")] {
        shell.variables.insert(name, value.into());
    }
    let mut printed = Vec::new();
    printed.push(by_browser(&shell, &[]).await);
    let approve = async |code: &str| assert!(shell.emulator.control().approve_device(code, None));
    printed.push(by_code(&shell, approve).await);
    for code in [50_173, 50_076, 53_003, 70_008, 90_002, 999_999] {
        let refuse = || {
            let refused = NextError::once(Endpoint::Token, code);
            shell.set(|settings| settings.entra.next_errors = vec![refused]);
        };
        refuse();
        printed.push(shell.run(&["list"]).await);
        refuse();
        printed.push(by_browser(&shell, &[]).await);
        refuse();
        printed.push(by_code(&shell, approve).await);
        printed.push(by_code(&shell, approve).await);
    }
    let state = shell.home.path().join("state/tokens.json");
    fs::write(&state, fs::read_to_string(&state).unwrap().replace('}', "")).unwrap();
    for arguments in [
        ["list", "--format=json"],
        ["accounts", "--format=json"],
        ["list", "--format=csv"],
        ["logout", "--all"],
        ["--version", "--help"],
    ] {
        printed.push(shell.run(&arguments).await);
    }
    let failed = printed.iter().filter(|ran| ran.code != 0).count();
    assert!(failed >= 12 && printed.len() - failed >= 6, "{failed}: {printed:#?}");
    let text: String = printed.iter().flat_map(|ran| [ran.out.as_str(), &ran.err]).collect();

    let secrets = shell.emulator.control().secrets();
    for kind in ["code", "refresh token", "access token", "device code", "verifier"] {
        let secret = secrets.iter().find(|(known, _)| *known == kind).unwrap();
        let one = std::slice::from_ref(secret);
        let secret = &secret.1;
        // The search itself finds what is there.
        for planted in [
            secret.clone(),
            STANDARD.encode(format!("a{secret}b")),
            json!(secret.as_bytes()).to_string(),
        ] {
            assert!(leaks(&format!("{text}{planted}"), one).contains(kind), "{kind}");
        }
    }
    assert_eq!(leaks(&text, &secrets), BTreeSet::new());
}
