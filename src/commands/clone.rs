//! `azpat clone`: makes a new token with the scopes of another one, for one organization. The model
//! stays as it is.

use super::{Exit, create, find, output, rights, session::Session, until};
use crate::{
    cli,
    config::Config,
    failure::Failure,
    operations::NewPat,
    pat::{Pat, Thresholds},
};

pub(super) async fn run(what: &cli::Model, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let model = listing.one(&what.id, now)?;
    let attempt = format!("make a token like {}", find::named(model));
    let name = what.name.as_deref().unwrap_or(model.name.raw());
    rights::check_name(name, &attempt)
        .map_err(|failure| failure.hint("give the new token a name: azpat clone ID NAME"))?;
    let organization = match &what.into {
        Some(organization) => organization.clone(),
        None if model.is_global() => session.organization(&attempt).await?,
        None => model.organization.clone(),
    };
    let valid_to = until::end(what.end.lifetime, what.end.to, now, config.preferences.extend_by);
    until::check(valid_to, now, &attempt)?;
    let is_alive = |pat: &&Pat| pat.status(now, Thresholds::default()).is_alive();
    let is_namesake = |pat: &&Pat| pat.organization == organization && pat.name.raw() == name;
    if let Some(other) = listing.pats.iter().find(|pat| is_alive(pat) && is_namesake(pat)) {
        output::message(format!("{} has this name, too", find::named(other)));
    }
    // Ids that the catalogue does not have are kept: the service knows them.
    let scope = model.scope.to_string();
    let new = NewPat { organization, name: name.to_owned(), scope, valid_to };
    let order = create::Order {
        places: &what.places,
        allow_full_access: what.allow_full_access,
        dry_run: what.dry_run,
    };
    create::make(&session, &new, order, config).await
}
