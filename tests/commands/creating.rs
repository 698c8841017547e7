//! `create`: the secret is written once and alone, or the token does not stay.

use crate::shell::{Shell, TOKEN};

const ASK: [&str; 5] = ["create", "ci on build-01", "--scope", "vso.code", "-o=contoso"];

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_all_that_stands_on_standard_output() {
    let shell = Shell::with(&[TOKEN]).await;
    let ran = shell.run(&[&ASK[..], &["--for", "10d"]].concat()).await;
    let secret = ran.is(0).out.trim_end();
    assert_eq!(ran.out, format!("{secret}\n"));
    assert!(secret.len() >= 52 && secret.bytes().all(|b| b.is_ascii_alphanumeric()), "{secret}");
    assert!(!ran.err.contains(secret), "{}", ran.err);
    ran.says("created ci on build-01 (id ").says("in contoso: ends ");
    assert_eq!(shell.token("ci on build-01").scope, "vso.code");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_has_the_secret_of_its_own_token() {
    let shell = Shell::with(&[TOKEN]).await;
    let ran = shell.run(&[&ASK[..], &["--format", "json"]].concat()).await;
    let json = ran.is(0).json();
    assert_eq!(json["authorizationId"], shell.token("ci on build-01").id.to_string());
    assert!(json["token"].as_str().unwrap().len() >= 52);
    let ran = shell.run(&[&ASK[..], &["--format", "env"]].concat()).await;
    assert!(ran.is(0).out.starts_with("AZURE_DEVOPS_EXT_PAT="));
    let ran = shell.run(&[&ASK[..], &["--format", "header"]].concat()).await;
    assert!(ran.is(0).out.starts_with("Authorization: Basic "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_right_is_refused_before_anything_is_sent() {
    let shell = Shell::with(&[TOKEN]).await;
    for (arguments, code, words) in [
        (&["create", "a", "--scope", "vso.codes", "-o=contoso"][..], 2, "vso.codes is no scope"),
        (&["create", " a", "--scope", "vso.code", "-o=contoso"], 2, "no blank at its ends"),
        (&["create", "a", "--scope", "vso.code"], 2, "there are contoso, fabrikam"),
        (
            &["create", "a", "--scope", "vso.code", "-o=contoso", "--to", "2020-01-01"],
            2,
            "over already",
        ),
    ] {
        shell.run(arguments).await.is(code).says(words);
    }
    let ran = shell.run(&[&ASK[..], &["--dry-run"]].concat()).await;
    assert!(
        ran.is(0).out.starts_with("would create ci on build-01 in contoso: Code: read, until ")
    );
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_sinks_the_secret_goes_there_and_nowhere_else() {
    let shell = Shell::with(&[TOKEN]).await;
    let ran = shell.run(&[&ASK[..], &["--sink", "netrc", "--dry-run"]].concat()).await;
    assert!(ran.is(0).out.contains("~/.netrc\n  +    1  machine dev.azure.com"), "{}", ran.out);
    assert_eq!((shell.writes(), shell.home.path().join(".netrc").exists()), (0, false));

    let ran = shell.run(&[&ASK[..], &["--sink", "netrc"]].concat()).await;
    assert_eq!(ran.is(0).out, "");
    ran.says("+    1  machine dev.azure.com login contoso password ***");
    ran.says("the secret went to ~/.netrc");
    let netrc = std::fs::read_to_string(shell.home.path().join(".netrc")).unwrap();
    let secret = netrc.trim_end().rsplit(' ').next().unwrap();
    assert_eq!(secret.len(), 84);
    assert!(!ran.err.contains(secret));

    // Both only if both are asked for, standard output last.
    for more in [["--sink", "stdout"], ["--format", "token"]] {
        let ran = shell.run(&[&ASK[..], &["--sink", "netrc"], &more].concat()).await;
        let netrc = std::fs::read_to_string(shell.home.path().join(".netrc")).unwrap();
        assert!(netrc.ends_with(&format!("password {}", ran.is(0).out)), "{netrc}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_cannot_be_used_is_told_before_anything_is_made() {
    let shell = Shell::with(&[TOKEN]).await;
    shell.run(&[&ASK[..], &["--sink", "netrcs"]].concat()).await.is(2).says("no sink netrcs");
    let netrc = shell.home.path().join(".netrc");
    std::fs::write(&netrc, b"\xff\xfem\0").unwrap();
    let ran = shell.run(&[&ASK[..], &["--sink", "netrc"]].concat()).await;
    ran.is(2).says("cannot change ~/.netrc: it is UTF-16");
    assert_eq!(shell.writes(), 0);
    assert_eq!(std::fs::read(netrc).unwrap(), b"\xff\xfem\0");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_no_place_for_its_secret_does_not_stay() {
    let shell = Shell::with(&[TOKEN]).await;
    let path = shell.home.path().join("config.json");
    // Everything about the folder looks right until something is to be written there.
    std::fs::write(&path, r#"{"sinks": [{"name": "proc", "kind": "env", "path": "/proc/x"}]}"#)
        .unwrap();
    let config = ["--config", path.to_str().unwrap(), "--sink", "proc"];
    let ran = shell.run(&[&ASK[..], &config].concat()).await;
    ran.is(1).says("so the new token was revoked again");
    assert!(shell.token("ci on build-01").revoked);
    // Where one place has it, it stays.
    let ran = shell.run(&[&ASK[..], &config, &["--sink", "netrc"]].concat()).await;
    ran.is(5).says("the secret went to ~/.netrc").says("cannot write /proc/x: ");
    let ledger = shell.emulator.control().ledger();
    let alive = ledger.iter().filter(|token| token.name == "ci on build-01" && !token.revoked);
    assert_eq!(alive.count(), 1);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_written_leaves_no_token_behind() {
    let shell = Shell::with(&[TOKEN]).await;
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = shell
        .command(&ASK)
        .stdout(full)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .await
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("so the new token was revoked again"), "{said}");
    assert!(shell.token("ci on build-01").revoked);
    let requests = shell.emulator.control().requests();
    let count = |method| requests.iter().filter(|seen| seen.method == method).count();
    assert_eq!((count("POST"), count("DELETE")), (1, 1));
}
