//! Maven's `settings.xml`: a server with user and password, found by its id.

use super::{
    change::{Change, MARK},
    file::{Entry, Wrong},
    xml::Document,
};

pub(super) fn changes(text: &str, entry: &Entry<'_>) -> Result<Vec<Change>, Wrong> {
    let id = entry.sink.key.as_deref().unwrap_or(entry.organization);
    let server = [
        "<server>".to_owned(),
        format!("\t<id>{id}</id>"),
        format!("\t<username>{}</username>", entry.user()),
        format!("\t<password>{MARK}</password>"),
        "</server>".to_owned(),
    ];
    let inside = |lines: &[String]| lines.iter().map(|line| format!("\t{line}")).collect();
    let servers: Vec<String> =
        [vec!["<servers>".to_owned()], inside(&server), vec!["</servers>".to_owned()]].concat();
    let Some(document) = Document::read(text, "settings")? else {
        let lines: Vec<String> =
            [vec!["<settings>".to_owned()], inside(&servers), vec!["</settings>".to_owned()]]
                .concat();
        let lines: Vec<_> = lines.iter().map(|line| line.replace('\t', "  ")).collect();
        return Ok(vec![Change::append(text, &lines)]);
    };
    let Some(list) = document.child(0, "servers") else {
        return Ok(document.insert(0, &servers).into_iter().collect());
    };
    let mut changes = Vec::new();
    for (index, _) in document.children(list) {
        let is_it = document
            .child(index, "id")
            .and_then(|id| document.elements.get(id))
            .is_some_and(|element| document.content(element).trim() == id);
        if !is_it {
            continue;
        }
        let password = document.child(index, "password").and_then(|it| document.elements.get(it));
        let label = format!("server {id}: password ");
        let mut missing = Vec::new();
        if document.child(index, "username").is_none() {
            missing.push(format!("<username>{}</username>", entry.user()));
        }
        match password {
            Some(password) if !password.is_closed => {
                changes.push(Change::secret(password.content.clone(), label));
            }
            Some(password) => changes.push(document.closing(password, &MARK.to_string())),
            None => missing.push(format!("<password>{MARK}</password>")),
        }
        if !missing.is_empty() {
            changes.extend(document.insert(index, &missing));
        }
    }
    if changes.is_empty() {
        changes.extend(document.insert(list, &server));
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use crate::sink::file::fixture::{changed, refused};

    const USUAL: &str = r#"{"name": "a", "kind": "maven"}"#;
    const NAMED: &str = r#"{"name": "a", "kind": "maven", "key": "feed", "user": "me"}"#;

    fn server(indent: &str, id: &str, user: &str, password: &str) -> String {
        format!(
            "{indent}<server>\n{indent}  <id>{id}</id>\n{indent}  <username>{user}</username>\n\
             {indent}  <password>{password}</password>\n{indent}</server>\n"
        )
    }

    #[test]
    fn a_server_is_added_where_it_belongs() {
        let own = server("    ", "contoso", "contoso", "SECRET");
        let new = format!("<settings>\n  <servers>\n{own}  </servers>\n</settings>\n");
        assert_eq!(changed(USUAL, ""), new);
        assert_eq!(changed(USUAL, &new), new, "twice is once");
        let head = "<?xml version=\"1.0\"?>\n<!-- <servers> -->\n<settings xmlns=\"http://x\">\n";
        let other = server("    ", "other", "u", "stays &amp; stays");
        for (old, expected) in [
            (
                format!("{head}</settings>"),
                format!("{head}  <servers>\n{own}  </servers>\n</settings>"),
            ),
            (
                format!("{head}  <servers/>\n</settings>\n"),
                format!("{head}  <servers>\n{own}  </servers>\n</settings>\n"),
            ),
            (
                format!("{head}  <servers>\n{other}  </servers> <!-- end -->\n</settings>\n"),
                format!("{head}  <servers>\n{other}{own}  </servers> <!-- end -->\n</settings>\n"),
            ),
        ] {
            assert_eq!(changed(USUAL, &old), expected, "{old}");
        }
        let old = "<settings><servers><server><id>x</id></server></servers></settings>";
        let new = "<settings><servers><server><id>x</id></server><server><id>contoso</id>\
                   <username>contoso</username><password>SECRET</password></server></servers>\
                   </settings>";
        assert_eq!(changed(USUAL, old), new);
    }

    #[test]
    fn tabs_and_line_ends_are_those_of_the_file() {
        let old = "<settings>\r\n\t<servers>\r\n\t</servers>\r\n</settings>\r\n";
        let new = "<settings>\r\n\t<servers>\r\n\t\t<server>\r\n\t\t\t<id>contoso</id>\r\n\
                   \t\t\t<username>contoso</username>\r\n\t\t\t<password>SECRET</password>\r\n\
                   \t\t</server>\r\n\t</servers>\r\n</settings>\r\n";
        assert_eq!(changed(USUAL, old), new);
    }

    #[test]
    fn only_the_password_changes() {
        let with = |password: &str| {
            format!(
                "<settings><servers>\n<!-- <server><id>feed</id><password>x</password></server> -->\n\
                 <server>\n  <id> feed </id>\n  <username>u</username>\n  {password} <!-- c -->\n\
                 </server>\n{}</servers></settings>",
                server("", "other", "u", "stays")
            )
        };
        let new = with("<password>SECRET</password>");
        for old in [
            "<password>old</password>",
            "<password></password>",
            "<password/>",
            "<password>{enc=}</password>",
            "<password><![CDATA[a<b]]></password>",
        ] {
            assert_eq!(changed(NAMED, &with(old)), new, "{old}");
        }
        let old = "<settings>\n  <servers>\n    <server>\n      <id>feed</id>\n    </server>\n  </servers>\n</settings>\n";
        let lines =
            "      <username>me</username>\n      <password>SECRET</password>\n    </server>";
        assert_eq!(changed(NAMED, old), old.replace("    </server>", lines));
    }

    #[test]
    fn what_is_no_settings_file_is_left_alone() {
        for old in [
            "<settings>",
            "<settings></servers>",
            "<project/>",
            "hello",
            "<a/><settings/>",
            "<settings x=1/>",
            "<settings><a></b></settings>",
        ] {
            refused(USUAL, old);
        }
    }
}
