//! Tokens in the form of JSON Web Tokens. The signature is noise, since nobody here can check it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::RESOURCE;
use super::directory::{Member, derived};
use super::settings::IdTokenTwist;
use super::store::Consent;
use crate::emulator::world::{letters, random_id};

/// How far the real service dates tokens back.
const BACK: TimeDelta = TimeDelta::minutes(5);

/// For whom, where and until when.
pub(super) struct Ticket<'a> {
    pub(super) base: &'a str,
    pub(super) member: &'a Member,
    pub(super) tenant: Uuid,
    pub(super) consent: &'a Consent,
    pub(super) now: DateTime<Utc>,
    pub(super) expires: DateTime<Utc>,
}

impl Ticket<'_> {
    /// A token for Azure DevOps, in the form of version 1 as that resource wants it.
    pub(super) fn access_token(&self) -> String {
        let (base, tenant, member) = (self.base, self.tenant, self.member);
        let begin = (self.now - BACK).timestamp();
        signed(&json!({
            "aud": RESOURCE,
            "iss": format!("{base}/{tenant}/"),
            "iat": begin, "nbf": begin, "exp": self.expires.timestamp(),
            "appid": self.consent.client,
            "name": member.name,
            "oid": member.oid(tenant),
            "scp": self.consent.scopes.permissions.join(" "),
            "sub": self.subject(RESOURCE),
            "tid": tenant,
            "unique_name": member.username, "upn": member.username,
            "uti": letters(22),
            "ver": "1.0",
        }))
    }

    /// Who signed in; `twist` is what is wrong with it.
    pub(super) fn id_token(&self, twist: Option<IdTokenTwist>) -> Option<String> {
        use IdTokenTwist as Twist;
        let (base, member, client) = (self.base, self.member, self.consent.client);
        let is = |wanted: Twist| twist == Some(wanted);
        let tenant = if is(Twist::WrongTenant) { random_id() } else { self.tenant };
        let other = is(Twist::OtherOid);
        let begin =
            if is(Twist::NotYetValid) { self.now + TimeDelta::hours(2) } else { self.now - BACK };
        let end = match twist {
            Some(Twist::Expired) => self.now - TimeDelta::hours(1),
            Some(Twist::NotYetValid) => self.now + TimeDelta::hours(3),
            _ => self.now + TimeDelta::hours(1),
        };
        let begin = if is(Twist::Expired) { end - TimeDelta::hours(1) } else { begin };
        let issuer = if is(Twist::WrongIssuer) { "https://sts.evil.example" } else { base };
        let mut claims = json!({
            "aud": if is(Twist::WrongAudience) { random_id() } else { client },
            "iss": format!("{issuer}/{tenant}/v2.0"),
            "iat": begin.timestamp(), "nbf": begin.timestamp(), "exp": end.timestamp(),
            "oid": if other { random_id() } else { member.oid(self.tenant) },
            "sub": if other { letters(43) } else { self.subject(&client.to_string()) },
            "tid": tenant,
            "uti": letters(22),
            "ver": "2.0",
        });
        let nonce = if is(Twist::WrongNonce) {
            Some("wrong".to_owned())
        } else {
            self.consent.nonce.clone()
        };
        if let Some(claims) = claims.as_object_mut() {
            claims.extend(nonce.map(|nonce| ("nonce".to_owned(), Value::from(nonce))));
            if self.consent.scopes.profile {
                claims.insert("name".to_owned(), member.name.clone().into());
                claims.insert("preferred_username".to_owned(), member.username.clone().into());
            }
        }
        match twist {
            Some(Twist::Missing) => None,
            Some(Twist::Garbage) => Some("no.jwt".to_owned()),
            _ => Some(signed(&claims)),
        }
    }

    /// Another one for each application, the same in all sign-ins.
    fn subject(&self, to: &str) -> String {
        let id = derived("subject", &format!("{} {} {to}", self.member.username, self.tenant));
        URL_SAFE_NO_PAD.encode(id.as_bytes())
    }
}

fn signed(claims: &Value) -> String {
    let header = json!({ "typ": "JWT", "alg": "RS256", "kid": "emulator" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let noise: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(256).collect();
    format!("{}.{}.{}", part(&header), part(claims), URL_SAFE_NO_PAD.encode(noise))
}
