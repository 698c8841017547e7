//! The HTTP connection, to Azure DevOps and to Entra: how it is set up, and what can go wrong before
//! a whole answer is here. Every limit of time and size is kept in this file. It decides neither
//! where a secret may go nor what an answer means.

mod lost;

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Once,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::{RequestBuilder, Response};
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

pub(crate) use self::lost::Lost;
use self::lost::{before_answer, innermost, is_cut, seconds};

/// How long and how much a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first packet to a connection with TLS.
    pub connect: Duration,
    /// From the beginning of an attempt to the first byte of its answer. The service delays its
    /// answers by up to 30 s when it throttles.
    pub answer: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// All attempts of one call together, waits between them not counted.
    pub total: Duration,
    /// The first back-off; it doubles.
    pub back_off: Duration,
    /// The longest wait that a service may ask for.
    pub pause: Duration,
    /// The largest answer, unpacked.
    pub most_bytes: usize,
    /// When to look what became of a write whose answer was lost, counted from the look before.
    pub looks: [Duration; 3],
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(35),
            idle: Duration::from_secs(15),
            total: Duration::from_mins(1),
            back_off: Duration::from_millis(200),
            pause: Duration::from_mins(5),
            most_bytes: 8 << 20,
            looks: [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(2)],
        }
    }
}

/// A whole answer, whatever it says.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Whether an address is this computer, by its text alone: no name is resolved.
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// `localhost` means this computer, whatever a hosts file says.
pub(crate) fn loopback_addresses() -> [SocketAddr; 2] {
    [(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
}

/// Sets up the connections to the host of a checked address. Reading the system's certificates
/// takes a while, so it is done once, off this thread; a plain connection to this computer needs
/// none.
pub(crate) async fn connect(
    base: &Url,
    headers: HeaderMap,
    limits: &Limits,
) -> Result<reqwest::Client, Lost> {
    provide_tls();
    let is_plain = base.scheme() == "http" && is_loopback(base);
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("azpat/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(limits.connect)
        .https_only(!is_plain);
    if is_loopback(base) {
        builder = builder.no_proxy().resolve_to_addrs("localhost", &loopback_addresses());
    }
    let built = if is_plain {
        Ok(builder.tls_certs_only([]).build())
    } else {
        tokio::task::spawn_blocking(move || builder.build()).await
    };
    match built {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(Lost::new(
            false,
            format!("this computer's certificates cannot be used: {}", innermost(&error)),
        )
        .for_good("install the CA certificates, or name their file in SSL_CERT_FILE")),
        Err(_stopped) => Err(Lost::new(false, "the program is ending".to_owned())),
    }
}

/// Installs the cryptography of TLS, once.
pub(crate) fn provide_tls() {
    static PROVIDER: Once = Once::new();
    // An error means that somebody else has installed one, which serves as well.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// Sends a request and reads the whole answer, within the limits and until `end` at the latest.
pub(crate) async fn exchange(
    request: RequestBuilder,
    host: &str,
    limits: &Limits,
    end: Instant,
) -> Result<Answer, Lost> {
    let started = Instant::now();
    let first = end.min(started + limits.answer);
    let response = match timeout_at(first, request.send()).await {
        Err(_elapsed) => {
            let limit = seconds(first - started);
            return Err(Lost::new(true, format!("{host} sent no answer within {limit}")));
        }
        Ok(Err(error)) => return Err(before_answer(&error.without_url(), host, limits)),
        Ok(Ok(response)) => response,
    };
    let status = response.status();
    let whole = read(response, host, limits);
    match timeout_at(end, whole).await {
        Err(_elapsed) => {
            let limit = seconds(end - started);
            Err(Lost::new(true, format!("{host} did not finish its answer within {limit}")))
        }
        Ok(read) => read,
    }
    .map_err(|lost| Lost { status: Some(status), ..lost })
}

/// Reads an answer to its end, piece by piece.
pub(super) async fn read(
    mut response: Response,
    host: &str,
    limits: &Limits,
) -> Result<Answer, Lost> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    loop {
        let piece: Option<Bytes> = match timeout(limits.idle, response.chunk()).await {
            Err(_elapsed) => {
                let why =
                    format!("{host} fell silent for {} within its answer", seconds(limits.idle));
                return Err(Lost::new(true, why));
            }
            Ok(Err(error)) if error.is_decode() && !is_cut(&error) => {
                return Err(Lost::nonsense(format!("the answer of {host} is garbled")));
            }
            Ok(Err(_error)) => {
                return Err(Lost::new(true, format!("{host} cut its answer short")));
            }
            Ok(Ok(piece)) => piece,
        };
        let Some(piece) = piece else { return Ok(Answer { status, headers, body }) };
        if body.len() + piece.len() > limits.most_bytes {
            let most = limits.most_bytes >> 20;
            return Err(Lost::nonsense(format!("the answer of {host} is larger than {most} MiB")));
        }
        body.extend_from_slice(&piece);
    }
}
