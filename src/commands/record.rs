//! A token as JSON or CSV, under the service's own names. Results may end on a terminal, so JSON
//! writes invisible characters as escapes and CSV shows them.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    failure::{Failure, FailureKind},
    pat::{Pat, Target, Thresholds, date},
    text,
};

/// One token in a machine's words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    display_name: &'a str,
    status: &'static str,
    days_left: i64,
    valid_from: String,
    valid_to: String,
    scope: &'a str,
    /// `null`: all organizations.
    target_accounts: Option<&'a [Uuid]>,
    organization: &'a str,
    authorization_id: String,
}

impl<'a> Record<'a> {
    pub(super) fn new(pat: &'a Pat, now: DateTime<Utc>, thresholds: Thresholds) -> Self {
        let target_accounts = match &pat.target {
            Target::Global => None,
            Target::Organizations(ids) => Some(ids.as_ref()),
        };
        Self {
            display_name: pat.name.raw(),
            status: pat.status(now, thresholds).as_str(),
            days_left: pat.days_left(now),
            valid_from: date::format(pat.valid_from),
            valid_to: date::format(pat.valid_to),
            scope: &pat.scope,
            target_accounts,
            organization: pat.organization.as_str(),
            authorization_id: pat.id.to_string(),
        }
    }

    const HEADER: [&'static str; 9] = [
        "displayName",
        "status",
        "daysLeft",
        "validFrom",
        "validTo",
        "scope",
        "targetAccounts",
        "organization",
        "authorizationId",
    ];

    fn cells(&self) -> [String; 9] {
        let targets = self.target_accounts.unwrap_or_default();
        let targets: Vec<_> = targets.iter().map(Uuid::to_string).collect();
        [
            cell(self.display_name),
            self.status.to_owned(),
            self.days_left.to_string(),
            self.valid_from.clone(),
            self.valid_to.clone(),
            cell(self.scope),
            targets.join(" "),
            self.organization.to_owned(),
            self.authorization_id.clone(),
        ]
    }
}

/// The extension of a token, or what it would be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extended<'a> {
    #[serde(flatten)]
    pub(super) token: Record<'a>,
    pub(super) requested: String,
    /// `null`: it was only asked what would be done.
    pub(super) granted: Option<String>,
    pub(super) dry_run: bool,
}

/// Records as a CSV file.
pub(super) fn csv(records: &[Record<'_>]) -> Result<String, Failure> {
    sheet(&Record::HEADER, records.iter().map(|record| record.cells().to_vec()))
}

/// One extension as a CSV file.
pub(super) fn csv_extended(extended: &Extended<'_>) -> Result<String, Failure> {
    let header = [&Record::HEADER[..], &["requested", "granted", "dryRun"]].concat();
    let mut cells = extended.token.cells().to_vec();
    cells.push(extended.requested.clone());
    cells.push(extended.granted.clone().unwrap_or_default());
    cells.push(extended.dry_run.to_string());
    sheet(&header, std::iter::once(cells))
}

pub(super) fn sheet(
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let write = |writer: &mut csv::Writer<Vec<u8>>| -> Result<(), csv::Error> {
        writer.write_record(header)?;
        rows.into_iter().try_for_each(|row| writer.write_record(row))
    };
    write(&mut writer).map_err(unwritable)?;
    let bytes = writer.into_inner().map_err(unwritable)?;
    String::from_utf8(bytes).map_err(unwritable)
}

/// A spreadsheet must not take a name for a formula.
pub(super) fn cell(text: &str) -> String {
    let shown = text::visible(text);
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{shown}") } else { shown.into_owned() }
}

/// JSON that is safe on a terminal and loses nothing.
pub(super) fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(unwritable)?;
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Those below are escaped already, and line ends belong to the layout.
        if c >= '\u{7f}' && text::visible(c.encode_utf8(&mut [0; 4])).starts_with('‹') && c != '‹'
        {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                write!(out, "\\u{unit:04x}").ok();
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    Ok(out)
}

fn unwritable(error: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Service, "write the results", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'‹U+0009›=1"),
            ("\r=1", "'‹U+000D›=1"),
            ("a=1", "a=1"),
            ("release-bot", "release-bot"),
            ("\u{1b}]0;x\u{7}", "‹U+001B›]0;x‹U+0007›"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn json_hides_nothing_and_loses_nothing() {
        let name = "a\u{9b}31m\u{202e}\u{7f}\u{e0041}\u{1b}\"\n‹夜👩‍💻 ";
        let text = json(&name).unwrap();
        let shown = text.trim_end_matches('\n');
        assert_eq!(
            shown,
            "\"a\\u009b31m\\u202e\\u007f\\udb40\\udc41\\u001b\\\"\\n‹夜👩\\u200d💻 \""
        );
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), name);
    }
}
