//! What was refused or shortened once is said the next time, before anything is sent.

use std::fs;

use azpat::emulator::LifespanMode;

use crate::shell::{Ran, Shell, TOKEN, Token};

const TOKENS: [Token; 2] = [
    Token { name: "bot", ends_in_days: 20, ..TOKEN },
    Token { name: "other", organization: 1, ..TOKEN },
];
const CREATE: [&str; 5] = ["create", "ci", "--scope", "vso.code", "-o=contoso"];

async fn shell() -> Shell {
    let mut shell = Shell::with(&TOKENS).await;
    let folder = shell.home.path().join("state");
    shell.variables.insert("AZPAT_STATE", folder.into());
    shell
}

/// Asks what would be done.
async fn would(shell: &Shell, arguments: &[&str]) -> Ran {
    let before = shell.writes();
    let ran = shell.run(&[arguments, &["--dry-run"]].concat()).await;
    ran.is(0);
    assert_eq!(shell.writes(), before, "{ran:?}");
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortened_end_is_told_before_the_next_one_is_sent() {
    let shell = shell().await;
    shell.run(&["limits"]).await.is(0).says("no limits were seen yet");
    shell.set(|settings| settings.policies.lifespan_days = Some(60));
    let extend = ["extend", "bot", "--by", "90d"];
    assert_eq!(would(&shell, &extend).await.err, "");
    let ran = shell.run(&extend).await;
    assert!(!ran.is(0).err.contains("forget"), "{ran:?}");
    let seen = "contoso shortened an end to 60 days after creation on ";
    would(&shell, &extend).await.says(seen).says("azpat limits --forget contoso forgets that");
    would(&shell, &["edit", "bot", "--for", "90d"]).await.says(seen);
    would(&shell, &[&CREATE[..], &["--for", "90d"]].concat()).await.says(seen);
    assert_eq!(would(&shell, &[&CREATE[..], &["--for", "59d"]].concat()).await.err, "");
    assert_eq!(would(&shell, &["edit", "bot", "--name", "robot"]).await.err, "");
    assert_eq!(would(&shell, &["extend", "other", "--by", "90d"]).await.err, "");
    let ran = shell.run(&["limits"]).await;
    assert!(ran.is(0).out.contains("contoso       at most 60 days after creation  "), "{ran:?}");
    let json = shell.run(&["limits", "--format", "json"]).await.is(0).json();
    assert_eq!(
        (&json[0]["limit"], &json[0]["lifespanMinutes"]),
        (&"shortened".into(), &86_400.into())
    );
    shell.run(&["limits", "--forget", "Contoso"]).await.is(0);
    assert_eq!(would(&shell, &extend).await.err, "");
    shell.run(&["limits", "--forget", "contoso"]).await.is(4).says("nothing is known of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_before_the_next_try_and_forgotten_when_it_is_over() {
    let shell = shell().await;
    let long = [&CREATE[..], &["--for", "90d"]].concat();
    let full = ["create", "all", "--scope", "app_token", "-o=contoso", "--allow-full-access"];
    shell.set(|settings| {
        settings.policies.lifespan_days = Some(60);
        settings.policies.lifespan_mode = LifespanMode::Refuse;
        settings.policies.full_scope_restricted = true;
    });
    shell.run(&long).await.is(1).says("a policy limits how long a token may live");
    shell.run(&full).await.is(1).says("a policy forbids tokens with full access");
    would(&shell, &long).await.says("contoso refused a life of 90 days on ");
    assert_eq!(would(&shell, &CREATE).await.err, "");
    would(&shell, &full).await.says("contoso refused full access on ");
    shell.set(|settings| {
        settings.policies.full_scope_restricted = false;
        settings.policies.creation_restricted = true;
    });
    shell.run(&CREATE).await.is(1);
    would(&shell, &CREATE).await.says("contoso refused to create a token on ");
    assert_eq!(shell.run(&["limits"]).await.is(0).out.lines().count(), 4);
    shell.set(|settings| *settings = azpat::emulator::Settings::default());
    shell.run(&full).await.is(0).says("contoso refused full access on ");
    let ran = shell.run(&["limits"]).await;
    assert!(ran.is(0).out.ends_with('\n') && ran.out.lines().count() == 2, "{ran:?}");
    shell.run(&long).await.is(0);
    shell.run(&["limits"]).await.is(0).says("no limits were seen yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_memory_holds_nothing_up() {
    let shell = shell().await;
    shell.run(&["extend", "bot"]).await.is(0);
    let path = shell.home.path().join("state/limits.json");
    azpat::private::write(&path, b"{").unwrap();
    shell.run(&["extend", "bot", "--by", "40d"]).await.is(0).says("limits.json").says("damaged");
    shell.run(&["extend", "bot", "--by", "50d"]).await.is(0);
    assert!(fs::exists(path.with_extension("json.broken")).unwrap());
    shell.run(&["limits", "--demo"]).await.is(0).says("begins anew");
}
