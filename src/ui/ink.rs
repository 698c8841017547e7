//! How azpat writes on this terminal: its styles, its characters, and the one way from any text
//! to a span. Nothing reaches the screen without passing here.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use ratatui::{
    style::Style,
    symbols::{border, line},
    text::Span,
};

use super::{
    text,
    theme::{Role, Theme},
};
use crate::{
    pat::{Pat, Status},
    state::State,
    text::{Untrusted, visible},
};

/// The characters that azpat draws itself.
#[derive(Debug)]
pub(super) struct Glyphs {
    pub(super) selection: &'static str,
    pub(super) mark: &'static str,
    pub(super) critical: &'static str,
    pub(super) expiring: &'static str,
    pub(super) global: &'static str,
    pub(super) expired: &'static str,
    pub(super) revoked: &'static str,
    /// Stands for a character of a secret.
    pub(super) covered: &'static str,
    pub(super) done: &'static str,
    pub(super) to_come: &'static str,
    pub(super) failed: &'static str,
    pub(super) up: &'static str,
    pub(super) down: &'static str,
    pub(super) key_up: &'static str,
    pub(super) key_down: &'static str,
    pub(super) left: &'static str,
    pub(super) right: &'static str,
    pub(super) ellipsis: &'static str,
    pub(super) separator: &'static str,
    pub(super) vertical: &'static str,
    /// The line between two panes while the lower or right one has the keyboard.
    pub(super) heavy_vertical: &'static str,
    pub(super) heavy_rule: &'static str,
    /// The rule between the parts of the screen, and its form while nothing is real.
    rule: &'static str,
    test_rule: &'static str,
    border: border::Set<'static>,
    test_border: border::Set<'static>,
    spinner: &'static [&'static str],
    /// A bar's last cell, from empty to full. Thin, so that the bars of a list do not melt into
    /// one block that is louder than the days beside it.
    gauge: &'static [&'static str],
}

const UNICODE: Glyphs = Glyphs {
    selection: "▌",
    mark: "●",
    critical: "!",
    expiring: "▲",
    global: "◆",
    expired: "✕",
    revoked: "–",
    covered: "•",
    done: "✓",
    to_come: "·",
    failed: "✕",
    up: "↑",
    down: "↓",
    key_up: "↑",
    key_down: "↓",
    left: "←",
    right: "→",
    ellipsis: "…",
    separator: " · ",
    vertical: line::VERTICAL,
    heavy_vertical: line::THICK_VERTICAL,
    heavy_rule: line::THICK_HORIZONTAL,
    rule: line::HORIZONTAL,
    test_rule: line::DOUBLE_HORIZONTAL,
    border: border::ROUNDED,
    test_border: border::DOUBLE,
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    gauge: &["", "╸", "━"],
};

const ASCII: Glyphs = Glyphs {
    selection: ">",
    mark: "*",
    critical: "!",
    expiring: "^",
    global: "o",
    expired: "x",
    revoked: "-",
    covered: "*",
    done: "+",
    to_come: ".",
    failed: "x",
    up: "^",
    down: "v",
    key_up: "Up",
    key_down: "Down",
    left: "Left",
    right: "Right",
    ellipsis: "...",
    separator: " - ",
    vertical: "|",
    heavy_vertical: "#",
    heavy_rule: "#",
    rule: "-",
    test_rule: "=",
    border: ascii_border("-"),
    test_border: ascii_border("="),
    spinner: &["|", "/", "-", "\\"],
    gauge: &["", "="],
};

const fn ascii_border(horizontal: &'static str) -> border::Set<'static> {
    border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: horizontal,
        horizontal_bottom: horizontal,
    }
}

/// Names longer than this are cut before anything else looks at them.
const LONGEST: usize = 512;

/// Styles and characters for one frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    theme: Theme,
    pub(super) glyphs: &'static Glyphs,
    has_unicode: bool,
    is_test_service: bool,
    now: DateTime<Utc>,
}

impl Ink {
    pub(super) fn of(state: &State) -> Self {
        let look = state.setting.look;
        let connection = state.session.connection();
        Self {
            theme: Theme { has_colour: look.has_colour },
            glyphs: if look.has_unicode { &UNICODE } else { &ASCII },
            has_unicode: look.has_unicode,
            is_test_service: connection.is_some_and(|connection| connection.is_test_service),
            now: state.clock.local,
        }
    }

    /// Whether a QR code can be drawn so that a camera reads it.
    pub(super) fn can_draw_squares(self) -> bool {
        self.has_unicode && self.theme.has_colour
    }

    pub(super) fn style(self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Text that azpat wrote, or that was made visible where it came in.
    pub(super) fn span(self, role: Role, text: &str) -> Span<'static> {
        Span::styled(self.own(text), self.style(role))
    }

    /// azpat's own words, in the characters of this terminal. Made inert once more: a text that
    /// slipped through elsewhere stops here.
    pub(super) fn own(self, text: &str) -> String {
        if self.has_unicode || text.is_ascii() {
            return text::inert(text);
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '…' => out.push_str("..."),
                '·' | '–' => out.push('-'),
                '→' => out.push_str("->"),
                '‹' => out.push('<'),
                '›' => out.push('>'),
                c => out.push(c),
            }
        }
        text::inert(&out)
    }

    /// Somebody else's text with everything invisible made visible.
    pub(super) fn data(self, text: &Untrusted) -> String {
        let shown = text::shown(text.raw(), LONGEST);
        if self.has_unicode || shown.is_ascii() {
            return shown;
        }
        // The marks are azpat's own; they must stay different from what they could be taken for.
        let shown = text::shown(&text.raw().replace('·', "‹U+00B7›"), LONGEST);
        shown.replace('‹', "<").replace('›', ">").replace('·', "<U+0020>").replace('…', "...")
    }

    pub(super) fn scopes(self, pat: &Pat) -> String {
        self.own(&visible(&crate::pat::scope::words(&pat.scope)))
    }

    pub(super) fn cut(self, text: &str, width: usize) -> String {
        text::cut(text, width, self.glyphs.ellipsis)
    }

    pub(super) fn spinner(self) -> &'static str {
        let frames = self.glyphs.spinner;
        let at = self.now.timestamp_millis().div_euclid(125);
        let at = at.rem_euclid(i64::try_from(frames.len()).unwrap_or(1));
        usize::try_from(at).ok().and_then(|at| frames.get(at)).copied().unwrap_or_default()
    }

    pub(super) fn rule(self) -> Span<'static> {
        let glyph = if self.is_test_service { self.glyphs.test_rule } else { self.glyphs.rule };
        Span::styled(glyph, self.border_style())
    }

    pub(super) fn border(self) -> border::Set<'static> {
        if self.is_test_service { self.glyphs.test_border } else { self.glyphs.border }
    }

    pub(super) fn border_style(self) -> Style {
        self.style(if self.is_test_service { Role::TestService } else { Role::Border })
    }

    /// A bar of `width` cells of which `share` (0 to 1) is filled.
    pub(super) fn bar(self, share: f64, width: u32) -> String {
        let steps = u32::try_from(self.glyphs.gauge.len()).unwrap_or(1).saturating_sub(1).max(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a few cells, clamped to them"
        )]
        let filled = (share.clamp(0.0, 1.0) * f64::from(width * steps)).round() as u32;
        let full = self.glyphs.gauge.last().copied().unwrap_or_default();
        let rest = usize::try_from(filled % steps).unwrap_or_default();
        let rest = self.glyphs.gauge.get(rest).copied().unwrap_or_default();
        full.repeat(usize::try_from(filled / steps).unwrap_or_default()) + rest
    }

    /// The character of a token's state; a living global token has its own.
    pub(super) fn status(self, pat: &Pat, status: Status) -> Span<'static> {
        let glyphs = self.glyphs;
        let (role, glyph) = match status {
            Status::Critical => (Role::Critical, glyphs.critical),
            Status::Expiring => (Role::Warning, glyphs.expiring),
            Status::Active if pat.is_global() => (Role::Warning, glyphs.global),
            Status::Active => (Role::Text, " "),
            Status::Expired => (Role::Dead, glyphs.expired),
            Status::Revoked => (Role::Dead, glyphs.revoked),
        };
        Span::styled(Cow::Borrowed(glyph), self.style(role))
    }
}
