//! Hosts that are asked without the access token. Nothing here can put one into a request.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::{sync::OnceCell, time::Instant};
use url::Url;

use super::Route;
use crate::{
    failure::{Failure, FailureKind},
    text,
    transport::{self, Answer, Limits, Lost},
};

/// Where organizations live.
const FRONT: &str = "dev.azure.com";

/// All that is ever asked outside this computer.
const OUTSIDE: [&str; 4] =
    [FRONT, "login.microsoftonline.com", "vssps.dev.azure.com", "app.vssps.visualstudio.com"];

/// What to do where nothing more is known.
pub(crate) const CHECK_NETWORK: &str = "check the network of this computer";

/// A checked base address, with the connections to it.
#[derive(Debug)]
pub(super) struct Anonymous {
    base: Url,
    http: OnceCell<reqwest::Client>,
}

impl Anonymous {
    /// Checks an address. No socket is opened.
    pub(super) fn new(mut base: Url) -> Result<Self, Failure> {
        let is_outside = base.scheme() == "https"
            && base.port().is_none()
            && base.host_str().is_some_and(|name| OUTSIDE.contains(&name));
        let is_here = transport::is_loopback(&base) && matches!(base.scheme(), "http" | "https");
        let is_plain_address = base.username().is_empty() && base.password().is_none();
        base.set_query(None);
        base.set_fragment(None);
        if is_plain_address && (is_here || is_outside) {
            return Ok(Self { base, http: OnceCell::new() });
        }
        let host = text::cut(base.host_str().unwrap_or_default(), 120);
        let why = "it is neither Microsoft's nor a service on this computer";
        Err(Failure::new(FailureKind::Usage, format!("ask {host}"), why))
    }

    /// Where the organizations of a service are: with it, if it is on this computer.
    pub(super) fn front(service: &Url) -> Result<Self, Failure> {
        let mut base = service.clone();
        if !transport::is_loopback(service) {
            // Cannot fail: an https address has a host.
            base.set_host(Some(FRONT)).ok();
            base.set_path("");
        }
        Self::new(base)
    }

    /// `dev.azure.com`, or `127.0.0.1:8080`.
    pub(super) fn name(&self) -> String {
        let name = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
    }

    /// How connections to it leave this computer.
    pub(super) fn route(&self) -> Route {
        if transport::is_loopback(&self.base) {
            Route::direct(&self.base)
        } else {
            Route::outside(&self.base)
        }
    }

    pub(super) fn into_base(self) -> Url {
        self.base
    }

    /// Asks for a resource below the address. Every part is percent-encoded.
    pub(super) async fn get(&self, segments: &[&str], limits: &Limits) -> Result<Answer, Lost> {
        self.get_as(segments, None, limits).await
    }

    /// The same as somebody who shows this header.
    pub(super) async fn get_as(
        &self,
        segments: &[&str],
        header: Option<(HeaderName, HeaderValue)>,
        limits: &Limits,
    ) -> Result<Answer, Lost> {
        let connect = || transport::connect(&self.base, headers(), limits);
        let http = self.http.get_or_try_init(connect).await?;
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        let end = Instant::now() + limits.total;
        let request = http.get(url).headers(header.into_iter().collect());
        transport::exchange(request, &self.name(), limits, end).await
    }
}

/// JSON, please, and no redirect to a sign-in page.
fn headers() -> HeaderMap {
    HeaderMap::from_iter([
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("x-tfs-fedauthredirect"), HeaderValue::from_static("Suppress")),
    ])
}

/// What was lost, as a failure of this attempt.
pub(super) fn failed(lost: Lost, attempt: String) -> Failure {
    let failure = Failure::new(lost.kind, attempt, lost.why);
    match lost.hint {
        Some(hint) => failure.hint(hint),
        None => failure.hint(CHECK_NETWORK),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(address: &str) -> Result<Anonymous, Failure> {
        Anonymous::new(address.parse().unwrap())
    }

    #[test]
    fn only_microsoft_and_this_computer_are_asked() {
        for address in [
            "https://dev.azure.com",
            "https://login.microsoftonline.com/organizations",
            "https://vssps.dev.azure.com/",
            "http://127.0.0.1:8080",
            "http://[::1]:1/",
        ] {
            assert!(new(address).is_ok(), "{address}");
        }
        for address in [
            "http://dev.azure.com",
            "https://dev.azure.com:8443",
            "https://user:s3cret@dev.azure.com",
            "https://evil.example",
            "https://dev.azure.com.evil.example",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
        ] {
            assert!(!new(address).unwrap_err().to_string().contains("s3cret"), "{address}");
        }
    }

    #[test]
    fn organizations_live_beside_their_service() {
        let front = |address: &str| Anonymous::front(&address.parse().unwrap()).unwrap().name();
        assert_eq!(front("https://vssps.dev.azure.com/"), "dev.azure.com");
        assert_eq!(front("http://127.0.0.1:8080/"), "127.0.0.1:8080");
    }
}
