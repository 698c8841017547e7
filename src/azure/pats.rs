//! The typed calls of the PAT API: one page of a list, one token, change, revoke.

use http::Method;

use super::{
    Client,
    exchange::{Effect, Problem, Request, Whose},
    said,
    wire::{self, Scopes},
};
use crate::{
    failure::{Failure, FailureKind},
    operations::{NewPat, Page},
    pat::{Listed, Organization, Pat, change::Change, date},
    secret::PatSecret,
    text,
    transport::Answer,
};

/// The most entries that the service puts on a page.
const PAGE: &str = "100";

/// One of the three lists of an organization.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filtered<'a> {
    pub(crate) organization: &'a Organization,
    pub(crate) listed: Listed,
}

impl Filtered<'_> {
    fn attempt(self) -> String {
        format!("list {} tokens of {}", self.listed.as_str(), self.organization)
    }
}

impl Client {
    /// Reads one page of a list, and the token that leads to the next page if there is one.
    pub(crate) async fn page(
        &self,
        list: Filtered<'_>,
        continuation: Option<&str>,
        scopes: &Scopes,
    ) -> Result<(Page, Option<String>), Problem> {
        let mut query = vec![
            ("displayFilterOption", list.listed.as_str().to_owned()),
            ("sortByOption", "displayDate".to_owned()),
            ("$top", PAGE.to_owned()),
        ];
        query.extend(continuation.map(|token| ("continuationToken", token.to_owned())));
        let request = self.about(list.organization, Method::GET, query, list.attempt());
        let answer = self.call(&request).await?;
        let page = wire::page(&answer.body, list.organization, list.listed, scopes)
            .ok_or_else(|| nonsense(&request, &answer))?;
        let next = page.next;
        let (organization, listed) = (list.organization.clone(), list.listed);
        let page = Page { organization, listed, pats: page.pats, unreadable: page.unreadable };
        Ok((page, next))
    }

    /// Reads one token as it is now. Whether it is revoked cannot be seen here.
    pub(crate) async fn read(&self, pat: &Pat) -> Result<Pat, Problem> {
        let query = vec![("authorizationId", pat.id.to_string())];
        let attempt = format!("read {}", title(pat));
        let request = self.about(&pat.organization, Method::GET, query, attempt);
        let answer = self.call(&request).await?;
        wire::token(&answer.body, pat).ok_or_else(|| nonsense(&request, &answer))
    }

    /// Creates a token. Never sent twice: each would make one more.
    pub(crate) async fn create(&self, new: &NewPat) -> Result<(Pat, PatSecret), Problem> {
        let attempt = format!("create {} in {}", text::cut(&new.name, 60), new.organization);
        let mut request = self.about(&new.organization, Method::POST, Vec::new(), attempt);
        let create = wire::Create {
            display_name: &new.name,
            scope: &new.scope,
            valid_to: date::format(new.valid_to),
            all_orgs: false,
        };
        request.body = serde_json::to_string(&create).ok();
        let answer = self.call(&request).await?;
        wire::created(&answer.body, &new.organization).ok_or_else(|| nonsense(&request, &answer))
    }

    /// Changes a token. What is not to change is not sent.
    pub(crate) async fn update(&self, pat: &Pat, change: &Change) -> Result<Pat, Problem> {
        let verb = if change.only_extends(pat) { "extend" } else { "change" };
        let attempt = format!("{verb} {}", title(pat));
        let mut request = self.about(&pat.organization, Method::PUT, Vec::new(), attempt);
        let update = wire::Update {
            authorization_id: pat.id.0,
            display_name: change.name.as_deref(),
            scope: change.scope.as_deref(),
            valid_to: change.valid_to.map(date::format),
        };
        request.body = serde_json::to_string(&update).ok();
        let answer = self.call(&request).await?;
        wire::token(&answer.body, pat).ok_or_else(|| nonsense(&request, &answer))
    }

    /// Revokes a token.
    pub(crate) async fn delete(&self, pat: &Pat) -> Result<(), Problem> {
        let query = vec![("authorizationId", pat.id.to_string())];
        let attempt = format!("revoke {}", title(pat));
        let request = self.about(&pat.organization, Method::DELETE, query, attempt);
        let answer = self.call(&request).await?;
        let is_fine = wire::is_nothing_or_json(&answer.body);
        if is_fine { Ok(()) } else { Err(nonsense(&request, &answer)) }
    }

    fn about<'a>(
        &'a self,
        organization: &'a Organization,
        method: Method,
        mut query: Vec<(&'static str, String)>,
        attempt: String,
    ) -> Request<'a> {
        query.push(("api-version", self.0.api_version.clone()));
        Request {
            host: &self.0.service,
            method,
            segments: vec![organization.as_str(), "_apis", "tokens", "pats"],
            query,
            body: None,
            whose: Whose::Member(organization),
            attempt,
        }
    }
}

/// `release-bot (id …ca025b11) in contoso`.
fn title(pat: &Pat) -> String {
    let name = text::cut(pat.name.raw(), 60);
    format!("{name} (id …{}) in {}", pat.id.tail(), pat.organization)
}

/// JSON, but not what this call is answered with.
pub(super) fn nonsense(request: &Request<'_>, answer: &Answer) -> Problem {
    let why = format!("{} sent an answer that makes no sense", request.host.name());
    let failure = Failure {
        support_id: said::support_id(&answer.headers),
        ..Failure::new(FailureKind::Service, request.attempt.clone(), why).hint("try again later")
    };
    Problem { failure, effect: Effect::Unknown }
}
