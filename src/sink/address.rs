//! Addresses of feeds as they stand in files: with or without a user and a password, and to which
//! organization they belong.

use std::ops::Range;

use url::Url;

/// An address in a text.
#[derive(Debug)]
pub(super) struct Address<'a> {
    /// Behind `://`.
    start: usize,
    /// What stands before the `@`.
    user_info: Option<&'a str>,
    /// Host and path.
    pub(super) rest: &'a str,
}

impl<'a> Address<'a> {
    /// The address that is this word, which begins here.
    pub(super) fn of(word: &'a str, at: usize) -> Option<Self> {
        let scheme = word.find("://")?;
        let behind = word.get(scheme + 3..)?;
        let authority = behind.get(..behind.find(['/', '?', '#']).unwrap_or(behind.len()))?;
        let user_info = authority.rfind('@').and_then(|end| authority.get(..end));
        let skip = user_info.map_or(0, |info| info.len() + 1);
        Some(Self { start: at + scheme + 3, user_info, rest: behind.get(skip..)? })
    }

    /// Where the password is, or would be, and what has to stand before and behind it.
    pub(super) fn password(&self, user: &str) -> (Range<usize>, String, &'static str) {
        match self.user_info.map(|info| (info, info.find(':'))) {
            None => (self.start..self.start, format!("{user}:"), "@"),
            Some((info, None)) => {
                let end = self.start + info.len();
                (end..end, ":".to_owned(), "")
            }
            Some((info, Some(colon))) => {
                (self.start + colon + 1..self.start + info.len(), String::new(), "")
            }
        }
    }

    /// Whether it is this feed.
    pub(super) fn is(&self, feed: &Url) -> bool {
        let feed = feed.as_str().split_once("://").map_or("", |(_, rest)| rest);
        self.rest.trim_end_matches('/').eq_ignore_ascii_case(feed.trim_end_matches('/'))
    }

    /// Whether it is a feed of the organization.
    pub(super) fn is_of(&self, organization: &str) -> bool {
        let rest = self.rest.to_ascii_lowercase();
        let organization = organization.to_ascii_lowercase();
        rest.starts_with(&format!("pkgs.dev.azure.com/{organization}/"))
            || rest.starts_with(&format!("{organization}.pkgs.visualstudio.com/"))
    }
}
