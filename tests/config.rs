//! The configuration: what is taken from where, what is refused and in which words.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{fs, path::PathBuf};

use azpat::{
    config::{self, Config, Environment, Flags, KEYS, Origin, Preferences, SignInMethod, Source},
    pat::Organization,
};
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("config.json")
    }

    fn load(&self, variables: &[(&str, &str)], flags: Flags) -> Result<Config, String> {
        let flags = Flags { config: Some(self.file()), ..flags };
        let message = |problems: config::Problems| {
            problems.to_string().replace(&*self.0.path().to_string_lossy(), "~")
        };
        config::load(&flags, &variables.iter().copied().collect()).map_err(message)
    }
}

fn with(text: impl AsRef<[u8]>) -> Home {
    let home = Home::new();
    fs::write(home.file(), text).unwrap();
    home
}

fn load(text: impl AsRef<[u8]>) -> Result<Config, String> {
    with(text).load(&[], Flags::default())
}

fn service(config: &Config) -> &config::ServiceSettings {
    match &config.source {
        Source::Service(service) | Source::Missing(config::Missing { service, .. }) => service,
        Source::Demo { .. } => unreachable!("no test of this file asks for the demo here"),
    }
}

fn names(config: &Config) -> Vec<&str> {
    service(config).organizations.iter().map(Organization::as_str).collect()
}

/// The first is the message without its beginning, for a file with this text.
#[track_caller]
fn refused(text: impl AsRef<[u8]>, expected: &str) {
    let message = load(text).unwrap_err();
    assert_eq!(message, format!("cannot use the configuration: ~/config.json{expected}"));
}

#[test]
fn the_example_is_current_and_loads() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.json");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, config::example()).unwrap();
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, config::example(), "run `UPDATE=1 cargo test --test config`");
    let config = load(text).unwrap();
    assert_eq!(names(&config), ["contoso", "fabrikam"]);
    assert_eq!(config.preferences, Preferences::default());
    let of_file: Vec<_> =
        config.rows.iter().filter(|row| matches!(row.from, Origin::File(_))).collect();
    assert_eq!(of_file.len(), KEYS.len() - 1, "`organization` is shown with `organizations`");
}

#[test]
fn the_file_of_an_older_tool_loads() {
    let config = load(
        r#"{"authority": "https://login.microsoftonline.com/contoso.onmicrosoft.com",
            "client_id": "11111111-2222-3333-4444-555555555555",
            "scope": ["499b84ac-1321-427f-aa17-267ca6975798/.default"],
            "organization": "contoso",
            "api_version": "7.1-preview.1"}"#,
    )
    .unwrap();
    assert_eq!(names(&config), ["contoso"]);
    assert_eq!(service(&config).api_version, "7.1-preview.1");
    assert_eq!(config.preferences, Preferences::default());
}

#[test]
fn signing_in_by_oneself_needs_an_app() {
    refused(
        "{\n\"sign_in\": \"browser\"}",
        ":2: sign_in: needs `client_id`, your own app registration (the README says how to make \
         one); right would be \"auto\"",
    );
    let app = "\"client_id\": \"11111111-2222-3333-4444-555555555555\"";
    let config = load(format!("{{\"sign_in\": \"device_code\", {app}}}")).unwrap();
    assert_eq!(service(&config).sign_in, SignInMethod::DeviceCode);
}

#[test]
fn people_sign_in_at_microsoft_or_at_this_computer() {
    for good in [
        "https://login.microsoftonline.com/organizations",
        "https://login.microsoftonline.com/contoso.com/",
        "http://127.0.0.1:8080/organizations",
    ] {
        let config = load(format!("{{\"authority\": \"{good}\"}}")).unwrap();
        assert_eq!(service(&config).entra.authority.as_str(), good);
    }
    for (bad, why) in [
        (
            "https://login.example/organizations",
            "is neither login.microsoftonline.com nor this computer",
        ),
        ("https://login.microsoftonline.com.evil.example/common", "is neither"),
        ("https://login.microsoftonline.com/organizations/v2.0", "does not end in one tenant"),
        ("https://login.microsoftonline.com/a%2fb", "must be a tenant's id"),
        ("https://login.microsoftonline.com@evil.example/common", "user name or password"),
    ] {
        let message = load(format!("{{\"authority\": \"{bad}\"}}")).unwrap_err();
        assert!(message.contains(why), "{message}");
    }
}

#[test]
fn the_defaults_are_those_of_the_screen() {
    let config = load("{}").unwrap();
    assert_eq!(config.preferences, Preferences::default());
    assert_eq!(service(&config).service_url.as_str(), "https://vssps.dev.azure.com/");
    assert_eq!(service(&config).profile_url.as_str(), "https://app.vssps.visualstudio.com/");
    assert_eq!(service(&config).api_version, "7.2-preview.1");
    assert_eq!(service(&config).sign_in, SignInMethod::Auto);
    assert!(names(&config).is_empty());
    let off = load(r#"{"refresh_every": "0", "revoke_grace": "0s"}"#).unwrap();
    assert_eq!(off.preferences.refresh_every, None);
    assert!(off.preferences.revoke_grace.is_zero());
}

#[test]
fn organizations_are_united_without_doubles() {
    let config = load(
        r#"{"organization": "Contoso", "organizations": ["fabrikam", "contoso", "fabrikam"]}"#,
    )
    .unwrap();
    assert_eq!(names(&config), ["Contoso", "fabrikam"]);
    let home = with(r#"{"organizations": ["b", "a", "B"]}"#);
    assert_eq!(names(&home.load(&[], Flags::default()).unwrap()), ["b", "a"]);
    let variables = [("AZPAT_ORGANIZATION", "c")];
    assert_eq!(names(&home.load(&variables, Flags::default()).unwrap()), ["c"]);
    let variables = [("AZPAT_ORGANIZATION", "c"), ("AZPAT_ORGANIZATIONS", "d,,C , e")];
    assert_eq!(names(&home.load(&variables, Flags::default()).unwrap()), ["c", "d", "e"]);
}

#[test]
fn wrong_values_are_refused_with_line_key_and_a_right_value() {
    let span = "is no span of time";
    let right = "; right would be";
    for (key, value, why) in [
        ("organization", "\"a/b\"", "\"a/b\" is no organization name (1 to 50 letters, digits or hyphens, as in https://dev.azure.com/NAME); right would be \"contoso\"".to_owned()),
        ("organization", "7", format!("must be a text, not a number{right} \"contoso\"")),
        ("organization", "null", format!("must be a text, not null{right} \"contoso\"")),
        ("organizations", "\"contoso\"", format!("must be a list of texts, not a text{right} [\"contoso\", \"fabrikam\"]")),
        ("organizations", "[\"a\", 1]", format!("must be a list of texts, not a list with something else in it{right} [\"contoso\", \"fabrikam\"]")),
        ("sign_in", "\"msal\"", format!("\"msal\" is no way to sign in (there are `auto`, `browser`, `device_code`, `azure_cli` and `environment`){right} \"auto\"")),
        ("service_url", "\"https://evil.example\"", format!("\"https://evil.example\" is neither vssps.dev.azure.com nor app.vssps.visualstudio.com nor this computer{right} \"https://vssps.dev.azure.com\"")),
        ("service_url", "\"http://vssps.dev.azure.com\"", format!("\"http://vssps.dev.azure.com\" does not start with https://{right} \"https://vssps.dev.azure.com\"")),
        ("profile_url", "\"nowhere\"", format!("\"nowhere\" is no usable address (relative URL without a base){right} \"https://app.vssps.visualstudio.com\"")),
        ("api_version", "\"7.1\"", format!("\"7.1\" is no API version{right} \"7.2-preview.1\"")),
        ("api_version", "7.1", format!("must be a text, not a number{right} \"7.2-preview.1\"")),
        ("warn_within", "\"two weeks\"", format!("\"two weeks\" {span} (expected number at 0){right} \"14d\"")),
        ("warn_within", "\"14\"", format!("\"14\" {span} (time unit needed, for example 14sec or 14ms){right} \"14d\"")),
        ("warn_within", "\"\"", format!("\"\" {span} (value was empty){right} \"14d\"")),
        ("warn_within", "\"400d\"", format!("\"400d\" is out of bounds: `0` to `366d`{right} \"14d\"")),
        ("warn_within", "\"2d\"", format!("`critical_within` (3days, from default) is longer than `warn_within` (2days, from file, line 2){right} \"14d\"")),
        ("critical_within", "\"20d\"", format!("`critical_within` (20days, from file, line 2) is longer than `warn_within` (14days, from default){right} \"3d\"")),
        ("refresh_every", "\"9s\"", format!("\"9s\" is out of bounds: `10s` to `1d`, or `0` for never{right} \"5m\"")),
        ("refresh_every", "true", format!("must be a text, not true or false{right} \"5m\"")),
        ("extend_by", "\"23h\"", format!("\"23h\" is out of bounds: `1d` to `365d`{right} \"30d\"")),
        ("extend_by", "\"366d\"", format!("\"366d\" is out of bounds: `1d` to `365d`{right} \"30d\"")),
        ("revoke_grace", "\"6m\"", format!("\"6m\" is out of bounds: `0` to `5m`{right} \"8s\"")),
        ("authority", "{}", format!("must be a text, not an object{right} \"https://login.microsoftonline.com/organizations\"")),
        ("authority", "\"http://login.example\"", format!("\"http://login.example\" is neither login.microsoftonline.com nor this computer{right} \"https://login.microsoftonline.com/organizations\"")),
        ("client_id", "\"a b\"", format!("\"a b\" is not one word{right} \"11111111-2222-3333-4444-555555555555\"")),
        ("scope", "{\"a\": 1}", format!("must be a list of texts, not an object{right} [\"499b84ac-1321-427f-aa17-267ca6975798/.default\"]")),
    ] {
        refused(format!("{{\n  \"{key}\": {value}\n}}"), &format!(":2: {key}: {why}"));
    }
}

#[test]
fn texts_from_the_file_cannot_reach_the_terminal() {
    refused(
        r#"{"sign_in": "\u001b]52;c;eA==\u0007\u202e"}"#,
        ":1: sign_in: \"‹U+001B›]52;c;eA==‹U+0007›‹U+202E›\" is no way to sign in (there are \
         `auto`, `browser`, `device_code`, `azure_cli` and `environment`); right would be \"auto\"",
    );
    let long = load(format!(r#"{{"sign_in": "{}"}}"#, "x".repeat(10_000))).unwrap_err();
    assert!(long.len() < 300, "{long}");
    let name = load("{\"\u{9b}31m\": 1}").unwrap_err();
    assert!(name.contains("\"‹U+009B›31m\" is no setting"), "{name}");
}

#[test]
fn unknown_and_doubled_keys_are_refused() {
    refused(
        "{\n\"organisation\": \"contoso\"}",
        ":2: \"organisation\" is no setting; did you mean \"organization\"?",
    );
    refused(
        r#"{"x": [1, {"y": 2}]}"#,
        ":1: \"x\" is no setting; there are organization, organizations, sign_in, client_id, \
         authority, scope, token_store, service_url, profile_url, api_version, warn_within, \
         critical_within, refresh_every, extend_by, revoke_grace, clipboard_clear, sinks",
    );
    refused(
        "{\"sign_in\": \"azure_cli\",\n\n\"sign_in\": \"environment\"}",
        ":3: sign_in: stands twice, in line 1 too",
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let home = with("{\"warn\": \"1d\",\n\"extend_by\": 30,\n\"refresh_every\": \"1s\"}");
    let message = home.load(&[("AZPAT_SIGN_IN", "msal")], Flags::default()).unwrap_err();
    assert_eq!(
        message,
        "cannot use the configuration:\n  \
         ~/config.json:1: \"warn\" is no setting; did you mean \"warn_within\"?\n  \
         ~/config.json:2: extend_by: must be a text, not a number; right would be \"30d\"\n  \
         AZPAT_SIGN_IN: \"msal\" is no way to sign in (there are `auto`, `browser`, `device_code`, `azure_cli` and `environment`); \
         right would be auto\n  \
         ~/config.json:3: refresh_every: \"1s\" is out of bounds: `10s` to `1d`, or `0` for \
         never; right would be \"5m\""
    );
}

#[test]
fn what_is_no_json_is_refused_with_its_line() {
    refused("", ":1: EOF while parsing a value (column 0)");
    refused("{\n\"organization\": \"contoso\",\n}", ":3: trailing comma (column 1)");
    refused("{\n// hello\n}", ":2: key must be a string (column 1)");
    refused(
        "[]",
        ":1: invalid type: sequence, expected settings in braces, such as {\"organization\": \
         \"contoso\"} (column 0)",
    );
    refused("{} {}", ":1: trailing characters (column 4)");
    let deep = format!("{{\"scope\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(load(deep).unwrap_err().contains("scope: must be a list of texts"));
}

#[test]
fn files_that_are_no_text_are_refused() {
    refused(b"\xef\xbb\xbf{}", ":1: starts with a byte order mark; save it as UTF-8 without one");
    refused(b"{\n\"organization\": \"\xe4\"}", ":2: is not UTF-8; save it as UTF-8");
    refused(b"{\0\"".map(|b| b), ":1: key must be a string (column 2)");
    refused(vec![b' '; 1024 * 1024 + 1], ": is larger than 1 MiB, so it is no configuration");
    assert!(load([vec![b' '; 1024 * 1024 - 2], b"{}".to_vec()].concat()).is_ok());
}

#[test]
fn a_folder_a_missing_and_a_foreign_file_are_refused() {
    let home = Home::new();
    let message = home.load(&[], Flags::default()).unwrap_err();
    assert_eq!(message, "cannot use the configuration: ~/config.json: there is no such file");
    fs::create_dir(home.file()).unwrap();
    let message = home.load(&[], Flags::default()).unwrap_err();
    let expected = "cannot use the configuration: ~/config.json: is a folder; name the file in it";
    assert_eq!(message, expected);
}

#[cfg(unix)]
#[test]
fn a_file_that_everybody_can_change_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = with("{}");
    fs::set_permissions(home.file(), fs::Permissions::from_mode(0o666)).unwrap();
    let message = home.load(&[], Flags::default()).unwrap_err();
    assert!(message.ends_with("so it is not trusted; run `chmod o-w` on it"), "{message}");
    // Only the superuser can give a file away.
    fs::set_permissions(home.file(), fs::Permissions::from_mode(0o600)).unwrap();
    if std::os::unix::fs::chown(home.file(), Some(12_345), None).is_ok() {
        let message = home.load(&[], Flags::default()).unwrap_err();
        assert!(message.contains("belongs to another user"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_is_refused_without_waiting() {
    let flags = Flags { config: Some("/dev/null".into()), ..Flags::default() };
    let message = config::load(&flags, &Environment::default()).unwrap_err().to_string();
    assert_eq!(message, "cannot use the configuration: /dev/null: is no ordinary file");
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let text = "{\n\"organization\": \"from-file\",\n\"sign_in\": \"azure_cli\"}";
    let variables = [("AZPAT_ORGANIZATIONS", "from-env, b"), ("AZPAT_SIGN_IN", "environment")];
    let flags = Flags {
        organizations: vec!["from-flag".to_owned()],
        sign_in: Some("azure_cli".to_owned()),
        ..Flags::default()
    };
    let none = Flags::default();
    let env = Origin::Environment;
    let check = |text: &str, variables: &[_], flags: &Flags, organizations, sign_in| {
        let config = with(text).load(variables, flags.clone()).unwrap();
        let row = |key| {
            let row = config.rows.iter().find(|row| row.key == key).unwrap();
            (row.value.clone(), row.from)
        };
        let expected = |(value, from): (&str, Origin)| (value.to_owned(), from);
        assert_eq!(row("organizations"), expected(organizations));
        assert_eq!(names(&config).join(", "), organizations.0);
        assert_eq!(row("sign_in"), expected(sign_in));
    };
    let default = Origin::Default;
    check("{}", &[], &none, ("", default), ("auto", default));
    check(text, &[], &none, ("from-file", Origin::File(2)), ("azure_cli", Origin::File(3)));
    let from_env =
        (("from-env, b", env("AZPAT_ORGANIZATIONS")), ("environment", env("AZPAT_SIGN_IN")));
    check(text, &variables, &none, from_env.0, from_env.1);
    check("{}", &variables, &none, from_env.0, from_env.1);
    let from_flag =
        (("from-flag", Origin::Flag("--organization")), ("azure_cli", Origin::Flag("--sign-in")));
    check(text, &variables, &flags, from_flag.0, from_flag.1);
    check("{}", &[], &flags, from_flag.0, from_flag.1);
    let token = [("AZPAT_ACCESS_TOKEN", "secret")];
    check("{}", &token, &none, ("", default), ("environment", env("AZPAT_ACCESS_TOKEN")));
    check(text, &token, &none, ("from-file", Origin::File(2)), ("azure_cli", Origin::File(3)));
    // Empty is not set.
    check("{}", &[("AZPAT_ACCESS_TOKEN", "")], &none, ("", default), ("auto", default));
}

#[test]
fn every_key_can_come_from_the_environment() {
    let home = with("{}");
    // It can make azpat run programs.
    let message = home.load(&[("AZPAT_SINKS", "[]")], Flags::default()).unwrap_err();
    assert!(message.contains("AZPAT_SINKS: only the file can say this"), "{message}");
    for key in KEYS.iter().filter(|key| key.name != "sinks") {
        let message = home.load(&[(key.variable, "\u{7}a b/")], Flags::default()).unwrap_err();
        let expected = format!("cannot use the configuration: {}: \"‹U+0007›a b/\"", key.variable);
        assert!(message.starts_with(&expected), "{message}");
    }
    let config = home.load(&[("AZPAT_WARN_WITHIN", "30d")], Flags::default()).unwrap();
    assert_eq!(config.preferences.thresholds.warn.num_days(), 30);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_refused() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

    let value = OsString::from_vec(vec![0xff, b'd']);
    let environment = [("AZPAT_WARN_WITHIN", value)].into_iter().collect();
    let flags = Flags { demo: true, ..Flags::default() };
    let message = config::load(&flags, &environment).unwrap_err().to_string();
    let expected =
        "cannot use the configuration: AZPAT_WARN_WITHIN: is not UTF-8; right would be 14d";
    assert_eq!(message, expected);
}

#[test]
fn a_value_is_checked_even_if_a_stronger_one_decides() {
    let home = with(r#"{"extend_by": "never"}"#);
    let message = home.load(&[("AZPAT_EXTEND_BY", "7d")], Flags::default()).unwrap_err();
    assert!(message.contains(":1: extend_by: \"never\""), "{message}");
}

#[test]
fn nothing_in_a_path_is_expanded() {
    for path in ["~/config.json", "$HOME/config.json", "$(true)", "../~none/config.json"] {
        let variables = [("AZPAT_CONFIG", path)].into_iter().collect();
        let message = config::load(&Flags::default(), &variables).unwrap_err().to_string();
        let expected = format!("cannot use the configuration: {path}: there is no such file");
        assert_eq!(message, expected);
    }
}

#[test]
fn sinks_are_checked_where_they_stand() {
    let config = load(r#"{"sinks": [{"name": "a", "kind": "git"}, {"name": "b", "kind": "pip"}]}"#);
    let config = config.unwrap();
    let names: Vec<_> = config.sinks.iter().map(|sink| sink.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let row = config.rows.iter().find(|row| row.key == "sinks").unwrap();
    assert_eq!(row.value, "a, b");
    for (text, words) in [
        ("\"git\"", "must be a list of objects, not a text"),
        (r#"["git"]"#, "must be a list of objects, not a list with something else in it"),
        (r#"[{"name": "a", "kind": "env"}]"#, "the sink \"a\" is wrong: env needs a `path`"),
        (r#"[{"name": "a", "kind": "git"}, {"name": "a", "kind": "pip"}]"#, "two sinks have"),
    ] {
        let message = load(format!("{{\n\"sinks\": {text}}}")).unwrap_err();
        assert!(message.contains("~/config.json:2: sinks: "), "{message}");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn the_flag_for_the_file_beats_the_variable() {
    let home = with(r#"{"organization": "contoso"}"#);
    let config = home.load(&[("AZPAT_CONFIG", "/nowhere")], Flags::default()).unwrap();
    assert_eq!(config.path, Some(home.file()));
    let variables = [("AZPAT_CONFIG", home.file())].into_iter().collect();
    let config = config::load(&Flags::default(), &variables).unwrap();
    assert_eq!(names(&config), ["contoso"]);
}

#[test]
fn the_demo_takes_its_organizations_from_the_flag_alone() {
    let load = |organizations: &[&str]| {
        let organizations = organizations.iter().map(|&name| name.to_owned()).collect();
        let flags = Flags { organizations, demo: true, ..Flags::default() };
        let variables = [("AZPAT_ORGANIZATIONS", "real"), ("AZPAT_REVOKE_GRACE", "0s")];
        config::load(&flags, &variables.into_iter().collect()).unwrap()
    };
    let config = load(&[]);
    assert_eq!(config.source, Source::Demo { organizations: Vec::new(), signed_out: false });
    assert!(config.preferences.revoke_grace.is_zero());
    assert_eq!(
        load(&["contoso"]).source,
        Source::Demo { organizations: vec!["contoso".parse().unwrap()], signed_out: false }
    );
}

#[test]
fn the_access_token_is_never_kept() {
    let variables: Environment = [("AZPAT_ACCESS_TOKEN", "s3cret")].into_iter().collect();
    let flags = Flags { demo: true, ..Flags::default() };
    let config = config::load(&flags, &variables).unwrap();
    assert!(config.has_access_token);
    assert!(!format!("{variables:?} {config:?}").contains("s3cret"));
}
