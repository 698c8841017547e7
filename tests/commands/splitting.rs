//! `split`: a global token goes only when every organization has one of its own in its place.

use std::{fs, process::Stdio, time::Duration};

use azpat::emulator::{Fault, FaultKind, Operation, Record};

use crate::shell::{Shell, TOKEN, Token};

const TOKENS: [Token; 4] = [
    Token { name: "world", scope: "vso.code vso.build", is_global: true, ..TOKEN },
    Token { name: "bot", ..TOKEN },
    Token { name: "root", scope: "app_token", is_global: true, ..TOKEN },
    Token { name: "gone", is_global: true, is_revoked: true, ..TOKEN },
];

/// The living new tokens of that name, by organization.
fn made(shell: &Shell, name: &str) -> Vec<Record> {
    let ledger = shell.emulator.control().ledger();
    let is_new = |it: &Record| it.id.as_u128() > 0xffff && it.name == name && !it.revoked;
    let mut made: Vec<_> = ledger.into_iter().filter(is_new).collect();
    made.sort_by(|a, b| a.organization.cmp(&b.organization));
    made
}

fn organizations(made: &[Record]) -> Vec<&str> {
    made.iter().map(|it| it.organization.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_organization_gets_its_own_and_then_the_global_one_goes() {
    let shell = Shell::with(&TOKENS).await;
    let ask = ["split", "world", "--sink", "npmrc"];
    let ran = shell.run(&[&ask[..], &["--dry-run"]].concat()).await;
    assert!(ran.is(0).out.starts_with("would split world (id "), "{}", ran.out);
    assert!(ran.out.contains("//pkgs.dev.azure.com/fabrikam/"), "{}", ran.out);
    assert_eq!(shell.writes(), 0);

    let ran = shell.run(&ask).await;
    assert_eq!(ran.is(0).out, "", "the secrets go nowhere else");
    ran.says("npmrc: fabrikam accepts it").says("revoked world (id ");
    let made = made(&shell, "world");
    assert_eq!(organizations(&made), ["contoso", "fabrikam"]);
    assert!(made.iter().all(|it| !it.global && it.scope == "vso.code vso.build"));
    assert!(shell.token("world").revoked);
    let requests = shell.emulator.control().requests().into_iter().map(|seen| seen.method);
    let writes: Vec<_> = requests.filter(|method| method != "GET").collect();
    assert_eq!(writes, ["POST", "POST", "DELETE"]);
    let npmrc = fs::read_to_string(shell.home.path().join(".npmrc")).unwrap();
    assert!(npmrc.contains("/contoso/") && npmrc.contains("/fabrikam/"), "{npmrc}");
    shell.run(&["resume"]).await.is(0).says("nothing is left to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_split_is_refused_before_anything_is_sent() {
    let shell = Shell::with(&TOKENS).await;
    let path = shell.home.path().join("config.json");
    fs::write(&path, r#"{"sinks": [{"name": "variables", "kind": "env", "path": "x.env"}]}"#)
        .unwrap();
    let config = path.to_str().unwrap();
    for (arguments, code, words) in [
        (&["bot", "--sink", "npmrc"][..], 1, "it is for one organization already"),
        (&["gone", "--sink", "npmrc"], 1, "it is revoked"),
        (&["world", "--sink", "npmrc", "--into", "elsewhere"], 2, "none of the organizations"),
        (&["world", "--sink", "variables"], 2, "would overwrite the one before"),
        (&["world", "--sink", "netrc"], 2, "would overwrite the one before"),
        (&["world", "--sink", "stdout"], 2, "would overwrite the one before"),
        (&["world", "--sink", "npmrc", "--to", "2020-01-01"], 2, "over already"),
        (&["root", "--sink", "npmrc"], 2, "full access needs consent"),
        (&["world"], 2, "--sink"),
    ] {
        let ran = shell.run(&[&["--config", config, "split"], arguments].concat()).await;
        ran.is(code).says(words);
    }
    assert_eq!(shell.writes(), 0);
    // Narrowed, it needs no consent; kept, the global one lives.
    let narrow = ["split", "root", "--sink", "npmrc", "--scope", "vso.code", "--keep"];
    shell.run(&narrow).await.is(0).says("still lives");
    assert!(made(&shell, "root").iter().all(|it| it.scope == "vso.code"));
    assert!(!shell.token("root").revoked);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_fails_in_the_middle_keeps_the_global_one_and_the_same_command_goes_on() {
    let shell = Shell::with(&TOKENS).await;
    let path = shell.home.path().join("config.json");
    let script = "cat >/dev/null; [ $0 = contoso ] || [ -e opened ]";
    let command = serde_json::json!(["/bin/sh", "-c", script, "{organization}"]);
    let sink = serde_json::json!({"name": "vault", "kind": "command", "command": command});
    fs::write(&path, serde_json::json!({"sinks": [sink]}).to_string()).unwrap();
    let ask = ["--config", path.to_str().unwrap(), "split", "world", "--sink", "vault"];
    let ran = shell.run(&ask).await;
    ran.is(5).says("contoso has its token").says("fabrikam has none yet").says("still lives");
    assert_eq!(organizations(&made(&shell, "world")), ["contoso"]);
    assert!(!shell.token("world").revoked);

    fs::write(shell.home.path().join("opened"), "").unwrap();
    let ran = shell.run(&ask).await;
    ran.is(0).says("contoso: has one already (id ").says("revoked world");
    assert_eq!(organizations(&made(&shell, "world")), ["contoso", "fabrikam"]);
    assert!(shell.token("world").revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_it_loses_nothing_and_no_secret_is_taken_for_delivered() {
    let shell = Shell::with(&TOKENS).await;
    let stall = Fault { skip: 1, ..Fault::always(Operation::Create, FaultKind::StallAfter) };
    shell.set(|settings| settings.faults.push(stall));
    let ask = ["split", "world", "--sink", "npmrc"];
    let mut command = shell.command(&ask);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let wait = async {
        while made(&shell, "world").len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap();
    child.kill().await.unwrap();
    assert!(!shell.token("world").revoked);

    shell.set(|settings| settings.faults.clear());
    // The token in fabrikam looks like a successor, but nobody has its secret.
    shell.run(&ask).await.is(1).says("an earlier one has not ended").says("azpat resume");
    assert!(!shell.token("world").revoked);
    let json = shell.run(&["resume", "--format", "json"]).await.is(0).json();
    assert_eq!(json.as_array().unwrap().len(), 1);
    let item = json[0]["item"].as_str().unwrap();
    shell.run(&["resume", "--roll-back", item]).await.is(0);
    assert_eq!(organizations(&made(&shell, "world")), ["contoso"]);

    shell.run(&ask).await.is(0).says("revoked world");
    assert_eq!(organizations(&made(&shell, "world")), ["contoso", "fabrikam"]);
    assert!(shell.token("world").revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_one_that_cannot_be_revoked_is_told() {
    let shell = Shell::with(&TOKENS).await;
    let fail = Fault::always(Operation::Revoke, FaultKind::Status(500));
    shell.set(|settings| settings.faults.push(fail));
    let ask = ["split", "world", "--sink", "npmrc"];
    shell.run(&ask).await.is(5).says("every organization has its token; `azpat revoke ");
    shell.set(|settings| settings.faults.clear());
    let writes = shell.writes();
    shell.run(&ask).await.is(0).says("revoked world");
    assert_eq!(shell.writes(), writes + 1, "nothing is made twice");
}
