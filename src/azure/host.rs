//! The hosts that may see the access token. A [`Host`] exists only for an address on the list
//! below, and only a `Host` can put the token into a request.

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::RequestBuilder;
use tokio::sync::OnceCell;
use url::Url;

use super::{exchange::Request, gate::Gate, route::Route};
use crate::{
    failure::{Failure, FailureKind},
    secret::Bearer,
    text,
    transport::{self, Limits, Lost},
};

/// Azure DevOps itself. Nothing else outside this computer ever gets the token.
const OUTSIDE: [&str; 2] = ["vssps.dev.azure.com", "app.vssps.visualstudio.com"];

/// A checked base address, with the connections to it.
#[derive(Debug)]
pub(super) struct Host {
    base: Url,
    is_loopback: bool,
    route: Route,
    http: Mutex<Arc<OnceCell<reqwest::Client>>>,
    pub(super) gate: Gate,
}

impl Host {
    /// Checks a base address. No socket is opened.
    pub(super) fn new(base: Url) -> Result<Arc<Self>, Failure> {
        let is_loopback = transport::is_loopback(&base);
        let is_outside = base.scheme() == "https"
            && base.port().is_none()
            && base.host_str().is_some_and(|name| OUTSIDE.contains(&name));
        let is_plain_address = base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none()
            && matches!(base.scheme(), "http" | "https");
        if is_plain_address && (is_loopback || is_outside) {
            let route = if is_loopback { Route::direct(&base) } else { Route::outside(&base) };
            return Ok(Arc::new(Self {
                base,
                route,
                is_loopback,
                http: Mutex::default(),
                gate: Gate::default(),
            }));
        }
        Err(Failure::new(
            FailureKind::Usage,
            format!("use {}", shown(base)),
            "the access token goes only to Azure DevOps or to a service on this computer",
        )
        .hint(format!(
            "use https://{} or an address such as http://127.0.0.1:8080",
            OUTSIDE.join(" or https://")
        )))
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// `vssps.dev.azure.com`, or `127.0.0.1:8080`.
    pub(super) fn name(&self) -> String {
        let name = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
    }

    /// The name with the proxy on the way to it, for what is said about connections.
    pub(super) fn way(&self) -> String {
        let name = self.name();
        self.route.proxy.as_ref().map_or(name.clone(), |proxy| format!("{name} via proxy {proxy}"))
    }

    pub(super) fn route(&self) -> &Route {
        &self.route
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.base == other.base
    }

    /// The address of a resource below the base. Every part is percent-encoded.
    pub(super) fn address(&self, segments: &[&str], query: &[(&'static str, String)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The address for the log of calls: what it is about, but no continuation token.
    pub(super) fn target(&self, request: &Request<'_>) -> String {
        let mut query = request.query.clone();
        query.retain(|(key, _)| *key != "continuationToken");
        let url = self.address(&request.segments, &query);
        let target = url.as_str();
        target.split_once("://").map_or(target, |(_, rest)| rest).to_owned()
    }

    /// Gives up the connections that nobody uses now: each keeps what was last sent over it, access
    /// token and all.
    pub(super) fn hang_up(&self) {
        *self.http.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    /// The request with the access token: the only place where the token goes into a header.
    pub(super) async fn builder(
        &self,
        request: &Request<'_>,
        bearer: &Bearer,
        limits: &Limits,
    ) -> Result<RequestBuilder, Lost> {
        let connect = || transport::connect(&self.base, headers(), limits);
        let http = Arc::clone(&*self.http.lock().unwrap_or_else(PoisonError::into_inner));
        let http = http.get_or_try_init(connect).await?;
        let mut value = HeaderValue::from_str(&format!("Bearer {}", bearer.expose()))
            .map_err(|_invalid| Lost::unusable_token())?;
        value.set_sensitive(true);
        let url = self.address(&request.segments, &request.query);
        let builder =
            http.request(request.method.clone(), url).header(header::AUTHORIZATION, value);
        Ok(match &request.body {
            Some(body) => {
                builder.header(header::CONTENT_TYPE, "application/json").body(body.clone())
            }
            None => builder,
        })
    }
}

/// What every request says: JSON, please, and no redirect to a sign-in page.
fn headers() -> HeaderMap {
    HeaderMap::from_iter([
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("x-tfs-fedauthredirect"), HeaderValue::from_static("Suppress")),
    ])
}

/// An address for a message: without a password in it.
fn shown(mut url: Url) -> String {
    if !url.username().is_empty() || url.password().is_some() {
        // Cannot fail for an address that has a user name.
        url.set_password(None).ok();
        url.set_username("***").ok();
    }
    url.set_query(None);
    url.set_fragment(None);
    text::cut(url.as_str(), 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_hosts_and_this_computer_are_trusted() {
        for address in [
            "https://vssps.dev.azure.com",
            "https://vssps.dev.azure.com:443/",
            "https://app.vssps.visualstudio.com/",
            "http://127.0.0.1:8080",
            "http://127.8.8.8/",
            "http://localhost:1234/base",
            "http://[::1]:80/",
            "https://localhost/",
        ] {
            assert!(Host::new(address.parse().unwrap()).is_ok(), "{address}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for address in [
            "http://vssps.dev.azure.com/",
            "https://vssps.dev.azure.com:8443/",
            "https://vssps.dev.azure.com./",
            "https://dev.azure.com/",
            "https://evil.vssps.dev.azure.com/",
            "https://vssps.dev.azure.com.evil/",
            "https://vssps.dev.azure.com@evil/",
            "https://user:secret@vssps.dev.azure.com/",
            "https://vssps.dev.аzure.com/",
            "https://vssps\u{3002}dev.azure.com.evil/",
            "http://127.0.0.1.evil/",
            "http://localhost.evil/",
            "http://localhost./",
            "http://evil@localhost/",
            "http://[::ffff:8.8.8.8]/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://128.0.0.1/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "https://vssps.dev.azure.com/?next=evil",
            "https://vssps.dev.azure.com/#evil",
        ] {
            let failure = Host::new(address.parse().unwrap()).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Usage, "{address}");
            assert!(!failure.to_string().contains("secret"), "{failure}");
        }
    }

    #[test]
    fn parts_of_an_address_cannot_leave_their_place() {
        let host = Host::new("http://127.0.0.1:9/base/".parse().unwrap()).unwrap();
        let query = [("continuationToken", "a b&c=d#e/=".to_owned())];
        let url = host.address(&["con/../toso?x", "_apis"], &query);
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:9/base/con%2F..%2Ftoso%3Fx/_apis\
             ?continuationToken=a+b%26c%3Dd%23e%2F%3D"
        );
    }
}
