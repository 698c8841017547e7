//! The settings as one table: names, meanings, defaults, examples. Errors, the README and
//! config.example.json are made from it, so they cannot tell different things.

use serde_json::Value;

/// A right value, which also says what form the setting has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    Text(&'static str),
    List(&'static [&'static str]),
    /// A list of objects, in JSON. It can make azpat run programs, so only the file can say it.
    Objects(&'static str),
}

impl Example {
    /// As it is written in the file.
    pub(super) fn json(self) -> String {
        match self {
            Self::Text(text) => Value::from(text).to_string(),
            Self::List(texts) => {
                let each: Vec<_> =
                    texts.iter().map(|text| Value::from(*text).to_string()).collect();
                format!("[{}]", each.join(", "))
            }
            Self::Objects(json) => json.to_owned(),
        }
    }

    /// As it is written in an environment variable.
    pub(super) fn plain(self) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::List(texts) => texts.join(","),
            Self::Objects(json) => json.to_owned(),
        }
    }

    /// As it is written after a flag, which is given once for each.
    pub(super) fn one(self) -> &'static str {
        match self {
            Self::Text(text) | Self::Objects(text) => text,
            Self::List(texts) => texts.first().copied().unwrap_or_default(),
        }
    }
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: &'static str,
    /// The environment variable that sets it, too.
    pub variable: &'static str,
    pub example: Example,
    /// Read by the same rules as a given value; `None`: depends or nothing, as `meaning` tells.
    pub default: Option<&'static str>,
    pub meaning: &'static str,
}

macro_rules! keys {
    ($($constant:ident $name:literal $example:expr, $default:expr, $meaning:literal;)*) => {
        $(pub(super) const $constant: Key = Key {
            name: $name,
            variable: concat!("AZPAT_", stringify!($constant)),
            example: $example,
            default: $default,
            meaning: $meaning,
        };)*
        /// Every setting, in the order of the example file.
        pub const KEYS: &[Key] = &[$($constant),*];
    };
}

keys! {
    ORGANIZATION "organization" Example::Text("contoso"), None,
        "one organization to show; none here and in `organizations`: all of yours are found";
    ORGANIZATIONS "organizations" Example::List(&["contoso", "fabrikam"]), None,
        "the organizations to show, united with `organization`";
    SIGN_IN "sign_in" Example::Text("auto"), None,
        "`browser`, `device_code`, `azure_cli`, `environment` (AZPAT_ACCESS_TOKEN), or `auto`: the \
         session that is kept, else the Azure CLI, else the browser; without it: `environment` if \
         that variable is set, else `auto`";
    CLIENT_ID "client_id" Example::Text("11111111-2222-3333-4444-555555555555"), None,
        "the id of your own app registration, for `browser` and `device_code`";
    AUTHORITY "authority" Example::Text("https://login.microsoftonline.com/organizations"),
        Some("https://login.microsoftonline.com/organizations"),
        "where you sign in first; ends in the id or domain of your tenant, or in `organizations`";
    SCOPE "scope" Example::List(&["499b84ac-1321-427f-aa17-267ca6975798/.default"]), None,
        "what the app asks for; without it `vso.pats`, `vso.pats_manage` and `vso.profile` of \
         Azure DevOps";
    TOKEN_STORE "token_store" Example::Text("keyring"), Some("keyring"),
        "where the session is kept: `keyring`, or `file` for a file that only you can read";
    SERVICE_URL "service_url" Example::Text("https://vssps.dev.azure.com"),
        Some("https://vssps.dev.azure.com"),
        "where the tokens are managed: a Microsoft address, or this computer for the emulator";
    PROFILE_URL "profile_url" Example::Text("https://app.vssps.visualstudio.com"),
        Some("https://app.vssps.visualstudio.com"),
        "where your organizations are found: a Microsoft address, or this computer";
    API_VERSION "api_version" Example::Text("7.2-preview.1"), Some("7.2-preview.1"),
        "the version of the service's interface";
    WARN_WITHIN "warn_within" Example::Text("14d"), Some("14d"),
        "how long before its end a token counts as expiring";
    CRITICAL_WITHIN "critical_within" Example::Text("3d"), Some("3d"),
        "how long before its end a token counts as critical; at most `warn_within`";
    REFRESH_EVERY "refresh_every" Example::Text("5m"), Some("5m"),
        "how often the screen reads the list again; at least `10s`, `0` is never";
    EXTEND_BY "extend_by" Example::Text("30d"), Some("30d"),
        "what extending offers first, counted from today; `1d` to `365d`";
    REVOKE_GRACE "revoke_grace" Example::Text("8s"), Some("8s"),
        "how long the screen lets you take a revocation back before it is sent; at most `5m`";
    CLIPBOARD_CLEAR "clipboard_clear" Example::Text("45s"), Some("45s"),
        "how long a copied secret stays on the clipboard; `5s` to `2m`";
    SINKS "sinks" Example::Objects(
        r#"[{"name": "feed", "kind": "npmrc", "registry": "https://pkgs.dev.azure.com/contoso/_packaging/feed/npm/registry/"}, {"name": "pass", "kind": "command", "command": ["pass", "insert", "--multiline", "azure/{organization}/{name}"]}]"#
    ), None,
        "your own places for secrets, besides the usual ones; the README says what they can be";
}

/// The key with this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The key that was probably meant by a wrong name.
pub(super) fn nearest(name: &str) -> Option<&'static Key> {
    let likeness = |key: &Key| strsim::jaro_winkler(key.name, &name.to_lowercase());
    let best = KEYS.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) > 0.8).then_some(best)
}

/// The text of config.example.json, in the order of the table.
pub fn example() -> String {
    let line = |key: &Key| format!("  \"{}\": {}", key.name, key.example.json());
    format!("{{\n{}\n}}\n", KEYS.iter().map(line).collect::<Vec<_>>().join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_leads_to_the_right_one() {
        let check = |name, expected| assert_eq!(nearest(name).map(|key| key.name), expected);
        check("organisation", Some("organization"));
        check("organisations", Some("organizations"));
        check("Sign-In", Some("sign_in"));
        check("warn", Some("warn_within"));
        check("colour", None);
        check("", None);
    }

    #[test]
    fn variables_are_named_after_their_keys() {
        for key in KEYS {
            assert_eq!(key.variable, format!("AZPAT_{}", key.name.to_uppercase()));
        }
    }
}
