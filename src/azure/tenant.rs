//! Who has an organization: the tenant of Microsoft Entra ID that its service names to anybody who
//! asks. Of a header only the tenant's id is used, never a host.

use std::sync::{Arc, PoisonError};

use http::{HeaderMap, StatusCode, header};
use url::Url;
use uuid::Uuid;

use super::{Client, anonymous::failed};
use crate::{
    failure::{Failure, FailureKind},
    identity::PERSONAL,
    pat::Organization,
};

/// Who an organization belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Tenant(Uuid),
    /// Personal Microsoft accounts, to which the PAT interface is closed.
    Personal,
    /// The service does not say.
    Unknown,
}

/// Why nobody can sign in to an organization of personal accounts.
pub fn personal(organization: &Organization) -> Failure {
    Failure::new(
        FailureKind::Refused,
        format!("sign in to {organization}"),
        "the organization belongs to personal Microsoft accounts, which this API does not serve",
    )
    .hint("connect the organization to Microsoft Entra ID")
}

impl Client {
    /// Asks who has an organization, without the access token and only once: whoever asks
    /// meanwhile waits for the answer.
    pub async fn tenant(&self, organization: &Organization) -> Result<Owner, Failure> {
        let owner = {
            let mut owners = self.0.owners.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(owners.entry(organization.clone()).or_default())
        };
        owner.get_or_try_init(|| self.ask(organization)).await.copied()
    }

    /// The tenant to sign in to for an organization. Where that cannot be found out now, the call
    /// that needs it tells what is wrong.
    pub(crate) async fn home(&self, organization: &Organization) -> Result<Option<Uuid>, Failure> {
        match self.tenant(organization).await {
            Ok(Owner::Tenant(tenant)) => Ok(Some(tenant)),
            Ok(Owner::Personal) => Err(personal(organization)),
            Err(failure) if failure.kind == FailureKind::NotFound => Err(failure),
            Ok(Owner::Unknown) | Err(_) => Ok(None),
        }
    }

    async fn ask(&self, organization: &Organization) -> Result<Owner, Failure> {
        let attempt = || format!("find the tenant of {organization}");
        let path = [organization.as_str(), "_apis", "connectiondata"];
        let answer = self.0.front.get(&path, &self.0.limits).await;
        let answer = answer.map_err(|lost| failed(lost, attempt()))?;
        match owner(&answer.headers) {
            Owner::Unknown if answer.status == StatusCode::NOT_FOUND => {
                let why = format!("there is no organization {organization}");
                Err(Failure::new(FailureKind::NotFound, attempt(), why)
                    .hint("its name is the part after https://dev.azure.com/"))
            }
            Owner::Unknown
                if answer.status.is_server_error()
                    || answer.status == StatusCode::TOO_MANY_REQUESTS =>
            {
                let (host, status) = (self.0.front.name(), answer.status.as_u16());
                let why = format!("{host} answers with the error {status}");
                Err(Failure::new(FailureKind::Service, attempt(), why).hint("try again later"))
            }
            owner => Ok(owner),
        }
    }
}

fn owner(headers: &HeaderMap) -> Owner {
    let texts = |name: &str| {
        let values = headers.get_all(name).into_iter();
        values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>()
    };
    let challenged = texts(header::WWW_AUTHENTICATE.as_str()).into_iter().find_map(challenge);
    let named = texts("x-vss-resourcetenant");
    let named = named.iter().flat_map(|text| text.split(','));
    let named: Vec<Uuid> = named.filter_map(|text| Uuid::try_parse(text.trim()).ok()).collect();
    let named = named.iter().find(|id| !id.is_nil()).or(named.first()).copied();
    match challenged.or(named) {
        None => Owner::Unknown,
        Some(id) if id.is_nil() || id == PERSONAL => Owner::Personal,
        Some(id) => Owner::Tenant(id),
    }
}

/// The tenant in `Bearer authorization_uri=https://login.microsoftonline.com/TENANT`, which may
/// stand among other challenges.
fn challenge(text: &str) -> Option<Uuid> {
    const NAME: &str = "authorization_uri=";
    let at = text.to_ascii_lowercase().find(NAME)?;
    let rest = text.get(at + NAME.len()..)?.trim_start_matches('"');
    let end = rest.find(['"', ',', ' ', ';']).unwrap_or(rest.len());
    let address = Url::parse(rest.get(..end)?).ok()?;
    Uuid::try_parse(address.path_segments()?.next()?).ok()
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    const ID: Uuid = Uuid::from_u128(0x05f0_b08a_e682_4a53_a924_6bd7_2815_be78);

    fn of(headers: &[(&'static str, &str)]) -> Owner {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        owner(&map)
    }

    #[test]
    fn the_challenge_names_the_tenant() {
        let uri = format!("authorization_uri=https://login.microsoftonline.com/{ID}");
        for text in [
            format!("Bearer {uri}, Basic realm=\"https://x/\", TFS-Federated"),
            format!("Bearer {uri}"),
            format!(
                "Basic realm=\"x\", Bearer Authorization_Uri=\"https://login.windows.net/{ID}/oauth2/authorize\", error=\"x\""
            ),
        ] {
            assert_eq!(of(&[("www-authenticate", &text)]), Owner::Tenant(ID), "{text}");
        }
        let lines = [("www-authenticate", "Basic"), ("www-authenticate", &format!("Bearer {uri}"))];
        assert_eq!(of(&lines), Owner::Tenant(ID));
    }

    #[test]
    fn else_the_header_does() {
        let zero = Uuid::nil().to_string();
        let header =
            |value: &str| of(&[("www-authenticate", "Bearer"), ("x-vss-resourcetenant", value)]);
        assert_eq!(header(&ID.to_string()), Owner::Tenant(ID));
        assert_eq!(header(&format!("{zero}, {ID}")), Owner::Tenant(ID));
        assert_eq!(header(&zero), Owner::Personal);
        assert_eq!(header(&PERSONAL.to_string()), Owner::Personal);
        for nonsense in ["", "x", "common", "../../evil"] {
            assert_eq!(header(nonsense), Owner::Unknown);
        }
        let common = "Bearer authorization_uri=https://login.microsoftonline.com/common";
        assert_eq!(of(&[("www-authenticate", common)]), Owner::Unknown);
        let both = [("www-authenticate", common), ("x-vss-resourcetenant", &ID.to_string())];
        assert_eq!(of(&both), Owner::Tenant(ID));
    }
}
