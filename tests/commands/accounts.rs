//! `azpat login`, `accounts` and `logout`, with sessions that a file keeps.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Stdio, time::Duration};

use azpat::emulator::{Endpoint, NextError, Person};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    time::timeout,
};

use super::{
    hostile,
    shell::{Ran, Shell, TOKEN, Token},
};

/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(30);

/// A shell of somebody with an app registration, and nobody signed in.
pub(crate) async fn newcomer() -> Shell {
    let mut shell = Shell::with(&[Token { name: "mine", ..TOKEN }]).await;
    let config = json!({
        "client_id": shell.emulator.client_id(),
        "authority": shell.emulator.authority(),
        "service_url": shell.emulator.url(),
        "profile_url": shell.emulator.url(),
        "sign_in": "browser",
        "token_store": "file",
    });
    let path = shell.home.path().join("config.json");
    fs::write(&path, config.to_string()).unwrap();
    let state = shell.home.path().join("state");
    shell.variables.clear();
    shell.variables.extend([("AZPAT_CONFIG", path.into()), ("AZPAT_STATE", state.into())]);
    shell.set(|settings| {
        settings.entra.auto_accept = true;
        settings.entra.device.interval = 0;
    });
    shell
}

/// What a person does with the line of standard error that has this in it.
async fn attended(shell: &Shell, arguments: &[&str], act: impl AsyncFn(&str)) -> Ran {
    let mut command = shell.command(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut err = String::new();
    let reading = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            err.push_str(&line);
            err.push('\n');
            act(line.trim()).await;
        }
    };
    timeout(PATIENCE, reading).await.unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).await.unwrap();
    let code = child.wait().await.unwrap().code().unwrap();
    Ran { code, out, err }
}

/// A browser that goes where the printed address leads.
pub(crate) async fn by_browser(shell: &Shell, arguments: &[&str]) -> Ran {
    attended(shell, &[&["login", "--browser"], arguments].concat(), async |line| {
        if line.starts_with("http://127.0.0.1") {
            rustls::crypto::ring::default_provider().install_default().ok();
            let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
            http.get(line).send().await.unwrap().text().await.unwrap();
        }
    })
    .await
}

pub(crate) async fn by_code(shell: &Shell, act: impl AsyncFn(&str)) -> Ran {
    attended(shell, &["login", "--device-code"], async |line| {
        if line.len() == 9 && line.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            act(line).await;
        }
    })
    .await
}

/// A program in the home folder.
fn script(shell: &Shell, name: &str, text: &str) -> PathBuf {
    let path = shell.home.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_once_is_enough() {
    let shell = newcomer().await;
    let nobody = shell.run(&["list"]).await;
    nobody.is(3).says("nobody has signed in yet").says("azpat login");
    let ran = by_browser(&shell, &[]).await;
    ran.is(0).says("ssh -L ").says("the session is kept in ").says("tokens.json");
    assert!(ran.out.starts_with("signed in as robin@contoso.example, tenant "), "{ran:?}");
    let list = shell.run(&["list", "--format", "json"]).await;
    assert_eq!((list.is(0).names(), list.err.as_str()), (vec!["mine".to_owned()], ""));

    let accounts = shell.run(&["accounts"]).await;
    let tenant = shell.emulator.tenants()["contoso"].to_string();
    for text in ["ACCOUNT", "robin@contoso.example", &tenant, "contoso", "tokens.json", "signed in"]
    {
        assert!(accounts.is(0).out.contains(text), "{text}: {accounts:?}");
    }
    let accounts = shell.run(&["accounts", "--format", "json"]).await.is(0).json();
    assert_eq!(accounts.as_array().unwrap().len(), 1);
    for (field, value) in [
        ("username", json!("robin@contoso.example")),
        ("way", json!("session")),
        ("tenants", json!([tenant])),
        ("organizations", json!(["contoso"])),
        ("kept", json!("file")),
        ("signedIn", json!(true)),
        ("why", Value::Null),
    ] {
        assert_eq!(accounts[0][field], value, "{field}");
    }
    for entry in fs::read_dir(shell.home.path().join("state")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let out = shell.run(&["logout"]).await;
    out.is(0).says("Entra does not revoke").says("https://mysignins.microsoft.com");
    assert_eq!(out.out, "signed out robin@contoso.example\n");
    assert!(!shell.home.path().join("state/tokens.json").exists());
    shell.run(&["list"]).await.is(3).says("hint: run `azpat login`");
    assert_eq!(shell.run(&["accounts", "--format", "json"]).await.is(0).json(), json!([]));
    shell.run(&["accounts"]).await.is(0).says("nobody has signed in yet");
    shell.run(&["logout"]).await.is(0).says("nobody has signed in");
}

/// What the kept session was refused for is told, with its cure.
#[tokio::test(flavor = "multi_thread")]
async fn what_ended_the_kept_session_is_told_where_no_other_way_works() {
    let mut shell = newcomer().await;
    by_browser(&shell, &[]).await.is(0);
    let nowhere = shell.home.path().as_os_str().to_owned();
    shell.variables.extend([("AZPAT_SIGN_IN", "auto".into()), ("PATH", nowhere)]);
    shell.set(|settings| {
        let refused = NextError::once(Endpoint::Token, 70043);
        let grant = Some("refresh_token".to_owned());
        settings.entra.next_errors = vec![NextError { grant, ..refused }];
    });
    let ran = shell.run(&["list"]).await;
    ran.is(3)
        .says("not signed in by the kept session: a policy wants you to sign in more often")
        .says("not signed in by the Azure CLI: ")
        .says("cannot renew the sign-in: a policy wants you to sign in more often")
        .says("(support id ")
        .says("hint: sign in again");
    assert!(!ran.err.contains("nobody has signed in"), "{ran:?}");
}

/// Check 41: the address is one argument, and no shell sees it.
#[tokio::test(flavor = "multi_thread")]
async fn check_41_the_browser_gets_the_address_as_one_argument_and_is_not_waited_for() {
    // A browser with windows is started, one in the terminal is waited for by what starts it.
    for name in ["browser", "w3m"] {
        let mut shell = newcomer().await;
        let browser = script(
            &shell,
            name,
            "printf '%s\\n' \"$#\" \"$@\" >\"$HOME/arguments\"\n\
             curl --silent --noproxy '*' --location \"$1\" >\"$HOME/page\"\n\
             while [ -d \"$HOME\" ]; do sleep 0.1; done",
        );
        let path = std::env::var_os("PATH").unwrap();
        let variables = [("BROWSER", browser.into()), ("DISPLAY", ":0".into()), ("PATH", path)];
        shell.variables.extend(variables);
        // What the browser holds open is not waited for either.
        let mut command = shell.command(&["login", "--browser"]);
        let ended = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(timeout(PATIENCE, ended).await.unwrap().unwrap().success(), "{name}");
        let arguments = fs::read_to_string(shell.home.path().join("arguments")).unwrap();
        let arguments: Vec<_> = arguments.lines().collect();
        assert_eq!((arguments.len(), arguments[0]), (2, "1"), "{arguments:?}");
        assert!(arguments[1].contains("&state="), "{arguments:?}");
        let list = shell.run(&["list", "--format", "json"]).await;
        assert_eq!(list.is(0).names(), ["mine"]);
    }
}

/// Check 41: `BROWSER` may have options of its own, before and after the address; still the address
/// is one argument, and what stands in it means nothing to anybody else.
#[tokio::test(flavor = "multi_thread")]
async fn check_41_options_of_the_browser_do_not_split_the_address() {
    let mut shell = newcomer().await;
    let browser = script(
        &shell,
        "browser",
        "printf '%s\\n' \"$#\" \"$@\" >\"$HOME/arguments\"\n\
         state=$(printf %s \"$2\" | sed 's/.*[?&]state=\\([^&]*\\).*/\\1/')\n\
         port=$(printf %s \"$2\" | sed 's/.*localhost%3A\\([0-9]*\\).*/\\1/')\n\
         curl --silent --noproxy '*' \"http://localhost:$port/?error=access_denied&state=$state\"",
    );
    let path = std::env::var_os("PATH").unwrap();
    let browser = format!("{} --first %s --flag", browser.display());
    shell.variables.extend([("BROWSER", browser.into()), ("DISPLAY", ":0".into()), ("PATH", path)]);
    // It goes into the address as it is typed.
    let hint = "robin@contoso.example%s --x $(touch pwned);touch pwned&\"'";
    for account in [None, Some(hint)] {
        let mut arguments = vec!["login", "--browser"];
        arguments.extend(account.into_iter().flat_map(|it| ["--account", it]));
        let mut command = shell.command(&arguments);
        let output = command.output();
        let output = timeout(PATIENCE, output).await.unwrap().unwrap();
        assert_eq!(output.status.code(), Some(3));
        let told = String::from_utf8(output.stderr).unwrap();
        let address = told.lines().map(str::trim).find(|it| it.starts_with("http://127")).unwrap();
        let got = fs::read_to_string(shell.home.path().join("arguments")).unwrap();
        assert_eq!(got.lines().collect::<Vec<_>>(), ["3", "--first", address, "--flag"]);
        assert_eq!(address.contains("&login_hint="), account.is_some(), "{address}");
        assert!(!shell.home.path().join("pwned").exists());
    }
}

/// Check 43: with the warning to go on only if one began it.
#[tokio::test(flavor = "multi_thread")]
async fn check_43_a_code_is_typed_elsewhere() {
    let shell = newcomer().await;
    rustls::crypto::ring::default_provider().install_default().ok();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let approve = async |code: &str| {
        let url = shell.emulator.url().join("_control/entra/approve").unwrap();
        let body = json!({"user_code": code}).to_string();
        let answer = http.post(url).header("content-type", "application/json").body(body);
        assert!(answer.send().await.unwrap().status().is_success());
    };
    by_code(&shell, approve).await.is(0).says("Continue only if you began this yourself");
    shell.run(&["list"]).await.is(0);
    let decline = async |code: &str| {
        assert!(shell.emulator.control().decline_device(code));
    };
    let declined = by_code(&shell, decline).await;
    declined
        .is(3)
        .says("the permissions were declined [AADSTS65004]")
        .says("hint: sign in again and accept");
    // It took nothing away from the session that there was.
    shell.run(&["list"]).await.is(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_42_a_wrong_tenant_or_account_is_refused_in_words() {
    let shell = newcomer().await;
    // In a browser Entra keeps this on a page of its own.
    let nowhere = shell.run(&["login", "--device-code", "--tenant", "nowhere.example"]).await;
    nowhere.is(1).says("nowhere.example").says("hint: ");
    shell.run(&["login", "--tenant", "not a tenant"]).await.is(2);
    shell.set(|settings| {
        settings.entra.account = None;
        settings.entra.people = vec![Person {
            name: "Kim".to_owned(),
            username: "kim@fabrikam.example".to_owned(),
            home: Some(shell.emulator.tenants()["fabrikam"]),
            guest_in: Some(Vec::new()),
        }];
    });
    let kim = by_browser(&shell, &["--account", "kim@fabrikam.example"]).await;
    assert!(kim.is(0).out.starts_with("signed in as kim@fabrikam.example"), "{kim:?}");

    // A second account; each is told, and each signs out alone.
    by_browser(&shell, &["--account", "robin@contoso.example"]).await.is(0);
    shell.run(&["logout"]).await.is(4).says("several are signed in").says("--all");
    shell.run(&["logout", "nobody@contoso.example"]).await.is(4).says("no account has this name");
    shell.run(&["logout", "KIM@fabrikam.example"]).await.is(0);
    let accounts = shell.run(&["accounts", "--format", "json"]).await.is(0).json();
    assert_eq!(accounts[0]["username"], "robin@contoso.example");
    // The same person as a guest elsewhere is another account there.
    let fabrikam = shell.emulator.tenants()["fabrikam"].to_string();
    let guest =
        by_browser(&shell, &["--tenant", &fabrikam, "--account", "robin@contoso.example"]).await;
    assert!(guest.is(0).out.contains(&fabrikam), "{guest:?}");
    shell.run(&["logout", "--all"]).await.is(0);
    assert_eq!(shell.run(&["accounts", "--format", "json"]).await.is(0).json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_over_is_told_beside_the_other() {
    let shell = newcomer().await;
    shell.set(|settings| {
        settings.entra.people = vec![Person {
            name: "Kim".to_owned(),
            username: "kim@contoso.example".to_owned(),
            home: None,
            guest_in: None,
        }];
    });
    by_browser(&shell, &[]).await.is(0);
    by_browser(&shell, &["--account", "kim@contoso.example"]).await.is(0);
    shell.emulator.control().revoke_refresh_tokens("kim@contoso.example");
    let list = shell.run(&["list", "--format", "json"]).await;
    list.is(5).says("AADSTS50173");
    assert_eq!(list.names(), ["mine"]);
    // There may be another organization that only the other account knows.
    shell.run(&["create", "new", "--scope", "vso.code"]).await.is(3).says("--organization");
    assert_eq!(shell.emulator.control().ledger().len(), 1);
    let accounts = shell.run(&["accounts", "--format", "json"]).await.is(0).json();
    let kim =
        accounts.as_array().unwrap().iter().find(|it| it["username"] == "kim@contoso.example");
    assert_eq!(kim.unwrap()["signedIn"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_told_and_goes_to_no_other_place() {
    let mut shell = newcomer().await;
    let file = shell.home.path().join("file");
    fs::write(&file, "").unwrap();
    shell.variables.insert("AZPAT_STATE", file.join("state").into());
    let ran = by_browser(&shell, &[]).await;
    ran.is(0).says("the session ends with this command, since it cannot be kept");
    shell.run(&["list"]).await.is(3);
}

/// Check 51: whichever of its files is spoiled, azpat says where it is kept aside and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn check_51_spoiled_files_are_told_once_and_signing_in_again_is_all_it_takes() {
    let shell = newcomer().await;
    for name in ["accounts.json", "tokens.json"] {
        by_browser(&shell, &[]).await.is(0);
        let path = shell.home.path().join("state").join(name);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let aside = format!("{name}.broken");
        let told = shell.run(&["list"]).await;
        assert!(told.code != 0, "{told:?}");
        told.says("damaged").says(&aside).says("hint: sign in again");
        let aside = path.with_file_name(aside);
        assert_eq!(fs::read(&aside).unwrap(), whole[..whole.len() / 2]);
        assert_eq!(aside.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let again = shell.run(&["list"]).await;
        assert!(!again.is(3).err.contains("damaged"), "{again:?}");
    }
    by_browser(&shell, &[]).await.is(0);
    shell.run(&["list"]).await.is(0);
}

/// Check 40: whatever a refusal says, standard error holds it escaped, in the one line that tells
/// it.
#[tokio::test(flavor = "multi_thread")]
async fn check_40_a_hostile_refusal_is_told_inertly() {
    let shell = newcomer().await;
    rustls::crypto::ring::default_provider().install_default().ok();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    for (text, mark) in hostile::texts() {
        let ran = attended(&shell, &["login", "--browser"], async |line| {
            if line.starts_with("http://127.0.0.1") {
                http.get(hostile::refusal(line, &text)).send().await.unwrap();
            }
        })
        .await;
        // No control character is in there but the ends of lines.
        let shown = azpat::text::visible(&text);
        ran.is(3).says(&shown).says("hint: sign in again");
        let lines: Vec<_> = ran.err.lines().collect();
        assert_eq!(lines.iter().filter(|line| line.contains(&mark)).count(), 1, "{ran:?}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("hint: ")).count(), 1, "{ran:?}");
        assert_eq!(ran.out, "");
    }
    assert!(!shell.home.path().join("pwned").exists());
}
