//! One request to Entra's endpoints, made for the `oauth2` crate: over our own connection, within
//! our limits, and without anything of a body in an error.

use std::{
    fmt,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse, RequestTokenError};
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep},
};

use super::{authority::Authority, denial::Denial};
use crate::{
    clock,
    failure::FailureKind,
    transport::{self, Answer, Limits, Lost},
};

/// When a request whose connection failed is made once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// Doing it twice is the same as doing it once.
    Always,
    /// Only if it never got there: a code is redeemed once.
    IfUnsent,
    /// The caller has its own ways.
    Never,
}

/// What became of an errand that brought no grant.
#[derive(Debug)]
pub(super) enum Fruitless {
    Denied(Box<Denial>),
    Lost(Lost),
}

/// A request about to be made, and what was seen of its answer.
pub(super) struct Errand<'a> {
    authority: &'a Authority,
    http: &'a OnceCell<reqwest::Client>,
    limits: &'a Limits,
    again: Again,
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy, Default)]
struct Seen {
    status: Option<StatusCode>,
    date: Option<DateTime<Utc>>,
}

/// The request got no whole answer.
#[derive(Debug)]
pub(super) struct Unanswered(Lost);

impl<'a> Errand<'a> {
    pub(super) fn new(
        authority: &'a Authority,
        http: &'a OnceCell<reqwest::Client>,
        limits: &'a Limits,
        again: Again,
    ) -> Self {
        Self { authority, http, limits, again, seen: Mutex::default() }
    }

    /// The time at Entra, as its answer tells it, since this computer's clock may be wrong.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.seen().date.unwrap_or_else(clock::now)
    }

    /// What the crate made of the answer, without the body that its errors keep.
    pub(super) fn judge<T>(
        &self,
        result: Result<T, RequestTokenError<Unanswered, Denial>>,
    ) -> Result<T, Fruitless> {
        result.map_err(|error| match error {
            RequestTokenError::ServerResponse(denial) => Fruitless::Denied(Box::new(denial)),
            RequestTokenError::Request(Unanswered(lost)) => Fruitless::Lost(lost),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                Fruitless::Lost(self.nonsense())
            }
        })
    }

    /// The answer was none of this protocol; its status is all that is worth telling.
    pub(super) fn nonsense(&self) -> Lost {
        let (host, status) = (self.authority.name(), self.seen().status.unwrap_or_default());
        let number = status.as_u16();
        let (kind, why, hint) = match status {
            StatusCode::TOO_MANY_REQUESTS => (
                FailureKind::Throttled,
                format!("{host} got too many requests [{number}]"),
                Some("wait some minutes, then try again"),
            ),
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => (
                FailureKind::Network,
                format!("the proxy on the way to {host} wants a sign-in [{number}]"),
                Some("put user and password into HTTPS_PROXY"),
            ),
            status if status.is_server_error() => {
                (FailureKind::Service, format!("{host} failed [{number}]"), Some("try again later"))
            }
            status if status.is_redirection() => (
                FailureKind::Service,
                format!("{host} wants to redirect, which is not followed [{number}]"),
                Some("check the network, its proxy and the address of the sign-in"),
            ),
            _ => (
                FailureKind::Service,
                format!("{host} sent an answer that makes no sense [{number}]"),
                Some("check the network, its proxy and the address of the sign-in"),
            ),
        };
        let can_pass = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        Lost { kind, hint, can_pass, status: Some(status), ..Lost::new(true, why) }
    }

    fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, request: HttpRequest) -> Result<Answer, Lost> {
        let end = Instant::now() + self.limits.total;
        let connect = || transport::connect(self.authority.base(), HeaderMap::new(), self.limits);
        let http = self.http.get_or_try_init(connect).await?;
        let (parts, body) = request.into_parts();
        let address = parts.uri.to_string();
        let send = || {
            let headers = parts.headers.clone();
            let builder = http.request(parts.method.clone(), &address).headers(headers);
            let name = self.authority.name();
            let body = body.clone();
            async move { transport::exchange(builder.body(body), &name, self.limits, end).await }
        };
        match send().await {
            Err(lost) if self.may_repeat(&lost) => {
                sleep(self.limits.back_off).await;
                send().await
            }
            other => other,
        }
    }

    fn may_repeat(&self, lost: &Lost) -> bool {
        lost.can_pass
            && match self.again {
                Again::Always => true,
                Again::IfUnsent => !lost.was_sent,
                Again::Never => false,
            }
    }

    fn note(&self, answer: &Answer) {
        let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        let seen = Seen { status: Some(answer.status), date: date.map(|date| date.to_utc()) };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}

impl<'c> AsyncHttpClient<'c> for Errand<'_> {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.fetch(request).await.map_err(Unanswered)?;
            self.note(&answer);
            let mut response = HttpResponse::new(answer.body);
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}

impl From<Unanswered> for Lost {
    fn from(Unanswered(lost): Unanswered) -> Self {
        lost
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.why)
    }
}

impl std::error::Error for Unanswered {}
