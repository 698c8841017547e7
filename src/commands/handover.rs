//! A new token from the order to its place, for the commands that make one: each step is said on
//! standard error, and signals leave a little time.

use super::{Exit, find, output, stop::Stop};
use crate::{
    failure::Failure,
    operations::{Delivery, Desk, Order, Step, Tell, replace::Replaced},
    text,
    when::{self, Zone},
};

/// Creates, delivers to all these places and ends it.
pub(super) async fn carry_out<D: Delivery + Sync>(
    desk: &Desk,
    order: Order,
    places: &[D],
) -> Result<Exit, Failure> {
    let mut stop = Stop::listen()?;
    match desk.replace(order, places, &mut stop, TELL).await? {
        Replaced::Done(_) => Ok(Exit::DONE),
        Replaced::Late(_, failure) => {
            output::failure(&failure);
            Ok(Exit::PARTLY)
        }
    }
}

/// Says what was done, on standard error.
fn tell(step: Step) {
    match step {
        // The places say themselves where the secret went.
        Step::Begun(_)
        | Step::Looked
        | Step::Delivering(_)
        | Step::Delivered(_)
        | Step::Settled
        | Step::Revoking(_)
        | Step::Verifying => {}
        Step::Created(pat) => output::message(format!(
            "created {}: ends {}",
            find::named(&pat),
            when::full(pat.valid_to, Zone::Local)
        )),
        Step::Shortened(pat, requested) => output::message(format!(
            "that is earlier than the {} that was asked for: a policy of {} or its tenant",
            when::full(requested, Zone::Local),
            pat.organization,
        )),
        Step::Tested(place, how) => output::message(format!(
            "tried from {}: {}",
            text::visible(&place),
            text::visible(&how)
        )),
        Step::Revoked(pat) => output::message(format!("revoked {}", find::named(&pat))),
    }
}

/// Tells everything that is done.
pub(super) const TELL: Tell<'static> = &tell;
