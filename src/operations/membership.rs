//! Finds the organizations of the accounts that are signed in.

use futures_util::future::join_all;
use uuid::Uuid;

use super::Account;
use crate::{azure::Client, failure::Failure, identity::AccountId, pat::Organization};

/// Who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The profile of the account that comes first; `None`: it could not be read.
    pub account: Option<Account>,
    /// With their ids where they are known.
    pub organizations: Vec<(Organization, Option<Uuid>)>,
    /// Why the organizations of other accounts could not be found.
    pub failures: Vec<Failure>,
}

/// Finds the organizations of all accounts, or the ids of those that are wanted. Listing needs no
/// profile, so one that cannot be read is no failure where organizations are wanted.
pub async fn find(client: &Client, wanted: &[Organization]) -> Result<Membership, Failure> {
    let accounts = client.sign_in().accounts();
    let found = join_all(accounts.iter().map(|account| of(client, *account))).await;
    let account = found.iter().flatten().next().map(|(account, _)| account.clone());
    let failures: Vec<_> = found.iter().filter_map(|found| found.as_ref().err()).cloned().collect();
    let members: Vec<_> = accounts
        .iter()
        .zip(&found)
        .filter_map(|(id, found)| {
            let (_, organizations) = found.as_ref().ok()?;
            Some(((*id)?, organizations.iter().map(|(name, _)| name.clone()).collect()))
        })
        .collect();
    client.sign_in().belong(&members).await;
    let mut all: Vec<(Organization, Uuid)> = Vec::new();
    for (organization, id) in found.into_iter().flatten().flat_map(|(_, found)| found) {
        if all.iter().all(|(known, _)| *known != organization) {
            all.push((organization, id));
        }
    }
    let organizations = if wanted.is_empty() {
        match failures.first() {
            Some(failure) if all.is_empty() => return Err(failure.clone()),
            _ => all.into_iter().map(|(organization, id)| (organization, Some(id))).collect(),
        }
    } else {
        let id = |wanted: &Organization| {
            all.iter().find(|(known, _)| known == wanted).map(|(_, id)| *id)
        };
        wanted.iter().map(|wanted| (wanted.clone(), id(wanted))).collect()
    };
    Ok(Membership { account, organizations, failures })
}

async fn of(
    client: &Client,
    whose: Option<AccountId>,
) -> Result<(Account, Vec<(Organization, Uuid)>), Failure> {
    let account = client.account(whose).await?;
    let organizations = client.organizations(whose, &account).await?;
    Ok((account, organizations))
}
