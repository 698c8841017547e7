//! Changes to a text at certain places; all else stays as it is, byte for byte. The secret is not
//! part of a change: a mark stands for it, and so nothing that is shown can hold it.

use std::ops::Range;

use secrecy::zeroize::Zeroizing;

use crate::text;

/// Stands for the secret. No text that is changed has this character.
pub(super) const MARK: char = '\0';

/// What is shown for a secret.
const HIDDEN: &str = "***";

/// One change. What it replaces is a secret or nothing, and is never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    at: Range<usize>,
    new: String,
    /// What stands before the secret, to be shown; `None` for whole new lines.
    label: Option<String>,
}

impl Change {
    /// An old secret (with what belongs to it) goes, `new` comes.
    pub(super) fn replace(
        at: Range<usize>,
        new: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self { at, new: new.into(), label: Some(label.into()) }
    }

    /// The same, where all of it is the secret.
    pub(super) fn secret(at: Range<usize>, label: impl Into<String>) -> Self {
        Self::replace(at, MARK.to_string(), label)
    }

    /// Something goes that is no secret but must not be shown either, `new` comes.
    pub(super) fn splice(at: Range<usize>, new: impl Into<String>) -> Self {
        Self { at, new: new.into(), label: None }
    }

    pub(super) fn insert(at: usize, new: impl Into<String>) -> Self {
        Self { at: at..at, new: new.into(), label: None }
    }

    /// New lines at the end of the text.
    pub(super) fn append(text: &str, lines: &[String]) -> Self {
        let end = line_end(text);
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end };
        Self::insert(text.len(), format!("{gap}{}{end}", lines.join(end)))
    }
}

/// A line at this place, where the line above has ended if it could.
pub(super) fn first_in(text: &str, at: usize, line: &str) -> Change {
    let end = line_end(text);
    let is_open =
        text.get(..at).is_some_and(|before| !before.is_empty() && !before.ends_with('\n'));
    let gap = if is_open { end } else { "" };
    Change::insert(at, format!("{gap}{line}{end}"))
}

/// The kind of line end that the text has.
pub(super) fn line_end(text: &str) -> &'static str {
    let first = text.split_once('\n').map(|(line, _)| line);
    if first.is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
}

/// The number of the line in which this byte is.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// The lines of a text with where each begins, without what ends them.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line.trim_end_matches(['\n', '\r']))
    })
}

/// The text with all changes, the secret in the place of each mark.
pub(super) fn apply(text: &str, changes: &[Change], secret: &str) -> Zeroizing<String> {
    let mut sorted: Vec<_> = changes.iter().collect();
    sorted.sort_by_key(|change| (change.at.start, change.at.end));
    // As long as it can become at most, since growing would leave copies behind.
    let marks = |change: &&Change| change.new.matches(MARK).count() * secret.len();
    let room = sorted.iter().map(|change| change.new.len() + marks(change)).sum::<usize>();
    let mut new = Zeroizing::new(String::with_capacity(text.len() + room));
    let mut done = 0;
    for change in sorted {
        new.push_str(text.get(done..change.at.start).unwrap_or_default());
        for (number, part) in change.new.split(MARK).enumerate() {
            if number > 0 {
                new.push_str(secret);
            }
            new.push_str(part);
        }
        done = done.max(change.at.end);
    }
    new.push_str(text.get(done..).unwrap_or_default());
    new
}

/// The changes for people: a sign and a line each.
pub(super) fn difference(text: &str, changes: &[Change]) -> Vec<(char, String)> {
    let mut sorted: Vec<_> = changes.iter().collect();
    sorted.sort_by_key(|change| change.at.start);
    let mut shown = Vec::new();
    for change in sorted {
        let number = line_of(text, change.at.start);
        let masked = change.new.replace(MARK, HIDDEN);
        if let Some(label) = &change.label {
            let old = if change.at.is_empty() { "" } else { HIDDEN };
            shown.push(('-', line(number, &format!("{label}{old}"))));
            shown.push(('+', line(number, &format!("{label}{masked}"))));
        } else {
            let lines = masked.lines().filter(|text| !text.trim().is_empty());
            shown.extend(lines.map(|text| ('+', line(number, text))));
        }
    }
    shown
}

fn line(number: usize, text: &str) -> String {
    format!("{number:>4}  {}", text::cut(text, 200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_else_stays() {
        let text = "a=1\r\nb=old # why\r\n";
        let changes = [Change::append(text, &["c=\0".to_owned()]), Change::secret(7..10, "b=")];
        assert_eq!(*apply(text, &changes, "NEW"), "a=1\r\nb=NEW # why\r\nc=NEW\r\n");
        let shown = difference(text, &changes);
        let expected = [('-', "   2  b=***"), ('+', "   2  b=***"), ('+', "   3  c=***")];
        assert_eq!(shown, expected.map(|(sign, text)| (sign, text.to_owned())));
    }

    #[test]
    fn a_last_line_without_an_end_gets_one() {
        let change = |text| *apply(text, &[Change::append(text, &["b".to_owned()])], "") == *"";
        assert!(!change("a"));
        assert_eq!(*apply("a", &[Change::append("a", &["b".to_owned()])], ""), "a\nb\n");
        assert_eq!(*apply("", &[Change::append("", &["b".to_owned()])], ""), "b\n");
    }
}
