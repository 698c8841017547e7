//! What was begun and not ended, as it was found last, and what is being done about it.

use super::{cursor::Cursor, mode::Mode};
use crate::{
    effect::OrderId,
    failure::Failure,
    operations::resume::{Finding, Verdict, Way},
};

/// The open items.
#[derive(Debug, Default)]
pub struct Items {
    /// `None` while they are looked at for the first time.
    pub found: Option<Result<Vec<Finding>, Failure>>,
    /// The look that is waited for.
    pub reading: Option<OrderId>,
    /// The one that is being ended.
    pub ending: Option<Ending>,
    pub cursor: Cursor,
    /// They are to be shown as soon as nothing else needs the keyboard.
    pub is_due: bool,
    /// What they are shown over: where one was before.
    pub behind: Mode,
}

/// The end of an item, ordered and not told yet.
#[derive(Clone, Debug)]
pub struct Ending {
    pub order: OrderId,
    pub finding: Finding,
    pub way: Way,
    /// The same token is to be made once more after that.
    pub again: bool,
}

impl Items {
    /// Those that are left.
    pub fn open(&self) -> &[Finding] {
        self.found.as_ref().and_then(|found| found.as_ref().ok()).map_or(&[], Vec::as_slice)
    }

    /// The one that the cursor is on.
    pub fn selected(&self) -> Option<&Finding> {
        self.open().get(self.cursor.selected())
    }

    /// Whether nothing is waited for.
    pub fn is_idle(&self) -> bool {
        self.reading.is_none() && self.ending.is_none()
    }

    /// Whether the selected one can go on like this.
    pub fn can_go_on(&self, way: Way) -> bool {
        self.is_idle() && self.selected().is_some_and(|finding| finding.allows(way))
    }

    /// Whether the selected one left a token that is of no use, so that another one is needed.
    pub fn can_begin_again(&self) -> bool {
        let is_lost = |finding: &Finding| matches!(finding.verdict, Verdict::Orphan(_));
        self.is_idle() && self.selected().is_some_and(is_lost)
    }
}
