//! The form in which a token is made. Each field has its place, what is wrong with it stands right
//! below it, and the scopes open over it.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{
    choice, comparison, dialog,
    field::field,
    ink::Ink,
    picker, put, stepper,
    text::{self, plural, wrap},
    theme::Role,
};
use crate::{
    pat::scope::{self, Risk, Summary},
    state::{
        State,
        mode::{
            form::{CONSENT, Fault, Field, Form, Purpose},
            stepper::Choice,
        },
    },
    when,
};

const WIDTH: usize = 76;
/// The selection bar, and the longest label with some air.
const LABEL: usize = 17;

/// Returns where the cursor of a text field is.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    state: &State,
    ink: Ink,
    form: &Form,
) -> Option<Position> {
    if let Some(picker) = &form.picker {
        return picker::draw(buffer, area, ink, picker);
    }
    let width = WIDTH.min(usize::from(area.width).saturating_sub(4)).max(1);
    let height = usize::from(area.height).saturating_sub(2);
    let sheet = Sheet::fitting(state, ink, form, (width, height));
    let place = dialog::place(area, (width, sheet.lines.len()));
    dialog::frame(buffer, place, ink, &title(ink, form));
    let inner = place.inner;
    let skipped = sheet.skipped(inner.height.into());
    for (at, line) in sheet.lines.iter().skip(skipped).enumerate() {
        put(buffer, inner, at, line.clone());
    }
    let (line, column) = sheet.cursor?;
    let line = u16::try_from(line.checked_sub(skipped)?).ok()?;
    let column = u16::try_from(column).ok()?.min(inner.width.saturating_sub(1));
    (line < inner.height).then(|| Position::new(inner.x + column, inner.y + line))
}

fn title(ink: Ink, form: &Form) -> String {
    match &form.purpose {
        Purpose::New => "New token".to_owned(),
        Purpose::Clone(name) => format!("New token like {}", ink.cut(&ink.data(name), 40)),
        Purpose::Successor(old) => {
            let name = ink.cut(&ink.data(&old.name), 40);
            let place = form.place().map(ToString::to_string).unwrap_or_default();
            format!("{place}: a token in the place of {name}")
        }
        Purpose::Edit(before) => {
            let name = ink.cut(&ink.data(&before.name), 40);
            format!("Change {name}{}{}", ink.glyphs.separator, before.organization)
        }
    }
}

/// All lines, and where the focus is in them.
#[derive(Default)]
struct Sheet {
    lines: Vec<Line<'static>>,
    /// The first and the last line of the field with the focus.
    focus: (usize, usize),
    cursor: Option<(usize, usize)>,
}

/// How much of the form is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// With air between the fields.
    All,
    Dense,
    /// Notes only where the focus is.
    Least,
}

impl Sheet {
    /// As much as the height has room for; what is still too much scrolls.
    fn fitting(state: &State, ink: Ink, form: &Form, (width, height): (usize, usize)) -> Self {
        let fields: Vec<_> = form
            .fields()
            .into_iter()
            .map(|field| Part::new(state, ink, form, field, width))
            .collect();
        let all = Self::of(&fields, form.focus, Detail::All);
        if all.lines.len() <= height {
            return all;
        }
        let dense = Self::of(&fields, form.focus, Detail::Dense);
        if dense.lines.len() <= height {
            return dense;
        }
        Self::of(&fields, form.focus, Detail::Least)
    }

    fn of(parts: &[Part], focus: Field, detail: Detail) -> Self {
        let mut sheet = Self::default();
        for part in parts {
            let has_focus = part.field == focus;
            if detail == Detail::All && !sheet.lines.is_empty() {
                sheet.lines.push(Line::default());
            }
            let first = sheet.lines.len();
            if has_focus {
                sheet.cursor = part.cursor.map(|column| (first, column));
            }
            sheet.lines.extend(part.lines.iter().cloned());
            if detail != Detail::Least || has_focus || part.is_wrong {
                sheet.lines.extend(part.notes.iter().cloned());
            }
            if has_focus {
                sheet.focus = (first, sheet.lines.len().saturating_sub(1));
            }
        }
        sheet
    }

    /// How many lines are above the screen, so that the focus is on it.
    fn skipped(&self, height: usize) -> usize {
        let (first, last) = self.focus;
        (last + 1).saturating_sub(height).min(first)
    }
}

/// One field as it is drawn.
struct Part {
    field: Field,
    lines: Vec<Line<'static>>,
    notes: Vec<Line<'static>>,
    is_wrong: bool,
    /// The column of the cursor in the first line.
    cursor: Option<usize>,
}

impl Part {
    fn new(state: &State, ink: Ink, form: &Form, field: Field, width: usize) -> Self {
        let room = width.saturating_sub(LABEL).max(1);
        let has_focus = form.focus == field;
        let (values, cursor) = value(ink, form, field, room);
        let fault = form.fault(field);
        let notes = match fault {
            Some(fault) => self::fault(ink, fault, room),
            None => notes(state, ink, form, field, room),
        };
        let blank = || Span::raw(" ".repeat(LABEL));
        let mut lines = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            let start = if at == 0 { label(ink, field, has_focus) } else { vec![blank()] };
            let value = text::cut_line(value, room, ink.glyphs.ellipsis);
            lines.push(Line::from([start, value.spans].concat()));
        }
        let indented = |line: Line<'static>| Line::from([vec![blank()], line.spans].concat());
        Self {
            field,
            lines,
            notes: notes.into_iter().map(indented).collect(),
            is_wrong: fault.is_some(),
            cursor: cursor.filter(|_| has_focus).map(|column| LABEL + column),
        }
    }
}

fn label(ink: Ink, field: Field, has_focus: bool) -> Vec<Span<'static>> {
    let name = match field {
        Field::Name => "Name",
        Field::Organization => "Organization",
        Field::End => "Ends",
        Field::Scopes => "Scopes",
        Field::Consent => "Full access",
        Field::Send => "",
    };
    let bar = if has_focus { ink.glyphs.selection } else { " " };
    let role = if has_focus { Role::Strong } else { Role::Dim };
    vec![
        ink.span(Role::Accent, bar),
        Span::raw(" "),
        ink.span(role, &text::pad(name.to_owned(), LABEL - 2, false)),
    ]
}

/// The lines of a field's value, and the column of the cursor in a text field.
fn value(ink: Ink, form: &Form, which: Field, room: usize) -> (Vec<Line<'static>>, Option<usize>) {
    let has_focus = form.focus == which && form.sent.is_none();
    let one = |line: Line<'static>| vec![line];
    match which {
        Field::Name if form.name.value().is_empty() => {
            let role = if has_focus { Role::Dim } else { Role::Text };
            let suggestion = ink.own(&text::shown(&form.suggestion, 300));
            (one(Line::from(ink.span(role, &suggestion))), Some(0))
        }
        Field::Name | Field::Consent => {
            let input = if which == Field::Name { &form.name } else { &form.consent };
            let shown = field(input, room);
            (one(Line::from(Span::styled(shown.text, ink.style(Role::Strong)))), Some(shown.cursor))
        }
        Field::Organization => {
            let names = form.organizations.iter().map(|it| it.as_str().to_owned()).collect();
            let chosen = (form.organization, has_focus);
            let line = match form.organizations.as_slice() {
                [] => Line::from(ink.span(Role::Dim, "none")),
                [only] => Line::from(ink.span(Role::Text, only.as_str())),
                _ => choice::line(ink, Span::raw(""), names, chosen, room),
            };
            (one(line), None)
        }
        Field::End => {
            let labels = stepper::labels(ink, &form.end);
            let line = choice::line(ink, Span::raw(""), labels, (form.end.chosen, has_focus), room);
            let cursor = text::line_width(&line).saturating_sub(stepper::date_cursor(&form.end));
            (one(line), (form.end.choice() == Choice::Date).then_some(cursor))
        }
        Field::Scopes => (scopes(ink, form, room), None),
        Field::Send => (one(button(ink, form)), None),
    }
}

/// One scope beside the other, in words.
fn scopes(ink: Ink, form: &Form, room: usize) -> Vec<Line<'static>> {
    if form.scopes.is_empty() {
        return vec![Line::from(ink.span(Role::Dim, "nothing yet; Enter chooses"))];
    }
    let words = text::shown(&scope::words(&form.scope()), 2_000);
    let wrapped = wrap(&ink.own(&words), room);
    wrapped.iter().map(|line| Line::from(ink.span(Role::Text, line))).collect()
}

fn button(ink: Ink, form: &Form) -> Line<'static> {
    if form.sent.is_some() {
        let text = match form.place() {
            Some(organization) if form.change(None).is_some() => {
                format!(" {organization} is changing it")
            }
            Some(organization) => format!(" {organization} is making it; the secret comes next"),
            None => String::new(),
        };
        return Line::from(vec![
            ink.span(Role::Accent, ink.spinner()),
            ink.span(Role::Text, &text),
        ]);
    }
    let name = if form.change(None).is_some() { "Change it" } else { "Make the token" };
    if form.focus == Field::Send {
        let bracket = |text| ink.span(Role::Accent, text);
        return Line::from(vec![bracket("[ "), ink.span(Role::Strong, name), bracket(" ]")]);
    }
    Line::from(ink.span(Role::Text, &format!("  {name}  ")))
}

/// What is wrong, and what to do.
fn fault(ink: Ink, fault: &Fault, room: usize) -> Vec<Line<'static>> {
    let mut text = fault.text.clone();
    if let Some(hint) = &fault.hint {
        text.push_str(ink.glyphs.separator);
        text.push_str(hint);
    }
    let wrapped = wrap(&ink.own(&text), room.saturating_sub(2));
    let mark = |at| if at == 0 { ink.glyphs.failed } else { " " };
    let line = |(at, line): (usize, &String)| {
        Line::from(vec![
            ink.span(Role::Critical, mark(at)),
            Span::raw(" "),
            ink.span(Role::Text, line),
        ])
    };
    wrapped.iter().enumerate().map(line).collect()
}

/// What is good to know about a field.
fn notes(state: &State, ink: Ink, form: &Form, field: Field, room: usize) -> Vec<Line<'static>> {
    let noted: Vec<(Role, String)> = match field {
        Field::Name => name_note(state, form).into_iter().collect(),
        Field::End => end_note(state, form, room),
        Field::Scopes => rights_note(form, room),
        Field::Consent => vec![(Role::Dim, format!("type {CONSENT} to allow it"))],
        Field::Send => return comparison::lines(state, ink, form, room),
        Field::Organization => Vec::new(),
    };
    let lines = noted.into_iter().flat_map(|(role, text)| {
        let wrapped = wrap(&ink.own(&text), room);
        wrapped.into_iter().map(move |line| Line::from(ink.span(role, &line)))
    });
    lines.collect()
}

/// Names are not unique, but one would like to tell tokens apart.
fn name_note(state: &State, form: &Form) -> Option<(Role, String)> {
    let pats = state.inventory.pats().iter();
    let pats = pats.filter(|pat| match &form.purpose {
        Purpose::Edit(it) => it.id != pat.id,
        // Its siblings have its name on purpose.
        Purpose::Successor(old) => old.id != pat.id && form.place() == Some(&pat.organization),
        Purpose::New | Purpose::Clone(_) => true,
    });
    let mut namesakes =
        pats.filter(|pat| pat.name.raw() == form.called() && state.status(pat).is_alive());
    let first = namesakes.next()?;
    let text = match namesakes.count() {
        0 => format!("id …{} in {} has this name already", first.id.tail(), first.organization),
        more => format!("{} have this name already", plural(more + 1, "token")),
    };
    Some((Role::Warning, text))
}

fn end_note(state: &State, form: &Form, room: usize) -> Vec<(Role, String)> {
    let (now, zone) = (state.now(), state.setting.zone);
    let latest = state.latest(form);
    let end = match form.chosen_end(latest, now, zone) {
        Ok(Some(end)) => end,
        Ok(None) => {
            let Purpose::Edit(before) = &form.purpose else { return Vec::new() };
            return vec![(Role::Dim, when::full(before.valid_to, zone))];
        }
        Err(unusable) => return vec![(Role::Dim, unusable.to_string())],
    };
    let full = when::full(end, zone);
    let text = if text::width(&full) <= room { full } else { when::day(end, zone) };
    let mut notes = vec![(Role::Text, text)];
    if let (Some(latest), Some(organization)) = (latest, form.place()) {
        let role = if end > latest { Role::Warning } else { Role::Dim };
        let most = when::day(latest, zone);
        notes.push((role, format!("{organization} has shortened dates before: at most {most}")));
    }
    notes
}

/// What it cannot do, as far as people ask, and how much harm it can do.
fn rights_note(form: &Form, room: usize) -> Vec<(Role, String)> {
    if form.scopes.is_empty() {
        return Vec::new();
    }
    let summary = Summary::new(&form.scope());
    let mut notes = Vec::new();
    if let Some(risk) = summary.risk {
        notes.push((risk_role(risk), format!("{} risk in the wrong hands", risk.as_str())));
    }
    if !summary.cannot.is_empty() {
        let cannot = text::cut(&summary.cannot.join(", "), room.saturating_sub(8) * 2, "…");
        notes.push((Role::Dim, format!("cannot: {cannot}")));
    }
    notes
}

/// How loud a risk is.
pub(super) fn risk_role(risk: Risk) -> Role {
    match risk {
        Risk::Low | Risk::Medium => Role::Dim,
        Risk::High => Role::Strong,
        Risk::Critical => Role::Critical,
    }
}
