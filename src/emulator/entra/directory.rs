//! Who exists where: the tenant of each organization, and the people with their memberships. Derived from names and
//! settings on every question, so that it is the same after a restart.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::denial::Denial;
use crate::emulator::world::World;

/// Tenants and people at this moment.
pub(crate) struct Directory {
    /// Organizations by name; the nil GUID is the one of personal accounts.
    tenants: Vec<(String, Uuid)>,
    /// The owner of the tokens comes first.
    people: Vec<Member>,
}

/// Somebody with a home tenant, and the tenants that know them.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) username: String,
    pub(super) home: Uuid,
    guest_in: Vec<Uuid>,
}

impl Member {
    /// The same person has another id in each tenant.
    pub(super) fn oid(&self, tenant: Uuid) -> Uuid {
        derived("person", &format!("{} {tenant}", self.username))
    }

    pub(super) fn is_in(&self, tenant: Uuid) -> bool {
        self.home == tenant || self.guest_in.contains(&tenant)
    }
}

/// What the first segment of an endpoint's path stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Authority {
    /// `organizations` or `common`: the home tenant of whoever signs in.
    Home,
    Tenant(Uuid),
}

impl Authority {
    /// The tenant that a person signs in to; guests are asked for by name.
    pub(super) fn tenant(self, member: &Member) -> Result<Uuid, Denial> {
        match self {
            Self::Home => Ok(member.home),
            Self::Tenant(tenant) if member.is_in(tenant) => Ok(tenant),
            Self::Tenant(tenant) => Err(Denial::saying(
                50020,
                format!(
                    "User account '{}' from identity provider does not exist in tenant '{tenant}' and cannot access \
                     the application in that tenant.",
                    member.username
                ),
            )),
        }
    }
}

impl Directory {
    pub(crate) fn of(world: &World) -> Self {
        let entra = world.rig().settings().entra.clone();
        let ledger = world.ledger();
        let tenants: Vec<(String, Uuid)> = ledger
            .organizations
            .iter()
            .map(|organization| {
                let mut known = entra.tenants.iter();
                let set = known.find(|(name, _)| name.eq_ignore_ascii_case(&organization.name));
                let made_up = || derived("tenant", &organization.name.to_ascii_lowercase());
                (organization.name.clone(), set.map_or_else(made_up, |(_, tenant)| *tenant))
            })
            .collect();
        let mut all: Vec<Uuid> =
            tenants.iter().map(|(_, tenant)| *tenant).filter(|tenant| !tenant.is_nil()).collect();
        if all.is_empty() {
            // Where all organizations are personal, people still have a home.
            all.push(derived("tenant", &ledger.owner.email));
        }
        let member =
            |name: &str, username: &str, home: Option<Uuid>, guest_in: Option<Vec<Uuid>>| {
                let home = home.or_else(|| all.first().copied()).unwrap_or_default();
                let guest_in = guest_in.unwrap_or_else(|| all.clone());
                Member { name: name.to_owned(), username: username.to_owned(), home, guest_in }
            };
        let mut people = vec![member(&ledger.owner.name, &ledger.owner.email, None, None)];
        people.extend(
            entra
                .people
                .into_iter()
                .map(|person| member(&person.name, &person.username, person.home, person.guest_in)),
        );
        Self { tenants, people }
    }

    /// The tenant of an organization, nil for a personal one; none if there is no such organization.
    pub(crate) fn tenant(&self, organization: &str) -> Option<Uuid> {
        let mut known = self.tenants.iter();
        known.find(|(name, _)| name.eq_ignore_ascii_case(organization)).map(|(_, tenant)| *tenant)
    }

    /// Every organization with its tenant.
    pub(crate) fn tenants(&self) -> &[(String, Uuid)] {
        &self.tenants
    }

    pub(super) fn authority(&self, segment: &str) -> Result<Authority, Denial> {
        if ["organizations", "common"].iter().any(|any| any.eq_ignore_ascii_case(segment)) {
            return Ok(Authority::Home);
        }
        let tenant = segment.parse::<Uuid>().ok().filter(|tenant| self.exists(*tenant));
        tenant.map(Authority::Tenant).ok_or_else(|| {
            let text = format!(
                "Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into \
                 the correct cloud."
            );
            Denial::saying(90002, text)
        })
    }

    fn exists(&self, tenant: Uuid) -> bool {
        !tenant.is_nil()
            && (self.tenants.iter().any(|(_, known)| *known == tenant)
                || self.people.iter().any(|member| member.home == tenant))
    }

    pub(super) fn people(&self) -> &[Member] {
        &self.people
    }

    pub(super) fn member(&self, username: &str) -> Option<&Member> {
        self.people.iter().find(|member| member.username.eq_ignore_ascii_case(username))
    }

    /// Somebody by name, or else the owner of the tokens.
    pub(super) fn member_or_owner(&self, username: Option<&str>) -> Result<&Member, Denial> {
        let member = match username {
            Some(username) => self.member(username),
            None => self.people.first(),
        };
        member.ok_or_else(|| {
            let text = format!(
                "The user account '{}' does not exist in the directory.",
                username.unwrap_or_default()
            );
            Denial::saying(50034, text)
        })
    }

    /// Whether that is the person whose tokens Azure DevOps has.
    pub(crate) fn is_owner(&self, username: &str) -> bool {
        self.people.first().is_some_and(|owner| owner.username.eq_ignore_ascii_case(username))
    }
}

/// The same id for the same text, in the form of version 4.
pub(super) fn derived(kind: &str, text: &str) -> Uuid {
    let digest = Sha256::digest(format!("azpat {kind} {text}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Builder::from_random_bytes(bytes).into_uuid()
}
