//! Delivering a secret to several places: what would be done, before; what was done, after.

use std::fmt::Write as _;

use super::output;
use crate::{
    failure::Failure,
    secret::PatSecret,
    sink::{Delivery, Plan, Sink},
};

/// What would be done in each place. The first that cannot be used is the failure.
pub(super) fn plans(sinks: &[&Sink], delivery: &Delivery) -> Result<Vec<Plan>, Failure> {
    sinks.iter().map(|sink| sink.plan(delivery)).collect()
}

/// The plans for people, a place after the other; `***` for every secret.
pub(super) fn shown(plans: &[Plan]) -> String {
    let mut text = String::new();
    for plan in plans {
        // Writing to a String cannot fail.
        writeln!(text, "{}", plan.target()).ok();
        for (sign, line) in plan.difference() {
            writeln!(text, "  {sign} {line}").ok();
        }
        for note in plan.notes() {
            writeln!(text, "  note: {note}").ok();
        }
    }
    text
}

/// Delivers to each, and says how it went: how many have it, and what failed.
pub(super) async fn deliver(
    sinks: &[&Sink],
    delivery: &Delivery,
    secret: &PatSecret,
) -> (usize, Vec<Failure>) {
    let (mut done, mut failures) = (0, Vec::new());
    for sink in sinks {
        let delivered = match sink.plan(delivery) {
            Ok(plan) => plan.carry_out(secret).await,
            Err(failure) => Err(failure),
        };
        match delivered {
            Ok(delivered) => {
                done += 1;
                output::message(format!("the secret went to {}", delivered.target));
                delivered.notes.iter().for_each(output::message);
            }
            Err(failure) => failures.push(failure),
        }
    }
    (done, failures)
}
