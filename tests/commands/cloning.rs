//! `clone`, and what `create` shares with it: scopes of a model or a task, and consent.

use azpat::clock;
use chrono::TimeDelta;

use crate::shell::{Shell, TOKEN, Token};

const TOKENS: [Token; 4] = [
    Token { name: "bot", scope: "vso.code vso.brand_new", ..TOKEN },
    Token { name: "everywhere", scope: "vso.wiki", is_global: true, ..TOKEN },
    Token { name: "gone", is_revoked: true, ..TOKEN },
    Token { name: "root", scope: "app_token", ..TOKEN },
];

#[tokio::test(flavor = "multi_thread")]
async fn the_model_stays_and_its_scopes_come_verbatim() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["clone", "bot", "bot-2", "--dry-run"]).await;
    let out = &ran.is(0).out;
    assert!(
        out.starts_with("would create bot-2 in contoso: Code: read · vso.brand_new, "),
        "{out}"
    );
    assert!(out.contains("\ncan: Code: read, vso.brand_new · cannot: Code: write, "), "{out}");
    let ran = shell.run(&["clone", "gone", "--for", "9d"]).await;
    assert!(ran.is(0).out.trim_end().len() >= 52);
    let made = shell.emulator.control().ledger().pop().unwrap();
    assert_eq!((made.name.as_str(), made.scope.as_str()), ("gone", "vso.code"));
    let left = made.valid_to - clock::now();
    assert!((left - TimeDelta::days(9)).abs() < TimeDelta::minutes(2), "{left}");
    assert_eq!(shell.writes(), 1);
    shell.run(&["clone", "root", "bot", "--dry-run"]).await.is(0).says("has this name, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_token_becomes_one_for_one_organization() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["clone", "everywhere"]).await;
    ran.is(2).says("there are contoso, fabrikam");
    let id = "00000000-0000-0000-0000-000000000002";
    for arguments in [&["everywhere", "-o=fabrikam"][..], &[id, "--into", "fabrikam"]] {
        shell.run(&[&["clone"], arguments].concat()).await.is(0);
        let made = shell.emulator.control().ledger().pop().unwrap();
        assert_eq!((made.organization.as_str(), made.global), ("fabrikam", false));
    }
    let requests = shell.emulator.control().requests();
    let posts: Vec<_> = requests.iter().filter(|seen| seen.method == "POST").collect();
    assert_eq!(posts.len(), 2);
    assert!(posts.iter().all(|seen| seen.body.as_ref().unwrap()["allOrgs"] == false));
}

#[tokio::test(flavor = "multi_thread")]
async fn full_access_is_made_only_with_consent() {
    let shell = Shell::with(&TOKENS).await;
    let create = ["create", "all", "--scope", "app_token", "-o=contoso"];
    for arguments in [&create[..], &["clone", "root"]] {
        let ran = shell.run(arguments).await;
        ran.is(2).says("full access needs consent").says("hint: --preset and --scope");
        shell.run(&[arguments, &["--dry-run"]].concat()).await.is(0).says("can do everything");
    }
    assert_eq!(shell.writes(), 0);
    shell.run(&[&create[..], &["--allow-full-access"]].concat()).await.is(0);
    assert_eq!(shell.token("all").scope, "app_token");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_types_the_name() {
    let shell = Shell::with(&TOKENS).await;
    let create = ["create", "all", "--scope", "app_token", "-o=contoso"];
    let question = "Type all to give it full access: ";
    for wrong in ["\n", "yes\n", "All\n"] {
        let (code, shown) = shell.in_terminal(80, &create, (question, wrong));
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("nothing was sent"), "{shown}");
    }
    assert_eq!(shell.writes(), 0);
    let (code, shown) = shell.in_terminal(80, &create, (question, "all\n"));
    assert_eq!((code, shell.writes()), (0, 1), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_stand_for_scopes() {
    let shell = Shell::with(&TOKENS).await;
    let create = ["create", "ci", "-o=contoso", "--preset", "push-code", "--scope", "vso.code"];
    shell.run(&create).await.is(0);
    assert_eq!(shell.token("ci").scope, "vso.code_write");
    let help = shell.run(&["create", "--help"]).await;
    assert!(help.is(0).out.contains("publish-packages"), "{}", help.out);
    shell.run(&["create", "ci", "-o=contoso"]).await.is(2).says("--scope");
    shell.run(&["create", "ci", "--scope", ",", "-o=contoso"]).await.is(2).says("needs a scope");
    let far = (clock::now() + TimeDelta::days(370)).format("%Y-%m-%d").to_string();
    let ran = shell.run(&["create", "ci", "--scope", "vso.code", "-o=contoso", "--to", &far]).await;
    ran.is(2).says("more than a year away");
}
