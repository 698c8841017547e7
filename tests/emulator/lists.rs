//! Paging, filters, orders and continuation tokens.

use std::collections::BTreeSet;

use azpat::emulator::{Options, Settings};
use serde_json::Value;

use crate::client::{Client, column};

fn ids(tokens: &[Value]) -> BTreeSet<String> {
    column(tokens, "authorizationId").into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_three_filters_together_are_all_that_exists() {
    let client = Client::with_tokens(457).await;
    let ledger = client.control().ledger();
    let now = azpat::clock::now();
    let mut union = BTreeSet::new();
    for filter in ["active", "expired", "revoked"] {
        let (tokens, pages) = client.all(&[("displayFilterOption", filter), ("$top", "50")]).await;
        let found = ids(&tokens);
        assert_eq!(found.len(), tokens.len(), "nothing twice");
        assert_eq!(pages, tokens.len().div_ceil(50));
        let wanted = ledger.iter().filter(|record| {
            filter
                == if record.revoked {
                    "revoked"
                } else if record.valid_to <= now {
                    "expired"
                } else {
                    "active"
                }
        });
        assert_eq!(found, wanted.map(|record| record.id.to_string()).collect());
        union.extend(found);
    }
    assert_eq!(union.len(), 457);
    let (all, _) = client.all(&[("displayFilterOption", "all")]).await;
    assert_eq!(ids(&all), union);
}

#[tokio::test]
async fn pages_have_twenty_tokens_unless_told_and_at_most_a_hundred() {
    let client = Client::with_tokens(300).await;
    let size = async |query: &[(&str, &str)]| {
        client.list(query).await.json()["patTokens"].as_array().unwrap().len()
    };
    assert_eq!(size(&[]).await, 20);
    assert_eq!(size(&[("$top", "1")]).await, 1);
    assert_eq!(size(&[("$top", "100")]).await, 100);
    assert_eq!(size(&[("$top", "5000"), ("displayFilterOption", "all")]).await, 100);
    for bad in ["0", "-1", "ten", "", "99999999999"] {
        assert_eq!(client.list(&[("$top", bad)]).await.status, 400, "{bad:?}");
    }
    for (name, value) in
        [("displayFilterOption", "dead"), ("sortByOption", "size"), ("isSortAscending", "up")]
    {
        assert_eq!(client.list(&[(name, value)]).await.status, 400, "{name}");
    }
}

#[tokio::test]
async fn lists_come_in_the_order_asked_for_and_backwards() {
    let client = Client::with_tokens(250).await;
    for (sort, field) in
        [("displayName", "displayName"), ("displayDate", "validTo"), ("status", "authorizationId")]
    {
        let query = [("sortByOption", sort), ("displayFilterOption", "all"), ("$top", "70")];
        let (forward, _) = client.all(&query).await;
        let descending = [query[0], query[1], query[2], ("isSortAscending", "FALSE")];
        let (mut backward, _) = client.all(&descending).await;
        backward.reverse();
        assert_eq!(forward, backward);
        if sort != "status" {
            let key = |text: &str| text.to_lowercase().trim_end_matches('z').to_owned();
            assert!(column(&forward, field).iter().is_sorted_by_key(|text| key(text)), "{sort}");
        }
    }
}

#[tokio::test]
async fn a_continuation_token_belongs_to_one_list() {
    let client = Client::start(Options::generated(&[("contoso", 200), ("fabrikam", 200)])).await;
    let first = client.list(&[("displayFilterOption", "all")]).await.json();
    let token = first["continuationToken"].as_str().unwrap();
    assert_eq!(
        client.list(&[("displayFilterOption", "all"), ("continuationToken", token)]).await.status,
        200
    );
    assert_eq!(client.list(&[("continuationToken", token)]).await.status, 400, "another filter");
    let other =
        [("displayFilterOption", "all"), ("sortByOption", "status"), ("continuationToken", token)];
    assert_eq!(client.list(&other).await.status, 400, "another order");
    let raw = format!(
        "contoso/_apis/tokens/pats?api-version=7.1-preview&displayFilterOption=all&continuationToken={token}"
    );
    assert_eq!(client.get(&raw).await.status, 400, "not percent-encoded");
    let encoded = raw.replace("contoso", "fabrikam").replace('+', "%2B");
    assert_eq!(client.get(&encoded).await.status, 400, "another organization");
    assert_eq!(client.get(&encoded.replace("fabrikam", "contoso")).await.status, 200);
}

#[tokio::test]
async fn revoking_between_two_pages_hides_nothing() {
    let client = Client::with_tokens(120).await;
    let (before, _) = client.all(&[]).await;
    let first = client.list(&[]).await.json();
    let shown = first["patTokens"].as_array().unwrap();
    for id in column(shown, "authorizationId") {
        assert_eq!(client.revoke(id).await.status, 204);
    }
    let next = client
        .list(&[("continuationToken", first["continuationToken"].as_str().unwrap())])
        .await
        .json();
    assert_eq!(next["patTokens"][0], before[20]);
    assert_eq!(client.all(&[]).await.0, &before[20..]);
}

#[tokio::test]
async fn an_expiry_moves_a_token_from_one_list_to_the_other() {
    let client = Client::with_tokens(0).await;
    client.new_token("a").await;
    assert_eq!(client.all(&[]).await.0.len(), 1);
    client.control().set(Settings { clock_offset_seconds: 31 * 86_400, ..Settings::default() });
    assert_eq!(client.all(&[]).await.0.len(), 0);
    assert_eq!(client.all(&[("displayFilterOption", "expired")]).await.0.len(), 1);
    client.control().set(Settings::default());
    assert_eq!(client.all(&[]).await.0.len(), 1);
}

#[tokio::test]
async fn global_tokens_are_listed_in_every_organization() {
    let client = Client::start(Options::demo()).await;
    let (tokens, _) = client.all(&[("displayFilterOption", "all")]).await;
    let global = tokens.iter().filter(|token| token["targetAccounts"].is_null());
    assert_eq!(global.count(), 4);
    let own = client
        .control()
        .ledger()
        .iter()
        .filter(|record| record.organization == "contoso" || record.global)
        .count();
    assert_eq!(tokens.len(), own);
}
