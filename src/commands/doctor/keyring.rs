//! Whether sessions can be kept: a token that means nothing is written, read and removed.

use super::{
    Deadline,
    line::{Group, Line},
};
use crate::{
    config::{ServiceSettings, SignInMethod, TokenStore},
    connect,
};

const GROUP: Group = Group::Keyring;

pub(super) async fn lines(service: &ServiceSettings, deadline: Deadline) -> Vec<Line> {
    let check = match service.entra.token_store {
        TokenStore::Keyring => "keyring",
        TokenStore::File => "file",
    };
    let by_others = matches!(service.sign_in, SignInMethod::AzureCli | SignInMethod::Environment);
    if by_others || service.entra.client_id.is_none() {
        let why = if by_others { "with this `sign_in`" } else { "without `client_id`" };
        return vec![GROUP.ok(check, format!("not used: {why} azpat keeps no session of its own"))];
    }
    let probe = async { connect::token_store(&service.entra)?.probe().await };
    vec![match deadline.wait(GROUP, check, probe).await {
        Ok(Ok(())) => GROUP.ok(check, "a test was written, read and removed"),
        Ok(Err(failure)) => GROUP.failed(check, &failure),
        Err(line) => line,
    }]
}
