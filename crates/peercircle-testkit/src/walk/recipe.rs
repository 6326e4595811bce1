//! How a walk was made, as it is written in Rust, so that it can be made again.

use std::fmt;

use peercircle_core::Instant;

use super::{Goal, Step, draws};

/// What began a walk, and what has led it on since.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    seed: u64,
    begun: Begun,
    legs: Vec<Leg>,
    /// What was drawn last, while nobody has taken it.
    drawn: Option<(u64, Step)>,
    /// What time it was when it was led on last: whoever moves the clock does that by hand.
    now: Instant,
}

/// What begins a walk.
#[derive(Clone, Debug)]
pub(super) enum Begun {
    New,
    Through,
    Gathering(Vec<u64>),
    Reaching(Goal),
    ReachingUnder(Goal),
}

/// What leads it on.
#[derive(Clone, Debug)]
enum Leg {
    On(Vec<u64>),
    InTrouble(Vec<u64>),
    Only(Vec<usize>),
    /// A step or a time that nothing drew: no call makes it again, nor what comes after it.
    ByHand,
}

impl Recipe {
    pub(super) const fn new(begun: Begun, seed: u64, now: Instant) -> Self {
        Self { seed, begun, legs: Vec::new(), drawn: None, now }
    }

    /// Steps are drawn and taken, one a draw, and then it is `to`.
    pub(super) fn on(&mut self, all: &[u64], to: Instant) {
        self.now = to;
        match self.legs.last_mut() {
            Some(Leg::On(draws)) => draws.extend(all),
            _ if all.is_empty() => {}
            _ => self.legs.push(Leg::On(all.to_vec())),
        }
    }

    /// The same, in trouble.
    pub(super) fn in_trouble(&mut self, all: &[u64], to: Instant) {
        self.now = to;
        match self.legs.last_mut() {
            Some(Leg::InTrouble(draws)) => draws.extend(all),
            _ if all.is_empty() => {}
            _ => self.legs.push(Leg::InTrouble(all.to_vec())),
        }
    }

    /// A step was drawn, and then it is `to`; it is yet to be taken.
    pub(super) fn drawn(&mut self, draw: u64, step: &Step, to: Instant) {
        (self.drawn, self.now) = (Some((draw, step.clone())), to);
    }

    /// A step is taken: the one that was drawn, or any other.
    pub(super) fn taken(&mut self, step: &Step, now: Instant) {
        match self.drawn.take() {
            Some((draw, drawn)) if drawn == *step && now == self.now => self.on(&[draw], now),
            Some(_) | None => self.by_hand(),
        }
    }

    /// It is led on from here: by hand where what was drawn isn't taken, or somebody has moved the clock.
    pub(super) fn led(&mut self, now: Instant) {
        if self.drawn.take().is_some() || now != self.now {
            self.by_hand();
        }
    }

    /// Only these steps are left, the last of which was taken at `to`.
    pub(super) fn only(&mut self, numbers: Vec<usize>, to: Instant) {
        (self.drawn, self.now) = (None, to);
        // What is left of what was left.
        if let Some(Leg::Only(_)) = self.legs.last() {
            self.legs.pop();
        }
        self.legs.push(Leg::Only(numbers));
    }

    fn by_hand(&mut self) {
        self.legs.push(Leg::ByHand);
    }

    /// Whether no call makes it again.
    pub(super) fn is_by_hand(&self) -> bool {
        self.legs.iter().any(|leg| matches!(leg, Leg::ByHand))
    }

    /// Draws as they are written, shortly where they come from the seed.
    fn written(&self, all: &[u64]) -> String {
        let (seed, many) = (self.seed, all.len());
        if all == draws(seed, many) { format!("draws({seed}, {many})") } else { format!("{all:?}") }
    }
}

/// As it is written in Rust, as far as there are calls for it.
impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seed = self.seed;
        let rest = match (&self.begun, self.legs.as_slice()) {
            (Begun::New, [Leg::On(draws), rest @ ..]) => {
                write!(f, "Walk::along({seed}, &{})", self.written(draws))?;
                rest
            }
            (Begun::New, [Leg::InTrouble(draws), rest @ ..]) => {
                write!(f, "Walk::troubled({seed}, &{})", self.written(draws))?;
                rest
            }
            (Begun::New, rest) => {
                write!(f, "Walk::new({seed})")?;
                rest
            }
            (Begun::Through, rest) => {
                write!(f, "Walk::through(process, {seed})")?;
                rest
            }
            (Begun::Gathering(draws), rest) => {
                write!(f, "Walk::gathering({seed}, &{})", self.written(draws))?;
                rest
            }
            (Begun::Reaching(goal), rest) => {
                write!(f, "Walk::reaching({goal}, {seed})")?;
                rest
            }
            (Begun::ReachingUnder(goal), rest) => {
                write!(f, "Walk::reaching_under(process, {goal}, {seed})")?;
                rest
            }
        };
        if let (Begun::Reaching(_) | Begun::ReachingUnder(_), [Leg::On(_) | Leg::InTrouble(_) | Leg::Only(_), ..]) =
            (&self.begun, rest)
        {
            f.write_str(".unwrap()")?;
        }
        for leg in rest {
            match leg {
                Leg::On(draws) => write!(f, ".on(&{})", self.written(draws))?,
                Leg::InTrouble(draws) => write!(f, ".in_trouble(&{})", self.written(draws))?,
                Leg::Only(numbers) => write!(f, ".only({numbers:?})")?,
                Leg::ByHand => return f.write_str(", then led on by hand"),
            }
        }
        Ok(())
    }
}
