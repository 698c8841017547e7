//! `extend`: which end is asked for, what is refused before anything is sent, what is told after.

use azpat::{
    clock,
    emulator::{FaultKind, LifespanMode, Operation},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::shell::{Shell, TOKEN, Token};

const TOKENS: [Token; 6] = [
    Token { name: "bot", ends_in_days: 20, ..TOKEN },
    Token { name: "old", ends_in_days: -2, ..TOKEN },
    Token { name: "gone", is_revoked: true, ..TOKEN },
    Token { name: "everywhere", ends_in_days: 5, is_global: true, ..TOKEN },
    Token { name: "twin", ..TOKEN },
    Token { name: "twin", ..TOKEN },
];

fn is_near(date: DateTime<Utc>, days: i64) -> bool {
    (date - clock::now() - TimeDelta::days(days)).abs() < TimeDelta::minutes(2)
}

fn day(days: i64) -> String {
    (clock::now() + TimeDelta::days(days)).format("%Y-%m-%d").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_counted_from_now_or_named() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["extend", "BOT"]).await;
    assert!(
        ran.is(0).out.starts_with(
            "extended bot (id 00000000-0000-0000-0000-000000000001) in contoso: ends "
        )
    );
    assert!(is_near(shell.token("bot").valid_to, 30));
    shell.run(&["extend", "bot", "--by", "90d"]).await.is(0);
    assert!(is_near(shell.token("bot").valid_to, 90));
    let to = day(100);
    shell.run(&["extend", "bot", "--to", &to]).await.is(0);
    let end = shell.token("bot").valid_to.to_rfc3339();
    assert!(end.starts_with(&format!("{to}T23:59:59")), "{end}");
    let to = format!("{}T12:00:00+02:00", day(110));
    let ran = shell.run(&["extend", "bot", "--to", &to, "--format", "json"]).await;
    let json = ran.is(0).json();
    let expected = format!("{}T10:00:00.000Z", day(110));
    for key in ["requested", "granted", "validTo"] {
        assert_eq!(json[key], expected, "{key}");
    }
    assert_eq!(json["dryRun"], false);
    assert_eq!(json["displayName"], "bot");
    assert_eq!(ran.err, "");
    assert_eq!(shell.writes(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_says_by_how_much() {
    let mut shell = Shell::with(&TOKENS).await;
    shell.variables.insert("AZPAT_EXTEND_BY", "45d".into());
    shell.run(&["extend", "bot"]).await.is(0);
    assert!(is_near(shell.token("bot").valid_to, 45));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_without_a_write() {
    let shell = Shell::with(&TOKENS).await;
    for (arguments, code, why) in [
        (
            "old",
            1,
            "cannot extend old (id 00000000-0000-0000-0000-000000000002) in contoso: it has ended on",
        ),
        ("gone", 1, "it is revoked"),
        ("twin", 4, "several tokens have that name"),
        ("nobody", 4, "no token has this id or name"),
        ("bot --by 7d", 1, "is no later than its present end"),
        ("bot --to 2001-02-03", 2, "is over already"),
        ("bot --by 0d", 2, "out of bounds"),
        ("bot --by 400d", 2, "out of bounds"),
        ("bot --by soon", 2, "is no span of time"),
        ("bot --to tomorrow", 2, "must be a day such as 2027-01-31"),
        ("bot --by 30d --to 2099-01-01", 2, "cannot be used with"),
        ("", 2, "required"),
    ] {
        let arguments: Vec<_> = arguments.split_ascii_whitespace().collect();
        let ran = shell.run(&[&["extend"], &arguments[..]].concat()).await;
        ran.is(code).says(why);
        assert_eq!(ran.out, "");
    }
    shell.run(&["extend", "old"]).await.says("hint: make a new token like it");
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["extend", "bot", "--dry-run"]).await;
    assert!(ran.is(0).out.starts_with("would extend bot "), "{}", ran.out);
    let ran = shell.run(&["extend", "bot", "--dry-run", "--format", "json"]).await;
    assert_eq!(ran.is(0).json()["dryRun"], true);
    assert_eq!(ran.json()["granted"], serde_json::Value::Null);
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortened_extension_is_told_with_the_reason() {
    let shell = Shell::with(&TOKENS).await;
    shell.set(|settings| settings.policies.lifespan_days = Some(60));
    let ran = shell.run(&["extend", "bot", "--by", "90d", "--format", "json"]).await;
    ran.is(0)
        .says("azpat: bot was extended to ")
        .says(" only, not to ")
        .says("allows 60 days, counted from the creation on ");
    let json = ran.json();
    assert_ne!(json["granted"], json["requested"]);
    assert_eq!(json["granted"], json["validTo"]);
    assert!(is_near(shell.token("bot").valid_to, 30), "30 days old, 60 days allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_the_code_1() {
    let shell = Shell::with(&TOKENS).await;
    shell.set(|settings| {
        settings.policies.lifespan_days = Some(60);
        settings.policies.lifespan_mode = LifespanMode::Refuse;
    });
    let ran = shell.run(&["extend", "bot", "--by", "90d"]).await;
    ran.is(1).says("azpat: cannot extend bot");
    assert_eq!(ran.out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up() {
    let shell = Shell::with(&TOKENS).await;
    shell.fault_once(Operation::Update, FaultKind::LoseAfter);
    let ran = shell.run(&["extend", "bot"]).await;
    assert!(ran.is(0).out.contains("(the answer was lost; the token was read again)"), "{ran:?}");
    assert!(is_near(shell.token("bot").valid_to, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_token_is_said_to_stop() {
    let shell = Shell::with(&TOKENS).await;
    shell.run(&["extend", "everywhere", "--dry-run"]).await.is(0).says("2026-12-01");
}
