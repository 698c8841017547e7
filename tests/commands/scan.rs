//! Looks for secrets in whatever came out of azpat, in every encoding in which one could hide.

use std::{collections::HashMap, fmt::Write as _};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

/// So much of a secret in one piece is a leak.
const PIECE: usize = 8;

/// Every form that a piece takes in one encoding.
type Forms = fn(&str) -> Vec<String>;

/// Ways to write bytes; each maps a piece of a secret to what a leak of it holds.
const ENCODINGS: [(&str, Forms); 8] = [
    ("raw", |piece| vec![piece.to_owned()]),
    ("base64", |piece| at_each_offset(piece, |bytes| STANDARD.encode(bytes))),
    ("base64url", |piece| at_each_offset(piece, |bytes| URL_SAFE.encode(bytes))),
    ("hex", |piece| vec![each(piece, |it, text| write!(text, "{it:02x}"))]),
    ("HEX", |piece| vec![each(piece, |it, text| write!(text, "{it:02X}"))]),
    ("percent", |piece| vec![each(piece, |it, text| write!(text, "%{it:02X}"))]),
    ("UTF-16", |piece| vec![each(piece, |it, text| write!(text, "{}\0", char::from(it)))]),
    ("decimal", |piece| {
        ["", " "].map(|blank| each(piece, |it, text| write!(text, "{it},{blank}"))).into()
    }),
];

fn each(piece: &str, put: impl Fn(u8, &mut String) -> std::fmt::Result) -> String {
    let mut text = String::new();
    piece.bytes().for_each(|byte| put(byte, &mut text).unwrap());
    // What separates the last from the next may be something else.
    text.trim_end_matches([',', ' ']).to_owned()
}

/// The piece may begin anywhere in its group of three; the ends that depend on neighbours are cut.
fn at_each_offset(piece: &str, encode: impl Fn(&[u8]) -> String) -> Vec<String> {
    let offset = |before: usize| {
        let bytes = [&vec![b'x'; before][..], piece.as_bytes()].concat();
        let text = encode(&bytes);
        let whole = bytes.len() / 3 * 4;
        text.get(before.div_ceil(3) * 4..whole).unwrap().to_owned()
    };
    (0..3).map(offset).collect()
}

/// What must be nowhere.
#[derive(Clone, Default)]
pub(crate) struct Scan {
    /// By the length of what is looked for: the text, and what it is.
    wanted: HashMap<usize, HashMap<Vec<u8>, String>>,
    found: Vec<String>,
}

impl Scan {
    /// `random` is the part of the secret that nothing else has by chance.
    pub(crate) fn add(&mut self, kind: &str, random: &str) {
        assert!(random.is_ascii() && random.len() >= PIECE, "{kind} is no secret");
        for begin in 0..=random.len() - PIECE {
            let piece = random.get(begin..begin + PIECE).unwrap();
            for (encoding, encode) in ENCODINGS {
                for text in encode(piece) {
                    let what = format!("{kind} ({encoding}, from {begin})");
                    self.wanted.entry(text.len()).or_default().insert(text.into_bytes(), what);
                }
            }
        }
    }

    /// Whether one is in there; it is noted with the place.
    pub(crate) fn look(&mut self, place: &str, bytes: &[u8]) -> bool {
        // Lines may be wrapped, and cells spread over the screen.
        let joined: Vec<u8> =
            bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let mut is_found = false;
        for (length, wanted) in &self.wanted {
            for bytes in [bytes, &joined] {
                if let Some(what) = bytes.windows(*length).find_map(|some| wanted.get(some)) {
                    self.found.push(format!("{what} in {place}"));
                    is_found = true;
                    break;
                }
            }
        }
        is_found
    }

    #[track_caller]
    pub(crate) fn assert_clean(&self) {
        assert!(self.found.is_empty(), "leaked: {:#?}", self.found);
    }
}

type Leak<'a> = &'a dyn Fn(&str) -> String;

#[test]
fn every_encoding_of_a_planted_secret_is_found() {
    let secret = "q7Rk2mZx9bTw4LcP0sVe";
    let mut scan = Scan::default();
    scan.add("planted", secret);
    let whole = |encode: &dyn Fn(&str) -> String| {
        ["", "a", "ab"].map(|before| encode(&format!("{before}{secret}zz")))
    };
    let encoded: [(&str, Leak<'_>); 11] = [
        ("raw", &str::to_owned),
        ("base64", &|it| STANDARD.encode(it)),
        ("base64url", &|it| URL_SAFE.encode(it)),
        ("hex", &|it| each(it, |byte, text| write!(text, "{byte:02x}"))),
        ("HEX", &|it| each(it, |byte, text| write!(text, "{byte:02X}"))),
        ("percent", &|it| each(it, |byte, text| write!(text, "%{byte:02X}"))),
        ("decimal", &|it| format!("{:?}", it.as_bytes())),
        ("JSON", &|it| serde_json::to_string(&it).unwrap()),
        ("wrapped", &|it| each(it, |byte, text| write!(text, "{}\r\n", char::from(byte)))),
        ("spaced", &|it| each(it, |byte, text| write!(text, "{}  ", char::from(byte)))),
        ("a piece", &|it| it.get(5..13).unwrap().to_owned()),
    ];
    for (name, encode) in encoded {
        for text in whole(encode) {
            assert!(scan.look(name, text.as_bytes()), "{name}: {text}");
        }
    }
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(scan.look("UTF-16LE", &wide));
    assert!(!scan.look("something else", b"azpat list: 3 tokens of contoso, q7Rk2mZ"));
}
