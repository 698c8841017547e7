//! `edit`: one request with what changes, a table of before and after, and the truth about it.

use azpat::{
    clock,
    emulator::{FaultKind, Operation},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::shell::{Shell, TOKEN, Token};

const TOKENS: [Token; 4] = [
    Token { name: "bot", ends_in_days: 20, ..TOKEN },
    Token { name: "old", ends_in_days: -2, ..TOKEN },
    Token { name: "odd", scope: "vso.brand_new vso.code", ..TOKEN },
    Token { name: "root", scope: "app_token", ..TOKEN },
];

/// The body of the one write that was sent.
fn sent(shell: &Shell) -> serde_json::Value {
    let requests = shell.emulator.control().requests();
    let mut writes: Vec<_> = requests.into_iter().filter(|seen| seen.method != "GET").collect();
    assert_eq!(writes.len(), 1);
    writes.remove(0).body.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_changes_is_sent_and_before_and_after_are_shown() {
    let shell = Shell::with(&TOKENS).await;
    let id = "00000000-0000-0000-0000-000000000001";
    let ran = shell.run(&["edit", "bot", "--name", "robot", "--preset", "push-code"]).await;
    let out = &ran.is(0).out;
    assert!(out.starts_with(&format!("changed bot (id {id}) in contoso\n")), "{out}");
    assert!(out.contains("name  bot         robot\n"), "{out}");
    assert!(out.contains("can   Code: read  Code: read and write\n"), "{out}");
    assert!(!out.contains("ends"), "{out}");
    assert_eq!(
        sent(&shell),
        json!({"authorizationId": id, "displayName": "robot", "scope": "vso.code_write"})
    );
    let token = shell.token("robot");
    assert_eq!(token.scope, "vso.code_write");
    assert!(!token.global);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_may_come_nearer_and_machines_see_it_all() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["edit", "bot", "--for", "5d", "--format", "json"]).await;
    let json = ran.is(0).json();
    assert_eq!(json["requested"]["displayName"], serde_json::Value::Null);
    let date =
        |value: &serde_json::Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    let rounded = date(&json["requested"]["validTo"]) - date(&json["validTo"]);
    assert!(rounded.abs() < TimeDelta::milliseconds(10), "{rounded}");
    assert_ne!(json["before"]["validTo"], json["validTo"]);
    assert_eq!((&json["deviations"], &json["dryRun"]), (&json!([]), &json!(false)));
    let left = shell.token("bot").valid_to - clock::now();
    assert!((left - TimeDelta::days(5)).abs() < TimeDelta::minutes(2), "{left}");
    let ran = shell.run(&["edit", "bot", "--name", "=1+1", "--format", "csv"]).await;
    assert_eq!(ran.is(0).out, "field,before,after\ndisplayName,bot,'=1+1\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_so_already_is_not_sent() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["edit", "bot", "--name", "bot", "--scope", "vso.code"]).await;
    assert!(ran.is(0).out.starts_with("nothing to change: bot "), "{}", ran.out);
    let ran = shell.run(&["edit", "bot", "--name", "robot", "--to", "2026-01-01"]).await;
    ran.is(2).says("is over already");
    let ran = shell.run(&["edit", "bot", "--name", "robot", "--dry-run"]).await;
    assert!(ran.is(0).out.starts_with("would change bot "), "{}", ran.out);
    assert!(ran.out.contains("name  bot     robot\n"), "{}", ran.out);
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_without_a_write() {
    let shell = Shell::with(&TOKENS).await;
    let year = (clock::now() + TimeDelta::days(370)).format("%Y-%m-%d").to_string();
    for (arguments, code, why) in [
        (&["bot"][..], 2, "required"),
        (&["old", "--name", "new"], 1, "it has ended on"),
        (&["bot", "--name", " new"], 2, "no blank at its ends"),
        (&["bot", "--scope", "vso.codes"], 2, "vso.codes is no scope"),
        (&["bot", "--scope", "vso.pats"], 2, "which no token can have"),
        (&["bot", "--preset", "everything"], 2, "push-code"),
        (&["bot", "--to", &year], 2, "more than a year away"),
        (&["bot", "--scope", "app_token"], 2, "full access needs consent"),
        (&["nobody", "--name", "new"], 4, "no token has this id or name"),
    ] {
        let ran = shell.run(&[&["edit"], arguments].concat()).await;
        ran.is(code).says(why);
        assert_eq!(ran.out, "");
    }
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_that_are_not_known_are_kept_where_they_were() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["edit", "odd", "--scope", "vso.brand_new vso.wiki", "--dry-run"]).await;
    assert!(ran.is(0).out.contains("vso.brand_new · Wiki: read"), "{}", ran.out);
    shell.run(&["edit", "bot", "--scope", "vso.brand_new"]).await.is(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortened_end_is_done_and_a_lost_field_is_not() {
    let shell = Shell::with(&TOKENS).await;
    shell.set(|settings| settings.policies.lifespan_days = Some(60));
    let ran = shell.run(&["edit", "bot", "--for", "90d"]).await;
    ran.is(0).says("it ends ").says("allows 60 days, counted from the creation on ");
    shell.fault_once(Operation::Update, FaultKind::ResetOmittedFields);
    let ran = shell.run(&["edit", "bot", "--name", "robot", "--format", "json"]).await;
    ran.is(5).says("its scope is now nothing, although that was not asked for");
    assert_eq!(ran.json()["deviations"][0], "scope");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up() {
    let shell = Shell::with(&TOKENS).await;
    shell.fault_once(Operation::Update, FaultKind::LoseAfter);
    let ran = shell.run(&["edit", "bot", "--name", "robot"]).await;
    assert!(ran.is(0).out.contains("(the answer was lost; the token was read again)"), "{ran:?}");
    assert_eq!(shell.token("robot").scope, "vso.code");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_full_access_keeps_it_without_asking() {
    let shell = Shell::with(&TOKENS).await;
    shell.run(&["edit", "root", "--name", "still-root"]).await.is(0);
    assert_eq!(shell.token("still-root").scope, "app_token");
}
