//! A new token from the order to its place, for `azpat create` and `azpat rotate`: whatever goes
//! wrong before the secret is there, the new token is revoked again, and what cannot be done now
//! is left for `azpat resume`.

use super::{Exit, find, output, stop::Stop};
use crate::{
    failure::{Failure, FailureKind},
    operations::{Creation, Delivery, Desk, Handover, Order, Step, Tell, handover::given_up},
    text,
    when::{self, Zone},
};

/// Creates, delivers to all these places and ends it.
pub(super) async fn carry_out<D: Delivery>(
    desk: &Desk,
    order: Order,
    places: &[D],
) -> Result<Exit, Failure> {
    let verb = if order.old.is_some() { "rotate" } else { "create" };
    let attempt =
        format!("{verb} {} in {}", text::cut(&order.new.name, 60), order.new.organization);
    let mut stop = Stop::listen()?;
    let Some(begun) = stop.or_late(Box::pin(desk.begin(order, &tell))).await else {
        let why = "stopped by a signal; what the service made of it is not known";
        return Err(Failure::new(FailureKind::Unconfirmed, attempt, why)
            .hint("`azpat resume` says what exists and how to go on"));
    };
    let mut handover = begun?;
    tell_shortened(handover.creation());
    let stopped = || Failure::new(FailureKind::Cancelled, attempt.clone(), "stopped by a signal");
    let delivered = match stop.or_at_once(Box::pin(handover.deliver(places, &tell))).await {
        None if handover.is_delivered() => Ok(()),
        None => Err(stopped()),
        Some(Ok(())) => Ok(()),
        Some(Err(failure)) => {
            let why = format!("the secret could not be delivered ({})", failure.why);
            Err(Failure { attempt: attempt.clone(), why, ..failure })
        }
    };
    match delivered {
        Ok(()) => end(&mut stop, handover, attempt).await,
        Err(failure) => Err(give_up(&mut stop, handover, failure).await),
    }
}

/// The secret is in its place: what is left is to revoke the old token.
async fn end(stop: &mut Stop, handover: Handover, attempt: String) -> Result<Exit, Failure> {
    let item = handover.item();
    let failure = match stop.or_late(Box::pin(handover.finish(&tell))).await {
        Some(Ok(_)) => return Ok(Exit::DONE),
        Some(Err(failure)) => failure,
        None => Failure::new(FailureKind::Unconfirmed, attempt, "stopped by a signal"),
    };
    let why = format!("the new token is in its place, but the end is missing: {}", failure.why);
    let hint = format!("`azpat resume --finish {item}` goes on");
    output::failure(&Failure { why, hint: Some(hint), ..failure });
    Ok(Exit::PARTLY)
}

/// Nobody got the secret, so the token must not stay.
async fn give_up(stop: &mut Stop, handover: Handover, failure: Failure) -> Failure {
    let (item, id) = (handover.item(), handover.creation().pat.id);
    match stop.or_late(Box::pin(handover.give_up(&tell))).await {
        Some(Ok(revocation)) => {
            let why = format!("{}, {}", failure.why, given_up(&Ok(revocation)));
            Failure { why, ..failure }
        }
        Some(Err(undone)) => {
            let why = format!("{}, {}", failure.why, given_up(&Err(undone)));
            Failure { why, ..failure }
                .hint(format!("`azpat resume --roll-back {item}` tries again"))
        }
        None => {
            let why =
                format!("{}, and the new token (id {id}) was not revoked in time", failure.why);
            Failure { why, ..failure }.hint(format!("`azpat resume --roll-back {item}` does"))
        }
    }
}

/// Says what was done, on standard error.
pub(super) fn tell(step: Step) {
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

fn tell_shortened(creation: &Creation) {
    if creation.is_shortened() {
        output::message(format!(
            "that is earlier than the {} that was asked for: a policy of {} or its tenant",
            when::full(creation.requested, Zone::Local),
            creation.pat.organization,
        ));
    }
}
