//! A difference in words.

use std::fmt;

use super::{Difference, Owed, Parting, Which, Witness};
use crate::{
    explore::{Stopped, grouped},
    story,
};

/// The most commands that are named beside the one a story tells of.
const NAMED: usize = 5;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { one, other, .. } = self;
        match self.settings.len() {
            0 => return writeln!(f, "{one} and {other} are the same in all their settings."),
            1 => writeln!(f, "{one} and {other} differ in one setting:")?,
            many => writeln!(f, "{one} and {other} differ in {many} settings:")?,
        }
        for setting in &self.settings {
            writeln!(f, "  {setting}")?;
        }
        if !self.same_size {
            return writeln!(f, "\nNo group is of a size that both allow, so none was looked at.");
        }
        for witness in &self.witnesses {
            self.witness(f, witness)?;
        }
        for parting in &self.partings {
            self.parting(f, parting)?;
        }
        for owed in &self.owed {
            self.owed(f, owed)?;
        }
        self.seen(f)
    }
}

impl Difference {
    const fn name(&self, which: Which) -> &String {
        match which {
            Which::One => &self.one,
            Which::Other => &self.other,
        }
    }

    fn witness(&self, f: &mut fmt::Formatter<'_>, witness: &Witness) -> fmt::Result {
        let refuses = self.name(match witness.accepted_by {
            Which::One => Which::Other,
            Which::Other => Which::One,
        });
        let (label, rules) = (witness.command.label(), witness.refused_by.join(", "));
        let accepts = self.name(witness.accepted_by);
        writeln!(f, "\n{accepts} lets them {label}, {refuses} doesn't ({rules}){}:", because(&witness.settings))?;
        story::write_lines(f, &witness.story)?;
        for line in &witness.says {
            writeln!(f, "  {refuses}: {line}")?;
        }
        if witness.also.is_empty() {
            return Ok(());
        }
        let also: Vec<_> = witness.also.iter().take(NAMED).map(|kind| kind.label()).collect();
        let more = match witness.also.len() - also.len() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        writeln!(f, "  By {rules} it also refuses to {}{more}.", also.join(", to "))
    }

    fn parting(&self, f: &mut fmt::Formatter<'_>, parting: &Parting) -> fmt::Result {
        let (label, one, other) = (parting.command.label(), parting.one.label(), parting.other.label());
        let why = because(&parting.settings);
        writeln!(f, "\nTo {label} leads to {one} under {} and to {other} under {}{why}:", self.one, self.other)?;
        story::write_lines(f, &parting.story)?;
        match parting.more {
            0 => Ok(()),
            1 => writeln!(f, "  It also leads to two other stages."),
            more => writeln!(f, "  It also leads to {more} other pairs of stages."),
        }
    }

    fn owed(&self, f: &mut fmt::Formatter<'_>, owed: &Owed) -> fmt::Result {
        writeln!(f, "\nSomething falls due at another time{}:", because(&owed.settings))?;
        story::write_lines(f, &owed.story)?;
        for (name, at) in [(&self.one, owed.one), (&self.other, owed.other)] {
            match at {
                Some(at) => writeln!(f, "  {name}: {}, on {at}.", owed.says)?,
                None => writeln!(f, "  {name}: never ({}).", owed.says)?,
            }
        }
        Ok(())
    }

    /// What was looked at, and what of the settings no story tells.
    fn seen(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        if self.witnesses.is_empty() && self.partings.is_empty() {
            writeln!(f, "No story was found within these bounds in which one allows what the other refuses.")?;
        }
        for (setting, says) in &self.plain {
            writeln!(f, "By {setting} nothing is allowed or refused: {says}.")?;
        }
        if !self.untold.is_empty() {
            writeln!(f, "No story here tells of: {}.", self.untold.join(", "))?;
        }
        if !self.in_code.is_empty() {
            let rules: Vec<_> = self.in_code.iter().map(String::as_str).collect();
            writeln!(
                f,
                "That there is no other story holds as far as the rules in code ({}) look only at what states are told apart by.",
                rules.join(", ")
            )?;
        }
        let seen = match self.stopped {
            None => "all of what the bounds allow",
            Some(Stopped::Asked) => "only a part of what the bounds allow, as it was stopped",
            Some(Stopped::States) => "only a part of what the bounds allow, as there are no more states to be kept",
            Some(Stopped::Memory) => "only a part of what the bounds allow, as the memory was used up",
        };
        let mut bounds = self.bounds.say();
        // A rule of both may let nobody else join.
        if let Some(size) = bounds.first_mut().filter(|_| self.stopped.is_none() && self.largest < self.bounds.members) {
            *size = format!("a group of {} at most, as no more could join under both", self.largest);
        }
        writeln!(f, "{} pairs of states looked at, {seen}: {}.", grouped(self.pairs), bounds.join("; "))
    }
}

fn because(settings: &[String]) -> String {
    if settings.is_empty() { String::new() } else { format!(", because of {}", settings.join(", ")) }
}
