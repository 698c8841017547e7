//! The way of a request through the service: host, record, delay, throttling, sign-in, faults, operation, headers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::{self, Refusal, exception, versioned};
use super::call::Call;
use super::caller::Caller;
use super::control::Seen;
use super::entra::Directory;
use super::fault::{FaultKind, Operation};
use super::line::Wire;
use super::rig::Throttling;
use super::tokens::{self, Desk};
use super::world::World;
use super::{entra, gate, organization, pages, remote, sabotage, world};
use crate::clock;

/// The longest body that is read.
const LONGEST_BODY: usize = 1024 * 1024;

/// The longest body that is noted; ten thousand of the longest would fill the memory.
const LONGEST_NOTED: usize = 64 * 1024;

/// A request for the service, read in full.
pub(super) struct Exchange {
    pub(super) call: Call,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Who asks; nobody where no bearer is wanted.
    pub(super) caller: Caller,
}

/// What becomes of a request.
pub(super) enum Outcome {
    Answer(Response),
    /// The connection closes without a byte of answer.
    Cut,
}

/// Answers one request.
pub(super) async fn handle(
    State(world): State<Arc<World>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match to_bytes(body, LONGEST_BODY).await {
        Err(_) => too_long().into_response(),
        Ok(body) => match admit(&world, &wire, parts, body).await {
            Outcome::Answer(response) => response,
            Outcome::Cut => {
                wire.cut();
                return Response::default();
            }
        },
    };
    answer::stamp(&mut response, world::random_id(), world.process, world.now());
    response
}

async fn admit(world: &Arc<World>, wire: &Wire, parts: Parts, body: Bytes) -> Outcome {
    if let Err(refusal) = gate::check_host(&parts) {
        return Outcome::Answer(refusal.into_response());
    }
    if remote::is_meant(parts.uri.path()) {
        return Outcome::Answer(remote::answer(world, &parts, &body));
    }
    let number = world.rig().note(seen(&parts, &body));
    let outcome = match Call::read(&parts.method, &parts.uri) {
        Err(refusal) => {
            let stranger = Caller::read(world, &parts).stranger(world, "");
            Outcome::Answer(stranger.unwrap_or_else(|| refusal.into_response()))
        }
        Ok(call) => {
            let _in_flight = world.enter(call.operation);
            serve(world, wire, &parts, call, body).await
        }
    };
    if let Outcome::Answer(response) = &outcome {
        world.rig().note_status(number, response.status().as_u16());
    }
    outcome
}

async fn serve(world: &Arc<World>, wire: &Wire, parts: &Parts, call: Call, body: Bytes) -> Outcome {
    let settings = world.rig().settings().clone();
    let operation = call.operation;
    let delay = if operation.is_pat() { settings.throttle.delay_ms } else { 0 };
    pause(settings.latency_ms.saturating_add(delay)).await;
    let now = world.now().timestamp();
    let mut warned = false;
    if operation.is_pat() {
        let throttling = world.rig().throttle();
        match throttling {
            Throttling::Blocked => return Outcome::Answer(gate::blocked(&settings.throttle, now)),
            Throttling::Warned => warned = true,
            Throttling::Free => {}
        }
    }
    let caller = Caller::read(world, parts);
    if let Some(response) = turned_away(world, &call, &caller) {
        return Outcome::Answer(response);
    }
    let exchange = Exchange { call, headers: parts.headers.clone(), body, caller };
    let fault = world.rig().strike(operation);
    let mut outcome = match fault {
        Some(fault) => sabotage::apply(world, wire, &exchange, &fault).await,
        None => Outcome::Answer(perform(world, &exchange, None)),
    };
    if let Outcome::Answer(response) = &mut outcome
        && warned
        && operation.is_pat()
    {
        gate::warn(response, &settings.throttle, now);
    }
    outcome
}

/// The answer to somebody who may not do this, or whose sign-in the service says it lost.
fn turned_away(world: &World, call: &Call, caller: &Caller) -> Option<Response> {
    if call.operation.is_pat() {
        let sign_in = world.rig().sign_in();
        if let Some(response) = gate::sign_in(world, sign_in, &call.organization, caller) {
            return Some(response);
        }
    }
    let is_open = call.operation.is_entra() || call.operation == Operation::Tenant;
    if is_open { None } else { caller.refused(world, call) }
}

async fn pause(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

/// Carries out the operation. `twist` is a fault inside it.
pub(super) fn perform(world: &World, exchange: &Exchange, twist: Option<&FaultKind>) -> Response {
    let outcome = match exchange.call.operation {
        Operation::Profile => profile(world, &exchange.call),
        Operation::Accounts => accounts(world, exchange),
        Operation::Tenant => organization::answer(world, exchange),
        operation if operation.is_entra() => Ok(entra::answer(world, exchange)),
        _ => pats(world, exchange, twist),
    };
    outcome.unwrap_or_else(IntoResponse::into_response)
}

fn pats(
    world: &World,
    exchange: &Exchange,
    twist: Option<&FaultKind>,
) -> Result<Response, Refusal> {
    let call = &exchange.call;
    let version = call.version()?;
    let settings = world.rig().settings().clone();
    let now = world.now();
    let due =
        if call.operation == Operation::List { world.rig().due_revocations() } else { Vec::new() };
    let mut ledger = world.ledger();
    for id in due {
        ledger.revoke(id);
    }
    let organization =
        ledger.organization(&call.organization).ok_or_else(|| no_organization(call))?;
    let forced = settings.pat_token_error.as_deref();
    let mut desk = Desk { ledger: &mut ledger, policies: &settings.policies, organization, now };
    let response = match call.operation {
        Operation::Get => tokens::result(desk.get(call.authorization_id()?).map(Some), version),
        Operation::Create => {
            let request = read_body(exchange)?;
            let outcome = forced.map_or_else(|| desk.create(request).map(Some), Err);
            tokens::result(outcome, version)
        }
        Operation::Update => {
            let request = read_body(exchange)?;
            let forgetful = twist == Some(&FaultKind::ResetOmittedFields);
            let outcome = forced.map_or_else(|| desk.update(request, forgetful).map(Some), Err);
            tokens::result(outcome, version)
        }
        Operation::Revoke => {
            desk.revoke(call.authorization_id()?)?;
            answer::empty()
        }
        _ => {
            let list = (organization, call.list_options()?);
            let continuation = call.parameter("continuationToken");
            let page = pages::page(&mut ledger, list, continuation, twist, now)?;
            return Ok(versioned(&page, version.name()));
        }
    };
    if call.operation != Operation::Get {
        world.save(&ledger)?;
    }
    Ok(response)
}

fn profile(world: &World, call: &Call) -> Result<Response, Refusal> {
    let version = call.stable_version()?;
    let owner = world.ledger().owner.clone();
    let body = json!({
        "displayName": owner.name,
        "publicAlias": owner.id,
        "emailAddress": owner.email,
        "coreRevision": 1647,
        "timeStamp": "2024-05-12T22:23:07.727+00:00",
        "id": owner.id,
        "revision": 1647,
    });
    Ok(versioned(&body, version))
}

fn accounts(world: &World, exchange: &Exchange) -> Result<Response, Refusal> {
    let call = &exchange.call;
    let directory = Directory::of(world);
    let tenant = exchange.caller.tenant();
    let version = call.stable_version()?;
    let ledger = world.ledger();
    let asked = call.parameter("memberId").or_else(|| call.parameter("ownerId"));
    let Some(asked) = asked else {
        return Err(Refusal::malformed("Either ownerId or memberId must be given."));
    };
    let is_owner = asked.parse().is_ok_and(|id: uuid::Uuid| id == ledger.owner.id);
    let own = if is_owner { ledger.organizations.as_slice() } else { &[] };
    let accounts: Vec<Value> = own
        .iter()
        // A token shows the organizations of its tenant.
        .filter(|organization| tenant.is_none() || tenant == directory.tenant(&organization.name))
        .map(|organization| {
            json!({
                "accountId": organization.id,
                "accountUri": format!("https://vssps.dev.azure.com/{}/", organization.name),
                "accountName": organization.name,
                "properties": {},
            })
        })
        .collect();
    Ok(versioned(&json!({ "count": accounts.len(), "value": accounts }), version))
}

/// An object; `[…]` would do for serde, but not for the service.
fn read_body<T: DeserializeOwned>(exchange: &Exchange) -> Result<T, Refusal> {
    let content_type = exchange.headers.get(CONTENT_TYPE).map_or(Ok(""), |value| value.to_str());
    if !content_type.is_ok_and(|kind| kind.is_empty() || kind.to_ascii_lowercase().contains("json"))
    {
        let message = "The request contains an entity body of a media type that this resource does not support.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, exception::SERVICE, message));
    }
    let malformed = |error| Refusal::malformed(format!("The request body is not valid: {error}"));
    let body: Value = serde_json::from_slice(&exchange.body).map_err(malformed)?;
    if !body.is_object() {
        return Err(Refusal::malformed("The request body is not valid: it must be an object."));
    }
    serde_json::from_value(body).map_err(malformed)
}

fn seen(parts: &Parts, body: &Bytes) -> Seen {
    let mut headers = BTreeMap::new();
    for (name, value) in &parts.headers {
        if name != AUTHORIZATION && name != COOKIE {
            headers
                .insert(name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
    }
    Seen {
        at: clock::now(),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        authorization: parts.headers.contains_key(AUTHORIZATION),
        body: if body.len() <= LONGEST_NOTED { serde_json::from_slice(body).ok() } else { None },
        status: None,
    }
}

/// There is no such organization.
pub(super) fn no_organization(call: &Call) -> Refusal {
    let name = &call.organization;
    Refusal::new(
        StatusCode::NOT_FOUND,
        "Microsoft.TeamFoundation.Framework.Server.HostDoesNotExistException",
        format!(
            "TF400018: The organization '{name}' does not exist, or you do not have access to it."
        ),
    )
}

fn too_long() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        exception::SERVICE,
        "The request body is longer than 1 MiB.",
    )
}
