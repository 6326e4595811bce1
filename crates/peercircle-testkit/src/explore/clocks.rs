//! Clocks: which bounds on elapsed time the process's own rules have, and at which stages anything hangs on them.

use peercircle_core::{Condition, ElapsedBound, KindSet, OwnRuleSpec, Since, Stage, StageSet};

use super::asked::leaves;

/// A session's stages, first and last.
const SESSIONS: [(Stage, Stage); 2] =
    [(Stage::ExploreWelcome, Stage::ExploreTakeaways), (Stage::ReflectWelcome, Stage::ReflectTakeaways)];

/// A bound on elapsed time that a rule of the process's own has.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    pub(super) bound: ElapsedBound,
    /// The stages at which the rule hangs on more than the stage.
    asked: StageSet,
    /// The stages of sessions at which it makes a difference that time passes until the bound: where the rule is asked; and before,
    /// where another looks at how long the phase runs that is open then.
    pub(super) stops: StageSet,
}

/// All such bounds.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks(Vec<Clock>);

impl Clocks {
    pub(super) fn of(rules: &[OwnRuleSpec]) -> Self {
        let clocks = |rule: &OwnRuleSpec| -> Vec<Clock> {
            let asked = asked_at(rule);
            let bound = |leaf: &Condition| if let Condition::Elapsed(bound) = leaf { Some(bound.clone()) } else { None };
            let bounds = leaves(&rule.require).into_iter().filter_map(bound);
            bounds.map(|bound| Clock { bound, asked, stops: asked }).collect()
        };
        let mut clocks = Self(rules.iter().flat_map(clocks).collect());
        let phases = clocks.asked(Since::PhaseOpened);
        for clock in clocks.0.iter_mut().filter(|clock| clock.bound.since != Since::PhaseOpened) {
            let both = clock.asked.iter().filter(|stage| phases.contains(*stage));
            clock.stops = both.filter_map(since_the_start).fold(clock.asked, StageSet::or);
        }
        clocks
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Clock> {
        self.0.iter()
    }

    /// The longest that a bound since this moment reaches, in minutes.
    pub(super) fn longest(&self, since: Since) -> Option<u32> {
        let these = self.0.iter().map(|clock| &clock.bound).filter(|bound| bound.since == since);
        these.filter_map(|bound| bound.at_least_minutes.max(bound.at_most_minutes)).max()
    }

    /// The stages at which something hangs on the time since this moment.
    pub(super) fn asked(&self, since: Since) -> StageSet {
        let these = self.0.iter().filter(|clock| clock.bound.since == since);
        these.fold(StageSet::of(&[]), |all, clock| all.or(clock.asked))
    }

    /// The stages of a session at which, or after which before it closes, something hangs on a clock; and, where phases are opened
    /// again, before which as well.
    pub(super) fn in_sessions(&self) -> [StageSet; 2] {
        let asked = [Since::SessionStarted, Since::PhaseOpened, Since::ExploreClosed].map(|since| self.asked(since));
        let asked = asked.into_iter().fold(StageSet::of(&[]), StageSet::or);
        let whole = |(first, last)| StageSet::between(first, last);
        let ahead = asked.iter().filter_map(since_the_start).fold(StageSet::of(&[]), StageSet::or);
        let these = SESSIONS.into_iter().filter(|(first, _)| ahead.contains(*first));
        [ahead, these.map(whole).fold(StageSet::of(&[]), StageSet::or)]
    }
}

/// A session's stages up to this one; nothing where it is none of a session.
fn since_the_start(stage: Stage) -> Option<StageSet> {
    let session = SESSIONS.into_iter().find(|(first, last)| (*first..=*last).contains(&stage));
    session.map(|(first, _)| StageSet::between(first, stage))
}

/// The stages to which something belongs that a rule looks at, and where the rule hangs on more than the stage.
fn asked_at(rule: &OwnRuleSpec) -> StageSet {
    let open = |stage: &Stage| {
        let kinds = KindSet::at_stage(*stage);
        rule.applies_to.iter().any(|kind| kinds.contains(*kind)) && settled(&rule.require, *stage).is_none()
    };
    Stage::ALL.iter().copied().filter(open).fold(StageSet::of(&[]), |all, stage| all.or(StageSet::of(&[stage])))
}

/// What a condition says wherever a cycle is at this stage; nothing where that hangs on more.
fn settled(condition: &Condition, stage: Stage) -> Option<bool> {
    let of_each = |of: &[Condition], least: usize| {
        let (mut held, mut open) = (0, 0);
        for one in of {
            match settled(one, stage) {
                Some(true) => held += 1,
                None => open += 1,
                Some(false) => {}
            }
        }
        if held >= least { Some(true) } else { (held + open < least).then_some(false) }
    };
    match condition {
        Condition::All(of) => of_each(of, of.len()),
        Condition::Any(of) => of_each(of, 1),
        Condition::AtLeast { n, of } => of_each(of, usize::from(*n)),
        Condition::Not(one) => settled(one, stage).map(|holds| !holds),
        Condition::Stage(stages) => Some(stages.contains(&stage)),
        Condition::Role(_)
        | Condition::Elapsed(_)
        | Condition::Attendance { .. }
        | Condition::Count(_)
        | Condition::Phase(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(applies_to: &str, require: &str) -> OwnRuleSpec {
        let text =
            format!(r#"{{"id": "A-1", "title": "a", "applies_to": ["{applies_to}"], "require": {require}, "remedy": "b"}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_clock_counts_where_a_rule_that_looks_at_it_is_asked_and_the_stage_alone_does_not_settle_it() {
        let closing = rule("session.close", r#"{"elapsed": {"since": "session_started", "at_most_minutes": 90}}"#);
        let clocks = Clocks::of(&[closing]);
        let closes = StageSet::of(&[Stage::ExploreTakeaways, Stage::ReflectTakeaways]);
        assert_eq!(clocks.asked(Since::SessionStarted), closes);
        assert_eq!(clocks.asked(Since::PhaseOpened), StageSet::of(&[]));

        let second =
            r#"{"any": [{"stage": ["explore.takeaways"]}, {"elapsed": {"since": "phase_opened", "at_most_minutes": 5}}]}"#;
        let clocks = Clocks::of(&[rule("session.close", second)]);
        assert_eq!(clocks.asked(Since::PhaseOpened), StageSet::of(&[Stage::ReflectTakeaways]));
        let [ahead, whole] = clocks.in_sessions();
        assert_eq!((ahead, whole), (StageSet::between(Stage::ReflectWelcome, Stage::ReflectTakeaways), ahead));

        // Where the phase's clock is looked at beside the session's, it matters how late the phase is opened.
        let late = rule("session.close", r#"{"elapsed": {"since": "session_started", "at_least_minutes": 90}}"#);
        let stops = |rules: &[OwnRuleSpec]| Clocks::of(rules).iter().map(|clock| clock.stops).collect::<Vec<_>>();
        assert_eq!(stops(std::slice::from_ref(&late)), [closes]);
        assert_eq!(
            stops(&[late, rule("session.close", second)]),
            [ahead.or(closes), StageSet::of(&[Stage::ReflectTakeaways])]
        );

        let stories = rule("story.share", r#"{"elapsed": {"since": "phase_opened", "at_most_minutes": 2}}"#);
        let [ahead, whole] = Clocks::of(&[stories]).in_sessions();
        assert!(ahead.contains(Stage::StorySharing) && !ahead.contains(Stage::Discussion));
        assert!(whole.contains(Stage::ExploreTakeaways) && !whole.contains(Stage::ReflectWelcome));
    }

    #[test]
    fn a_condition_that_asks_for_more_than_the_stage_is_open() {
        let stage = |name: &str| format!(r#"{{"stage": ["{name}"]}}"#);
        let (here, there, count) =
            (stage("practising"), stage("adopting"), r#"{"count": {"of": "plans", "at_least": 1}}"#.to_owned());
        for (require, says) in [
            (format!(r#"{{"all": [{there}, {count}]}}"#), Some(false)),
            (format!(r#"{{"all": [{here}, {count}]}}"#), None),
            (format!(r#"{{"any": [{here}, {count}]}}"#), Some(true)),
            (format!(r#"{{"any": [{there}, {count}]}}"#), None),
            (format!(r#"{{"not": {here}}}"#), Some(false)),
            (format!(r#"{{"at_least": {{"n": 2, "of": [{here}, {here}, {count}]}}}}"#), Some(true)),
            (format!(r#"{{"at_least": {{"n": 2, "of": [{there}, {there}, {count}]}}}}"#), Some(false)),
            (format!(r#"{{"at_least": {{"n": 2, "of": [{there}, {here}, {count}]}}}}"#), None),
        ] {
            let condition: Condition = serde_json::from_str(&require).unwrap();
            assert_eq!(settled(&condition, Stage::Practising), says, "{require}");
        }
    }
}
