//! Answers whose framing is broken, byte for byte over a real socket: one failure in words each,
//! in bounded time, and never a write that is taken as done.

use std::time::Duration;

use azpat::{
    azure::{Client, Limits},
    clock,
    failure::{Failure, FailureKind},
    operations::{Completeness, Page, extend::extend, list, revoke::revoke},
    pat::Pat,
};
use chrono::TimeDelta;

use super::{
    rig::{Rig, client, limits},
    server::{Server, Then, json},
};

const LIST: &str = "{\"patTokens\":[],\"continuationToken\":\"\",\"patTokenError\":\"none\"}";

/// All attempts of a call fit in: each fails in the same way.
fn hasty() -> Limits {
    Limits {
        answer: Duration::from_millis(400),
        idle: Duration::from_millis(150),
        total: Duration::from_secs(4),
        ..limits()
    }
}

fn answer(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// A list, packed without being compressed.
fn gzip() -> Vec<u8> {
    let length = u16::try_from(LIST.len()).unwrap();
    let crc = LIST.bytes().fold(u32::MAX, |crc, byte| {
        let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
        (0..8).fold(crc ^ u32::from(byte), step)
    });
    let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(LIST.bytes());
    packed.extend((!crc).to_le_bytes());
    packed.extend(u32::from(length).to_le_bytes());
    packed
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    answer(&format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", bytes.len()), bytes)
}

/// What is wrong, the bytes, and words of what is said.
type Case = (&'static str, Vec<u8>, Then, &'static str);

fn lengths() -> Vec<Case> {
    let of = |length: &str| answer(&format!("Content-Length: {length}\r\n"), LIST);
    let twice = answer("Content-Length: 5\r\nContent-Length: 7\r\n", LIST);
    let (close, hold) = (Then::Close, Then::Hold);
    vec![
        ("a length too short", of("20"), close, "makes no sense"),
        ("a length too long", of("2000"), close, "cut its answer short"),
        ("a length too long, kept open", of("2000"), hold, "fell silent for"),
        ("a length that is no number", of("many"), close, "does not answer in HTTP"),
        ("a length below nothing", of("-1"), close, "does not answer in HTTP"),
        (
            "a length beyond all numbers",
            of("99999999999999999999999"),
            close,
            "does not answer in HTTP",
        ),
        ("a length beyond all sense", of("99999999999"), hold, "fell silent for"),
        ("two lengths", twice, close, "does not answer in HTTP"),
    ]
}

fn chunks() -> Vec<Case> {
    let of = |body: &str| answer("Transfer-Encoding: chunked\r\n", body);
    let size = format!("{:x}", LIST.len());
    let (close, hold) = (Then::Close, Then::Hold);
    vec![
        (
            "a size that is no number",
            of(&format!("xyz\r\n{LIST}\r\n0\r\n\r\n")),
            close,
            "is garbled",
        ),
        (
            "a size beyond all numbers",
            of(&format!("{}\r\n{LIST}", "f".repeat(40))),
            close,
            "is garbled",
        ),
        ("a chunk that is cut", of(&format!("{size}\r\n{{")), close, "cut its answer short"),
        ("no last chunk", of(&format!("{size}\r\n{LIST}\r\n")), close, "cut its answer short"),
        ("no last chunk, kept open", of(&format!("{size}\r\n{LIST}\r\n")), hold, "fell silent for"),
        (
            "a chunk longer than it says",
            of(&format!("5\r\n{LIST}\r\n0\r\n\r\n")),
            close,
            "is garbled",
        ),
        ("an endless size", of(&format!("1;{}", "x".repeat(1 << 20))), close, "is garbled"),
        (
            "endless trailers",
            of(&format!("0\r\n{}", "a: b\r\n".repeat(200_000))),
            close,
            "is garbled",
        ),
    ]
}

fn packings() -> Vec<Case> {
    let whole = gzip();
    let mut corrupt = whole.clone();
    corrupt[20] ^= 0x20;
    let mut wrong_block = whole.clone();
    wrong_block[10] = 7;
    let (close, cut, short) = (Then::Close, "is garbled", "cut its answer short");
    vec![
        ("nothing packed", packed(LIST.as_bytes()), close, cut),
        ("a cut packing", packed(&whole[..whole.len() / 2]), close, short),
        ("a packing without its sum", packed(&whole[..whole.len() - 8]), close, short),
        ("a packing with another sum", packed(&corrupt), close, cut),
        ("a block of no kind", packed(&wrong_block), close, cut),
    ]
}

fn heads() -> Vec<Case> {
    let flood = "HTTP/1.1 100 Continue\r\n\r\n".repeat(200_000);
    let no_http = "does not answer in HTTP";
    let mut cases: Vec<Case> = [
        "hello\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 99999 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA\0B: c\r\n\r\n",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n",
        "<html><body>captive portal</body></html>\r\n\r\n",
    ]
    .into_iter()
    .map(|head| (head, head.into(), Then::Close, no_http))
    .collect();
    cases.push((
        "another protocol",
        "HTTP/1.1 101 X\r\nUpgrade: y\r\n\r\n".into(),
        Then::Hold,
        "101",
    ));
    cases.push(("promises only", flood.into(), Then::Hold, "sent no answer within"));
    cases
}

async fn list_with(client: &Client) -> (Vec<Page>, Result<Completeness, Failure>) {
    let pages = std::sync::Mutex::new(Vec::new());
    let contoso = "contoso".parse().unwrap();
    let mut ends = list::list(client, &[contoso], |page| pages.lock().unwrap().push(page)).await;
    (pages.into_inner().unwrap(), ends.pop().unwrap().1)
}

#[track_caller]
fn check(what: &str, failure: &Failure, words: &str) {
    let text = failure.to_string();
    assert!(text.contains(words), "{what}: {text}, expected {words}");
    assert!(text.len() < 600 && !text.chars().any(char::is_control), "{what}: {text}");
    for inner in ["hyper", "reqwest", "Error", "Some(", "line 1"] {
        assert!(!text.contains(inner), "{what}: {text}");
    }
}

/// A list, and each kind of write.
async fn try_all((what, answer, then, words): Case, pat: &Pat) {
    let server = Server::start(answer, then).await;
    let (client, _) = client(&server.url(), "token", hasty());
    let begin = clock::monotonic();
    let (pages, end) = list_with(&client).await;
    assert!(pages.is_empty(), "{what}");
    check(what, &end.unwrap_err(), words);
    for failure in [
        revoke(&client, pat).await.unwrap_err(),
        extend(&client, pat, pat.valid_to + TimeDelta::days(9)).await.unwrap_err(),
    ] {
        check(what, &failure, "");
        assert_eq!(failure.kind, FailureKind::Unconfirmed, "{what}: {failure}");
    }
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(10), "{what}: {took:?}");
}

async fn try_each(cases: Vec<Case>) {
    let rig = Rig::start(5).await;
    let pat = rig.some_active().await;
    futures_util::future::join_all(cases.into_iter().map(|case| try_all(case, &pat))).await;
}

#[tokio::test]
async fn a_wrong_length_is_one_failure() {
    try_each(lengths()).await;
}

#[tokio::test]
async fn broken_chunks_are_one_failure() {
    try_each(chunks()).await;
}

#[tokio::test]
async fn a_broken_packing_is_one_failure() {
    let fine = Server::start(packed(&gzip()), Then::Close).await;
    let (client, _) = client(&fine.url(), "token", hasty());
    assert_eq!(list_with(&client).await.1, Ok(Completeness::Complete), "the test packs well");
    try_each(packings()).await;
}

#[tokio::test]
async fn a_head_that_is_none_is_one_failure() {
    try_each(heads()).await;
}

/// Nothing in a whole answer: no list; and all that the service may say of a revocation.
#[tokio::test]
async fn an_empty_answer_is_no_list() {
    for answer in [answer("Content-Length: 0\r\n", LIST), packed(b"")] {
        let server = Server::start(answer, Then::Close).await;
        let (client, _) = client(&server.url(), "token", hasty());
        check("nothing", &list_with(&client).await.1.unwrap_err(), "sent an empty answer");
    }
}

/// What follows an answer is not the answer to the next call.
#[tokio::test]
async fn bytes_after_an_answer_answer_nothing() {
    let smuggled = "{\"patTokens\":[{\"authorizationId\":\"00000000-0000-0000-0000-000000000001\",\
                    \"validFrom\":\"2026-01-01T00:00:00Z\",\"validTo\":\"2026-12-01T00:00:00Z\"}],\
                    \"continuationToken\":\"\"}";
    let answer = [json(LIST), json(smuggled)].concat();
    for then in [Then::Close, Then::Hold] {
        let server = Server::start(answer.clone(), then).await;
        let (client, _) = client(&server.url(), "token", hasty());
        for calls in 1..=3 {
            let (pages, end) = list_with(&client).await;
            assert_eq!(end, Ok(Completeness::Complete));
            assert!(pages.iter().all(|page| page.pats.is_empty()), "{pages:?}");
            assert_eq!(server.connections(), calls * 3, "one for each call");
        }
    }
}
