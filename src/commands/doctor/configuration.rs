//! The configuration: its file, what is wrong with it, every setting with its origin. Of the
//! access token it only says whether it is set.

use super::line::{Group, Line};
use crate::{
    commands::settings,
    config::{ACCESS_TOKEN, Config, Problems},
};

const GROUP: Group = Group::Configuration;

pub(super) fn lines(config: Result<&Config, &Problems>) -> Vec<Line> {
    let config = match config {
        Ok(config) => config,
        Err(problems) => {
            let fix = "correct it (the README has every setting), or begin anew with `azpat init`";
            return problems.lines().map(|(place, what)| GROUP.failing(place, what, fix)).collect();
        }
    };
    let mut lines = vec![GROUP.ok("file", settings::file(config))];
    lines.extend(config.rows.iter().map(|row| {
        let value = settings::value(row);
        GROUP.ok(row.key, format!("{value} ({})", row.from))
    }));
    let token = if config.has_access_token { "set (environment)" } else { "not set" };
    lines.push(GROUP.ok(ACCESS_TOKEN, token));
    lines
}
