//! What somebody could put into a refusal that the browser brings, to steer the terminal that tells
//! it or to have it say what azpat does not.

#[path = "../../src/text/hostile/attacks.rs"]
mod attacks;

use attacks::ATTACKS;
use url::Url;

/// What is said, each with a word of its own in it that stays as it is.
pub(crate) fn texts() -> impl Iterator<Item = (String, String)> {
    (100..).zip(ATTACKS).map(|(at, attack)| {
        let mark = format!("evil{at}");
        (format!("A{attack}{mark} B{attack}."), mark)
    })
}

/// Where a browser goes that brings a refusal with this text to whoever gave it the address.
pub(crate) fn refusal(address: &str, text: &str) -> Url {
    let address: Url = address.parse().unwrap();
    let field = |wanted: &str| {
        let mut fields = address.query_pairs();
        fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).unwrap()
    };
    let mut refusal: Url = field("redirect_uri").parse().unwrap();
    refusal
        .query_pairs_mut()
        .append_pair("error", text.split("evil").next().unwrap_or_default())
        .append_pair("error_description", text)
        .append_pair("state", &field("state"));
    refusal
}
