//! One connection to the callback: reads the head of one request, and either hands on what the
//! browser brought or turns it away.

use std::time::Duration;

use http::StatusCode;
use httparse::{EMPTY_HEADER, Request};
use oauth2::{AuthorizationCode, CsrfToken};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::Landing;
use crate::entra::{denial::Denial, page};

/// The largest head of a request.
const MOST_BYTES: usize = 16 << 10;

/// More headers than any browser sends.
const MOST_HEADERS: usize = 100;

/// How long somebody turned away may take to hear it.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is known about the visitor that is waited for.
#[derive(Clone, Copy)]
pub(super) struct Visitor<'a> {
    pub(super) port: u16,
    pub(super) state: &'a CsrfToken,
    /// For the head of the request.
    pub(super) limit: Duration,
}

impl Visitor<'_> {
    /// Reads one request. The right one comes back unanswered; others are answered here.
    pub(super) async fn receive(self, mut stream: TcpStream) -> Option<(TcpStream, Landing)> {
        let read = timeout(self.limit, self.read(&mut stream));
        let status = match read.await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT)) {
            Ok(landing) => return Some((stream, landing)),
            Err(status) => status,
        };
        timeout(PATIENCE, turn_away(stream, status)).await.ok();
        None
    }

    async fn read(&self, stream: &mut TcpStream) -> Result<Landing, StatusCode> {
        let mut head = Vec::with_capacity(2 << 10);
        loop {
            let before = head.len();
            let count =
                stream.read_buf(&mut head).await.map_err(|_gone| StatusCode::BAD_REQUEST)?;
            if count == 0 {
                return Err(StatusCode::BAD_REQUEST);
            }
            let has_line = head.iter().skip(before).any(|b| *b == b'\n');
            if has_line {
                let mut headers = [EMPTY_HEADER; MOST_HEADERS];
                let mut request = Request::new(&mut headers);
                match request.parse(&head) {
                    Ok(httparse::Status::Complete(_)) if head.len() <= MOST_BYTES => {
                        return self.judge(&request);
                    }
                    Ok(_) => {}
                    Err(_malformed) => return Err(StatusCode::BAD_REQUEST),
                }
            }
            if head.len() > MOST_BYTES {
                return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
            }
        }
    }

    fn judge(&self, request: &Request<'_, '_>) -> Result<Landing, StatusCode> {
        if request.method != Some("GET") {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        // A page elsewhere whose name was pointed at this computer sends its own name.
        if !self.is_for_us(request) {
            return Err(StatusCode::MISDIRECTED_REQUEST);
        }
        let query = request.path.and_then(|path| path.strip_prefix("/?"));
        let query = Query(query.ok_or(StatusCode::NOT_FOUND)?);
        let state = query.only("state").ok_or(StatusCode::FORBIDDEN)?;
        // Compares digests, so that the time it takes tells nothing.
        if CsrfToken::new(state) != *self.state {
            return Err(StatusCode::FORBIDDEN);
        }
        match (query.only("code"), query.only("error")) {
            (Some(code), None) => Ok(Ok(AuthorizationCode::new(code))),
            (None, Some(error)) => Ok(Err(Denial {
                error,
                error_description: query.only("error_description").unwrap_or_default(),
                claims: query.only("claims").unwrap_or_default(),
                ..Denial::default()
            })),
            _ => Err(StatusCode::BAD_REQUEST),
        }
    }

    fn is_for_us(&self, request: &Request<'_, '_>) -> bool {
        let mut hosts = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("host"));
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
        let names = ["localhost", "127.0.0.1", "[::1]"];
        names.iter().any(|name| format!("{name}:{}", self.port).as_bytes() == host.value)
    }
}

/// The part of an address after `?`.
struct Query<'a>(&'a str);

impl Query<'_> {
    /// The value of a field that stands there once and is not empty.
    fn only(&self, name: &str) -> Option<String> {
        let mut values =
            url::form_urlencoded::parse(self.0.as_bytes()).filter(|(key, _)| key == name);
        let (first, second) = (values.next(), values.next());
        let (_, value) = first.filter(|_| second.is_none())?;
        (!value.is_empty()).then(|| value.into_owned())
    }
}

/// Answers, then reads on for a moment: closing with unread bytes would take the answer back.
async fn turn_away(mut stream: TcpStream, status: StatusCode) {
    let page = page::stray(status);
    if stream.write_all(&page).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    let mut rest = vec![0; 4 << 10];
    while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
}
