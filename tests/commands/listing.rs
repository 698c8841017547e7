//! `list` and `show`: which tokens, in which form, and what is said when something is missing.

use std::{net::Ipv4Addr, process::Stdio};

use azpat::emulator::{FaultKind, Operation, SignIn};
use tokio::{io::AsyncReadExt as _, net::TcpSocket};

use crate::shell::{Shell, TOKEN, Token};

const TOKENS: [Token; 8] = [
    Token { name: "old", ends_in_days: -2, ..TOKEN },
    Token { name: "older", ends_in_days: -20, organization: 1, ..TOKEN },
    Token { name: "gone", is_revoked: true, ..TOKEN },
    Token { name: "far", ends_in_days: 90, ..TOKEN },
    Token { name: "soon", ends_in_days: 10, organization: 1, ..TOKEN },
    Token { name: "now", ends_in_days: 2, ..TOKEN },
    Token { name: "everywhere", ends_in_days: 40, is_global: true, ..TOKEN },
    Token { name: "all", ends_in_days: 50, scope: "app_token", ..TOKEN },
];

async fn names(shell: &Shell, arguments: &str) -> Vec<String> {
    let arguments: Vec<_> = arguments.split_ascii_whitespace().collect();
    let ran = shell.run(&[&["list", "--format", "json"], &arguments[..]].concat()).await;
    ran.is(0);
    ran.names()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_chooses_and_the_end_sorts() {
    let shell = Shell::with(&TOKENS).await;
    for (arguments, expected) in [
        ("", "now soon everywhere all far old older"),
        ("--status all", "now soon everywhere all far old older gone"),
        ("--status active", "now soon everywhere all far"),
        ("--status expiring", "now soon"),
        ("--status expired", "old older"),
        ("--status revoked", "gone"),
        ("--status global", "everywhere"),
        ("--within 5d", "now"),
        ("--within 41d", "now soon everywhere"),
        ("--within 1d", ""),
        ("--within 1d --status active", "now soon everywhere all far"),
        ("-o fabrikam", "soon everywhere older"),
        ("-o FABRIKAM -o contoso", "now soon everywhere all far old older"),
    ] {
        assert_eq!(names(&shell, arguments).await.join(" "), expected, "{arguments}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_has_the_names_of_the_service() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["list", "--format", "json", "--status", "all"]).await;
    let tokens = ran.is(0).json();
    let now = &tokens[0];
    let keys: Vec<_> = now.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "displayName",
        "status",
        "daysLeft",
        "validFrom",
        "validTo",
        "scope",
        "targetAccounts",
        "organization",
        "authorizationId",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(now["status"], "critical");
    assert_eq!(now["daysLeft"], 1);
    assert_eq!(now["authorizationId"], "00000000-0000-0000-0000-000000000006");
    assert_eq!(now["targetAccounts"][0], "00000000-0000-0000-0000-000000001000");
    assert_eq!(tokens[2]["targetAccounts"], serde_json::Value::Null);
    let end = now["validTo"].as_str().unwrap();
    assert!(end.ends_with('Z') && end.len() == "2026-11-26T11:30:00.000Z".len(), "{end}");
    assert_eq!(tokens[7]["status"], "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_whole_when_piped() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["list", "--status", "expiring"]).await;
    let lines: Vec<_> = ran.is(0).out.lines().collect();
    assert_eq!(lines[0], "NAME  STATUS    LEFT  ENDS             SCOPES      ORGANIZATION  ID");
    assert!(lines[1].starts_with("now   critical  1 d   "), "{}", lines[1]);
    let rest = "Code: read  fabrikam      00000000-0000-0000-0000-000000000005";
    assert!(lines[2].starts_with("soon  expiring  9 d   ") && lines[2].ends_with(rest));
    assert_eq!(lines.len(), 3);
    let none = shell.run(&["list", "--within", "1h"]).await;
    assert_eq!(none.is(0).out, "");
    none.says("azpat: there are no such tokens");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_table_fits_the_terminal() {
    use unicode_width::UnicodeWidthStr as _;

    let shell = Shell::demo().await;
    for width in [60, 80, 100, 140] {
        let (code, shown) = shell.in_terminal(width, &["list", "--status", "all"], ("", ""));
        assert_eq!(code, 0, "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown}");
        assert!(shown.lines().count() > 20, "{shown}");
        for line in shown.lines() {
            assert!(line.width() <= usize::from(width), "{width}: {line}");
            assert!(line.is_empty() || line.ends_with(" ID") || line.len() > 36, "{line}");
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn results_that_cannot_be_written_are_a_failure() {
    let shell = Shell::with(&TOKENS).await;
    let full = std::fs::File::create("/dev/full").unwrap();
    let mut command = shell.command(&["list"]);
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write the results"));
}

/// What a hostile or careless person may call a token.
const NAMES: [&str; 9] = [
    "\u{1b}[2J\u{1b}]52;c;eA==\u{7}",
    "a\u{9b}31m",
    "pr\u{202e}dorp",
    "two\nlines\r\u{8}",
    "=HYPERLINK(\"http://evil\")",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
];

#[tokio::test(flavor = "multi_thread")]
async fn names_cannot_reach_the_terminal_or_a_spreadsheet() {
    let scope = "vso.code vso.\u{1b}[31mred";
    let tokens = NAMES.map(|name| Token { name, scope, ..TOKEN });
    let shell = Shell::with(&tokens).await;
    for format in ["table", "json", "csv"] {
        let ran = shell.run(&["list", "--format", format]).await;
        ran.is(0);
        assert!(!ran.out.contains(['\u{202e}', '\u{9b}']), "{}", ran.out);
        let id = "00000000-0000-0000-0000-000000000001";
        shell.run(&["show", id, "--format", format]).await.is(0);
        shell.run(&["extend", id, "--by", "90d", "--dry-run", "--format", format]).await.is(0);
    }
    shell.run(&["revoke", NAMES[0], "--dry-run"]).await.is(0);
    let mut names = shell.run(&["list", "--format", "json"]).await.names();
    let mut expected = NAMES.map(str::to_owned).to_vec();
    names.sort();
    expected.sort();
    assert_eq!(names, expected, "JSON loses nothing");

    let csv = shell.run(&["list", "--format", "csv"]).await.out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap()[0].to_owned(), "displayName");
    let cells: Vec<_> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
    assert_eq!(cells.len(), NAMES.len());
    assert!(cells.contains(&"'=HYPERLINK(\"http://evil\")".to_owned()), "{cells:?}");
    assert!(!cells.iter().any(|cell| cell.starts_with(['=', '+', '-', '@'])), "{cells:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_fails_does_not_hide_the_others() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["list", "-o", "contoso", "-o", "nowhere", "--format", "json"]).await;
    ran.is(5).says("azpat: cannot ").says("nowhere");
    assert_eq!(ran.names().len(), 5);
    let ran = shell.run(&["list", "-o", "nowhere", "--format", "json"]).await;
    ran.is(4).says("nowhere");
    assert_eq!(ran.out, "[]\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_not_whole_is_said_to_be_so() {
    let shell = Shell::generated(350).await;
    shell.fault_once(Operation::List, FaultKind::RepeatContinuation);
    shell.set(|settings| settings.faults[0].times = None);
    let ran = shell.run(&["list", "--format", "json"]).await;
    ran.is(5).says("azpat: cannot list all tokens of contoso: the service repeated a page");
    assert!(!ran.names().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sign_in_the_code_is_3() {
    let mut shell = Shell::with(&TOKENS).await;
    for answer in [SignIn::Html203, SignIn::Redirect302, SignIn::Unauthorized401] {
        shell.set(|settings| settings.sign_in = answer);
        let ran = shell.run(&["list"]).await;
        ran.is(3).says("azpat: cannot ").says("hint: ");
        assert_eq!(ran.out, "");
    }
    shell.set(|settings| settings.sign_in = SignIn::Normal);
    shell.variables.insert("AZPAT_ACCESS_TOKEN", "eyJ0.another.one".into());
    let ran = shell.run(&["list"]).await;
    assert!(!ran.is(3).err.contains("eyJ0"), "{}", ran.err);
    shell.variables.remove("AZPAT_ACCESS_TOKEN");
    shell.variables.insert("AZPAT_SIGN_IN", "environment".into());
    shell.run(&["list"]).await.is(3).says("AZPAT_ACCESS_TOKEN is not set");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_connection_the_code_is_1() {
    let mut shell = Shell::with(&TOKENS).await;
    // Nobody else can take the port while it is held, and nobody listens on it.
    let held = TcpSocket::new_v4().unwrap();
    held.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = held.local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    shell.variables.insert("AZPAT_SERVICE_URL", url.clone().into());
    shell.variables.insert("AZPAT_PROFILE_URL", url.into());
    shell.run(&["list"]).await.is(1).says("azpat: cannot ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_seen_enough_is_no_failure() {
    let shell = Shell::generated(2_000).await;
    let mut command = shell.command(&["list"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut some = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut some).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_is_shown_with_everything() {
    let shell = Shell::with(&TOKENS).await;
    let ran = shell.run(&["show", "ALL"]).await;
    let out = &ran.is(0).out;
    for fact in [
        "name          all\n",
        "status        active\n",
        "organization  contoso\n",
        "valid in      this organization\n",
        "scope         Full access (app_token, critical risk): ",
        "id            00000000-0000-0000-0000-000000000008\n",
        "warning       may do everything that you may",
    ] {
        assert!(out.contains(fact), "{fact}: {out}");
    }
    assert_eq!(shell.run(&["show", "all", "--format", "json"]).await.json()["scope"], "app_token");
    let csv = shell.run(&["show", "all", "--format", "csv"]).await;
    assert_eq!(csv.is(0).out.lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_clear_has_the_code_4() {
    let twin = |organization| Token { name: "twin", organization, ..TOKEN };
    let shell = Shell::with(&[twin(0), twin(1), Token { name: "one", ..TOKEN }]).await;
    shell.run(&["show", "nobody\u{1b}[31m"]).await.is(4).says("\"nobody‹U+001B›[31m\"");
    let ran = shell.run(&["show", "twin"]).await;
    ran.is(4)
        .says("azpat: cannot find the token \"twin\": several tokens have that name:")
        .says("  00000000-0000-0000-0000-000000000001  contoso  twin  ends ")
        .says("  00000000-0000-0000-0000-000000000002  fabrikam  twin  ends ")
        .says("hint: give the id instead of the name");
    assert_eq!(ran.out, "");
    // What could not be read may hold another one of that name, but not of that id.
    let some = ["-o", "contoso", "-o", "nowhere"];
    let show = |what| [&["show", what], &some[..]].concat();
    shell.run(&show("one")).await.is(1).says("another one may have this name").says("nowhere");
    shell.run(&show("nobody")).await.is(1).says("no token that could be read");
    shell.run(&show("00000000-0000-0000-0000-000000000003")).await.is(0);
}
