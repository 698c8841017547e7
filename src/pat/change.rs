//! A change of a token: what is asked for, what the token should be afterwards, and in which
//! fields two descriptions of it differ.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Pat, scope};
use crate::text::Untrusted;

/// The service rounds dates to 1/300 s.
const ROUNDING: TimeDelta = TimeDelta::seconds(1);

/// What a token is made of. A refusal is about one of these, and a change must leave the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Name,
    Scope,
    /// The organizations in which it is valid.
    Target,
    End,
}

/// What of a request the service, or a policy, does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ground {
    Name,
    Scope,
    /// A policy forbids full access.
    FullAccess,
    End,
    /// A policy limits how long tokens live.
    Lifespan,
    /// A policy restricts who may have tokens in the organization, or which.
    Creation,
    /// Tokens for all organizations are not made or changed any more.
    Global,
}

impl Ground {
    /// Where a form shows it.
    pub fn field(self) -> Field {
        match self {
            Self::Name => Field::Name,
            Self::Scope | Self::FullAccess => Field::Scope,
            Self::End | Self::Lifespan => Field::End,
            Self::Creation | Self::Global => Field::Target,
        }
    }
}

/// A change that is asked for. What is `None` is not sent and stays as it is; where the token is
/// valid is never changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub name: Option<String>,
    /// All scope ids that it shall have, with blanks between them.
    pub scope: Option<String>,
    pub valid_to: Option<DateTime<Utc>>,
}

impl Change {
    /// Another end and nothing else.
    pub fn end(valid_to: DateTime<Utc>) -> Self {
        Self { valid_to: Some(valid_to), ..Self::default() }
    }

    /// What of it the token is not already.
    #[must_use]
    pub fn beyond(self, pat: &Pat) -> Self {
        Self {
            name: self.name.filter(|name| name != pat.name.raw()),
            scope: self.scope.filter(|scope| !is_same_set(scope, &pat.scope)),
            valid_to: self.valid_to.filter(|to| !is_near(*to, pat.valid_to)),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it gives the token a later end and nothing else.
    pub fn only_extends(&self, pat: &Pat) -> bool {
        let is_later = self.valid_to.is_some_and(|to| to > pat.valid_to);
        is_later && self.name.is_none() && self.scope.is_none()
    }

    /// The token as it should be afterwards.
    #[must_use]
    pub fn applied(&self, pat: &Pat) -> Pat {
        let mut pat = pat.clone();
        if let Some(name) = &self.name {
            pat.name = Untrusted::new(name.as_str());
        }
        if let Some(scope) = &self.scope {
            pat.scope = scope.as_str().into();
        }
        pat.valid_to = self.valid_to.unwrap_or(pat.valid_to);
        pat
    }

    /// Whether it asks for another value of this field.
    pub fn asks(&self, field: Field) -> bool {
        match field {
            Field::Name => self.name.is_some(),
            Field::Scope => self.scope.is_some(),
            Field::Target => false,
            Field::End => self.valid_to.is_some(),
        }
    }
}

/// In which fields two descriptions of one token differ. Dates are rounded by the service, and
/// scopes may come back in another sequence.
pub fn differences(a: &Pat, b: &Pat) -> Vec<Field> {
    let differs = [
        (Field::Name, a.name != b.name),
        (Field::Scope, !is_same_set(&a.scope, &b.scope)),
        (Field::Target, a.target != b.target),
        (Field::End, !is_near(a.valid_to, b.valid_to)),
    ];
    differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
}

fn is_same_set(a: &str, b: &str) -> bool {
    let set = |scope| scope::ids(scope).collect::<BTreeSet<_>>();
    set(a) == set(b)
}

fn is_near(a: DateTime<Utc>, b: DateTime<Utc>) -> bool {
    (a - b).abs() <= ROUNDING
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pat::fixture::{now, pat};

    #[test]
    fn what_a_token_is_already_is_not_asked_for() {
        let pat = pat(1).named("bot").scoped("vso.code vso.build");
        let change = |name: &str, scope: &str, to| Change {
            name: Some(name.to_owned()),
            scope: Some(scope.to_owned()),
            valid_to: Some(to),
        };
        let near = pat.valid_to + TimeDelta::milliseconds(3);
        assert!(change("bot", "vso.build  vso.code", near).beyond(&pat).is_empty());
        let far = pat.valid_to + TimeDelta::days(1);
        assert_eq!(change("bot", "vso.build vso.code", far).beyond(&pat), Change::end(far));
        let all = change("Bot", "vso.code", far);
        assert_eq!(all.clone().beyond(&pat), all);
        assert!(Change::end(far).only_extends(&pat) && !all.only_extends(&pat));
        assert!(!Change::end(now()).only_extends(&pat), "that is earlier");
    }

    #[test]
    fn each_field_that_differs_is_named() {
        let before = pat(1);
        let to = before.valid_to + TimeDelta::days(9);
        let change = Change { name: Some("new".to_owned()), ..Change::end(to) };
        let wanted = change.applied(&before);
        assert_eq!(differences(&before, &wanted), [Field::Name, Field::End]);
        assert_eq!(differences(&wanted, &wanted), []);
        let lost = before.scoped("").global();
        assert_eq!(differences(&wanted, &lost).len(), 4);
        assert!(change.asks(Field::Name) && !change.asks(Field::Scope));
    }
}
