//! `doctor`: what it finds, what it says about it, and what it never says.

#[path = "doctor/place.rs"]
mod place;

use std::{ffi::OsString, fs, net::TcpListener};

use azpat::emulator::{Fault, FaultKind, Operation};
use serde_json::Value;
use tokio::process::Command;

use crate::shell::{Ran, Shell};

const GROUPS: [&str; 7] =
    ["configuration", "surroundings", "terminal", "network", "keyring", "sign_in", "organizations"];

/// What was found, once as JSON and once as a table, with the same exit code.
struct Findings {
    lines: Vec<Value>,
    table: Ran,
}

async fn examine(shell: &Shell, arguments: &[&str], code: i32) -> Findings {
    let json = shell.run(&[&["doctor", "--format", "json"], arguments].concat()).await;
    let table = shell.run(&[&["doctor"], arguments].concat()).await;
    table.is(code);
    let lines = json.is(code).json().as_array().unwrap().clone();
    Findings { lines, table }
}

impl Findings {
    fn states(&self, group: &str) -> Vec<&str> {
        let lines = self.lines.iter().filter(|line| line["group"] == group);
        lines.map(|line| line["state"].as_str().unwrap()).collect()
    }

    /// The state, the detail and the fix of a check.
    #[track_caller]
    fn of(&self, group: &str, check: &str) -> (&str, &str, &str) {
        let line = self.lines.iter().find(|line| line["group"] == group && line["check"] == check);
        assert!(line.is_some(), "no {group} {check}: {:#?}", self.lines);
        let line = line.unwrap();
        let text = |field: &str| line[field].as_str().unwrap_or_default();
        (text("state"), text("detail"), text("fix"))
    }

    /// Checks one finding.
    #[track_caller]
    fn says(&self, group: &str, check: &str, state: &str, words: [&str; 2]) -> &Self {
        let (found, detail, fix) = self.of(group, check);
        assert!(
            found == state && detail.contains(words[0]) && fix.contains(words[1]),
            "{check}: {found}, {detail}, {fix}"
        );
        self
    }
}

fn host(shell: &Shell) -> String {
    format!("127.0.0.1:{}", shell.emulator.url().port().unwrap())
}

/// An address on this computer where nobody listens.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Lets azpat sign in by itself, without a session yet.
fn with_app(shell: &mut Shell, store: &str) {
    shell.variables.remove("AZPAT_ACCESS_TOKEN");
    let own: [(&str, OsString); 5] = [
        ("AZPAT_CLIENT_ID", shell.emulator.client_id().to_string().into()),
        ("AZPAT_AUTHORITY", shell.emulator.authority().into()),
        ("AZPAT_TOKEN_STORE", store.into()),
        ("AZPAT_STATE", shell.home.path().join("state").into()),
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all".into()),
    ];
    shell.variables.extend(own);
}

/// An `az` that answers. Written by a process of its own: one that this process still has open for
/// writing while it starts something else could not be run.
#[cfg(unix)]
async fn install_az(shell: &mut Shell) {
    let folder = shell.home.path().join("bin");
    fs::create_dir(&folder).unwrap();
    let script = format!(
        r#"#!/bin/sh
case "$1" in
version) echo '{{"azure-cli": "2.99.0"}}' ;;
account) echo '{{"accessToken": "{}", "expires_on": 4000000000}}' ;;
esac
"#,
        shell.emulator.access_token()
    );
    let write = "printf '%s' \"$1\" > \"$2\" && chmod +x \"$2\"";
    let mut command = Command::new("/bin/sh");
    command.args(["-c", write, "sh", &script]).arg(folder.join("az"));
    assert!(command.status().await.unwrap().success());
    shell.variables.insert("PATH", folder.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_is_well_every_area_says_so() {
    let mut shell = Shell::with(&[]).await;
    shell.variables.insert("LANG", "C.UTF-8".into());
    let found = examine(&shell, &[], 0).await;
    for group in GROUPS {
        let states = found.states(group);
        assert!(!states.is_empty() && states.iter().all(|state| *state == "ok"), "{group}");
    }
    found
        .says("configuration", "file", "ok", ["none", ""])
        .says("configuration", "sign_in", "ok", ["environment (AZPAT_ACCESS_TOKEN)", ""])
        .says("configuration", "warn_within", "ok", ["(default)", ""])
        .says("configuration", "AZPAT_ACCESS_TOKEN", "ok", ["set", ""])
        .says("network", &host(&shell), "ok", ["without a token), directly, no TLS", ""])
        .says("network", "clock", "ok", ["this computer's clock ", ""])
        .says("keyring", "keyring", "ok", ["not used", ""])
        .says("sign_in", "access token", "ok", ["by AZPAT_ACCESS_TOKEN", ""])
        .says("organizations", "contoso", "ok", ["tokens can be listed", ""])
        .says("organizations", "fabrikam", "ok", ["tenant ", ""]);
    let end = found.table.out.lines().last().unwrap();
    assert_eq!((end, found.table.err.as_str()), ("nothing fails, no warnings", ""));
    assert_eq!(shell.writes(), 0);
    // The organizations' tenants and the hosts are asked about without the token.
    let requests = shell.emulator.control().requests();
    assert!(requests.iter().any(|seen| !seen.authorization), "{requests:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_a_list_of_findings() {
    let shell = Shell::with(&[]).await;
    let found = examine(&shell, &["-o", "nowhere"], 1).await;
    let order: Vec<_> = found.lines.iter().map(|line| line["group"].as_str().unwrap()).collect();
    let mut order_once = order.clone();
    order_once.dedup();
    assert_eq!(order_once, GROUPS);
    for line in &found.lines {
        let mut keys: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["check", "detail", "fix", "group", "state"]);
        let state = line["state"].as_str().unwrap();
        assert!(["ok", "warning", "failing"].contains(&state), "{line}");
        // What is not well has its one fix.
        assert_eq!(line["fix"].is_string(), state != "ok", "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_is_a_finding() {
    let mut shell = Shell::with(&[]).await;
    let path = shell.home.path().join("wrong.json");
    fs::write(&path, "{\n  \"organisation\\u001b[31m\": \"x\",\n  \"warn_within\": \"never\"\n}")
        .unwrap();
    shell.variables.insert("AZPAT_CONFIG", path.clone().into());
    let found = examine(&shell, &[], 1).await;
    let place = |line: u8| format!("{}:{line}", path.display());
    found
        .says("configuration", &place(2), "failing", ["is no setting", "correct it"])
        .says("configuration", &place(3), "failing", ["warn_within", "correct it"])
        .says("network", "service", "warning", ["are not looked at", "configuration"]);
    assert!(found.states("organizations").is_empty() && !found.states("terminal").is_empty());
    shell.variables.insert("AZPAT_CONFIG", shell.home.path().join("nowhere.json").into());
    let found = examine(&shell, &[], 1).await;
    assert_eq!(found.states("configuration"), ["failing"]);
    assert!(shell.emulator.control().requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_unplugged_is_named() {
    let mut shell = Shell::with(&[]).await;
    let gone = nobody();
    for name in ["AZPAT_SERVICE_URL", "AZPAT_PROFILE_URL"] {
        shell.variables.insert(name, format!("http://{gone}/").into());
    }
    let found = examine(&shell, &["-o", "contoso"], 1).await;
    found
        .says("network", &gone, "failing", ["refused the connection", " "])
        .says("network", "clock", "warning", ["not compared", " "])
        .says("organizations", "contoso", "failing", ["refused the connection", " "]);
    assert!(found.table.out.ends_with("2 checks fail, 2 warnings\n"), "{}", found.table.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_token_is_told_without_it() {
    let mut shell = Shell::with(&[]).await;
    shell.variables.insert("AZPAT_ACCESS_TOKEN", "canary-of-mine".into());
    let found = examine(&shell, &["-o", "contoso"], 1).await;
    found.says("sign_in", "access token", "ok", ["there is one", ""]).says(
        "organizations",
        "contoso",
        "failing",
        ["", "AZPAT_ACCESS_TOKEN"],
    );
    let pat = "canary2".repeat(12);
    shell.variables.insert("AZPAT_ACCESS_TOKEN", pat.into());
    let found = examine(&shell, &[], 1).await;
    found
        .says("sign_in", "access token", "failing", ["holds a personal access token", "az account"])
        .says("organizations", "organizations", "warning", ["nobody is signed in", "sign-in"]);
    assert!(!found.table.out.contains("canary"), "{}", found.table.out);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_azure_cli_is_missed_only_where_it_is_needed() {
    let mut shell = Shell::with(&[]).await;
    shell.variables.remove("AZPAT_ACCESS_TOKEN");
    shell.variables.insert("AZPAT_AUTHORITY", shell.emulator.authority().into());
    shell.variables.insert("PATH", shell.home.path().into());
    for sign_in in ["auto", "azure_cli"] {
        let found = examine(&shell, &["--sign-in", sign_in], 1).await;
        let missing = ["not installed or not in PATH", "install it and run `az login`"];
        found.says("sign_in", "Azure CLI", "failing", missing);
        // The same cause is not told twice.
        assert_eq!(found.states("sign_in"), ["ok", "failing"]);
    }
    install_az(&mut shell).await;
    let found = examine(&shell, &["--sign-in", "azure_cli"], 0).await;
    found
        .says("sign_in", "Azure CLI", "ok", ["`az` version 2.99.0", ""])
        .says("sign_in", "access token", "ok", ["by the Azure CLI", ""])
        .says("organizations", "contoso", "ok", ["tokens can be listed", ""]);
    let bin = shell.variables.insert("PATH", shell.home.path().into()).unwrap();
    with_app(&mut shell, "file");
    let found = examine(&shell, &[], 1).await;
    found.says("sign_in", "Azure CLI", "ok", ["needed only where no session is kept", ""]).says(
        "sign_in",
        "access token",
        "failing",
        ["nobody has signed in yet", "azpat login"],
    );
    assert_eq!(found.states("sign_in"), ["ok", "ok", "ok", "failing"]);
    shell.variables.insert("PATH", bin);
    examine(&shell, &[], 0).await.says(
        "sign_in",
        "the kept session",
        "warning",
        ["", "azpat login"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_for_sessions_is_tried_and_left_as_it_was() {
    let mut shell = Shell::with(&[]).await;
    with_app(&mut shell, "file");
    let found = examine(&shell, &["--sign-in", "device_code"], 1).await;
    found.says("keyring", "file", "ok", ["written, read and removed", ""]).says(
        "sign_in",
        "sessions",
        "ok",
        ["none is kept", ""],
    );
    for entry in fs::read_dir(shell.home.path().join("state")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("a test of azpat"), "{}: {text}", path.display());
    }
    with_app(&mut shell, "keyring");
    if cfg!(target_os = "linux") {
        let found = examine(&shell, &["--sign-in", "device_code"], 1).await;
        found.says("keyring", "keyring", "failing", ["session bus", "`token_store`"]);
    }
    // It is not even opened where no session of azpat's own would be in it.
    let found = examine(&shell, &["--sign-in", "azure_cli"], 1).await;
    found.says("keyring", "keyring", "ok", ["not used: with this `sign_in`", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_any_line() {
    let mut shell = Shell::with(&[]).await;
    let (proxy, user, password) = (nobody(), "robin", "canary-of-the-proxy");
    shell.variables.insert("AZPAT_ACCESS_TOKEN", "canary-of-the-token".into());
    let proxied = format!("http://{user}:{password}@{proxy}/");
    shell.variables.insert("HTTPS_PROXY", proxied.into());
    // The real hosts, by a proxy on this computer that does not answer: nothing leaves it.
    shell.variables.remove("AZPAT_SERVICE_URL");
    shell.variables.remove("AZPAT_PROFILE_URL");
    let found = examine(&shell, &["-o", "contoso"], 1).await;
    for host in ["vssps.dev.azure.com", "app.vssps.visualstudio.com", "dev.azure.com"] {
        found.says("network", host, "failing", ["via proxy 127.0.0.1", "HTTPS_PROXY"]);
    }
    let secrets = ["canary", user, "Y2FuYXJ5", "cm9iaW4"];
    for arguments in [&["doctor"][..], &["doctor", "--format", "json"]] {
        for wrong in [false, true] {
            let mut command = shell.command(arguments);
            if wrong {
                let address = format!("https://{user}:{password}@dev.azure.com/");
                command.env("AZPAT_SERVICE_URL", address);
            }
            let ran = Ran::of(&mut command).await;
            ran.is(1);
            for secret in secrets {
                assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{ran:#?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told_with_the_host() {
    let shell = Shell::with(&[]).await;
    for (offset, state, code) in [(180, "warning", 0), (-600, "failing", 1)] {
        shell.set(|settings| settings.clock_offset_seconds = offset);
        let found = examine(&shell, &[], code).await;
        let words = if offset > 0 { "minutes behind that of 127" } else { "minutes ahead of that" };
        found.says("network", "clock", state, [words, "set the clock"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_that_cannot_be_used_say_why() {
    let shell = Shell::with(&[]).await;
    shell.set(|settings| {
        settings.entra.tenants.insert("fabrikam".to_owned(), uuid::Uuid::nil());
    });
    let found = examine(&shell, &["-o", "contoso", "-o", "fabrikam", "-o", "nowhere"], 1).await;
    found
        .says("organizations", "contoso", "ok", ["tokens can be listed", ""])
        .says("organizations", "fabrikam", "failing", ["personal Microsoft accounts", "Entra ID"])
        .says(
            "organizations",
            "nowhere",
            "failing",
            ["there is no organization", "dev.azure.com/"],
        );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_silent_cannot_hold_it_up() {
    let shell = Shell::with(&[]).await;
    let stall = |operation| Fault::always(operation, FaultKind::StallBefore);
    shell.set(|settings| {
        settings.faults = vec![stall(Operation::List), stall(Operation::Tenant)];
    });
    let started = azpat::clock::monotonic();
    let ran = shell.run(&["doctor", "-o", "contoso", "--format", "json"]).await;
    let took = started.elapsed().as_secs();
    assert!((9..20).contains(&took), "{took} s");
    ran.is(0).says("something does not answer; this ends within 10 s");
    let lines = ran.json().as_array().unwrap().clone();
    let late = lines.iter().find(|line| line["check"] == "contoso").unwrap();
    assert_eq!(
        (&late["state"], &late["detail"]),
        (&"warning".into(), &"no answer within 10 s".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_without_a_home() {
    let mut shell = Shell::with(&[]).await;
    // Without a home the folder of the user database is used, which is not this test's.
    let path = shell.home.path().join("own.json");
    fs::write(&path, "{}").unwrap();
    shell.variables.insert("AZPAT_CONFIG", path.into());
    let mut command = shell.command(&["doctor"]);
    let ran = Ran::of(command.env_remove("HOME")).await;
    assert!(ran.is(0).out.contains("own.json"), "{ran:#?}");
    with_app(&mut shell, "file");
    shell.variables.insert("AZPAT_STATE", "no/whole/path".into());
    let mut command = shell.command(&["doctor"]);
    let ran = Ran::of(command.env_remove("HOME")).await;
    assert!(ran.is(1).out.contains("set `AZPAT_STATE` to a folder"), "{ran:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_asks_nobody() {
    let shell = Shell::with(&[]).await;
    let found = examine(&shell, &["--demo"], 0).await;
    found.says("network", "service", "ok", ["the demonstration runs inside azpat", ""]);
    assert!(shell.emulator.control().requests().is_empty());
}
