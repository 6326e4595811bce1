//! An answer in words.

use std::fmt;

use peercircle_core::Stage;

use super::{
    Answer, Doubt, InCode, Knot, KnotKind, Rescue, RuleUse,
    ways::{DEAREST, LOOKED},
    witness::HISTORIES,
};
use crate::{
    explore::{bounds::Reduction, tale::place},
    story::{self, capital},
};

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doubted = self.doubts();
        let sound = match (self.is_sound(), self.stopped) {
            (false, None) if !doubted.is_empty() => "can't be told, because of what a rule in code looks at",
            (true, _) => "sound: every cycle can always still end well",
            (false, Some(_)) => {
                "not finished: what follows is about the part that was seen, and says nothing about the rest"
            }
            (false, None) => "not sound",
        };
        writeln!(f, "{}: {sound}.", self.process)?;
        writeln!(
            f,
            "{} states, {} moves, at most {} moves deep; {} bytes a state.",
            grouped(self.states),
            grouped(self.moves),
            self.depth,
            self.bytes_a_state()
        )?;
        match self.ends {
            Some(ends) => writeln!(
                f,
                "Can still be completed: {}. Below the group's minimum, can end early: {}. Large enough and lost: {}. Stuck for ever: {}.",
                grouped(ends.complete),
                grouped(ends.early),
                grouped(ends.lost),
                grouped(ends.stuck)
            )?,
            None => writeln!(f, "Whether these can still end well isn't known.")?,
        }
        if let Some(stopped) = self.stopped {
            writeln!(f, "{}.", capital(stopped.says()))?;
        }
        for doubt in doubted {
            write!(f, "\n{doubt}")?;
        }
        if !doubted.is_empty() {
            writeln!(
                f,
                "\nSo what follows may not be so. What helps: a small group with less left out, or a condition in the process file."
            )?;
        }
        for knot in &self.knots {
            write!(f, "\n{knot}")?;
        }
        if let Some(far) = looked_for_ways(self) {
            writeln!(f, "\n{far}")?;
        }
        for rescue in &self.rescues {
            write!(f, "\n{rescue}")?;
        }
        if !self.off_plan.is_empty() {
            writeln!(f, "\nThe planned agenda meets rules on time:")?;
        }
        for one in &self.off_plan {
            writeln!(f, "  {}.", one.says)?;
            if let Some(also) = one.says_also() {
                writeln!(f, "  {also}.")?;
            }
        }
        if !self.unreached.is_empty() {
            let names: Vec<_> = self.unreached.iter().map(|stage| stage.label()).collect();
            writeln!(f, "\nNo group ever reaches: {}.", names.join(", "))?;
            for says in self.unreached_because.values().flatten() {
                writeln!(f, "  {says}.")?;
            }
        }
        let further_on = self.dead_further_on();
        for kind in self.dead.iter().filter(|kind| !further_on.contains(kind)) {
            writeln!(f, "\nNobody can ever: {} (`{kind}`).", kind.label())?;
            for says in self.dead_because.get(kind).into_iter().flatten() {
                writeln!(f, "  {says}.")?;
            }
        }
        if !further_on.is_empty() {
            let names: Vec<_> = further_on.iter().map(|kind| format!("{} (`{kind}`)", kind.label())).collect();
            writeln!(f, "\nNobody comes so far as to: {}.", names.join(", "))?;
        }
        for rule in self.idle_rules() {
            writeln!(f, "\n{}.", rule.says_idle())?;
        }
        if !self.unreached.is_empty() || !self.dead.is_empty() || self.idle_rules().next().is_some() {
            writeln!(
                f,
                "\nLooked for within the bounds, with one mishap more, and in {HISTORIES} histories drawn at random."
            )?;
        }
        for property in &self.properties {
            match (&property.broken, &property.untold) {
                (None, Some(why)) => {
                    writeln!(f, "\n{} can't be told: {}. Why: {why}.", property.property, property.says)?;
                }
                (None, None) if self.stopped.is_some() => {
                    writeln!(f, "\n{} isn't broken so far: {}.", property.property, property.says)?;
                }
                (None, None) => writeln!(f, "\n{} holds: {}.", property.property, property.says)?,
                (Some(story), _) => {
                    writeln!(f, "\n{} is broken: {}. A history:", property.property, property.says)?;
                    story::write_lines(f, story)?;
                }
            }
        }
        writeln!(f, "\nAssumed: {}.", self.assumed().join("; "))?;
        let left_out: Vec<_> = self.bounds.reductions.iter().map(Reduction::says).collect();
        if f.alternate() && !left_out.is_empty() {
            writeln!(f, "Left out, because it changes no answer:")?;
            for says in &left_out {
                writeln!(f, "  - {says}")?;
            }
        } else if !left_out.is_empty() {
            writeln!(f, "Left out, because it changes no answer: {} things.", left_out.len())?;
        }
        if let Some(assumed) = self.in_code.as_ref().and_then(InCode::assumes) {
            writeln!(f, "Assumed of the rules in code: {assumed}.")?;
        }
        Ok(())
    }
}

impl InCode {
    /// What an exploration takes for granted of them, a sentence without a full stop; nothing where a rule of the table is knocked out
    /// and there are none.
    #[must_use]
    pub fn assumes(&self) -> Option<String> {
        if self.rules.is_empty() {
            return None;
        }
        let uncompared = match &*self.uncompared {
            [] => String::new(),
            rules => format!("; at none {}, so that it could not be compared", rules.join(", ")),
        };
        Some(format!(
            "{}, that each looks only at what states are told apart by, and at nothing that is left out here; asked again at {} \
             states that histories drawn at random came to{uncompared}",
            self.rules.join(", "),
            grouped(self.compared)
        ))
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} makes this doubtful: {}.", self.rule, self.says)?;
        for (nth, story) in self.stories.iter().enumerate() {
            if self.stories.len() > 1 {
                writeln!(f, "  History {}:", nth + 1)?;
            }
            story::write_lines(f, story)?;
        }
        Ok(())
    }
}

impl fmt::Display for Knot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = match self.kind {
            KnotKind::Stuck => "A group gets stuck for ever",
            KnotKind::Lost => "A group that is large enough can't complete its cycle any more",
            KnotKind::Hopeless => "Even if nothing goes wrong no group completes its cycle; this is how far one gets",
        };
        writeln!(f, "{head} ({}):", self.stage.label())?;
        story::write_lines(f, &self.story())?;
        if let Some(late) = self.kind.says_too_late() {
            writeln!(f, "  {late}.")?;
        }
        for line in &self.in_the_way {
            writeln!(f, "  {line}.")?;
        }
        if let Some(also) = self.says_also() {
            writeln!(f, "  {also}.")?;
        }
        for standing in self.too_late().map(|step| step.then.as_slice()).unwrap_or_default() {
            let may = if standing.may.is_empty() { "nothing that leads on".to_owned() } else { standing.may.join("; ") };
            writeln!(f, "  {} could: {may}.", standing.who)?;
        }
        Ok(())
    }
}

impl fmt::Display for Rescue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Only an exception helps a group out ({}):", self.stage.label())?;
        story::write_lines(f, &self.story)?;
        for line in &self.in_the_way {
            writeln!(f, "  {line}.")?;
        }
        writeln!(f, "  The way out:")?;
        story::write_lines(f, &self.way_out)?;
        writeln!(f, "  {}.", self.ends)?;
        match self.says_also() {
            Some(also) => writeln!(f, "  {also}."),
            None => Ok(()),
        }
    }
}

impl KnotKind {
    /// What can't be done any more, a sentence without a full stop; nothing where nothing ever could.
    pub(crate) const fn says_too_late(self) -> Option<&'static str> {
        match self {
            Self::Stuck => Some("From then on it is too late: whatever anyone does, the cycle can't even be ended"),
            Self::Lost => Some("From then on it is too late: whatever anyone does, the cycle can't be completed"),
            Self::Hopeless => None,
        }
    }
}

impl RuleUse {
    /// Why it is idle, a sentence without a full stop.
    pub(crate) fn says_idle(&self) -> String {
        let (rule, looked, refused) = (&self.rule, grouped(self.looked), grouped(self.refused));
        if self.looked == 0 {
            return format!("The rule {rule} never refuses anything: nobody ever asks for what it looks at");
        }
        if self.refused == 0 {
            return format!(
                "The rule {rule} never refuses anything: it was asked {looked} times, and what it wants was always met"
            );
        }
        let with =
            if self.company.is_empty() { String::new() } else { format!(", most often {}", story::list(&self.company)) };
        format!(
            "The rule {rule} never refuses alone: of {looked} times it refused {refused}, and other rules always refused with it{with}"
        )
    }
}

impl Knot {
    /// Where else the same stops groups, a sentence without a full stop.
    pub(crate) fn says_also(&self) -> Option<String> {
        let states: usize = self.also.values().sum();
        let further = if states == 1 { "state" } else { "states" };
        let met = format!("Other histories meet the same, in {} further {further}", grouped(states));
        let at = |(stage, states): (&Stage, &usize)| format!("{} at {}", grouped(*states), place(*stage));
        match (self.also.len(), self.also.keys().next()) {
            (0, _) | (_, None) => None,
            (1, Some(only)) => Some(format!("{met} at {}", place(*only))),
            (_, Some(_)) => Some(format!("{met}: {}", story::list(&self.also.iter().map(at).collect::<Vec<_>>()))),
        }
    }
}

impl Rescue {
    /// Where else the same helps, a sentence without a full stop.
    pub(crate) fn says_also(&self) -> Option<String> {
        let at: Vec<_> = self.also.iter().map(|stage| place(*stage)).collect();
        (!at.is_empty()).then(|| format!("The same helps at {}", story::list(&at)))
    }
}

/// How far it was looked whether anything leads out where groups are lost or stuck, and no further, and what was found; nothing where
/// it wasn't.
pub(crate) fn looked_for_ways(answer: &Answer) -> Option<String> {
    let left = answer.ends.map(|ends| ends.lost + ends.stuck)?;
    if left == 0 && answer.rescues.is_empty() {
        return None;
    }
    let hopeless = answer.knots.iter().any(|knot| knot.kind == KnotKind::Hopeless);
    let found = match (answer.rescues.is_empty(), left) {
        (true, _) => "None was found".to_owned(),
        (false, 0) => "Wherever groups would be lost or stuck, one was found".to_owned(),
        // Those that every group needs make nothing better, and their states count as lost all the same.
        (false, _) if hopeless => "Some were found, which every group would need".to_owned(),
        (false, 1) => "Some were found, and none from 1 state".to_owned(),
        (false, left) => format!("Some were found, and none from {} states", grouped(left)),
    };
    let far = format!(
        "Ways out by exceptions were looked for: up to {DEAREST} of them, at {LOOKED} points ahead for each number of them. {found}. \
         What more may go wrong once one is taken was not looked at."
    );
    Some(match answer.unasked {
        0 => far,
        1 => format!("{far} 1 state was left out of that: there are too many."),
        many => format!("{far} {} states were left out of that: they are too many.", grouped(many)),
    })
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
