//! npm's `.npmrc`: user and secret of a registry, under the registry's address without `https:`.
//! npm takes the longest address that is a beginning of what it asks for.

use std::{collections::BTreeSet, ops::Range};

use super::{
    change::{self, Change},
    file::{Entry, Wrong},
};

/// What npm prefers to user and password.
const STRONGER: [&str; 2] = ["_authToken", "_auth"];

/// One `key=value` line.
struct Pair<'a> {
    at: usize,
    key: &'a str,
    value: Range<usize>,
}

pub(super) fn changes(text: &str, entry: &Entry<'_>) -> Result<Vec<Change>, Wrong> {
    let pairs: Vec<_> = pairs(text).collect();
    let own = format!("//pkgs.dev.azure.com/{}/", entry.organization);
    let registries = if let Some(registry) = &entry.sink.registry {
        of_registry(registry)
    } else {
        // Longer addresses go before the organization's own, so they must not stay old.
        let there = pairs.iter().filter_map(|pair| pair.key.strip_suffix(":_password"));
        let there = there.filter(|address| starts_with(address, &own)).map(str::to_owned);
        let there: BTreeSet<_> = there.collect();
        if there.is_empty() { vec![own] } else { there.into_iter().collect() }
    };
    let mut changes = Vec::new();
    let mut lines = Vec::new();
    for registry in registries {
        let is = |pair: &Pair<'_>, name: &str| pair.key == format!("{registry}:{name}");
        let stronger = |pair: &&Pair<'_>| STRONGER.iter().any(|name| is(pair, name));
        if let Some(pair) = pairs.iter().find(stronger) {
            let why = "npm would take this in the place of the secret; remove the line";
            return Err(Wrong::at(text, pair.at, why));
        }
        let label = format!("{registry}:_password=");
        for (name, value) in [
            ("username", entry.user()),
            ("_password", &change::MARK.to_string()),
            ("email", "npm requires email to be set but doesn't use the value"),
        ] {
            let there: Vec<_> = pairs.iter().filter(|pair| is(pair, name)).collect();
            if there.is_empty() {
                lines.push(format!("{registry}:{name}={value}"));
            } else if name == "_password" {
                let replaced = there.iter().map(|pair| Change::secret(pair.value.clone(), &label));
                changes.extend(replaced);
            }
        }
    }
    if !lines.is_empty() {
        changes.push(insert(text, &lines));
    }
    Ok(changes)
}

/// A feed has two addresses, and npm asks both.
fn of_registry(registry: &url::Url) -> Vec<String> {
    let address = registry.as_str();
    let address = address.split_once(':').map_or(address, |(_, rest)| rest);
    let address = format!("{}/", address.trim_end_matches('/'));
    let shorter = address.strip_suffix("/npm/registry/").map(|feed| format!("{feed}/npm/"));
    std::iter::once(address).chain(shorter).collect()
}

fn starts_with(address: &str, own: &str) -> bool {
    address.get(..own.len()).is_some_and(|start| start.eq_ignore_ascii_case(own))
}

/// At the end, but before the first section, where a key would belong to that.
fn insert(text: &str, lines: &[String]) -> Change {
    let section = change::lines(text).find(|(_, line)| line.trim_start().starts_with('['));
    match section {
        Some((at, _)) => {
            let end = change::line_end(text);
            Change::insert(at, lines.iter().flat_map(|line| [line, end]).collect::<String>())
        }
        None => Change::append(text, lines),
    }
}

/// The pairs before the first section.
fn pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    let before = change::lines(text).take_while(|(_, line)| !line.trim_start().starts_with('['));
    before.filter_map(|(at, line)| {
        if line.trim_start().starts_with([';', '#']) {
            return None;
        }
        let (key, value) = line.split_once('=')?;
        let start = at + key.len() + 1 + (value.len() - value.trim_start().len());
        let value = value.trim();
        let is_quoted = value.len() > 1
            && ['"', '\''].iter().any(|c| value.starts_with(*c) && value.ends_with(*c));
        // Unquoted, a comment needs no blank before it.
        let end = if is_quoted { None } else { value.find([';', '#']) };
        let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default().trim_end();
        Some(Pair { at, key: key.trim(), value: start..start + value.len() })
    })
}

#[cfg(test)]
mod tests {
    use crate::sink::file::fixture::{changed, refused};

    const FEED: &str = r#"{"name": "a", "kind": "npmrc",
        "registry": "https://pkgs.dev.azure.com/contoso/_packaging/feed/npm/registry"}"#;
    const USUAL: &str = r#"{"name": "a", "kind": "npmrc"}"#;

    #[test]
    fn a_feed_gets_both_its_addresses() {
        let expected = "\
//pkgs.dev.azure.com/contoso/_packaging/feed/npm/registry/:username=contoso
//pkgs.dev.azure.com/contoso/_packaging/feed/npm/registry/:_password=SECRET
//pkgs.dev.azure.com/contoso/_packaging/feed/npm/registry/:email=npm requires email to be set but doesn't use the value
//pkgs.dev.azure.com/contoso/_packaging/feed/npm/:username=contoso
//pkgs.dev.azure.com/contoso/_packaging/feed/npm/:_password=SECRET
//pkgs.dev.azure.com/contoso/_packaging/feed/npm/:email=npm requires email to be set but doesn't use the value
";
        assert_eq!(changed(FEED, ""), expected);
        assert_eq!(changed(FEED, expected), expected, "twice is once");
    }

    #[test]
    fn only_the_secret_changes() {
        for (old, new) in [
            (
                "always-auth=true ; x\n//a/:_password=c2Vj",
                "always-auth=true ; x\n//a/:_password=c2Vj\n",
            ),
            ("; //pkgs.dev.azure.com/contoso/:_password=x\r\n", ""),
        ] {
            let changed = changed(USUAL, old);
            assert!(changed.starts_with(new) && changed.starts_with(old), "{changed}");
            assert!(
                changed.contains("//pkgs.dev.azure.com/contoso/:_password=SECRET"),
                "{changed}"
            );
            assert_eq!(changed.contains("\r\n//"), old.contains('\r'), "{changed:?}");
        }
        let old = "# top\n  //pkgs.dev.azure.com/Contoso/x/:_password = \"old\" \n\
                   //pkgs.dev.azure.com/Contoso/x/:username=me;c\n\
                   //pkgs.dev.azure.com/Contoso/x/:email=e\n\
                   //pkgs.dev.azure.com/Contoso/x/:_password=other#c\n\
                   //pkgs.dev.azure.com/fabrikam/:_password=stays\n";
        let new = old.replace("\"old\"", "SECRET").replace("other", "SECRET");
        assert_eq!(changed(USUAL, old), new);
    }

    #[test]
    fn a_section_does_not_swallow_it() {
        let changed = changed(USUAL, "a=1\n[other]\nb=2\n");
        assert!(changed.starts_with("a=1\n//pkgs") && changed.ends_with("\n[other]\nb=2\n"));
    }

    #[test]
    fn what_npm_would_prefer_is_told() {
        let wrong = refused(USUAL, "a=1\n//pkgs.dev.azure.com/contoso/:_authToken=x\n");
        assert_eq!(wrong.line, Some(2));
    }
}
