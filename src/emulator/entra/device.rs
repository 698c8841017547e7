//! Sign-in with a code on another device: the code, the page where it is entered, and what polling finds.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::json;

use super::denial::Denial;
use super::directory::Directory;
use super::form::Form;
use super::page::{self, Question};
use super::report::DeviceState;
use super::scope::Scopes;
use super::settings::Endpoint;
use super::store::{Consent, Device};
use super::token::{Award, Request, application};
use crate::emulator::answer;
use crate::emulator::service::Exchange;
use crate::emulator::world::World;

/// Where a code is entered.
const PAGE: &str = "/devicelogin";

/// Letters and digits that nobody confuses.
const ALPHABET: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ23456789";

/// Begins a sign-in.
pub(super) fn begin(world: &World, segment: &str, exchange: &Exchange) -> Response {
    if exchange.call.method() != Method::POST {
        return Denial::of(900_561).json(world);
    }
    world.entra().report_mut().devicecode_requests += 1;
    code(world, segment, &Form::read(exchange)).unwrap_or_else(|denial| denial.json(world))
}

fn code(world: &World, segment: &str, form: &Form) -> Result<Response, Denial> {
    let authority = Directory::of(world).authority(segment)?;
    let entra = world.rig().settings().entra.clone();
    let client = application(&entra, form.need("client_id")?)?;
    let ordered = world.rig().next_denial(Endpoint::Devicecode, None);
    if let Some(ordered) = ordered {
        return Err(Denial::ordered(&ordered));
    }
    let scopes = Scopes::read(form.need("scope")?, &entra.consented)?;
    let claims = form.get("claims").map(str::to_owned);
    let flow = entra.device;
    let draw = || fastrand::choice(ALPHABET).copied().map_or('B', char::from);
    let user_code: String = std::iter::repeat_with(draw).take(9).collect();
    let device = Device {
        user_code: user_code.clone(),
        consent: Consent { client, scopes, nonce: None, claims },
        authority,
        expires: world.now() + TimeDelta::seconds(flow.expires_in.into()),
        polls: 0,
        state: DeviceState::Pending,
        accepted: None,
    };
    let device_code = world.entra().add_device(device);
    let page = flow.verification_uri.unwrap_or_else(|| format!("{}{PAGE}", world.base));
    let body = json!({
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": page,
        "expires_in": flow.expires_in,
        "interval": flow.interval,
        "message": format!(
            "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
        ),
    });
    Ok(answer::json(StatusCode::OK, &body))
}

/// The page where the code is entered, and then the question.
pub(super) fn ask(world: &World, form: &Form) -> Response {
    let Some(user_code) = form.get("user_code") else { return page::enter_code(PAGE) };
    let device = match pending(world, user_code) {
        Ok(device) => device,
        Err(denial) => return denial.page(world),
    };
    let applications = world.rig().settings().entra.applications.clone();
    let name = applications.iter().find(|known| known.id == device.consent.client);
    let directory = Directory::of(world);
    let question = Question {
        application: name.map(|known| known.name.as_str()).unwrap_or_default(),
        permissions: device.consent.scopes.granted(),
        people: directory.people(),
        chosen: "",
        action: PAGE,
        hidden: vec![("user_code", &device.user_code)],
    };
    question.page()
}

/// The decision made on the page.
pub(super) fn decide(world: &World, form: &Form) -> Response {
    let user_code = form.get("user_code").unwrap_or_default();
    let outcome = if form.get("decision") == Some("accept") {
        accept(world, user_code, form.get("account")).map(|()| {
            "You have signed in to the application on your device. You may now close this window."
        })
    } else {
        decline(world, user_code).map(|()| "You declined. You may now close this window.")
    };
    outcome.map_or_else(|denial| denial.page(world), page::done)
}

/// Somebody accepts; nobody named is the owner of the tokens.
pub(crate) fn accept(world: &World, user_code: &str, account: Option<&str>) -> Result<(), Denial> {
    let device = pending(world, user_code)?;
    let directory = Directory::of(world);
    let member = directory.member_or_owner(account)?;
    let tenant = device.authority.tenant(member)?;
    let mut store = world.entra();
    if let Some(device) = store.shown(user_code) {
        device.state = DeviceState::Accepted;
        device.accepted = Some((member.username.clone(), tenant));
    }
    Ok(())
}

/// Somebody declines.
pub(crate) fn decline(world: &World, user_code: &str) -> Result<(), Denial> {
    pending(world, user_code)?;
    if let Some(device) = world.entra().shown(user_code) {
        device.state = DeviceState::Declined;
    }
    Ok(())
}

fn pending(world: &World, user_code: &str) -> Result<Device, Denial> {
    let now = world.now();
    let device = world.entra().shown(user_code).map(|device| device.clone());
    let device = device.filter(|device| device.state == DeviceState::Pending);
    let device = device.ok_or_else(|| Denial::of(70018))?;
    if device.expires > now { Ok(device) } else { Err(Denial::of(70019)) }
}

/// What polling finds.
pub(super) fn redeem(request: &Request<'_>) -> Result<Award, Denial> {
    let world = request.world;
    let device_code = request.form.need("device_code")?;
    let now = world.now();
    let is_too_fast = world.rig().slow_down();
    let device = {
        let mut store = world.entra();
        let device = store.device(device_code).ok_or_else(|| Denial::of(70018))?;
        device.polls = device.polls.saturating_add(1);
        device.clone()
    };
    if device.consent.client != request.client {
        return Err(Denial::of(70018));
    }
    if is_too_fast {
        return Err(Denial::named(70016, "slow_down", "The client polls too often."));
    }
    let is_enough = request.entra.device.accept_after.is_some_and(|polls| device.polls > polls);
    if device.state == DeviceState::Pending && device.expires > now && is_enough {
        accept(world, &device.user_code, None)?;
        return redeemed(request, device_code);
    }
    match device.state {
        DeviceState::Pending if device.expires <= now => Err(Denial::of(70019)),
        DeviceState::Pending => Err(Denial::of(70016)),
        DeviceState::Declined => {
            let text = "The end user denied the authorization request.";
            Err(Denial::named(65004, "authorization_declined", text))
        }
        DeviceState::Accepted => redeemed(request, device_code),
        DeviceState::Redeemed => Err(Denial::of(54005)),
    }
}

fn redeemed(request: &Request<'_>, device_code: &str) -> Result<Award, Denial> {
    let device = request.world.entra().device(device_code).map(|device| device.clone());
    let device = device.ok_or_else(|| Denial::of(70018))?;
    let (username, tenant) = device.accepted.ok_or_else(|| Denial::of(70016))?;
    let member = request.signed_in(&username, tenant)?;
    let mut store = request.world.entra();
    match store.device(device_code) {
        Some(device) if device.state == DeviceState::Accepted => {
            device.state = DeviceState::Redeemed;
        }
        _ => return Err(Denial::of(54005)),
    }
    Ok((member, tenant, device.consent))
}
