//! As which program azpat signs in, and what it asks to be allowed.

use uuid::Uuid;

use crate::failure::{Failure, FailureKind};

/// The resource id of Azure DevOps, the same in every tenant.
pub(super) const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";

/// Always asked for: a refresh token, an id token, and names in it.
const ALWAYS: [&str; 3] = ["offline_access", "openid", "profile"];

/// A registered public client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Application (client) id, a GUID.
    pub client_id: String,
    /// Scopes of Azure DevOps, with the resource before the slash.
    pub scopes: Vec<String>,
}

impl App {
    /// What the PAT interface and the list of organizations need.
    pub fn default_scopes() -> Vec<String> {
        ["vso.pats", "vso.pats_manage", "vso.profile"]
            .map(|scope| format!("{RESOURCE}/{scope}"))
            .to_vec()
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        let wrong = |why: &str, hint: &str| {
            Err(Failure::new(FailureKind::Usage, "sign in", why).hint(hint))
        };
        if Uuid::try_parse(&self.client_id).is_err() {
            return wrong(
                "the client id is not a GUID",
                "take the application (client) id from the app registration",
            );
        }
        let is_scope = |scope: &String| {
            // RFC 6749 3.3, so that one entry stays one scope.
            !scope.is_empty()
                && scope.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
        };
        if self.scopes.is_empty() || !self.scopes.iter().all(is_scope) {
            return wrong(
                "a scope is empty or has characters that no scope has",
                "correct the scopes",
            );
        }
        Ok(())
    }

    pub(super) fn all_scopes(&self) -> impl Iterator<Item = &str> {
        let given = self.scopes.iter().map(String::as_str);
        given.chain(ALWAYS.into_iter().filter(|scope| !self.scopes.iter().any(|s| s == scope)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(client_id: &str, scopes: &[&str]) -> App {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        App { client_id: client_id.to_owned(), scopes }
    }

    #[test]
    fn a_client_id_is_a_guid_and_scopes_are_words() {
        let id = "11111111-2222-3333-4444-555555555555";
        assert!(App { scopes: App::default_scopes(), ..app(id, &[]) }.check().is_ok());
        for wrong in [
            app("", &["a"]),
            app("my app", &["a"]),
            app(id, &[]),
            app(id, &[""]),
            app(id, &["a b"]),
            app(id, &["a\"b"]),
            app(id, &["a\u{1b}"]),
        ] {
            assert_eq!(wrong.check().unwrap_err().kind, FailureKind::Usage, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_always_asked_for_is_asked_for_once() {
        let app = app("", &["r/.default", "openid"]);
        let all: Vec<_> = app.all_scopes().collect();
        assert_eq!(all, ["r/.default", "openid", "offline_access", "profile"]);
    }
}
