//! A secret on the way to a sink: what was shown is what is done, and the journal and the log
//! follow.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use super::service::Service;
use crate::{
    azure::Client,
    effect::OrderId,
    event::Event,
    failure::{Failure, FailureKind},
    operations::{Creation, Delivery, Step},
    pat::{AuthorizationId, Pat},
    sink::{self, Delivered, Plan, Shown, Sink},
};

const ATTEMPT: &str = "deliver the secret";

/// A plan that was shown, and for what.
#[derive(Debug)]
pub(super) struct Planned {
    sink: Sink,
    id: AuthorizationId,
    plan: Plan,
}

/// A sink as the place of one secret.
struct Site {
    sink: Sink,
    client: Client,
    plan: Mutex<Option<Plan>>,
    delivered: Mutex<Option<Delivered>>,
}

impl Delivery for Site {
    fn name(&self) -> &str {
        self.sink.name()
    }

    async fn deliver(&self, creation: &Creation) -> Result<(), Failure> {
        let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner).take();
        let delivered = plan.ok_or_else(unshown)?.carry_out(&creation.secret).await?;
        *self.delivered.lock().unwrap_or_else(PoisonError::into_inner) = Some(delivered);
        Ok(())
    }

    async fn test(&self, creation: &Creation) -> Result<Option<String>, Failure> {
        let delivery = sink::Delivery::of(&creation.pat);
        let tested = self.sink.test(&delivery, &creation.secret, &self.client).await?;
        Ok(Some(tested.words))
    }
}

fn unshown() -> Failure {
    Failure::new(FailureKind::Refused, ATTEMPT, "what would be done was not shown yet")
}

impl Service {
    /// Tells where secrets can be delivered to.
    pub(super) async fn tell_sinks(&self) {
        let choices = self.sinks.read().unwrap_or_else(PoisonError::into_inner).choices();
        self.events.send(Event::SinksFound(choices)).await.ok();
    }

    /// What would be done to the sink. It is kept, so that nothing else is done.
    pub(super) async fn plan_delivery(&self, order: OrderId, name: &str, pat: &Pat) -> Event {
        Event::DeliveryPlanned { order, result: self.plan(name, pat).await }
    }

    async fn plan(&self, name: &str, pat: &Pat) -> Result<Shown, Failure> {
        let found = self.sinks.read().unwrap_or_else(PoisonError::into_inner).find(name).cloned();
        let sink = found?;
        let plan = sink.plan(&sink::Delivery::of(pat))?;
        let shown = plan.shown();
        *self.planned.lock().await = Some(Planned { sink, id: pat.id, plan });
        Ok(shown)
    }

    /// Carries the plan out and tries the secret. The steps go out as they come.
    pub(super) async fn deliver(&self, order: OrderId, name: &str, creation: &Creation) -> Event {
        Event::Delivered { order, result: self.carry_out(order, name, creation).await }
    }

    async fn carry_out(
        &self,
        order: OrderId,
        name: &str,
        creation: &Creation,
    ) -> Result<Delivered, Failure> {
        let client = self.desk(ATTEMPT)?.client;
        let planned = self.planned.lock().await.take();
        let is_meant =
            |planned: &Planned| planned.sink.name() == name && planned.id == creation.pat.id;
        let Planned { sink, plan, .. } = planned.filter(is_meant).ok_or_else(unshown)?;
        let plan = Mutex::new(Some(plan));
        let site = Site { sink, client, plan, delivered: Mutex::default() };
        let (steps, mut told) = mpsc::unbounded_channel();
        let delivering = async {
            let tell = move |step| drop(steps.send(step));
            self.bring(&site, creation, &tell).await
        };
        let forward = async {
            while let Some(step) = told.recv().await {
                self.events.send(Event::DeliveryStepped { order, step }).await.ok();
            }
        };
        let (brought, ()) = tokio::join!(delivering, forward);
        brought?;
        let delivered = site.delivered.into_inner().unwrap_or_else(PoisonError::into_inner);
        delivered.ok_or_else(unshown)
    }

    /// Through the journal, as long as the token is in it. Whoever revokes the token meanwhile
    /// waits; what a signal does not wait for stays in the journal.
    async fn bring(
        &self,
        site: &Site,
        creation: &Creation,
        tell: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<(), Failure> {
        let mut held = self.handover.lock().await;
        let is_its =
            |handover: &crate::operations::Handover| handover.creation().pat.id == creation.pat.id;
        let Some(handover) = held.as_mut().filter(|handover| is_its(handover)) else {
            return self.desk(ATTEMPT)?.deliver(creation, site, tell).await;
        };
        handover.deliver(std::slice::from_ref(site), tell).await?;
        if let Some(handover) = held.take() {
            self.conclude(handover).await;
        }
        Ok(())
    }
}
