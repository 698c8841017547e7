//! `rotate` of several tokens: one after the other, into a place that keeps their secrets apart.

use std::{fs, process::Stdio, time::Duration};

use azpat::emulator::{Fault, FaultKind, Operation, Record};
use serde_json::{Value, json};

use crate::shell::{Ran, Shell, TOKEN, Token};

const TOKENS: [Token; 8] = [
    Token { name: "bot", scope: "vso.code vso.build", ..TOKEN },
    Token { name: "ci", ..TOKEN },
    Token { name: "site", organization: 1, ..TOKEN },
    Token { name: "gone", is_revoked: true, ..TOKEN },
    Token { name: "world", is_global: true, ..TOKEN },
    Token { name: "twin", ..TOKEN },
    Token { name: "TWIN", ..TOKEN },
    Token { name: "root", scope: "app_token", ..TOKEN },
];

/// The living tokens of that name that were made since.
fn made(shell: &Shell, name: &str) -> Vec<Record> {
    let ledger = shell.emulator.control().ledger();
    let is_new = |it: &Record| it.id.as_u128() > 0xffff && it.name == name && !it.revoked;
    ledger.into_iter().filter(is_new).collect()
}

/// A vault that keeps each secret under the name of its token, but that of nobody called so.
fn vault(shell: &Shell, refused: &str) {
    let script = format!("[ $0 = {refused} ] && exit 1; cat > \"got-$0\"");
    let sinks = json!({"sinks": [
        {"name": "vault", "kind": "command", "command": ["/bin/sh", "-c", script, "{name}"]},
        {"name": "variables", "kind": "env", "path": "x.env", "key": "PAT_{name}"},
    ]});
    fs::write(shell.home.path().join("config.json"), sinks.to_string()).unwrap();
}

async fn rotate(shell: &Shell, arguments: &[&str]) -> Ran {
    shell.run(&[&["--config", "config.json", "rotate"], arguments].concat()).await
}

fn outcomes(json: &Value) -> Vec<&str> {
    json.as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

fn methods(shell: &Shell) -> Vec<String> {
    let methods = shell.emulator.control().requests().into_iter().map(|seen| seen.method);
    methods.filter(|method| method != "GET").collect()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn each_secret_gets_into_its_own_place_before_its_old_token_goes() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "nobody");
    let ran = rotate(&shell, &["bot", "ci", "site", "bot", "--sink", "vault"]).await;
    let lines: Vec<_> = ran.is(0).out.lines().collect();
    assert_eq!(lines.len(), 3, "{ran:?}");
    for (name, line) in ["bot", "ci", "site"].into_iter().zip(lines) {
        let new = made(&shell, name);
        assert_eq!(new.len(), 1);
        assert!(line.starts_with(&format!("rotated {name} (id ")), "{line}");
        assert!(line.contains(&format!("now id {}", new[0].id)), "{line}");
        assert!(shell.token(name).revoked);
        let secret = fs::read_to_string(shell.home.path().join(format!("got-{name}"))).unwrap();
        assert!(secret.len() >= 52 && !ran.out.contains(&secret) && !ran.err.contains(&secret));
        ran.says("accepts it").says(&format!("revoked {name} (id "));
    }
    assert_eq!(methods(&shell), ["POST", "DELETE", "POST", "DELETE", "POST", "DELETE"]);
    shell.run(&["resume"]).await.is(0).says("nothing is left to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_variables_has_one_for_each() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "nobody");
    rotate(&shell, &["bot", "site", "--sink", "variables"]).await.is(0);
    let text = fs::read_to_string(shell.home.path().join("x.env")).unwrap();
    let names: Vec<_> = text.lines().filter_map(|line| line.split('=').next()).collect();
    assert_eq!(names, ["PAT_BOT", "PAT_SITE"], "{}", text.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_overwrite_another_is_refused_before_anything_is_sent() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "nobody");
    for (arguments, code, words) in [
        (&["bot", "ci"][..], 2, "several secrets do not go to standard output"),
        (&["bot", "ci", "--sink", "stdout"], 2, "it keeps no secret"),
        (&["bot", "ci", "--sink", "clipboard"], 2, "it keeps no secret"),
        (&["bot", "ci", "--sink", "vault", "--format", "token"], 2, "standard output"),
        (&["bot", "ci", "--sink", "netrc"], 2, "one place for all"),
        (&["bot", "ci", "--sink", "npmrc"], 2, "one place for an organization: the secret of ci"),
        (&["bot", "ci", "--sink", "vault", "--sink", "npmrc"], 2, "npmrc cannot take these"),
        (&["twin", "TWIN", "--sink", "vault"], 2, "would overwrite that of twin"),
        (&["bot", "nobody", "--sink", "vault"], 4, "no token has this id"),
        (&["bot", "ci", "--sink", "nowhere"], 2, "there is no sink nowhere"),
    ] {
        rotate(&shell, arguments).await.is(code).says(words);
    }
    assert_eq!(shell.writes(), 0);
    // Each organization has its own place there.
    let ran = rotate(&shell, &["bot", "site", "--sink", "npmrc", "--dry-run"]).await;
    let table: Vec<_> = ran.is(0).out.lines().collect();
    assert!(table[0].starts_with("NAME  ORGANIZATION  ENDS"), "{table:#?}");
    assert!(table[1].starts_with("bot   contoso") && table[1].contains("~/.npmrc"), "{table:#?}");
    assert!(table[2].starts_with("site  fabrikam"), "{table:#?}");
    assert_eq!(shell.writes(), 0);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_rotated_is_skipped_and_said() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "nobody");
    let ask = ["gone", "bot", "world", "--sink", "vault"];
    let ran = rotate(&shell, &[&ask[..], &["--dry-run"]].concat()).await;
    assert!(ran.is(0).out.contains("skipped: it is revoked"), "{ran:?}");
    let ran = rotate(&shell, &[&ask[..], &["--dry-run", "--format", "json"]].concat()).await;
    assert_eq!(outcomes(&ran.is(0).json()), ["skipped", "planned", "skipped"]);
    assert_eq!(shell.writes(), 0);
    let ran = rotate(&shell, &[&ask[..], &["--format", "json"]].concat()).await;
    ran.is(5).says("it is global");
    assert_eq!(outcomes(&ran.json()), ["skipped", "done", "skipped"]);
    let ran = rotate(&shell, &["gone", "world", "--sink", "vault"]).await;
    assert_eq!(ran.is(1).out, "");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_fails_for_one_stops_that_one_only() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "ci");
    let ran = rotate(&shell, &["bot", "ci", "site", "--sink", "vault", "--format", "json"]).await;
    let rows = ran.is(5).says("so the new token was revoked again").json();
    assert_eq!(outcomes(&rows), ["done", "failed", "done"]);
    assert_eq!(rows[0]["newAuthorizationId"], made(&shell, "bot")[0].id.to_string());
    assert_eq!(rows[1]["newAuthorizationId"], Value::Null);
    assert!(rows[1]["message"].as_str().unwrap().contains("could not be delivered"), "{rows}");
    assert!(shell.token("bot").revoked && shell.token("site").revoked);
    assert!(!shell.token("ci").revoked && made(&shell, "ci").is_empty());
    let secret = fs::read_to_string(shell.home.path().join("got-bot")).unwrap();
    assert!(!ran.out.contains(&secret));
    shell.run(&["resume"]).await.is(0).says("nothing is left to do");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_old_token_that_cannot_be_revoked_is_told_and_the_others_go_on() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "nobody");
    shell.fault_once(Operation::Revoke, FaultKind::Status(403));
    let ran = rotate(&shell, &["bot", "ci", "--sink", "vault", "--format", "json"]).await;
    let rows = ran.is(5).says("the new token is in its place").json();
    assert_eq!(outcomes(&rows), ["oldMayLive", "done"]);
    assert!(rows[0]["hint"].as_str().unwrap().contains("azpat resume --finish "), "{rows}");
    assert!(!shell.token("bot").revoked && made(&shell, "bot").len() == 1);
    let left = shell.run(&["resume", "--format", "json"]).await.is(0).json();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["exists"], "newAndOld");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn where_the_service_asks_to_wait_it_waits_and_tells_the_truth() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "nobody");
    shell.fault_once(Operation::Create, FaultKind::Status(429));
    shell.fault_once(Operation::Revoke, FaultKind::Status(429));
    let ran = rotate(&shell, &["bot", "ci", "site", "--sink", "vault", "--format", "json"]).await;
    let rows = ran.json();
    for (name, outcome) in ["bot", "ci", "site"].into_iter().zip(outcomes(&rows)) {
        let is_done = outcome == "done";
        assert_eq!(shell.token(name).revoked, is_done, "{name}: {rows}");
        let has_new = matches!(outcome, "done" | "oldMayLive");
        assert_eq!(made(&shell, name).len(), usize::from(has_new), "{name}: {rows}");
    }
    assert!(outcomes(&rows).contains(&"done"), "{rows}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_resume_tells_what_exists() {
    let shell = Shell::with(&TOKENS).await;
    vault(&shell, "nobody");
    let stall = Fault { skip: 1, ..Fault::always(Operation::Create, FaultKind::StallAfter) };
    shell.set(|settings| settings.faults.push(stall));
    let ask = ["--config", "config.json", "rotate", "bot", "ci", "site", "--sink", "vault"];
    let mut command = shell.command(&ask);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let wait = async {
        while made(&shell, "ci").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap();
    child.kill().await.unwrap();
    shell.set(|settings| settings.faults.clear());
    assert!(shell.token("bot").revoked && made(&shell, "bot").len() == 1);
    assert!(!shell.token("ci").revoked && !shell.token("site").revoked);
    let left = shell.run(&["resume", "--format", "json"]).await.is(0).json();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["exists"], "newWithoutSecret");
    // The one that is open is refused; the others go on.
    let ci = "00000000-0000-0000-0000-000000000002";
    let ran = rotate(&shell, &[ci, "site", "--sink", "vault", "--format", "json"]).await;
    assert_eq!(outcomes(&ran.is(5).json()), ["failed", "done"]);
    let item = left[0]["item"].as_str().unwrap();
    shell.run(&["resume", "--roll-back", item]).await.is(0);
    rotate(&shell, &["ci", "root", "--sink", "vault"]).await.is(0).says("full access");
    for name in ["bot", "ci", "site", "root"] {
        assert!(shell.token(name).revoked && made(&shell, name).len() == 1, "{name}");
    }
}
