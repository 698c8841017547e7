//! Who has an organization, asked without the access token.

use azpat::{azure::Owner, failure::FailureKind};

use crate::client::{
    rig::{Rig, client, limits},
    server::{Server, Then},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_tenant_is_asked_once_and_without_the_token() {
    let rig = Rig::start(1).await;
    let organization = rig.organizations()[0].clone();
    rig.emulator.control().clear_requests();
    for _ in 0..3 {
        let id = rig.emulator.tenants()["contoso"];
        assert_eq!(rig.client.tenant(&organization).await, Ok(Owner::Tenant(id)));
    }
    let requests = rig.emulator.control().requests();
    assert_eq!(requests.len(), 1);
    assert!(!requests[0].authorization);
    assert_eq!(requests[0].path, "/contoso/_apis/connectiondata");
    assert_eq!(requests[0].headers["x-tfs-fedauthredirect"], "Suppress");
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_and_missing_organizations_are_told_apart() {
    let answer = |head: &str| format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n").into_bytes();
    let zero = "00000000-0000-0000-0000-000000000000";
    let personal = format!("401 No\r\nWWW-Authenticate: Bearer\r\nX-VSS-ResourceTenant: {zero}");
    let contoso = "contoso".parse().unwrap();
    let server = Server::start(answer(&personal), Then::Close).await;
    let (one, _) = client(&server.url(), "token", limits());
    assert_eq!(one.tenant(&contoso).await, Ok(Owner::Personal));
    for (head, kind) in
        [("404 Not Found", FailureKind::NotFound), ("503 Busy", FailureKind::Service)]
    {
        let server = Server::start(answer(head), Then::Close).await;
        let (one, _) = client(&server.url(), "token", limits());
        let failure = one.tenant(&contoso).await.unwrap_err();
        assert_eq!((failure.kind, failure.hint.is_some()), (kind, true), "{failure}");
    }
    let server = Server::start(answer("200 OK"), Then::Close).await;
    let (one, _) = client(&server.url(), "token", limits());
    assert_eq!(one.tenant(&contoso).await, Ok(Owner::Unknown));
}
