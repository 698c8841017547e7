//! The token endpoint: codes, refresh tokens and sign-ins on other devices become tokens.

use axum::http::Method;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::denial::Denial;
use super::directory::{Authority, Directory, Member};
use super::form::Form;
use super::scope::Scopes;
use super::settings::{Endpoint, Entra};
use super::store::Consent;
use super::{device, grant};
use crate::emulator::service::Exchange;
use crate::emulator::world::World;

/// A request for tokens, as far as all grants are alike.
pub(super) struct Request<'a> {
    pub(super) world: &'a World,
    pub(super) form: &'a Form,
    pub(super) directory: Directory,
    pub(super) authority: Authority,
    pub(super) entra: Entra,
    pub(super) client: Uuid,
}

/// Who gets which tokens.
pub(super) type Award = (Member, Uuid, Consent);

/// Answers a request for tokens.
pub(super) fn answer(world: &World, segment: &str, exchange: &Exchange) -> Response {
    if exchange.call.method() != Method::POST {
        return Denial::of(900_561).json(world);
    }
    let form = Form::read(exchange);
    let grant = match form.get("grant_type") {
        Some("authorization_code") => "authorization_code",
        Some("refresh_token") => "refresh_token",
        Some("urn:ietf:params:oauth:grant-type:device_code" | "device_code") => "device_code",
        _ => "other",
    };
    {
        let mut store = world.entra();
        let report = store.report_mut();
        *report.token_requests.entry(grant.to_owned()).or_default() += 1;
        if let Some(claims) = form.get("claims") {
            report.last_claims = Some(claims.to_owned());
        }
    }
    match award(world, segment, &form, grant) {
        Ok((member, tenant, consent)) => {
            let response = grant::issue(world, &member, tenant, &consent);
            let mut store = world.entra();
            *store.report_mut().token_answers.entry(grant.to_owned()).or_default() += 1;
            response
        }
        Err(denial) => denial.json(world),
    }
}

fn award(world: &World, segment: &str, form: &Form, grant: &str) -> Result<Award, Denial> {
    let directory = Directory::of(world);
    let authority = directory.authority(segment)?;
    let entra = world.rig().settings().entra.clone();
    let client = application(&entra, form.need("client_id")?)?;
    form.need("grant_type")?;
    if form.get("client_secret").or_else(|| form.get("client_assertion")).is_some() {
        return Err(Denial::of(700_025));
    }
    let ordered = world.rig().next_denial(Endpoint::Token, Some(grant));
    if let Some(ordered) = ordered {
        return Err(Denial::ordered(&ordered));
    }
    let request = Request { world, form, directory, authority, entra, client };
    match grant {
        "authorization_code" => request.code(),
        "refresh_token" => request.refresh(),
        "device_code" => device::redeem(&request),
        _ => Err(Denial::of(70003)),
    }
}

/// The application with that id.
pub(super) fn application(entra: &Entra, id: &str) -> Result<Uuid, Denial> {
    let known = id.parse().ok().filter(|id| entra.applications.iter().any(|known| known.id == *id));
    known.ok_or_else(|| unknown_application(id))
}

/// There is no application with that id.
pub(super) fn unknown_application(id: &str) -> Denial {
    let text = format!(
        "Application with identifier '{id}' was not found in the directory. This can happen if the application has \
         not been installed by the administrator of the tenant or consented to by any user in the tenant."
    );
    Denial::saying(700_016, text)
}

impl Request<'_> {
    fn code(&self) -> Result<Award, Denial> {
        let text = self.form.need("code")?;
        let redirect = self.form.need("redirect_uri")?;
        let now = self.world.now();
        let code = self.world.entra().code(text, now)?;
        if code.consent.client != self.client {
            return Err(Denial::of(70000));
        }
        if code.redirect != redirect {
            return Err(Denial::of(500_112));
        }
        let verifier = self.form.need("code_verifier")?;
        self.world.entra().note_verifier(verifier);
        if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != code.challenge {
            return Err(Denial::of(501_481));
        }
        let member = self.signed_in(&code.username, code.tenant)?;
        let consent = self.consent(code.consent)?;
        self.world.entra().use_code(text)?;
        Ok((member, code.tenant, consent))
    }

    fn refresh(&self) -> Result<Award, Denial> {
        let text = self.form.need("refresh_token")?;
        let terms = (self.client, self.entra.refresh_strict);
        let now = self.world.now();
        let refresh = self.world.entra().refresh(text, terms, now)?;
        let member = self.directory.member_or_owner(Some(&refresh.username))?.clone();
        let tenant = self.authority.tenant(&member)?;
        let consent = self.consent(refresh.consent)?;
        self.world.entra().use_refresh(text, terms, now)?;
        Ok((member, tenant, consent))
    }

    /// Somebody who signed in to a tenant, if this request comes to the same one.
    pub(super) fn signed_in(&self, username: &str, tenant: Uuid) -> Result<Member, Denial> {
        let member = self.directory.member_or_owner(Some(username))?;
        let here = match self.authority {
            Authority::Home => member.home,
            Authority::Tenant(tenant) => tenant,
        };
        if here == tenant { Ok(member.clone()) } else { Err(Denial::of(700_005)) }
    }

    /// Scopes and claims of the request, where it has any, take the place of those agreed to.
    fn consent(&self, agreed: Consent) -> Result<Consent, Denial> {
        let scopes = match self.form.get("scope") {
            Some(scope) => Scopes::read(scope, &self.entra.consented)?,
            None => agreed.scopes,
        };
        let claims = self.form.get("claims").map(str::to_owned).or(agreed.claims);
        Ok(Consent { scopes, claims, ..agreed })
    }
}
