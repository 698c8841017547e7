//! The table of results: measure, figure, limit, verdict. Also the little arithmetic that all
//! measures share.

#![expect(clippy::print_stdout, reason = "a benchmark tells its results")]

use std::time::Duration;

/// How a figure stands against its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Kept,
    Missed,
    /// There is no limit.
    Told,
    Skipped,
    Failed,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Kept => "ok",
            Self::Missed => "MISSED",
            Self::Told => "-",
            Self::Skipped => "skipped",
            Self::Failed => "FAILED",
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    measure: String,
    figure: String,
    limit: String,
    verdict: Verdict,
}

impl Row {
    /// A number that may be at most `limit`.
    pub(crate) fn at_most(measure: &str, (number, limit): (f64, f64), unit: &str) -> Self {
        let verdict = if number <= limit { Verdict::Kept } else { Verdict::Missed };
        let digits = if number.fract() == 0.0 { 0 } else { 2 };
        Self {
            measure: measure.to_owned(),
            figure: format!("{number:.digits$} {unit}"),
            limit: format!("{limit} {unit}"),
            verdict,
        }
    }

    /// How many times as long as `other` something took.
    pub(crate) fn times(measure: &str, (one, other): (Duration, Duration), limit: f64) -> Self {
        let ratio = one.as_secs_f64() / other.as_secs_f64();
        let figure = format!("{ratio:.2} times ({} / {})", shown(one), shown(other));
        Self { figure, ..Self::at_most(measure, (ratio, limit), "times") }
    }

    /// A figure without a limit.
    pub(crate) fn told(measure: &str, figure: String) -> Self {
        Self { measure: measure.to_owned(), figure, limit: String::new(), verdict: Verdict::Told }
    }

    /// What could not be compared on this machine.
    pub(crate) fn skipped(measure: &str, why: &str) -> Self {
        Self { verdict: Verdict::Skipped, ..Self::told(measure, why.to_owned()) }
    }

    /// A measure that came to no figure; that counts as a missed limit.
    pub(crate) fn failed(measure: &str, error: &anyhow::Error) -> Self {
        Self { verdict: Verdict::Failed, ..Self::told(measure, format!("{error:#}")) }
    }
}

/// Prints rows as they come, and remembers whether all limits are kept.
#[derive(Debug)]
pub(crate) struct Report {
    is_kept: bool,
}

impl Report {
    pub(crate) fn begin() -> Self {
        line(["measure", "figure", "limit", "verdict"]);
        Self { is_kept: true }
    }

    pub(crate) fn add(&mut self, rows: Vec<Row>) {
        for row in rows {
            self.is_kept &= !matches!(row.verdict, Verdict::Missed | Verdict::Failed);
            line([&row.measure, &row.figure, &row.limit, row.verdict.word()]);
        }
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept
    }
}

fn line([measure, figure, limit, verdict]: [&str; 4]) {
    println!("{measure:<52} {figure:<36} {limit:<12} {verdict}");
}

/// The middle one of the durations.
pub(crate) fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// `1.234 ms`.
pub(crate) fn shown(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1_000.0)
}
