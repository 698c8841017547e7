//! `azpat config`: every setting, its value and where it comes from. The access token is not
//! shown, only whether there is one.

use std::borrow::Cow;

use super::{
    Exit, output,
    table::{self, Column},
};
use crate::{
    config::{ACCESS_TOKEN, Config, Row, Source},
    failure::Failure,
    text,
};

const COLUMNS: [Column; 3] = [
    Column { title: "SETTING", least: usize::MAX, dispensable: 0 },
    Column { title: "VALUE", least: usize::MAX, dispensable: 0 },
    Column { title: "FROM", least: usize::MAX, dispensable: 0 },
];

pub(super) fn run(config: &Config) -> Result<Exit, Failure> {
    let mut rows: Vec<_> = config.rows.iter().map(row).collect();
    let token = if config.has_access_token { "set, not shown" } else { "not set" };
    rows.push([ACCESS_TOKEN, token, "environment"].map(str::to_owned));
    let table = table::render(COLUMNS, &rows, None);
    output::result(&format!("file: {}\n\n{table}", file(config)))?;
    Ok(Exit::DONE)
}

fn row(row: &Row) -> [String; 3] {
    [row.key.to_owned(), value(row).into_owned(), row.from.to_string()]
}

/// A setting's value in words.
pub(super) fn value(row: &Row) -> Cow<'_, str> {
    match (row.key, row.value.as_str()) {
        ("organizations", "") => "all of yours".into(),
        (_, "") => "not set".into(),
        (_, value) => text::visible(value),
    }
}

/// Which file was read.
pub(super) fn file(config: &Config) -> String {
    let shown = |path: &std::path::Path| text::visible(&path.to_string_lossy()).into_owned();
    match (&config.path, &config.source) {
        (Some(path), _) => shown(path),
        (None, Source::Missing(missing)) => match &missing.path {
            Some(path) => format!("none; it would be {}", shown(path)),
            None => "none".to_owned(),
        },
        (None, _) => "none".to_owned(),
    }
}
