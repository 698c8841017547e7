//! The only places that get codes and refresh tokens: Entra itself, or a service on this computer.

use url::Url;

use crate::{
    failure::{Failure, FailureKind},
    identity::Tenant,
    text, transport,
};

/// Entra itself. Nothing else outside this computer ever gets a code or a refresh token.
const OUTSIDE: &str = "login.microsoftonline.com";

/// The checked base of Entra's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority(Url);

impl Authority {
    /// Takes `https://login.microsoftonline.com/TENANT` or the same at a loopback address; without
    /// a tenant it is `organizations`. No socket is opened.
    pub fn parse(authority: &Url) -> Result<(Self, Tenant), Failure> {
        let is_loopback = transport::is_loopback(authority);
        let is_outside = authority.scheme() == "https"
            && authority.port().is_none()
            && authority.host_str() == Some(OUTSIDE);
        let is_plain_address = authority.username().is_empty()
            && authority.password().is_none()
            && authority.query().is_none()
            && authority.fragment().is_none()
            && matches!(authority.scheme(), "http" | "https");
        if !is_plain_address || !(is_loopback || is_outside) {
            return Err(refused(
                authority,
                "sign-ins go only to Microsoft Entra ID or to a service on this computer",
            ));
        }
        let path = authority.path().trim_matches('/');
        let tenant = if path.is_empty() { "organizations" } else { path };
        let tenant =
            tenant.parse().map_err(|why| refused(authority, &format!("its path {why}")))?;
        let mut base = authority.clone();
        base.set_path("");
        Ok((Self(base), tenant))
    }

    /// Whether it is a service on this computer, so that nothing real is signed in to.
    pub fn is_loopback(&self) -> bool {
        transport::is_loopback(&self.0)
    }

    pub(super) fn base(&self) -> &Url {
        &self.0
    }

    /// `login.microsoftonline.com`, or `127.0.0.1:8080`.
    pub(super) fn name(&self) -> String {
        let name = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
    }

    pub(super) fn endpoint(&self, tenant: &Tenant, name: &str) -> Url {
        self.below(&[&tenant.to_string(), "oauth2", "v2.0", name])
    }

    /// What id tokens of a tenant name as their issuer.
    pub(super) fn issuer(&self, tenant: uuid::Uuid) -> String {
        self.below(&[&tenant.to_string(), "v2.0"]).into()
    }

    fn below(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

fn refused(authority: &Url, why: &str) -> Failure {
    // A password or a query in it is nobody's business.
    let mut shown = authority.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    if !shown.username().is_empty() || shown.password().is_some() {
        shown.set_password(None).ok();
        shown.set_username("***").ok();
    }
    Failure::new(FailureKind::Usage, format!("sign in at {}", text::cut(shown.as_str(), 120)), why)
        .hint(format!("use https://{OUTSIDE}/organizations or https://{OUTSIDE}/TENANT-ID"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<(Authority, Tenant), Failure> {
        Authority::parse(&address.parse().unwrap())
    }

    #[test]
    fn entra_and_this_computer_are_trusted() {
        let id = "9188040d-6c67-4c5b-b112-36a304b66dae";
        for (address, base, tenant) in [
            (
                "https://login.microsoftonline.com",
                "https://login.microsoftonline.com/",
                "organizations",
            ),
            (
                "https://login.microsoftonline.com/common/",
                "https://login.microsoftonline.com/",
                "organizations",
            ),
            (
                &format!("https://LOGIN.microsoftonline.com:443/{id}"),
                "https://login.microsoftonline.com/",
                id,
            ),
            ("http://127.0.0.1:81/contoso.com", "http://127.0.0.1:81/", "contoso.com"),
            ("http://[::1]:81/organizations", "http://[::1]:81/", "organizations"),
            ("http://localhost:81/organizations", "http://localhost:81/", "organizations"),
        ] {
            let (authority, parsed) = parse(address).unwrap();
            assert_eq!((authority.base().as_str(), parsed.to_string().as_str()), (base, tenant));
            assert_eq!(authority.is_loopback(), address.contains(":81"));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for address in [
            "http://login.microsoftonline.com/organizations",
            "https://login.microsoftonline.com:8443/organizations",
            "https://login.microsoftonline.com./organizations",
            "https://login.microsoftonline.com.evil/organizations",
            "https://evil.login.microsoftonline.com/organizations",
            "https://login.microsoftonline.com@evil/organizations",
            "https://login.micr\u{43e}softonline.com/organizations",
            "https://user:secret@login.microsoftonline.com/organizations",
            "https://login.windows.net/organizations",
            "https://login.microsoftonline.us/organizations",
            "https://login.microsoftonline.com/consumers",
            "https://login.microsoftonline.com/organizations/oauth2",
            "https://login.microsoftonline.com/a%2Fb.c",
            "https://login.microsoftonline.com/organizations?secret=1",
            "https://login.microsoftonline.com/organizations#secret",
            "http://127.0.0.1.evil/organizations",
            "http://10.0.0.1/organizations",
            "http://[::ffff:127.0.0.1]/organizations",
            "ftp://127.0.0.1/organizations",
            "data:text/plain,secret",
        ] {
            let failure = parse(address).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Usage, "{address}");
            assert!(!failure.to_string().contains("secret") || address.starts_with("data"));
        }
    }

    #[test]
    fn endpoints_and_issuers_stand_below_the_base() {
        let (authority, tenant) = parse("http://127.0.0.1:81/contoso.com").unwrap();
        let token = authority.endpoint(&tenant, "token");
        assert_eq!(token.as_str(), "http://127.0.0.1:81/contoso.com/oauth2/v2.0/token");
        let issuer = authority.issuer(crate::identity::PERSONAL);
        assert_eq!(issuer, "http://127.0.0.1:81/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0");
    }
}
