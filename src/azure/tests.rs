//! Answers as no service should give them, read in process the way real ones are: from the body's
//! pieces to a value or one failure. What only a connection can do is in `tests/client`.

mod bodies;
mod corpus;
mod headers;
mod mutations;

use http::{Method, Response};

use super::{
    exchange::{Request, Whose},
    host::Host,
    pats::nonsense,
    people, refusal,
    wire::{self, ReadPage, Scopes},
};
use crate::{
    failure::{Failure, FailureKind},
    operations::Account,
    pat::{Listed, Pat},
    secret::Bearer,
    sign_in::SignIn,
    transport::{self, Limits},
};

/// What was asked, and with that how the answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    List,
    Token,
    Revoke,
    Account,
    Organizations,
}

impl Asked {
    const ALL: [Self; 5] =
        [Self::List, Self::Token, Self::Revoke, Self::Account, Self::Organizations];
}

/// What an answer was read as.
enum Read {
    Page(ReadPage),
    Token(Pat),
    Revoked,
    Account(Account),
    /// The names.
    Organizations(Vec<String>),
}

/// Reads an answer as the client's calls do.
async fn read(asked: Asked, response: Response<Vec<u8>>) -> Result<Read, Failure> {
    let host = Host::new("http://127.0.0.1:1/".parse().unwrap()).unwrap();
    let request = Request {
        host: &host,
        method: if asked == Asked::Revoke { Method::DELETE } else { Method::GET },
        segments: Vec::new(),
        query: Vec::new(),
        body: None,
        whose: Whose::Account(None),
        attempt: "read a strange answer".to_owned(),
    };
    let (limits, known) = (Limits::default(), bodies::first());
    let sign_in = SignIn::token(Bearer::new("token"));
    let answer = transport::read(response.into(), &host.name(), &limits).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(lost) => return Err(refusal::Trouble::from(lost).problem("read", &limits).failure),
    };
    if let Some(trouble) = refusal::find(&answer, &request, &sign_in) {
        return Err(trouble.problem(&request.attempt, &limits).failure);
    }
    let body = answer.body.as_slice();
    let read = match asked {
        Asked::List => wire::page(body, &known.organization, Listed::Active, &Scopes::default())
            .map(Read::Page),
        Asked::Token => wire::token(body, &known).map(Read::Token),
        Asked::Revoke => wire::is_nothing_or_json(body).then_some(Read::Revoked),
        Asked::Account => people::account(body).map(Read::Account),
        Asked::Organizations => people::organizations(body).map(|found| {
            Read::Organizations(found.into_iter().map(|(name, _)| name.to_string()).collect())
        }),
    };
    read.ok_or_else(|| nonsense(&request, &answer).failure)
}

fn ok(body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let builder = Response::builder().header("content-type", "application/json; charset=utf-8");
    builder.body(body.into()).unwrap()
}

/// A failure must be one that a person can read, whatever the answer held.
#[track_caller]
fn check(failure: &Failure, case: &str) {
    use FailureKind::{Network, NotFound, Refused, Service, SignIn, Throttled};
    let kinds = [Network, NotFound, Refused, Service, SignIn, Throttled];
    assert!(kinds.contains(&failure.kind), "{case}: {failure:?}");
    let said = format!("{failure} {}", failure.hint.as_deref().unwrap_or_default());
    assert!(!said.chars().any(char::is_control), "{case}: {failure:?}");
    assert!(!failure.why.is_empty() && said.chars().count() < 600, "{case}: {failure:?}");
    assert!(!said.contains("line 1") && !said.contains('\u{202e}'), "{case}: {failure:?}");
}

/// A body for a message.
fn shown(body: &[u8]) -> String {
    let some = body.get(..200).unwrap_or(body);
    format!("{} B {}", body.len(), some.escape_ascii())
}
