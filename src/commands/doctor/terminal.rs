//! What the terminal can show and tell. Only one that can have the screen is asked something.

use std::env;

use super::line::{Group, Line};
use crate::{
    terminal::{self, Unusable},
    text,
};

const GROUP: Group = Group::Terminal;

pub(super) async fn lines() -> Vec<Line> {
    let usable = terminal::check();
    let mut lines = vec![screen(usable)];
    let look = terminal::look(false);
    lines.extend([colours(look.has_colour), locale(look.has_unicode, is_set)]);
    if usable != Err(Unusable::NoTerminal) {
        lines.push(size(crossterm::terminal::size().ok()));
        lines.push(clipboard(&variable("TERM"), is_set("TMUX"), is_set("STY")));
    }
    if usable.is_ok() {
        lines.push(keyboard(terminal::tells_keys_apart().await, is_set("TMUX")));
    }
    lines
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The value of a variable, safe to show.
fn variable(name: &str) -> String {
    env::var_os(name).map(|value| text::cut(&value.to_string_lossy(), 40)).unwrap_or_default()
}

fn screen(usable: Result<(), Unusable>) -> Line {
    let term = variable("TERM");
    let term = if term.is_empty() { "not set" } else { &term };
    match usable {
        Ok(()) => GROUP.ok("screen", format!("can be opened (TERM: {term})")),
        // As it must be where the report is piped.
        Err(Unusable::NoTerminal) => GROUP.ok(
            "screen",
            format!("not looked at, since input or output is no terminal (TERM: {term})"),
        ),
        Err(unusable @ Unusable::DumbTerminal) => {
            GROUP.warning("screen", unusable.to_string(), "set TERM, such as to xterm-256color")
        }
    }
}

fn colours(has_colour: bool) -> Line {
    if has_colour {
        let more = variable("COLORTERM");
        let more = if more.is_empty() { String::new() } else { format!(" (COLORTERM: {more})") };
        GROUP.ok("colours", format!("the terminal's own{more}"))
    } else {
        GROUP.ok("colours", "none, since NO_COLOR is set")
    }
}

/// The first variable that is set decides.
fn locale(has_unicode: bool, is_set: impl Fn(&str) -> bool) -> Line {
    if has_unicode {
        GROUP.ok("locale", "UTF-8")
    } else {
        let decides = ["LC_ALL", "LC_CTYPE"].into_iter().find(|name| is_set(name));
        let fix = format!("set {}, such as to C.UTF-8", decides.unwrap_or("LANG"));
        GROUP.warning("locale", "not UTF-8, so lines and marks are drawn in ASCII", &fix)
    }
}

fn size(size: Option<(u16, u16)>) -> Line {
    match size {
        Some((columns, rows)) if columns > 0 && rows > 0 => {
            let detail = format!("{columns} columns, {rows} rows");
            if terminal::is_too_small(columns, rows) {
                return GROUP.warning("size", format!("{detail}: too small"), "make it larger");
            }
            GROUP.ok("size", detail)
        }
        _ => GROUP.warning(
            "size",
            "the terminal does not tell it",
            "use `stty rows` and `stty cols`",
        ),
    }
}

fn keyboard(tells_apart: Option<bool>, is_tmux: bool) -> Line {
    let form = match tells_apart {
        Some(true) => "kitty's protocol",
        Some(false) => "the usual form",
        None => {
            let fix = "if keys come late or do nothing, use another terminal";
            return GROUP.warning("keyboard", "the terminal does not answer", fix);
        }
    };
    let late = if is_tmux { "; a late Esc is tmux's `escape-time`" } else { "" };
    GROUP.ok("keyboard", format!("the terminal answers and knows {form} of keys{late}"))
}

fn clipboard(term: &str, is_tmux: bool, is_screen: bool) -> Line {
    if term == "linux" {
        let fix = "copy by hand, or use a terminal in a window";
        return GROUP.warning("clipboard", "the console has none", fix);
    }
    if is_tmux {
        let detail = "written by OSC 52, which tmux passes on with `set -g set-clipboard on`";
        return GROUP.ok("clipboard", detail);
    }
    if is_screen {
        let fix = "copy by hand, or use tmux";
        return GROUP.warning("clipboard", "GNU screen does not pass OSC 52 on", fix);
    }
    GROUP.ok("clipboard", "written by OSC 52, which the terminal may have switched off")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::line::State;

    #[test]
    fn the_variable_that_decides_the_locale_is_named() {
        for (set, fix) in
            [("", "set LANG,"), ("LC_CTYPE", "set LC_CTYPE,"), ("LC_ALL", "set LC_ALL,")]
        {
            let line = locale(false, |name| name == set);
            assert_eq!(line.state, State::Warning);
            assert!(line.fix.is_some_and(|found| found.starts_with(fix)), "{fix}");
        }
    }

    #[test]
    fn what_hinders_the_screen_is_a_warning() {
        assert_eq!(screen(Err(Unusable::NoTerminal)).state, State::Ok);
        assert_eq!(screen(Err(Unusable::DumbTerminal)).state, State::Warning);
        assert_eq!(size(Some((80, 24))).state, State::Ok);
        assert_eq!(size(Some((3, 1))).state, State::Warning);
        assert_eq!(size(Some((0, 0))).state, State::Warning);
        assert_eq!(clipboard("linux", false, false).state, State::Warning);
        assert_eq!(clipboard("screen", true, false).state, State::Ok);
        assert_eq!(clipboard("screen", false, true).state, State::Warning);
        assert_eq!(keyboard(None, false).state, State::Warning);
        assert_eq!(keyboard(Some(false), false).state, State::Ok);
        assert!(keyboard(Some(true), true).detail.contains("escape-time"));
    }
}
