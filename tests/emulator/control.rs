//! The control endpoint, the record of requests, the state file, and start and stop.

use std::time::Duration;

use azpat::emulator::{Emulator, Fault, FaultKind, Operation, Options, Settings, StartError};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::client::{Answer, Client};

async fn patch(client: &Client, body: Value) -> Answer {
    Answer::read(client.bare(Method::PATCH, "_control").json(&body).send().await.unwrap()).await
}

#[tokio::test]
async fn settings_are_merged_and_shown() {
    let client = Client::with_tokens(1).await;
    let policies = json!({ "policies": { "lifespan_days": 30 }, "throttle": { "block": 1 } });
    let merged = patch(&client, policies).await.json();
    assert_eq!(merged["policies"]["lifespan_days"], 30);
    assert_eq!(merged["policies"]["global_blocked"], true, "what is not named stays");
    assert_eq!(client.control().settings().throttle.block, 1);
    assert_eq!(client.list(&[]).await.status, 429);

    // Another part does not start the counter of this one afresh.
    patch(&client, json!({ "sign_in": "normal", "policies": { "lifespan_days": null } })).await;
    assert_eq!(client.list(&[]).await.status, 200);
    assert_eq!(client.control().settings().policies.lifespan_days, None);
    let shown =
        Answer::read(client.bare(Method::GET, "_control").send().await.unwrap()).await.json();
    assert_eq!(shown, serde_json::to_value(client.control().settings()).unwrap());

    let fault = json!({ "kind": { "drip_body": { "interval_ms": 3 } }, "times": 1 });
    assert_eq!(
        patch(&client, json!({ "faults": [fault, { "kind": "garbage" }] })).await.status,
        200
    );
    assert_eq!(client.control().settings().faults.len(), 2);
}

#[tokio::test]
async fn unknown_keys_and_wrong_types_are_refused_by_name() {
    let client = Client::with_tokens(1).await;
    for (body, name) in [
        (json!({ "latency": 3 }), "latency"),
        (json!({ "latency_ms": "3" }), "latency_ms"),
        (json!({ "sign_in": "maybe" }), "sign_in"),
        (json!({ "policies": { "lifespan_days": -1 } }), "policies.lifespan_days"),
        (json!({ "policies": { "no_tokens": true } }), "policies.no_tokens"),
        (json!({ "throttle": { "status": 418 } }), "throttle.status"),
        (json!({ "throttle": 3 }), "throttle"),
        (json!({ "faults": [{ "kind": "explode" }] }), "faults"),
        (json!({ "faults": [{ "kind": "garbage", "chance": 1 }] }), "chance"),
        (json!({ "faults": [{ "kind": { "status": 99 } }] }), "faults.kind.status"),
        (
            json!({ "faults": [{ "kind": { "redirect": { "location": "/", "status": 200 } } }] }),
            "redirect.status",
        ),
        (json!({ "faults": [{ "kind": "garbage", "probability": 2 }] }), "probability"),
        (json!({ "entra": { "auto_accept": 1 } }), "entra.auto_accept"),
        (json!({ "entra": { "next_errors": [{ "code": 1 }] } }), "entra.next_errors"),
        (json!({ "entra": { "id_token": "wrong_colour" } }), "entra.id_token"),
        (json!([]), "object"),
    ] {
        let answer = patch(&client, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["message"].as_str().unwrap().contains(name), "{}", answer.text);
    }
    assert_eq!(client.control().settings(), Settings::default());
}

#[tokio::test]
async fn requests_are_recorded_without_the_bearer() {
    let client = Client::with_tokens(1).await;
    client.create(json!({ "displayName": "a", "scope": "vso.code" })).await;
    client.bare(Method::GET, "non/sense?a=b").send().await.unwrap();
    let all = client.get("_control/requests").await;
    assert!(!all.text.contains(client.emulator.access_token()));
    let body = all.json();
    let (first, second) = (&body["requests"][0], &body["requests"][1]);
    assert_eq!(first["method"], "POST");
    assert_eq!(first["body"]["displayName"], "a");
    assert_eq!((&first["authorization"], &first["status"]), (&json!(true), &json!(200)));
    assert_eq!(first["headers"]["content-type"], "application/json");
    assert_eq!(first["headers"]["authorization"], Value::Null);
    assert_eq!((&second["path"], &second["query"]), (&json!("/non/sense"), &json!("a=b")));
    assert_eq!((&second["authorization"], &second["status"]), (&json!(false), &json!(401)));
    assert_eq!(body["peak_in_flight"], 1);
    assert_eq!(client.get("_control/ledger").await.json().as_array().unwrap().len(), 2);
    let cleared = client.bare(Method::DELETE, "_control/requests").send().await.unwrap();
    assert_eq!(cleared.status(), StatusCode::NO_CONTENT);
    assert_eq!((client.control().requests().len(), client.control().peak_in_flight()), (0, 0));
}

#[tokio::test]
async fn the_high_water_mark_counts_concurrent_operations() {
    let client = Client::with_tokens(1).await;
    client.control().set(Settings { latency_ms: 100, ..Settings::default() });
    let list = || client.list(&[]);
    tokio::join!(list(), list(), list(), list(), list());
    assert_eq!(client.control().peak_in_flight(), 5);
}

#[tokio::test]
async fn the_state_file_keeps_the_ledger_but_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let options = Options { state: Some(state.clone()), ..Options::generated(&[("contoso", 5)]) };
    let client = Client::start(options.clone()).await;
    assert!(!state.exists(), "it follows writes only");
    let created = client.create(json!({ "displayName": "kept", "scope": "vso.code" })).await.json();
    let id = created["patToken"]["authorizationId"].as_str().unwrap();
    client.update(json!({ "authorizationId": id, "displayName": "kept too" })).await;
    client.revoke(id).await;
    let before = client.control().ledger();
    let text = std::fs::read_to_string(&state).unwrap();
    assert!(!text.contains(created["patToken"]["token"].as_str().unwrap()));
    assert!(!text.contains(client.emulator.access_token()));
    drop(client);

    let client = Client::start(Options { seed: 99, ..options.clone() }).await;
    assert_eq!(client.control().ledger(), before);
    assert_eq!(client.emulator.organizations(), ["contoso"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");

    for bad in ["", "{}", "{\"tokens\":[]", &text.replace("\"home\": 0", "\"home\": 1")] {
        std::fs::write(&state, bad).unwrap();
        let error = Emulator::start(options.clone()).await.unwrap_err();
        assert!(matches!(error, StartError::State { .. }));
        assert!(error.to_string().contains("state.json") && error.to_string().contains("hint: "));
        assert_eq!(std::fs::read_to_string(&state).unwrap(), bad, "left as it was");
    }
}

/// A killed process leaves a file beside it that nobody holds; a living one holds its own.
#[tokio::test]
async fn what_a_crash_left_beside_the_state_file_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let [left, held, other] = [".state.json.aB3.new", ".state.json.cD4.new", "state.json.new"]
        .map(|name| folder.path().join(name));
    for path in [&left, &held, &other] {
        std::fs::write(path, "{\"tok").unwrap();
    }
    let lock = std::fs::File::open(&held).unwrap();
    lock.lock().unwrap();
    let state = Some(folder.path().join("state.json"));
    let client = Client::start(Options { state, ..Options::generated(&[("contoso", 1)]) }).await;
    assert!(!left.exists() && held.exists() && other.exists());
    client.new_token("kept").await;
    assert!(folder.path().join("state.json").exists() && held.exists());
}

#[tokio::test]
async fn a_state_file_that_cannot_be_written_is_said_so() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("folder");
    let options =
        Options { state: Some(folder.join("state.json")), ..Options::generated(&[("contoso", 0)]) };
    let error = Emulator::start(options.clone()).await.unwrap_err();
    assert!(error.to_string().contains("its folder does not exist"), "{error}");
    std::fs::create_dir(&folder).unwrap();
    let client = Client::start(options).await;
    std::fs::remove_dir(&folder).unwrap();
    let answer = client.create(json!({ "displayName": "a", "scope": "vso.code" })).await;
    assert_eq!(answer.status, 503);
    assert!(answer.json()["message"].as_str().unwrap().contains("could not be written"));
}

#[tokio::test]
async fn the_ready_line_is_all_that_a_client_needs() {
    let client = Client::start(Options::demo()).await;
    let line = client.emulator.ready_line();
    let expected = format!(
        r#"{{"url":"{0}","access_token":"{1}","organizations":["contoso","fabrikam"],"authority":"{0}organizations","client_id":"{2}","tenants":{3}}}"#,
        client.emulator.url(),
        client.emulator.access_token(),
        client.emulator.client_id(),
        serde_json::to_string(&client.emulator.tenants()).unwrap()
    );
    assert_eq!(line, expected);
    assert!(
        !format!("{:?} {:?}", client.emulator, client.control())
            .contains(client.emulator.access_token())
    );
}

#[tokio::test]
async fn dropping_it_frees_the_port_and_ends_all_connections() {
    let client = Client::with_tokens(1).await;
    let port = client.emulator.url().port().unwrap();
    let taken = Emulator::start(Options { port, ..Options::demo() }).await.unwrap_err();
    assert!(
        matches!(taken, StartError::Bind { .. }) && taken.to_string().contains(&port.to_string())
    );

    let faults = vec![Fault::always(Operation::List, FaultKind::StallBefore)];
    client.control().set(Settings { faults, ..Settings::default() });
    let mut waiting = client.raw("GET /contoso/_apis/tokens/pats HTTP/1.1").await;
    while client.control().peak_in_flight() == 0 {
        tokio::task::yield_now().await;
    }
    drop(client);
    let ended =
        tokio::time::timeout(Duration::from_secs(10), waiting.read(&mut [0])).await.unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)));
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}
