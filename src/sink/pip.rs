//! `pip.conf`: addresses of feeds with user and password in them.

use super::{
    address::Address,
    change::{self, Change, MARK},
    file::{Entry, Wrong},
    ini::{self, Setting},
};

pub(super) fn changes(text: &str, entry: &Entry<'_>) -> Result<Vec<Change>, Wrong> {
    let sections = ini::sections(text)?;
    let mut changes = Vec::new();
    let settings = sections.iter().flat_map(|section| &section.options);
    for setting in settings.filter(|it| is(it, "index-url") || is(it, "extra-index-url")) {
        for (at, word) in setting.words() {
            let Some(address) = Address::of(word, at) else { continue };
            let is_meant = entry
                .sink
                .registry
                .as_ref()
                .map_or_else(|| address.is_of(entry.organization), |registry| address.is(registry));
            if is_meant {
                let (at, before, behind) = address.password(entry.user());
                let label = format!("{} = password for {}: ", setting.key, address.rest);
                changes.push(Change::replace(at, format!("{before}{MARK}{behind}"), label));
            }
        }
    }
    if !changes.is_empty() {
        return Ok(changes);
    }
    let Some(registry) = &entry.sink.registry else {
        let why = format!("no feed of {} is in it; name one by `registry`", entry.organization);
        return Err(Wrong::new(why));
    };
    let (scheme, rest) = registry.as_str().split_once("://").unwrap_or_default();
    let address = format!("{scheme}://{}:{MARK}@{rest}", entry.user());
    let key = entry.sink.key.as_deref().unwrap_or("extra-index-url");
    let end = change::line_end(text);
    let global = sections.iter().find(|section| section.name == "global");
    let there = global.and_then(|global| global.options.iter().find(|it| is(it, key)));
    Ok(vec![match (global, there) {
        (_, Some(setting)) if key == "index-url" => {
            let why = "index-url is another address already; choose `extra-index-url` as `key`";
            return Err(Wrong::at(text, setting.at, why));
        }
        (_, Some(setting)) => Change::insert(setting.end(), format!("{end}    {address}")),
        (Some(global), None) => change::first_in(text, global.body, &format!("{key} = {address}")),
        (None, None) => {
            Change::append(text, &["[global]".to_owned(), format!("{key} = {address}")])
        }
    }])
}

/// pip takes both kinds of line in names.
fn is(setting: &Setting<'_>, key: &str) -> bool {
    setting.key.replace('_', "-").eq_ignore_ascii_case(key)
}

#[cfg(test)]
mod tests {
    use crate::sink::file::fixture::{changed, refused};

    const USUAL: &str = r#"{"name": "a", "kind": "pip"}"#;
    const FEED: &str = r#"{"name": "a", "kind": "pip",
        "registry": "https://pkgs.dev.azure.com/contoso/_packaging/feed/pypi/simple/"}"#;
    const URL: &str =
        "https://contoso:SECRET@pkgs.dev.azure.com/contoso/_packaging/feed/pypi/simple/";

    #[test]
    fn a_feed_is_added_beside_what_there_is() {
        for (old, new) in [
            ("", format!("[global]\nextra-index-url = {URL}\n")),
            ("[install]\nx = 1", format!("[install]\nx = 1\n[global]\nextra-index-url = {URL}\n")),
            (
                "# c\r\n[global]\r\ntimeout = 5\r\n",
                format!("# c\r\n[global]\r\nextra-index-url = {URL}\r\ntimeout = 5\r\n"),
            ),
            ("[global]", format!("[global]\nextra-index-url = {URL}\n")),
            (
                "[global]\nextra_index_url =\n  https://a/b\n\n  # c\n  https://c/d\nx = 1\n",
                format!(
                    "[global]\nextra_index_url =\n  https://a/b\n\n  # c\n  https://c/d\n    {URL}\nx = 1\n"
                ),
            ),
        ] {
            assert_eq!(changed(FEED, old), new, "{old}");
            assert_eq!(changed(FEED, &new), new, "twice is once");
            assert_eq!(changed(USUAL, &new), new, "twice is once");
        }
    }

    #[test]
    fn only_the_password_changes() {
        for (old, new) in [
            ("https://u:old@", "https://u:SECRET@"),
            ("https://u:@", "https://u:SECRET@"),
            ("https://u@", "https://u:SECRET@"),
            ("https://", "https://contoso:SECRET@"),
        ] {
            let text = format!(
                "[global]\nindex-url: {old}Contoso.pkgs.visualstudio.com/_packaging/x  \n\
                 [install]\nextra-index-url = https://a:b@c/ {old}pkgs.dev.azure.com/contoso/y\n\
                 # {old}pkgs.dev.azure.com/contoso/y\n"
            );
            let expected = text
                .replace(&format!("{old}Contoso"), &format!("{new}Contoso"))
                .replace(&format!(" c/ {old}pkgs"), &format!(" c/ {new}pkgs"))
                .replace(&format!("@c/ {old}pkgs"), &format!("@c/ {new}pkgs"));
            assert_eq!(changed(USUAL, &text), expected);
        }
    }

    #[test]
    fn another_index_is_not_replaced() {
        let index = FEED.replace("\"registry\"", "\"key\": \"index-url\", \"registry\"");
        let wrong = refused(&index, "[global]\n\nindex-url = https://pypi.org/simple\n");
        assert_eq!(wrong.line, Some(3));
        assert!(refused(USUAL, "[global]\n").why.contains("no feed of contoso"));
    }
}
