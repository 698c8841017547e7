//! What a network or a broken server can do to a call, and what is said about it.

use std::net::Ipv4Addr;

use azpat::{
    azure::{Client, Settings},
    failure::{Failure, FailureKind},
    operations::{Completeness, Incomplete, Page, list},
    pat::Organization,
    secret::Bearer,
    sign_in::SignIn,
};
use futures_util::future::join_all;
use tokio::net::TcpSocket;

use super::{
    rig::{client, limits},
    server::{Server, Then, json},
};

async fn list_at(server: &Server) -> (Vec<Page>, Result<Completeness, Failure>) {
    let (client, _) = client(&server.url(), "token", limits());
    let pages = std::sync::Mutex::new(Vec::new());
    let contoso: Organization = "contoso".parse().unwrap();
    let mut ends = list::list(&client, &[contoso], |page| pages.lock().unwrap().push(page)).await;
    (pages.into_inner().unwrap(), ends.pop().unwrap().1)
}

async fn failure_of(answer: impl Into<Vec<u8>>, then: Then) -> Failure {
    let server = Server::start(answer, then).await;
    list_at(&server).await.1.unwrap_err()
}

#[tokio::test]
async fn redirects_are_never_followed() {
    for status in [301, 302, 303, 307, 308] {
        let target = Server::json("{}").await;
        let redirect = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {}x\r\nContent-Length: 0\r\n\r\n",
            target.url()
        );
        let failure = failure_of(redirect, Then::Close).await;
        let expected = format!("unexpected redirect to 127.0.0.1 [{status}]");
        assert_eq!((failure.kind, failure.why), (FailureKind::Service, expected));
        assert_eq!(target.connections(), 0);
    }
}

#[tokio::test]
async fn addresses_outside_the_list_are_refused_before_a_socket_opens() {
    let server = Server::json("{}").await;
    let port = server.url().port().unwrap();
    for address in [
        format!("http://evil@127.0.0.1:{port}/"),
        format!("http://127.0.0.1.evil:{port}/"),
        format!("http://localhost.:{port}/"),
        "https://dev.azure.com/".to_owned(),
        "http://vssps.dev.azure.com/".to_owned(),
    ] {
        for is_profile in [true, false] {
            let (wrong, right) = (address.parse().unwrap(), server.url());
            let (service_url, profile_url) =
                if is_profile { (right, wrong) } else { (wrong, right) };
            let settings = Settings {
                service_url,
                profile_url,
                api_version: String::new(),
                sign_in: SignIn::token(Bearer::new("token")),
            };
            let failure = Client::new(settings, |_| {}).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Usage, "{address}");
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn each_stage_has_its_words() {
    // Nobody else can take the port while it is held, and nobody listens on it.
    let held = TcpSocket::new_v4().unwrap();
    held.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let free = held.local_addr().unwrap();
    let (refused, _) = client(&format!("http://{free}/").parse().unwrap(), "token", limits());
    let failure = refused.account(None).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Network);
    assert_eq!(failure.why, format!("{free} refused the connection"));

    let ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let stages = [
        ("", Then::Close, FailureKind::Network, "closed the connection before an answer"),
        ("", Then::Reset, FailureKind::Network, "reset the connection before an answer"),
        ("", Then::Hold, FailureKind::Network, "sent no answer within "),
        (ok, Then::Close, FailureKind::Network, "cut its answer short"),
        (ok, Then::Reset, FailureKind::Network, "cut its answer short"),
        (ok, Then::Hold, FailureKind::Network, "fell silent for 0.5 s within its answer"),
        ("SSH-2.0-OpenSSH\r\n\r\n", Then::Close, FailureKind::Service, "does not answer in HTTP"),
        (
            "\u{15}\u{3}\u{3}\0\u{2}\u{2}F",
            Then::Close,
            FailureKind::Service,
            "does not answer in HTTP",
        ),
    ];
    join_all(stages.map(async |(answer, then, kind, words)| {
        let failure = failure_of(answer, then).await;
        assert!(failure.why.starts_with("127.0.0.1:"), "{failure}");
        assert!(failure.why.contains(words), "{failure}, expected {words}");
        assert_eq!(failure.kind, kind, "{failure}");
    }))
    .await;
}

#[tokio::test]
async fn endless_headers_are_cut_off() {
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(100_000));
    let long = format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "b".repeat(2 << 20));
    for answer in [many, long] {
        let failure = failure_of(answer, Then::Close).await;
        assert!(failure.why.starts_with("the headers of 127.0.0.1:"), "{failure}");
    }
}

#[tokio::test]
async fn plain_text_on_the_tls_port_fails_closed() {
    let server = Server::start("HTTP/1.1 200 OK\r\n\r\n", Then::Close).await;
    let mut url = server.url();
    url.set_scheme("https").unwrap();
    let (client, _) = client(&url, "token", limits());
    let failure = client.account(None).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Network, "{failure}");
}

#[tokio::test]
async fn a_list_that_never_ends_is_left() {
    let page = |n: usize| json(format!("{{\"patTokens\":[],\"continuationToken\":\"{n}\"}}"));
    let server = Server::answering(page, Then::Close).await;
    let (pages, end) = list_at(&server).await;
    assert_eq!(end, Ok(Completeness::Incomplete(Incomplete::TooManyPages)));
    assert_eq!((pages.len(), server.connections()), (3_000, 3_000));
}

#[tokio::test]
async fn a_continuation_token_that_comes_again_ends_the_list() {
    let page = json("{\"patTokens\":[],\"continuationToken\":\"same\"}");
    let server = Server::start(page, Then::Close).await;
    let (_, end) = list_at(&server).await;
    assert_eq!(end, Ok(Completeness::Incomplete(Incomplete::RepeatedPage)));
    assert_eq!(server.connections(), 6);
}

/// Status and type decide before the body does.
#[tokio::test]
async fn a_list_under_the_wrong_status_or_type_is_no_list() {
    let list = "{\"patTokens\":[],\"continuationToken\":\"\"}";
    let answer = |status: &str, media: &str| {
        let length = list.len();
        format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\r\n{list}"
        )
    };
    let fine = Server::start(answer("200", "Application/JSON; a=b"), Then::Close).await;
    assert_eq!(list_at(&fine).await.1, Ok(Completeness::Complete));
    for (status, media, kind) in [
        ("203", "application/json", FailureKind::SignIn),
        ("401", "application/json", FailureKind::SignIn),
        ("403", "application/json", FailureKind::Refused),
        ("404", "application/json", FailureKind::NotFound),
        ("407", "application/json", FailureKind::Network),
        ("429", "application/json", FailureKind::Throttled),
        ("500", "application/json", FailureKind::Service),
        ("200", "text/plain", FailureKind::Service),
        ("200", "text/html", FailureKind::SignIn),
        ("200", "application/jsonp", FailureKind::Service),
    ] {
        let failure = failure_of(answer(status, media), Then::Close).await;
        assert_eq!(failure.kind, kind, "{status} {media}: {failure}");
    }
}

/// A first page that comes again under another continuation token.
#[tokio::test]
async fn a_page_that_comes_again_is_noticed() {
    let page = |n: usize| {
        json(format!(
            "{{\"patTokens\":[{{\"authorizationId\":\"00000000-0000-0000-0000-000000000001\",\
             \"validFrom\":\"2026-01-01T00:00:00Z\",\"validTo\":\"2026-12-01T00:00:00Z\"}}],\
             \"continuationToken\":\"{n}\"}}"
        ))
    };
    let (pages, end) = list_at(&Server::answering(page, Then::Close).await).await;
    assert_eq!(end, Ok(Completeness::Incomplete(Incomplete::RepeatedPage)));
    assert_eq!(pages.len(), 3);
}

/// Bodies that are JSON, and yet no list.
#[tokio::test]
async fn malformed_lists_are_one_sane_failure() {
    let deep = "[".repeat(100_000);
    let deep = format!("{{\"patTokens\":{{\"a\":{deep}");
    let long = format!("{{\"patTokens\":\"{}\"}}", "x".repeat(7 << 20));
    let bodies: Vec<Vec<u8>> = [
        "",
        "null",
        "true",
        "[]",
        "{}",
        "{",
        "\"\"",
        "NaN",
        "{\"patTokens\":{}}",
        "{\"patTokens\":[]} trailing",
        "\u{feff}{\"patTokens\":[]}",
        "{\"patTokens\":[,]}",
        "{\"patTokens\":[],\"patTokens\":[]}",
        "{\"patTokens\":[],\"continuationToken\":7}",
        "{\"value\":[],\"count\":0}",
        "{\"message\":\"no\",\"typeKey\":\"Bad\"}",
        "{\"patTokenError\":\"accessDenied\",\"patTokens\":[]}",
        &deep,
        &long,
    ]
    .iter()
    .map(|body| body.as_bytes().to_vec())
    .chain([b"{\"patTokens\":[\"\xff\xfe\"]}".to_vec(), b"\xff\xfe{\0}\0".to_vec()])
    .collect();
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let (pages, end) = list_at(&Server::json(&body).await).await;
        let failure = end.unwrap_err();
        assert!(pages.is_empty(), "{shown}");
        assert!(!failure.why.contains("line 1"), "{shown}: {failure}");
        assert!(failure.support_id.is_some(), "{shown}: {failure}");
    }
}

/// One bad entry loses itself and no other, and the listing says so.
#[tokio::test]
async fn entries_are_read_one_by_one() {
    let entry = |id: u8, rest: &str| {
        format!(
            "{{\"authorizationId\":\"00000000-0000-0000-0000-0000000000{id:02}\",\
             \"validFrom\":\"2026-01-01T00:00:00\",{rest}}}"
        )
    };
    let deep = format!(
        "\"validTo\":\"2026-12-01T00:00:00.1234567Z\",\"new\":{}{}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let entries = [
        entry(
            1,
            "\"validTo\":\"2026-12-01T00:00:00Z\",\"displayName\":null,\"scope\":null,\"targetAccounts\":null,\"token\":null,\"extra\":{}",
        ),
        entry(2, &deep),
        entry(3, "\"validTo\":\"2026-12-01T00:00:00+02:00\",\"displayName\":7"),
        entry(4, "\"validTo\":\"someday\""),
        entry(5, "\"validTo\":null"),
        "null".to_owned(),
        "[]".to_owned(),
        "{\"authorizationId\":\"x\"}".to_owned(),
    ];
    let body = format!("{{\"continuationToken\":null,\"patTokens\":[{}]}}", entries.join(","));
    let (pages, end) = list_at(&Server::json(body).await).await;
    assert_eq!(end, Ok(Completeness::Incomplete(Incomplete::UnreadableEntries)));
    assert_eq!(pages.len(), 3);
    for page in pages {
        assert_eq!((page.pats.len(), page.unreadable), (2, 6));
        assert_eq!(page.pats[0].name.raw(), "");
        assert!(page.pats[0].is_global());
    }
}

#[tokio::test]
async fn texts_of_the_service_are_escaped_and_cut() {
    let body = format!(
        "{{\"message\":\"TF999999: \\u001b]0;evil\\u0007 \\u202e{}\",\"typeKey\":\"X\\u0000\"}}",
        "long ".repeat(5_000)
    );
    let answer = format!(
        "HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         ActivityId: <evil>\r\n\r\n{body}",
        body.len()
    );
    let header = "HTTP/1.1 400 Bad\r\nX-TFS-ServiceError: Access%20Denied%3A+no%1b%5D0%3B%26\r\n\
                  ActivityId: abc-1\r\nContent-Length: 0\r\n\r\n";
    let page = "HTTP/1.1 400 Bad\r\nContent-Type: text/html\r\nContent-Length: 60\r\n\r\n\
                <html><TITLE lang=en>\n VS403999: No &amp; never </title><body></body>";
    for (answer, words) in [
        (answer.as_str(), "TF999999: ‹U+001B›]0;evil‹U+0007› ‹U+202E›long long"),
        (header, "the service refused: Access Denied: no‹U+001B›]0;& [400]"),
        (page, "the service refused: VS403999: No & never [VS403999]"),
    ] {
        let failure = failure_of(answer, Then::Close).await;
        assert!(failure.to_string().contains(words), "{failure}");
        assert!(failure.to_string().chars().count() < 500, "{failure}");
        assert!(!failure.to_string().chars().any(char::is_control));
    }
    assert_eq!(failure_of(header, Then::Close).await.support_id.as_deref(), Some("abc-1"));
}
