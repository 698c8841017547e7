//! What a browser is shown: plain pages without scripts, and redirects. All texts from outside are escaped.

use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use super::directory::Member;
use crate::emulator::answer;

/// A question with Accept and Decline.
pub(super) struct Question<'a> {
    pub(super) application: &'a str,
    pub(super) permissions: String,
    pub(super) people: &'a [Member],
    /// Who stands first.
    pub(super) chosen: &'a str,
    /// Where the decision goes.
    pub(super) action: &'a str,
    /// What goes with it.
    pub(super) hidden: Vec<(&'a str, &'a str)>,
}

impl Question<'_> {
    pub(super) fn page(&self) -> Response {
        let hidden: Vec<_> = self.hidden.iter().map(|(name, value)| field(name, value)).collect();
        let hidden = hidden.concat();
        let accounts: Vec<_> = self.people.iter().map(|member| self.account(member)).collect();
        let accounts = accounts.concat();
        let text = format!(
            "<h1>Permissions requested</h1>\
             <p><strong>{}</strong> would like to:</p><p>{}</p>\
             <form method=\"post\" action=\"{}\">{hidden}\
             <p><label>Account <select name=\"account\">{accounts}</select></label></p>\
             <p><button name=\"decision\" value=\"accept\">Accept</button> \
             <button name=\"decision\" value=\"decline\">Decline</button></p></form>",
            escaped(self.application),
            escaped(&self.permissions),
            escaped(self.action),
        );
        page(StatusCode::OK, "Permissions requested", &text)
    }

    fn account(&self, member: &Member) -> String {
        let chosen = if member.username == self.chosen { " selected" } else { "" };
        let (username, name) = (escaped(&member.username), escaped(&member.name));
        format!("<option value=\"{username}\"{chosen}>{name} ({username})</option>")
    }
}

/// Asks for the code that another device shows.
pub(super) fn enter_code(action: &str) -> Response {
    let text = format!(
        "<h1>Enter code</h1><p>Enter the code displayed on your app or device.</p>\
         <form method=\"get\" action=\"{}\">\
         <p><label>Code <input name=\"user_code\" autocomplete=\"off\"></label> <button>Next</button></p></form>",
        escaped(action)
    );
    page(StatusCode::OK, "Sign in to your account", &text)
}

/// The end of a sign-in that goes on elsewhere.
pub(super) fn done(text: &str) -> Response {
    page(StatusCode::OK, "Sign in to your account", &format!("<p>{}</p>", escaped(text)))
}

/// A refusal that stays in the browser.
pub(super) fn trouble(description: &str) -> Response {
    let text = format!(
        "<h1>Sorry, but we’re having trouble signing you in.</h1><pre>{}</pre>",
        escaped(description)
    );
    page(StatusCode::BAD_REQUEST, "Sign in to your account", &text)
}

/// Sends the browser on, with these fields added to the query.
pub(super) fn redirect(to: &Url, fields: &[(&str, &str)]) -> Response {
    let mut to = to.clone();
    to.query_pairs_mut().extend_pairs(fields);
    let text = "<h2>Object moved</h2>";
    let mut response = answer::html(StatusCode::FOUND, "Object moved", text);
    answer::set(&mut response, "location", to.as_str());
    response
}

fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let mut response = answer::html(status, title, text);
    answer::set(
        &mut response,
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    );
    response
}

fn field(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value))
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_inert() {
        assert_eq!(escaped("<a b=\"c\" d='&'>"), "&lt;a b=&quot;c&quot; d=&#39;&amp;&#39;&gt;");
    }
}
