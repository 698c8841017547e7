//! Text from outside, made visible before it reaches a screen, a log or a message.

#[cfg(test)]
pub(crate) mod hostile;

use std::{borrow::Cow, fmt, fmt::Write as _};

/// Text that somebody else wrote (a name, an error message). `Display` and `Debug` show it escaped;
/// only [`Untrusted::raw`] gives the original, for sending it back or for JSON.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Untrusted(Box<str>);

impl Untrusted {
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text as it came. Never for a terminal.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The text with everything invisible made visible.
    pub fn visible(&self) -> Cow<'_, str> {
        visible(&self.0)
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.visible())
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.visible())
    }
}

/// What stands for itself in the middle of a text, and not at its ends.
const PADDING: [char; 2] = [' ', '·'];

/// Replaces control, bidirectional, zero-width and tag characters by a mark such as `‹U+202E›`,
/// and blanks at the ends by `·` (a `·` that was there by a mark), so that texts that differ look
/// different.
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_padded = text.starts_with(PADDING) || text.ends_with(PADDING);
    if !is_padded && !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let start = text.len() - text.trim_start_matches(PADDING).len();
    let end = text.trim_end_matches(PADDING).len();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        let is_at_end = at < start || at >= end;
        let is_mark = is_at_end && c == '·';
        if is_at_end && c == ' ' {
            out.push('·');
        } else if is_mark || is_invisible(c) && !is_joined_emoji(before, c, after) {
            // Writing to a String cannot fail.
            write!(out, "‹U+{:04X}›", u32::from(c)).ok();
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(out)
}

/// The text visible and cut to at most `most` characters, for messages.
pub fn cut(text: &str, most: usize) -> String {
    let mut chars = text.trim().chars();
    let head: String = chars.by_ref().take(most).collect();
    let mut cut = visible(&head).into_owned();
    if chars.next().is_some() {
        cut.push('…');
    }
    cut
}

/// Whether a character draws nothing, moves the cursor or reorders its neighbours.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A joiner or an emoji style mark between the parts of one emoji belongs to it.
fn is_joined_emoji(before: Option<char>, c: char, after: Option<char>) -> bool {
    let pictographic = |c: char| matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}');
    match c {
        '\u{FE0F}' => before.is_some_and(pictographic),
        '\u{200D}' => {
            before.is_some_and(|b| pictographic(b) || b == '\u{FE0F}')
                && after.is_some_and(pictographic)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_text_is_untouched() {
        for text in ["release-bot", "夜間ビルド", "بناء ليلي", "👩‍💻 laptop", "⚙️ build", "naïve"]
        {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn look_alikes_look_different() {
        assert_eq!(visible("pr\u{200B}od"), "pr‹U+200B›od");
        assert_eq!(visible("pr\u{202E}od"), "pr‹U+202E›od");
        assert_eq!(visible("pr\u{AD}od"), "pr‹U+00AD›od");
        assert_eq!(visible("a\nb"), "a‹U+000A›b");
        assert_eq!(visible("\u{1b}[31mred\u{7}"), "‹U+001B›[31mred‹U+0007›");
        assert_eq!(visible("prod "), "prod·");
        assert_eq!(visible("  "), "··");
        assert_eq!(visible("prod·"), "prod‹U+00B7›");
        assert_eq!(visible("prod· "), "prod‹U+00B7›·");
        assert_eq!(visible("a · b"), "a · b");
        assert_eq!(visible("a\u{200D}b"), "a‹U+200D›b");
    }

    #[test]
    fn every_control_character_is_marked() {
        for c in (0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32) {
            assert_eq!(visible(&c.to_string()), format!("‹U+{:04X}›", u32::from(c)));
        }
    }

    /// All there are, in the middle of a text: 1.1 million.
    #[test]
    fn every_character_is_shown_as_it_is_or_by_its_number() {
        let mut marked = 0;
        for c in '\0'..=char::MAX {
            let text = format!("a{c}b");
            let shown = visible(&text);
            if is_invisible(c) {
                marked += 1;
                assert_eq!(shown, format!("a‹U+{:04X}›b", u32::from(c)));
                assert_eq!(visible(&shown), shown);
            } else {
                assert!(matches!(shown, Cow::Borrowed(_)) && !c.is_control(), "{c:?}");
            }
        }
        assert!(marked > 4_000, "{marked}");
    }

    /// How many random texts there are; a million at night (`AZPAT_CASES`).
    fn cases() -> u32 {
        std::env::var("AZPAT_CASES").map_or(10_000, |count| count.parse().unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(cases()))]

        #[test]
        fn nothing_invisible_is_left_and_inside_a_text_twice_is_once(text in any::<String>()) {
            let once = visible(&text).into_owned();
            prop_assert!(!once.chars().any(char::is_control));
            let around = format!("|{once}|");
            prop_assert_eq!(visible(&around), around.as_str());
        }

        #[test]
        fn texts_that_differ_look_different(
            a in "[ ·a\u{200B}\u{202E}\u{7}]{0,4}",
            b in "[ ·a\u{200B}\u{202E}\u{7}]{0,4}",
        ) {
            prop_assert_eq!(a == b, visible(&a) == visible(&b));
        }
    }
}
