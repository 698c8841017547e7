//! The dialog while a person signs in: what to do, for how long, and what was tried before. Code
//! and address come from the network: they are cut and escaped like every text from there.

use chrono::{DateTime, Utc};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    dialog::{self, Place},
    ink::Ink,
    layout::{dialogs, screen},
    qr::Qr,
    scroll,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    failure::Failure,
    identity::Tenant,
    state::{State, mode::sign_in::Prompt},
    text::Untrusted,
    when,
};

const WIDTH: usize = 66;
/// Beside a square, text that is narrower than this is no pleasure to read.
const NARROWEST: usize = 36;
/// More than this no address and no code needs.
const LONGEST: usize = 2_000;
const LONGEST_CODE: usize = 40;

/// All of the dialog at its size. What does not fit is scrolled.
struct Content {
    lines: Vec<Line<'static>>,
    place: Place,
    square: Option<(Qr, (usize, usize))>,
}

/// How many lines the text has, and how many of them fit.
pub fn extent(state: &State) -> (usize, usize) {
    let content = content(state, Ink::of(state), dialogs(screen(state)));
    content.map_or((0, 0), |content| (content.lines.len(), content.place.inner.height.into()))
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) {
    let (Some(prompt), Some(content)) = (&state.sign_in.prompt, content(state, ink, area)) else {
        return;
    };
    let Content { lines, place, square } = content;
    let mut scroll = state.sign_in.scroll;
    scroll.fit(lines.len(), place.inner.height.into());
    dialog::frame(buffer, place, ink, &title(state, ink, prompt));
    scroll::draw(buffer, place.inner, lines, scroll);
    if let Some(sign) = scroll::sign(ink, scroll) {
        dialog::note(buffer, place, ink, &sign);
    }
    if let Some((qr, corner)) = square {
        qr.draw(buffer, place.inner, corner);
    }
}

/// What it is, and how long it waits: in sight however much is scrolled.
fn title(state: &State, ink: Ink, prompt: &Prompt) -> String {
    let (what, ends): (_, Option<DateTime<Utc>>) = match prompt {
        Prompt::Coming(_) => ("Sign in", None),
        Prompt::Browser { ends, .. } => ("Sign in with the browser", Some(*ends)),
        Prompt::DeviceCode { ends, .. } => ("Sign in with a code", Some(*ends)),
    };
    let Some(left) = ends.map(|ends| ends - state.clock.local) else { return what.to_owned() };
    let left = if left > chrono::TimeDelta::zero() {
        format!("{} left", when::countdown(left))
    } else {
        "time is over".to_owned()
    };
    format!("{what}{}{left}", ink.glyphs.separator)
}

fn content(state: &State, ink: Ink, area: Rect) -> Option<Content> {
    let prompt = state.sign_in.prompt.as_ref()?;
    let most = usize::from(area.width).saturating_sub(4).max(1);
    let height = usize::from(area.height).saturating_sub(2).max(1);
    let qr = square(ink, prompt);
    let beside = |qr: &Qr| most >= NARROWEST + 2 + qr.width() && height >= qr.height();
    let width = match &qr {
        Some(qr) if beside(qr) => WIDTH.min(most - 2 - qr.width()),
        _ => WIDTH.min(most),
    };
    let lines = text(state, ink, prompt, width, height);
    let used = lines.len();
    let (size, square) = match qr {
        Some(qr) if beside(&qr) => {
            let size = (width + 2 + qr.width(), used.max(qr.height()));
            (size, Some((qr, (width + 2, 0))))
        }
        Some(qr) if most >= qr.width() && height > used + qr.height() => {
            let size = (width.max(qr.width()), used + 1 + qr.height());
            (size, Some((qr, (0, used + 1))))
        }
        _ => ((width, used), None),
    };
    Some(Content { lines, place: dialog::place(area, size), square })
}

/// The address of the code's page. That of the browser leads back to this computer: a phone that
/// opened it would end nowhere.
fn square(ink: Ink, prompt: &Prompt) -> Option<Qr> {
    match prompt {
        Prompt::DeviceCode { address, .. } if ink.can_draw_squares() => Qr::of(address.as_str()),
        Prompt::DeviceCode { .. } | Prompt::Browser { .. } | Prompt::Coming(_) => None,
    }
}

/// All the text. What only makes it pleasant goes first where there is no room.
fn text(
    state: &State,
    ink: Ink,
    prompt: &Prompt,
    width: usize,
    height: usize,
) -> Vec<Line<'static>> {
    let mut page = Page { ink, width, lines: Vec::new() };
    if let Some((why, since)) = &state.sign_in.offline {
        let since = when::time(*since, state.setting.zone);
        let text = format!("No way to Entra since {since}; azpat keeps trying: {why}");
        page.say(Role::Strong, &text);
        page.air();
    }
    match prompt {
        Prompt::Coming(way) => {
            page.say(Role::Text, &format!("{} asking for {way}…", ink.spinner()));
        }
        Prompt::Browser { address, port, opened, .. } => {
            page.browser(address.as_str(), *port, opened.as_ref());
        }
        Prompt::DeviceCode { code, address, tenant, .. } => {
            page.code(code, address.as_str());
            page.air();
            page.say(Role::Text, &format!("azpat signs in to {}.", whose(state, ink, tenant)));
            page.say(Role::Strong, "Continue only if you began this.");
        }
    }
    page.air();
    for (way, why) in &state.sign_in.skipped {
        page.say(Role::Dim, &format!("not with {way}: {}", why.why));
    }
    while page.lines.last().is_some_and(|(_, line)| line.spans.is_empty()) {
        page.lines.pop();
    }
    let is_long = page.lines.len() > height;
    let lines = page.lines.into_iter().filter(|(is_air, _)| !is_long || !is_air);
    lines.map(|(_, line)| line).collect()
}

/// The tenant in words that a person knows it by.
fn whose(state: &State, ink: Ink, tenant: &Tenant) -> String {
    let mut accounts = state.session.accounts().iter().filter_map(|known| known.identity.as_ref());
    let known = accounts.find(|identity| Some(identity.id.tenant) == tenant.id());
    match known.map(|identity| ink.data(identity.shown())).filter(|name| !name.is_empty()) {
        Some(name) => format!("the tenant of {}", ink.cut(&name, 80)),
        None => tenant.in_words(),
    }
}

struct Page {
    ink: Ink,
    width: usize,
    /// Each with whether a small screen does without it.
    lines: Vec<(bool, Line<'static>)>,
}

impl Page {
    fn say(&mut self, role: Role, text: &str) {
        let wrapped = wrap(&self.ink.own(text), self.width);
        let lines = wrapped.iter().map(|line| (false, Line::from(self.ink.span(role, line))));
        self.lines.extend(lines);
    }

    fn air(&mut self) {
        self.lines.push((true, Line::default()));
    }

    fn browser(&mut self, address: &str, port: u16, opened: Option<&Result<(), Failure>>) {
        match opened {
            None => self.say(Role::Dim, "The browser is being asked to open this address:"),
            Some(Ok(())) => self.say(Role::Text, "The browser was asked to open this address:"),
            Some(Err(failure)) => {
                let text = format!("No browser was opened here: {}.", failure.why);
                self.say(Role::Text, &text);
                self.say(Role::Text, "Press d for a code that needs no browser here. Or run");
                let forward = format!("ssh -L {port}:localhost:{port} HOST");
                self.say(Role::Strong, &forward);
                self.say(Role::Text, "on your own computer, and open this address there:");
            }
        }
        self.air();
        self.say(Role::Text, &text::shown(address, LONGEST));
    }

    fn code(&mut self, code: &Untrusted, address: &str) {
        self.say(Role::Text, "On any device, open");
        self.say(Role::Strong, &text::shown(address, LONGEST));
        self.say(Role::Text, "and enter this code (y copies it):");
        let code = text::shown(code.raw(), LONGEST_CODE);
        let large = spaced(&code);
        let large = if text::width(&large) + 6 <= self.width { large } else { code };
        if text::width(&large) + 6 > self.width {
            self.say(Role::Strong, &large);
            return;
        }
        let (ink, border) = (self.ink, self.ink.border());
        let edge = |left: &str, line: &str, right: &str| {
            let line = line.repeat(text::width(&large) + 4);
            Line::from(Span::styled(format!("{left}{line}{right}"), ink.border_style()))
        };
        let side = || Span::styled(border.vertical_left, ink.border_style());
        let line = vec![side(), ink.span(Role::Strong, &format!("  {large}  ")), side()];
        let top = edge(border.top_left, border.horizontal_top, border.top_right);
        let bottom = edge(border.bottom_left, border.horizontal_bottom, border.bottom_right);
        self.lines.extend([(true, top), (false, Line::from(line)), (true, bottom)]);
    }
}

/// The letters apart from each other. What is not a plain code stays as it is.
fn spaced(code: &str) -> String {
    if !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return code.to_owned();
    }
    let letters: Vec<_> = code.chars().map(String::from).collect();
    letters.join(" ")
}
