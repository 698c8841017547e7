//! A new token whose secret is in this program only, until its owner has it or takes it back. The
//! journal follows, so that a crash is no loss. Also what an earlier azpat left in it.

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::service::Service;
use crate::{
    clock,
    effect::OrderId,
    event::Event,
    failure::Failure,
    journal::{Ending, ItemId},
    operations::{
        Creation, NewPat, Order, Revocation, Step,
        handover::{ByHand, Handover},
        resume::{Finding, Way},
        rotate,
    },
    pat::Pat,
};

impl Service {
    pub(super) async fn create(&self, order: OrderId, new: NewPat) -> Result<Creation, Failure> {
        self.begin_making(order, Order { new, old: None, sinks: Vec::new() }).await
    }

    /// The new token has the name and the scopes of the old one, and, unless another end is asked
    /// for, its length of life.
    pub(super) async fn rotate(
        &self,
        order: OrderId,
        old: &Pat,
        to: Option<DateTime<Utc>>,
    ) -> Result<Creation, Failure> {
        let now = clock::now() + self.desk("rotate the token")?.client.skew();
        self.begin_making(order, rotate::order(old, to, Vec::new(), now)?).await
    }

    async fn begin_making(&self, order: OrderId, what: Order) -> Result<Creation, Failure> {
        let desk = self.desk("create the token")?;
        let (tell, forward) = self.teller(order);
        let work = async move { desk.begin(what, &tell).await };
        let (begun, ()) = tokio::join!(work, forward);
        let begun = begun?;
        let creation = begun.creation().clone();
        *self.handover.lock().await = Some(begun);
        Ok(creation)
    }

    /// Who is told of the steps of an order, and what passes them on until that is dropped.
    fn teller(
        &self,
        order: OrderId,
    ) -> (impl Fn(Step) + Send + Sync + use<>, impl Future<Output = ()>) {
        let (steps, mut told) = mpsc::unbounded_channel();
        let forward = async move {
            while let Some(step) = told.recv().await {
                self.events.send(Event::Stepped { order, step }).await.ok();
            }
        };
        (move |step| drop(steps.send(step)), forward)
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
        } else {
            self.end(handover, Ending::Done).await;
        }
    }

    /// What was done is done, also if the journal cannot be told: the next start finds it so.
    async fn end(&self, handover: Handover, ending: Ending) {
        if let Err(failure) = handover.end(ending).await {
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

    /// A token that a handover is about takes its item to the end. What fails can be tried again.
    pub(super) async fn revoke(&self, order: OrderId, pat: &Pat) -> Result<Revocation, Failure> {
        let (tell, forward) = self.teller(order);
        let revoke = async move {
            let mut held = self.handover.lock().await;
            if let Some(handover) = held.take_if(|held| held.creation().pat.id == pat.id) {
                let revoked = handover.revoke_new(&tell).await;
                match &revoked {
                    Ok(_) => self.end(handover, Ending::RolledBack).await,
                    Err(_) => *held = Some(handover),
                }
                return revoked;
            }
            drop(held);
            let replaced = self.replaced.lock().await.remove(&pat.id);
            let Some(handover) = replaced else {
                return self.desk("revoke the token")?.revoke(pat).await;
            };
            match handover.revoke_old(&tell).await {
                Ok(Some(revocation)) => {
                    self.end(handover, Ending::Done).await;
                    Ok(revocation)
                }
                Ok(None) => self.desk("revoke the token")?.revoke(pat).await,
                Err(failure) => {
                    self.replaced.lock().await.insert(pat.id, handover);
                    Err(failure)
                }
            }
        };
        tokio::join!(revoke, forward).0
    }

    /// What was begun and not ended, without what this process is at.
    pub(super) async fn items(&self) -> Result<Vec<Finding>, Failure> {
        self.desk("look at what was left behind")?.left().await
    }

    /// Ends an item.
    pub(super) async fn go_on(
        &self,
        order: OrderId,
        item: ItemId,
        way: Way,
    ) -> Result<Option<Revocation>, Failure> {
        let desk = self.desk("end the item")?;
        let (tell, forward) = self.teller(order);
        let go_on = async move { desk.go_on(item, way, &tell).await };
        tokio::join!(go_on, forward).0
    }
}
