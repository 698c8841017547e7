//! A line of text that is being typed.

use tui_input::Input;

use super::text;

/// What of a text field is shown, and where its cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) text: String,
    /// Columns from the left edge of the field.
    pub(super) cursor: usize,
}

/// The part of the typed text around the cursor that fits into `width` columns.
pub(super) fn field(input: &Input, width: usize) -> Field {
    let whole = text::inert(input.value());
    let before: String = input.value().chars().take(input.cursor()).collect();
    let cursor = text::width(&text::inert(&before));
    // One column stays for the cursor behind the last character.
    let skipped = (cursor + 1).saturating_sub(width);
    let mut at = 0;
    let mut shown = String::new();
    for grapheme in unicode_segmentation::UnicodeSegmentation::graphemes(whole.as_str(), true) {
        let columns = text::width(grapheme);
        if at >= skipped && at + columns <= skipped + width {
            shown.push_str(grapheme);
        } else if at + columns > skipped && at < skipped {
            // Half of a wide character is left: keep its place.
            shown.push(' ');
        }
        at += columns;
    }
    Field { text: shown, cursor: cursor.saturating_sub(skipped) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &Input, width: usize, text: &str, cursor: usize) {
        assert_eq!(field(input, width), Field { text: text.to_owned(), cursor });
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        check(&"".into(), 5, "", 0);
        check(&"abc ".into(), 5, "abc ", 4);
        check(&"abcdefgh".into(), 5, "efgh", 4);
        check(&Input::from("abcdefgh").with_cursor(0), 5, "abcde", 0);
        check(&"夜間".into(), 5, "夜間", 4);
        check(&"夜間夜".into(), 4, " 夜", 3);
        check(&"a\u{7}".into(), 10, "a‹U+0007›", 9);
    }
}
