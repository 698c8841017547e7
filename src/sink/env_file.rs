//! A file of `NAME=value` lines, as shells, Docker and most languages read them.

use std::ops::Range;

use super::{
    change::{self, Change, MARK},
    file::Entry,
};
use crate::config::SinkFormat;

/// What the Azure DevOps extension of the Azure CLI reads.
const USUAL: &str = "AZURE_DEVOPS_EXT_PAT";

pub(super) fn changes(text: &str, entry: &Entry<'_>) -> Vec<Change> {
    let key = entry.variable.as_deref().unwrap_or(USUAL);
    // A header has blanks in it.
    let needs_quotes = entry.sink.format == SinkFormat::Header;
    let quoted = if needs_quotes { format!("\"{MARK}\"") } else { MARK.to_string() };
    let label = format!("{key}=");
    let values = values(text, key);
    if values.is_empty() {
        return vec![Change::append(text, &[format!("{label}{quoted}")])];
    }
    // Some readers take the first of several, others the last.
    let replace = |value: Value| {
        let new = if value.is_quoted { MARK.to_string() } else { quoted.clone() };
        Change::replace(value.at, new, &label)
    };
    values.into_iter().map(replace).collect()
}

struct Value {
    /// Without its quotes.
    at: Range<usize>,
    is_quoted: bool,
}

/// Where the values of this variable are.
fn values(text: &str, wanted: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, line) in change::lines(text) {
        // What is inside a quoted value of several lines is no line of its own.
        if at < done || line.trim_start().starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        let start = at + name.len() + 1;
        let indent = value.len() - value.trim_start().len();
        let name = name.trim();
        let name = name.strip_prefix("export ").map_or(name, str::trim_start);
        let value = value_at(text, start, indent, at + line.len());
        done = value.at.end;
        if name == wanted {
            found.push(value);
        }
    }
    found
}

/// The value that begins so far behind its `=`, on a line that ends there.
fn value_at(text: &str, begin: usize, indent: usize, line_end: usize) -> Value {
    let start = begin + indent;
    let rest = text.get(start..).unwrap_or_default();
    if let Some(quote) = rest.chars().next().filter(|c| ['"', '\'', '`'].contains(c))
        && let Some(length) = closing(rest.get(1..).unwrap_or_default(), quote)
    {
        return Value { at: start + 1..start + 1 + length, is_quoted: true };
    }
    let line = text.get(start..line_end).unwrap_or_default();
    let comment = line.match_indices('#').map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).unwrap_or_default();
        if before.is_empty() { indent > 0 } else { before.ends_with([' ', '\t']) }
    });
    let value = line.get(..comment.unwrap_or(line.len())).unwrap_or_default().trim_end();
    // An empty one is directly behind its `=`, so that blanks and comment stay behind it.
    let start = if value.is_empty() { begin } else { start };
    Value { at: start..start + value.len(), is_quoted: false }
}

/// How far it is to the quote that closes.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' && quote == '"' {
            is_escaped = true;
        } else if c == quote {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::sink::file::fixture::changed;

    const PAT: &str = r#"{"name": "a", "kind": "env", "path": ".env", "key": "PAT"}"#;

    #[test]
    fn the_value_changes_and_nothing_else() {
        for (old, new) in [
            ("", "PAT=SECRET\n"),
            ("A=1", "A=1\nPAT=SECRET\n"),
            ("PAT=old\nA=1\n", "PAT=SECRET\nA=1\n"),
            ("PAT=\n", "PAT=SECRET\n"),
            ("PAT= # none\n", "PAT=SECRET # none\n"),
            ("PAT=#old\n", "PAT=SECRET\n"),
            ("export PAT = old # why\r\nA=1\r\n", "export PAT = SECRET # why\r\nA=1\r\n"),
            ("PAT='o#ld'  # why\n", "PAT='SECRET'  # why\n"),
            ("PAT=\"o\\\"l\nd\" # why\n", "PAT=\"SECRET\" # why\n"),
            ("PAT=a#b\n", "PAT=SECRET\n"),
            ("PAT=\"open\nA=1\n", "PAT=SECRET\nA=1\n"),
            ("# PAT=x\nA=1\n", "# PAT=x\nA=1\nPAT=SECRET\n"),
            ("K=\"a\nPAT=inside\n\"\n", "K=\"a\nPAT=inside\n\"\nPAT=SECRET\n"),
            ("PAT=a\nPAT=b\n", "PAT=SECRET\nPAT=SECRET\n"),
            ("MYPAT=a\nPATH=b\n", "MYPAT=a\nPATH=b\nPAT=SECRET\n"),
        ] {
            assert_eq!(changed(PAT, old), new, "{old}");
            assert_eq!(changed(PAT, new), new, "twice is once");
        }
    }

    #[test]
    fn a_header_is_quoted() {
        let header = PAT.replace('}', ", \"format\": \"header\"}");
        assert_eq!(changed(&header, ""), "PAT=\"SECRET\"\n");
        assert_eq!(changed(&header, "PAT=a\n"), "PAT=\"SECRET\"\n");
        assert_eq!(changed(&header, "PAT='a'\n"), "PAT='SECRET'\n");
    }

    #[test]
    fn the_usual_variable_is_that_of_the_azure_cli() {
        let usual = PAT.replace(", \"key\": \"PAT\"", "");
        assert_eq!(changed(&usual, ""), "AZURE_DEVOPS_EXT_PAT=SECRET\n");
    }
}
