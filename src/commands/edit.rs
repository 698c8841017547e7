//! `azpat edit`: changes name, scopes and end of one token with one request, and shows what it was
//! and what it is now.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    Exit, find, output,
    record::{self, Record},
    rights,
    session::Session,
    table::{self, Column},
    until,
};
use crate::{
    cli::{self, Format},
    config::Config,
    failure::Failure,
    operations::{Confirmation, Edit},
    pat::{
        Pat, Thresholds,
        change::{Change, Field, differences},
        date,
        limit::Wish,
        scope,
        warning::Warning,
    },
    text,
    when::{self, Zone},
};

const COLUMNS: [Column; 3] = [
    Column { title: "", least: 5, dispensable: 0 },
    Column { title: "BEFORE", least: 12, dispensable: 0 },
    Column { title: "AFTER", least: usize::MAX, dispensable: 0 },
];

pub(super) async fn run(what: &cli::Edit, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let pat = listing.one(&what.id, now)?;
    let attempt = format!("change {}", find::named(pat));
    find::alive(pat, now, &attempt)?;
    let change = change(what, pat, now, &attempt)?.beyond(pat);
    let shown = Shown { change: &change, before: pat, now, what, config };
    if change.is_empty() {
        let sentence = format!("nothing to change: {} is so already", find::named(pat));
        return shown.write(&sentence, pat, &[]);
    }
    if let Some(scope) = change.scope.as_deref().filter(|_| !pat.is_full_access()) {
        let name = change.name.as_deref().unwrap_or(pat.name.raw());
        rights::consent(scope, name, what.allow_full_access || what.dry_run, &attempt)?;
    }
    if pat.is_global() {
        output::message(format!("{} {}", pat.name, Warning::Global.sentence(pat, now)));
    }
    session.tell_limits(&Wish::change(pat, &change)).await;
    if what.dry_run {
        let sentence = format!("would change {}", find::named(pat));
        return shown.write(&sentence, &change.applied(pat), &[]);
    }
    let edit = session.desk.edit(pat, &change).await?;
    for told in edit.told(Zone::Local) {
        output::message(format!("{}: {told}", find::named(pat)));
    }
    let lost = match edit.confirmation {
        Confirmation::Answered => "",
        Confirmation::ReadBack => " (the answer was lost; the token was read again)",
    };
    let deviations = edit.deviations();
    let sentence = format!("changed {}{lost}", find::named(pat));
    shown.write(&sentence, &edit.pat, &deviations)?;
    // That a policy grants less is usual, and was said.
    let is_whole = deviations.iter().all(|field| *field == Field::End && is_shorter(&edit));
    Ok(if is_whole { Exit::DONE } else { Exit::PARTLY })
}

fn is_shorter(edit: &Edit) -> bool {
    edit.change.valid_to.is_some_and(|asked| edit.pat.valid_to < asked)
}

/// What the command line asks for, checked.
fn change(
    what: &cli::Edit,
    pat: &Pat,
    now: DateTime<Utc>,
    attempt: &str,
) -> Result<Change, Failure> {
    if let Some(name) = &what.name {
        rights::check_name(name, attempt)?;
    }
    let has_end = what.end.is_given();
    let valid_to = has_end.then(|| {
        until::end(what.end.lifetime, what.end.to, now, what.end.lifetime.unwrap_or_default())
    });
    if let Some(valid_to) = valid_to {
        until::check(valid_to, now, attempt)?;
    }
    let scope = rights::scope(&what.scopes, &what.presets, &pat.scope)?;
    Ok(Change { name: what.name.clone(), scope, valid_to })
}

/// How a change is shown.
struct Shown<'a> {
    change: &'a Change,
    before: &'a Pat,
    now: DateTime<Utc>,
    what: &'a cli::Edit,
    config: &'a Config,
}

/// A change in a machine's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'a> {
    #[serde(flatten)]
    after: Record<'a>,
    before: Record<'a>,
    requested: Requested<'a>,
    /// The fields that are not as they should be.
    deviations: Vec<&'static str>,
    dry_run: bool,
}

/// What was sent; `null`: left as it was.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Requested<'a> {
    display_name: Option<&'a str>,
    scope: Option<&'a str>,
    valid_to: Option<String>,
}

impl Shown<'_> {
    fn write(&self, sentence: &str, after: &Pat, deviations: &[Field]) -> Result<Exit, Failure> {
        let mut fields = differences(self.before, after);
        fields.extend(
            deviations.iter().filter(|field| !differences(self.before, after).contains(field)),
        );
        output::result(&match self.what.format {
            Format::Table if fields.is_empty() => format!("{sentence}\n"),
            Format::Table => {
                let rows: Vec<_> = fields.iter().map(|field| self.row(*field, after)).collect();
                format!("{sentence}\n{}", table::render(COLUMNS, &rows, output::width()))
            }
            Format::Json => record::json(&self.changed(after, deviations))?,
            Format::Csv => {
                let rows = fields.iter().map(|field| self.cells(*field, after));
                record::sheet(&["field", "before", "after"], rows)?
            }
        })?;
        Ok(Exit::DONE)
    }

    fn row(&self, field: Field, after: &Pat) -> [String; 3] {
        let value = |pat: &Pat| match field {
            Field::Name => pat.name.to_string(),
            Field::Scope => text::visible(&scope::words(&pat.scope)).into_owned(),
            Field::Target => {
                if pat.is_global() { "everywhere" } else { "one organization" }.to_owned()
            }
            Field::End => when::full(pat.valid_to, Zone::Local),
        };
        let title = match field {
            Field::Name => "name",
            Field::Scope => "can",
            Field::Target => "where",
            Field::End => "ends",
        };
        [title.to_owned(), value(self.before), value(after)]
    }

    fn cells(&self, field: Field, after: &Pat) -> Vec<String> {
        let value = |pat: &Pat| match field {
            Field::Name => record::cell(pat.name.raw()),
            Field::Scope => record::cell(&pat.scope),
            Field::Target => if pat.is_global() { "all" } else { "one" }.to_owned(),
            Field::End => date::format(pat.valid_to),
        };
        vec![key(field).to_owned(), value(self.before), value(after)]
    }

    fn changed<'b>(&'b self, after: &'b Pat, deviations: &[Field]) -> Changed<'b> {
        let thresholds: Thresholds = self.config.preferences.thresholds;
        Changed {
            after: Record::new(after, self.now, thresholds),
            before: Record::new(self.before, self.now, thresholds),
            requested: Requested {
                display_name: self.change.name.as_deref(),
                scope: self.change.scope.as_deref(),
                valid_to: self.change.valid_to.map(date::format),
            },
            deviations: deviations.iter().map(|field| key(*field)).collect(),
            dry_run: self.what.dry_run,
        }
    }
}

/// The service's own name of a field.
fn key(field: Field) -> &'static str {
    match field {
        Field::Name => "displayName",
        Field::Scope => "scope",
        Field::Target => "targetAccounts",
        Field::End => "validTo",
    }
}
