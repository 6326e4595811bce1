//! How the tool answers: in words with colour where a terminal wants it, or in JSON.

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use serde::Serialize;
use serde_json::json;

pub(crate) const HEAD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const YES: Style = AnsiColor::Green.on_default();
pub(crate) const NO: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Where answers go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    json: bool,
}

impl Out {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// The answer: as JSON, or told by `tell`.
    pub(crate) fn answer(self, answer: &impl Serialize, tell: impl FnOnce()) -> Result<()> {
        if self.json {
            anstream::println!("{}", serde_json::to_string_pretty(answer)?);
        } else {
            tell();
        }
        Ok(())
    }

    /// Something to know beside the answer; on standard error, in either form.
    pub(crate) fn note(self, text: &str) {
        anstream::eprintln!("{NO}note:{NO:#} {text}");
    }

    /// What went wrong.
    pub(crate) fn fail(self, error: &anyhow::Error) {
        self.fail_as(code(error), &format!("{error:#}"));
    }

    /// What went wrong, with its code.
    pub(crate) fn fail_as(self, code: &str, message: &str) {
        if self.json {
            anstream::println!("{}", json!({"error": {"code": code, "message": message}}));
        } else {
            anstream::eprintln!("{BAD}peercircle:{BAD:#} {message}");
        }
    }
}

/// The stable code of the first error of the chain that has one.
fn code(error: &anyhow::Error) -> &'static str {
    use peercircle_core::{IdError, InstantError, NameError};
    use peercircle_wire::{DecodeError, LineError};
    let of = |cause: &(dyn std::error::Error + 'static)| {
        let line = cause.downcast_ref::<LineError>().map(LineError::code);
        let decode = || cause.downcast_ref::<DecodeError>().map(DecodeError::code);
        let name = || cause.downcast_ref::<NameError>().map(NameError::code);
        let other = || {
            let known: [(bool, &'static str); 4] = [
                (cause.is::<IdError>(), "invalid_id"),
                (cause.is::<InstantError>(), "invalid_instant"),
                (cause.is::<serde_json::Error>(), "unreadable"),
                (cause.is::<std::io::Error>(), "io"),
            ];
            known.iter().find(|(is, _)| *is).map(|(_, code)| *code)
        };
        line.or_else(decode).or_else(name).or_else(other)
    };
    error.chain().find_map(of).unwrap_or("failed")
}
