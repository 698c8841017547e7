//! `.pypirc`, from which twine knows where it uploads to: a list of servers, and a section for each.

use super::{
    address::Address,
    change::{self, Change, MARK},
    file::{Entry, Wrong},
    ini::{self, Section},
};

pub(super) fn changes(text: &str, entry: &Entry<'_>) -> Result<Vec<Change>, Wrong> {
    let sections = ini::sections(text)?;
    let is_meant = |section: &&Section<'_>| match entry.sink.key.as_deref() {
        Some(key) => section.name == key,
        None => section.options.iter().any(|setting| {
            setting.is("repository")
                && setting.words().any(|(at, word)| {
                    Address::of(word, at).is_some_and(|it| it.is_of(entry.organization))
                })
        }),
    };
    let mut changes = Vec::new();
    for section in sections.iter().filter(is_meant) {
        let has = |key: &str| section.options.iter().any(|setting| setting.is(key));
        if !has("username") {
            let line = format!("username = {}", entry.user());
            changes.push(change::first_in(text, section.body, &line));
        }
        if !has("password") {
            changes.push(change::first_in(text, section.body, &format!("password = {MARK}")));
        }
        let label = format!("[{}] password = ", section.name);
        let passwords = section.options.iter().filter(|setting| setting.is("password"));
        changes.extend(passwords.map(|setting| {
            let gap = if setting.lines.is_empty() { " " } else { "" };
            Change::replace(setting.value(), format!("{gap}{MARK}"), label.clone())
        }));
    }
    if !changes.is_empty() {
        return Ok(changes);
    }
    let (Some(key), Some(registry)) = (&entry.sink.key, &entry.sink.registry) else {
        let why = "no server of it is meant; name one by `key` and `registry` of the sink";
        return Err(Wrong::new(why));
    };
    let mut lines = vec![
        format!("[{key}]"),
        format!("repository = {registry}"),
        format!("username = {}", entry.user()),
        format!("password = {MARK}"),
    ];
    let end = change::line_end(text);
    let distutils = sections.iter().find(|section| section.name == "distutils");
    let servers = distutils
        .and_then(|section| section.options.iter().find(|setting| setting.is("index-servers")));
    match (distutils, servers) {
        (_, Some(servers)) if servers.words().any(|(_, word)| word == key) => {}
        (_, Some(servers)) => {
            changes.push(Change::insert(servers.end(), format!("{end}    {key}")));
        }
        (Some(section), None) => {
            changes.push(change::first_in(text, section.body, &format!("index-servers = {key}")));
        }
        (None, None) => {
            lines.splice(0..0, ["[distutils]".to_owned(), format!("index-servers = {key}")]);
        }
    }
    changes.push(Change::append(text, &lines));
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use crate::sink::file::fixture::{changed, refused};

    const USUAL: &str = r#"{"name": "a", "kind": "pypirc"}"#;
    const NAMED: &str = r#"{"name": "a", "kind": "pypirc", "key": "feed",
        "registry": "https://pkgs.dev.azure.com/contoso/_packaging/feed/pypi/upload/"}"#;
    const SECTION: &str = "[feed]\n\
        repository = https://pkgs.dev.azure.com/contoso/_packaging/feed/pypi/upload/\n\
        username = contoso\npassword = SECRET\n";

    #[test]
    fn a_server_is_added() {
        for (old, new) in [
            ("", format!("[distutils]\nindex-servers = feed\n{SECTION}")),
            (
                "[distutils]\nindex-servers =\n    pypi\n\n[pypi]\npassword = stays\n",
                format!(
                    "[distutils]\nindex-servers =\n    pypi\n    feed\n\n[pypi]\npassword = stays\n{SECTION}"
                ),
            ),
            (
                "[distutils]\n# none yet\n",
                format!("[distutils]\nindex-servers = feed\n# none yet\n{SECTION}"),
            ),
        ] {
            assert_eq!(changed(NAMED, old), new, "{old}");
            for sink in [NAMED, USUAL] {
                assert_eq!(changed(sink, &new), new, "twice is once");
            }
        }
    }

    #[test]
    fn only_the_password_changes() {
        let old = "[pypi]\npassword: stays\n[feed]\nRepository: https://pkgs.dev.azure.com/Contoso/x\n\
                   username: me\nPassword : old # no comment\n  goes on\n\n[other]\npassword=stays\n";
        let new = old.replace("old # no comment\n  goes on", "SECRET");
        assert_eq!(changed(USUAL, old), new);
        assert_eq!(changed(NAMED, old), new);
        assert_eq!(changed(USUAL, &new.replace(" SECRET", "")), new);
    }

    #[test]
    fn what_is_missing_is_added_to_the_section() {
        let old = "[feed]\r\nrepository = https://pkgs.dev.azure.com/contoso/x\r\n";
        let new = "[feed]\r\nusername = contoso\r\npassword = SECRET\r\n\
                   repository = https://pkgs.dev.azure.com/contoso/x\r\n";
        assert_eq!(changed(USUAL, old), new);
        assert!(refused(USUAL, "[pypi]\nusername = a\n").why.contains("no server"));
    }
}
