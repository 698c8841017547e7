//! Checks 50 and 52: after everything that can go right or wrong, no secret stands in any output, file,
//! argument, environment or address; and one that does is found.

use std::{ffi::OsString, fs, os::unix::fs::PermissionsExt as _, path::Path, time::SystemTime};

use azpat::emulator::{Endpoint, FaultKind, NextError, Operation};

use super::{
    accounts::{by_browser, by_code, newcomer},
    scan::Scan,
    shell::{Ran, Shell},
};

/// What a command left, by its own name.
type Left = Vec<(String, Ran)>;

const CREATE: [&str; 5] = ["create", "canary", "--scope", "vso.code", "-o=contoso"];

/// The part of a secret that is its own.
fn random(kind: &str, text: &str) -> String {
    let own = text.rsplit('.').next().unwrap();
    // The emulator's own token says in plain words what it is.
    let own = own.strip_prefix("azpat-emulator-").unwrap_or(own);
    assert!(own.len() > 20, "{kind} is too short to be told from other words");
    own.chars().take(52).collect()
}

/// A program that writes down what it is given.
fn witness(shell: &Shell, name: &str, then: &str) -> OsString {
    let folder = shell.home.path().join("bin");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    let note = format!("{{ printf '%s\\n' \"$@\"; /usr/bin/env; }} >>\"$HOME/{name}.txt\"");
    fs::write(&path, format!("#!/bin/sh\n{note}\n{then}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.into()
}

/// Runs it as the person who has signed in, and keeps what it left.
async fn run(shell: &Shell, left: &mut Left, arguments: &[&str]) {
    let ran = shell.run(arguments).await;
    left.push((arguments.join(" "), ran));
}

/// Everything that a session of azpat's own goes through.
async fn session(shell: &mut Shell, left: &mut Left) {
    let browser = witness(shell, "browser", "");
    shell.variables.extend([("BROWSER", browser), ("DISPLAY", ":0".into())]);
    left.push(("login --browser".to_owned(), by_browser(shell, &[]).await));
    for arguments in [
        &["list", "--format", "json"][..],
        &["show", "mine"],
        &["accounts"],
        &["accounts", "--format", "json"],
        &["config"],
        &["extend", "mine", "--by", "90d"],
    ] {
        run(shell, left, arguments).await;
    }
    for (operation, kind) in [
        (Operation::List, FaultKind::Garbage),
        (Operation::List, FaultKind::Status(401)),
        (Operation::Create, FaultKind::Garbage),
        (Operation::Create, FaultKind::WrongShape),
        (Operation::Create, FaultKind::CutBody),
        (Operation::Create, FaultKind::Html500),
    ] {
        shell.fault_once(operation, kind);
        let command = if operation == Operation::List { &["list"][..] } else { &CREATE };
        run(shell, left, command).await;
        shell.set(|it| it.faults.clear());
    }
    let approve = async |code: &str| {
        assert!(shell.emulator.control().approve_device(code, None));
    };
    for code in [50_173, 50_076, 53_003, 90_002, 999_999] {
        let refuse = || {
            shell.set(|it| it.entra.next_errors = vec![NextError::once(Endpoint::Token, code)]);
        };
        refuse();
        run(shell, left, &["list"]).await;
        refuse();
        left.push((format!("login --browser, {code}"), by_browser(shell, &[]).await));
        refuse();
        left.push((format!("login --device-code, {code}"), by_code(shell, approve).await));
        shell.set(|it| it.entra.next_errors.clear());
        left.push(("login --device-code".to_owned(), by_code(shell, approve).await));
    }
    run(shell, left, &["list"]).await;
}

/// The tokens that come from elsewhere, right and wrong.
async fn borrowed(shell: &mut Shell, left: &mut Left, pat: &str) {
    let bearer = shell.emulator.access_token().to_owned();
    let answer = format!(
        r#"{{"accessToken":"{bearer}","expires_on":"4102444800","tenant":"{}"}}"#,
        shell.emulator.tenants()["contoso"]
    );
    witness(shell, "az", &format!("echo '{answer}'"));
    let wrong = format!("{}x", bearer.get(1..).unwrap());
    for token in [bearer.as_str(), pat, &wrong] {
        shell.variables.insert("AZPAT_ACCESS_TOKEN", token.into());
        for way in ["environment", "azure_cli"] {
            shell.variables.insert("AZPAT_SIGN_IN", way.into());
            shell.variables.insert("PATH", shell.home.path().join("bin").into());
            run(shell, left, &["list"]).await;
        }
    }
}

/// Every file below the folder with its name, but those whose name is in `except`.
pub(crate) fn look_below(scan: &mut Scan, folder: &Path, except: &[&str]) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        scan.look("the name of a file", name.as_bytes());
        if path.is_dir() {
            look_below(scan, &path, except);
        } else if !except.contains(&name.as_str()) {
            scan.look(&path.display().to_string(), &fs::read(&path).unwrap());
        }
    }
}

/// Every file since then in the folders that all users share, but those of the shell's home.
fn look_in_shared_folders(scan: &Scan, shell: &Shell, began: SystemTime, pat: &str) {
    for folder in ["/tmp", "/dev/shm", "/var/tmp"].map(Path::new) {
        let mut scan = scan.clone();
        look_since(&mut scan, folder, shell.home.path(), began);
        scan.assert_clean();
        // What would lie there would be found.
        let planted = tempfile::tempdir_in(folder).unwrap();
        fs::write(planted.path().join("planted"), pat).unwrap();
        assert!(look_since(&mut scan, planted.path(), shell.home.path(), began));
    }
}

/// Whether one is in there. What others have there comes and goes, and may be for them alone.
fn look_since(scan: &mut Scan, folder: &Path, except: &Path, began: SystemTime) -> bool {
    let mut is_found = false;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(what) = entry.metadata() else { continue };
        if what.is_dir() && path != except {
            is_found |= look_since(scan, &path, except, began);
        }
        let is_new = what.modified().is_ok_and(|it| it >= began) && what.len() < 1 << 18;
        if what.is_file()
            && is_new
            && let Ok(bytes) = fs::read(&path)
        {
            is_found |= scan.look(&path.display().to_string(), &bytes);
        }
    }
    is_found
}

/// Checks 50 and 52.
#[tokio::test(flavor = "multi_thread")]
async fn check_52_no_secret_comes_out_anywhere() {
    let began: SystemTime = azpat::clock::now().into();
    let mut shell = newcomer().await;
    shell.variables.extend([("RUST_LOG", "trace".into()), ("RUST_BACKTRACE", "full".into())]);
    let mut left = Left::new();
    session(&mut shell, &mut left).await;
    let created = shell.run(&CREATE).await;
    let pat = created.is(0).out.trim_end().to_owned();
    let id = created.err.split("(id ").nth(1).unwrap().split(')').next().unwrap();
    let rotated = shell.run(&["rotate", id]).await;
    let next = rotated.is(0).out.trim_end().to_owned();
    borrowed(&mut shell, &mut left, &pat).await;
    let done = left.iter().filter(|(_, ran)| ran.code == 0).count();
    assert!(done >= 15 && left.len() - done >= 8, "{done} of {}", left.len());

    let secrets = shell.emulator.control().secrets();
    for kind in ["code", "refresh token", "access token", "device code", "verifier"] {
        assert!(secrets.iter().any(|(it, _)| *it == kind), "no {kind} was used");
    }
    // The place that the user chose for refresh tokens holds nothing else.
    let mut others = Scan::default();
    secrets.iter().filter(|(kind, _)| *kind != "refresh token").for_each(|(kind, text)| {
        others.add(kind, &random(kind, text));
    });
    let kept = shell.home.path().join("state/tokens.json");
    let kept = fs::read(kept).unwrap();
    others.look("tokens.json", &kept);
    others.assert_clean();
    let mut scan = Scan::default();
    for (kind, text) in &secrets {
        scan.add(kind, &random(kind, text));
    }
    scan.add("the configured access token", &random("bearer", shell.emulator.access_token()));
    let mut control = scan.clone();
    assert!(control.look("the control", &kept), "the refresh token is not where it must be");

    scan.look("the results of create", created.out.as_bytes());
    scan.add("PAT", &random("PAT", &pat));
    scan.look("the messages of create", created.err.as_bytes());
    scan.look("the results of rotate", rotated.out.as_bytes());
    scan.add("the next PAT", &random("PAT", &next));
    scan.look("the messages of rotate", rotated.err.as_bytes());
    for (command, ran) in &left {
        scan.look(&format!("the results of {command}"), ran.out.as_bytes());
        scan.look(&format!("the messages of {command}"), ran.err.as_bytes());
    }
    for seen in shell.emulator.control().requests() {
        scan.look("an address", format!("{}?{}", seen.path, seen.query).as_bytes());
    }
    look_below(&mut scan, shell.home.path(), &["tokens.json", "az"]);
    scan.assert_clean();
    look_in_shared_folders(&scan, &shell, began, &pat);
    for witness in ["az.txt", "browser.txt"] {
        let text = fs::read_to_string(shell.home.path().join(witness)).unwrap();
        assert!(text.contains("HOME="), "{witness} saw nothing");
    }
}

/// Check 44: nothing is left of a refresh token that was kept, renewed or set aside.
#[tokio::test(flavor = "multi_thread")]
async fn check_44_after_signing_out_no_refresh_token_is_left() {
    let shell = newcomer().await;
    let state = shell.home.path().join("state");
    by_browser(&shell, &[]).await.is(0);
    for _ in 0..3 {
        shell.run(&["list"]).await.is(0);
    }
    let kept = fs::read(state.join("tokens.json")).unwrap();
    fs::write(state.join("tokens.json"), &kept[..kept.len() - 3]).unwrap();
    shell.run(&["list"]).await.says("tokens.json.broken");
    by_browser(&shell, &[]).await.is(0);
    let mut scan = Scan::default();
    for (kind, text) in shell.emulator.control().secrets() {
        if kind == "refresh token" {
            scan.add(kind, &random(kind, &text));
        }
    }
    for place in ["tokens.json", "tokens.json.broken"] {
        assert!(scan.clone().look(place, &fs::read(state.join(place)).unwrap()), "{place}");
    }
    shell.run(&["logout"]).await.is(0).says("Entra does not revoke");
    look_below(&mut scan, shell.home.path(), &[]);
    scan.assert_clean();
}
