//! A new token whose secret is in this program only, until its owner has it or takes it back. The
//! journal follows, so that a crash is no loss.

use super::service::Service;
use crate::{
    clock,
    event::Event,
    failure::Failure,
    operations::{
        Creation, NewPat, Order, Revocation,
        handover::{ByHand, Handover},
        rotate,
    },
    pat::Pat,
};

impl Service {
    pub(super) async fn create(&self, new: NewPat) -> Result<Creation, Failure> {
        self.begin_making(Order { new, old: None, sinks: Vec::new() }).await
    }

    /// The new token has the name, the scopes and the length of life of the old one.
    pub(super) async fn rotate(&self, old: &Pat) -> Result<Creation, Failure> {
        let now = clock::now() + self.desk("rotate the token")?.client.skew();
        self.begin_making(rotate::order(old, None, Vec::new(), now)?).await
    }

    async fn begin_making(&self, order: Order) -> Result<Creation, Failure> {
        let begun = self.desk("create the token")?.begin(order, &|_| ()).await?;
        let creation = begun.creation().clone();
        *self.handover.lock().await = Some(begun);
        Ok(creation)
    }

    /// The secret is in a place of its owner's.
    pub(super) async fn settle(&self) {
        let Some(mut handover) = self.handover.lock().await.take() else { return };
        match handover.deliver(&[ByHand], &|_| ()).await {
            Ok(()) => self.conclude(handover).await,
            Err(failure) => drop(self.events.send(Event::Unrecorded(failure)).await),
        }
    }

    /// Nothing is left to do for a token in its place, but to revoke an old one when that is
    /// ordered.
    pub(super) async fn conclude(&self, handover: Handover) {
        if let Some(old) = handover.old().map(|old| old.id) {
            self.replaced.lock().await.insert(old, handover);
        } else if let Err(failure) = handover.finish(&|_| ()).await {
            self.events.send(Event::Unrecorded(failure)).await.ok();
        }
    }

    /// Its owner lets the secret go, and knows it.
    pub(super) async fn leave_secret(&self) -> Result<(), Failure> {
        match self.handover.lock().await.take() {
            Some(handover) => handover.leave().await,
            None => Ok(()),
        }
    }

    pub(super) async fn revoke(&self, pat: &Pat) -> Result<Revocation, Failure> {
        let mut held = self.handover.lock().await;
        if let Some(handover) = held.take_if(|held| held.creation().pat.id == pat.id) {
            return handover.give_up(&|_| ()).await;
        }
        drop(held);
        let replaced = self.replaced.lock().await.remove(&pat.id);
        if let Some(handover) = replaced
            && let Some(revocation) = handover.finish(&|_| ()).await?
        {
            return Ok(revocation);
        }
        self.desk("revoke the token")?.revoke(pat).await
    }
}
