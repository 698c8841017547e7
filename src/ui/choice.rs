//! Choices beside each other, the chosen one in brackets.

use ratatui::text::{Line, Span};

use super::{ink::Ink, text, theme::Role};

/// `title  one  [ two ]  three`; as many around the chosen one as fit. The brackets are accented
/// where the keyboard is.
pub(super) fn line(
    ink: Ink,
    title: Span<'static>,
    labels: Vec<String>,
    (chosen, has_focus): (usize, bool),
    room: usize,
) -> Line<'static> {
    let title_width = text::width(&title.content);
    let widths = labels.iter().map(|label| text::width(label) + 4);
    let all: usize = widths.clone().sum::<usize>() + title_width;
    // The choices before the chosen one scroll away first.
    let mut skipped = 0;
    let mut end = widths.clone().take(chosen + 1).sum::<usize>() + title_width;
    if all > room {
        for width in widths.take(chosen) {
            if end <= room {
                break;
            }
            end -= width;
            skipped += 1;
        }
    }
    let bracket = if has_focus { Role::Accent } else { Role::Dim };
    let mut spans = vec![title];
    for (at, label) in labels.into_iter().enumerate().skip(skipped) {
        if at == chosen {
            spans.push(ink.span(bracket, "[ "));
            spans.push(Span::styled(label, ink.style(Role::Strong)));
            spans.push(ink.span(bracket, " ]"));
        } else {
            let role = if has_focus { Role::Text } else { Role::Dim };
            spans.push(Span::styled(format!("  {label}  "), ink.style(role)));
        }
    }
    Line::from(spans)
}
