//! A program of the user's own that takes the secret from its standard input, or tests it.

use secrecy::zeroize::Zeroizing;

use super::{Delivery, form::Form, places::Places, program::Program, template};
use crate::{
    config::SinkSettings,
    failure::{Failure, FailureKind},
    secret::PatSecret,
};

/// A program and the form in which it gets the secret.
#[derive(Debug)]
pub(super) struct CommandPlan {
    program: Program,
    form: Form,
    /// What stands in it and is not known, in words.
    unknown: Option<&'static str>,
}

impl CommandPlan {
    /// The program that takes the secret.
    pub(super) fn take(
        sink: &SinkSettings,
        places: &Places,
        delivery: &Delivery,
    ) -> Result<Self, Failure> {
        Self::new(sink, &sink.command, places, delivery)
    }

    /// Another program of the sink, which tests it.
    pub(super) fn new(
        sink: &SinkSettings,
        words: &[String],
        places: &Places,
        delivery: &Delivery,
    ) -> Result<Self, Failure> {
        let unknown = words.iter().find_map(|word| template::unknown(word, delivery));
        let filled = words.iter().map(|word| template::word(word, delivery));
        let program = Program::find(&filled.collect::<Vec<_>>(), places.home.as_deref());
        let program = program.map_err(|why| {
            Failure::new(FailureKind::Usage, format!("run the program of {}", sink.name), why)
        })?;
        Ok(Self { program: program.limit(sink.limit), form: sink.format.into(), unknown })
    }

    pub(super) fn target(&self) -> String {
        format!("`{}`", self.program.shown())
    }

    pub(super) async fn carry_out(&self, secret: &PatSecret) -> Result<(), Failure> {
        if let Some(why) = self.unknown {
            return Err(Failure::new(FailureKind::Usage, format!("run {}", self.target()), why)
                .hint("name the token"));
        }
        let input: Zeroizing<String> = self.form.fill(secret);
        let ran = self.program.run(input.as_bytes(), secret).await;
        ran.map(|_| ()).map_err(|why| {
            Failure::new(FailureKind::Service, format!("run {}", self.target()), why)
        })
    }
}
