//! One call: its attempts, the waits between them, and at most one new sign-in.

use std::{sync::atomic::Ordering, time::Duration};

use chrono::{DateTime, TimeDelta};
use http::{HeaderMap, Method, header};
use tokio::time::{Instant, sleep};

use super::{
    Call, Client, Progress,
    host::Host,
    pause,
    refusal::{self, Again, Trouble},
    said,
};
use crate::{
    clock,
    failure::Failure,
    identity::AccountId,
    pat::Organization,
    secret::Bearer,
    sign_in::Realm,
    transport::{self, Answer, Lost},
    when,
};

/// How often a call is repeated at most.
const REPEATS: u32 = 3;

/// What is asked of a host.
pub(super) struct Request<'a> {
    pub(super) host: &'a Host,
    pub(super) method: Method,
    pub(super) segments: Vec<&'a str>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<String>,
    pub(super) whose: Whose<'a>,
    /// What it is for, as in [`Failure::attempt`].
    pub(super) attempt: String,
}

/// Who makes a call: decides which access token goes with it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose<'a> {
    /// The account; `None`: the one that comes first.
    Account(Option<AccountId>),
    /// A member of the organization.
    Member(&'a Organization),
}

/// What a call that failed may have changed at the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: it was refused, or it never got there.
    None,
    /// The answer was lost or made no sense.
    Unknown,
    /// The service says there is no such token.
    Missing,
}

/// A failed call.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) failure: Failure,
    pub(crate) effect: Effect,
}

/// What a call has used up so far.
#[derive(Default)]
struct Spent {
    under_way: Duration,
    waited: Duration,
    repeats: u32,
}

impl Client {
    /// Makes a call. What comes back is a success as far as status, type and error fields tell.
    pub(super) async fn call(&self, request: &Request<'_>) -> Result<Answer, Problem> {
        let sign_in = &self.0.sign_in;
        let refused = |failure| not_signed_in(failure, request);
        let realm = self.realm(request.whose).await.map_err(refused)?;
        let mut pass = sign_in.bearer(realm).await.map_err(refused)?;
        let mut is_renewed = false;
        let mut spent = Spent::default();
        loop {
            let started = clock::monotonic();
            if request.method != Method::GET {
                self.hold(realm, &pass);
            }
            let trouble = match self.attempt(request, &pass.bearer, &spent).await {
                Ok(answer) => {
                    self.hold(realm, &pass);
                    return Ok(answer);
                }
                Err(trouble) => trouble,
            };
            spent.under_way += started.elapsed();
            if trouble.wants_sign_in() && !is_renewed {
                is_renewed = true;
                let renewed = sign_in.renew(realm, &pass, trouble.claims.as_deref()).await;
                if let Some(other) = renewed.map_err(refused)? {
                    pass = other;
                    continue;
                }
            }
            // A write is never made as somebody else than it began.
            let may_pass = trouble.is_stranger && request.method == Method::GET;
            if may_pass && sign_in.pass_over(realm, &pass) {
                is_renewed = false;
                pass = sign_in.bearer(realm).await.map_err(refused)?;
                continue;
            }
            self.wait(request, &mut spent, &trouble)
                .await
                .map_err(|Exhausted| trouble.problem(&request.attempt, &self.0.limits))?;
        }
    }

    /// As whom, and in which tenant, a call is made.
    async fn realm<'a>(&self, whose: Whose<'a>) -> Result<Realm<'a>, Failure> {
        Ok(match whose {
            Whose::Account(account) => Realm::Home(account),
            Whose::Member(organization) => {
                let tenant = if self.0.sign_in.knows_tenants() {
                    self.home(organization).await?
                } else {
                    None
                };
                Realm::Member { organization, tenant, account: self.held(organization) }
            }
        })
    }

    /// Waits until the call may be repeated, if it may.
    async fn wait(
        &self,
        request: &Request<'_>,
        spent: &mut Spent,
        trouble: &Trouble,
    ) -> Result<(), Exhausted> {
        let limits = &self.0.limits;
        let may_repeat = match trouble.again {
            // A creation is never sent again while the first one may have worked.
            Again::Always => request.method != Method::POST || trouble.effect == Effect::None,
            Again::IfHarmless => request.method == Method::GET,
            Again::Never => false,
        };
        if !may_repeat || spent.repeats >= REPEATS || spent.under_way >= limits.total {
            return Err(Exhausted);
        }
        let back_off = pause::back_off(limits.back_off, spent.repeats);
        let pause = trouble.pause.unwrap_or(back_off);
        if spent.waited.saturating_add(pause) > limits.pause {
            return Err(Exhausted);
        }
        spent.repeats += 1;
        spent.waited += pause;
        if trouble.is_throttled() {
            // Every call to the host waits, this one included.
            request.host.gate.shut(pause);
            return Ok(());
        }
        self.tell_wait(&request.attempt, pause, &trouble.why);
        sleep(pause).await;
        Ok(())
    }

    async fn attempt(
        &self,
        request: &Request<'_>,
        bearer: &Bearer,
        spent: &Spent,
    ) -> Result<Answer, Trouble> {
        // The semaphore is never closed.
        let permit = self.0.in_flight.acquire().await;
        while let Some(left) = request.host.gate.left() {
            self.tell_wait(&request.attempt, left, "the service asked for a pause");
            sleep(left).await;
        }
        let (at, started) = (clock::now(), clock::monotonic());
        let outcome = self.send(request, bearer, spent).await;
        drop(permit);
        let mut call = Call {
            at,
            method: method(&request.method),
            target: request.host.target(request),
            status: None,
            took: TimeDelta::from_std(started.elapsed()).unwrap_or(TimeDelta::MAX),
            problem: None,
            support_id: None,
        };
        let result = match outcome {
            Ok(answer) => {
                call.status = Some(answer.status.as_u16());
                call.support_id = said::support_id(&answer.headers);
                self.note(request.host, &answer.headers);
                match refusal::find(&answer, request, &self.0.sign_in) {
                    None => Ok(answer),
                    Some(trouble) => Err(trouble),
                }
            }
            Err(lost) => {
                call.status = lost.status.map(|status| status.as_u16());
                Err(Trouble::from(lost))
            }
        };
        call.problem = result.as_ref().err().map(|trouble| trouble.why.clone());
        self.tell(Progress::Called(call));
        result
    }

    async fn send(
        &self,
        request: &Request<'_>,
        bearer: &Bearer,
        spent: &Spent,
    ) -> Result<Answer, Lost> {
        let limits = &self.0.limits;
        let builder = request.host.builder(request, bearer, limits).await?;
        let end = Instant::now() + limits.total.saturating_sub(spent.under_way);
        transport::exchange(builder, &request.host.way(), limits, end).await
    }

    /// Takes from an answer what holds for all calls: the service's clock, and its wish for rest.
    fn note(&self, host: &Host, headers: &HeaderMap) {
        let now = clock::now();
        let date = headers.get(header::DATE).and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
            // The header has whole seconds: a difference below two is none.
            let skew = (date.to_utc() - now).num_milliseconds();
            self.0.skew.store(if skew.abs() < 2_000 { 0 } else { skew }, Ordering::Relaxed);
        }
        let asked = pause::retry_after(headers, now).max(pause::delay(headers));
        if let Some(pause) = asked.filter(|pause| !pause.is_zero()) {
            host.gate.shut(pause.min(self.0.limits.pause));
        }
    }

    fn tell_wait(&self, attempt: &str, pause: Duration, why: &str) {
        let until = clock::now() + TimeDelta::from_std(pause).unwrap_or_default();
        self.tell(Progress::Waiting { attempt: attempt.to_owned(), until, why: why.to_owned() });
    }

    fn tell(&self, progress: Progress) {
        (self.0.observer)(progress);
    }
}

/// The call may not be repeated (any more).
struct Exhausted;

fn not_signed_in(failure: Failure, request: &Request<'_>) -> Problem {
    let failure = Failure { attempt: request.attempt.clone(), ..failure };
    Problem { failure, effect: Effect::None }
}

fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "?",
    }
}

/// `5 minutes`, for a pause that the service asked for.
pub(super) fn words(pause: Duration) -> String {
    when::span(TimeDelta::from_std(pause).unwrap_or(TimeDelta::days(9_999)))
}
