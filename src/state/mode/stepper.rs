//! The stepper that opens in the row: until when a token is to be extended.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use tui_input::Input;

use crate::{
    pat::{AuthorizationId, Pat},
    when::{self, Zone},
};

/// Azure DevOps takes no end further away than a year; one day less is safely inside.
const MAXIMUM: TimeDelta = TimeDelta::days(364);

/// One way to say the new end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The end stays where it is.
    Keep,
    /// A life as long as that of the token it replaces.
    AsBefore(TimeDelta),
    /// This long from now.
    Span(TimeDelta),
    /// As far as is known to be possible.
    Maximum,
    /// A date that the user types.
    Date,
}

impl Choice {
    pub fn label(self) -> String {
        match self {
            Self::Keep => "as it is".to_owned(),
            Self::AsBefore(span) => format!("as before: {}", when::left(span)),
            Self::Span(span) => when::left(span),
            Self::Maximum => "max".to_owned(),
            Self::Date => "date…".to_owned(),
        }
    }
}

/// An extension being chosen, for one token or for all marked ones.
#[derive(Clone, Debug)]
pub struct Stepper {
    pub ids: Vec<AuthorizationId>,
    pub choices: Vec<Choice>,
    pub chosen: usize,
    /// The typed date, used when [`Choice::Date`] is chosen.
    pub date: Input,
}

/// How long an organization lets tokens live, as it was seen to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// From the creation of the token.
    pub lifespan: TimeDelta,
    pub seen: DateTime<Utc>,
}

/// Why a new end cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("type a date such as {0}, or a number of days")]
    NoDate(NaiveDate),
    #[error("no other end is chosen")]
    Kept,
    #[error("{0} is in the past")]
    Past(String),
    #[error("more than a year is never granted; the last possible day is {0}")]
    TooFar(String),
    #[error("that is not later than its end now, {0}")]
    NotLater(String),
}

impl Stepper {
    /// `extend_by` is chosen first; it joins the presets if it is none of them.
    pub fn new(ids: Vec<AuthorizationId>, extend_by: TimeDelta) -> Self {
        let mut spans: Vec<_> = [7, 30, 60, 90, 180].map(TimeDelta::days).to_vec();
        if !spans.contains(&extend_by) {
            spans.push(extend_by);
            spans.sort_unstable();
        }
        let chosen = spans.iter().position(|span| *span == extend_by).unwrap_or_default();
        let choices = spans.into_iter().map(Choice::Span).chain([Choice::Maximum, Choice::Date]);
        Self { ids, choices: choices.collect(), chosen, date: Input::default() }
    }

    /// For a token in the place of one that lived so long.
    pub fn replacing(id: AuthorizationId, life: TimeDelta) -> Self {
        let mut stepper = Self::new(vec![id], TimeDelta::days(30));
        stepper.choices.insert(0, Choice::AsBefore(life));
        stepper.chosen = 0;
        stepper
    }

    pub fn choice(&self) -> Choice {
        self.choices.get(self.chosen).copied().unwrap_or(Choice::Maximum)
    }

    pub fn step(&mut self, by: isize) {
        self.chosen =
            self.chosen.saturating_add_signed(by).min(self.choices.len().saturating_sub(1));
    }

    /// The new end that is chosen for a token, if it can be asked for.
    pub fn target(
        &self,
        pat: &Pat,
        limit: Option<Limit>,
        now: DateTime<Utc>,
        zone: Zone,
    ) -> Result<DateTime<Utc>, Unusable> {
        let to = self.end(limit.map(|limit| pat.valid_from + limit.lifespan), now, zone)?;
        if to <= pat.valid_to {
            Err(Unusable::NotLater(when::day(pat.valid_to, zone)))
        } else {
            Ok(to)
        }
    }

    /// The end that is chosen, if any token can have it. `latest` is the last one that is known to
    /// be granted.
    pub fn end(
        &self,
        latest: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        zone: Zone,
    ) -> Result<DateTime<Utc>, Unusable> {
        let to = match self.choice() {
            Choice::Keep => return Err(Unusable::Kept),
            Choice::AsBefore(span) | Choice::Span(span) => now + span,
            Choice::Maximum => latest.map_or(now + MAXIMUM, |latest| latest.min(now + MAXIMUM)),
            Choice::Date => typed(self.date.value(), now, zone)?,
        };
        if to <= now {
            Err(Unusable::Past(when::day(to, zone)))
        } else if to > now + TimeDelta::days(365) {
            Err(Unusable::TooFar(when::day(now + TimeDelta::days(365), zone)))
        } else {
            Ok(to)
        }
    }
}

/// A typed date means the end of that day here; a number means so many days from now.
fn typed(text: &str, now: DateTime<Utc>, zone: Zone) -> Result<DateTime<Utc>, Unusable> {
    let text = text.trim();
    let example = || zone.at(now + TimeDelta::days(30)).date_naive();
    if let Ok(days) = text.trim_end_matches('d').trim_end().parse::<u16>() {
        return Ok(now + TimeDelta::days(days.into()));
    }
    let day = text.parse::<NaiveDate>().ok();
    day.and_then(|day| end_of_day(day, zone)).ok_or_else(|| Unusable::NoDate(example()))
}

/// The last second of a day, in the zone where it is meant.
pub fn end_of_day(day: NaiveDate, zone: Zone) -> Option<DateTime<Utc>> {
    let next = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
    Some(zone.instant(next)? - TimeDelta::seconds(1))
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;
    use crate::pat::{
        date,
        fixture::{now, pat},
    };

    fn stepper() -> Stepper {
        Stepper::new(vec![pat(1).id], TimeDelta::days(30))
    }

    fn target(choice: Choice, typed: &str) -> Result<String, String> {
        let mut stepper = stepper();
        stepper.chosen = stepper.choices.iter().position(|each| *each == choice).unwrap();
        stepper.date = typed.into();
        let pat = pat(1).ends_in(TimeDelta::days(5));
        let zone = Zone::Fixed(FixedOffset::east_opt(3600).unwrap());
        let limit = Limit { lifespan: TimeDelta::days(60), seen: now() };
        let limit = (choice == Choice::Maximum).then_some(limit);
        stepper
            .target(&pat, limit, now(), zone)
            .map(date::format)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_default_comes_first_even_if_it_is_no_preset() {
        assert_eq!(stepper().choice(), Choice::Span(TimeDelta::days(30)));
        let stepper = Stepper::new(vec![], TimeDelta::days(45));
        assert_eq!(stepper.choice(), Choice::Span(TimeDelta::days(45)));
        assert_eq!(stepper.choices.len(), 8);
    }

    #[test]
    fn spans_count_from_now_and_dates_mean_their_last_second_here() {
        assert_eq!(
            target(Choice::Span(TimeDelta::days(7)), "").unwrap(),
            "2026-12-01T12:00:00.000Z"
        );
        assert_eq!(target(Choice::Date, "2027-01-31").unwrap(), "2027-01-31T22:59:59.000Z");
        assert_eq!(target(Choice::Date, "45d").unwrap(), "2027-01-08T12:00:00.000Z");
    }

    #[test]
    fn the_maximum_is_what_is_known() {
        // Created 50 days ago, and this organization was seen to allow 60.
        assert_eq!(target(Choice::Maximum, "").unwrap(), "2026-12-04T12:00:00.000Z");
    }

    #[test]
    fn what_cannot_be_asked_for_says_why() {
        let check = |typed, expected: &str| {
            let error = target(Choice::Date, typed).unwrap_err();
            assert!(error.contains(expected), "{typed}: {error}");
        };
        check("", "type a date such as 2026-12-24");
        check("soon", "type a date");
        check("2026-11-20", "in the past");
        check("2028-01-01", "more than a year");
        check("2026-11-26", "not later than its end now");
    }
}
