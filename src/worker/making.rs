//! A new token whose secret is in this program only, until its owner has it or takes it back. The
//! journal follows, so that a crash is no loss.

use super::service::Service;
use crate::{
    clock,
    event::Event,
    failure::Failure,
    operations::{Creation, NewPat, Order, Revocation, handover::ByHand, rotate},
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

    /// The secret is in a place of its owner's: nothing is left to do, but for an old token.
    pub(super) async fn settle(&self) {
        let Some(mut handover) = self.handover.lock().await.take() else { return };
        let settled = async {
            handover.deliver(&[ByHand], &|_| ()).await?;
            match handover.old().map(|old| old.id) {
                Some(old) => drop(self.replaced.lock().await.insert(old, handover)),
                None => drop(handover.finish(&|_| ()).await?),
            }
            Ok::<_, Failure>(())
        };
        if let Err(failure) = settled.await {
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
