//! From a path and a query to what is wanted of the service. It looks at nothing but the request.

use std::str::FromStr;

use axum::http::{Method, StatusCode, Uri};
use url::form_urlencoded;
use uuid::Uuid;

use super::answer::{Refusal, exception};
use super::fault::Operation;
use super::ledger::{Filter, Sort, Status};

/// Versions of the token interface that differ in something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    V6_1,
    V7_1,
    V7_2,
}

impl Version {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V6_1 => "6.1-preview.1",
            Self::V7_1 => "7.1-preview.1",
            Self::V7_2 => "7.2-preview.1",
        }
    }
}

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) operation: Operation,
    /// The tenant for Entra ID; empty for profile and accounts.
    pub(super) organization: String,
    query: Vec<(String, String)>,
    method: Method,
}

impl Call {
    /// Finds the operation; paths are compared without regard to case.
    pub(super) fn read(method: &Method, uri: &Uri) -> Result<Self, Refusal> {
        let segments: Vec<String> =
            uri.path().split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let lower: Vec<String> =
            segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let query: Vec<(String, String)> =
            form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        let has_id = query.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorizationId"));
        let operation = match (lower.as_slice(), method.as_str()) {
            ([_, "_apis", "tokens", "pats"], "GET") if has_id => Operation::Get,
            ([_, "_apis", "tokens", "pats"], "GET") => Operation::List,
            ([_, "_apis", "tokens", "pats"], "POST") => Operation::Create,
            ([_, "_apis", "tokens", "pats"], "PUT") => Operation::Update,
            ([_, "_apis", "tokens", "pats"], "DELETE") => Operation::Revoke,
            (["_apis", "profile", "profiles", "me"], "GET") => Operation::Profile,
            (["_apis", "accounts"], "GET") => Operation::Accounts,
            (["devicelogin"], "GET" | "POST") => Operation::Devicelogin,
            ([name] | [name, "_apis", "connectiondata"], "GET" | "HEAD")
                if !name.starts_with('_') =>
            {
                Operation::Tenant
            }
            ([_, "v2.0", ".well-known", "openid-configuration"], "GET") => Operation::Metadata,
            ([_, "oauth2", "v2.0", "authorize"], "GET" | "POST") => Operation::Authorize,
            ([_, "oauth2", "v2.0", "token"], _) => Operation::Token,
            ([_, "oauth2", "v2.0", "devicecode"], _) => Operation::Devicecode,
            (
                [_, "_apis", "tokens", "pats"]
                | ["_apis", "profile", "profiles", "me"]
                | ["_apis", "accounts"],
                _,
            ) => return Err(wrong_method(method)),
            _ => return Err(unknown_path(uri.path())),
        };
        let is_below = !matches!(operation, Operation::Profile | Operation::Accounts);
        let organization = if is_below { segments.into_iter().next() } else { None };
        Ok(Self {
            operation,
            organization: organization.unwrap_or_default(),
            query,
            method: method.clone(),
        })
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// The whole query.
    pub(super) fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// A parameter of the query; names are compared without regard to case.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let known = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        known.map(|(_, value)| value.as_str())
    }

    /// The version of the token interface.
    pub(super) fn version(&self) -> Result<Version, Refusal> {
        match self.stated_version()?.to_ascii_lowercase().as_str() {
            "6.1-preview" | "6.1-preview.1" => Ok(Version::V6_1),
            "7.1-preview" | "7.1-preview.1" => Ok(Version::V7_1),
            "7.2-preview" | "7.2-preview.1" => Ok(Version::V7_2),
            plain @ ("6.1" | "7.1" | "7.2") => Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "Microsoft.VisualStudio.Services.WebApi.VssInvalidPreviewVersionException",
                format!(
                    "The requested version \"{plain}\" of the resource is under preview. The -preview flag must be \
                     supplied in the api-version for such requests. For example: \"{plain}-preview\""
                ),
            )),
            other => Err(out_of_range(other)),
        }
    }

    /// The version of the two stable interfaces, which is only handed back.
    pub(super) fn stable_version(&self) -> Result<&str, Refusal> {
        let stated = self.stated_version()?;
        let number = stated.split_once("-preview").map_or(stated, |(number, _)| number);
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match number.split_once('.') {
            Some((major, minor))
                if digits(major) && digits(minor) && (major, minor) <= ("7", "2") =>
            {
                Ok(stated)
            }
            _ => Err(out_of_range(stated)),
        }
    }

    fn stated_version(&self) -> Result<&str, Refusal> {
        self.parameter("api-version").filter(|version| !version.is_empty()).ok_or_else(|| {
            let method = &self.method;
            Refusal::new(
                StatusCode::BAD_REQUEST,
                "Microsoft.VisualStudio.Services.WebApi.VssVersionNotSpecifiedException",
                format!(
                    "No api-version was supplied for the \"{method}\" request. The version must be supplied either as \
                     part of the Accept header (e.g. \"application/json; api-version=1.0\") or as a query parameter \
                     (e.g. \"?api-version=1.0\")."
                ),
            )
        })
    }

    /// The id of the token that the request is about.
    pub(super) fn authorization_id(&self) -> Result<Uuid, Refusal> {
        let text = self.parameter("authorizationId").unwrap_or_default();
        Uuid::from_str(text).ok().ok_or_else(|| {
            Refusal::malformed(format!("The value '{text}' is not valid for authorizationId."))
        })
    }

    /// The options of a list.
    pub(super) fn list_options(&self) -> Result<ListOptions, Refusal> {
        let filter =
            match self.choice("displayFilterOption", &["active", "revoked", "expired", "all"])? {
                Some(1) => Some(Status::Revoked),
                Some(2) => Some(Status::Expired),
                Some(3) => None,
                _ => Some(Status::Active),
            };
        let sort = match self.choice("sortByOption", &["displayname", "displaydate", "status"])? {
            Some(1) => Sort::DisplayDate,
            Some(2) => Sort::Status,
            _ => Sort::DisplayName,
        };
        let ascending = self.choice("isSortAscending", &["true", "false"])? != Some(1);
        let top = match self.parameter("$top") {
            None => 20,
            Some(text) => match text.parse::<i32>().map(usize::try_from) {
                Ok(Ok(top)) if top > 0 => top.min(100),
                _ => {
                    return Err(Refusal::malformed(format!(
                        "The value '{text}' is not valid for $top."
                    )));
                }
            },
        };
        Ok(ListOptions { filter, sort, ascending, top })
    }

    /// The index of a parameter's value among those allowed, in lower case.
    fn choice(&self, name: &str, allowed: &[&str]) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.parameter(name) else { return Ok(None) };
        match allowed.iter().position(|value| value.eq_ignore_ascii_case(text)) {
            Some(index) => Ok(Some(index)),
            None => Err(Refusal::malformed(format!("The value '{text}' is not valid for {name}."))),
        }
    }
}

/// Which tokens a list shows, in which order, and how many at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListOptions {
    pub(super) filter: Filter,
    pub(super) sort: Sort,
    pub(super) ascending: bool,
    pub(super) top: usize,
}

fn out_of_range(version: &str) -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "Microsoft.VisualStudio.Services.WebApi.VssVersionOutOfRangeException",
        format!(
            "The requested REST API version of {version} is out of range for this server. The latest REST API version \
             this server supports is 7.2."
        ),
    )
}

fn wrong_method(method: &Method) -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        exception::SERVICE,
        format!("The requested resource does not support http method '{method}'."),
    )
}

fn unknown_path(path: &str) -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        exception::NOT_FOUND,
        format!(
            "The controller for path '{path}' was not found or does not implement IController."
        ),
    )
}

/// Undoes percent-encoding; unlike in a form, `+` stands for itself.
fn decoded(segment: &str) -> String {
    let form = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(form.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}
