//! What Entra says when it refuses: the error of an answer, or of a callback. All of it comes from
//! outside; nothing of it is shown before it went through [`super::refusal`].

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::jwt::lenient;

/// The fields of an error. `Debug` and `Display` show none of them.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(super) struct Denial {
    /// The only field that OAuth promises; an answer without it is no denial.
    pub(super) error: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) error_description: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) error_codes: Vec<u32>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) trace_id: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) correlation_id: String,
    /// A claims challenge: JSON within JSON.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) claims: String,
}

impl Denial {
    /// The number of Microsoft's own error, from where it is reliable, else from the text.
    pub(super) fn code(&self) -> Option<u32> {
        let in_text = || {
            let (_, after) = self.error_description.split_once("AADSTS")?;
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            after.get(..end)?.parse().ok()
        };
        self.error_codes.first().copied().or_else(in_text)
    }

    /// The description without the lines that only support wants.
    pub(super) fn text(&self) -> &str {
        let text = self.error_description.as_str();
        text.split("Trace ID:").next().unwrap_or(text).trim()
    }

    /// The ids under which Microsoft's support finds this answer.
    pub(super) fn support_id(&self) -> Option<String> {
        let correlation = self.id(&self.correlation_id, "Correlation ID:");
        let trace = self.id(&self.trace_id, "Trace ID:");
        match (correlation, trace) {
            (Some(correlation), Some(trace)) => Some(format!("{correlation}, trace {trace}")),
            (Some(correlation), None) => Some(correlation.to_string()),
            (None, Some(trace)) => Some(format!("trace {trace}")),
            (None, None) => None,
        }
    }

    /// An id from its field, else from the description, which is all that a callback has.
    fn id(&self, field: &str, label: &str) -> Option<Uuid> {
        let in_text = || {
            let (_, after) = self.error_description.split_once(label)?;
            Uuid::try_parse(after.split_whitespace().next()?).ok()
        };
        Uuid::try_parse(field).ok().or_else(in_text)
    }
}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Denial(***)")
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entra refused")
    }
}

impl oauth2::ErrorResponse for Denial {}

#[cfg(test)]
mod tests {
    use super::*;

    const CORRELATION: &str = "11111111-2222-3333-4444-555555555555";
    const TRACE: &str = "66666666-7777-8888-9999-aaaaaaaaaaaa";

    #[test]
    fn codes_and_ids_come_from_fields_or_from_the_text() {
        let text = format!(
            "AADSTS70043: The refresh token has expired.\r\nTrace ID: {TRACE}\r\nCorrelation ID: \
             {CORRELATION}\r\nTimestamp: 2026-11-24 01:18:44Z"
        );
        let from_text = Denial { error_description: text, ..Denial::default() };
        let fields = serde_json::json!({
            "error": "x", "error_codes": [70043, 1], "trace_id": TRACE, "correlation_id": CORRELATION,
        });
        let from_fields: Denial = serde_json::from_value(fields).unwrap();
        for denial in [&from_text, &from_fields] {
            assert_eq!(denial.code(), Some(70043));
            assert_eq!(denial.support_id(), Some(format!("{CORRELATION}, trace {TRACE}")));
        }
        assert_eq!(from_text.text(), "AADSTS70043: The refresh token has expired.");
    }

    #[test]
    fn fields_of_a_wrong_type_are_as_if_absent() {
        let odd = r#"{"error":"x","error_codes":"7","error_description":{"a":1},"trace_id":7,"claims":[]}"#;
        let denial: Denial = serde_json::from_str(odd).unwrap();
        assert_eq!((denial.code(), denial.support_id(), denial.text()), (None, None, ""));
        let hostile = r#"{"error":"x","trace_id":"\u001b[31m","correlation_id":"<script>"}"#;
        let denial: Denial = serde_json::from_str(hostile).unwrap();
        assert_eq!(denial.support_id(), None);
        assert!(serde_json::from_str::<Denial>(r#"{"error_codes":[1]}"#).is_err());
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let denial = Denial { error: "s3cret".to_owned(), ..Denial::default() };
        assert!(!format!("{denial:?}{denial}").contains("s3cret"));
    }
}
