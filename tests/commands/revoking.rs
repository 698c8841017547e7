//! `revoke`: nothing without a yes, nothing before everything is found, every outcome told.

use azpat::emulator::{FaultKind, Operation};

use crate::shell::{Shell, TOKEN, Token};

const TOKENS: [Token; 7] = [
    Token { name: "bot", ..TOKEN },
    Token { name: "nightly", organization: 1, ..TOKEN },
    Token { name: "gone", is_revoked: true, ..TOKEN },
    Token { name: "twin", ..TOKEN },
    Token { name: "twin", organization: 1, ..TOKEN },
    Token { name: "old", ends_in_days: -2, ..TOKEN },
    Token { name: "admin \u{7}", scope: "app_token", ..TOKEN },
];

#[tokio::test(flavor = "multi_thread")]
async fn several_are_revoked_and_each_is_told() {
    let shell = Shell::with(&TOKENS).await;
    let id = "00000000-0000-0000-0000-000000000002";
    let ran = shell.run(&["revoke", "--yes", "bot", id, "gone", "BOT", "nightly"]).await;
    assert_eq!(
        ran.is(0).out,
        "gone (id 00000000-0000-0000-0000-000000000003) in contoso was revoked already\n\
         revoked bot (id 00000000-0000-0000-0000-000000000001) in contoso\n\
         revoked nightly (id 00000000-0000-0000-0000-000000000002) in fabrikam\n"
    );
    assert!(shell.token("bot").revoked && shell.token("nightly").revoked);
    assert_eq!(shell.writes(), 2);
    let again = shell.run(&["revoke", "--yes", "bot"]).await;
    assert!(again.is(0).out.ends_with("was revoked already\n"));
    assert_eq!(shell.writes(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_terminal_and_a_yes_nothing_is_even_read() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["revoke", "bot"]).await;
    ran.is(2).says("nobody can be asked").says("hint: --yes revokes without asking");
    assert!(shell.emulator.control().requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing() {
    let shell = Shell::with(&TOKENS).await;
    for arguments in [&["--dry-run"][..], &["--dry-run", "--yes"]] {
        let ran = shell.run(&[&["revoke", "bot", "gone"], arguments].concat()).await;
        assert!(ran.is(0).out.contains("would revoke bot (id "), "{ran:?}");
        assert!(ran.out.contains("gone (id "), "{ran:?}");
    }
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_found_before_the_first_is_revoked() {
    let shell = Shell::with(&TOKENS).await;
    shell.run(&["revoke", "--yes", "bot", "nobody"]).await.is(4).says("\"nobody\"");
    shell.run(&["revoke", "--yes", "bot", "twin"]).await.is(4).says("several tokens");
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn some_failures_have_the_code_5_and_all_have_their_own() {
    let shell = Shell::with(&TOKENS).await;
    shell.fault_once(Operation::Revoke, FaultKind::Status(403));
    let ran = shell.run(&["revoke", "--yes", "bot", "nightly"]).await;
    ran.is(5).says("azpat: cannot revoke ");
    assert_eq!(ran.out.lines().count(), 1);
    let revoked = ["bot", "nightly"].map(|name| shell.token(name).revoked);
    assert_eq!(revoked.iter().filter(|revoked| **revoked).count(), 1);
    shell.set(|settings| settings.faults[0].times = None);
    shell.run(&["revoke", "--yes", "00000000-0000-0000-0000-000000000004"]).await.is(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up() {
    let shell = Shell::with(&TOKENS).await;
    shell.fault_once(Operation::Revoke, FaultKind::LoseAfter);
    let ran = shell.run(&["revoke", "--yes", "bot"]).await;
    ran.is(0);
    assert!(shell.token("bot").revoked);
    assert!(ran.out.starts_with("revoked bot "), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_four_are_under_way() {
    let shell = Shell::generated(60).await;
    shell.set(|settings| settings.latency_ms = 20);
    let tokens = shell.run(&["list", "--status", "active", "--format", "json"]).await.json();
    let ids: Vec<_> = tokens.as_array().unwrap().iter().take(12).collect();
    let ids: Vec<_> = ids.iter().map(|token| token["authorizationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 12);
    shell.emulator.control().clear_requests();
    let ran = shell.run(&[&["revoke", "--yes"], &ids[..]].concat()).await;
    assert_eq!(ran.is(0).out.lines().count(), 12);
    assert_eq!(shell.writes(), 12);
    assert!((2..=4).contains(&shell.emulator.control().peak_in_flight()));
}

#[cfg(unix)]
mod asked {
    use super::*;

    /// Answers the question; gives the code and all that was shown.
    fn answer(shell: &Shell, arguments: &[&str], answer: &str) -> (u32, String) {
        shell.in_terminal(200, arguments, (" to revoke: ", answer))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_person_must_type_the_word() {
        let shell = Shell::with(&TOKENS).await;
        for wrong in ["\n", "y\n", "yes\n", "bot\n", "REVOKE\n", "\u{4}"] {
            let (code, shown) = answer(&shell, &["revoke", "bot"], wrong);
            assert_eq!(code, 1, "{shown}");
            assert!(shown.contains("nothing was revoked"), "{shown}");
        }
        assert_eq!(shell.writes(), 0);
        let (code, shown) = answer(&shell, &["revoke", "bot"], "revoke\n");
        assert_eq!(code, 0, "{shown}");
        for fact in ["bot (id 00000000-0000-0000-0000-000000000001) in contoso", "may: Code: read"]
        {
            assert!(shown.contains(fact), "{shown}");
        }
        assert!(shell.token("bot").revoked);
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn several_want_their_number() {
        let shell = Shell::with(&TOKENS).await;
        let both = ["revoke", "bot", "nightly", "gone"];
        assert_eq!(answer(&shell, &both, "revoke\n").0, 1);
        assert_eq!(answer(&shell, &both, "3\n").0, 1);
        assert_eq!(shell.writes(), 0);
        assert_eq!(answer(&shell, &both, "2\n").0, 0);
        assert_eq!(shell.writes(), 2);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn full_access_wants_its_name_as_it_is_shown() {
        let shell = Shell::with(&TOKENS).await;
        let admin = ["revoke", "00000000-0000-0000-0000-000000000007"];
        let (code, shown) = answer(&shell, &admin, "revoke\n");
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("Type admin ‹U+0007› to revoke"), "{shown}");
        assert_eq!(answer(&shell, &admin, "admin ‹U+0007›\n").0, 0);
        assert_eq!(shell.writes(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_over_is_not_asked_for() {
        let shell = Shell::with(&TOKENS).await;
        let (code, shown) = answer(&shell, &["revoke", "gone"], "");
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains("was revoked already"), "{shown}");
    }
}
