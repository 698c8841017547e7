//! The authorize endpoint: what it checks, what it shows, and where it sends the browser.

use azpat::emulator::{Application, Person};
use reqwest::Method;

use super::{BACK, challenge, scope, start};
use crate::client::{Answer, Client};

#[tokio::test]
async fn the_metadata_names_the_endpoints() {
    let client = start().await;
    let base = client.emulator.url().as_str().trim_end_matches('/').to_owned();
    assert_eq!(client.emulator.authority(), format!("{base}/organizations"));
    let tenant = client.tenant("contoso");
    for (segment, issuer) in [
        (tenant.as_str(), tenant.as_str()),
        ("organizations", "{tenantid}"),
        ("common", "{tenantid}"),
    ] {
        let path = format!("{segment}/v2.0/.well-known/openid-configuration");
        let body = Answer::read(client.bare(Method::GET, &path).send().await.unwrap()).await.json();
        assert_eq!(body["issuer"], format!("{base}/{issuer}/v2.0"));
        for (name, last) in [
            ("authorization_endpoint", "authorize"),
            ("token_endpoint", "token"),
            ("device_authorization_endpoint", "devicecode"),
        ] {
            assert_eq!(body[name], format!("{base}/{segment}/oauth2/v2.0/{last}"));
        }
    }
    let path = "nobody.example/v2.0/.well-known/openid-configuration";
    let unknown = Answer::read(client.bare(Method::GET, path).send().await.unwrap()).await;
    assert_eq!(unknown.denial(), ("invalid_tenant".to_owned(), 90002));
}

#[tokio::test]
async fn who_accepts_anyway_is_sent_back_with_a_code() {
    let client = start().await;
    let answer = client.visit("organizations", &[]).await;
    assert!(answer.header("location").starts_with(BACK));
    let back = answer.back();
    assert_eq!(back["state"], "a state");
    assert!(back["code"].len() > 100 && !back.contains_key("error"));
    let pathless = client.visit("common", &[("redirect_uri", "http://localhost:4712")]).await;
    assert!(pathless.header("location").starts_with("http://localhost:4712/?code="));
    assert_eq!(client.report().authorize_requests, 2);
}

#[tokio::test]
async fn what_is_wrong_with_the_application_stays_in_the_browser() {
    let client = start().await;
    for (tenant, field, value, code) in [
        ("organizations", "client_id", "b9c4f1d2-6a0e-4c57-9a35-000000000000", 700_016),
        ("organizations", "client_id", "<b>", 700_016),
        ("organizations", "client_id", "", 900_144),
        ("organizations", "redirect_uri", "http://127.0.0.1:4711/", 50011),
        ("organizations", "redirect_uri", "http://localhost:4711/other", 50011),
        ("organizations", "redirect_uri", "https://evil.example/", 50011),
        ("organizations", "redirect_uri", "", 900_971),
        ("organizations", "login_hint", "nobody@contoso.com", 50034),
        ("05f0b08a-e682-4a53-a924-6bd72815be78", "state", "b", 90002),
        ("consumers", "state", "b", 90002),
    ] {
        let answer = client.visit(tenant, &[(field, value)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{field}");
        assert!(answer.text.contains(&format!("AADSTS{code}: ")), "{}", answer.text);
        assert!(!answer.text.contains("<b>"), "texts are escaped");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_request_goes_to_the_application() {
    let client = start().await;
    for (field, value, error, code) in [
        ("response_type", "token", "unsupported_response_type", 700_054),
        ("response_type", "", "invalid_request", 900_144),
        ("response_mode", "form_post", "invalid_request", 70007),
        ("scope", "", "invalid_request", 900_144),
        ("scope", "499b84ac-1321-427f-aa17-267ca6975798/nonsense", "invalid_scope", 70011),
        ("code_challenge", "", "invalid_request", 50147),
        ("code_challenge", "short", "invalid_request", 501_491),
        ("code_challenge_method", "plain", "invalid_request", 501_491),
        ("code_challenge_method", "", "invalid_request", 501_491),
        ("prompt", "maybe", "invalid_request", 90023),
    ] {
        let back = client.visit("organizations", &[(field, value)]).await.back();
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "a state"), "{field}");
        assert!(back["error_description"].starts_with(&format!("AADSTS{code}: ")));
        assert!(!back.contains_key("code"));
    }
}

async fn decide(client: &Client, extra: &[(&str, &str)]) -> Answer {
    let (id, scope, challenge) = (client.emulator.client_id().to_string(), scope(), challenge());
    let mut fields = vec![
        ("client_id", id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", &scope),
        ("state", "a state"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    fields.extend(extra);
    client.post("organizations/oauth2/v2.0/authorize", &fields).await
}

#[tokio::test]
async fn the_page_names_application_account_and_permissions() {
    let client = start().await;
    client.entra(|entra| {
        entra.auto_accept = false;
        entra.applications[0].name = "<script>alert(1)</script>".to_owned();
        entra.people = vec![Person {
            name: "\"Kim\" & Co".to_owned(),
            username: "kim@contoso.com".to_owned(),
            home: None,
            guest_in: None,
        }];
    });
    for prompt in ["", "login", "select_account", "consent"] {
        let page = client
            .visit(
                "organizations",
                &[("prompt", prompt), ("login_hint", "kim@contoso.com"), ("state", "'\"><i>")],
            )
            .await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.header("cache-control").contains("no-store"));
        for sign in [
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "robin@contoso.com",
            "<option value=\"kim@contoso.com\" selected>&quot;Kim&quot; &amp; Co",
            "vso.pats_manage",
            "value=\"&#39;&quot;&gt;&lt;i&gt;\"",
            "action=\"/organizations/oauth2/v2.0/authorize\"",
            "value=\"accept\"",
            "value=\"decline\"",
        ] {
            assert!(page.text.contains(sign), "{sign}: {}", page.text);
        }
        assert!(!page.text.contains("<script") && !page.text.contains("<i>"));
    }
    let silent = client.visit("organizations", &[("prompt", "none")]).await.back();
    assert_eq!(silent["error"], "login_required");
}

#[tokio::test]
async fn the_decision_is_made_by_post() {
    let client = start().await;
    client.entra(|entra| entra.auto_accept = false);
    let by_get = client.visit("organizations", &[("decision", "accept")]).await;
    assert_eq!(by_get.status, 200, "a link decides nothing");
    let accept = [("decision", "accept"), ("account", "robin@contoso.com")];
    let accepted = decide(&client, &accept).await.back();
    assert_eq!(accepted["state"], "a state");
    assert_eq!(client.redeem("organizations", &accepted["code"]).await.status, 200);
    for decision in ["decline", ""] {
        let declined = decide(&client, &[("decision", decision)]).await.back();
        assert_eq!(declined["error"], "access_denied");
        assert!(declined["error_description"].starts_with("AADSTS65004: "));
        assert_eq!(declined["state"], "a state");
    }
    let stranger = [("decision", "accept"), ("account", "nobody@contoso.com")];
    assert!(decide(&client, &stranger).await.text.contains("AADSTS50034"));
}

#[tokio::test]
async fn the_setting_says_who_accepts_and_which_applications_there_are() {
    let client = start().await;
    let other = Application {
        id: uuid::Uuid::from_u128(7),
        name: "other".to_owned(),
        redirects: vec!["http://localhost/back".to_owned()],
    };
    let id = other.id.to_string();
    client.entra(|entra| {
        entra.account = Some("nobody@contoso.com".to_owned());
        entra.applications = vec![other];
    });
    let fields = [("client_id", id.as_str()), ("redirect_uri", "http://localhost:1/back")];
    assert!(client.visit("organizations", &fields).await.text.contains("AADSTS50034"));
    client.entra(|entra| entra.account = Some("robin@contoso.com".to_owned()));
    let answer = client.visit("organizations", &fields).await;
    assert!(answer.header("location").starts_with("http://localhost:1/back?code="));
    assert!(client.visit("organizations", &[]).await.text.contains("AADSTS700016"));
}
