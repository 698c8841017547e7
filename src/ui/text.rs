//! Widths, cutting and wrapping, by what a terminal shows: graphemes and their columns.

use std::fmt::Write as _;

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

use crate::text::visible;

/// More characters than this in one grapheme are no writing but an attack on the layout.
const LONGEST_GRAPHEME: usize = 16;

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.graphemes(true).map(UnicodeWidthStr::width).sum()
    }
}

/// The text with everything that would not be seen made visible, at most `longest` characters of
/// it. Marks without a base character and piled up ones are shown by their numbers, because the
/// screen would drop them.
pub(super) fn shown(text: &str, longest: usize) -> String {
    let end = text.char_indices().nth(longest).map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or(text);
    let head_visible = visible(head);
    if head_visible.is_ascii() && end == text.len() {
        return head_visible.into_owned();
    }
    let mut out = String::with_capacity(head_visible.len());
    for grapheme in head_visible.graphemes(true) {
        // Writing to a String cannot fail.
        if grapheme.width() == 0 {
            for c in grapheme.chars() {
                write!(out, "‹U+{:04X}›", u32::from(c)).ok();
            }
        } else if grapheme.chars().nth(LONGEST_GRAPHEME).is_some() {
            out.extend(grapheme.chars().next());
            write!(out, "‹+{} marks›", grapheme.chars().count() - 1).ok();
        } else {
            out.push_str(grapheme);
        }
    }
    if end < text.len() {
        out.push('…');
    }
    out
}

/// Like [`shown`], for text whose blanks at the ends are meant: azpat's own, or being typed.
pub(super) fn inert(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let fenced = shown(&format!("|{text}|"), usize::MAX);
    fenced.get(1..fenced.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// The text, cut to `width` columns; what is cut ends in `ellipsis`.
pub(super) fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if self::width(text) <= width {
        return text.to_owned();
    }
    let tail = head(ellipsis, width);
    let mut out = head(text, width - self::width(&tail));
    out.push_str(&tail);
    out
}

/// As many graphemes as fit.
fn head(text: &str, width: usize) -> String {
    let mut left = width;
    let fits = text.graphemes(true).take_while(|grapheme| {
        let fits = grapheme.width() <= left;
        left = left.saturating_sub(grapheme.width());
        fits
    });
    fits.collect()
}

/// The text in exactly `width` columns, from the left or the right edge.
pub(super) fn pad(text: String, width: usize, is_right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(self::width(&text)));
    if is_right { blanks + &text } else { text + &blanks }
}

/// The line, cut to `width` columns. Its styles stay.
pub(super) fn cut_line(line: Line<'static>, width: usize, ellipsis: &str) -> Line<'static> {
    if line_width(&line) <= width {
        return line;
    }
    let tail = head(ellipsis, width);
    let mut left = width - self::width(&tail);
    let mut spans: Vec<Span<'static>> = Vec::with_capacity(line.spans.len());
    for span in line.spans {
        let fitting = head(&span.content, left);
        let is_whole = fitting.len() == span.content.len();
        left -= self::width(&fitting);
        let style = span.style;
        spans.push(Span::styled(fitting, style));
        if !is_whole {
            spans.push(Span::styled(tail, style));
            break;
        }
    }
    Line::from(spans)
}

pub(super) fn line_width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|span| width(&span.content)).sum()
}

/// The text in lines of at most `width` columns, broken at blanks, and inside words that are
/// longer than a line. Never empty.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split(' ') {
        let long = self::width(word);
        if used > 0 && used + 1 + long <= width {
            line.push(' ');
            used += 1;
        } else if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        for grapheme in word.graphemes(true) {
            if used > 0 && used + grapheme.width() > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += grapheme.width();
        }
    }
    lines.push(line);
    lines
}

/// A count with its thousands set apart: `1,203`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 token`, `1,203 tokens`.
pub(super) fn plural(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("release-bot", 11, "…"), "release-bot");
        assert_eq!(cut("release-bot", 8, "…"), "release…");
        assert_eq!(cut("夜間ビルド", 6, "…"), "夜間…");
        assert_eq!(cut("👩‍💻👩‍💻", 3, "…"), "👩‍💻…");
        assert_eq!(cut("release", 5, "..."), "re...");
        assert_eq!(cut("release", 2, "..."), "..");
    }

    #[test]
    fn wrapping_breaks_at_blanks_and_inside_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn marks_that_the_screen_would_drop_are_shown() {
        assert_eq!(shown("\u{301}a", 9), "‹U+0301›a");
        assert_eq!(shown("a\u{301}", 9), "a\u{301}");
        let pile = format!("a{}b", "\u{301}".repeat(99));
        assert_eq!(shown(&pile, 999), "a‹+99 marks›b");
        assert_eq!(shown("abcdef", 3), "abc…");
        assert_eq!(inert(" · \u{7} "), " · ‹U+0007› ");
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(plural(1, "token"), "1 token");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in "[ -~夜👩\u{200D}\u{301}é]{0,30}", room in 0_usize..20) {
            let text = shown(&text, usize::MAX);
            prop_assert!(width(&cut(&text, room, "…")) <= room);
            let line = Line::from(vec![Span::raw(text.clone()), Span::raw("tail")]);
            prop_assert!(line_width(&cut_line(line, room, "...")) <= room);
            for line in wrap(&text, room.max(2)) {
                prop_assert!(width(&line) <= room.max(2));
            }
        }
    }
}
