//! Files of sections and options as Python's `configparser` reads them: comments are whole lines,
//! and a value goes on over the lines below that are indented.

use std::ops::Range;

use super::{change, file::Wrong};

/// One `[section]`.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    /// Behind its line, where options can be put.
    pub(super) body: usize,
    pub(super) options: Vec<Setting<'a>>,
}

/// One option with the lines of its value, none of them empty.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    /// As it is written; it is compared without case.
    pub(super) key: &'a str,
    pub(super) at: usize,
    /// Behind the `=`, for a value that is empty.
    pub(super) begin: usize,
    pub(super) lines: Vec<(usize, &'a str)>,
}

impl Setting<'_> {
    pub(super) fn is(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    /// The whole value.
    pub(super) fn value(&self) -> Range<usize> {
        let start = self.lines.first().map_or(self.begin, |(at, _)| *at);
        start..self.end()
    }

    /// Where the value ends.
    pub(super) fn end(&self) -> usize {
        self.lines.last().map_or(self.begin, |(at, line)| at + line.len())
    }

    /// The words of the value with their places.
    pub(super) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines.iter().flat_map(|(start, line)| {
            line.split_whitespace().map(move |word| {
                // A word is a part of its line, so where it starts tells its place.
                (start + word.as_ptr().addr().saturating_sub(line.as_ptr().addr()), word)
            })
        })
    }
}

/// The sections. An indented line that goes on with nothing would go on with what is put there.
pub(super) fn sections(text: &str) -> Result<Vec<Section<'_>>, Wrong> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (at, line) in change::lines(text) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let last = sections.last_mut().and_then(|section| section.options.last_mut());
        if let Some(option) = last.filter(|_| indent > 0) {
            option.lines.push((at + indent, trimmed));
        } else if indent > 0 {
            return Err(Wrong::at(text, at, "it is indented, but goes on with nothing"));
        } else if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next())
        {
            let body = text.get(at..).and_then(|rest| rest.find('\n'));
            let body = body.map_or(text.len(), |end| at + end + 1);
            sections.push(Section { name, body, options: Vec::new() });
        } else if let (Some(section), Some(equals)) = (sections.last_mut(), line.find(['=', ':'])) {
            let value = line.get(equals + 1..).unwrap_or_default();
            let start = at + equals + 1 + (value.len() - value.trim_start().len());
            let lines = if value.trim().is_empty() { vec![] } else { vec![(start, value.trim())] };
            let key = line.get(..equals).unwrap_or_default().trim();
            section.options.push(Setting { key, at, begin: at + equals + 1, lines });
        }
    }
    Ok(sections)
}
