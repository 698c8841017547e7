//! Each organization: whose tenant it is in, and whether its tokens can be listed.

use futures_util::future::join_all;

use super::{
    Deadline, limits,
    line::{Group, Line},
};
use crate::{
    azure::{Client, Filtered, Scopes},
    config::ServiceSettings,
    connect,
    failure::Failure,
    operations::membership,
    pat::{Listed, Organization},
    sign_in::SignIn,
};

const GROUP: Group = Group::Organizations;

/// The findings for those that are configured, else for those that are found.
pub(super) async fn lines(
    service: &ServiceSettings,
    sign_in: Option<SignIn>,
    deadline: Deadline,
) -> Vec<Line> {
    let is_signed_in = sign_in.is_some();
    // The tenant is told to anybody; this sign-in is then never asked.
    let sign_in = sign_in.unwrap_or_else(SignIn::environment);
    let settings = connect::to_service(service, sign_in);
    let client = match Client::with_limits(settings, limits(), |_| ()) {
        Ok(client) => client,
        Err(failure) => return vec![GROUP.failed("organizations", &failure)],
    };
    let organizations = match (service.organizations.as_slice(), is_signed_in) {
        ([], true) => match found(&client, deadline).await {
            Ok(organizations) => organizations,
            Err(line) => return vec![line],
        },
        ([], false) => {
            let detail = "not looked for, since nobody is signed in";
            return vec![GROUP.warning("organizations", detail, "see to the sign-in first")];
        }
        (configured, _) => configured.to_vec(),
    };
    join_all(organizations.iter().map(async |organization| {
        let name = organization.as_str();
        let look = deadline.wait(GROUP, name, look(&client, organization, is_signed_in)).await;
        match look {
            Ok(Err(failure)) => GROUP.failed(name, &failure),
            Ok(Ok(line)) | Err(line) => line,
        }
    }))
    .await
}

async fn found(client: &Client, deadline: Deadline) -> Result<Vec<Organization>, Line> {
    let check = "organizations";
    let found = deadline.wait(GROUP, check, membership::find(client, &[])).await?;
    let found = found.map_err(|failure| GROUP.failed(check, &failure))?;
    if found.organizations.is_empty() {
        let fix = "name them in `organizations`, or sign in with another account";
        return Err(GROUP.warning(check, "this account belongs to none", fix));
    }
    Ok(found.organizations.into_iter().map(|(organization, _)| organization).collect())
}

async fn look(
    client: &Client,
    organization: &Organization,
    is_signed_in: bool,
) -> Result<Line, Failure> {
    let name = organization.as_str();
    let tenant = client.home(organization).await?;
    let tenant = tenant.map_or_else(
        || "its tenant could not be found out".to_owned(),
        |id| format!("tenant {id}"),
    );
    if !is_signed_in {
        let detail = format!("{tenant}; not listed, since nobody is signed in");
        return Ok(GROUP.warning(name, detail, "see to the sign-in first"));
    }
    let list = Filtered { organization, listed: Listed::Active };
    let page = client.page(list, None, &Scopes::default()).await;
    page.map_err(|problem| problem.failure)?;
    Ok(GROUP.ok(name, format!("{tenant}; its tokens can be listed")))
}
