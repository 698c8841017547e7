//! Sign-in with a code that is typed on another page (RFC 8628), for where no browser is near.

use std::time::Duration;

use chrono::TimeDelta;
use http::{HeaderValue, Method, header};
use oauth2::{
    AsyncHttpClient as _, DeviceCode, EmptyExtraDeviceAuthorizationFields, HttpRequest,
    StandardDeviceAuthorizationResponse,
};
use url::Url;

use super::{
    Again, Entra, Grant, Refused, Step, Wish,
    denial::Denial,
    errand::Fruitless,
    grant::Answered,
    pace::{Pace, Turn},
    refusal::Context,
};
use crate::{
    clock,
    failure::{Failure, FailureKind},
    transport::{self, Lost},
};

/// Where Microsoft lets people type the code. No forwarder such as aka.ms, which could lead on.
const HOSTS: [&str; 4] =
    ["microsoft.com", "www.microsoft.com", "login.microsoft.com", "login.microsoftonline.com"];

/// Entra says fifteen minutes; nobody waits longer than this.
const LONGEST: Duration = Duration::from_hours(1);

/// Longer codes are none that a person types.
const CODE: usize = 32;

/// What one question for the token brought in the end.
type Outcome = Result<Answered, Fruitless>;

impl Entra {
    /// Waits for a person to type the code that `tell` gets. Dropping it ends the asking.
    pub async fn device_code(
        &self,
        wish: &Wish,
        tell: impl Fn(Step) + Send + Sync,
    ) -> Result<Grant, Refused> {
        let context = self.context(wish, "sign in");
        let given = self.device_answer(wish, &context).await?;
        let address = given.verification_uri().url().clone();
        if !is_trusted(&address, self.0.authority.is_loopback()) {
            return Err(nonsense("the page for the code is not one of Microsoft"));
        }
        let code = given.user_code().secret().trim().to_owned();
        let is_code =
            (1..=CODE).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_graphic());
        if !is_code {
            return Err(nonsense("the code to type cannot be typed"));
        }
        let pace = Pace {
            interval: given.interval().max(self.0.limits.interval).min(LONGEST),
            lasts: given.expires_in().min(LONGEST),
        };
        let ends = clock::now() + TimeDelta::from_std(pace.lasts).unwrap_or_default();
        tell(Step::DeviceCode { code, address, ends });
        let device_code = given.device_code();
        let outcome = pace.poll(|why| tell(reach(why)), || self.ask_once(wish, device_code)).await;
        let Some(outcome) = outcome else {
            let expired = Denial { error: "expired_token".to_owned(), ..Denial::default() };
            return Err(context.denied(&expired));
        };
        let answered = outcome.map_err(|fruitless| context.fruitless(fruitless))?;
        self.grant(&answered, wish, None, &context)
    }

    async fn device_answer(
        &self,
        wish: &Wish,
        context: &Context<'_>,
    ) -> Result<StandardDeviceAuthorizationResponse, Refused> {
        let errand = self.errand(Again::Always);
        let oauth = self.oauth(&wish.tenant);
        let mut request = oauth.exchange_device_code().add_scopes(self.scopes());
        if let Some(claims) = &wish.claims {
            request = request.add_extra_param("claims", claims.json());
        }
        let answer = request.request_async::<_, EmptyExtraDeviceAuthorizationFields>(&errand).await;
        errand.judge(answer).map_err(|fruitless| context.fruitless(fruitless))
    }

    /// The crate's own loop takes a lost connection for a pending answer and forgets Microsoft's
    /// numbers, so each question is asked here.
    async fn ask_once(&self, wish: &Wish, device_code: &DeviceCode) -> Turn<Outcome> {
        let errand = self.errand(Again::Never);
        let asked = clock::now();
        let response = match errand.call(self.question(wish, device_code)).await {
            Ok(response) => response,
            Err(unanswered) => return lost(unanswered.into()),
        };
        if response.status().is_success() {
            return match serde_json::from_slice(response.body()) {
                Ok(answer) => Turn::Done(Ok(Answered { answer, asked, now: errand.now() })),
                Err(_private) => lost(errand.nonsense()),
            };
        }
        match serde_json::from_slice::<Denial>(response.body()) {
            Err(_private) => lost(errand.nonsense()),
            Ok(denial) => match denial.error.as_str() {
                "authorization_pending" => Turn::Pending,
                "slow_down" => Turn::SlowDown,
                "temporarily_unavailable" | "server_error" => {
                    Turn::Offline("Microsoft Entra ID is not available right now".to_owned())
                }
                _ => Turn::Done(Err(Fruitless::Denied(Box::new(denial)))),
            },
        }
    }

    fn question(&self, wish: &Wish, device_code: &DeviceCode) -> HttpRequest {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            .append_pair("client_id", &self.0.app.client_id)
            .append_pair("device_code", device_code.secret());
        if let Some(claims) = &wish.claims {
            form.append_pair("claims", claims.json());
        }
        let mut request = HttpRequest::new(form.finish().into_bytes());
        *request.method_mut() = Method::POST;
        let address = self.0.authority.endpoint(&wish.tenant, "token");
        *request.uri_mut() = address.as_str().parse().unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        request
    }
}

fn reach(why: Option<String>) -> Step {
    why.map_or(Step::Online, |why| Step::Offline { why })
}

fn lost(lost: Lost) -> Turn<Outcome> {
    if lost.can_pass { Turn::Offline(lost.why) } else { Turn::Done(Err(Fruitless::Lost(lost))) }
}

fn nonsense(why: &str) -> Refused {
    Failure::new(FailureKind::Service, "sign in", why).hint("sign in with the browser").into()
}

/// Whether people may be sent to an address to type their code.
fn is_trusted(address: &Url, is_test: bool) -> bool {
    let is_plain_address = address.username().is_empty() && address.password().is_none();
    let is_microsoft = address.scheme() == "https"
        && address.port().is_none()
        && address.host_str().is_some_and(|host| HOSTS.contains(&host));
    let is_here =
        is_test && matches!(address.scheme(), "http" | "https") && transport::is_loopback(address);
    is_plain_address && (is_microsoft || is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_43_people_are_sent_to_microsoft_only() {
        for address in [
            "https://microsoft.com/devicelogin",
            "https://www.microsoft.com/link",
            "https://login.microsoft.com/device",
            "https://login.microsoftonline.com/common/oauth2/deviceauth",
            "https://LOGIN.microsoft.com:443/device",
        ] {
            assert!(is_trusted(&address.parse().unwrap(), false), "{address}");
        }
        for address in [
            "http://microsoft.com/devicelogin",
            "https://microsoft.com:8443/devicelogin",
            "https://microsoft.com.evil/devicelogin",
            "https://evil.microsoft.com/devicelogin",
            "https://microsoft.com@evil/devicelogin",
            "https://user@microsoft.com/devicelogin",
            "https://micros\u{43e}ft.com/devicelogin",
            "https://aka.ms/devicelogin",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://127.0.0.1:81/device",
        ] {
            assert!(!is_trusted(&address.parse().unwrap(), false), "{address}");
        }
    }

    #[test]
    fn a_test_service_may_send_people_to_this_computer() {
        for (address, expected) in [
            ("http://127.0.0.1:81/device", true),
            ("http://localhost:81/device", true),
            ("https://microsoft.com/devicelogin", true),
            ("ftp://127.0.0.1/device", false),
            ("http://10.0.0.1/device", false),
        ] {
            assert_eq!(is_trusted(&address.parse().unwrap(), true), expected, "{address}");
        }
    }
}
