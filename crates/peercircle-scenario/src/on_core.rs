//! What runners that have the core inside need: a command and who gives it by seat, and answers and reports as a script has them.

use peercircle_core::{Actor, Command, Context, Cycle, MemberId, Revision, SeatSet, Verdict, WireActor, WireCommand};

use crate::{Answer, Ask, Refusal, Report};

impl Ask<'_> {
    /// The command and its context, resolved against the cycle it is given to. `answered` is what its key was answered with before
    /// (R-04): the first event and the last.
    ///
    /// # Errors
    /// The [`Answer`] to give, where the command can't be read or names somebody whom the cycle doesn't know.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::Cycle;
    /// use peercircle_scenario::{Answer, Ask};
    /// let command = serde_json::json!({"type": "session.start"});
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let ask = Ask { at, by: "organiser", command, id: None, revision: None, elsewhere: &[] };
    /// let cycle = Cycle::default();
    /// let Ok((command, context)) = ask.resolve(&cycle, None) else { return Err("not resolved".into()) };
    /// assert_eq!(Answer::of(&cycle.decide(&command, &context), &cycle).code, "wrong_phase");
    /// let nobody = Ask { by: "zed", ..ask };
    /// assert_eq!(nobody.resolve(&cycle, None).unwrap_err().code, "unknown_member");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(&self, cycle: &Cycle, answered: Option<(Revision, Revision)>) -> Result<(Command, Context), Answer> {
        let no = |code: &str, error: String| Answer { code: code.to_owned(), says: Some(error), ..Answer::default() };
        let actor = match self.by {
            "organiser" => WireActor::Organiser {},
            "host" => WireActor::Host {},
            id => WireActor::Member { member: id.parse().map_err(|error| no("unreadable", format!("{error}")))? },
        };
        let actor = actor.resolve(cycle).map_err(|error| no(error.code(), error.to_string()))?;
        let command: WireCommand =
            serde_json::from_value(self.command.clone()).map_err(|error| no("unreadable", error.to_string()))?;
        let command = command.resolve(cycle.roster()).map_err(|error| no(error.code(), error.to_string()))?;
        let seat = |id: &MemberId| WireActor::Member { member: id.clone() }.resolve(cycle).ok().and_then(Actor::seat);
        let context = Context {
            command_id: self.id,
            expected_revision: self.revision,
            answered,
            elsewhere: self.elsewhere.iter().filter_map(seat).collect::<SeatSet>(),
            ..Context::new(actor, self.at)
        };
        Ok((command, context))
    }
}

impl Answer {
    /// The answer that a verdict is; `before` is the cycle that the command was given to.
    #[must_use]
    pub fn of(verdict: &Verdict, before: &Cycle) -> Self {
        let says = match verdict {
            Verdict::Duplicate { first, last } => Some(format!("done before: events {first} to {last}")),
            Verdict::Accepted(_) | Verdict::Refused(_) => None,
        };
        let refusals = before.view_refusals(verdict.refusals()).into_iter().map(|no| Refusal {
            code: no.code.to_owned(),
            rule: no.rule,
            says: no.says,
            helps: no.helps,
        });
        Self { code: verdict.code().to_owned(), refusals: refusals.collect(), says }
    }
}

impl Report {
    /// What this cycle has come to.
    #[must_use]
    pub fn of(cycle: &Cycle) -> Self {
        let view = cycle.view();
        let outcome = |outcome| serde_json::to_value(outcome).ok().and_then(|value| value.as_str().map(str::to_owned));
        let members = view.members.iter().filter_map(|one| Some((one.member.to_string(), outcome(one.outcome)?)));
        Self {
            stage: view.stage.name().to_owned(),
            members: members.collect(),
            facts: serde_json::to_value(cycle.disclose()).unwrap_or_default(),
        }
    }
}
