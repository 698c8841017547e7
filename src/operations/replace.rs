//! A new token on its whole way into its place, in one go: made, delivered and tried, and only then
//! the old one revoked. Whatever goes wrong before the secret is there, the new token is revoked
//! again; what cannot be done now stays in the journal.

use super::{Creation, Delivery, Desk, Handover, Order, Step, Tell, handover::given_up};
use crate::{
    failure::{Failure, FailureKind},
    pat::Pat,
    text,
};

/// How a new token came into its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// All is done: the old one, if there was one, is revoked.
    Done(Box<Pat>),
    /// It is there, but the end is missing: the old one may live.
    Late(Box<Pat>, Failure),
}

/// Who may ask to stop in the middle.
pub trait Stopping: Send {
    /// Carries on with the work to its end; once it is to stop only as long as there is time.
    fn or_late<T: Send>(
        &mut self,
        work: impl Future<Output = T> + Send,
    ) -> impl Future<Output = Option<T>> + Send;

    /// Carries on with the work until it is to stop, and drops it then.
    fn or_at_once<T: Send>(
        &mut self,
        work: impl Future<Output = T> + Send,
    ) -> impl Future<Output = Option<T>> + Send;
}

/// Nobody asks to stop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steady;

impl Stopping for Steady {
    async fn or_late<T: Send>(&mut self, work: impl Future<Output = T> + Send) -> Option<T> {
        Some(work.await)
    }

    async fn or_at_once<T: Send>(&mut self, work: impl Future<Output = T> + Send) -> Option<T> {
        Some(work.await)
    }
}

impl Desk {
    /// Creates the token that was ordered, delivers it to all these places, and ends it.
    pub async fn replace<D: Delivery + Sync>(
        &self,
        order: Order,
        places: &[D],
        stop: &mut impl Stopping,
        tell: Tell<'_>,
    ) -> Result<Replaced, Failure> {
        let attempt = attempt(&order);
        let Some(begun) = stop.or_late(Box::pin(self.begin(order, tell))).await else {
            let why = "stopped by a signal; what the service made of it is not known";
            return Err(Failure::new(FailureKind::Unconfirmed, attempt, why)
                .hint("`azpat resume` says what exists and how to go on"));
        };
        let mut handover = begun?;
        let Creation { pat, requested, .. } = handover.creation();
        if handover.creation().is_shortened() {
            tell(Step::Shortened(Box::new(pat.clone()), *requested));
        }
        let stopped =
            || Failure::new(FailureKind::Cancelled, attempt.clone(), "stopped by a signal");
        let delivered = match stop.or_at_once(Box::pin(handover.deliver(places, tell))).await {
            None if handover.is_delivered() => Ok(()),
            None => Err(stopped()),
            Some(Ok(())) => Ok(()),
            Some(Err(failure)) => {
                let why = format!("the secret could not be delivered ({})", failure.why);
                Err(Failure { attempt: attempt.clone(), why, ..failure })
            }
        };
        match delivered {
            Ok(()) => Ok(end(stop, handover, attempt, tell).await),
            Err(failure) => Err(give_up(stop, handover, failure, tell).await),
        }
    }
}

/// What is being tried, in words.
fn attempt(order: &Order) -> String {
    let verb = if order.old.is_some() { "rotate" } else { "create" };
    format!("{verb} {} in {}", text::cut(&order.new.name, 60), order.new.organization)
}

/// The secret is in its place: what is left is to revoke the old token.
async fn end(
    stop: &mut impl Stopping,
    handover: Handover,
    attempt: String,
    tell: Tell<'_>,
) -> Replaced {
    let (item, new) = (handover.item(), Box::new(handover.creation().pat.clone()));
    let failure = match stop.or_late(Box::pin(handover.finish(tell))).await {
        Some(Ok(_)) => return Replaced::Done(new),
        Some(Err(failure)) => failure,
        None => Failure::new(FailureKind::Unconfirmed, attempt, "stopped by a signal"),
    };
    let why = format!("the new token is in its place, but the end is missing: {}", failure.why);
    let hint = format!("`azpat resume --finish {item}` goes on");
    Replaced::Late(new, Failure { why, hint: Some(hint), ..failure })
}

/// Nobody got the secret, so the token must not stay. Whether it does is not known where it cannot
/// be revoked.
async fn give_up(
    stop: &mut impl Stopping,
    handover: Handover,
    failure: Failure,
    tell: Tell<'_>,
) -> Failure {
    let (item, id) = (handover.item(), handover.creation().pat.id);
    match stop.or_late(Box::pin(handover.give_up(tell))).await {
        Some(Ok(revocation)) => {
            let why = format!("{}, {}", failure.why, given_up(&Ok(revocation)));
            Failure { why, ..failure }
        }
        Some(Err(undone)) => {
            let why = format!("{}, {}", failure.why, given_up(&Err(undone)));
            Failure { kind: FailureKind::Unconfirmed, why, ..failure }
                .hint(format!("`azpat resume --roll-back {item}` tries again"))
        }
        None => {
            let why =
                format!("{}, and the new token (id {id}) was not revoked in time", failure.why);
            Failure { kind: FailureKind::Unconfirmed, why, ..failure }
                .hint(format!("`azpat resume --roll-back {item}` does"))
        }
    }
}
