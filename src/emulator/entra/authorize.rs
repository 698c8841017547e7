//! The authorize endpoint, which a browser visits: asks the person, and sends the browser back with a code.

use axum::response::Response;
use chrono::TimeDelta;
use url::Url;

use super::denial::Denial;
use super::directory::{Authority, Directory, Member};
use super::form::Form;
use super::page::{self, Question};
use super::scope::Scopes;
use super::settings::{Application, Endpoint, Entra};
use super::store::{Code, Consent};
use super::token::unknown_application;
use crate::emulator::world::{World, random_id};

/// How long a code can be redeemed.
const LIFE: TimeDelta = TimeDelta::minutes(10);

/// A request whose application and address are right, so that answers can go there.
struct Request<'a> {
    world: &'a World,
    segment: &'a str,
    form: &'a Form,
    directory: Directory,
    authority: Authority,
    entra: Entra,
    application: Application,
    redirect: Url,
}

/// What the application asks for, understood.
struct Wish {
    consent: Consent,
    challenge: String,
    silent: bool,
}

/// A visit: the page, or at once the way back.
pub(super) fn ask(world: &World, segment: &str, form: &Form) -> Response {
    {
        let mut store = world.entra();
        let report = store.report_mut();
        report.authorize_requests += 1;
        if let Some(claims) = form.get("claims") {
            report.last_claims = Some(claims.to_owned());
        }
    }
    answer(world, segment, form, |request| {
        let wish = request.wish()?;
        let hint = form.get("login_hint");
        let usual = hint.or(request.entra.account.as_deref());
        if request.entra.auto_accept {
            let member = request.directory.member_or_owner(usual).map_err(Denial::on_a_page)?;
            request.accept(wish, member)
        } else if wish.silent {
            Err(Denial::of(50058))
        } else {
            Ok(request.question(&wish, usual))
        }
    })
}

/// The decision made on the page.
pub(super) fn decide(world: &World, segment: &str, form: &Form) -> Response {
    answer(world, segment, form, |request| {
        let wish = request.wish()?;
        if form.get("decision") != Some("accept") {
            return Err(Denial::of(65004));
        }
        let member = request.directory.member_or_owner(form.get("account"));
        request.accept(wish, member.map_err(Denial::on_a_page)?)
    })
}

/// Refusals go to the application, unless they are about itself.
fn answer(
    world: &World,
    segment: &str,
    form: &Form,
    act: impl FnOnce(&Request<'_>) -> Result<Response, Denial>,
) -> Response {
    let request = match Request::read(world, segment, form) {
        Ok(request) => request,
        Err(denial) => return denial.page(world),
    };
    let ordered = world.rig().next_denial(Endpoint::Authorize, None);
    let outcome = match ordered {
        Some(ordered) => Err(Denial::ordered(&ordered)),
        None => act(&request),
    };
    outcome.unwrap_or_else(|denial| {
        if denial.is_for_the_page() {
            denial.page(world)
        } else {
            denial.redirect(world, &request.redirect, form.get("state"))
        }
    })
}

impl<'a> Request<'a> {
    fn read(world: &'a World, segment: &'a str, form: &'a Form) -> Result<Self, Denial> {
        let directory = Directory::of(world);
        let authority = directory.authority(segment)?;
        let entra = world.rig().settings().entra.clone();
        let id = form.need("client_id")?;
        let known = entra.applications.iter().find(|known| id.parse() == Ok(known.id));
        let application = known.cloned().ok_or_else(|| unknown_application(id))?;
        let redirect = redirect(&application, form.get("redirect_uri"))?;
        Ok(Self { world, segment, form, directory, authority, entra, application, redirect })
    }

    fn wish(&self) -> Result<Wish, Denial> {
        let form = self.form;
        if form.need("response_type")? != "code" {
            return Err(Denial::of(700_054));
        }
        if form.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(Denial::of(70007));
        }
        let scopes = Scopes::read(form.need("scope")?, &self.entra.consented)?;
        let challenge = form.get("code_challenge").ok_or_else(|| Denial::of(50147))?;
        if challenge.len() != 43 || form.get("code_challenge_method") != Some("S256") {
            return Err(Denial::of(501_491));
        }
        let silent = match form.get("prompt") {
            Some("none") => true,
            None | Some("login" | "select_account" | "consent") => false,
            Some(other) => {
                let text = format!("The value '{other}' is not valid for the parameter 'prompt'.");
                return Err(Denial::saying(90023, text));
            }
        };
        let consent = Consent {
            client: self.application.id,
            scopes,
            nonce: form.get("nonce").map(str::to_owned),
            claims: form.get("claims").map(str::to_owned),
        };
        Ok(Wish { consent, challenge: challenge.to_owned(), silent })
    }

    fn question(&self, wish: &Wish, chosen: Option<&str>) -> Response {
        let is_own = |name: &str| ["account", "decision"].contains(&name);
        let question = Question {
            application: &self.application.name,
            permissions: wish.consent.scopes.granted(),
            people: self.directory.people(),
            chosen: chosen.unwrap_or_default(),
            action: &format!("/{}/oauth2/v2.0/authorize", self.segment),
            hidden: self.form.fields().filter(|(name, _)| !is_own(name)).collect(),
        };
        question.page()
    }

    fn accept(&self, wish: Wish, member: &Member) -> Result<Response, Denial> {
        let tenant = self.authority.tenant(member).map_err(Denial::on_a_page)?;
        let code = Code {
            consent: wish.consent,
            username: member.username.clone(),
            tenant,
            redirect: self.form.need("redirect_uri")?.to_owned(),
            challenge: wish.challenge,
            expires: self.world.now() + LIFE,
        };
        let code = self.world.entra().add_code(code);
        let session = random_id().to_string();
        let mut fields = vec![("code", code.as_str())];
        fields.extend(self.form.get("state").map(|state| ("state", state)));
        fields.push(("session_state", &session));
        Ok(page::redirect(&self.redirect, &fields))
    }
}

/// The address, if it is one of the application's.
fn redirect(application: &Application, asked: Option<&str>) -> Result<Url, Denial> {
    let asked = asked.ok_or_else(|| Denial::of(900_971))?;
    let url = Url::parse(asked).ok().filter(|url| {
        url.fragment().is_none() && application.redirects.iter().any(|known| is_same(known, url))
    });
    url.ok_or_else(|| {
        let text = format!(
            "The redirect URI '{asked}' specified in the request does not match the redirect URIs configured for the \
             application '{}'.",
            application.id
        );
        Denial::saying(50011, text)
    })
}

/// The port of `http://localhost` is free, all else is compared as it stands.
fn is_same(registered: &str, asked: &Url) -> bool {
    let Ok(mut registered) = Url::parse(registered) else { return false };
    if registered.scheme() == "http" && registered.host_str() == Some("localhost") {
        registered.set_port(asked.port()).is_ok() && registered == *asked
    } else {
        registered == *asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_of_localhost_is_free() {
        for (registered, asked, fits) in [
            ("http://localhost", "http://localhost", true),
            ("http://localhost", "http://localhost:4711", true),
            ("http://localhost", "http://localhost:4711/", true),
            ("http://localhost:1/back", "http://localhost:2/back", true),
            ("http://localhost", "http://localhost:4711/other", false),
            ("http://localhost", "http://127.0.0.1:4711", false),
            ("http://localhost", "https://localhost:4711", false),
            ("http://localhost", "http://localhost.evil.example", false),
            ("http://localhost", "http://localhost:4711/?a=b", false),
            ("http://localhost", "http://a@localhost:4711", false),
            ("http://127.0.0.1", "http://127.0.0.1:4711", false),
            ("http://127.0.0.1:4711", "http://127.0.0.1:4711", true),
        ] {
            let application =
                Application { redirects: vec![registered.to_owned()], ..Application::default() };
            assert_eq!(redirect(&application, Some(asked)).is_ok(), fits, "{registered} {asked}");
        }
    }
}
