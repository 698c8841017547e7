//! The `scope` parameter: what is asked of Azure DevOps, and what is asked of Entra ID itself.

use super::RESOURCE;
use super::denial::Denial;

/// The other name of Azure DevOps.
const RESOURCE_URI: &str = "https://app.vssps.visualstudio.com";

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Scopes {
    /// Permissions at Azure DevOps, without its id before them.
    pub(super) permissions: Vec<String>,
    /// An id token is wanted.
    pub(super) openid: bool,
    pub(super) profile: bool,
    /// A refresh token is wanted.
    pub(super) offline: bool,
}

impl Scopes {
    /// `consented` is what `.default` stands for.
    pub(super) fn read(text: &str, consented: &[String]) -> Result<Self, Denial> {
        let mut scopes = Self::default();
        let mut resources: Vec<&str> = Vec::new();
        let mut has_default = false;
        for scope in text.split_whitespace() {
            match scope {
                "openid" => scopes.openid = true,
                "profile" => scopes.profile = true,
                "offline_access" => scopes.offline = true,
                "email" => {}
                qualified => {
                    // What has no resource before it belongs to Microsoft Graph.
                    let (resource, permission) = qualified
                        .rsplit_once('/')
                        .unwrap_or(("https://graph.microsoft.com", qualified));
                    let is_ours =
                        [RESOURCE, RESOURCE_URI].contains(&resource.trim_end_matches('/'));
                    resources.push(if is_ours { RESOURCE } else { resource });
                    has_default |= permission == ".default";
                    if !is_known(permission) && is_ours {
                        return Err(invalid(text));
                    }
                    scopes.permissions.push(permission.to_owned());
                }
            }
        }
        resources.dedup();
        match resources.as_slice() {
            [] if text.trim().is_empty() => Err(Denial::of(28003)),
            [] => Ok(scopes),
            [RESOURCE] if !has_default => Ok(scopes),
            // `.default` cannot be combined with permissions of the same resource.
            [RESOURCE] if scopes.permissions.len() > 1 => Err(invalid(text)),
            [RESOURCE] => Ok(Self { permissions: consented.to_vec(), ..scopes }),
            [_] => Err(Denial::of(650_057)),
            _ => Err(Denial::of(700_022)),
        }
    }

    /// As the answer names them: those of Azure DevOps with its id before them.
    pub(super) fn granted(&self) -> String {
        let own = [("openid", self.openid), ("profile", self.profile)];
        let own = own.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name.to_owned());
        let permissions = self.permissions.iter().map(|id| format!("{RESOURCE}/{id}"));
        own.chain(permissions).collect::<Vec<_>>().join(" ")
    }
}

fn is_known(permission: &str) -> bool {
    permission == ".default" || permission == "user_impersonation" || permission.starts_with("vso.")
}

fn invalid(text: &str) -> Denial {
    let text = format!(
        "The provided value for the input parameter 'scope' is not valid. The scope '{text}' does not exist."
    );
    Denial::saying(70011, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Scopes, u32> {
        Scopes::read(text, &["vso.pats".to_owned(), "vso.code".to_owned()])
            .map_err(|denial| denial.code)
    }

    #[test]
    fn default_stands_for_what_was_consented() {
        let scopes = read(&format!("{RESOURCE}/.default offline_access openid")).unwrap();
        assert_eq!(scopes.permissions, ["vso.pats", "vso.code"]);
        assert!(scopes.openid && scopes.offline && !scopes.profile);
        assert_eq!(scopes.granted(), format!("openid {RESOURCE}/vso.pats {RESOURCE}/vso.code"));
    }

    #[test]
    fn both_names_of_the_resource_are_one() {
        let scopes = read(&format!("{RESOURCE}/vso.pats {RESOURCE_URI}/vso.profile")).unwrap();
        assert_eq!(scopes.permissions, ["vso.pats", "vso.profile"]);
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for (text, code) in [
            (" ".to_owned(), 28003),
            (format!("{RESOURCE}/nonsense"), 70011),
            (format!("{RESOURCE}/.default {RESOURCE}/vso.pats"), 70011),
            (format!("{RESOURCE}/vso.pats User.Read"), 700_022),
            ("User.Read".to_owned(), 650_057),
        ] {
            assert_eq!(read(&text).unwrap_err(), code, "{text}");
        }
    }
}
