//! From text to the values of settings. An error says what is wrong; what would be right is added
//! by whoever knows the key.

use std::{ops::RangeInclusive, str::FromStr as _};

use chrono::TimeDelta;
use url::{Host, Url};
use uuid::Uuid;

use super::{SignInMethod, TokenStore, problem::quoted};
use crate::{identity::Tenant, pat::Organization, text};

/// A span of time such as `14d` or `1h 30m`.
pub fn span(text: &str) -> Result<TimeDelta, String> {
    let span = humantime::parse_duration(text).map_err(|error| {
        let why = error.to_string();
        format!("{} is no span of time ({})", quoted(text), text::visible(&why))
    })?;
    TimeDelta::from_std(span).ok().ok_or_else(|| format!("{} is too long", quoted(text)))
}

/// How far ahead a token is called expiring or critical.
pub fn within(text: &str) -> Result<TimeDelta, String> {
    bounded(text, TimeDelta::zero()..=TimeDelta::days(366), "`0` to `366d`")
}

/// By how much a token is extended.
pub fn extend_by(text: &str) -> Result<TimeDelta, String> {
    bounded(text, TimeDelta::days(1)..=TimeDelta::days(365), "`1d` to `365d`")
}

pub(super) fn revoke_grace(text: &str) -> Result<TimeDelta, String> {
    bounded(text, TimeDelta::zero()..=TimeDelta::minutes(5), "`0` to `5m`")
}

pub(super) fn clipboard_clear(text: &str) -> Result<TimeDelta, String> {
    bounded(text, TimeDelta::seconds(5)..=TimeDelta::minutes(2), "`5s` to `2m`")
}

pub(super) fn refresh_every(text: &str) -> Result<Option<TimeDelta>, String> {
    let span = span(text)?;
    if span.is_zero() {
        return Ok(None);
    }
    bounded(text, TimeDelta::seconds(10)..=TimeDelta::days(1), "`10s` to `1d`, or `0` for never")
        .map(Some)
}

/// How long a program may take that is given a secret.
pub(super) fn command_limit(text: &str) -> Result<std::time::Duration, String> {
    let limit = bounded(text, TimeDelta::seconds(1)..=TimeDelta::minutes(10), "`1s` to `10m`")?;
    limit.to_std().ok().ok_or_else(|| format!("{} is too long", quoted(text)))
}

fn bounded(
    text: &str,
    bounds: RangeInclusive<TimeDelta>,
    words: &str,
) -> Result<TimeDelta, String> {
    let span = span(text)?;
    if bounds.contains(&span) {
        Ok(span)
    } else {
        Err(format!("{} is out of bounds: {words}", quoted(text)))
    }
}

/// The name of an organization.
pub fn organization(text: &str) -> Result<Organization, String> {
    // Shown here in the quotes of all other messages.
    Organization::from_str(text).ok().ok_or_else(|| {
        format!(
            "{} is no organization name (1 to 50 letters, digits or hyphens, as in \
             https://dev.azure.com/NAME)",
            quoted(text)
        )
    })
}

/// A way to sign in, by its name.
pub fn sign_in(text: &str) -> Result<SignInMethod, String> {
    match text {
        "auto" => Ok(SignInMethod::Auto),
        "browser" => Ok(SignInMethod::Browser),
        "device_code" => Ok(SignInMethod::DeviceCode),
        "azure_cli" => Ok(SignInMethod::AzureCli),
        "environment" => Ok(SignInMethod::Environment),
        _ => Err(format!(
            "{} is no way to sign in (there are `auto`, `browser`, `device_code`, `azure_cli` and \
             `environment`)",
            quoted(text)
        )),
    }
}

/// `X.Y-preview` or `X.Y-preview.N`; the interface exists in no other version.
pub(super) fn api_version(text: &str) -> Result<String, String> {
    let number = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let fits = text.split_once("-preview").is_some_and(|(version, revision)| {
        version.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
            && (revision.is_empty() || revision.strip_prefix('.').is_some_and(number))
    });
    if fits { Ok(text.to_owned()) } else { Err(format!("{} is no API version", quoted(text))) }
}

/// Azure DevOps itself; nothing else outside this computer is given an access token.
const SERVICES: [&str; 2] = ["vssps.dev.azure.com", "app.vssps.visualstudio.com"];

/// Where Microsoft Entra ID signs people in.
const AUTHORITY: &str = "login.microsoftonline.com";

/// An address that may be given an access token.
pub(super) fn service_url(text: &str) -> Result<Url, String> {
    let url = address(text)?;
    if url.host_str().is_some_and(|name| SERVICES.contains(&name)) {
        https(text, url)
    } else if is_this_computer(&url) {
        Ok(url)
    } else {
        let services = SERVICES.join(" nor ");
        Err(format!("{} is neither {services} nor this computer", quoted(text)))
    }
}

/// The address of a feed, to which a program will send a secret by itself.
pub(super) fn feed(text: &str) -> Result<Url, String> {
    let url = address(text)?;
    if is_this_computer(&url) { Ok(url) } else { https(text, url) }
}

/// Microsoft Entra ID, or the embedded service, with the tenant as the only part of the path.
pub(super) fn authority(text: &str) -> Result<Url, String> {
    let url = address(text)?;
    let url = if url.host_str() == Some(AUTHORITY) {
        https(text, url)?
    } else if is_this_computer(&url) {
        url
    } else {
        return Err(format!("{} is neither {AUTHORITY} nor this computer", quoted(text)));
    };
    let mut parts = url.path().split('/').filter(|part| !part.is_empty());
    match (parts.next().map(Tenant::from_str), parts.next()) {
        (Some(Ok(_)), None) => Ok(url),
        (Some(Err(why)), None) => Err(format!("the tenant in {} {why}", quoted(text))),
        _ => Err(format!("{} does not end in one tenant", quoted(text))),
    }
}

pub(super) fn token_store(text: &str) -> Result<TokenStore, String> {
    match text {
        "keyring" => Ok(TokenStore::Keyring),
        "file" => Ok(TokenStore::File),
        _ => {
            Err(format!("{} is no place for tokens (there are `keyring` and `file`)", quoted(text)))
        }
    }
}

fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn https(text: &str, url: Url) -> Result<Url, String> {
    if url.scheme() == "https" {
        Ok(url)
    } else {
        Err(format!("{} does not start with https://", quoted(text)))
    }
}

fn address(text: &str) -> Result<Url, String> {
    let wrong = |why: &str| format!("{} is no usable address ({why})", quoted(text));
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "https" | "http") {
        Err(wrong("it does not start with https://"))
    } else if !url.username().is_empty() || url.password().is_some() {
        // The text may hold a password, so it is not repeated.
        Err("an address with a user name or password is not usable".to_owned())
    } else if url.query().is_some() || url.fragment().is_some() {
        Err(wrong("it has a part after `?` or `#`"))
    } else {
        Ok(url)
    }
}

/// The id of an app registration.
pub fn client_id(text: &str) -> Result<Uuid, String> {
    Uuid::try_parse(text).ok().ok_or_else(|| {
        format!(
            "{} is no Application (client) ID (right would be such as \
             11111111-2222-3333-4444-555555555555)",
            quoted(text)
        )
    })
}

/// A word without blanks or anything invisible.
pub(super) fn word(text: &str) -> Result<String, String> {
    let is_word = (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if is_word { Ok(text.to_owned()) } else { Err(format!("{} is not one word", quoted(text))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_only_sent_to_microsoft_or_to_this_computer() {
        for good in [
            "https://vssps.dev.azure.com",
            "https://app.vssps.visualstudio.com",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:9",
        ] {
            assert!(service_url(good).is_ok(), "{good}");
        }
        for bad in [
            "https://evil.example",
            "https://dev.azure.com",
            "https://evil.vssps.dev.azure.com",
            "https://evilvssps.dev.azure.com",
            "https://vssps.dev.azure.com.evil.example",
            "https://evil.example/vssps.dev.azure.com",
            "http://vssps.dev.azure.com",
            "https://vssps.dev.azure.com@evil.example",
            "https://user:secret@vssps.dev.azure.com",
            "https://vssps.dev.azure.com?x=1",
            "https://vssps.dev.azure.com#x",
            "https://10.0.0.1",
            "file:///etc/passwd",
            "vssps.dev.azure.com",
            "",
        ] {
            assert!(service_url(bad).is_err(), "{bad}");
        }
        assert!(
            !service_url("https://user:secret@vssps.dev.azure.com").unwrap_err().contains("secret")
        );
    }

    #[test]
    fn api_versions() {
        for good in ["7.2-preview.1", "7.1-preview.1", "6.1-preview", "7.1-preview"] {
            assert!(api_version(good).is_ok(), "{good}");
        }
        for bad in ["7.1", "", "7-preview", "7.1-preview.", "7.1-preview.x", "7.1-preview.1&x=2"] {
            assert!(api_version(bad).is_err(), "{bad}");
        }
    }
}
