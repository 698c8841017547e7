//! Bodies as the service sends them, and the ways to spoil one field of them.

#![expect(clippy::string_slice, reason = "a panic is how a test fails")]

use super::Asked;
use crate::pat::{Listed, Pat, date};

const FIRST: &str = "{\"authorizationId\":\"00000000-0000-0000-0000-000000000001\",\
    \"displayName\":\"release-bot\",\"scope\":\"vso.code vso.build\",\
    \"targetAccounts\":[\"38aaa865-2c70-4bf7-a308-0c6539c38c1a\"],\
    \"validFrom\":\"2026-01-01T00:00:00Z\",\"validTo\":\"2026-12-01T00:00:00.1234567Z\",\
    \"token\":null}";

const SECOND: &str = "{\"displayName\":\"caf\u{e9} \u{1f44b}\",\"validTo\":\"2026-11-01T00:00:00Z\",\
    \"validFrom\":\"2026-01-01T00:00:00Z\",\"scope\":\"app_token\",\"targetAccounts\":null,\
    \"authorizationId\":\"00000000-0000-0000-0000-000000000002\"}";

fn pat(id: u128, name: &str, scope: &str, valid_to: &str) -> Pat {
    Pat {
        id: crate::pat::AuthorizationId(uuid::Uuid::from_u128(id)),
        organization: "contoso".parse().unwrap(),
        name: crate::text::Untrusted::new(name),
        scope: scope.into(),
        target: crate::pat::Target::Global,
        valid_from: date::parse("2026-01-01T00:00:00Z").unwrap(),
        valid_to: date::parse(valid_to).unwrap(),
        listed: Listed::Active,
    }
}

/// The first token of the list, which is also the one that is read alone.
pub(super) fn first() -> Pat {
    let target = "38aaa865-2c70-4bf7-a308-0c6539c38c1a".parse().unwrap();
    let pat = pat(1, "release-bot", "vso.code vso.build", "2026-12-01T00:00:00.1234567Z");
    Pat { target: crate::pat::Target::Organizations([target].into()), ..pat }
}

pub(super) fn second() -> Pat {
    pat(2, "caf\u{e9} \u{1f44b}", "app_token", "2026-11-01T00:00:00Z")
}

/// A whole body.
pub(super) fn good(asked: Asked) -> String {
    match asked {
        Asked::List => {
            format!("{{\"continuationToken\":\"bmV4dA==\",\"patTokens\":[{FIRST},{SECOND}]}}")
        }
        Asked::Token => format!(
            "{{\"patToken\":{FIRST},\"patTokenError\":\"none\",\"patTokenErrorMessage\":null}}"
        ),
        Asked::Revoke => "{}".to_owned(),
        Asked::Account => "{\"displayName\":\"Robin\",\"publicAlias\":\"alias\",\
            \"emailAddress\":\"robin@contoso.example\",\"coreRevision\":1,\"id\":\"person\"}"
            .to_owned(),
        Asked::Organizations => "{\"count\":2,\"value\":[\
            {\"accountId\":\"00000000-0000-0000-0000-00000000000a\",\"accountName\":\"contoso\",\
            \"accountUri\":\"https://x/\"},\
            {\"accountId\":\"00000000-0000-0000-0000-00000000000b\",\"accountName\":\"fabrikam\"}]}"
            .to_owned(),
    }
}

/// One field of a body that can be spoilt: its name, and what stands before it.
pub(super) struct Field {
    pub(super) name: String,
    /// Whether it belongs to the first entry of a list.
    pub(super) is_in_first: bool,
    value: std::ops::Range<usize>,
}

/// Every field of a body, up to those of the first entry of a list.
pub(super) fn fields(body: &str) -> Vec<Field> {
    let second = body.find("},{").unwrap_or(body.len());
    let list = body.find(":[{").unwrap_or(body.len());
    let mut fields = Vec::new();
    for (colon, _) in body.match_indices("\":") {
        let start = colon + 2;
        if start > second {
            break;
        }
        let name = body[..colon].rsplit('"').next().unwrap().to_owned();
        let mut values =
            serde_json::Deserializer::from_str(&body[start..]).into_iter::<serde::de::IgnoredAny>();
        // What comes after the value is no value, which does not matter.
        let value = values.next().map(|_| values.byte_offset()).unwrap();
        let is_in_first = start > list + 1;
        fields.push(Field { name, is_in_first, value: start..start + value });
    }
    fields
}

impl Field {
    /// The body with something else in the place of the value.
    pub(super) fn replaced(&self, body: &str, value: &[u8]) -> Vec<u8> {
        let (before, after) = (&body[..self.value.start], &body[self.value.end..]);
        [before.as_bytes(), value, after.as_bytes()].concat()
    }

    /// The body with the field twice, with the same value.
    pub(super) fn doubled(&self, body: &str) -> Vec<u8> {
        let value = &body[self.value.clone()];
        self.replaced(body, format!("{value},\"{}\":{value}", self.name).as_bytes())
    }

    /// The body without it; another has its place.
    pub(super) fn renamed(&self, body: &str) -> Vec<u8> {
        let name = self.value.start - self.name.len() - 2;
        [&body.as_bytes()[..name], b"_", &body.as_bytes()[name + 1..]].concat()
    }
}

/// Values that belong into no field, and whether they are JSON at all.
pub(super) fn wrong() -> Vec<(Vec<u8>, bool)> {
    let mut wrong: Vec<_> = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "-0.0",
        "1e308",
        "1e999",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "{\"\":\"\"}",
        "\"\"",
        "\" \"",
        "\"x\"",
        "\"\\u0000\\u001b[2J\\u202e\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\u{feff}\"",
        "\"9999-99-99T99:99:99Z\"",
        "\"00000000\"",
        "\"None\\n\"",
    ]
    .map(|value| (value.as_bytes().to_vec(), true))
    .into();
    wrong.push((b"\"\xff\xfe\"".to_vec(), true));
    wrong.push((vec![b'9'; 400], true));
    wrong.push((format!("\"{}\"", "long ".repeat(20_000)).into(), true));
    wrong.push((["[".repeat(100), "]".repeat(100)].concat().into(), true));
    wrong.push(([vec![b'['; 90_000], vec![b']'; 90_000]].concat(), true));
    wrong.extend(
        [
            "",
            "NaN",
            "-Infinity",
            "undefined",
            "'x'",
            "\"x",
            "01",
            "+1",
            ".5",
            "0x10",
            "[1,]",
            "{\"a\"}",
            "{a:1}",
            "tru",
            "nulll",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\t\"",
            "//\n1",
            "]",
            "}",
        ]
        .map(|value| (value.as_bytes().to_vec(), false)),
    );
    wrong
}
