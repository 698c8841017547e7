//! Secrets of PATs in the system's keyring, one for each organization, beside the sign-ins of
//! azpat. `azpat git-credential` gives them to git.

use crate::{
    config::{self, Environment},
    failure::Failure,
    identity::Kept,
    pat::Organization,
    secret::{PatSecret, RefreshToken},
    token_store::{Choice, TokenStore},
};

/// The keyring, as a place for PATs.
#[derive(Clone, Debug)]
pub struct PatKeyring(TokenStore);

impl PatKeyring {
    /// Opens nothing yet.
    pub fn new() -> Result<Self, Failure> {
        let folder = config::state_folder(&Environment::of_process())?;
        Ok(Self(TokenStore::new(Choice::Keyring, folder)))
    }

    pub async fn get(&self, organization: &Organization) -> Result<Option<PatSecret>, Failure> {
        let found = self.0.get(&entry(organization)).await;
        let found = found.map_err(|failure| said("read the secret from the keyring", failure))?;
        Ok(found.map(|secret| PatSecret::new(secret.expose())))
    }

    /// Written, read back and compared.
    pub async fn put(
        &self,
        organization: &Organization,
        secret: &PatSecret,
    ) -> Result<(), Failure> {
        let secret = RefreshToken::new(secret.expose());
        match self.0.put(&entry(organization), &secret).await {
            Kept::Memory(failure) => Err(said("keep the secret in the keyring", failure)),
            Kept::Keyring | Kept::File(_) | Kept::Elsewhere => Ok(()),
        }
    }

    pub async fn delete(&self, organization: &Organization) -> Result<(), Failure> {
        let deleted = self.0.delete(&entry(organization)).await;
        deleted.map_err(|failure| said("remove the secret from the keyring", failure))
    }
}

/// The name of the item; organizations do not differ by case.
fn entry(organization: &Organization) -> String {
    format!("pat/{}", organization.as_str().to_ascii_lowercase())
}

/// The store speaks of sign-ins, which have other ways out.
fn said(attempt: &str, failure: Failure) -> Failure {
    let cure = "unlock or start a keyring, or deliver the secret to another place";
    Failure { attempt: attempt.to_owned(), ..failure }.hint(cure)
}
