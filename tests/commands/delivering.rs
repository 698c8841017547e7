//! `deliver` and `git-credential`: a secret from standard input reaches its place, or nothing is
//! changed.

use std::{fs, process::Stdio};

use tokio::io::AsyncWriteExt as _;

#[cfg(target_os = "linux")]
use crate::scan::Scan;
use crate::shell::{Ran, Shell, TOKEN, Token};

const SECRET: &str = "n3wS3cretN3wS3cretN3wS3cretN3wS3cretN3wS3cretN3wS3cr";
/// No piece of it comes twice.
#[cfg(target_os = "linux")]
const RANDOM: &str = "q7Bv2mXz9KdR4tLw8YcN1pHs6JgF3aQe5VuZ0iTo";

const NETRC: [&str; 5] = ["deliver", "--sink", "netrc", "-o", "contoso"];

async fn fed(shell: &Shell, input: &str, arguments: &[&str]) -> Ran {
    let mut command = shell.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who asks for no input may be gone by now.
    stdin.write_all(input.as_bytes()).await.ok();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piped_secret_is_delivered_after_a_yes() {
    let shell = Shell::with(&[TOKEN]).await;
    let netrc = shell.home.path().join(".netrc");
    let ran = fed(&shell, SECRET, &NETRC).await;
    ran.is(2).says("nobody can be asked");
    let ran = fed(&shell, SECRET, &[&NETRC[..], &["--dry-run"]].concat()).await;
    assert!(ran.is(0).out.contains("login contoso password ***"), "{}", ran.out);
    for (input, words) in [
        ("", "there is none on standard input"),
        ("short", "does not look like one"),
        ("n3wS3cret n3wS3cret", "does not look like one"),
        ("n3wS3cret\nn3wS3cret\n", "does not look like one"),
        ("n3wS3cret\u{1b}[31m", "does not look like one"),
        ("${HOME}${HOME}", "does not look like one"),
    ] {
        let ran = fed(&shell, input, &[&NETRC[..], &["--yes"]].concat()).await;
        ran.is(2).says(words);
    }
    assert!(!netrc.exists());

    let ran = fed(&shell, &format!("{SECRET}\r\n"), &[&NETRC[..], &["--yes"]].concat()).await;
    ran.is(0).says("the secret went to ~/.netrc");
    assert_eq!(ran.out, "");
    assert!(!ran.err.contains(SECRET));
    let expected = format!("machine dev.azure.com login contoso password {SECRET}\n");
    assert_eq!(fs::read_to_string(netrc).unwrap(), expected);
    assert_eq!(shell.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_delivered_is_tried_with_a_real_call() {
    let shell = Shell::with(&[Token { organization: 1, ..TOKEN }]).await;
    let ask = ["create", "ci", "--scope", "vso.code", "-o", "fabrikam"];
    let secret = shell.run(&ask).await.is(0).out.clone();
    // The organization is that of the token.
    let deliver = ["deliver", "ci", "--sink", "netrc", "--yes", "--test"];
    let ran = fed(&shell, &secret, &deliver).await;
    ran.is(0).says("netrc: fabrikam accepts it, as Robin");
    let netrc = fs::read_to_string(shell.home.path().join(".netrc")).unwrap();
    assert!(netrc.contains("login fabrikam"), "{netrc}");
    let ran = fed(&shell, SECRET, &deliver).await;
    ran.is(5).says("cannot use the new secret in fabrikam: it is not accepted (401)");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_typed_secret_is_not_shown() {
    let shell = Shell::with(&[TOKEN]).await;
    let netrc = shell.home.path().join(".netrc");
    for (typed, words) in [
        (format!("{SECRET}\nno\n"), "nothing was changed"),
        ("\u{3}".to_owned(), "it was taken back"),
    ] {
        let (code, shown) = shell.in_terminal(200, &NETRC, ("not shown): ", &typed));
        assert_ne!(code, 0, "{shown}");
        assert!(shown.contains(words) && !shown.contains(SECRET), "{shown}");
        assert!(!netrc.exists());
    }
    let (code, shown) =
        shell.in_terminal(200, &NETRC, ("not shown): ", &format!("{SECRET}\nyes\n")));
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("Type yes") && !shown.contains(SECRET), "{shown}");
    assert!(fs::read_to_string(netrc).unwrap().contains(SECRET));
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn programs_of_ones_own_take_and_test_the_secret() {
    let shell = Shell::with(&[TOKEN]).await;
    let home = shell.home.path();
    let sinks = r#"{"sinks": [
        {"name": "own", "kind": "command", "format": "base64",
         "command": ["/bin/sh", "-c", "cat > \"$1\"; env > env; tr '\\0' '\\n' < /proc/self/cmdline > argv", "x", "got-{organization}"],
         "test": ["/bin/sh", "-c", "cat > tested; echo no such thing >&2; exit 4"]},
        {"name": "vault", "kind": "command", "command": ["/usr/bin/tee", "{id}"]},
        {"name": "slow", "kind": "command", "limit": "1s", "command": ["/bin/sleep", "60"]},
        {"name": "env", "kind": "env", "path": "deep/.env", "key": "PAT"}
    ]}"#;
    fs::write(home.join("config.json"), sinks).unwrap();
    let config = ["deliver", "-o", "contoso", "--yes", "--config", "config.json"];
    let ran =
        fed(&shell, SECRET, &[&config[..], &["--sink", "own", "--sink", "env"]].concat()).await;
    ran.is(0).says("the secret went to `sh -c cat > ").says("the secret went to ~/deep/.env");
    let read = |name: &str| fs::read_to_string(home.join(name)).unwrap();
    assert_eq!(read("deep/.env"), format!("PAT={SECRET}\n"));
    assert_eq!(read("got-contoso").len(), (SECRET.len() + 1).div_ceil(3) * 4);
    assert!(!read("env").contains("AZPAT_") && !read("env").contains(SECRET), "{}", read("env"));
    assert!(!read("argv").contains(SECRET));
    let ran = fed(&shell, SECRET, &[&config[..], &["--sink", "own", "--test"]].concat()).await;
    ran.is(5).says("it ended with code 4: no such thing");
    assert_eq!(read("tested"), read("got-contoso"));
    let ran = fed(&shell, SECRET, &[&config[..], &["--sink", "vault"]].concat()).await;
    ran.is(2).says("it wants the id of the token");
    let ran = fed(&shell, SECRET, &[&config[..], &["--sink", "vault", "token"]].concat()).await;
    ran.is(0);
    assert_eq!(read(&shell.token("token").id.to_string()), SECRET);
    let ran = fed(&shell, SECRET, &[&config[..], &["--sink", "slow"]].concat()).await;
    ran.is(1).says("it has not ended within 1 s, so it was stopped");
}

/// Check 58, and 50 for what is delivered: the new secret is where it belongs, the old one where
/// the file was kept, and neither anywhere else.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn check_50_no_secret_is_anywhere_but_in_its_place() {
    const OLD: &str = "0ldS3cretQ9ZxW8vYt7uKs6rJ";
    let shell = Shell::with(&[TOKEN]).await;
    let home = shell.home.path();
    let sinks = r#"{"sinks": [{"name": "env", "kind": "env", "path": ".env"},
        {"name": "m", "kind": "maven", "key": "feed"}, {"name": "n", "kind": "nuget", "key": "feed"},
        {"name": "t", "kind": "pypirc", "key": "feed", "registry": "https://pkgs.dev.azure.com/contoso/x/"},
        {"name": "loud", "kind": "command", "command":
         ["/bin/sh", "-c", "s=$(cat); echo $s $s | tee /proc/self/fd/2 | base64 >&2; exit 1"]}]}"#;
    fs::write(home.join("config.json"), sinks).unwrap();
    fs::create_dir(home.join(".m2")).unwrap();
    let own = "//pkgs.dev.azure.com/contoso/";
    for (name, text) in [
        (".env", format!("AZURE_DEVOPS_EXT_PAT='{OLD}'\n")),
        (".netrc", format!("machine dev.azure.com login contoso password {OLD}\n")),
        (".npmrc", format!("{own}:_password={OLD}\n{own}:username=c\n{own}:email=e\n")),
        (".pypirc", format!("[feed]\nusername = c\npassword = {OLD}\n  {OLD}\n")),
        (
            ".m2/settings.xml",
            format!(
                "<settings><servers><server><id>feed</id><username>c</username><password>{OLD}</password></server></servers></settings>"
            ),
        ),
    ] {
        fs::write(home.join(name), text).unwrap();
    }
    let mut scan = Scan::default();
    scan.add("the new secret", RANDOM);
    scan.add("the old secret", OLD);
    let mut arguments = vec!["deliver", "-o", "contoso", "--yes", "--config", "config.json"];
    arguments.extend(["--sink", "env", "--sink", "netrc", "--sink", "npmrc", "--sink", "t"]);
    arguments.extend(["--sink", "m", "--sink", "n", "--sink", "loud"]);
    let ran = fed(&shell, RANDOM, &arguments).await;
    ran.is(5).says("it ended with code 1: *** ***");
    scan.look("the results", ran.out.as_bytes());
    scan.look("the messages", ran.err.as_bytes());
    let mut places = 0;
    for folder in [home.to_owned(), home.join(".m2"), home.join(".nuget/NuGet")] {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() || ["config.json", "state.json"].contains(&&*name) {
                continue;
            }
            let mut text = fs::read_to_string(entry.path()).unwrap();
            if name.ends_with(".azpat.bak") {
                assert!(text.contains(OLD), "{name}");
            } else {
                let encoded =
                    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, RANDOM);
                assert!(text.contains(RANDOM) != text.contains(&encoded), "{name}");
                assert!(!text.contains(OLD), "{name}");
                places += 1;
                text = text.replace(RANDOM, "").replace(&encoded, "");
                scan.look(&name, text.as_bytes());
            }
        }
    }
    assert_eq!(places, 6);
    scan.assert_clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn git_is_told_nothing_about_hosts_of_others() {
    let shell = Shell::with(&[TOKEN]).await;
    for action in ["get", "store", "erase", "something-new"] {
        let asked = "protocol=https\nhost=github.com\nusername=contoso\npassword=x\n\n";
        let ran = fed(&shell, asked, &["git-credential", action]).await;
        assert_eq!((ran.is(0).out.as_str(), ran.err.as_str()), ("", ""));
    }
    let smuggled = "protocol=https\nhost=dev.azure.com\rhost=evil\n\n";
    fed(&shell, smuggled, &["git-credential", "get"]).await.is(2).says("carriage return");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_touches_no_file_of_the_user() {
    let shell = Shell::with(&[TOKEN]).await;
    let ask = ["deliver", "--demo", "-o", "contoso", "--yes", "--sink"];
    let ran = fed(&shell, SECRET, &[&ask[..], &["netrc"]].concat()).await;
    ran.is(0).says("the secret went to ~/.netrc");
    assert!(!shell.home.path().join(".netrc").exists());
    for name in ["git", "keyring"] {
        let ran = fed(&shell, SECRET, &[&ask[..], &[name]].concat()).await;
        ran.is(2).says("the demonstration touches nothing outside of it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_delivered_is_in_the_log() {
    let mut shell = Shell::with(&[TOKEN]).await;
    fed(&shell, SECRET, &[&NETRC[..], &["--yes"]].concat()).await.is(0);
    let git = ["deliver", "token", "--sink", "netrc", "--sink", "git", "--yes"];
    // There is no git in an empty PATH.
    shell.variables.insert("PATH", "/nowhere".into());
    fed(&shell, SECRET, &git).await.is(2);
    fed(&shell, SECRET, &[&NETRC[..], &["--dry-run"]].concat()).await.is(0);
    let sinks = r#"{"sinks": [{"name": "no", "kind": "command", "command": ["/bin/false"]}]}"#;
    fs::write(shell.home.path().join("config.json"), sinks).unwrap();
    let both = ["deliver", "token", "--config", "config.json", "--sink", "no", "--sink", "netrc"];
    fed(&shell, SECRET, &[&both[..], &["--yes"]].concat()).await.is(5);
    let log = shell.run(&["log", "--format", "json"]).await.is(0).json();
    let told: Vec<_> = log.as_array().unwrap().iter().collect();
    assert!(told.iter().all(|entry| entry["action"] == "deliver"), "{log}");
    let (id, name) = ("00000000-0000-0000-0000-000000000001", "token");
    for (entry, (id, name, outcome, detail)) in told.iter().zip([
        (None, "", "done", "netrc"),
        (Some(id), name, "failed", "it ended with code 1"),
        (Some(id), name, "done", "netrc"),
    ]) {
        assert_eq!(entry["authorizationId"].as_str(), id, "{entry}");
        let of = |key: &str| entry[key].as_str().unwrap();
        assert_eq!((of("displayName"), of("organization")), (name, "contoso"));
        assert_eq!((of("outcome"), of("detail")), (outcome, detail));
    }
    assert_eq!(told.len(), 3, "{log}");
    shell.run(&["log", "--verify"]).await.is(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_desktop_and_a_terminal_nothing_is_made_for_the_clipboard() {
    let shell = Shell::with(&[TOKEN]).await;
    let sink = ["--sink", "clipboard", "--copy-by-terminal", "-o", "contoso"];
    let create = [&["create", "ci", "--scope", "vso.code"], &sink[..]].concat();
    shell.run(&create).await.is(2).says("there is no desktop here, and no terminal");
    let deliver = [&["deliver", "--yes"], &sink[..]].concat();
    fed(&shell, SECRET, &deliver).await.is(2).says("there is no desktop here, and no terminal");
    assert_eq!(shell.writes(), 0);
}

/// Whoever comes first, nobody's entry is lost, also where a link is another name of the file.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_put_twenty_secrets_into_one_file() {
    let shell = Shell::with(&[TOKEN]).await;
    let home = shell.home.path();
    fs::write(home.join("rc"), "; mine\n").unwrap();
    std::os::unix::fs::symlink("rc", home.join(".npmrc")).unwrap();
    let users = (0..20).map(|n| {
        let path = if n % 2 == 0 { ".npmrc" } else { "rc" };
        format!(
            r#"{{"name": "m{n}", "kind": "netrc", "user": "u{n}"}},
            {{"name": "r{n}", "kind": "npmrc", "path": "{path}"}}"#
        )
    });
    let sinks = format!("{{\"sinks\": [{}]}}", users.collect::<Vec<_>>().join(","));
    fs::write(home.join("config.json"), sinks).unwrap();
    let deliver = async |n: usize| {
        let (organization, netrc, npmrc) = (format!("org{n}"), format!("m{n}"), format!("r{n}"));
        let to = ["--sink", &netrc, "--sink", &npmrc, "-o", &organization];
        let with = ["deliver", "--yes", "--config", "config.json"];
        fed(&shell, SECRET, &[&with[..], &to[..]].concat()).await.is(0);
    };
    futures_util::future::join_all((0..20).map(deliver)).await;
    let read = |name: &str| fs::read_to_string(home.join(name)).unwrap();
    let (netrc, npmrc) = (read(".netrc"), read("rc"));
    for n in 0..20 {
        assert!(netrc.contains(&format!("login u{n} password {SECRET}\n")), "{n}: {netrc}");
        assert!(npmrc.contains(&format!("/org{n}/:_password=")), "{n}: {npmrc}");
    }
    assert!(npmrc.starts_with("; mine\n") && home.join(".npmrc").is_symlink());
    let log = shell.run(&["log", "--verify"]).await;
    assert!(log.is(0).out.starts_with("40 lines"), "{log:?}");
    let beside = fs::read_dir(home).unwrap().map(|it| it.unwrap().file_name());
    assert!(beside.into_iter().all(|name| !name.to_string_lossy().ends_with(".lock")));
}

/// What the terminal was asked to copy, in its own words.
#[cfg(unix)]
fn copied(shown: &str) -> Vec<&str> {
    let copies = shown.split("\u{1b}]52;c;").skip(1);
    copies.map(|copy| copy.split("\u{1b}\\").next().unwrap()).collect()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_copies_after_a_yes_and_is_cleared_when_the_time_is_over() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    let mut shell = Shell::with(&[TOKEN]).await;
    shell.variables.insert("AZPAT_CLIPBOARD_CLEAR", "5s".into());
    let create = ["create", "ci", "--scope", "vso.code", "-o", "contoso", "--sink", "clipboard"];
    let (code, shown) = shell.in_terminal(200, &create, ("let it: ", "no\n"));
    assert_eq!((code, copied(&shown).len()), (1, 0), "{shown}");
    assert!(shown.contains("it was not confirmed; nothing was changed"), "{shown}");
    assert_eq!(shell.writes(), 0);

    let agreed = ["--sink", "clipboard", "--copy-by-terminal"];
    let deliver = [&["deliver", "token", "--yes"], &agreed[..]].concat();
    let (code, shown) = shell.in_terminal(200, &deliver, ("not shown): ", &format!("{SECRET}\n")));
    assert_eq!(code, 0, "{shown}");
    assert_eq!(copied(&shown), [STANDARD.encode(SECRET).as_str(), ""]);
    assert!(shown.contains("on the clipboard for 5 s; Ctrl-C clears it at once"), "{shown}");
    assert!(shown.contains("the clipboard was cleared"), "{shown}");

    let (code, shown) = shell.in_terminal(200, &create, ("let it: ", "yes\n"));
    assert_eq!((code, copied(&shown).len()), (0, 2), "{shown}");

    // A signal is an end of its time like any other.
    shell.variables.remove("AZPAT_CLIPBOARD_CLEAR");
    let rotate = [&["rotate", "token"], &agreed[..]].concat();
    let (code, shown) = shell.in_terminal(200, &rotate, ("clears it at once", "\u{3}"));
    assert_eq!(code, 0, "{shown}");
    let copied = copied(&shown);
    let secret = String::from_utf8(STANDARD.decode(copied[0]).unwrap()).unwrap();
    assert!(secret.len() > 50 && !shown.contains(&secret), "{shown}");
    assert_eq!((copied.len(), copied[1]), (2, ""));
    assert!(!shell.token("ci").revoked && shown.contains("revoked token"), "{shown}");
}
