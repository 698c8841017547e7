//! Named roles and what they look like. Only the sixteen ANSI colours and the terminal's own
//! foreground are used, so that the user's palette rules on light and dark alike. No colour
//! carries a meaning that a character does not carry too.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen is, never what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Text,
    /// There to be found, not to be seen.
    Dim,
    Strong,
    /// What the user can press, and where the keyboard is.
    Accent,
    Ok,
    Warning,
    Critical,
    /// A token that opens nothing any more.
    Dead,
    /// What will stop working soon.
    Struck,
    Selection,
    Border,
    /// The characters that the filter found.
    Match,
    TestService,
}

/// The roles for this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub has_colour: bool,
}

impl Theme {
    pub fn style(self, role: Role) -> Style {
        let style = Style::new().add_modifier(modifier(role));
        match colour(role) {
            Some(colour) if self.has_colour => style.fg(colour),
            _ => style,
        }
    }
}

fn colour(role: Role) -> Option<Color> {
    match role {
        Role::Accent => Some(Color::Cyan),
        Role::Ok => Some(Color::Green),
        Role::Warning => Some(Color::Yellow),
        Role::Critical => Some(Color::Red),
        Role::TestService => Some(Color::Magenta),
        Role::Text
        | Role::Dim
        | Role::Strong
        | Role::Dead
        | Role::Struck
        | Role::Selection
        | Role::Border
        | Role::Match => None,
    }
}

fn modifier(role: Role) -> Modifier {
    match role {
        Role::Text | Role::Ok | Role::Warning => Modifier::empty(),
        Role::Dim | Role::Dead | Role::Border => Modifier::DIM,
        Role::Strong | Role::Accent | Role::Critical | Role::TestService => Modifier::BOLD,
        Role::Struck => Modifier::CROSSED_OUT,
        Role::Selection => Modifier::REVERSED,
        Role::Match => Modifier::BOLD.union(Modifier::UNDERLINED),
    }
}
