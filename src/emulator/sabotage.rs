//! How faults are done: answers replaced, broken, stretched or withheld. Which fault hits was decided before.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::json;

use super::answer::{self, Refusal, exception};
use super::fault::{Fault, FaultKind, Operation};
use super::line::Wire;
use super::service::{Exchange, Outcome, perform};
use super::tokens;
use super::world::World;

/// How long silence lasts if the client waits that long.
const SILENCE: Duration = Duration::from_mins(2);

/// Lets a fault loose on a request.
pub(super) async fn apply(
    world: &World,
    wire: &Wire,
    exchange: &Exchange,
    fault: &Fault,
) -> Outcome {
    if let Some(outcome) = twisted(world, exchange, fault) {
        return outcome;
    }
    let answer =
        if fault.is_carried_out() { perform(world, exchange, None) } else { Response::default() };
    let response = match &fault.kind {
        FaultKind::LoseBefore | FaultKind::LoseAfter => return Outcome::Cut,
        FaultKind::StallBefore | FaultKind::StallAfter => {
            // If the client leaves first, this future is dropped.
            tokio::time::sleep(SILENCE).await;
            return Outcome::Cut;
        }
        FaultKind::DripHeaders { interval_ms } => {
            wire.drip((*interval_ms).max(1));
            answer
        }
        FaultKind::DripBody { interval_ms } => dripping(answer, *interval_ms).await,
        FaultKind::CutBody => return cut(answer).await,
        FaultKind::HugeBody { gzip } => endless(*gzip),
        kind => replaced(kind, exchange),
    };
    Outcome::Answer(response)
}

/// Faults inside an operation, rather than on the way of its answer.
fn twisted(world: &World, exchange: &Exchange, fault: &Fault) -> Option<Outcome> {
    match fault.kind {
        FaultKind::RepeatContinuation
        | FaultKind::OverlapPages
        | FaultKind::EndlessPages
        | FaultKind::EmptyPageWithToken
        | FaultKind::ResetOmittedFields => {
            Some(Outcome::Answer(perform(world, exchange, Some(&fault.kind))))
        }
        FaultKind::LateRevocation { lists } => {
            if let Ok(id) = exchange.call.authorization_id() {
                world.rig().revoke_later(id, lists);
            }
            Some(Outcome::Cut)
        }
        _ => None,
    }
}

/// Another answer in the place of the right one.
fn replaced(kind: &FaultKind, exchange: &Exchange) -> Response {
    match kind {
        FaultKind::Garbage => {
            let mut noise: Vec<u8> =
                std::iter::repeat_with(|| fastrand::u8(..)).take(512).collect();
            // No JSON begins with this, whatever follows.
            noise.insert(0, 0xFF);
            body_of_json(Body::from(noise))
        }
        FaultKind::WrongShape => {
            answer::json(StatusCode::OK, &wrong_shape(exchange.call.operation))
        }
        FaultKind::Html500 => {
            let text = "<h1>Our services aren't available right now</h1>";
            answer::html(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Azure DevOps Services Unavailable",
                text,
            )
        }
        FaultKind::Redirect { location, status } => {
            let status = StatusCode::from_u16(*status).ok().filter(StatusCode::is_redirection);
            let mut response = answer::html(
                status.unwrap_or(StatusCode::FOUND),
                "Object moved",
                "<h2>Object moved</h2>",
            );
            answer::set(&mut response, "location", location);
            response
        }
        FaultKind::UnknownErrorValue => with_result(exchange, Err("moonPhasePolicyViolation")),
        FaultKind::NullPat => with_result(exchange, Ok(None)),
        FaultKind::Status(status) => {
            let status =
                StatusCode::from_u16(*status).ok().filter(|status| !status.is_informational());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let message = format!("The emulator was told to answer {status}.");
            Refusal::new(status, exception::SERVICE, message).into_response()
        }
        _ => Response::default(),
    }
}

fn with_result(
    exchange: &Exchange,
    outcome: Result<Option<super::pages::PatToken>, &str>,
) -> Response {
    match exchange.call.version() {
        Ok(version) => tokens::result(outcome, version),
        Err(refusal) => refusal.into_response(),
    }
}

fn wrong_shape(operation: Operation) -> serde_json::Value {
    match operation {
        Operation::List => {
            json!({ "continuationToken": 7, "patTokens": { "displayName": ["a"], "validTo": true } })
        }
        Operation::Accounts => json!({ "count": "two", "value": "contoso" }),
        Operation::Token => json!({ "token_type": 7, "access_token": ["a"], "expires_in": {} }),
        Operation::Devicecode => json!({ "device_code": 1, "user_code": [], "interval": "soon" }),
        Operation::Profile => json!([{ "displayName": 1, "publicAlias": {} }]),
        _ => json!({ "patToken": ["displayName", 1], "patTokenError": { "none": true } }),
    }
}

fn body_of_json(body: Body) -> Response {
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    (StatusCode::OK, [(CONTENT_TYPE, content_type)], body).into_response()
}

/// Sends the body one byte per interval.
async fn dripping(answer: Response, interval_ms: u64) -> Response {
    let (mut parts, body) = answer.into_parts();
    let bytes = whole(body).await;
    announce(&mut parts.headers, bytes.len());
    let interval = Duration::from_millis(interval_ms);
    let drops = stream::iter(0..bytes.len()).then(move |index| {
        let drop = bytes.slice(index..=index);
        async move {
            tokio::time::sleep(interval).await;
            Ok::<_, Infallible>(drop)
        }
    });
    Response::from_parts(parts, Body::from_stream(drops))
}

/// Announces the whole body, sends half and closes. Without a body there is nothing to halve, so nothing comes.
async fn cut(answer: Response) -> Outcome {
    let (mut parts, body) = answer.into_parts();
    let bytes = whole(body).await;
    if bytes.is_empty() {
        return Outcome::Cut;
    }
    announce(&mut parts.headers, bytes.len());
    let half = bytes.slice(..bytes.len() / 2);
    let end = async {
        // Lets the server send what it has before it learns of the end.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    };
    let halves = stream::iter([Ok(half)]).chain(stream::once(end));
    Outcome::Answer(Response::from_parts(parts, Body::from_stream(halves)))
}

async fn whole(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}

fn announce(headers: &mut HeaderMap, length: usize) {
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
}

/// An endless body: the beginning of a list, then blanks.
fn endless(gzip: bool) -> Response {
    if !gzip {
        let begin = Bytes::from_static(b"{\"continuationToken\":\"\",\"patTokens\":[");
        return body_of_json(Body::from_stream(forever(begin, Bytes::from(vec![b' '; 64 * 1024]))));
    }
    let (begin, more) = bomb();
    let mut response = body_of_json(Body::from_stream(forever(begin, more)));
    answer::set(&mut response, "content-encoding", "gzip");
    response
}

fn forever(begin: Bytes, more: Bytes) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter([begin]).chain(stream::repeat(more)).map(Ok)
}

/// The beginning of a gzip stream, and what can follow it any number of times. Deflate with fixed codes spends 13 bits
/// on "258 times the byte before" (`11000101` for the length, `00000` for the distance), so that 13 bytes repeat.
fn bomb() -> (Bytes, Bytes) {
    const MATCH: [u8; 13] = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    // The header of gzip, then a stored block with one blank to repeat.
    let mut begin = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 0, 1, 0, 0xFE, 0xFF, b' '];
    // A last block with fixed codes, least significant bit first.
    let bits = [1, 1, 0].into_iter().chain(MATCH.into_iter().cycle());
    let bits: Vec<u8> = bits.take(8 + 13 * 8 * 4096).collect();
    let packed: Vec<u8> = bits
        .chunks(8)
        .map(|byte| byte.iter().rev().fold(0, |value, bit| (value << 1) | bit))
        .collect();
    let (first, more) = packed.split_at(1);
    begin.extend_from_slice(first);
    (Bytes::from(begin), Bytes::copy_from_slice(more))
}
