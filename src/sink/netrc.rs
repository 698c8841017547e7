//! `.netrc`, which curl, git and pip read: words with blanks or line ends between them. Programs
//! take the first entry of a host, so a second one is only made if the user is named.

use std::ops::Range;

use super::{
    change::{self, Change, MARK},
    file::{Entry, Wrong},
};

/// One word and where it is, without its quotes.
struct Word<'a> {
    text: &'a str,
    at: Range<usize>,
}

/// A machine, or `default`.
struct Machine<'a> {
    /// `None`: `default`.
    host: Option<&'a str>,
    start: usize,
    login: Option<&'a str>,
    password: Option<Range<usize>>,
    /// After what the password may be put.
    end: usize,
}

pub(super) fn changes(text: &str, entry: &Entry<'_>) -> Result<Vec<Change>, Wrong> {
    let (host, user) = (entry.host(), entry.user());
    let (machines, is_in_macro) = machines(text)?;
    let label = format!("machine {host} login {user} password ");
    let same: Vec<_> = machines
        .iter()
        .filter(|machine| machine.host.is_some_and(|it| it.eq_ignore_ascii_case(host)))
        .collect();
    if let Some(machine) = same.iter().find(|it| it.login.is_none_or(|login| login == user)) {
        return Ok(vec![match &machine.password {
            Some(at) => Change::secret(at.clone(), label),
            None => Change::replace(machine.end..machine.end, format!(" password {MARK}"), label),
        }]);
    }
    if let Some(other) = same.first().filter(|_| entry.sink.user.is_none()) {
        let why =
            format!("{host} has another login; name `user` in the sink to say which is meant");
        return Err(Wrong::at(text, other.start, why));
    }
    let line = format!("{label}{MARK}");
    // What stands behind `default` is never found.
    Ok(vec![match machines.iter().find(|machine| machine.host.is_none()) {
        Some(default) => Change::insert(default.start, format!("{line}{}", change::line_end(text))),
        None if is_in_macro => Change::append(text, &[String::new(), line]),
        None => Change::append(text, &[line]),
    }])
}

/// The machines, and whether the text ends inside a macro.
fn machines(text: &str) -> Result<(Vec<Machine<'_>>, bool), Wrong> {
    let mut machines: Vec<Machine<'_>> = Vec::new();
    let mut at = 0;
    while let Some(word) = next(text, at) {
        at = word.at.end;
        let mut value = || {
            let value = next(text, at).ok_or_else(|| {
                Wrong::at(text, word.at.start, format!("nothing follows `{}`", word.text))
            })?;
            at = after(text, &value);
            Ok(value)
        };
        match word.text {
            "machine" | "default" => {
                let host = if word.text == "machine" { Some(value()?) } else { None };
                machines.push(Machine {
                    end: host.as_ref().map_or(word.at.end, |host| after(text, host)),
                    host: host.map(|host| host.text),
                    start: word.at.start,
                    login: None,
                    password: None,
                });
            }
            "login" | "user" | "account" | "password" | "passwd" => {
                let value = value()?;
                let Some(machine) = machines.last_mut() else {
                    return Err(Wrong::at(text, word.at.start, "no machine stands before it"));
                };
                match word.text {
                    "login" | "user" => {
                        machine.login = Some(value.text);
                        machine.end = after(text, &value);
                    }
                    "account" => {}
                    _ => machine.password = Some(value.at),
                }
            }
            "macdef" => {
                let name = value()?;
                if text.get(word.at.end..name.at.start).is_none_or(|gap| gap.contains('\n')) {
                    return Err(Wrong::at(text, word.at.start, "the macro has no name"));
                }
                let Some(end) = macro_end(text, at) else { return Ok((machines, true)) };
                at = end;
            }
            comment if comment.starts_with('#') => at = line_after(text, word.at.start),
            _ => {
                return Err(Wrong::at(text, word.at.start, "this is no word of a netrc file"));
            }
        }
    }
    Ok((machines, false))
}

/// The next word from here on; one in quotes may have blanks in it.
fn next(text: &str, from: usize) -> Option<Word<'_>> {
    let rest = text.get(from..)?;
    let start = from + (rest.len() - rest.trim_start().len());
    let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
    if let Some(inner) = rest.strip_prefix('"')
        && let Some(length) =
            inner.find(['"', '\n']).filter(|end| inner.as_bytes().get(*end) == Some(&b'"'))
    {
        let at = start + 1..start + 1 + length;
        return Some(Word { text: text.get(at.clone())?, at });
    }
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Some(Word { text: rest.get(..length)?, at: start..start + length })
}

/// Behind a word and its closing quote.
fn after(text: &str, word: &Word<'_>) -> usize {
    let before = word.at.start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    let is_quoted = before == Some(&b'"') && text.as_bytes().get(word.at.end) == Some(&b'"');
    word.at.end + usize::from(is_quoted)
}

fn line_after(text: &str, from: usize) -> usize {
    text.get(from..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| from + at + 1)
}

/// Where a macro ends: with an empty line, or with the file (`None`).
fn macro_end(text: &str, from: usize) -> Option<usize> {
    let mut at = line_after(text, from);
    while at < text.len() {
        let next = line_after(text, at);
        if text.get(at..next).is_some_and(|line| line.trim().is_empty()) {
            return Some(next);
        }
        at = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::sink::file::fixture::{changed, refused};

    const USUAL: &str = r#"{"name": "a", "kind": "netrc"}"#;
    const NAMED: &str = r#"{"name": "a", "kind": "netrc", "user": "me"}"#;

    #[test]
    fn the_right_entry_changes_and_nothing_else() {
        let new = "machine dev.azure.com login contoso password SECRET\n";
        assert_eq!(changed(USUAL, ""), new);
        for (old, expected) in [
            (
                "machine a login b password c".to_owned(),
                format!("machine a login b password c\n{new}"),
            ),
            (new.replace("SECRET", "old"), new.to_owned()),
            (
                "machine dev.azure.com # why\r\n  password \"o l d\"\r\n".to_owned(),
                "machine dev.azure.com # why\r\n  password \"SECRET\"\r\n".to_owned(),
            ),
            (
                "machine dev.azure.com login contoso account x\n".to_owned(),
                "machine dev.azure.com login contoso password SECRET account x\n".to_owned(),
            ),
            (
                "machine dev.azure.com login \"contoso\"".to_owned(),
                "machine dev.azure.com login \"contoso\" password SECRET".to_owned(),
            ),
            (
                "# top\ndefault login anonymous password x\n".to_owned(),
                format!("# top\n{new}default login anonymous password x\n"),
            ),
            (
                "machine a macdef init\n machine dev.azure.com login contoso password no\n"
                    .to_owned(),
                format!(
                    "machine a macdef init\n machine dev.azure.com login contoso password no\n\n{new}"
                ),
            ),
        ] {
            assert_eq!(changed(USUAL, &old), expected, "{old}");
            assert_eq!(changed(USUAL, &expected), expected, "twice is once");
        }
    }

    #[test]
    fn two_logins_need_a_name() {
        let old = "machine dev.azure.com login grace password x\n";
        assert_eq!(refused(USUAL, old).line, Some(1));
        let new = format!("{old}machine dev.azure.com login me password SECRET\n");
        assert_eq!(changed(NAMED, old), new);
        assert_eq!(changed(NAMED, &new), new);
    }

    #[test]
    fn nonsense_is_left_alone() {
        for (old, line) in [
            ("machine a login b\nhello\n", 2),
            ("\nlogin b\n", 2),
            ("machine a\nlogin", 2),
            ("machine", 1),
        ] {
            assert_eq!(refused(USUAL, old).line, Some(line), "{old}");
        }
    }
}
