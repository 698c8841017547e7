//! `rotate`: the old token goes only after the new secret is where it belongs.

use std::fs;

use azpat::emulator::{Fault, FaultKind, LifespanMode, Operation, Policies};

use crate::shell::{Shell, TOKEN, Token};

const TOKENS: [Token; 5] = [
    Token { name: "bot", scope: "vso.code vso.build", ..TOKEN },
    Token { name: "world", is_global: true, ..TOKEN },
    Token { name: "gone", is_revoked: true, ..TOKEN },
    Token { name: "old", ends_in_days: -2, ..TOKEN },
    TOKEN,
];
const BOT: &str = "00000000-0000-0000-0000-000000000001";
const JOURNAL: &str = ".local/state/azpat/journal.jsonl";

/// The living tokens of that name, without the first one.
fn successors(shell: &Shell, name: &str) -> Vec<azpat::emulator::Record> {
    let ledger = shell.emulator.control().ledger();
    let is_new = |record: &azpat::emulator::Record| record.id.as_u128() > 0xffff;
    ledger.into_iter().filter(|it| it.name == name && is_new(it) && !it.revoked).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_like_it_takes_its_place() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["rotate", "bot"]).await;
    let secret = ran.is(0).out.trim_end();
    assert_eq!(ran.out, format!("{secret}\n"));
    assert!(secret.len() >= 52 && !ran.err.contains(secret), "{}", ran.err);
    ran.says("created bot (id ").says(&format!("revoked bot (id {BOT})"));
    let (old, new) = (shell.token("bot"), successors(&shell, "bot"));
    assert!(old.revoked);
    assert_eq!(new.len(), 1);
    // As they are, also in their order.
    assert_eq!((&new[0].scope, &new[0].organization), (&old.scope, &old.organization));
    let life = |record: &azpat::emulator::Record| record.valid_to - record.valid_from;
    assert!((life(&old) - life(&new[0])).num_seconds().abs() < 60);
    let methods = shell.emulator.control().requests().into_iter().map(|seen| seen.method);
    let writes: Vec<_> = methods.filter(|method| method != "GET").collect();
    assert_eq!(writes, ["POST", "DELETE"]);
    assert_eq!(fs::read_to_string(shell.home.path().join(JOURNAL)).unwrap(), "");
    let log = shell.run(&["log", "--format", "json"]).await.json();
    let told: Vec<_> = log.as_array().unwrap().iter().map(|it| it["action"].clone()).collect();
    assert_eq!(told, ["create", "deliver", "revoke"]);
    assert!(!log.to_string().contains(secret));
    shell.run(&["resume"]).await.is(0).says("nothing is left to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_replaced_is_refused_and_a_dry_run_sends_nothing() {
    let shell = Shell::with(&TOKENS).await;
    for (arguments, code, words) in [
        (&["world"][..], 1, "it is global"),
        (&["gone"], 1, "it is revoked"),
        (&["old"], 1, "it has ended"),
        (&["nobody"], 4, "no token has this id"),
        (&["bot", "--to", "2020-01-01"], 2, "over already"),
    ] {
        shell.run(&[&["rotate"], arguments].concat()).await.is(code).says(words);
    }
    let ran = shell.run(&["rotate", "bot", "--for", "30d", "--dry-run"]).await;
    assert!(ran.is(0).out.starts_with("would rotate bot (id "), "{ran:?}");
    assert_eq!(shell.writes(), 0);
    assert!(!shell.home.path().join(JOURNAL).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_life_is_said() {
    let shell = Shell::with(&TOKENS).await;
    shell.set(|settings| {
        settings.policies = Policies {
            lifespan_days: Some(7),
            lifespan_mode: LifespanMode::Clamp,
            ..Policies::default()
        };
    });
    let ran = shell.run(&["rotate", "bot", "--format", "json"]).await;
    ran.is(0).says("earlier than the");
    assert!(ran.json()["token"].as_str().unwrap().len() >= 52);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_written_leaves_the_old_token_alone() {
    let shell = Shell::with(&TOKENS).await;
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = shell.command(&["rotate", "bot"]);
    command.stdout(full).stderr(std::process::Stdio::piped());
    let ran = command.spawn().unwrap().wait_with_output().await.unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("so the new token was revoked again"), "{said}");
    assert!(!shell.token("bot").revoked);
    assert!(successors(&shell, "bot").is_empty());
    shell.run(&["resume"]).await.is(0).says("nothing is left to do");
}

/// The gap of other tools: the old token cannot be revoked, again and again.
#[tokio::test(flavor = "multi_thread")]
async fn check_74_an_old_token_that_stays_alive_is_remembered_until_it_is_gone() {
    let shell = Shell::with(&TOKENS).await;
    let fail = Fault::always(Operation::Revoke, FaultKind::Status(500));
    shell.set(|settings| settings.faults.push(fail));
    let ran = shell.run(&["rotate", "bot"]).await;
    assert!(ran.is(5).out.trim_end().len() >= 52, "the new secret is not lost");
    ran.says("the new token is in its place").says("azpat resume --finish ");
    for _ in 0..2 {
        let json = shell.run(&["resume", "--format", "json"]).await.is(0).json();
        assert_eq!(json[0]["exists"], "newAndOld");
        assert_eq!(json[0]["oldAuthorizationId"], BOT);
        let item = json[0]["item"].as_str().unwrap().to_owned();
        shell.run(&["resume", "--finish", &item]).await.is(1).says("cannot revoke bot");
        shell.run(&["rotate", BOT]).await.is(1).says("an earlier one has not ended");
    }
    shell.run(&["list"]).await.is(0).says("azpat resume");
    shell.set(|settings| settings.faults.clear());
    let json = shell.run(&["resume", "--format", "json"]).await.json();
    let item = json[0]["item"].as_str().unwrap().to_owned();
    let ran = shell.run(&["resume", "--finish", &item]).await;
    assert!(ran.is(0).out.contains(&format!("id {BOT} is revoked")), "{ran:?}");
    assert!(shell.token("bot").revoked);
    assert_eq!(successors(&shell, "bot").len(), 1);
    let ran = shell.run(&["list"]).await;
    assert!(!ran.is(0).err.contains("resume"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_secret_is_rolled_back_or_left() {
    let shell = Shell::with(&TOKENS).await;
    for way in ["--roll-back", "--leave"] {
        shell.set(|settings| settings.faults.clear());
        shell.fault_once(Operation::Create, FaultKind::LoseAfter);
        let ran = shell.run(&["rotate", "bot"]).await;
        ran.is(1).says("its secret is lost for good").says("azpat resume --roll-back ");
        assert_eq!(ran.out, "");
        let json = shell.run(&["resume", "--format", "json"]).await.is(0).json();
        assert_eq!(json[0]["exists"], "newWithoutSecret");
        let item = json[0]["item"].as_str().unwrap().to_owned();
        shell.run(&["resume", "--finish", &item]).await.is(1).says("lost for good");
        shell.run(&["resume", way, &item]).await.is(0);
        shell.run(&["resume", way, &item]).await.is(4).says("there is no such item");
        assert_eq!(successors(&shell, "bot").len(), usize::from(way == "--leave"));
    }
    assert!(!shell.token("bot").revoked);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn check_76_without_a_journal_nothing_is_begun() {
    use std::os::unix::fs::PermissionsExt as _;

    let shell = Shell::with(&TOKENS).await;
    let folder = shell.home.path().join(".local/state/azpat");
    fs::create_dir_all(&folder).unwrap();
    let create = ["create", "ci", "--scope", "vso.code", "-o=contoso"];
    for spoil in ["mode", "journal", "audit"] {
        let mode = if spoil == "mode" { 0o755 } else { 0o700 };
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let in_the_way = folder.join(format!("{spoil}.jsonl"));
        fs::remove_file(&in_the_way).ok();
        fs::create_dir(&in_the_way).unwrap();
        for arguments in [&["rotate", "bot"][..], &create] {
            let ran = shell.run(arguments).await;
            ran.is(2).says("it cannot be written down, and would be lost in a crash");
        }
        fs::remove_dir(&in_the_way).unwrap();
    }
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_secret_goes_to_its_places_and_works_there_before_the_old_one_goes() {
    let shell = Shell::with(&TOKENS).await;
    let npmrc = shell.home.path().join(".npmrc");
    let sink = ["--sink", "npmrc"];
    let ran = shell.run(&[&["rotate", "bot", "--dry-run"], &sink[..]].concat()).await;
    assert!(ran.is(0).out.contains(".npmrc"), "{ran:?}");
    assert_eq!(shell.writes(), 0);
    let ran = shell.run(&[&["rotate", "bot"], &sink[..]].concat()).await;
    assert_eq!(ran.is(0).out, "", "the secret goes nowhere else");
    ran.says("npmrc: contoso accepts it").says(&format!("revoked bot (id {BOT})"));
    assert!(fs::read_to_string(&npmrc).unwrap().contains("contoso"));
    assert!(shell.token("bot").revoked);
    // A place that cannot be used keeps everything as it is.
    fs::remove_file(&npmrc).unwrap();
    fs::create_dir(&npmrc).unwrap();
    let before = shell.writes();
    let ran = shell.run(&[&["rotate", "token"], &sink[..]].concat()).await;
    assert_ne!(ran.code, 0, "{ran:?}");
    assert_eq!(shell.writes(), before);
    assert!(!shell.token("token").revoked);
}
