//! Microsoft Entra ID as far as a public client sees it: tenants, people, and the v2 endpoints that sign them in. It
//! hands out tokens and knows who holds which; what a token opens is the business of `gate`.

mod authorize;
mod denial;
pub(super) mod device;
mod directory;
mod form;
mod grant;
mod jwt;
mod metadata;
mod page;
mod report;
mod scope;
mod settings;
mod store;
mod token;

use axum::response::Response;

pub(super) use directory::Directory;
pub use report::{DeviceRecord, DeviceState, EntraReport};
pub use settings::{Application, DeviceFlow, Endpoint, Entra, IdTokenTwist, NextError, Person};
pub(super) use store::{Access, Store};

use super::fault::Operation;
use super::service::Exchange;
use super::world::World;
use form::Form;

/// The application that exists unless the settings name others.
pub(super) const CLIENT_ID: uuid::Uuid = uuid::uuid!("b9c4f1d2-6a0e-4c57-9a35-7e1f0d2c8b46");

/// Azure DevOps, as Entra knows it.
pub(super) const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";

/// Answers a request to one of the endpoints.
pub(super) fn answer(world: &World, exchange: &Exchange) -> Response {
    let call = &exchange.call;
    let query = Form::new(call.query());
    match call.operation {
        Operation::Metadata => metadata::answer(world, &call.organization),
        Operation::Authorize if call.is_post() => {
            authorize::decide(world, &call.organization, &Form::read(exchange))
        }
        Operation::Authorize => authorize::ask(world, &call.organization, &query),
        Operation::Devicecode => device::begin(world, &call.organization, exchange),
        Operation::Devicelogin if call.is_post() => device::decide(world, &Form::read(exchange)),
        Operation::Devicelogin => device::ask(world, &query),
        _ => token::answer(world, &call.organization, exchange),
    }
}
