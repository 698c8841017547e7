//! `azpat limits`: what organizations were seen to refuse or to shorten, and how to forget it. Asks
//! nobody and needs no sign-in. The other commands say from here what stands against a wish.

use serde::Serialize;

use super::{
    Exit, output, record,
    session::{self, Session},
    table::{self, Column},
};
use crate::{
    cli::{self, TableOrJson},
    config::{Config, Source},
    failure::{Failure, FailureKind},
    pat::{
        Organization, date,
        limit::{Limit, Rule, Wish},
    },
    when::{self, Zone},
};

const COLUMNS: [Column; 3] = [
    Column { title: "ORGANIZATION", least: 12, dispensable: 0 },
    Column { title: "LIMIT", least: 20, dispensable: 0 },
    Column { title: "SEEN", least: usize::MAX, dispensable: 0 },
];

pub(super) async fn run(what: &cli::Limits, config: &Config) -> Result<Exit, Failure> {
    if let Source::Demo { .. } = config.source {
        output::message(
            "the example service begins anew each time, so that nothing is known of it",
        );
        return Ok(Exit::DONE);
    }
    let store = session::records().limits()?;
    if !what.forget.is_empty() {
        let mut unknown = Vec::new();
        let mut forget = |limits: &mut crate::pat::limit::Limits| {
            unknown = what.forget.iter().filter(|name| !limits.forget(name)).collect();
            unknown.len() < what.forget.len()
        };
        if what.dry_run {
            forget(&mut store.load().await?);
            let known = what.forget.iter().filter(|name| !unknown.contains(name));
            let lines = known.map(|name| format!("would forget what was seen of {name}\n"));
            output::result(&lines.collect::<String>())?;
        } else {
            store.change(forget).await?;
        }
        return match unknown.first() {
            Some(name) => {
                let why = "nothing is known of it";
                Err(Failure::new(
                    FailureKind::NotFound,
                    format!("forget the limits of {name}"),
                    why,
                )
                .hint("azpat limits shows what is known"))
            }
            None => Ok(Exit::DONE),
        };
    }
    let limits = store.load().await?;
    let all = limits.all().into_iter();
    let rows: Vec<_> =
        all.flat_map(|(name, each)| each.iter().map(move |limit| (name, limit))).collect();
    match what.format {
        TableOrJson::Json => {
            let rows: Vec<_> = rows.iter().map(|(name, limit)| Row::new(name, limit)).collect();
            output::result(&record::json(&rows)?)?;
        }
        TableOrJson::Table if rows.is_empty() => {
            output::message("no limits were seen yet");
        }
        TableOrJson::Table => {
            let cells = |(name, limit): &(&Organization, &Limit)| {
                let seen = when::day(limit.seen, Zone::Local);
                [name.to_string(), limit.rule.to_string(), seen]
            };
            let rows: Vec<_> = rows.iter().map(cells).collect();
            output::result(&table::render(COLUMNS, &rows, output::width()))?;
        }
    }
    Ok(Exit::DONE)
}

/// A limit in a machine's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    organization: &'a str,
    limit: &'static str,
    /// From the creation of a token; `null`: the limit is about something else.
    lifespan_minutes: Option<i64>,
    seen: String,
}

impl<'a> Row<'a> {
    fn new(organization: &'a Organization, limit: &Limit) -> Self {
        let (name, life) = match limit.rule {
            Rule::Shortened(life) => ("shortened", Some(life)),
            Rule::Refused(life) => ("refused", Some(life)),
            Rule::NoFullAccess => ("noFullAccess", None),
            Rule::NoCreation => ("noCreation", None),
        };
        Self {
            organization: organization.as_str(),
            limit: name,
            lifespan_minutes: life.map(|life| life.num_minutes()),
            seen: date::format(limit.seen),
        }
    }
}

impl Session {
    /// Says what was seen to stand against a wish. It is sent all the same: policies change.
    pub(super) async fn tell_limits(&self, wish: &Wish<'_>) {
        let limits = match self.desk.records.limits() {
            Ok(store) => store.load().await,
            Err(failure) => Err(failure),
        };
        let against = match &limits {
            Ok(limits) => limits.against(wish),
            Err(failure) => return output::failure(failure),
        };
        let organization = wish.organization;
        for limit in &against {
            output::message(format!("{organization} {}", limit.words(Zone::Local)));
        }
        if !against.is_empty() {
            output::message(format!("azpat limits --forget {organization} forgets that"));
        }
    }
}
