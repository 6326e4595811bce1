//! Then, of the cycle itself: where it is, what HR and its members see of it, and what somebody may do now.

use std::fmt;

use peercircle_core::{CommandKind, Context, Stage};
use serde_json::Value;

use super::Given;
use crate::walk::menu;

impl Given {
    /// The cycle is at this stage.
    ///
    /// # Panics
    /// Where it isn't.
    #[track_caller]
    pub fn then_stage(self, stage: Stage) -> Self {
        let now = self.cycle.stage();
        let line = || format!("expected `{}`, came `{}`", stage.name(), now.name());
        self.holds("the stage", if now == stage { Vec::new() } else { vec![line()] })
    }

    /// What leaves the group is this, as far as it is written out: an object may have more (R-48).
    ///
    /// # Panics
    /// Where it isn't, with what differs.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::{Process, Stage};
    /// use peercircle_testkit::given::given;
    /// let adopting = given(Process::default()).members(6).at(Stage::Adopting);
    /// let _ = adopting.then_discloses(serde_json::json!({"stage": "adopting", "sessions_held": 2}));
    /// ```
    #[track_caller]
    pub fn then_discloses(self, facts: Value) -> Self {
        let came = serde_json::to_value(self.cycle.disclose()).unwrap_or_default();
        self.holds("what leaves the group", unlike("", &facts, &came))
    }

    /// The cycle at a glance, as its members see it, is this, as far as it is written out.
    ///
    /// # Panics
    /// Where it isn't, with what differs.
    #[track_caller]
    pub fn then_view(self, view: Value) -> Self {
        let came = serde_json::to_value(self.cycle.view()).unwrap_or_default();
        self.holds("the view", unlike("", &view, &came))
    }

    /// `by`, a member's id, `organiser` or `host`, may do each of these now, for somebody and in some way.
    ///
    /// # Panics
    /// Where they may not, with what refuses.
    #[track_caller]
    pub fn then_may(self, by: &str, kinds: &[CommandKind]) -> Self {
        let lines = kinds.iter().filter_map(|kind| Some(format!("expected `{kind}`, but {}", self.refused(by, *kind)?)));
        let lines = lines.collect();
        self.holds(&format!("what {by} may do"), lines)
    }

    /// `by` may do none of these now, for nobody and in no way.
    ///
    /// # Panics
    /// Where they may.
    #[track_caller]
    pub fn then_may_not(self, by: &str, kinds: &[CommandKind]) -> Self {
        let may = kinds.iter().filter(|kind| self.refused(by, **kind).is_none());
        let lines = may.map(|kind| format!("expected no `{kind}`, but it is allowed")).collect();
        self.holds(&format!("what {by} may do"), lines)
    }

    /// Why `by` may not give a command of this kind; nothing where they may.
    #[track_caller]
    fn refused(&self, by: &str, kind: CommandKind) -> Option<String> {
        let (actor, rules) = (self.actor(by), self.under.rules());
        let allowed = rules.allowed(&self.cycle, actor, self.now).into_iter().find(|one| one.command == kind);
        if allowed.is_some_and(|one| one.permitted) {
            return None;
        }
        // What comes next says more than any other of its kind.
        let next = rules.guide(&self.cycle, actor, self.now).next.filter(|next| next.kind() == kind);
        let likeliest = next.or_else(|| menu(kind, &self.cycle, self.now).into_iter().next());
        let context = Context::new(actor, self.now);
        let refused = likeliest.map(|command| rules.refusals(&self.cycle, &command, &context)).unwrap_or_default();
        let says: Vec<_> = refused.iter().map(|no| no.say(&self.cycle)).collect();
        Some(if says.is_empty() { "there is nobody to give it for".to_owned() } else { says.join("; ") })
    }

    #[track_caller]
    fn holds(self, what: &str, lines: Vec<String>) -> Self {
        assert!(lines.is_empty(), "{}", Failed { given: &self, what, lines: &lines });
        self
    }
}

/// What differs from what is expected, as far as that is written out.
fn unlike(at: &str, expected: &Value, came: &Value) -> Vec<String> {
    let of = |key: &str| if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") };
    match (expected, came) {
        (Value::Object(expected), Value::Object(came)) => {
            let field = |key: &String| came.get(key).unwrap_or(&Value::Null);
            expected.iter().flat_map(|(key, one)| unlike(&of(key), one, field(key))).collect()
        }
        (Value::Array(expected), Value::Array(came)) => {
            let (wanted, there) = (expected.len(), came.len());
            let many = (wanted != there).then(|| format!("{at}: expected {wanted} of them, came {there}"));
            let pairs = expected.iter().zip(came).enumerate();
            many.into_iter().chain(pairs.flat_map(|(nth, (one, came))| unlike(&of(&nth.to_string()), one, came))).collect()
        }
        _ if expected == came => Vec::new(),
        _ => vec![format!("{at}: expected {expected}, came {came}")],
    }
}

/// A cycle that isn't as it was expected.
struct Failed<'a> {
    given: &'a Given,
    what: &'a str,
    lines: &'a [String],
}

impl fmt::Display for Failed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} came out otherwise", self.what)?;
        for line in self.lines {
            writeln!(f, "  {line}")?;
        }
        write!(f, "  after\n{}", self.given.story)
    }
}
