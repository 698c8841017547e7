//! `log`: every change is written down, readable, and guarded against changes of its own.

use std::fs;

use azpat::emulator::{FaultKind, Operation};
use serde_json::Value;

use crate::shell::{Shell, TOKEN, Token};

const LOG: &str = ".local/state/azpat/audit.jsonl";
const TOKENS: [Token; 3] =
    [Token { name: "bot", ..TOKEN }, Token { name: "nightly \u{202e}", ..TOKEN }, TOKEN];

#[tokio::test(flavor = "multi_thread")]
async fn check_69_the_log_is_that_of_the_service() {
    let shell = Shell::with(&TOKENS).await;
    shell.run(&["extend", "bot", "--by", "90d"]).await.is(0);
    shell.fault_once(Operation::Revoke, FaultKind::Status(403));
    shell.run(&["revoke", "--yes", "token"]).await.is(1);
    shell.run(&["revoke", "--yes", "bot", "00000000-0000-0000-0000-000000000002"]).await.is(0);
    shell.run(&["revoke", "--dry-run", "token"]).await.is(0);
    let ran = shell.run(&["log", "--format", "json"]).await;
    let json = ran.is(0).json();
    let log: Vec<_> = json.as_array().unwrap().iter().collect();
    let told = |entry: &Value| {
        let method = match entry["action"].as_str().unwrap() {
            "extend" => "PUT",
            "revoke" => "DELETE",
            other => panic!("{other}"),
        };
        (method.to_owned(), entry["authorizationId"].as_str().unwrap().to_owned())
    };
    let mut told: Vec<_> = log.iter().map(|entry| told(entry)).collect();
    let requests = shell.emulator.control().requests();
    let writes = requests.into_iter().filter(|seen| seen.method != "GET");
    let mut seen: Vec<_> = writes
        .map(|seen| {
            let body = seen.body.unwrap_or_default();
            let id = body["authorizationId"].as_str().map(str::to_owned);
            let in_query = || seen.query.split(['=', '&']).nth(1).unwrap().to_owned();
            (seen.method, id.unwrap_or_else(in_query))
        })
        .collect();
    told.sort();
    seen.sort();
    assert_eq!(told, seen);
    let outcomes: Vec<_> = log.iter().map(|entry| entry["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["done", "failed", "done", "done"]);
    assert!(log[0]["detail"].as_str().unwrap().starts_with("ends 20"));
    assert_eq!(log[0]["displayName"], "bot");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_it_and_names_do_not_steer_the_terminal() {
    let shell = Shell::with(&TOKENS).await;
    shell.run(&["log"]).await.is(0).says("nothing was changed yet");
    shell.run(&["revoke", "--yes", "00000000-0000-0000-0000-000000000002"]).await.is(0);
    let ran = shell.run(&["log"]).await;
    assert!(ran.is(0).out.contains("nightly ‹U+202E›"), "{ran:?}");
    assert!(ran.out.contains("revoke") && ran.out.contains("done"), "{ran:?}");
    assert!(!ran.out.contains('\u{202e}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_log_is_found() {
    let shell = Shell::with(&TOKENS).await;
    for by in ["70d", "80d", "90d"] {
        shell.run(&["extend", "bot", "--by", by]).await.is(0);
    }
    let ran = shell.run(&["log", "--verify"]).await;
    assert!(ran.is(0).out.starts_with("3 lines, each as it was written; "), "{ran:?}");
    let path = shell.home.path().join(LOG);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"bot\"", "\"bob\"", 2).replacen("\"bob\"", "\"bot\"", 1))
        .unwrap();
    shell.run(&["log", "--verify"]).await.is(1).says("line 2 of 3 does not fit");
    shell.run(&["log"]).await.is(0).says("line 2 does not fit");
    // Half a line, as a crash leaves it.
    fs::write(&path, text.get(..text.len() - 40).unwrap()).unwrap();
    shell.run(&["log", "--verify"]).await.is(0).says("line 3 is incomplete");
    shell.run(&["revoke", "--yes", "bot"]).await.is(0);
    let ran = shell.run(&["log", "--verify"]).await;
    ran.is(0).says("line 3 is incomplete");
    assert!(ran.out.starts_with("4 lines"), "{ran:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_down_is_done_and_told() {
    use std::os::unix::fs::PermissionsExt as _;

    let shell = Shell::with(&TOKENS).await;
    let folder = shell.home.path().join(".local/state/azpat");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let ran = shell.run(&["revoke", "--yes", "bot"]).await;
    ran.is(0).says("it was done, but is not in the log").says("chmod 700");
    assert!(shell.token("bot").revoked);
    shell.run(&["extend", "token", "--by", "90d"]).await.is(0).says("is not in the log");
}
