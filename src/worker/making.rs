//! A new token whose secret is in this program only, until its owner has it or takes it back. The
//! journal follows, so that a crash is no loss.

use super::service::Service;
use crate::{
    event::Event,
    failure::Failure,
    operations::{Creation, NewPat, Order, Revocation, handover::ByHand},
    pat::Pat,
};

impl Service {
    pub(super) async fn create(&self, new: NewPat) -> Result<Creation, Failure> {
        let order = Order { new, old: None, sinks: Vec::new() };
        let begun = self.desk("create the token")?.begin(order, &|_| ()).await?;
        let creation = begun.creation().clone();
        *self.handover.lock().await = Some(begun);
        Ok(creation)
    }

    /// The secret is in a place of its owner's: nothing is left to do.
    pub(super) async fn settle(&self) {
        let Some(mut handover) = self.handover.lock().await.take() else { return };
        let settled = async {
            handover.deliver(&[ByHand], &|_| ()).await?;
            handover.finish(&|_| ()).await
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
        self.desk("revoke the token")?.revoke(pat).await
    }
}
