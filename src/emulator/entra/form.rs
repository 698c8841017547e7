//! Named values of a request, from a query or a form. A value that is empty counts as left out.

use axum::http::header::CONTENT_TYPE;
use url::form_urlencoded;

use super::denial::Denial;
use crate::emulator::service::Exchange;

/// The values in the order in which they came.
pub(super) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    pub(super) fn new(fields: &[(String, String)]) -> Self {
        Self { fields: fields.to_vec() }
    }

    /// The body, if it is a form.
    pub(super) fn read(exchange: &Exchange) -> Self {
        let kind = exchange.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_form =
            kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let body: &[u8] = if is_form { &exchange.body } else { &[] };
        Self { fields: form_urlencoded::parse(body).into_owned().collect() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn need(&self, name: &str) -> Result<&str, Denial> {
        self.get(name).ok_or_else(|| {
            let text = format!("The request body must contain the following parameter: '{name}'.");
            Denial::saying(900_144, text)
        })
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
