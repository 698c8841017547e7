//! The findings, written for people or for programs. Decides nothing about them.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::line::{Group, Line, State};
use crate::cli::TableOrJson;

/// A longer name of a check does not push the details further.
const WIDEST: usize = 28;

pub(super) fn render(lines: &[Line], format: TableOrJson) -> String {
    match format {
        TableOrJson::Json => {
            let text = serde_json::to_string_pretty(lines).unwrap_or_default();
            format!("{text}\n")
        }
        TableOrJson::Table => table(lines),
    }
}

fn table(lines: &[Line]) -> String {
    let widths = lines.iter().map(|line| line.check.width());
    let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or_default();
    let mut out = String::new();
    let mut group = None;
    // Writing to a String cannot fail.
    for line in lines {
        if group.replace(line.group) != Some(line.group) {
            let gap = if out.is_empty() { "" } else { "\n" };
            writeln!(out, "{gap}{}", title(line.group)).ok();
        }
        let blanks = " ".repeat(width.saturating_sub(line.check.width()));
        let (state, check) = (word(line.state), &line.check);
        writeln!(out, "  {state:7}  {check}{blanks}  {}", line.detail).ok();
        if let Some(fix) = &line.fix {
            writeln!(out, "  {:7}  {}  fix: {fix}", "", " ".repeat(width)).ok();
        }
    }
    writeln!(out, "\n{}", summary(lines)).ok();
    out
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Configuration => "Configuration",
        Group::Surroundings => "Surroundings",
        Group::Terminal => "Terminal",
        Group::Network => "Network",
        Group::Keyring => "Keyring",
        Group::SignIn => "Sign-in",
        Group::Organizations => "Organizations",
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::Warning => "warning",
        State::Failing => "failing",
    }
}

fn summary(lines: &[Line]) -> String {
    let count = |state| lines.iter().filter(|line| line.state == state).count();
    let warnings = match count(State::Warning) {
        0 => "no warnings".to_owned(),
        1 => "1 warning".to_owned(),
        count => format!("{count} warnings"),
    };
    match count(State::Failing) {
        0 => format!("nothing fails, {warnings}"),
        1 => format!("1 check fails, {warnings}"),
        count => format!("{count} checks fail, {warnings}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_groups_and_counts() {
        let lines = [
            Group::Configuration.ok("file", "none"),
            Group::Network.failing("dev.azure.com", "refused", "plug it in"),
            Group::Network.warning("an-organization-with-a-very-long-name", "x", "y"),
        ];
        assert_eq!(
            render(&lines, TableOrJson::Table),
            "\
Configuration
  ok       file           none

Network
  failing  dev.azure.com  refused
                          fix: plug it in
  warning  an-organization-with-a-very-long-name  x
                          fix: y

1 check fails, 1 warning
"
        );
    }
}
