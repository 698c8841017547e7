//! A global token that is being replaced by one token for each organization: how far that is.

use super::cursor::Cursor;
use crate::{
    action::Action,
    effect::OrderId,
    operations::split::{Part, Progress, Split},
    pat::{AuthorizationId, Organization},
};

/// Open from the key that begins it until it is left. Nothing of it is kept: what was made before
/// is found again in the lists, and what was not ended in the journal.
#[derive(Clone, Debug)]
pub struct Splitting {
    pub split: Split,
    /// These go without.
    pub left_out: Vec<Organization>,
    pub cursor: Cursor,
    /// The successor that was ordered.
    pub awaited: Option<OrderId>,
    /// The successor whose secret is held.
    pub held: Option<AuthorizationId>,
}

impl Splitting {
    pub fn new(split: Split) -> Self {
        let cursor = Cursor::default();
        Self { split, left_out: Vec::new(), cursor, awaited: None, held: None }
    }

    /// The one that the cursor is on.
    pub fn selected(&self) -> Option<&Part> {
        self.split.parts().get(self.cursor.selected())
    }

    /// Whether its organization goes without.
    pub fn is_left_out(&self, part: &Part) -> bool {
        part.progress == Progress::Missing && self.left_out.contains(&part.new.organization)
    }

    /// Whether a token is still to be made for it.
    pub fn wants(&self, part: &Part) -> bool {
        part.progress == Progress::Missing && !self.is_left_out(part)
    }

    /// The first that is still to be made.
    pub fn next(&self) -> Option<usize> {
        self.split.parts().iter().position(|part| self.wants(part))
    }

    /// Whether the global token may go: each organization has a successor of it, or goes without
    /// one knowingly.
    pub fn is_complete(&self) -> bool {
        self.next().is_none()
    }

    /// Whether a key means something for the row that the cursor is on.
    pub fn allows(&self, action: &Action) -> bool {
        match action {
            Action::Confirm => self.selected().is_some_and(|part| self.wants(part)),
            Action::Mark => {
                self.selected().is_some_and(|part| part.progress != Progress::Delivered)
            }
            Action::Revoke => self.is_complete(),
            _ => true,
        }
    }

    /// In turn: a token is made for it, another one is made, it goes without.
    pub fn toggle(&mut self) {
        let Some(Part { new, progress }) = self.selected().cloned() else { return };
        let organization = new.organization;
        match progress {
            Progress::Delivered => {}
            Progress::Known(_) => self.split.reopen(&organization),
            Progress::Missing => {
                let before = self.left_out.len();
                self.left_out.retain(|other| *other != organization);
                if self.left_out.len() == before {
                    self.left_out.push(organization);
                }
            }
        }
    }
}
