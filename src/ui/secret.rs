//! The secret of a new token: covered unless its owner asks, with what can be done with it. The
//! only place that draws a secret.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{
    delivering,
    dialog::{self, Place},
    field::field,
    ink::Ink,
    put,
    steps::{self, Sign, Steps},
    text::{self, wrap},
    theme::Role,
};
use crate::{
    desktop::Clipboard,
    operations::Creation,
    state::{
        State,
        custody::{Choice, Held, Leaving, NewFile, Page, delivering::Place as Kept},
    },
    when,
};

const WIDTH: usize = 66;

/// Returns where the cursor of the file's name is.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) -> Option<Position> {
    let width = WIDTH.min(usize::from(area.width).saturating_sub(4)).max(1);
    let mut sheet = Sheet::new(ink, width);
    let Some(held) = state.custody.held.as_ref() else {
        making(buffer, area, state, sheet);
        return None;
    };
    match &held.page {
        Page::Secret => sheet.secret(state, held),
        Page::File(file) => sheet.file(file),
        Page::Deliver => {
            delivering::draw(buffer, area, state, held, ink);
            return None;
        }
        Page::Leaving(leaving) => sheet.leaving(held, *leaving),
        Page::Revoking { .. } => sheet.revoking(held),
    }
    // Air is the first thing that a small screen does without.
    let most = usize::from(area.height).saturating_sub(2);
    if sheet.lines.len() > most {
        sheet.lines.retain(|(_, line)| text::line_width(line) > 0);
    }
    // Then what is good to know; the rest has to stay.
    while sheet.lines.len() > most
        && let Some(at) = sheet.lines.iter().rposition(|(is_needed, _)| !is_needed)
    {
        sheet.lines.remove(at);
        sheet.cursor = sheet.cursor.map(|(line, column)| (line - usize::from(at < line), column));
    }
    let place = dialog::place(area, (width, sheet.lines.len()));
    dialog::frame(buffer, place, ink, &title(ink, held));
    for (at, (_, line)) in sheet.lines.iter().enumerate() {
        put(buffer, place.inner, at, line.clone());
    }
    position(place, sheet.cursor?)
}

/// The token is not here yet.
fn making(buffer: &mut Buffer, area: Rect, state: &State, mut sheet: Sheet) {
    let ink = sheet.ink;
    steps::list(&mut sheet, &steps::making(&state.custody));
    let place = dialog::place(area, (sheet.width, sheet.lines.len()));
    let title = match &state.custody.replaces {
        Some(old) => format!("Rotating {}", ink.cut(&ink.data(&old.name), 40)),
        None => "Making the token".to_owned(),
    };
    dialog::frame(buffer, place, ink, &title);
    for (at, line) in sheet.into_lines().into_iter().enumerate() {
        put(buffer, place.inner, at, line);
    }
}

fn position(Place { inner, .. }: Place, (line, column): (usize, usize)) -> Option<Position> {
    let (line, column) = (u16::try_from(line).ok()?, u16::try_from(column).ok()?);
    let is_inside = line < inner.height && column < inner.width;
    is_inside.then(|| Position::new(inner.x + column, inner.y + line))
}

fn title(ink: Ink, held: &Held) -> String {
    let name = ink.cut(&ink.data(&held.creation.pat.name), 32);
    match held.page {
        Page::Secret | Page::Deliver if held.old.is_some() => {
            format!("{name}: its new secret, shown this once")
        }
        Page::Secret | Page::Deliver => format!("{name}: its secret is shown this once"),
        Page::File(_) => format!("{name}: save its secret"),
        Page::Leaving(_) => "Leave without the secret?".to_owned(),
        Page::Revoking { .. } => "Taking it back".to_owned(),
    }
}

/// Lines in the making; each with whether it has to stay.
pub(super) struct Sheet {
    pub(super) ink: Ink,
    pub(super) width: usize,
    lines: Vec<(bool, Line<'static>)>,
    cursor: Option<(usize, usize)>,
}

impl Sheet {
    pub(super) fn new(ink: Ink, width: usize) -> Self {
        Self { ink, width, lines: Vec::new(), cursor: None }
    }

    pub(super) fn into_lines(self) -> Vec<Line<'static>> {
        self.lines.into_iter().map(|(_, line)| line).collect()
    }

    pub(super) fn line(&mut self, line: Line<'static>) {
        self.lines.push((true, line));
    }

    pub(super) fn say(&mut self, is_needed: bool, role: Role, text: &str) {
        for line in wrap(&self.ink.own(text), self.width) {
            self.lines.push((is_needed, Line::from(self.ink.span(role, &line))));
        }
    }

    pub(super) fn air(&mut self) {
        self.lines.push((false, Line::default()));
    }

    pub(super) fn marked(&mut self, role: Role, glyph: &str, text: &str) {
        let wrapped = wrap(&self.ink.own(text), self.width.saturating_sub(2));
        for (at, line) in wrapped.iter().enumerate() {
            let glyph = self.ink.span(role, if at == 0 { glyph } else { " " });
            let spans = vec![glyph, Span::raw(" "), self.ink.span(Role::Text, line)];
            self.lines.push((true, Line::from(spans)));
        }
    }

    fn secret(&mut self, state: &State, held: &Held) {
        let now = state.clock.local;
        let secret = held.creation.secret.expose();
        let shown = held.shown_until(now);
        let ink = self.ink;
        let covered = ink.glyphs.covered.repeat(secret.chars().count());
        // As many lines either way, so that nothing moves.
        let text = if shown.is_some() { secret } else { &covered };
        for line in wrap(&text::inert(text), self.width) {
            self.lines.push((true, Line::from(Span::styled(line, ink.style(Role::Strong)))));
        }
        self.air();
        for place in &held.places {
            let text = match place {
                Kept::File(path) => format!("saved in {}", path.display()),
                Kept::Sink(target) => format!("delivered to {target}"),
            };
            self.marked(Role::Ok, ink.glyphs.done, &text);
        }
        self.copied(state, held);
        if held.places.is_empty() && held.copied.is_none() {
            self.marked(Role::Warning, ink.glyphs.expiring, "not delivered yet");
        }
        self.granted(state, &held.creation);
        if let Some(old) = &held.old {
            let text = if held.is_delivered() {
                "is revoked when this closes, after a moment to take that back"
            } else {
                "lives on until the new secret is in its place"
            };
            self.say(true, Role::Text, &format!("The old one (id …{}) {text}.", old.id.tail()));
            self.air();
            self.steps(&steps::held(held));
        }
        self.air();
        let show = match shown {
            Some(until) => format!("hide ({})", when::countdown(until - now)),
            None => "show for 30 s".to_owned(),
        };
        self.keys(&[
            ("y", "copy"),
            ("d", "deliver…"),
            ("s", "save…"),
            ("v", &show),
            ("Esc", "close"),
        ]);
    }

    /// On which clipboard it is, and for how long.
    fn copied(&mut self, state: &State, held: &Held) {
        let Some(way) = held.copied else { return };
        let until = state.clipboard.secret_until;
        let rest = match until.map(|until| until - state.clock.local) {
            Some(left) => format!("cleared in {}", when::countdown(left)),
            None => "cleared again".to_owned(),
        };
        let glyphs = self.ink.glyphs;
        match way {
            Clipboard::System => self.marked(Role::Ok, glyphs.done, &format!("copied; {rest}")),
            Clipboard::Terminal => {
                let text =
                    format!("given to the terminal; whether it copied it is not known; {rest}");
                self.marked(Role::Warning, glyphs.expiring, &text);
            }
        }
    }

    /// What the token is, and whether it is less than was asked for.
    fn granted(&mut self, state: &State, creation: &Creation) {
        let (pat, zone, ink) = (&creation.pat, state.setting.zone, self.ink);
        let ends = when::day(pat.valid_to, zone);
        if creation.is_shortened() {
            let text = format!(
                "ends {ends}, not {}: a policy of {} or its tenant",
                when::day(creation.requested, zone),
                pat.organization
            );
            self.marked(Role::Warning, ink.glyphs.expiring, &text);
        }
        let text = format!("{}{}until {ends}", pat.organization, ink.glyphs.separator);
        self.say(false, Role::Dim, &text);
        self.say(false, Role::Dim, &ink.cut(&ink.scopes(pat), self.width * 3));
    }

    /// Beside each other, as far as they fit.
    pub(super) fn keys(&mut self, keys: &[(&str, &str)]) {
        let ink = self.ink;
        let pairs =
            keys.iter().map(|(key, text)| (ink.span(Role::Strong, key), ink.span(Role::Dim, text)));
        self.beside(true, pairs);
    }

    /// What was done and what is to come, beside each other.
    fn steps(&mut self, steps: &Steps) {
        let (ink, width) = (self.ink, self.width);
        let pairs = steps.iter().map(|(sign, text)| {
            let (role, glyph) = sign.mark(ink);
            let words = if *sign == Sign::ToCome { Role::Dim } else { Role::Text };
            let text = ink.cut(&ink.own(text), width.saturating_sub(2));
            (ink.span(role, glyph), ink.span(words, &text))
        });
        self.beside(false, pairs);
    }

    /// Pairs beside each other, as far as they fit.
    fn beside(
        &mut self,
        is_needed: bool,
        pairs: impl Iterator<Item = (Span<'static>, Span<'static>)>,
    ) {
        let (mut spans, mut used) = (Vec::new(), 0);
        for (first, second) in pairs {
            let wanted = first.width() + 1 + second.width();
            if used > 0 && used + 3 + wanted > self.width {
                self.lines.push((is_needed, Line::from(std::mem::take(&mut spans))));
                used = 0;
            }
            if used > 0 {
                spans.push(Span::raw("   "));
                used += 3;
            }
            spans.extend([first, Span::raw(" "), second]);
            used += wanted;
        }
        self.lines.push((is_needed, Line::from(spans)));
    }

    fn file(&mut self, file: &NewFile) {
        let ink = self.ink;
        self.say(false, Role::Text, "A new file, which only you can read:");
        let shown = field(&file.path, self.width.saturating_sub(3));
        self.cursor = file.order.is_none().then_some((self.lines.len(), 2 + shown.cursor));
        let line = vec![ink.span(Role::Accent, "> "), Span::raw(shown.text)];
        self.lines.push((true, Line::from(line)));
        if let Some(failure) = &file.failure {
            let hint = failure.hint.as_ref().map(|hint| format!("{}{hint}", ink.glyphs.separator));
            let text = format!("{failure}{}", hint.unwrap_or_default());
            self.marked(Role::Critical, ink.glyphs.failed, &text);
        }
        self.air();
        self.keys(&[("Enter", "saves"), ("Esc", "back")]);
    }

    fn leaving(&mut self, held: &Held, leaving: Leaving) {
        let name = self.ink.cut(&self.ink.data(&held.creation.pat.name), self.width);
        self.say(true, Role::Strong, &name);
        self.say(true, Role::Text, "Its secret is nowhere yet.");
        self.say(false, Role::Text, "Once this closes, nobody can get it any more.");
        self.air();
        let text = match leaving.choice {
            Choice::Stay => "Back to the secret, to copy or save it.",
            Choice::Revoke => "The token is taken back. Nothing is left behind.",
            Choice::Discard => "The token lives on until it ends, of use to nobody.",
        };
        self.say(true, Role::Dim, text);
        let labels = ["Back", "Revoke it", "Discard"];
        let spans = Choice::ALL.iter().zip(labels).flat_map(|(choice, label)| {
            button(self.ink, label, *choice == leaving.choice, *choice != Choice::Stay)
        });
        self.lines.push((true, Line::from(spans.collect::<Vec<_>>())));
    }

    fn revoking(&mut self, held: &Held) {
        let name = self.ink.cut(&self.ink.data(&held.creation.pat.name), self.width);
        self.say(true, Role::Strong, &name);
        let text = format!(" {} is being asked to revoke it", held.creation.pat.organization);
        let spinner = self.ink.span(Role::Accent, self.ink.spinner());
        self.lines.push((true, Line::from(vec![spinner, self.ink.span(Role::Text, &text)])));
        self.say(false, Role::Dim, "The secret is kept until that is confirmed.");
    }
}

fn button(ink: Ink, label: &str, has_focus: bool, is_final: bool) -> Vec<Span<'static>> {
    if !has_focus {
        return vec![ink.span(Role::Text, &format!("  {label}  "))];
    }
    let role = if is_final { Role::Critical } else { Role::Strong };
    let bracket = |text| ink.span(Role::Accent, text);
    vec![bracket("[ "), ink.span(role, label), bracket(" ]")]
}
