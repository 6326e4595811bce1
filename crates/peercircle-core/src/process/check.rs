//! What makes a process valid. Every issue is found in one pass, with its place.

use std::fmt::Display;

use super::{Agenda, Condition, ProcessIssue, ProcessSpec};
use crate::{CommandKind, PhaseKind, Role, SessionKind, seat::MAX_SEATS};

/// How deep conditions may nest.
const MAX_DEPTH: usize = 8;

/// Phases that no process may skip: welcome opens the session, stories and reports are what the rest lives from.
const NEVER_SKIPPED: [PhaseKind; 4] =
    [PhaseKind::Welcome, PhaseKind::StorySharing, PhaseKind::ReportBack, PhaseKind::Takeaways];

/// Phases that a process may leave out with 0 minutes.
const MAY_BE_LEFT_OUT: [PhaseKind; 4] =
    [PhaseKind::Discussion, PhaseKind::SkillBuilding, PhaseKind::NextSteps, PhaseKind::LessonsLearned];

pub(super) fn issues(spec: &ProcessSpec) -> Vec<ProcessIssue> {
    let mut found = Issues(Vec::new());
    found.unless(!spec.name.trim().is_empty(), "name", "a name", "nothing");
    found.group(spec);
    found.unless(spec.ground_rules_version >= 1, "ground_rules_version", "1 or more", spec.ground_rules_version);
    found.agenda("explore", &spec.explore);
    found.agenda("reflect", &spec.reflect);
    found.phases(spec);
    found.attendance(spec);
    found.quorum(spec);
    found.clock(spec);
    found.gap(spec);
    found.within("practice.weeks", spec.practice.weeks.into(), 1, 8);
    found.within("practice.adoption_days", spec.practice.adoption_days.into(), 1, 180);
    found.unless(!spec.place.allowed.is_empty(), "place.allowed", "at least one kind of place", "none");
    found.within("retention.content_days", spec.retention.content_days.into(), 0, 366);
    found.within("retention.fact_days", spec.retention.fact_days.into(), spec.retention.content_days.into(), 7320);
    found.within("retention.fewest_people", spec.retention.fewest_people.into(), 2, 100);
    found.who_may(spec);
    found.rules(spec);
    found.0
}

struct Issues(Vec<ProcessIssue>);

impl Issues {
    fn unless(&mut self, holds: bool, path: impl Display, expected: impl Display, got: impl Display) {
        if !holds {
            let (path, expected, got) = (path.to_string(), expected.to_string(), got.to_string());
            self.0.push(ProcessIssue { path, expected, got });
        }
    }

    fn within(&mut self, path: impl Display, value: u32, low: u32, high: u32) {
        let expected = if low == high { low.to_string() } else { format!("{low} to {high}") };
        self.unless((low..=high).contains(&value), path, expected, value);
    }

    fn group(&mut self, spec: &ProcessSpec) {
        let most = u8::try_from(MAX_SEATS).unwrap_or(u8::MAX);
        let group = &spec.group;
        let high = group.maximum.clamp(3, most);
        self.within("group.minimum", group.minimum.into(), 3, high.into());
        if (3..=high).contains(&group.minimum) {
            self.within("group.target", group.target.into(), group.minimum.into(), high.into());
        }
        self.within("group.maximum", group.maximum.into(), 3, most.into());
    }

    fn agenda(&mut self, name: &str, agenda: &Agenda) {
        let mut total: u32 = 0;
        for one in agenda.phases() {
            let place = |field: &str| format!("{name}.{}.{field}", one.phase.name());
            let low = u32::from(!MAY_BE_LEFT_OUT.contains(&one.phase));
            self.within(place("minutes"), one.minutes.into(), low, 240);
            let floor = format!("0 to {}, the minutes of the phase", one.minutes);
            self.unless(one.floor_minutes <= one.minutes, place("floor_minutes"), floor, one.floor_minutes);
            self.unless(!one.title.trim().is_empty(), place("title"), "a title", "nothing");
            total = total.saturating_add(one.minutes.into());
        }
        self.unless(total <= 480, name, "at most 480 minutes in all", total);
    }

    fn phases(&mut self, spec: &ProcessSpec) {
        for (at, phase) in spec.phases.skippable.iter().enumerate() {
            let never = NEVER_SKIPPED.contains(phase);
            self.unless(!never, format_args!("phases.skippable[{at}]"), "a phase that can be skipped (R-02)", phase.name());
        }
        self.within("phases.reopenings", spec.phases.reopenings.into(), 0, 3);
    }

    fn attendance(&mut self, spec: &ProcessSpec) {
        let attendance = &spec.attendance;
        self.within("attendance.apology_hours", attendance.apology_hours.into(), 0, 336);
        self.within("attendance.reminder_hours", attendance.reminder_hours.into(), 0, 336);
        for (name, session, phase) in [
            ("explore_closes_at", SessionKind::Explore, attendance.explore_closes_at),
            ("reflect_closes_at", SessionKind::Reflect, attendance.reflect_closes_at),
        ] {
            let known = session.phases().contains(&phase) && phase != PhaseKind::Welcome;
            let expected = format!("a phase of {} after the welcome", session.label());
            self.unless(known, format_args!("attendance.{name}"), expected, phase.name());
        }
        self.within("attendance.written_report_days", attendance.written_report_days.into(), 1, 90);
    }

    fn quorum(&mut self, spec: &ProcessSpec) {
        let quorum = &spec.quorum;
        self.within("quorum.denominator", quorum.denominator.into(), 1, 16);
        self.within("quorum.numerator", quorum.numerator.into(), 1, u32::from(quorum.denominator).max(1));
        self.within("quorum.floor", quorum.floor.into(), 2, u32::from(spec.group.minimum).max(2));
    }

    fn clock(&mut self, spec: &ProcessSpec) {
        let clock = &spec.clock;
        self.within("clock.overrun_minutes", clock.overrun_minutes.into(), 0, 60);
        self.within("clock.grace_minutes", clock.grace_minutes.into(), clock.overrun_minutes.min(240).into(), 240);
        self.within("clock.pause_minutes", clock.pause_minutes.into(), 0, 120);
        self.within("clock.resume_days", clock.resume_days.into(), 1, 60);
    }

    fn gap(&mut self, spec: &ProcessSpec) {
        let gap = &spec.gap;
        self.within("gap.minimum_days", gap.minimum_days.into(), 1, gap.maximum_days.clamp(1, 366).into());
        let low = gap.minimum_days.min(366);
        self.within("gap.target_days", gap.target_days.into(), low.into(), gap.maximum_days.max(low).into());
        self.within("gap.maximum_days", gap.maximum_days.into(), 1, 366);
    }

    fn who_may(&mut self, spec: &ProcessSpec) {
        for (kind, roles) in &spec.who_may {
            let possible: Vec<_> = kind.roles().iter().map(|role| format!("`{}`", role.name())).collect();
            let possible = possible.join(", ");
            self.unless(!roles.is_empty(), format_args!("who_may.{kind}"), &possible, "nobody");
            for (at, role) in roles.iter().enumerate() {
                let known = kind.roles().contains(*role);
                // Both are members, whom a rule can ask for.
                let narrower = matches!(role, Role::Facilitator | Role::Timekeeper);
                let way = if narrower && kind.roles().contains(Role::Member) {
                    format!("; a rule of your own can ask for that one, by `require = {{ role = [\"{}\"] }}`", role.name())
                } else {
                    String::new()
                };
                let expected = format_args!("{possible}, as `who_may` only takes away{way}");
                self.unless(known, format_args!("who_may.{kind}[{at}]"), expected, format_args!("`{}`", role.name()));
            }
        }
    }

    fn rules(&mut self, spec: &ProcessSpec) {
        for (at, rule) in spec.rules.iter().enumerate() {
            let place = |field: &str| format!("rules[{at}].{field}");
            let own = !rule.id.trim().is_empty() && !rule.id.starts_with("R-");
            self.unless(own, place("id"), "an id that does not begin with `R-`", format_args!("`{}`", rule.id));
            let twice = spec.rules.iter().take(at).any(|other| other.id == rule.id);
            self.unless(!twice, place("id"), "an id of its own", format_args!("`{}` again", rule.id));
            self.unless(!rule.title.trim().is_empty(), place("title"), "a title", "nothing");
            self.unless(!rule.remedy.trim().is_empty(), place("remedy"), "what would unblock it", "nothing");
            self.unless(!rule.applies_to.is_empty(), place("applies_to"), "at least one kind of command", "none");
            let forms = rule.applies_to.iter().position(|kind| *kind == CommandKind::FormCycle);
            if let Some(form) = forms {
                self.unless(
                    false,
                    format_args!("rules[{at}].applies_to[{form}]"),
                    "a command to a cycle that exists",
                    "cycle.form",
                );
            }
            self.condition(&place("require"), &rule.require, 1);
        }
    }

    fn condition(&mut self, path: &str, condition: &Condition, depth: usize) {
        if depth > MAX_DEPTH {
            return self.unless(false, path, format_args!("conditions nested at most {MAX_DEPTH} deep"), "deeper ones");
        }
        match condition {
            Condition::All(of) => self.conditions(&format!("{path}.all"), of, depth),
            Condition::Any(of) => self.conditions(&format!("{path}.any"), of, depth),
            Condition::Not(one) => self.condition(&format!("{path}.not"), one, depth + 1),
            Condition::AtLeast { n, of } => {
                let most = u32::try_from(of.len()).unwrap_or(u32::MAX).max(1);
                self.within(format_args!("{path}.at_least.n"), (*n).into(), 1, most);
                self.conditions(&format!("{path}.at_least.of"), of, depth);
            }
            Condition::Elapsed(bound) => {
                self.bounds(&format!("{path}.elapsed"), "_minutes", bound.at_least_minutes, bound.at_most_minutes)
            }
            Condition::Count(bound) => {
                self.bounds(&format!("{path}.count"), "", bound.at_least.map(u32::from), bound.at_most.map(u32::from));
            }
            Condition::Role(list) => self.listed(&format!("{path}.role"), list.len()),
            Condition::Attendance { is, .. } => self.listed(&format!("{path}.attendance.is"), is.len()),
            Condition::Stage(list) => self.listed(&format!("{path}.stage"), list.len()),
            Condition::Phase(list) => self.listed(&format!("{path}.phase"), list.len()),
        }
    }

    fn conditions(&mut self, path: &str, of: &[Condition], depth: usize) {
        self.unless(!of.is_empty(), path, "at least one condition", "none");
        for (at, one) in of.iter().enumerate() {
            self.condition(&format!("{path}[{at}]"), one, depth + 1);
        }
    }

    fn listed(&mut self, path: &str, len: usize) {
        self.unless(len > 0, path, "at least one value", "none");
    }

    fn bounds(&mut self, path: &str, unit: &str, low: Option<u32>, high: Option<u32>) {
        match (low, high) {
            (None, None) => {
                self.unless(false, path, format_args!("at_least{unit}, at_most{unit} or both"), "neither");
            }
            (Some(low), Some(high)) if low > high => {
                self.unless(false, format_args!("{path}.at_most{unit}"), format_args!("{low} or more"), high);
            }
            (Some(_), _) | (None, Some(_)) => {}
        }
    }
}
