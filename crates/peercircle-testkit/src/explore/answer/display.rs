//! An answer in words.

use std::fmt;

use super::{
    Answer, Doubt, InCode, Knot, KnotKind, Rescue,
    knots::{DEAREST, LOOKED},
    witness::HISTORIES,
};
use crate::{
    explore::bounds::Reduction,
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
        if !self.unreached.is_empty() {
            let names: Vec<_> = self.unreached.iter().map(|stage| stage.label()).collect();
            writeln!(f, "\nNo group ever reaches: {}.", names.join(", "))?;
        }
        if !self.dead.is_empty() {
            let names: Vec<_> = self.dead.iter().map(|kind| format!("{} (`{kind}`)", kind.label())).collect();
            writeln!(f, "\nNobody can ever: {}.", names.join(", "))?;
        }
        for rule in self.idle_rules() {
            let why = if rule.refused == 0 {
                "never refuses anything"
            } else {
                "never refuses alone: other rules always refuse with it"
            };
            writeln!(f, "\nThe rule {} {why}.", rule.rule)?;
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
                    writeln!(f, "\n{} is broken: {}. The shortest history:", property.property, property.says)?;
                    story::write_lines(f, story)?;
                }
            }
        }
        writeln!(f, "\nAssumed: {}.", self.bounds.say().join("; "))?;
        let reductions: Vec<_> = self.bounds.reductions.iter().map(Reduction::says).collect();
        writeln!(f, "Left out, because it changes no answer: {}.", reductions.join("; "))?;
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
        Some(format!(
            "{}, that each looks only at what states are told apart by, and at nothing that is left out here; asked again at {} \
             states that histories drawn at random came to",
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
            KnotKind::Hopeless => "Within these bounds no group completes its cycle; this is how far one gets",
        };
        writeln!(f, "{head} ({}):", self.stage.label())?;
        story::write_lines(f, &self.story())?;
        if self.kind != KnotKind::Hopeless {
            writeln!(f, "  From then on it is too late.")?;
        }
        for line in &self.in_the_way {
            writeln!(f, "  In the way {line}.")?;
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
        writeln!(f, "  The way out:")?;
        story::write_lines(f, &self.way_out)
    }
}

/// How far it was looked whether anything leads out where groups are lost or stuck; nothing where none are.
pub(crate) fn looked_for_ways(answer: &Answer) -> Option<String> {
    answer.ends.filter(|ends| ends.lost + ends.stuck > 0)?;
    let far = format!(
        "Ways out by exceptions were looked for: up to {DEAREST} of them, at {LOOKED} points ahead for each number of them."
    );
    Some(match answer.unasked {
        0 => far,
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
