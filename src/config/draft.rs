//! A configuration file about to be written: what stands in it now, what is to change, and the
//! proof that azpat can read the result. Writes nothing.

use std::path::{Path, PathBuf};

use serde_json::Value;
use uuid::Uuid;

use super::{
    Environment, Flags, Missing, Problems, ServiceSettings, Source, entries, file,
    key::{self, Key},
    problem::Problem,
    resolve,
};
use crate::{identity::Tenant, pat::Organization};

/// What is to change. `None` leaves a setting as it is; an empty answer takes it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    pub organizations: Option<Vec<Organization>>,
    /// By its name, as it stands in the file.
    pub sign_in: Option<String>,
    pub client_id: Option<Option<Uuid>>,
    pub tenant: Option<Option<Tenant>>,
}

type Pair = (String, Value);

/// The file as it is found.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    /// Its text, if there is a file that can be trusted and read as text.
    text: Option<String>,
    /// Something is there, readable or not.
    pub is_there: bool,
    /// Why azpat cannot use it.
    pub problems: Option<Problems>,
}

impl Draft {
    /// Looks where azpat reads its configuration; `None`: this computer has no such place.
    pub fn find(flag: Option<&Path>, environment: &Environment) -> Option<Self> {
        let (file::Place::Said(path) | file::Place::Usual(path)) = file::place(flag, environment)?;
        let path = std::path::absolute(&path).unwrap_or(path);
        Some(match file::read(&path) {
            Ok(text) => {
                let problems = text.as_deref().and_then(|text| check(&path, text).err());
                Self { is_there: text.is_some(), path, text, problems }
            }
            Err(problem) => {
                Self { path, text: None, is_there: true, problems: Some(problem.into()) }
            }
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file is still what was found.
    pub fn is_current(&self) -> bool {
        match file::read(&self.path) {
            Ok(text) => text == self.text && text.is_some() == self.is_there,
            Err(problem) => self.problems == Some(problem.into()),
        }
    }

    /// The app registration that the file names, if azpat can use the file.
    pub fn client_id(&self) -> Option<String> {
        let pairs = self.pairs();
        let id = pairs.iter().find(|(name, _)| name == key::CLIENT_ID.name)?;
        id.1.as_str().filter(|_| self.problems.is_none()).map(str::to_owned)
    }

    /// The text to write: what is there with these answers. Of a file with problems only the
    /// settings that azpat understands are kept.
    pub fn with(&self, answers: &Answers) -> Result<String, Problems> {
        let whole = render(&changed(self.pairs(), answers));
        if check(&self.path, &whole).is_ok() {
            return Ok(whole);
        }
        let mut pairs = self.pairs();
        if self.problems.is_some() {
            pairs.retain(|pair| check(&self.path, &render(std::slice::from_ref(pair))).is_ok());
        }
        let text = render(&changed(pairs, answers));
        check(&self.path, &text).map(|()| text)
    }

    /// The change from what is there to this text, line by line.
    pub fn difference(&self, text: &str) -> Vec<(char, String)> {
        let old = self.text.as_deref().unwrap_or_default();
        let is_read = entries::pairs(old).is_ok();
        let old = if is_read { render(&self.pairs()) } else { old.to_owned() };
        let (old, new): (Vec<_>, Vec<_>) = (settings(&old), settings(text));
        let gone = old.iter().filter(|line| !new.contains(line)).map(|line| ('-', *line));
        let there = new.iter().map(|line| (if old.contains(line) { ' ' } else { '+' }, *line));
        gone.chain(there).map(|(sign, line)| (sign, line.to_owned())).collect()
    }

    fn pairs(&self) -> Vec<Pair> {
        let pairs = self.text.as_deref().and_then(|text| entries::pairs(text).ok());
        let pairs = pairs.unwrap_or_default().into_iter();
        pairs
            .filter_map(|(name, raw)| Some((name, serde_json::from_str(raw.get()).ok()?)))
            .collect()
    }
}

/// Where the service is, whatever else is configured: that is only being made.
pub fn endpoints(draft: &Draft, environment: &Environment) -> Result<ServiceSettings, Problems> {
    let text = draft.text.as_deref().filter(|_| draft.problems.is_none());
    let keys = [key::SERVICE_URL, key::PROFILE_URL, key::API_VERSION];
    let environment = environment.only(&keys.map(|key| key.variable));
    let config = resolve(&Flags::default(), &environment, Some(draft.path.clone()), text)?;
    match config.source {
        Source::Service(service) | Source::Missing(Missing { service, .. }) => Ok(service),
        // Only a flag leads there.
        Source::Demo { .. } => Err(Problem::with_file(&draft.path, "has no service").into()),
    }
}

/// Whether azpat can use the text by itself, without variables that may be gone tomorrow.
fn check(path: &Path, text: &str) -> Result<(), Problems> {
    let (flags, nothing) = (Flags::default(), Environment::default());
    resolve(&flags, &nothing, Some(path.to_owned()), Some(text)).map(|_| ())
}

fn changed(mut pairs: Vec<Pair>, answers: &Answers) -> Vec<Pair> {
    if let Some(organizations) = &answers.organizations {
        let names: Vec<_> = organizations.iter().map(Organization::as_str).collect();
        let one = match names.as_slice() {
            [name] => Some(Value::from(*name)),
            _ => None,
        };
        let many = (names.len() > 1).then(|| Value::from(names));
        set(&mut pairs, &key::ORGANIZATION, one);
        set(&mut pairs, &key::ORGANIZATIONS, many);
    }
    if let Some(sign_in) = &answers.sign_in {
        set(&mut pairs, &key::SIGN_IN, Some(Value::from(sign_in.as_str())));
    }
    if let Some(id) = &answers.client_id {
        set(&mut pairs, &key::CLIENT_ID, id.map(|id| Value::from(id.to_string())));
    }
    if let Some(tenant) = &answers.tenant {
        let base = "https://login.microsoftonline.com";
        let authority = tenant.as_ref().map(|tenant| Value::from(format!("{base}/{tenant}")));
        set(&mut pairs, &key::AUTHORITY, authority);
    }
    pairs
}

/// In its old place, if it had one.
fn set(pairs: &mut Vec<Pair>, key: &Key, value: Option<Value>) {
    let place = pairs.iter().position(|(name, _)| name == key.name).unwrap_or(pairs.len());
    pairs.retain(|(name, _)| name != key.name);
    if let Some(value) = value {
        pairs.insert(place.min(pairs.len()), (key.name.to_owned(), value));
    }
}

/// One setting a line.
fn render(pairs: &[Pair]) -> String {
    let line = |(name, value): &Pair| {
        let value = match value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(Value::to_string).collect();
                format!("[{}]", items.join(", "))
            }
            value => value.to_string(),
        };
        format!("  {}: {value}", Value::from(name.as_str()))
    };
    if pairs.is_empty() {
        return "{}\n".to_owned();
    }
    format!("{{\n{}\n}}\n", pairs.iter().map(line).collect::<Vec<_>>().join(",\n"))
}

/// The lines without what only holds them together.
fn settings(text: &str) -> Vec<&str> {
    let lines = text.lines().map(|line| line.trim().trim_end_matches(','));
    lines.filter(|line| !["", "{", "}", "{}"].contains(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        let path = PathBuf::from("config.json");
        let problems = check(&path, text).err();
        Draft { path, text: Some(text.to_owned()), is_there: true, problems }
    }

    fn answers(organizations: &[&str], sign_in: &str) -> Answers {
        let organizations = organizations.iter().map(|name| name.parse().unwrap()).collect();
        Answers {
            organizations: Some(organizations),
            sign_in: Some(sign_in.to_owned()),
            ..Answers::default()
        }
    }

    #[test]
    fn other_settings_are_kept_in_their_order() {
        let draft = draft(
            "{\"warn_within\": \"20d\", \"organizations\": [\"a\",\"b\"], \"extend_by\": \"9d\"}",
        );
        let text = draft.with(&answers(&["contoso"], "auto")).unwrap();
        let lines = [
            "{",
            r#"  "warn_within": "20d","#,
            r#"  "extend_by": "9d","#,
            r#"  "organization": "contoso","#,
            r#"  "sign_in": "auto""#,
            "}",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
        let signs: String = draft.difference(&text).into_iter().map(|(sign, _)| sign).collect();
        assert_eq!(signs, "-  ++");
        assert_eq!(draft.difference(&text)[0].1, r#""organizations": ["a", "b"]"#);
    }

    #[test]
    fn nothing_unreadable_comes_out() {
        let problem = draft("{}").with(&answers(&[], "browser")).unwrap_err().to_string();
        assert!(problem.contains("client_id"), "{problem}");
        assert!(draft("{}").with(&answers(&[], "nonsense")).is_err());
        // Of a file with problems the understood settings stay.
        for text in
            ["{\"warn_within\": \"20d\", \"organisation\": 1}", "{\"warn_within\": \"20d\","]
        {
            let written = draft(text).with(&answers(&["contoso"], "auto")).unwrap();
            assert!(check(Path::new("x"), &written).is_ok());
            assert!(!written.contains("organisation"), "{written}");
            assert_eq!(written.contains("20d"), text.ends_with('}'), "{written}");
        }
    }
}
