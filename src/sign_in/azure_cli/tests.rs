//! `az` is played by shell scripts, each in a folder of its own.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::sign_in::{Realm, SignIn, Source};

/// An `az` that does what the script says, in a folder of its own.
struct Stub {
    folder: TempDir,
    cli: AzureCli,
}

/// Written by a program of its own: what another thread starts could inherit the open file, and
/// then it cannot be run ("text file busy").
async fn az(script: &str) -> Stub {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("az");
    let script = format!("#!/bin/sh\ncd '{}'\n{script}\n", folder.path().display());
    let write = r#"printf %s "$1" > "$0" && chmod 755 "$0""#;
    let writer = Command::new("/bin/sh").args(["-c", write]).arg(&program).arg(script).status();
    assert!(writer.await.unwrap().success());
    let path = folder.path().as_os_str().to_owned();
    Stub { folder, cli: AzureCli { path, limit: Duration::from_mins(1) } }
}

async fn why(script: &str) -> String {
    let stub = az(script).await;
    let failure = stub.cli.lease(None).await.unwrap_err();
    assert!(failure.hint.is_some());
    failure.why
}

async fn ends(answer: &str) -> DateTime<Utc> {
    let stub = az(&format!("echo '{answer}'")).await;
    let lease = stub.cli.lease(None).await.unwrap();
    assert_eq!(lease.bearer, Bearer::new("abc.def"));
    lease.ends
}

#[tokio::test]
async fn the_end_is_read_in_all_its_forms() {
    let expected = DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    let local = expected.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S%.6f");
    for field in [
        r#""expires_on":4000000000"#.to_owned(),
        r#""expires_on":"4000000000","expiresOn":7"#.to_owned(),
        format!(r#""expires_on":null,"expiresOn":"{local}""#),
    ] {
        let answer = format!(r#"{{"accessToken":"abc.def",{field},"tenant":"t"}}"#);
        assert_eq!(ends(&answer).await, expected, "{field}");
    }
    let left = ends(r#"{"accessToken":"abc.def"}"#).await - clock::now();
    assert!((599..=600).contains(&left.num_seconds()), "{left}");
}

#[tokio::test]
async fn the_program_is_run_without_a_shell() {
    let stub = az("printf '%s\\n' \"$@\" > arguments\nread line && exit 1\n\
                   echo '{\"accessToken\":\"abc.def\"}'")
    .await;
    stub.cli.lease(None).await.unwrap();
    let arguments = fs::read_to_string(stub.folder.path().join("arguments")).unwrap();
    assert_eq!(
        arguments.lines().collect::<Vec<_>>(),
        ["account", "get-access-token", "--resource", RESOURCE, "-o", "json"]
    );
}

#[tokio::test]
async fn what_az_complains_about_is_put_into_words() {
    assert_eq!(
        why("echo 'ERROR: Please run \"az login\" to setup account.' >&2; exit 1").await,
        "nobody is signed in to the Azure CLI"
    );
    assert_eq!(
        why("echo 'ERROR: AADSTS50076: Due to … run az login' >&2; exit 1").await,
        "the sign-in needs a second factor [AADSTS50076]"
    );
    assert_eq!(
        why("echo 'AADSTS999: new' >&2; exit 1").await,
        "Microsoft Entra ID refused the sign-in [AADSTS999]"
    );
    assert_eq!(
        why("printf 'ERROR: \\033]0;evil\\007 broken\\n' >&2; exit 3").await,
        "`az` failed: ‹U+001B›]0;evil‹U+0007› broken"
    );
    assert_eq!(why("exit 1").await, "`az` failed without saying why");
}

#[tokio::test]
async fn an_answer_without_a_token_is_no_token() {
    for script in [
        "echo WARNING",
        "true",
        "echo '{}'",
        "echo '{\"accessToken\":\"\"}'",
        "echo '{\"accessToken\":\"a b\"}'",
        "echo '[{\"accessToken\":7}]'",
    ] {
        let why = why(script).await;
        assert_eq!(why, "`az` answered without an access token", "{script}");
    }
}

#[tokio::test]
async fn an_az_that_hangs_or_floods_is_given_up() {
    for (script, words) in [
        ("exec tail -f /dev/null", "`az` gave no access token within 0.3 s"),
        ("exec yes", "`az` failed without saying why"),
    ] {
        let stub = az(script).await;
        let cli = AzureCli { limit: Duration::from_millis(300), ..stub.cli.clone() };
        let why = cli.lease(None).await.unwrap_err().why;
        assert_eq!(why, words, "{script}");
    }
}

#[tokio::test]
async fn relative_folders_and_files_that_are_no_programs_are_passed_over() {
    let stub = az("echo '{\"accessToken\":\"abc.def\"}'").await;
    let plain = tempfile::tempdir().unwrap();
    fs::write(plain.path().join("az"), "no program").unwrap();
    let here = env::current_dir().unwrap();
    let up = here.components().skip(1).map(|_| "..").collect::<Vec<_>>().join("/");
    let (plain, real) = (plain.path().display(), stub.folder.path().display());
    assert!(Path::new(&format!("{up}{real}/az")).is_file());
    for (path, is_found) in [
        (format!(".::{up}{real}"), false),
        (plain.to_string(), false),
        (format!(".:{plain}:{real}"), true),
    ] {
        let cli = AzureCli { path: path.clone().into(), ..stub.cli.clone() };
        assert_eq!(cli.lease(None).await.is_ok(), is_found, "{path}");
    }
}

fn runs(stub: &Stub) -> usize {
    fs::read_to_string(stub.folder.path().join("runs")).unwrap_or_default().lines().count()
}

/// An `az` that counts its runs; its token ends at this second.
async fn counting(ends: i64) -> (Stub, SignIn) {
    let stub = az(&format!(
        "echo run >> runs; echo '{{\"accessToken\":\"abc.def\",\"expires_on\":{ends}}}'"
    ))
    .await;
    let sign_in = SignIn(Source::AzureCli(stub.cli.clone(), std::sync::Arc::default()));
    (stub, sign_in)
}

#[tokio::test]
async fn one_run_serves_all() {
    let (stub, sign_in) = counting(4_000_000_000).await;
    let other = sign_in.clone();
    let (a, b, c) = tokio::join!(
        sign_in.bearer(Realm::Home(None)),
        other.bearer(Realm::Home(None)),
        other.bearer(Realm::Home(None))
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(runs(&stub), 1);
    // The same token again is no other token.
    assert_eq!(sign_in.renew(Realm::Home(None), &a.unwrap(), None).await.unwrap(), None);
    assert_eq!(runs(&stub), 2);
    // Somebody else has renewed it: no run.
    let renewed =
        sign_in.renew(Realm::Home(None), &Bearer::new("older").into(), None).await.unwrap();
    assert_eq!((renewed, runs(&stub)), (Some(Bearer::new("abc.def").into()), 2));
}

#[tokio::test]
async fn a_token_at_its_end_is_not_used_again() {
    let (stub, sign_in) = counting(clock::now().timestamp()).await;
    sign_in.bearer(Realm::Home(None)).await.unwrap();
    sign_in.bearer(Realm::Home(None)).await.unwrap();
    assert_eq!(runs(&stub), 2);
}
