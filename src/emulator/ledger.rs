//! What really exists: the owner, the organizations and every token ever made in them. It answers questions about
//! them in sorted order, quickly, and knows no HTTP and no policy.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The person whose tokens these are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
}

/// An organization; its id is what `targetAccounts` lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Organization {
    pub(super) id: Uuid,
    pub(super) name: String,
}

/// One token, without its secret, which is kept nowhere: only its digest is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) scope: String,
    /// Index of the organization in which it was created.
    pub(super) home: usize,
    /// Valid in all organizations of the owner.
    pub(super) global: bool,
    pub(super) valid_from: DateTime<Utc>,
    pub(super) valid_to: DateTime<Utc>,
    pub(super) revoked: bool,
    /// SHA-256 of the secret in hexadecimal; none for a token that was never created here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<String>,
}

impl Token {
    pub(super) fn status(&self, now: DateTime<Utc>) -> Status {
        if self.revoked {
            Status::Revoked
        } else if self.valid_to <= now {
            Status::Expired
        } else {
            Status::Active
        }
    }

    pub(super) fn is_in(&self, organization: usize) -> bool {
        self.global || self.home == organization
    }

    fn key(&self, sort: Sort, now: DateTime<Utc>) -> (Key, Uuid) {
        let key = match sort {
            Sort::DisplayName => Key::Name(self.name.to_lowercase()),
            Sort::DisplayDate => Key::Date(self.valid_to),
            Sort::Status => Key::Status(self.status(now)),
        };
        (key, self.id)
    }
}

/// What has become of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Status {
    Active,
    Expired,
    Revoked,
}

/// The tokens that a list shows; `None` is all of them.
pub(super) type Filter = Option<Status>;

/// The order of a list. The date is the day on which a token ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    DisplayName,
    DisplayDate,
    Status,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Name(String),
    Date(DateTime<Utc>),
    Status(Status),
}

/// The tokens of one list in order, and the span of time in which no expiry changes it.
struct Order {
    places: Vec<usize>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// The content of the service. Serialized, it is the state file.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "Contents")]
pub(super) struct Ledger {
    pub(super) owner: Owner,
    pub(super) organizations: Vec<Organization>,
    tokens: Vec<Token>,
    #[serde(skip)]
    places: HashMap<Uuid, usize>,
    #[serde(skip)]
    orders: HashMap<(usize, Filter, Sort), Order>,
}

/// A ledger as it is written down, not yet checked.
#[derive(Deserialize)]
pub(super) struct Contents {
    pub(super) owner: Owner,
    pub(super) organizations: Vec<Organization>,
    pub(super) tokens: Vec<Token>,
}

impl TryFrom<Contents> for Ledger {
    type Error = String;

    fn try_from(contents: Contents) -> Result<Self, String> {
        let Contents { owner, organizations, tokens } = contents;
        let mut places = HashMap::with_capacity(tokens.len());
        for (place, token) in tokens.iter().enumerate() {
            if token.home >= organizations.len() {
                return Err(format!("token {} belongs to no organization", token.id));
            }
            if places.insert(token.id, place).is_some() {
                return Err(format!("token {} occurs twice", token.id));
            }
        }
        Ok(Self { owner, organizations, tokens, places, orders: HashMap::new() })
    }
}

impl Ledger {
    /// The index of an organization, whatever the case of its name.
    pub(super) fn organization(&self, name: &str) -> Option<usize> {
        self.organizations.iter().position(|known| known.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The token, if it can be seen from that organization.
    pub(super) fn token(&self, organization: usize, id: Uuid) -> Option<&Token> {
        let token = self.tokens.get(*self.places.get(&id)?)?;
        token.is_in(organization).then_some(token)
    }

    /// The token with this secret, while it opens anything in the organization.
    pub(super) fn opened_by(
        &self,
        organization: usize,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Option<&Token> {
        let digest = digest(secret);
        self.tokens.iter().find(|token| {
            token.digest.as_deref() == Some(digest.as_str())
                && token.is_in(organization)
                && token.status(now) == Status::Active
        })
    }

    pub(super) fn add(&mut self, token: Token) {
        self.orders.clear();
        self.places.insert(token.id, self.tokens.len());
        self.tokens.push(token);
    }

    /// Puts a changed token in the place of the one with its id.
    pub(super) fn replace(&mut self, token: Token) {
        let place = self.places.get(&token.id).copied();
        if let Some(old) = place.and_then(|place| self.tokens.get_mut(place)) {
            self.orders.clear();
            *old = token;
        }
    }

    pub(super) fn revoke(&mut self, id: Uuid) {
        let place = self.places.get(&id).copied();
        if let Some(token) = place.and_then(|place| self.tokens.get_mut(place)) {
            self.orders.clear();
            token.revoked = true;
        }
    }

    /// A run of the list in order: at most `count` tokens after the one with the id `after`, which need not be in the
    /// list any more. The flag tells whether more follow.
    pub(super) fn run(&mut self, run: Run, now: DateTime<Utc>) -> (Vec<Token>, bool) {
        self.refresh((run.organization, run.filter, run.sort), now);
        let Some(order) = self.orders.get(&(run.organization, run.filter, run.sort)) else {
            return (Vec::new(), false);
        };
        let anchor = run.after.and_then(|id| self.tokens.get(*self.places.get(&id)?));
        let anchor = anchor.map(|token| token.key(run.sort, now));
        let key = |place: &usize| self.tokens.get(*place).map(|token| token.key(run.sort, now));
        let places = &order.places;
        let token = |place: &usize| self.tokens.get(*place).cloned();
        if run.ascending {
            let start = match &anchor {
                Some(anchor) => places.partition_point(|place| key(place).as_ref() <= Some(anchor)),
                None => 0,
            };
            let rest = places.get(start..).unwrap_or_default();
            (rest.iter().take(run.count).filter_map(token).collect(), rest.len() > run.count)
        } else {
            let end = match &anchor {
                Some(anchor) => places.partition_point(|place| key(place).as_ref() < Some(anchor)),
                None => places.len(),
            };
            let rest = places.get(..end).unwrap_or_default();
            (rest.iter().rev().take(run.count).filter_map(token).collect(), rest.len() > run.count)
        }
    }

    fn refresh(&mut self, list: (usize, Filter, Sort), now: DateTime<Utc>) {
        if self.orders.get(&list).is_some_and(|order| order.from <= now && now < order.until) {
            return;
        }
        let (organization, filter, sort) = list;
        let mut until = DateTime::<Utc>::MAX_UTC;
        let mut places = Vec::new();
        for (place, token) in
            self.tokens.iter().enumerate().filter(|(_, token)| token.is_in(organization))
        {
            let status = token.status(now);
            if status == Status::Active {
                until = until.min(token.valid_to);
            }
            if filter.is_none_or(|wanted| wanted == status) {
                places.push(place);
            }
        }
        places
            .sort_by_cached_key(|place| self.tokens.get(*place).map(|token| token.key(sort, now)));
        self.orders.insert(list, Order { places, from: now, until });
    }
}

/// What is kept of a secret.
pub(super) fn digest(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret))
}

/// Which part of which list is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) organization: usize,
    pub(super) filter: Filter,
    pub(super) sort: Sort,
    pub(super) ascending: bool,
    pub(super) after: Option<Uuid>,
    pub(super) count: usize,
}
