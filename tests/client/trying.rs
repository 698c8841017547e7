//! Whether a new secret works, asked of the organization with the secret itself.

use azpat::{
    emulator::{Fault, FaultKind, Operation, Settings},
    failure::FailureKind,
    operations::{NewPat, revoke::revoke},
    secret::PatSecret,
    sink::{Delivery, Sinks},
};
use chrono::TimeDelta;

use super::{
    creating::create,
    rig::{Rig, limits},
};

#[tokio::test]
async fn a_secret_works_where_it_was_made_until_it_is_revoked() {
    let rig = Rig::with(&[("contoso", 2), ("fabrikam", 2)], limits()).await;
    let [contoso, fabrikam] = [0, 1].map(|at| rig.organizations()[at].clone());
    let new = NewPat {
        organization: contoso,
        name: "ci".to_owned(),
        scope: "vso.code".to_owned(),
        valid_to: azpat::clock::now() + TimeDelta::days(20),
    };
    let creation = create(&rig, new).await.unwrap();
    let sinks = Sinks::new(&[]);
    let sink = sinks.find("netrc").unwrap();
    let here = Delivery::of(&creation.pat);
    let before = rig.emulator.control().requests().len();
    let tested = sink.test(&here, &creation.secret, &rig.client).await.unwrap();
    assert!(tested.words.starts_with("contoso accepts it, as "), "{tested:?}");
    let requests = rig.emulator.control().requests();
    assert_eq!(requests.len(), before + 1);
    assert_eq!(requests[before].path, "/contoso/_apis/connectionData");
    assert_eq!((requests[before].query.as_str(), requests[before].authorization), ("", true));

    let elsewhere = Delivery::to(fabrikam);
    let nonsense = PatSecret::new("n0tAS3cretOfAnybody");
    for (delivery, secret) in [(&elsewhere, &creation.secret), (&here, &nonsense)] {
        let failure = sink.test(delivery, secret, &rig.client).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(failure.why.contains("not accepted (401)"), "{failure}");
    }
    revoke(&rig.client, &creation.pat).await.unwrap();
    assert!(sink.test(&here, &creation.secret, &rig.client).await.is_err());
}

#[tokio::test]
async fn a_refusal_is_looked_at_again() {
    let rig = Rig::start(1).await;
    let organization = rig.organizations()[0].clone();
    let new = NewPat {
        organization,
        name: "ci".to_owned(),
        scope: "vso.code".to_owned(),
        valid_to: azpat::clock::now() + TimeDelta::days(20),
    };
    let creation = create(&rig, new).await.unwrap();
    let sinks = Sinks::new(&[]);
    let sink = sinks.find("git").unwrap();
    let delivery = Delivery::of(&creation.pat);
    for (times, is_accepted) in [(2, true), (3, false)] {
        let fault = Fault::once(Operation::Tenant, FaultKind::Status(401));
        let faults = vec![Fault { times: Some(times), ..fault }];
        rig.emulator.control().set(Settings { faults, ..Settings::default() });
        let tested = sink.test(&delivery, &creation.secret, &rig.client).await;
        assert_eq!(tested.is_ok(), is_accepted, "{tested:?}");
    }
}
