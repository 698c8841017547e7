//! Which secrets a place keeps beside each other. In the others the last one would take the place
//! of those before it.

use super::{Delivery, Sink, template};
use crate::{
    config::{SinkKind, SinkSettings},
    pat::Pat,
    text,
};

/// By what a place tells secrets apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Apart {
    /// It shows a secret once and keeps none.
    Nothing,
    /// It has room for one.
    One,
    /// Each organization has its own.
    Organizations,
    /// Each variable has its own, called after this.
    Variable(String),
    /// These words of a program do.
    Words(Vec<String>),
}

impl Sink {
    pub fn apart(&self) -> Apart {
        let SinkSettings { key, registry, user, command, .. } = &self.settings;
        let by_organization = match self.kind() {
            SinkKind::Stdout | SinkKind::Clipboard => return Apart::Nothing,
            SinkKind::Command => return Apart::Words(command.clone()),
            SinkKind::Env => return Apart::Variable(key.clone().unwrap_or_default()),
            SinkKind::Keyring => true,
            SinkKind::Git => user.is_none(),
            SinkKind::Npmrc => registry.is_none(),
            SinkKind::Maven | SinkKind::Nuget => key.is_none(),
            SinkKind::Pip | SinkKind::Pypirc => key.is_none() && registry.is_none(),
            // `.netrc` has one login for a host.
            SinkKind::Netrc => false,
        };
        if by_organization { Apart::Organizations } else { Apart::One }
    }

    /// Whether each organization has a place of its own in it.
    pub fn keeps_apart(&self) -> bool {
        let has_organization = |word: &String| word.contains("{organization}");
        match self.apart() {
            Apart::Nothing | Apart::One => false,
            Apart::Organizations => true,
            Apart::Variable(key) => has_organization(&key),
            Apart::Words(words) => words.iter().any(has_organization),
        }
    }
}

impl Apart {
    /// The place of the secret of a token that takes the place of this one; `None`: no other token
    /// has the same.
    fn place(&self, pat: &Pat) -> Option<String> {
        let delivery = Delivery::of_new(pat.organization.clone(), pat.name.raw());
        match self {
            Self::Nothing | Self::One => Some(String::new()),
            Self::Organizations => Some(pat.organization.as_str().to_ascii_lowercase()),
            Self::Variable(key) => Some(template::variable(key, &delivery)),
            Self::Words(words) if words.iter().any(|word| word.contains("{id}")) => None,
            Self::Words(words) => {
                let words = words.iter().map(|word| template::word(word, &delivery));
                // What a program takes for a file may not tell capitals from small letters.
                Some(words.collect::<Vec<_>>().join("\0").to_lowercase())
            }
        }
    }

    /// Why it cannot hold the secrets of all these tokens, if it cannot.
    pub fn check<'a>(&self, pats: impl Iterator<Item = &'a Pat>) -> Result<(), String> {
        if *self == Self::Nothing {
            return Err("it keeps no secret".to_owned());
        }
        let mut places = std::collections::HashMap::new();
        for pat in pats {
            let Some(place) = self.place(pat) else { continue };
            if let Some(other) = places.insert(place, pat) {
                let by = match self {
                    Self::Organizations => "one place for an organization",
                    Self::Nothing | Self::One => "one place for all",
                    Self::Variable(_) | Self::Words(_) => "the same place for both",
                };
                return Err(format!(
                    "it has {by}: the secret of {} (id …{}) would overwrite that of {} (id …{})",
                    text::cut(pat.name.raw(), 40),
                    pat.id.tail(),
                    text::cut(other.name.raw(), 40),
                    other.id.tail()
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::sink_of,
        pat::fixture::{pat, pat_in},
        sink::Sinks,
    };

    fn apart(json: &str) -> Apart {
        let sinks = Sinks::new(&[sink_of(json).unwrap()]);
        sinks.all()[0].apart()
    }

    #[test]
    fn a_place_holds_several_only_if_each_has_its_own() {
        let env = r#"{"name": "a", "kind": "env", "path": "x.env""#;
        let of_env = |key: &str| format!("{env}, \"key\": \"{key}\"}}");
        let command = |word: &str| {
            format!(r#"{{"name": "a", "kind": "command", "command": ["pass", "{word}"]}}"#)
        };
        let usual = |kind: &str| format!(r#"{{"name": "a", "kind": "{kind}"}}"#);
        let (one, other) = (pat(1).named("ci bot"), pat(2).named("laptop"));
        let twin = pat(3).named("CI-bot");
        let elsewhere = pat_in("fabrikam", 4).named("ci bot");
        for (json, two, twins, organizations) in [
            (usual("stdout"), false, false, false),
            (usual("clipboard"), false, false, false),
            (usual("netrc"), false, false, false),
            (usual("keyring"), false, false, true),
            (usual("npmrc"), false, false, true),
            (usual("maven"), false, false, true),
            (format!("{env}}}"), false, false, false),
            (of_env("PAT"), false, false, false),
            (of_env("PAT_{organization}"), false, false, true),
            (of_env("PAT_{name}"), true, false, false),
            (of_env("{organization}_{name}"), true, false, true),
            (command("x"), false, false, false),
            (command("{organization}"), false, false, true),
            (command("azure/{name}"), true, false, false),
            (command("azure/{id}"), true, true, true),
        ] {
            let apart = apart(&json);
            let fits = |pats: [&Pat; 2]| apart.check(pats.into_iter()).is_ok();
            assert_eq!(fits([&one, &other]), two, "{json}");
            assert_eq!(fits([&one, &twin]), twins, "{json}");
            assert_eq!(fits([&one, &elsewhere]), organizations, "{json}");
        }
        let why = apart(&of_env("PAT_{name}")).check([&one, &twin].into_iter()).unwrap_err();
        assert!(why.contains("the secret of CI-bot (id …00000003) would overwrite"), "{why}");
    }
}
