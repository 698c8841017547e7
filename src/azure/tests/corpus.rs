//! Bodies that are spoilt in every way of a table.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    Asked, Read,
    bodies::{Field, fields, first, good, second, wrong},
    check, ok, read, shown,
};
use crate::pat::Pat;

/// No body takes longer to be read, in a build for tests on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

/// Reads a body that holds nothing right. Returns 1, to be counted.
async fn is_refused(asked: Asked, body: Vec<u8>) -> usize {
    let case = format!("{asked:?} of {}", shown(&body));
    let begin = Instant::now();
    match read(asked, ok(body)).await {
        Ok(_) => panic!("{case} passes"),
        Err(failure) => check(&failure, &case),
    }
    assert!(begin.elapsed() < LONGEST, "{case}");
    1
}

#[tokio::test]
async fn good_bodies_are_read() {
    for asked in Asked::ALL {
        match read(asked, ok(good(asked))).await.unwrap() {
            Read::Page(page) => {
                assert_eq!(page.pats, [first(), second()]);
                assert_eq!((page.unreadable, page.next.as_deref()), (0, Some("bmV4dA==")));
            }
            Read::Token(pat) => assert_eq!(pat, first()),
            Read::Revoked => {}
            Read::Account(account) => assert_eq!(account.id, "person"),
            Read::Organizations(names) => assert_eq!(names, ["contoso", "fabrikam"]),
        }
    }
}

/// The beginning of an answer is no answer.
#[tokio::test]
async fn what_is_cut_anywhere_is_refused() {
    let mut cases = 0;
    for asked in Asked::ALL {
        let body = good(asked).into_bytes();
        // A revocation may be answered with nothing at all.
        for end in usize::from(asked == Asked::Revoke)..body.len() {
            cases += is_refused(asked, body[..end].to_vec()).await;
        }
    }
    assert!(cases > 1_000, "{cases}");
}

#[tokio::test]
async fn what_is_something_else_is_refused() {
    let mut cases = 0;
    for asked in Asked::ALL {
        for body in others(&good(asked)) {
            cases += is_refused(asked, body).await;
        }
        for body in [&b"null"[..], b"0", b"\"x\"", b"[]", b"[{}]", b"{}", b"{\"_\":1}"] {
            if asked != Asked::Revoke {
                cases += is_refused(asked, body.to_vec()).await;
            }
        }
    }
    assert!(cases > 150, "{cases}");
}

/// What is not JSON, or not only JSON.
fn others(good: &str) -> Vec<Vec<u8>> {
    let wide = |order: fn(u16) -> [u8; 2]| good.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let mut others: Vec<Vec<u8>> = [
        " ",
        "\r\n\t",
        "\0",
        "OK",
        "NaN",
        "<html><title>Sign in</title></html>",
        "<!doctype html>",
        "<?xml version=\"1.0\"?><a/>",
        "SSH-2.0-x\r\n",
        "HTTP/1.1 200 OK\r\n\r\n{}",
        "%PDF-1.7",
        "continuationToken=&patTokens=",
        "---\npatTokens: []\n",
        ")]}',\n{}",
        "{}{}",
        "{},",
        "{}\n{}",
    ]
    .map(Into::into)
    .into();
    others.extend([
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
        [good.as_bytes(), b"\0"].concat(),
        [good.as_bytes(), b"x"].concat(),
        [good.as_bytes(), good.as_bytes()].concat(),
        [b"callback(", good.as_bytes(), b")"].concat(),
        [b"// see\n", good.as_bytes()].concat(),
        [b"\xff\xfe", wide(u16::to_le_bytes).as_slice()].concat(),
        [b"\xfe\xff", wide(u16::to_be_bytes).as_slice()].concat(),
        wide(u16::to_le_bytes),
        good.bytes().flat_map(|byte| u32::from(byte).to_be_bytes()).collect(),
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\x56".to_vec(),
        b"\x1f\x8b".repeat(1_000),
        b"\x28\xb5\x2f\xfd".to_vec(),
        vec![0xff; 5_000],
        vec![0; 5_000],
        good.replace('"', "'").replace("{}", "{'a'}").into_bytes(),
        good.replace('}', ",}").into_bytes(),
        "[".repeat(100_000).into(),
        "{\"patTokens\":".repeat(50_000).into(),
    ]);
    others
}

/// The largest that is still read, and one that is not. Nothing in it is what it should be. Runs
/// in a process of its own, since memory is counted for all tests of a process together.
#[tokio::test]
async fn giants_are_read_in_bounded_time_and_memory() {
    const ALONE: &str = "AZPAT_TEST_ALONE";
    const MOST: usize = 8 << 20;
    if std::env::var_os(ALONE).is_none() {
        let name = "azure::tests::corpus::giants_are_read_in_bounded_time_and_memory";
        let alone = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(ALONE, "1")
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let fill = |before: &str, piece: &str, after: &str| {
        let room = MOST - before.len() - after.len() - 8;
        [before, &piece.repeat(room / piece.len()), after].concat().into_bytes()
    };
    let begin = peak();
    for asked in [Asked::List, Asked::Token] {
        for body in [
            fill("[0", ",0", "]"),
            fill("", "[", ""),
            fill("\"", "x", "\""),
            fill("{\"continuationToken\":[0", ",0", "]}"),
            fill("{\"patTokens\":{\"a\":[0", ",0", "]}}"),
            fill("{\"patToken\":[0", ",0", "]}"),
            fill("{\"patTokenError\":[0", ",0", "]}"),
            fill("{\"message\":[0", ",0", "],\"patTokens\":7,\"patToken\":7}"),
            vec![b' '; MOST + 1],
        ] {
            is_refused(asked, body).await;
        }
    }
    let body = fill("{\"patTokens\":[0", ",0", "]}");
    let Ok(Read::Page(page)) = read(Asked::List, ok(body)).await else { panic!("a list") };
    assert!(page.pats.is_empty() && page.unreadable > 4_000_000);
    let grown = peak().saturating_sub(begin);
    assert!(grown < 200 << 10, "{grown} KiB");
}

/// The most memory that this process ever had, in KiB; 0 where the system does not tell.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// Every field with every wrong value, twice, and not at all.
#[tokio::test]
async fn one_wrong_field_spoils_nothing_else() {
    let (wrong, mut cases) = (wrong(), 0);
    for asked in [Asked::List, Asked::Token, Asked::Account, Asked::Organizations] {
        let good = good(asked);
        for field in fields(&good) {
            each(asked, &field, &good, &wrong).await;
            cases += wrong.len() + 2;
        }
    }
    assert!(cases > 1_000, "{cases}");
}

async fn each(asked: Asked, field: &Field, good: &str, wrong: &[(Vec<u8>, bool)]) {
    for (value, is_json) in wrong {
        let body = field.replaced(good, value);
        if *is_json {
            spoilt(asked, field, value == b"null", body).await;
        } else {
            is_refused(asked, body).await;
        }
    }
    spoilt(asked, field, false, field.doubled(good)).await;
    spoilt(asked, field, true, field.renamed(good)).await;
}

/// A body that is right but for one field: what is read of it is right but for that.
async fn spoilt(asked: Asked, field: &Field, is_absent: bool, body: Vec<u8>) {
    let case = format!("{asked:?} with wrong {} of {}", field.name, shown(&body));
    let is_text = std::str::from_utf8(&body).is_ok();
    match read(asked, ok(body)).await {
        Err(failure) => {
            check(&failure, &case);
            // What is no text at all is refused as a whole.
            let may_fail = !is_text || !field.is_in_first && field.name != "count";
            assert!(may_fail, "{case}: {failure}");
        }
        Ok(Read::Page(page)) => {
            assert!(page.pats.iter().all(|pat| is_near(pat, &field.name)), "{case}");
            if field.is_in_first {
                assert!(page.pats.contains(&second()), "{case}");
                assert_eq!(page.pats.len() + page.unreadable, 2, "{case}");
            }
        }
        Ok(Read::Token(pat)) => {
            assert!(is_near(&pat, &field.name) && pat.id == first().id, "{case}");
            // An error that is there and is not `none` must not pass for a success.
            assert!(field.name != "patTokenError" || is_absent, "{case}");
        }
        Ok(Read::Account(account)) => {
            assert!(["person", "alias"].contains(&&*account.id) || field.name == "id", "{case}");
        }
        Ok(Read::Organizations(names)) => {
            assert!(names.contains(&"fabrikam".to_owned()) || !field.is_in_first, "{case}");
            let others = names.iter().filter(|name| !["contoso", "fabrikam"].contains(&&***name));
            assert!(others.count() == 0 || field.name == "accountName", "{case}");
        }
        Ok(Read::Revoked) => unreachable!("{case}"),
    }
}

/// Whether a token is one of the list but for this field.
fn is_near(pat: &Pat, field: &str) -> bool {
    [first(), second()].into_iter().any(|mut same| {
        match field {
            "displayName" => same.name = pat.name.clone(),
            "scope" => same.scope = Arc::clone(&pat.scope),
            "targetAccounts" => same.target = pat.target.clone(),
            "validFrom" => same.valid_from = pat.valid_from,
            "validTo" => same.valid_to = pat.valid_to,
            _ => {}
        }
        same == *pat
    })
}
