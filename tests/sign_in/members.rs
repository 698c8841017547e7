//! Which of several accounts serves an organization, and that what one began no other ends.

use azpat::{
    azure::Progress,
    effect::SignIn as Wanted,
    emulator::{Fault, FaultKind, Operation, Settings, SignIn as Trouble},
    failure::FailureKind,
    operations::{edit, membership, revoke},
    pat::change::Change,
};

use super::home::{Home, list, organization, robin, some_pat};

#[tokio::test]
async fn the_member_of_an_organization_serves_it_and_nobody_is_passed_over() {
    let home = Home::start().await;
    home.add_kim();
    let ways = home.ways();
    home.ask(&ways, Some("kim@contoso.com"), Wanted::default()).await;
    let client = home.signed_in(&ways).await;
    let found = membership::find(&client, &[]).await.unwrap();
    assert_eq!(found.organizations.len(), 1, "{found:?}");
    assert_eq!(found.failures.len(), 1, "{found:?}");
    list(&client, "contoso").await.unwrap();
    assert_eq!(robin(&client.sign_in().known()).organizations, [organization("contoso")]);
}

#[tokio::test]
async fn whoever_is_no_member_is_passed_over_for_reading_and_never_for_writing() {
    let home = Home::start().await;
    home.add_kim();
    let ways = home.ways();
    home.ask(&ways, Some("kim@contoso.com"), Wanted::default()).await;
    let client = home.signed_in(&ways).await;
    let elsewhere = home.signed_in(&home.ways_in(home.folder.path().join("other"))).await;
    let pat = some_pat(&elsewhere).await;
    let failure = revoke::revoke(&client, &pat).await.unwrap_err();
    assert!(failure.why.contains("TF400813"), "{failure}");
    // Organizations that are named in the configuration are listed without asking who is where.
    list(&client, "contoso").await.unwrap();
    assert_eq!(robin(&client.sign_in().known()).organizations, [organization("contoso")]);
    let before = home.refreshes();
    list(&client, "contoso").await.unwrap();
    assert_eq!(home.refreshes(), before, "the stranger is asked again");
    // Where nobody is left, it ends, and the next call begins anew.
    ways.sign_out(robin(&client.sign_in().known()).identity.as_ref().unwrap().id).await.unwrap();
    let kim = home.kept(&home.ways()).await.unwrap();
    for _ in 0..2 {
        let failure = list(&kim, "contoso").await.unwrap_err();
        assert!(failure.why.contains("TF400813"), "{failure}");
    }
}

/// What became of a write is looked up by the one who wrote: another account sees other tokens, and
/// would take it for gone.
#[tokio::test]
async fn whoever_wrote_looks_what_became_of_it_and_nobody_else() {
    let home = Home::start().await;
    home.add_kim();
    let ways = home.ways();
    home.ask(&ways, Some("kim@contoso.com"), Wanted::default()).await;
    let sign_in = home.ask(&ways, None, Wanted::default()).await;
    let client = home.client(sign_in.clone());
    list(&client, "contoso").await.unwrap();
    let pat = some_pat(&client).await;
    let control = home.rig.emulator.control();
    let calm = control.settings();
    for operation in [Operation::Revoke, Operation::Update] {
        let trap = control.clone();
        // As soon as the write is lost, nobody is known as a member any more.
        let observer = move |progress| {
            let Progress::Called(made) = progress else { return };
            if made.method != "GET" {
                let sign_in = Trouble::MissingScope401;
                trap.set(Settings { sign_in, ..trap.settings() });
            }
        };
        let client = home.observed(sign_in.clone(), observer);
        let faults = vec![Fault::once(operation, FaultKind::LoseBefore)];
        control.set(Settings { faults, ..calm.clone() });
        let failure = if operation == Operation::Revoke {
            revoke::revoke(&client, &pat).await.unwrap_err()
        } else {
            let change = Change { name: Some("other".to_owned()), ..Change::default() };
            edit::edit(&client, &pat, &change).await.unwrap_err()
        };
        assert_eq!(failure.kind, FailureKind::Unconfirmed, "{failure}");
        assert!(failure.why.contains("TF400813"), "{failure}");
        let known = client.sign_in().known();
        assert_eq!(robin(&known).organizations, [organization("contoso")], "{known:?}");
    }
}

#[tokio::test]
async fn one_account_that_is_over_does_not_hide_the_other() {
    let home = Home::start().await;
    home.add_kim();
    let ways = home.ways();
    home.ask(&ways, Some("kim@contoso.com"), Wanted::default()).await;
    home.signed_in(&ways).await;
    home.rig.emulator.control().revoke_refresh_tokens("kim@contoso.com");
    let client = home.kept(&home.ways()).await.unwrap();
    list(&client, "contoso").await.unwrap();
    let known = client.sign_in().known();
    assert_eq!(known.iter().filter(|known| known.signed_out.is_some()).count(), 1, "{known:?}");
    // Each signs out alone.
    let (kim, robin) = (client.sign_in().accounts()[0], client.sign_in().accounts()[1]);
    ways.sign_out(kim.unwrap()).await.unwrap();
    assert_eq!(ways.known().await.unwrap().len(), 1);
    ways.sign_out(robin.unwrap()).await.unwrap();
    assert_eq!((ways.known().await.unwrap(), home.tokens()), (Vec::new(), None));
}
