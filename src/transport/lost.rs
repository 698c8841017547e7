//! What can go wrong before a whole answer is here, named by stage and host. Never a dump of an
//! error's innards: those are for programmers.

use std::{error::Error, io, time::Duration};

use chrono::DateTime;
use http::StatusCode;
use rustls::{CertificateError, pki_types::UnixTime};

use super::Limits;
use crate::{
    failure::FailureKind,
    text,
    when::{self, Zone},
};

/// No whole answer came.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) kind: FailureKind,
    /// Completes a sentence; names the stage and the host.
    pub(crate) why: String,
    pub(crate) hint: Option<&'static str>,
    /// Whether the request may have reached the service.
    pub(crate) was_sent: bool,
    /// Whether the same again can go better.
    pub(crate) can_pass: bool,
    pub(crate) status: Option<StatusCode>,
}

impl Lost {
    pub(crate) fn new(was_sent: bool, why: String) -> Self {
        let kind = FailureKind::Network;
        Self { kind, why, hint: None, was_sent, can_pass: true, status: None }
    }

    pub(crate) fn for_good(mut self, hint: &'static str) -> Self {
        self.can_pass = false;
        self.hint = Some(hint);
        self
    }

    pub(crate) fn unusable_token() -> Self {
        let why = "the access token holds characters that cannot be sent".to_owned();
        let lost = Self::new(false, why).for_good("sign in again");
        Self { kind: FailureKind::SignIn, ..lost }
    }

    pub(crate) fn nonsense(why: String) -> Self {
        Self { kind: FailureKind::Service, can_pass: false, ..Self::new(true, why) }
    }
}

/// Names the stage at which a request failed that got no answer. `host` names the proxy on the
/// way to it as well.
pub(super) fn before_answer(error: &reqwest::Error, host: &str, limits: &Limits) -> Lost {
    if let Some(tls) = find::<rustls::Error>(error) {
        let (why, hint) = tls_words(tls, host);
        return Lost::new(false, why).for_good(hint);
    }
    let texts = texts(error);
    if texts.contains("proxy authorization required") {
        return Lost::new(
            false,
            format!("no connection to {host}: the proxy wants a sign-in [407]"),
        )
        .for_good("put user and password into HTTPS_PROXY");
    }
    if texts.contains("tunnel") || texts.contains("proxy") {
        return Lost::new(
            false,
            format!("no connection to {host}: the proxy cannot be reached or lets nothing through"),
        )
        .for_good("check HTTPS_PROXY and NO_PROXY");
    }
    if error.is_dns() {
        return Lost::new(false, format!("the name {host} cannot be resolved"));
    }
    if error.is_connect() && error.is_timeout() {
        return Lost::new(
            false,
            format!("no connection to {host} within {}", seconds(limits.connect)),
        );
    }
    let kind = find::<io::Error>(error).map(io::Error::kind);
    if error.is_connect() {
        let why = match kind {
            Some(io::ErrorKind::ConnectionRefused) => format!("{host} refused the connection"),
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
                format!("there is no way to {host}: no network")
            }
            _ => format!("no connection to {host}: it was closed at once"),
        };
        return Lost::new(false, why);
    }
    match kind {
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
            Lost::new(true, format!("{host} reset the connection before an answer"))
        }
        _ if texts.contains("too large") => {
            Lost::nonsense(format!("the headers of {host} are too large"))
        }
        _ if texts.contains("invalid") => Lost::nonsense(format!("{host} does not answer in HTTP")),
        _ => Lost::new(true, format!("{host} closed the connection before an answer")),
    }
}

/// Why there is no encrypted connection, and what to do. That nobody can look away from a bad
/// certificate is on purpose: the access token would go to whoever shows it.
fn tls_words(error: &rustls::Error, host: &str) -> (String, &'static str) {
    use CertificateError as Bad;
    let rustls::Error::InvalidCertificate(bad) = error else {
        let why = match error {
            rustls::Error::InvalidMessage(_) => format!("{host} does not speak TLS"),
            _ => format!("no encrypted connection (TLS) to {host} came about"),
        };
        return (why, "check the network and its proxy");
    };
    match bad {
        Bad::Expired => (format!("the certificate of {host} has expired"), TOO_LATE),
        Bad::ExpiredContext { time, not_after } => {
            let dates = [("it ended", *not_after), ("this computer's date is", *time)];
            (format!("the certificate of {host} has expired{}", days(dates)), TOO_LATE)
        }
        Bad::NotValidYet => (format!("the certificate of {host} is not valid yet"), TOO_EARLY),
        Bad::NotValidYetContext { time, not_before } => {
            let dates = [("it begins", *not_before), ("this computer's date is", *time)];
            (format!("the certificate of {host} is not valid yet{}", days(dates)), TOO_EARLY)
        }
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => (
            format!("the certificate of {host} is for another name"),
            "something else answers in its place: check the network (a Wi-Fi may want a sign-in \
             in the browser first), its proxy and its name server",
        ),
        // A bad signature: an authority of the name of one that is trusted.
        Bad::UnknownIssuer | Bad::BadSignature => (
            format!(
                "the certificate of {host} comes from an authority that this computer does not \
                 trust"
            ),
            UNTRUSTED,
        ),
        // The form in which most programs sign for themselves; it has no type of its own here.
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => (
            format!("the certificate of {host} is signed by itself, not by an authority"),
            UNTRUSTED,
        ),
        _ => (
            format!("the certificate of {host} is not acceptable"),
            "check the network and its proxy, or tell whoever runs them",
        ),
    }
}

const TOO_LATE: &str = "set the date of this computer if it is wrong; else whoever runs the \
                        service or the proxy on the way has to renew the certificate";

const TOO_EARLY: &str = "set the date of this computer if it is wrong; else whoever runs the \
                         service or the proxy on the way has to replace the certificate";

const UNTRUSTED: &str = "if it is your company's proxy, add the CA certificate of the proxy to \
                         those of this computer, or on Linux name its file in SSL_CERT_FILE; \
                         else leave this network";

/// `: it ended Sat 01 Feb 2025, this computer's date is Tue 24 Nov 2026`.
fn days(dates: [(&str, UnixTime); 2]) -> String {
    let [first, second] = dates.map(|(what, time)| {
        let date =
            i64::try_from(time.as_secs()).ok().and_then(|at| DateTime::from_timestamp(at, 0));
        date.map(|date| format!("{what} {}", when::day(date, Zone::utc())))
    });
    match (first, second) {
        (Some(first), Some(second)) => format!(": {first}, {second}"),
        _ => String::new(),
    }
}

/// The first error of this type in the chain. An `io::Error` hides what it wraps from `source`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// What the errors of a chain say, for recognising those that have no type of their own.
fn texts(error: &(dyn Error + 'static)) -> String {
    let mut texts = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push_str(&error.to_string().to_lowercase());
        texts.push('\n');
        next = error.source();
    }
    texts
}

pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let all = texts(error);
    text::cut(all.lines().next_back().unwrap_or_default(), 120)
}

/// Whether the connection ended within a packed answer, which looks like bad packing.
pub(super) fn is_cut(error: &reqwest::Error) -> bool {
    find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
        || texts(error).contains("connection closed")
        || texts(error).contains("connection reset")
        || texts(error).contains("end of file")
}

pub(super) fn seconds(limit: Duration) -> String {
    let tenths = (limit.as_secs_f64() * 10.0).round() / 10.0;
    format!("{tenths} s")
}

#[cfg(test)]
mod tests {
    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;
    use crate::transport::provide_tls;

    struct Nowhere;

    impl Resolve for Nowhere {
        fn resolve(&self, _name: Name) -> Resolving {
            Box::pin(std::future::ready(Err("no such name".into())))
        }
    }

    #[tokio::test]
    async fn a_name_that_cannot_be_resolved_is_named() {
        provide_tls();
        let builder = reqwest::Client::builder().tls_certs_only([]).no_proxy();
        let client = builder.dns_resolver(Nowhere).build().unwrap();
        let error = client.get("http://nowhere.test/secret?a=b").send().await.unwrap_err();
        let lost = before_answer(&error, "nowhere.test", &Limits::default());
        assert_eq!(lost.why, "the name nowhere.test cannot be resolved");
        assert!(lost.can_pass && !lost.was_sent);
    }

    /// The common ones come over a wire in `tests/client/tls.rs`.
    #[test]
    fn certificates_are_refused_in_words() {
        use CertificateError as Bad;
        for (bad, words) in [
            (Bad::Expired, "the certificate of host has expired"),
            (Bad::NotValidYet, "the certificate of host is not valid yet"),
            (Bad::NotValidForName, "the certificate of host is for another name"),
            (Bad::Revoked, "the certificate of host is not acceptable"),
        ] {
            let error = rustls::Error::InvalidCertificate(bad);
            assert_eq!(tls_words(&error, "host").0, words);
        }
        let never = UnixTime::since_unix_epoch(Duration::MAX);
        assert_eq!(days([("it ended", never), ("it is", never)]), "");
    }
}
