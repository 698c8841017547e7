//! What can go wrong with one request, as plain data. How it is done is the business of `sabotage`.

use serde::{Deserialize, Serialize};

/// One thing that goes wrong, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The requests it can hit.
    #[serde(default)]
    pub operation: Operation,
    /// How often it strikes; null is always.
    #[serde(default)]
    pub times: Option<u32>,
    /// So many fitting requests are spared first.
    #[serde(default)]
    pub skip: u32,
    /// Chance of striking, from 0 to 1; null is always.
    #[serde(default)]
    pub probability: Option<f64>,
    /// Makes `probability` repeatable.
    #[serde(default)]
    pub seed: u64,
    /// Whether the request is carried out all the same; null leaves it to the kind.
    #[serde(default)]
    pub carried_out: Option<bool>,
    /// What happens.
    pub kind: FaultKind,
}

impl Fault {
    /// Strikes every time.
    pub fn always(operation: Operation, kind: FaultKind) -> Self {
        Self {
            operation,
            times: None,
            skip: 0,
            probability: None,
            seed: 0,
            carried_out: None,
            kind,
        }
    }

    /// Strikes the next fitting request only.
    pub fn once(operation: Operation, kind: FaultKind) -> Self {
        Self { times: Some(1), ..Self::always(operation, kind) }
    }

    pub(super) fn fits(&self, operation: Operation) -> bool {
        (self.operation == Operation::Any || self.operation == operation)
            && self.kind.fits(operation)
    }

    pub(super) fn is_carried_out(&self) -> bool {
        self.carried_out.unwrap_or_else(|| self.kind.is_carried_out())
    }
}

/// The operations of the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// All of them.
    #[default]
    Any,
    /// One page of tokens.
    List,
    /// One token by its id.
    Get,
    /// A new token.
    Create,
    /// A changed token.
    Update,
    /// The end of a token.
    Revoke,
    /// Who the caller is.
    Profile,
    /// The caller's organizations.
    Accounts,
    /// The tenant of an organization, asked for without a bearer.
    Tenant,
    /// Entra ID: where the endpoints are.
    Metadata,
    /// Entra ID: the page for the browser.
    Authorize,
    /// Entra ID: codes and refresh tokens become tokens.
    Token,
    /// Entra ID: a sign-in on another device begins.
    Devicecode,
    /// Entra ID: the page for the code of another device.
    Devicelogin,
}

impl Operation {
    /// Whether it is one of the five token operations.
    pub(super) fn is_pat(self) -> bool {
        use Operation::{Create, Get, List, Revoke, Update};
        matches!(self, List | Get | Create | Update | Revoke)
    }

    /// Whether it belongs to Entra ID, which wants no bearer.
    pub(super) fn is_entra(self) -> bool {
        use Operation::{Authorize, Devicecode, Devicelogin, Metadata, Token};
        matches!(self, Metadata | Authorize | Token | Devicecode | Devicelogin)
    }
}

/// The ways in which a request or its answer goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// The connection closes without a byte of answer; nothing was done.
    LoseBefore,
    /// The connection closes without a byte of answer, although the request was carried out.
    LoseAfter,
    /// Silence for two minutes, or until the client leaves; nothing was done.
    StallBefore,
    /// Silence for two minutes, or until the client leaves, although the request was carried out.
    StallAfter,
    /// The whole answer comes one byte per interval.
    DripHeaders {
        /// Milliseconds between two bytes.
        interval_ms: u64,
    },
    /// The headers come at once, the body one byte per interval.
    DripBody {
        /// Milliseconds between two bytes.
        interval_ms: u64,
    },
    /// Half of the announced body comes, then the connection closes.
    CutBody,
    /// Status 200, a JSON content type and bytes that are no JSON. Carried out.
    Garbage,
    /// Status 200 and valid JSON of the wrong types. Carried out.
    WrongShape,
    /// A page in HTML with status 500. Not carried out.
    #[serde(rename = "html_500")]
    Html500,
    /// That status with an error envelope. Not carried out.
    Status(u16),
    /// A body that never ends. Carried out.
    HugeBody {
        /// Sent compressed: some 150 times larger once unpacked.
        #[serde(default)]
        gzip: bool,
    },
    /// A redirect to another place. Not carried out.
    Redirect {
        /// The `Location` header.
        location: String,
        /// 301, 302, 303, 307 or 308.
        status: u16,
    },
    /// The continuation token that comes back is the one that was sent.
    RepeatContinuation,
    /// Each page begins with the last token of the page before.
    OverlapPages,
    /// There is always a next page; after the last comes the first.
    EndlessPages,
    /// A page without tokens, but with a continuation token for those left out.
    EmptyPageWithToken,
    /// A `patTokenError` that nobody published. Not carried out.
    UnknownErrorValue,
    /// `patTokenError` is `none`, yet `patToken` is null. Carried out.
    NullPat,
    /// The revocation is lost, and takes effect only after so many further list requests.
    LateRevocation {
        /// List requests that still show the token as it was.
        lists: u32,
    },
    /// An update resets whatever it does not mention.
    ResetOmittedFields,
}

impl FaultKind {
    /// Faults about one operation spare all others, even under [`Operation::Any`].
    fn fits(&self, operation: Operation) -> bool {
        use Operation::{Create, Get, List, Revoke, Update};
        match self {
            Self::RepeatContinuation
            | Self::OverlapPages
            | Self::EndlessPages
            | Self::EmptyPageWithToken => operation == List,
            Self::UnknownErrorValue | Self::NullPat => matches!(operation, Get | Create | Update),
            Self::LateRevocation { .. } => operation == Revoke,
            Self::ResetOmittedFields => operation == Update,
            _ => true,
        }
    }

    fn is_carried_out(&self) -> bool {
        !matches!(
            self,
            Self::LoseBefore
                | Self::StallBefore
                | Self::Html500
                | Self::Status(_)
                | Self::Redirect { .. }
                | Self::UnknownErrorValue
                | Self::LateRevocation { .. }
        )
    }
}
