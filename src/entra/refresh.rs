//! A new access token for a refresh token, without a person.

use super::{Again, Entra, Grant, Refused, Wish, grant::Answered};
use crate::{clock, secret::RefreshToken};

impl Entra {
    /// Doing it twice harms nothing: Entra does not revoke the refresh token that was used.
    pub async fn refresh(&self, wish: &Wish, refresh: &RefreshToken) -> Result<Grant, Refused> {
        let context = self.context(wish, "renew the sign-in");
        let errand = self.errand(Again::Always);
        let oauth = self.oauth(&wish.tenant);
        let token = oauth2::RefreshToken::new(refresh.expose().to_owned());
        let mut request = oauth.exchange_refresh_token(&token).add_scopes(self.scopes());
        if let Some(claims) = &wish.claims {
            request = request.add_extra_param("claims", claims.json());
        }
        let asked = clock::now();
        let answer = errand.judge(request.request_async(&errand).await);
        let answer = answer.map_err(|fruitless| context.fruitless(fruitless))?;
        let answered = Answered { answer, asked, now: errand.now() };
        self.grant(&answered, wish, None, &context)
    }
}
