//! The dialog while a person signs in: what to do, for how long, and what was tried before. Code
//! and address come from the network: they are cut and escaped like every text from there.

use chrono::{DateTime, Utc};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    dialog,
    ink::Ink,
    put,
    qr::Qr,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    failure::Failure,
    state::{
        State,
        mode::sign_in::{Attempt, Prompt},
    },
    text::Untrusted,
    when,
};

const WIDTH: usize = 66;
/// Beside a square, text that is narrower than this is no pleasure to read.
const NARROWEST: usize = 36;
/// More than this no address and no code needs.
const LONGEST: usize = 2_000;
const LONGEST_CODE: usize = 40;

/// A paragraph, and what goes before it where the screen is small: the highest rank first.
struct Part {
    rank: u8,
    lines: Vec<Line<'static>>,
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) {
    let attempt = &state.sign_in;
    let Some(prompt) = &attempt.prompt else { return };
    let room = (usize::from(area.width).saturating_sub(4), usize::from(area.height));
    let (most, height) = (room.0.max(1), room.1.saturating_sub(2).max(1));
    let address = prompt.address().map(url::Url::as_str);
    let qr = address.filter(|_| ink.can_draw_squares()).and_then(Qr::of);
    let beside = |qr: &Qr| most >= NARROWEST + 2 + qr.width() && height >= qr.height();
    let below = |qr: &Qr, parts: &[Part]| most >= qr.width() && height > count(parts) + qr.height();
    let width = match &qr {
        Some(qr) if beside(qr) => WIDTH.min(most - 2 - qr.width()),
        _ => WIDTH.min(most),
    };
    let parts = fit(parts(state, ink, attempt, prompt, width), height);
    let used = count(&parts);
    let (size, corner) = match &qr {
        Some(qr) if beside(qr) => {
            ((width + 2 + qr.width(), used.max(qr.height())), Some((width + 2, 0)))
        }
        Some(qr) if below(qr, &parts) => {
            ((width.max(qr.width()), used + 1 + qr.height()), Some((0, used + 1)))
        }
        _ => ((width, used), None),
    };
    let place = dialog::place(area, size);
    dialog::frame(buffer, place, ink, "Sign in");
    for (at, line) in parts.into_iter().flat_map(|part| part.lines).enumerate() {
        put(buffer, place.inner, at, line);
    }
    if let (Some(qr), Some((x, y))) = (qr, corner) {
        qr.draw(buffer, place.inner, (x, y));
    }
}

fn count(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.lines.len()).sum()
}

/// Drops whole paragraphs, the least important first, until the rest fits.
fn fit(mut parts: Vec<Part>, height: usize) -> Vec<Part> {
    while count(&parts) > height {
        let highest = parts.iter().map(|part| part.rank).max().filter(|rank| *rank > 0);
        let Some(at) = parts.iter().rposition(|part| Some(part.rank) == highest) else { break };
        parts.remove(at);
    }
    parts
}

fn parts(state: &State, ink: Ink, attempt: &Attempt, prompt: &Prompt, width: usize) -> Vec<Part> {
    let mut page = Page { ink, width, parts: Vec::new() };
    match prompt {
        Prompt::Coming(way) => {
            page.say(0, Role::Text, &format!("{} asking for {way}…", ink.spinner()));
        }
        Prompt::Browser { address, port, ends, opened } => {
            page.browser(address.as_str(), *port, opened.as_ref());
            page.left(state, *ends);
        }
        Prompt::DeviceCode { code, address, ends } => {
            page.code(code, address.as_str());
            page.left(state, *ends);
            page.say(2, Role::Warning, "Continue only if you began this yourself, here and now.");
        }
    }
    if let Some(why) = &attempt.offline {
        page.air();
        page.say(3, Role::Text, &format!("No way to Entra now; azpat keeps trying: {why}"));
    }
    page.air();
    for (way, why) in &attempt.skipped {
        page.say(6, Role::Dim, &format!("not with {way}: {}", why.why));
    }
    while page.parts.last().is_some_and(|part| part.rank == AIR) {
        page.parts.pop();
    }
    page.parts
}

/// The rank of an empty line: the first thing that a small screen does without.
const AIR: u8 = 9;

struct Page {
    ink: Ink,
    width: usize,
    parts: Vec<Part>,
}

impl Page {
    fn say(&mut self, rank: u8, role: Role, text: &str) {
        let wrapped = wrap(&self.ink.own(text), self.width);
        let lines = wrapped.iter().map(|line| Line::from(self.ink.span(role, line))).collect();
        self.parts.push(Part { rank, lines });
    }

    fn air(&mut self) {
        self.parts.push(Part { rank: AIR, lines: vec![Line::default()] });
    }

    fn browser(&mut self, address: &str, port: u16, opened: Option<&Result<(), Failure>>) {
        self.say(0, Role::Strong, "Sign in in the browser");
        match opened {
            None => self.say(4, Role::Dim, "It is being asked to open this address:"),
            Some(Ok(())) => self.say(4, Role::Text, "It was opened at this address:"),
            Some(Err(failure)) => {
                let text = format!("No browser was opened here: {}.", failure.why);
                self.say(1, Role::Text, &text);
                let text = "Open the address on your own computer, and first bring its answer \
                            back from there:";
                self.say(4, Role::Text, text);
                let forward = format!("ssh -L {port}:localhost:{port} HOST");
                self.say(3, Role::Strong, &forward);
                self.say(3, Role::Text, "Or press d for a code that needs no browser here.");
            }
        }
        self.air();
        // Part of an address opens nothing: where it does not fit, `y` copies it whole.
        self.say(5, Role::Text, &text::shown(address, LONGEST));
        self.air();
    }

    fn code(&mut self, code: &Untrusted, address: &str) {
        self.say(1, Role::Text, "On any device, open");
        self.say(1, Role::Strong, &text::shown(address, LONGEST));
        self.say(4, Role::Text, "and enter this code (y copies it):");
        let code = text::shown(code.raw(), LONGEST_CODE);
        let large = spaced(&code);
        let large = if text::width(&large) + 6 <= self.width { large } else { code };
        if text::width(&large) + 6 > self.width {
            self.say(0, Role::Strong, &large);
            return;
        }
        let (ink, border) = (self.ink, self.ink.border());
        let edge = |left: &str, line: &str, right: &str| {
            let line = line.repeat(text::width(&large) + 4);
            Line::from(Span::styled(format!("{left}{line}{right}"), ink.border_style()))
        };
        let side = || Span::styled(border.vertical_left, ink.border_style());
        let top = edge(border.top_left, border.horizontal_top, border.top_right);
        let bottom = edge(border.bottom_left, border.horizontal_bottom, border.bottom_right);
        let line = vec![side(), ink.span(Role::Strong, &format!("  {large}  ")), side()];
        self.parts.push(Part { rank: 7, lines: vec![top] });
        self.parts.push(Part { rank: 0, lines: vec![Line::from(line)] });
        self.parts.push(Part { rank: 7, lines: vec![bottom] });
    }

    fn left(&mut self, state: &State, ends: DateTime<Utc>) {
        let left = ends - state.clock.local;
        if left > chrono::TimeDelta::zero() {
            self.say(3, Role::Dim, &format!("Waiting… {} left", when::countdown(left)));
        } else {
            self.say(3, Role::Dim, "The time for this is over.");
        }
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
