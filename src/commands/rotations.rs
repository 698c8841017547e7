//! `azpat rotate` of several tokens: one after the other, each on its whole way into a place that
//! keeps their secrets apart. What fails stops its own token only.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    Exit, find, handover, output,
    places::Places,
    record,
    session::Session,
    stop::Stop,
    table::{self, Column},
    together,
};
use crate::{
    cli::{self, SecretFormat},
    config::Config,
    failure::{Failure, FailureKind},
    operations::{Order, replace::Replaced, rotate},
    pat::{Pat, date},
    sink::Sink,
    text,
    when::{self, Zone},
};

/// What is being tried, in words.
const ATTEMPT: &str = "rotate several tokens";

const COLUMNS: [Column; 6] = [
    Column { title: "NAME", least: 12, dispensable: 0 },
    Column { title: "ORGANIZATION", least: 8, dispensable: 3 },
    Column { title: "ENDS", least: 15, dispensable: 2 },
    Column { title: "NEW END", least: 15, dispensable: 0 },
    Column { title: "PLACE", least: 10, dispensable: 1 },
    Column { title: "ID", least: usize::MAX, dispensable: 0 },
];

/// A token, and what is ordered in its place; else why nothing can be.
struct Row<'a> {
    old: &'a Pat,
    order: Result<Order, Failure>,
    /// Where its secret goes, in words.
    place: String,
}

/// What became of one token, in a machine's words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    display_name: &'a str,
    organization: &'a str,
    authorization_id: String,
    outcome: Outcome,
    place: &'a str,
    /// `null`: nothing new is in its place.
    new_authorization_id: Option<String>,
    new_valid_to: Option<String>,
    message: Option<String>,
    hint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    /// It was only asked what would be done.
    Planned,
    Done,
    /// The new one is in its place, and the old one may live.
    OldMayLive,
    /// The old one lives, and nothing else.
    Failed,
    /// What exists is not known.
    NotKnown,
    /// It cannot be rotated.
    Skipped,
    /// It was stopped before anything was sent for it.
    NotBegun,
}

impl Row<'_> {
    fn told(&self, outcome: Outcome, new: Option<&Pat>, failure: Option<&Failure>) -> Told<'_> {
        Told {
            display_name: self.old.name.raw(),
            organization: self.old.organization.as_str(),
            authorization_id: self.old.id.to_string(),
            outcome,
            place: &self.place,
            new_authorization_id: new.map(|new| new.id.to_string()),
            new_valid_to: new.map(|new| date::format(new.valid_to)),
            message: failure.map(ToString::to_string),
            hint: failure.and_then(|failure| failure.hint.clone()),
        }
    }
}

pub(super) async fn run(
    session: &Session,
    olds: &[&Pat],
    (to, now): (Option<DateTime<Utc>>, DateTime<Utc>),
    (what, config): (&cli::Rotate, &Config),
) -> Result<Exit, Failure> {
    let is_json = is_json(what)?;
    let sinks = session.sinks(config, &what.places.sinks)?;
    check_apart(&sinks, olds)?;
    let places = Places::of(&session.desk.client, &sinks, (None, now), config);
    let rows: Vec<_> = plan(olds, &places, (to, now)).collect::<Result<_, _>>()?;
    if what.dry_run {
        output::result(&if is_json {
            record::json(&rows.iter().map(planned).collect::<Vec<_>>())?
        } else {
            shown(&rows, output::width())
        })?;
        return Ok(Exit::DONE);
    }
    output::show(&shown(&rows, None));
    let orders: Vec<_> = rows.iter().filter_map(|row| row.order.as_ref().ok()).collect();
    if rows.iter().any(|row| row.order.is_ok() && row.old.is_full_access()) {
        output::message("full access: whoever has such a token can do everything that you can");
    }
    for (at, order) in orders.iter().enumerate() {
        let organization = &order.new.organization;
        if !orders.iter().take(at).any(|other| other.new.organization == *organization) {
            session.tell_limits(&order.new.wish(now)).await;
        }
    }
    carry_out(session, rows, &places, is_json).await
}

/// Several secrets never go to standard output, so its only form is that of the results.
fn is_json(what: &cli::Rotate) -> Result<bool, Failure> {
    let refused = |why| Failure::new(FailureKind::Usage, ATTEMPT, why);
    if what.places.sinks.is_empty() {
        return Err(refused("several secrets do not go to standard output")
            .hint("name a place that keeps them apart with --sink"));
    }
    match what.places.format {
        None => Ok(false),
        Some(SecretFormat::Json) => Ok(true),
        Some(_) => Err(refused("several secrets do not go to standard output")
            .hint("leave out --format, or say `json` for what became of each token")),
    }
}

/// Refuses a place where one secret would take that of another.
fn check_apart(sinks: &[Sink], olds: &[&Pat]) -> Result<(), Failure> {
    for sink in sinks {
        sink.apart().check(olds.iter().copied()).map_err(|why| {
            let why = format!("{} cannot take these: {why}", sink.name());
            Failure::new(FailureKind::Usage, ATTEMPT, why).hint(
                "a `command` with {name} in it, or an `env` whose `key` has {name}, keeps them \
                 apart",
            )
        })?;
    }
    Ok(())
}

/// What would be done for each. The first place that cannot be used is the failure.
fn plan<'a>(
    olds: &[&'a Pat],
    places: &Places<'_>,
    (to, now): (Option<DateTime<Utc>>, DateTime<Utc>),
) -> impl Iterator<Item = Result<Row<'a>, Failure>> {
    olds.iter().map(move |&old| {
        let order = rotate::order(old, to, places.names(), now);
        let place = match &order {
            Ok(order) => {
                let plans = places.plans(&order.new)?;
                let targets: Vec<_> = plans.into_iter().map(|plan| plan.target).collect();
                targets.join(", ")
            }
            Err(_) => String::new(),
        };
        Ok(Row { old, order, place })
    })
}

fn planned<'a>(row: &'a Row<'_>) -> Told<'a> {
    match &row.order {
        Ok(order) => Told {
            new_valid_to: Some(date::format(order.new.valid_to)),
            ..row.told(Outcome::Planned, None, None)
        },
        Err(failure) => row.told(Outcome::Skipped, None, Some(failure)),
    }
}

/// What would be done, for people.
fn shown(rows: &[Row<'_>], width: Option<usize>) -> String {
    let day = |date| when::day(date, Zone::Local);
    let cells: Vec<_> = rows
        .iter()
        .map(|row| {
            let (end, place) = match &row.order {
                Ok(order) => (day(order.new.valid_to), row.place.clone()),
                Err(failure) => (format!("skipped: {}", failure.why), String::new()),
            };
            [
                row.old.name.to_string(),
                row.old.organization.to_string(),
                day(row.old.valid_to),
                end,
                text::visible(&place).into_owned(),
                row.old.id.to_string(),
            ]
        })
        .collect();
    table::render(COLUMNS, &cells, width)
}

async fn carry_out(
    session: &Session,
    rows: Vec<Row<'_>>,
    places: &Places<'_>,
    is_json: bool,
) -> Result<Exit, Failure> {
    let mut stop = Stop::listen()?;
    let (mut all, mut done, mut failures, mut unwritten) = (Vec::new(), 0, Vec::new(), None);
    for row in &rows {
        let (outcome, new, failure) = match &row.order {
            Err(failure) => (Outcome::Skipped, None, Some(failure.clone())),
            Ok(_) if stop.is_asked() => {
                let attempt = format!("rotate {}", find::named(row.old));
                let why = "stopped by a signal; nothing was sent for it";
                let failure = Failure::new(FailureKind::Cancelled, attempt, why);
                (Outcome::NotBegun, None, Some(failure))
            }
            Ok(order) => {
                let places = std::slice::from_ref(places);
                let replaced =
                    session.desk.replace(order.clone(), places, &mut stop, handover::TELL).await;
                outcome(replaced)
            }
        };
        done += usize::from(new.is_some());
        all.push(row.told(outcome, new.as_ref(), failure.as_ref()));
        if let (Some(new), false) = (&new, is_json) {
            let end = when::full(new.valid_to, Zone::Local);
            let line = format!(
                "rotated {}: now id {}, ends {end}, in {}\n",
                find::named(row.old),
                new.id,
                text::visible(&row.place)
            );
            // What was ordered is carried out, also if nobody reads the results any more.
            unwritten = output::result(&line).err().or(unwritten);
        }
        if let Some(failure) = failure {
            output::failure(&failure);
            failures.push(failure);
        }
    }
    if is_json {
        output::result(&record::json(&all)?)?;
    }
    unwritten.map_or(Ok(together(done, &failures)), Err)
}

fn outcome(replaced: Result<Replaced, Failure>) -> (Outcome, Option<Pat>, Option<Failure>) {
    match replaced {
        Ok(Replaced::Done(new)) => (Outcome::Done, Some(*new), None),
        Ok(Replaced::Late(new, failure)) => (Outcome::OldMayLive, Some(*new), Some(failure)),
        Err(failure) if failure.kind == FailureKind::Unconfirmed => {
            (Outcome::NotKnown, None, Some(failure))
        }
        Err(failure) => (Outcome::Failed, None, Some(failure)),
    }
}
