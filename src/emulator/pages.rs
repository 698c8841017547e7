//! Lists, page by page. A continuation token names the list it belongs to and the last token shown, so that tokens
//! which come or go between two pages neither repeat nor hide others.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::answer::Refusal;
use super::call::ListOptions;
use super::date;
use super::fault::FaultKind;
use super::ledger::{Ledger, Run, Sort, Status, Token};

/// `PatToken` of the published interface.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatToken {
    display_name: String,
    valid_to: String,
    scope: String,
    target_accounts: Option<[Uuid; 1]>,
    valid_from: String,
    authorization_id: Uuid,
    token: Option<String>,
}

impl PatToken {
    /// The token as the interface shows it; only the answer to its creation has the secret.
    pub(super) fn new(token: &Token, ledger: &Ledger, secret: Option<String>) -> Self {
        let home = ledger.organizations.get(token.home).map(|organization| [organization.id]);
        Self {
            display_name: token.name.clone(),
            valid_to: date::written(token.valid_to),
            scope: token.scope.clone(),
            target_accounts: if token.global { None } else { home },
            valid_from: date::written(token.valid_from),
            authorization_id: token.id,
            token: secret,
        }
    }
}

/// `PagedPatTokens` of the published interface.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    continuation_token: String,
    pat_tokens: Vec<PatToken>,
}

/// One page of a list. `twist` is a fault in the paging.
pub(super) fn page(
    ledger: &mut Ledger,
    (organization, options): (usize, ListOptions),
    continuation: Option<&str>,
    twist: Option<&FaultKind>,
    now: DateTime<Utc>,
) -> Result<Page, Refusal> {
    let sent = continuation.filter(|token| !token.is_empty());
    let id = ledger.organizations.get(organization).map(|organization| organization.id);
    let list = List { organization: id.unwrap_or_default(), options };
    let after = sent.map(|token| list.anchor(token)).transpose()?;
    let run = Run {
        organization,
        filter: options.filter,
        sort: options.sort,
        ascending: options.ascending,
        after,
        count: if twist == Some(&FaultKind::EmptyPageWithToken) { 0 } else { options.top },
    };
    let (mut tokens, mut more) = ledger.run(run, now);
    let mut anchor = tokens.last().map(|token| token.id).or(after);
    match twist {
        Some(FaultKind::OverlapPages) => {
            let previous = after.and_then(|id| ledger.token(organization, id)).cloned();
            tokens.splice(0..0, previous);
        }
        Some(FaultKind::EndlessPages) if !more => (anchor, more) = (None, true),
        Some(FaultKind::EmptyPageWithToken) => more = true,
        Some(FaultKind::RepeatContinuation) if sent.is_some() => (anchor, more) = (after, true),
        _ => {}
    }
    Ok(Page {
        continuation_token: if more { list.continuation(anchor) } else { String::new() },
        pat_tokens: tokens.iter().map(|token| PatToken::new(token, ledger, None)).collect(),
    })
}

/// The list that a continuation token is bound to.
struct List {
    organization: Uuid,
    options: ListOptions,
}

impl List {
    /// Hexadecimal digits framed so that the whole is Base64 with all three characters that a query must encode.
    fn continuation(&self, last: Option<Uuid>) -> String {
        let last = last.unwrap_or_default().simple();
        format!("{}{last}A=", self.prefix())
    }

    fn prefix(&self) -> String {
        let filter = match self.options.filter {
            None => 'l',
            Some(Status::Active) => 'a',
            Some(Status::Expired) => 'e',
            Some(Status::Revoked) => 'r',
        };
        let sort = match (self.options.sort, self.options.ascending) {
            (Sort::DisplayName, true) => 'n',
            (Sort::DisplayName, false) => 'N',
            (Sort::DisplayDate, true) => 'd',
            (Sort::DisplayDate, false) => 'D',
            (Sort::Status, true) => 's',
            (Sort::Status, false) => 'S',
        };
        format!("PT+/{}{filter}{sort}", self.organization.simple())
    }

    /// The last token already shown; nil stands for the beginning.
    fn anchor(&self, continuation: &str) -> Result<Uuid, Refusal> {
        let id = continuation
            .strip_prefix(self.prefix().as_str())
            .and_then(|rest| rest.strip_suffix("A="));
        id.and_then(|id| id.parse().ok()).ok_or_else(|| {
            Refusal::malformed(
                "The continuation token is not valid for the filter and order of this request.",
            )
        })
    }
}
