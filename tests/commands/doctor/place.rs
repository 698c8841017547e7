//! Where azpat runs and what it is shown on, as `doctor` sees it.

use super::examine;
use crate::shell::Shell;

#[tokio::test(flavor = "multi_thread")]
async fn every_place_is_told_with_what_it_means() {
    let mut shell = Shell::with(&[]).await;
    let places = [
        ("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22", "SSH", "azpat login --device-code"),
        ("WSL_DISTRO_NAME", "Debian", "WSL", "browser of Windows"),
        ("container", "podman", "container", "without a keyring"),
        ("CI", "true", "CI", "AZPAT_ACCESS_TOKEN"),
    ];
    shell.variables.extend(places.map(|(variable, value, ..)| (variable, value.into())));
    let found = examine(&shell, &[], 0).await;
    for (_, _, place, words) in places {
        found.says("surroundings", place, "ok", [words, ""]);
    }
    // A page would open where nobody sees it, which matters only to who signs in by a page.
    found.says("surroundings", "browser", "ok", ["signing in needs none", ""]);
    shell.variables.remove("AZPAT_ACCESS_TOKEN");
    let found = examine(&shell, &["--sign-in", "browser"], 1).await;
    found.says("surroundings", "browser", "ok", ["signing in needs none", ""]);
    super::with_app(&mut shell, "file");
    let found = examine(&shell, &["--sign-in", "browser"], 1).await;
    found.says("surroundings", "browser", "warning", ["cannot be opened", "--device-code"]);
    let found = examine(&shell, &["--sign-in", "device_code"], 1).await;
    found.says("surroundings", "browser", "ok", ["signing in needs none", ""]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_without_a_screen_is_not_asked_anything() {
    let mut shell = Shell::with(&[]).await;
    shell.variables.insert("TERM", "dumb".into());
    shell.variables.insert("NO_COLOR", "1".into());
    let (code, shown) = shell.in_terminal(90, &["doctor"], ("", ""));
    assert_eq!(code, 0, "{shown}");
    for words in ["90 columns, 24 rows", "set TERM", "since NO_COLOR is set", "OSC 52", "set LANG"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_asked_about_its_keys_and_given_back() {
    let mut shell = Shell::with(&[]).await;
    shell.variables.insert("TERM", "xterm".into());
    for (answer, words) in [
        ("\u{1b}[?1u\u{1b}[?62c", "knows kitty's protocol"),
        ("\u{1b}[?62c", "knows the usual form"),
        ("", "the terminal does not answer"),
        // The second half is missing.
        ("\u{1b}[?1u", "the terminal does not answer"),
    ] {
        let (code, shown) = shell.in_terminal(90, &["doctor"], ("\u{1b}[c", answer));
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains(words), "{words}: {shown}");
        // A terminal in raw mode would not put the carriage returns in.
        let report = shown.split_once("Configuration").unwrap().1;
        assert!(report.lines().count() > 20, "{shown}");
        assert_eq!(report.matches('\n').count(), report.matches("\r\n").count(), "{shown}");
    }
}
