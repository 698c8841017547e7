//! `NuGet.Config`: user and password of a package source, under an element of its name.

use std::fmt::Write as _;

use super::{
    address::Address,
    change::{Change, MARK},
    file::{Entry, Wrong},
    xml::Document,
};

const LIST: &str = "packageSourceCredentials";

pub(super) fn changes(text: &str, entry: &Entry<'_>) -> Result<Vec<Change>, Wrong> {
    let document = Document::read(text, "configuration")?;
    let sources = match (&entry.sink.key, &document) {
        (Some(key), _) => vec![key.clone()],
        (None, Some(document)) => of_organization(document, entry.organization),
        (None, None) => Vec::new(),
    };
    if sources.is_empty() {
        let why = format!("no source of {} is in it; name one by `key`", entry.organization);
        return Err(Wrong::new(why));
    }
    let lines = |source: &String| {
        let name = encoded(source);
        [
            format!("<{name}>"),
            format!("\t<add key=\"Username\" value=\"{}\" />", entry.user()),
            format!("\t<add key=\"ClearTextPassword\" value=\"{MARK}\" />"),
            format!("</{name}>"),
        ]
    };
    let inside = |lines: Vec<String>| lines.into_iter().map(|line| format!("\t{line}"));
    let whole = |sources: &[String]| {
        let mut all = vec![format!("<{LIST}>")];
        all.extend(inside(sources.iter().flat_map(lines).collect()));
        all.push(format!("</{LIST}>"));
        all
    };
    let Some(document) = document else {
        let mut all = vec!["<configuration>".to_owned()];
        all.extend(inside(whole(&sources)));
        all.push("</configuration>".to_owned());
        let all: Vec<_> = all.iter().map(|line| line.replace('\t', "  ")).collect();
        return Ok(vec![Change::append(text, &all)]);
    };
    let Some(list) = document.child(0, LIST) else {
        return Ok(document.insert(0, &whole(&sources)).into_iter().collect());
    };
    let mut changes = Vec::new();
    let mut missing = Vec::new();
    for source in &sources {
        match document.child(list, &encoded(source)) {
            Some(there) => changes.extend(inner(&document, there, source)),
            None => missing.extend(lines(source)),
        }
    }
    if !missing.is_empty() {
        changes.extend(document.insert(list, &missing));
    }
    Ok(changes)
}

/// The changes of a source that has credentials already.
fn inner(document: &Document<'_>, source: usize, name: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    for (_, add) in document.children(source) {
        let (Some(key), Some(value)) = (add.attribute("key"), add.attribute("value")) else {
            continue;
        };
        // That one would be encrypted, for Windows alone.
        let is_encrypted = key.value.eq_ignore_ascii_case("Password");
        if is_encrypted {
            changes.push(Change::splice(key.at.clone(), "ClearTextPassword"));
        }
        if is_encrypted || key.value.eq_ignore_ascii_case("ClearTextPassword") {
            let label = format!("{name}: ClearTextPassword = ");
            changes.push(Change::secret(value.at.clone(), label));
        }
    }
    if changes.is_empty() {
        let line = format!("<add key=\"ClearTextPassword\" value=\"{MARK}\" />");
        changes.extend(document.insert(source, &[line]));
    }
    changes
}

/// The names of the sources whose address belongs to the organization.
fn of_organization(document: &Document<'_>, organization: &str) -> Vec<String> {
    let list = document.child(0, "packageSources");
    let adds = list.into_iter().flat_map(|list| document.children(list));
    let names = adds.filter_map(|(_, add)| {
        let value = add.attribute("value")?;
        let is_of = Address::of(&value.value, 0)?.is_of(organization);
        is_of.then(|| add.attribute("key").map(|key| key.value.clone()))?
    });
    // Names that would have to be unescaped are nobody's.
    names.filter(|name| !name.contains('&')).collect()
}

/// The name of a source as the name of an element.
fn encoded(source: &str) -> String {
    let mut name = String::new();
    for c in source.chars() {
        let is_letter = c.is_alphabetic() || c == '_';
        let is_later = !name.is_empty() && (c.is_alphanumeric() || c == '-' || c == '.');
        if is_letter || is_later {
            name.push(c);
        } else {
            // Writing to a String cannot fail.
            write!(name, "_x{:04X}_", u32::from(c)).ok();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::file::fixture::{changed, refused};

    const USUAL: &str = r#"{"name": "a", "kind": "nuget"}"#;
    const NAMED: &str = r#"{"name": "a", "kind": "nuget", "key": "feed"}"#;
    const SOURCES: &str = "  <packageSources>\n    <clear />\n    \
        <add key=\"our feed\" value=\"https://pkgs.dev.azure.com/Contoso/_packaging/f/nuget/v3/index.json\" />\n    \
        <add key=\"nuget.org\" value=\"https://api.nuget.org/v3/index.json\" />\n  </packageSources>\n";

    fn credentials(name: &str) -> String {
        format!(
            "  <packageSourceCredentials>\n    <{name}>\n      <add key=\"Username\" value=\"contoso\" />\n      \
             <add key=\"ClearTextPassword\" value=\"SECRET\" />\n    </{name}>\n  </packageSourceCredentials>\n"
        )
    }

    #[test]
    fn credentials_are_added_for_the_sources_of_the_organization() {
        let new = format!("<configuration>\n{}</configuration>\n", credentials("feed"));
        assert_eq!(changed(NAMED, ""), new);
        let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<configuration>\n";
        let old = format!("{head}{SOURCES}</configuration>\n");
        let new = format!("{head}{SOURCES}{}</configuration>\n", credentials("our_x0020_feed"));
        assert_eq!(changed(USUAL, &old), new);
        assert_eq!(changed(USUAL, &new), new, "twice is once");
        assert!(changed(NAMED, &new).contains("</our_x0020_feed>\n    <feed>\n      <add key"));
    }

    #[test]
    fn only_the_password_changes() {
        let with = |key: &str, value: &str| {
            format!(
                "<configuration><packageSourceCredentials>\r\n<feed> <!-- c -->\r\n\
                 <add value='{value}' key='{key}'/><add key=\"Username\" value=\"me\"/>\r\n</feed>\
                 <other><add key=\"ClearTextPassword\" value=\"stays\"/></other>\
                 </packageSourceCredentials></configuration>"
            )
        };
        let new = with("ClearTextPassword", "SECRET");
        assert_eq!(changed(NAMED, &with("ClearTextPassword", "o&amp;ld")), new);
        assert_eq!(changed(NAMED, &with("Password", "AQAAANCMnd8==")), new);
        let added = changed(NAMED, &with("ValidAuthenticationTypes", "basic"));
        assert!(added.contains("<add key=\"ClearTextPassword\" value=\"SECRET\" />"), "{added}");
    }

    #[test]
    fn without_a_source_it_says_so() {
        for old in [
            "",
            "<configuration/>",
            &format!("<configuration>{}</configuration>", SOURCES.replace("Contoso", "fabrikam")),
        ] {
            assert!(refused(USUAL, old).why.contains("no source of contoso"), "{old}");
        }
        refused(NAMED, "<settings/>");
    }

    #[test]
    fn names_become_elements() {
        assert_eq!(encoded("our feed"), "our_x0020_feed");
        assert_eq!(encoded("1a/b.c-d"), "_x0031_a_x002F_b.c-d");
    }
}
