//! Setting up without a terminal: the flags say everything.

use std::{fs, path::Path};

use crate::shell::{Ran, Shell};

const ID: &str = "11111111-2222-3333-4444-555555555555";

async fn init(shell: &Shell, path: &Path, flags: &str) -> Ran {
    let mut arguments = vec!["init", "--config", path.to_str().unwrap()];
    arguments.extend(flags.split_whitespace());
    shell.run(&arguments).await
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_write_a_file_that_only_the_user_reads() {
    let shell = Shell::with(&[]).await;
    let path = shell.home.path().join("new/azpat/config.json");
    let flags = format!(
        "-o contoso -o fabrikam --sign-in browser --client-id {ID} --tenant contoso.com --yes"
    );
    let ran = init(&shell, &path, &flags).await;
    ran.is(0).says("contoso is there, tenant").says("azpat login");
    assert!(ran.out.starts_with("wrote ") && ran.out.ends_with("config.json\n"), "{ran:?}");
    let expected = serde_json::json!({
        "organizations": ["contoso", "fabrikam"],
        "sign_in": "browser",
        "client_id": ID,
        "authority": "https://login.microsoftonline.com/contoso.com",
    });
    assert_eq!(json(&path), expected);
    let requests = shell.emulator.control().requests();
    assert!(requests.len() == 2 && requests.iter().all(|seen| !seen.authorization));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
    let config = shell.run(&["config", "--config", path.to_str().unwrap()]).await;
    assert!(config.is(0).out.contains("contoso, fabrikam"), "{config:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_only_replaced_by_force_and_keeps_its_other_keys() {
    let shell = Shell::with(&[]).await;
    let path = shell.home.path().join("config.json");
    let before = "{\"warn_within\": \"20d\", \"sign_in\": \"auto\", \"organization\": \"contoso\"}";
    fs::write(&path, before).unwrap();
    let flags = "-o fabrikam --sign-in azure_cli";
    init(&shell, &path, &format!("{flags} --yes")).await.is(2).says("--force");
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    init(&shell, &path, &format!("{flags} --force")).await.is(0);
    let expected = serde_json::json!({
        "warn_within": "20d", "sign_in": "azure_cli", "organization": "fabrikam",
    });
    assert_eq!(json(&path), expected);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    }
    init(&shell, &path, &format!("{flags} --force")).await.is(0).says("nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_azpat_could_not_use_is_not_written() {
    let shell = Shell::with(&[]).await;
    let path = shell.home.path().join("config.json");
    for (flags, code, says) in [
        ("", 2, "nobody can be asked"),
        ("--sign-in auto", 2, "nobody can be asked"),
        ("--yes", 2, "nobody can be asked"),
        ("-o nowhere --sign-in auto --yes", 4, "there is no organization nowhere"),
        ("-o a/b --sign-in auto --yes", 2, "is no organization name"),
        ("--sign-in sideways --yes", 2, "is no way to sign in"),
        ("--sign-in browser --yes", 2, "client_id"),
        ("--sign-in auto --client-id 123 --yes", 2, "is no Application (client) ID"),
        ("--sign-in auto --yes --demo", 2, "example data"),
    ] {
        init(&shell, &path, flags).await.is(code).says(says);
        assert!(!path.exists(), "{flags}");
    }
    let personal = ("contoso".to_owned(), uuid::Uuid::nil());
    shell.set(|settings| settings.entra.tenants = [personal].into_iter().collect());
    let ran = init(&shell, &path, "-o contoso --sign-in auto --yes").await;
    ran.is(1).says("personal Microsoft accounts");
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_out_of_reach_is_told_and_does_not_prevent_it() {
    let mut shell = Shell::with(&[]).await;
    shell.variables.insert("AZPAT_SERVICE_URL", "http://127.0.0.1:1".into());
    let path = shell.home.path().join("config.json");
    let ran = init(&shell, &path, "-o contoso --sign-in auto --yes").await;
    ran.is(0).says("contoso is not checked");
    assert_eq!(json(&path)["organization"], "contoso");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_told_and_does_not_prevent_it() {
    let shell = Shell::with(&[]).await;
    let path = shell.home.path().join("config.json");
    for (before, kept) in [
        ("{\"extend_by\": \"9d\", \"organisation\": \"x\"}", true),
        ("{\"extend_by\": \"9d\",", false),
    ] {
        fs::write(&path, before).unwrap();
        init(&shell, &path, "--sign-in auto --yes").await.is(2);
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        let ran = init(&shell, &path, "--sign-in auto --force").await;
        ran.is(0).says("config.json:1");
        assert_eq!(json(&path)["sign_in"], "auto");
        assert_eq!(json(&path).get("extend_by").is_some(), kept);
        assert!(json(&path).get("organisation").is_none());
    }
}
