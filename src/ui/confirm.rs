//! The question before something that cannot be undone: what it is about, and its buttons.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{
    accounts,
    detail::mixed_scripts,
    dialog,
    field::field,
    ink::Ink,
    items, put, rotating,
    text::{self, plural, wrap},
    theme::Role,
};
use crate::{
    identity::{AccountId, Known},
    operations::resume::Way,
    pat::{AuthorizationId, Organization, Pat},
    state::{
        State,
        batch::Batch,
        clipboard::Copying,
        mode::confirm::{Confirm, Focus, Question},
        work::Kind,
    },
    when,
};

const WIDTH: usize = 66;

/// Returns where the cursor of the typed text is.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    state: &State,
    ink: Ink,
    confirm: &Confirm,
) -> Option<Position> {
    let width = WIDTH.min(usize::from(area.width).saturating_sub(4)).max(1);
    let mut lines = Vec::new();
    for (role, text) in content(state, ink, &confirm.question) {
        let wrapped = wrap(&ink.own(&text), width);
        lines.extend(wrapped.iter().map(|line| Line::from(ink.span(role, line))));
    }
    let (fields, cursor) = fields(state, ink, confirm, width);
    let answers = 2 + if fields.is_empty() { 0 } else { fields.len() + 1 };
    let place = dialog::place(area, (width, lines.len() + answers));
    dialog::frame(buffer, place, ink, &title(&confirm.question));
    let inner = place.inner;
    // What is asked may be cut; what answers it may not.
    let room = usize::from(inner.height).saturating_sub(answers);
    while lines.len() > room.max(1) {
        // The name and what it means stay; what is between them goes.
        lines.remove(1);
    }
    for (at, line) in lines.iter().enumerate() {
        put(buffer, inner, at, line.clone());
    }
    let last = usize::from(inner.height).saturating_sub(1);
    put(buffer, inner, last, buttons(ink, confirm, inner.width.into()));
    let first = last.saturating_sub(fields.len() + 1);
    let lines = last - first;
    for (at, line) in fields.into_iter().take(lines).enumerate() {
        put(buffer, inner, first + at, line);
    }
    let (line, column) = cursor.filter(|(line, _)| *line < lines)?;
    let column = u16::try_from(column).unwrap_or(0).min(inner.width.saturating_sub(1));
    let line = u16::try_from(first + line).unwrap_or(0);
    Some(Position::new(inner.x + column, inner.y + line))
}

/// What can be chosen or has to be typed, and where the cursor is in it.
pub(super) fn fields(
    state: &State,
    ink: Ink,
    confirm: &Confirm,
    width: usize,
) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
    let (mut lines, mut cursor) = rotating::end(state, ink, confirm, width);
    if let Some((typed, column)) = typed(ink, confirm, width) {
        lines.extend(typed);
        if confirm.focus == Focus::Field {
            cursor = Some((lines.len() - 1, column));
        }
    }
    (lines, cursor)
}

fn title(question: &Question) -> String {
    match question {
        Question::Revoke { .. } => "Revoke this token?".to_owned(),
        Question::Batch(_) => String::new(),
        Question::Rotate { .. } => "Rotate this token?".to_owned(),
        Question::SignOut { .. } => "Sign out?".to_owned(),
        Question::GoOn { way: Way::Finish, .. } => "Finish this?".to_owned(),
        Question::GoOn { way: Way::RollBack, .. } => "Roll this back?".to_owned(),
        Question::GoOn { way: Way::Leave, .. } => "Leave this as it is?".to_owned(),
        Question::Again { .. } => "Revoke it and make it again?".to_owned(),
        Question::CopyByTerminal(_) => "Copy through the terminal?".to_owned(),
        Question::Quit => "Leave azpat?".to_owned(),
    }
}

fn content(state: &State, ink: Ink, question: &Question) -> Vec<(Role, String)> {
    match question {
        Question::Revoke { id } => revoke_one(state, ink, *id),
        Question::Batch(_) => Vec::new(),
        Question::Rotate { id } => rotate(state, ink, *id),
        Question::GoOn { item, way } => items::asked(state, ink, *item, *way, false),
        Question::Again { item } => items::asked(state, ink, *item, Way::RollBack, true),
        Question::SignOut { account } => sign_out(state, ink, *account),
        Question::CopyByTerminal(copying) => copy_by_terminal(copying),
        Question::Quit => quit(state),
    }
}

fn revoke_one(state: &State, ink: Ink, id: AuthorizationId) -> Vec<(Role, String)> {
    let Some(pat) = state.inventory.get(id) else {
        return vec![(Role::Text, format!("The token with the id …{} is gone.", id.tail()))];
    };
    let separator = ink.glyphs.separator;
    let end = when::end(pat.valid_to, state.now(), state.setting.zone);
    let name = ink.cut(&ink.data(&pat.name), WIDTH * 2);
    let mut lines = vec![(Role::Strong, name)];
    if let Some(note) = mixed_scripts(pat.name.raw()) {
        lines.push((Role::Warning, note.to_owned()));
    }
    lines.extend([
        (Role::Text, format!("id …{}{separator}{}{separator}ends {end}", id.tail(), place(pat))),
        (Role::Text, ink.cut(&ink.scopes(pat), WIDTH * 3)),
        (Role::Strong, "Whatever uses it stops at once. This cannot be undone.".to_owned()),
    ]);
    lines
}

fn rotate(state: &State, ink: Ink, id: AuthorizationId) -> Vec<(Role, String)> {
    let mut lines = revoke_one(state, ink, id);
    if state.inventory.get(id).is_some() {
        lines.pop();
        let text = "A new token with the same name and scopes is made, and you take its secret. \
                    This one is revoked after that, not before.";
        lines.push((Role::Text, text.to_owned()));
    }
    lines
}

fn sign_out(state: &State, ink: Ink, account: AccountId) -> Vec<(Role, String)> {
    let is_it = |known: &&Known| known.identity.as_ref().is_some_and(|it| it.id == account);
    let Some(known) = state.session.accounts().iter().find(is_it) else {
        return vec![(Role::Text, "This account is gone.".to_owned())];
    };
    let name = ink.cut(&accounts::name(state, ink, known), WIDTH * 2);
    let mut lines = vec![(Role::Strong, name)];
    let served: Vec<_> = known.organizations.iter().map(Organization::as_str).collect();
    if !served.is_empty() {
        lines.push((Role::Text, format!("It serves {}.", served.join(", "))));
    }
    let text = "azpat forgets its session, here and wherever it is kept. Your tokens stay.";
    lines.push((Role::Text, text.to_owned()));
    lines
}

fn copy_by_terminal(copying: &Copying) -> Vec<(Role, String)> {
    let here = "No desktop is within reach: only your terminal could copy it (OSC 52). Whether it \
                does, azpat cannot tell.";
    let mut lines = vec![(Role::Text, here.to_owned())];
    if *copying == Copying::Secret {
        let text = "A clipboard history there may keep the secret.";
        lines.push((Role::Strong, text.to_owned()));
    }
    lines.push((Role::Dim, "This is asked once.".to_owned()));
    lines
}

pub(super) fn place(pat: &Pat) -> &str {
    if pat.is_global() { "all organizations" } else { pat.organization.as_str() }
}

fn quit(state: &State) -> Vec<(Role, String)> {
    let counts = state.works.counts();
    let mut lines = Vec::new();
    if counts.scheduled > 0 {
        let (were, them) = match counts.scheduled {
            1 => ("was", "it; the token stays"),
            _ => ("were", "them; the tokens stay"),
        };
        let text = format!(
            "{} {were} not sent yet. Leaving drops {them}.",
            plural(counts.scheduled, "change")
        );
        lines.push((Role::Text, text));
    }
    if counts.running > 0 {
        let wait = if counts.running == 1 { "waits" } else { "wait" };
        let text = format!(
            "{} {wait} for an answer. Leaving does not take back what was sent.",
            plural(counts.running, "change")
        );
        lines.push((Role::Text, text));
    }
    if state.custody.awaited.is_some() {
        let text = "A token is being made. Leaving now loses its secret; the token may live.";
        lines.push((Role::Text, text.to_owned()));
    }
    if state.items.ending.is_some() {
        let text = "An open item is being ended. Leaving does not take back what was sent.";
        lines.push((Role::Text, text.to_owned()));
    }
    if lines.is_empty() {
        lines.push((Role::Text, "Nothing is pending any more.".to_owned()));
    }
    lines
}

/// The field with what has to be typed, and the column of its cursor.
fn typed(ink: Ink, confirm: &Confirm, width: usize) -> Option<(Vec<Line<'static>>, usize)> {
    let (wanted, input) = confirm.typed.as_ref()?;
    let wanted = ink.cut(&text::shown(wanted, 512), width.saturating_sub(12));
    let field = field(input, width.saturating_sub(3));
    let prompt = if confirm.focus == Focus::Field { "> " } else { "  " };
    let lines = vec![
        Line::from(vec![
            ink.span(Role::Text, "Type "),
            ink.span(Role::Strong, &wanted),
            ink.span(Role::Text, " first:"),
        ]),
        Line::from(vec![ink.span(Role::Accent, prompt), Span::raw(field.text)]),
    ];
    Some((lines, 2 + field.cursor))
}

/// The one with the focus stands in brackets; one that is locked says so.
pub(super) fn buttons(ink: Ink, confirm: &Confirm, width: usize) -> Line<'static> {
    let yes = match confirm.question {
        Question::Rotate { .. } => "Rotate",
        Question::Batch(Batch { kind: Kind::Extend, .. }) => "Extend",
        Question::Revoke { .. } | Question::Batch(Batch { kind: Kind::Revoke, .. }) => "Revoke",
        Question::SignOut { .. } => "Sign out",
        Question::GoOn { way: Way::Finish, .. } => "Finish",
        Question::GoOn { way: Way::RollBack, .. } => "Roll back",
        Question::GoOn { way: Way::Leave, .. } => "Leave it",
        Question::Again { .. } => "Make it again",
        Question::CopyByTerminal(_) => "Copy",
        Question::Quit => "Leave",
    };
    let is_yes = confirm.focus == Focus::Confirm;
    let mut spans = button(ink, "Cancel", confirm.focus == Focus::Cancel, Role::Text);
    spans.push(Span::raw(if width < 40 { "  " } else { "        " }));
    if confirm.is_unlocked() {
        let role = if is_yes { Role::Critical } else { Role::Text };
        spans.extend(button(ink, yes, is_yes, role));
    } else {
        spans.push(ink.span(Role::Dim, &format!("({yes})")));
    }
    let line = Line::from(spans);
    let margin = width.saturating_sub(text::line_width(&line)) / 2;
    Line::from([vec![Span::raw(" ".repeat(margin))], line.spans].concat())
}

fn button(ink: Ink, name: &str, has_focus: bool, role: Role) -> Vec<Span<'static>> {
    if has_focus {
        let name = Span::styled(name.to_owned(), ink.style(role).patch(ink.style(Role::Strong)));
        vec![ink.span(Role::Accent, "[ "), name, ink.span(Role::Accent, " ]")]
    } else {
        vec![ink.span(role, &format!("  {name}  "))]
    }
}
