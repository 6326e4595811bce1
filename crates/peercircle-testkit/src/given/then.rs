//! Then: what the command under test was answered.

use std::{collections::BTreeSet, fmt};

use peercircle_core::CommandKind;

use super::Given;

/// What a case was answered.
#[derive(Clone, Debug)]
pub struct Then {
    pub(super) given: Given,
    pub(super) command: CommandKind,
    /// `accepted`, `duplicate`, or the code of the first refusal.
    pub code: &'static str,
    /// The names of the rules that refused.
    pub rules: Vec<String>,
    /// Each refusal in words.
    pub says: Vec<String>,
    /// The types of the events that were written.
    pub events: Vec<&'static str>,
}

impl Then {
    /// It was accepted; the case goes on from there.
    ///
    /// # Panics
    /// Where it wasn't.
    #[track_caller]
    pub fn then_accepted(self) -> Given {
        self.holds("accepted", self.code == "accepted");
        self.given
    }

    /// It was accepted and wrote events of these types.
    ///
    /// # Panics
    /// Where it didn't.
    #[track_caller]
    pub fn then_events(self, types: &[&str]) -> Given {
        self.holds(&format!("events {}", types.join(", ")), self.events == types);
        self.given
    }

    /// Exactly these rules refused, in whichever order.
    ///
    /// # Panics
    /// Where others did.
    #[track_caller]
    pub fn then_refused_by(self, rules: &[&str]) -> Given {
        let came: BTreeSet<_> = self.rules.iter().map(String::as_str).collect();
        let same = came == rules.iter().copied().collect();
        self.holds(&format!("refused by {}", rules.join(", ")), self.code == "rule_refused" && same);
        self.given
    }

    /// This kind of "no": `wrong_phase`, `not_your_role`, `stale_revision` or `rule_refused`; or `duplicate`, where the key was
    /// answered before.
    ///
    /// # Panics
    /// Where it was another.
    #[track_caller]
    pub fn then_no(self, code: &str) -> Given {
        self.holds(code, self.code == code);
        self.given
    }

    #[track_caller]
    fn holds(&self, expected: &str, holds: bool) {
        assert!(holds, "{}", Failed { then: self, expected });
    }
}

/// A case that came out otherwise.
struct Failed<'a> {
    then: &'a Then,
    expected: &'a str,
}

impl fmt::Display for Failed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let then = self.then;
        writeln!(f, "`{}` came out otherwise", then.command)?;
        writeln!(f, "  expected  {}", self.expected)?;
        match then.code {
            "accepted" => writeln!(f, "  came      accepted, events {}", then.events.join(", "))?,
            // What was answered before, no rule refuses.
            code if then.rules.is_empty() => writeln!(f, "  came      {code}")?,
            code => writeln!(f, "  came      {code}: {}", then.rules.join(", "))?,
        }
        for line in &then.says {
            writeln!(f, "            {line}")?;
        }
        write!(f, "  after\n{}", then.given.story)
    }
}
