//! `azpat config`: every setting, its value and where it comes from. The access token is not
//! shown, only whether there is one.

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
    output::result(&format!("{}\n\n{table}", file(config)))?;
    Ok(Exit::DONE)
}

fn row(row: &Row) -> [String; 3] {
    let value = match (row.key, row.value.as_str()) {
        ("organizations", "") => "all of yours".into(),
        (_, "") => "not set".into(),
        (_, value) => text::visible(value),
    };
    [row.key.to_owned(), value.into_owned(), row.from.to_string()]
}

fn file(config: &Config) -> String {
    let shown = |path: &std::path::Path| text::visible(&path.to_string_lossy()).into_owned();
    match (&config.path, &config.source) {
        (Some(path), _) => format!("file: {}", shown(path)),
        (None, Source::Missing(missing)) => match &missing.path {
            Some(path) => format!("file: none; it would be {}", shown(path)),
            None => "file: none".to_owned(),
        },
        (None, _) => "file: none".to_owned(),
    }
}
