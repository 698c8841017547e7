//! What can go wrong before a whole answer is here, named by stage and host. Never a dump of an
//! error's innards: those are for programmers.

use std::{error::Error, io, time::Duration};

use http::StatusCode;
use rustls::CertificateError;

use super::transport::Limits;
use crate::{failure::FailureKind, text};

/// No whole answer came.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) kind: FailureKind,
    /// Completes a sentence; names the stage and the host.
    pub(super) why: String,
    pub(super) hint: Option<&'static str>,
    /// Whether the request may have reached the service.
    pub(super) was_sent: bool,
    /// Whether the same again can go better.
    pub(super) can_pass: bool,
    pub(super) status: Option<StatusCode>,
}

impl Lost {
    pub(super) fn new(was_sent: bool, why: String) -> Self {
        let kind = FailureKind::Network;
        Self { kind, why, hint: None, was_sent, can_pass: true, status: None }
    }

    pub(super) fn for_good(mut self, hint: &'static str) -> Self {
        self.can_pass = false;
        self.hint = Some(hint);
        self
    }

    pub(super) fn unusable_token() -> Self {
        let why = "the access token holds characters that cannot be sent".to_owned();
        let lost = Self::new(false, why).for_good("sign in again");
        Self { kind: FailureKind::SignIn, ..lost }
    }

    pub(super) fn nonsense(why: String) -> Self {
        Self { kind: FailureKind::Service, can_pass: false, ..Self::new(true, why) }
    }
}

/// Names the stage at which a request failed that got no answer.
pub(super) fn before_answer(error: &reqwest::Error, host: &str, limits: &Limits) -> Lost {
    if let Some(tls) = find::<rustls::Error>(error) {
        return Lost::new(false, tls_words(tls, host))
            .for_good("check the network, its proxy and the date of this computer");
    }
    let texts = texts(error);
    if texts.contains("proxy authorization required") {
        return Lost::new(false, format!("the proxy on the way to {host} wants a sign-in [407]"))
            .for_good("put user and password into HTTPS_PROXY");
    }
    if texts.contains("tunnel") || texts.contains("proxy") {
        return Lost::new(
            false,
            format!("the proxy on the way to {host} cannot be reached or lets nothing through"),
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

fn tls_words(error: &rustls::Error, host: &str) -> String {
    use CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
            format!("the certificate of {host} has expired")
        }
        rustls::Error::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => {
            format!("the certificate of {host} is not valid yet")
        }
        rustls::Error::InvalidCertificate(
            Bad::NotValidForName | Bad::NotValidForNameContext { .. },
        ) => format!("the certificate is for another name than {host}"),
        rustls::Error::InvalidCertificate(Bad::UnknownIssuer) => {
            format!(
                "the certificate of {host} comes from an authority that this computer does not trust"
            )
        }
        rustls::Error::InvalidCertificate(_) => {
            format!("the certificate of {host} is not acceptable")
        }
        rustls::Error::InvalidMessage(_) => format!("{host} does not speak TLS"),
        _ => format!("no encrypted connection (TLS) to {host} came about"),
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
    use crate::azure::transport::provide_tls;

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

    #[test]
    fn certificates_are_refused_in_words() {
        use CertificateError as Bad;
        for (bad, words) in [
            (Bad::Expired, "the certificate of host has expired"),
            (Bad::NotValidYet, "the certificate of host is not valid yet"),
            (Bad::NotValidForName, "the certificate is for another name than host"),
            (Bad::UnknownIssuer, "the certificate of host comes from an authority"),
            (Bad::Revoked, "the certificate of host is not acceptable"),
        ] {
            let error = rustls::Error::InvalidCertificate(bad);
            assert!(tls_words(&error, "host").starts_with(words));
            // As it arrives: hidden in an input error.
            let outer = io::Error::new(io::ErrorKind::InvalidData, error);
            assert!(find::<rustls::Error>(&outer).is_some());
        }
    }
}
