//! How connections to a host leave this computer, for people to see. The connection itself is
//! made from the same variables; nothing is decided here.

use std::env;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::text;

/// The variables that name the authorities to trust in the place of the system's. On other
/// systems only the system itself says whom to trust.
const CA: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// What stands between this computer and a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The host of the proxy; never its user or password.
    pub proxy: Option<String>,
    /// The variable by which the trusted authorities are not those of the system.
    pub ca: Option<&'static str>,
}

impl Route {
    /// The way to an outside host.
    pub(super) fn outside(base: &Url) -> Self {
        let uri = base.as_str().parse().ok();
        let proxy = uri.and_then(|uri| Matcher::from_system().intercept(&uri));
        let host = proxy.and_then(|proxy| proxy.uri().host().map(|host| text::cut(host, 60)));
        Self { proxy: host, ..Self::direct(base) }
    }

    /// The way to this computer, which no proxy is ever on.
    pub(super) fn direct(base: &Url) -> Self {
        let can_be_set = cfg!(all(unix, not(target_vendor = "apple"))) && base.scheme() == "https";
        let ca = CA.into_iter().find(|name| can_be_set && env::var_os(name).is_some());
        Self { proxy: None, ca }
    }
}
