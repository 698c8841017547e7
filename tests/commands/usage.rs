//! The command itself: flags, configuration, demonstration and emulator.

use std::{fs, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    time::timeout,
};

use crate::shell::{Shell, TOKEN, Token};

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_has_the_code_2_and_repeats_nothing_raw() {
    let shell = Shell::with(&[]).await;
    for arguments in [
        &["lst"][..],
        &["list", "--status", "x\u{1b}]0;title\u{7}"],
        &["list", "--format", "\u{9b}31m"],
        &["list", "--within", "\u{1b}c"],
        &["extend", "x", "--to", "\u{1b}[2J"],
        &["\u{202e}"],
        &["list", "-o", "a/b?\u{1b}[31m"],
        &["list", "--sign-in", "\u{7}"],
        &["list", "--config", "/\u{1b}[31m"],
        &["emulator", "--organizations", "\u{1b}[31m:3"],
        &["emulator", "--port", "70000"],
    ] {
        let ran = shell.run(arguments).await;
        ran.is(2);
        assert!(!ran.err.is_empty() && !ran.err.contains(['\u{9b}', '\u{202e}']), "{ran:?}");
        assert_eq!(ran.out, "");
    }
    assert!(shell.emulator.control().requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn organization_names_are_checked_before_an_address_is_built() {
    let shell = Shell::with(&[]).await;
    for name in ["a/b", "..", "a?b", "a#b", "a@b", "a%2fb", "a\r\nb", "ä", " a", "-a", ""] {
        let ran = shell.run(&["list", &format!("--organization={name}")]).await;
        ran.is(2).says("is no organization name").says("right would be contoso");
    }
    assert!(shell.emulator.control().requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn help_and_version_are_results() {
    let shell = Shell::with(&[]).await;
    assert!(shell.run(&["--version"]).await.is(0).out.starts_with("azpat "));
    let help = shell.run(&["--help"]).await;
    for word in
        ["list", "show", "extend", "revoke", "doctor", "config", "emulator", "--demo", "Exit codes"]
    {
        assert!(help.is(0).out.contains(word), "{word}");
    }
    assert!(shell.run(&["list", "--help"]).await.is(0).out.contains("not revoked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_has_the_code_2() {
    let shell = Shell::with(&[]).await;
    let path = shell.home.path().join("wrong.json");
    fs::write(&path, "{\n  \"organisation\": \"contoso\"\n}").unwrap();
    let path = path.to_string_lossy();
    for command in ["list", "config"] {
        let ran = shell.run(&[command, "--config", &path]).await;
        ran.is(2).says("wrong.json:2: \"organisation\" is no setting; did you mean");
        assert_eq!(ran.out, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_folder_is_looked_in_and_the_current_one_is_not() {
    let mut shell = Shell::with(&[]).await;
    let home = shell.home.path().to_owned();
    for name in ["config.json", "azpat.json", ".azpat.json"] {
        fs::write(home.join(name), r#"{"organization": "from-here"}"#).unwrap();
    }
    fs::write(home.join(".env"), "AZPAT_ORGANIZATIONS=from-here\n").unwrap();
    fs::create_dir_all(home.join("relative/azpat")).unwrap();
    fs::write(home.join("relative/azpat/config.json"), "{\"x\": 1}").unwrap();
    let ran = shell.run(&["config"]).await;
    assert!(!ran.is(0).out.contains("from-here"), "{}", ran.out);
    if cfg!(target_os = "linux") {
        shell.variables.insert("XDG_CONFIG_HOME", "relative".into());
        assert_eq!(shell.run(&["config"]).await.is(0).out, ran.out);
        let folder = home.join("elsewhere/azpat");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.json"), r#"{"organization": "from-there"}"#).unwrap();
        shell.variables.insert("XDG_CONFIG_HOME", home.join("elsewhere").into());
        let ran = shell.run(&["config"]).await;
        assert!(ran.is(0).out.contains("organizations       from-there"), "{}", ran.out);
        assert!(ran.out.contains("file, line 1"), "{}", ran.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn config_tells_every_origin_and_no_secret() {
    let mut shell = Shell::with(&[]).await;
    let path = shell.home.path().join("own.json");
    fs::write(&path, "{\n\"warn_within\": \"10d\",\n\"extend_by\": \"20d\"\n}").unwrap();
    shell.variables.insert("AZPAT_CONFIG", path.into());
    shell.variables.insert("AZPAT_EXTEND_BY", "40d".into());
    let ran = shell.run(&["config", "-o", "fabrikam"]).await;
    let line = |key: &str| {
        let line = ran.out.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    ran.is(0);
    assert!(line("file:").ends_with("own.json"));
    assert_eq!(line("organizations"), "fabrikam --organization");
    assert_eq!(line("warn_within"), "10d file, line 2");
    assert_eq!(line("extend_by"), "40d AZPAT_EXTEND_BY");
    assert_eq!(line("critical_within"), "3d default");
    assert_eq!(line("sign_in"), "environment AZPAT_ACCESS_TOKEN");
    assert_eq!(line("AZPAT_ACCESS_TOKEN"), "set, not shown environment");
    let secret = shell.emulator.access_token();
    for arguments in [&["config"][..], &["list"], &["list", "--format", "json"], &["show", "x"]] {
        let ran = shell.run(arguments).await;
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_needs_and_touches_nothing() {
    let mut shell = Shell::with(&[Token { name: "real", ..TOKEN }]).await;
    shell.variables.insert("AZPAT_ORGANIZATIONS", "nowhere".into());
    let ran = shell.run(&["list", "--demo", "--format", "json"]).await;
    assert!(ran.is(0).names().len() > 20);
    assert!(!ran.names().contains(&"real".to_owned()));
    let one = shell.run(&["list", "--demo", "-o", "fabrikam", "--format", "json"]).await;
    assert!(one.is(0).names().len() < ran.names().len());
    shell.run(&["revoke", "--demo", "--yes", &ran.names()[0]]).await.is(0);
    assert!(shell.emulator.control().requests().is_empty());
    let list = Shell::demo().await.run(&["list", "--status", "all", "--format", "json"]).await;
    assert_eq!(list.is(0).names().len(), Shell::demo().await.emulator.control().ledger().len());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_says_that_it_is_ready_and_stops_when_told() {
    use rustix::process::{Pid, Signal, kill_process};

    for signal in [Signal::TERM, Signal::INT] {
        let mut shell = Shell::with(&[]).await;
        // A wrong configuration does not matter to it.
        shell.variables.insert("AZPAT_WARN_WITHIN", "nonsense".into());
        let mut command =
            shell.command(&["emulator", "--organizations", "northwind:5", "--seed", "3"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready: Value =
            serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
        assert_eq!(ready["organizations"][0], "northwind");
        shell.variables.remove("AZPAT_WARN_WITHIN");
        for name in ["AZPAT_SERVICE_URL", "AZPAT_PROFILE_URL"] {
            shell.variables.insert(name, ready["url"].as_str().unwrap().into());
        }
        let token = ready["access_token"].as_str().unwrap();
        shell.variables.insert("AZPAT_ACCESS_TOKEN", token.into());
        let list = shell.run(&["list", "--status", "all", "--format", "json"]).await;
        assert_eq!(list.is(0).names().len(), 5);
        let id = i32::try_from(child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
        let status = timeout(Duration::from_secs(30), child.wait()).await.unwrap().unwrap();
        assert_eq!(status.code(), Some(0));
        assert_eq!(lines.next_line().await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emulator_that_cannot_start_says_why() {
    let shell = Shell::with(&[]).await;
    let port = shell.emulator.url().port().unwrap().to_string();
    shell.run(&["emulator", "--port", &port]).await.is(2).says("cannot serve on 127.0.0.1:");
}
