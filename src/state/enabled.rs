//! What can be done now: with the selected token, and by each key.

use url::Url;

use super::{
    State,
    mode::{Mode, sign_in::Prompt},
    session::Session,
    work::Work,
};
use crate::{
    action::Action,
    identity::Way,
    pat::{AuthorizationId, Pat},
};

impl State {
    /// Whether an action would do anything now. Asked before acting, by the footer and by the help.
    pub fn is_enabled(&self, action: &Action) -> bool {
        match action {
            Action::Confirm | Action::Mark | Action::Revoke if matches!(self.mode, Mode::Split) => {
                self.splitting.as_ref().is_some_and(|it| it.allows(action))
            }
            Action::Extend => self.chosen_any(Self::can_extend),
            Action::Revoke => self.chosen_any(Self::can_revoke),
            Action::Edit => self.selected().is_some_and(|pat| self.can_extend(pat)),
            Action::Clone if self.selected().is_none() => false,
            Action::New | Action::Clone => {
                self.custody.is_free() && self.session.connection().is_some()
            }
            Action::GoOn(way) => self.items.can_go_on(*way),
            Action::Again => self.items.can_begin_again(),
            Action::Refresh if matches!(self.mode, Mode::Items) => self.items.is_idle(),
            Action::Rotate => {
                self.selected().is_some_and(|pat| self.can_rotate(pat) || self.can_split(pat))
            }
            Action::Undo | Action::Stop => self.works.counts().scheduled > 0,
            Action::Retry => self.works.counts().failed > 0,
            Action::Results => self.batch.is_some(),
            Action::OpenPage if matches!(self.mode, Mode::SignIn) => self.address().is_some(),
            Action::CopyName | Action::CopyId | Action::OpenPage => self.selected().is_some(),
            Action::CopyShown if matches!(self.mode, Mode::Secret) => true,
            Action::CopyShown => self.address().is_some() || self.wants_app(),
            Action::UseBrowser => self.can_change_to(Way::Browser),
            Action::UseCode => self.can_change_to(Way::DeviceCode),
            Action::Confirm if matches!(self.mode, Mode::Accounts(_)) => self.account().is_some(),
            Action::AddAccount => self.setting.can_sign_in,
            Action::SignOut => self.account().is_some_and(|known| known.identity.is_some()),
            Action::Demo => !matches!(self.session, Session::Connected(_)),
            _ => true,
        }
    }

    /// Where the person who signs in is sent.
    fn address(&self) -> Option<&Url> {
        self.sign_in.prompt.as_ref().and_then(Prompt::address)
    }

    /// Whether a person can be asked to sign in this way now.
    fn can_change_to(&self, way: Way) -> bool {
        match &self.sign_in.prompt {
            Some(Prompt::Coming(_)) => false,
            Some(Prompt::Browser { .. }) => way == Way::DeviceCode,
            Some(Prompt::DeviceCode { .. }) => way == Way::Browser,
            None => self.setting.can_sign_in && matches!(self.session, Session::Failed(_)),
        }
    }

    /// Asks the selected token, and of the marked ones only whether there are any: no frame may
    /// cost more because more is marked.
    fn chosen_any(&self, can: impl Fn(&Self, &Pat) -> bool) -> bool {
        !self.table.marks.is_empty() || self.selected().is_some_and(|pat| can(self, pat))
    }

    fn is_free(&self, id: AuthorizationId) -> bool {
        self.works.get(id).is_none_or(Work::is_over)
    }

    pub fn can_extend(&self, pat: &Pat) -> bool {
        self.status(pat).is_alive() && self.is_free(pat.id)
    }

    pub fn can_rotate(&self, pat: &Pat) -> bool {
        self.can_revoke(pat) && !pat.is_global() && self.custody.is_free()
    }

    /// Whether it can be replaced by one token for each organization.
    pub fn can_split(&self, pat: &Pat) -> bool {
        let is_free = self.custody.is_free() && self.session.connection().is_some();
        self.can_revoke(pat) && pat.is_global() && is_free
    }

    pub fn can_revoke(&self, pat: &Pat) -> bool {
        self.status(pat).is_alive() && self.is_free(pat.id)
    }
}
