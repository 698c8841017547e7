//! Sign-in in the browser: authorization code with PKCE (RFC 7636, RFC 8252).

use std::borrow::Cow;

use chrono::TimeDelta;
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use tokio::time::timeout;

use super::{
    Again, Entra, Grant, Refused, Step, Wish, callback::Callback, grant::Answered, refusal::Context,
};
use crate::{
    clock,
    failure::{Failure, FailureKind},
};

/// Bytes of chance in state and nonce.
const CHANCE: u32 = 32;

/// What the request sent along and the redemption must show again.
struct Sent {
    redirect: RedirectUrl,
    verifier: PkceCodeVerifier,
    nonce: CsrfToken,
}

impl Entra {
    /// Waits for a person to sign in at the address that `tell` gets. Dropping it closes the port.
    pub async fn browser(
        &self,
        wish: &Wish,
        tell: impl Fn(Step) + Send + Sync,
    ) -> Result<Grant, Refused> {
        let context = self.context(wish, "sign in");
        let callback = Callback::open().await.map_err(|error| port_refused(&error))?;
        let port = callback.port();
        // The text as it is: a path, even `/`, would be another address to Entra.
        let redirect =
            RedirectUrl::new(format!("http://localhost:{port}")).map_err(|_impossible| {
                context.unacceptable("the port makes no address", "try again")
            })?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random_len(CHANCE);
        let oauth = self.oauth(&wish.tenant);
        let mut request = oauth
            .authorize_url(|| CsrfToken::new_random_len(CHANCE))
            .add_scopes(self.scopes())
            .set_pkce_challenge(challenge)
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .add_extra_param("response_mode", "query")
            .add_extra_param("nonce", nonce.secret().as_str());
        request = match &wish.login_hint {
            Some(hint) => request.add_extra_param("login_hint", hint.as_str()),
            None => request.add_extra_param("prompt", "select_account"),
        };
        if let Some(claims) = &wish.claims {
            request = request.add_extra_param("claims", claims.json());
        }
        let (address, state) = request.url();
        let limits = &self.0.limits;
        let ends = clock::now() + TimeDelta::from_std(limits.browser).unwrap_or_default();
        tell(Step::Browser { address, port, ends });
        let landing = timeout(limits.browser, callback.wait(&state, limits.head)).await;
        let landing = landing.map_err(|_elapsed| {
            context
                .unacceptable("nobody signed in within the time for it", "start the sign-in again")
        })?;
        let code = landing.map_err(|denial| context.denied(&denial))?;
        self.redeem(code, Sent { redirect, verifier, nonce }, wish, &context).await
    }

    async fn redeem(
        &self,
        code: AuthorizationCode,
        sent: Sent,
        wish: &Wish,
        context: &Context<'_>,
    ) -> Result<Grant, Refused> {
        let errand = self.errand(Again::IfUnsent);
        let oauth = self.oauth(&wish.tenant);
        let scopes = self.0.app.all_scopes().collect::<Vec<_>>().join(" ");
        let mut request = oauth
            .exchange_code(code)
            .set_pkce_verifier(sent.verifier)
            .set_redirect_uri(Cow::Borrowed(&sent.redirect))
            .add_extra_param("scope", scopes);
        if let Some(claims) = &wish.claims {
            request = request.add_extra_param("claims", claims.json());
        }
        let asked = clock::now();
        let answer = errand.judge(request.request_async(&errand).await);
        let answer = answer.map_err(|fruitless| context.fruitless(fruitless))?;
        let answered = Answered { answer, asked, now: errand.now() };
        self.grant(&answered, wish, Some(sent.nonce.secret()), context)
    }
}

fn port_refused(error: &std::io::Error) -> Refused {
    let why = format!("no port of this computer can be opened ({})", error.kind());
    Failure::new(FailureKind::Network, "sign in", why).hint("sign in with a device code").into()
}
