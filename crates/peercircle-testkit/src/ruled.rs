//! A process and the rules in code that groups live it under.

use peercircle_core::{KindSet, OwnRule, Process, RuleId, Rulebook};

/// A process under a rulebook: what everything in the test kit that wants a process takes. A process alone is under the
/// standard one.
///
/// # Example
/// ```
/// use peercircle_core::{Command, CommandKind, KindSet, OwnRule, Process, Rulebook, SessionKind, Stage};
/// use peercircle_testkit::{Ruled, given::given};
/// let even = OwnRule {
///     id: "ACME-7",
///     title: "an even group",
///     applies_to: KindSet::of(&[CommandKind::OpenSession]),
///     check: |facts| if facts.ledger().active().len() % 2 == 0 { Ok(()) } else { Err("one has nobody to pair with") },
///     remedy: "find one more",
/// };
/// let ours = Ruled::new(Process::default(), Rulebook::standard().with(even));
/// let opening = |many| {
///     let scheduled = given(&ours).members(many).at(Stage::Scheduled).after(3600);
///     scheduled.when("organiser", Command::OpenSession { session: SessionKind::Explore })
/// };
/// opening(5).then_refused_by(&["ACME-7"]);
/// opening(6).then_accepted();
/// ```
#[derive(Clone, Debug)]
pub struct Ruled {
    process: Process,
    rules: Rulebook,
}

impl Ruled {
    /// This process under these rules.
    #[must_use]
    pub const fn new(process: Process, rules: Rulebook) -> Self {
        Self { process, rules }
    }

    /// The process.
    #[must_use]
    pub const fn process(&self) -> &Process {
        &self.process
    }

    /// The rules, those of the table included.
    #[must_use]
    pub const fn rules(&self) -> &Rulebook {
        &self.rules
    }

    /// The ids of the rules in code.
    pub(crate) fn in_code(&self) -> Vec<String> {
        self.rules.own().iter().map(|rule| rule.id.to_owned()).collect()
    }

    /// The same process with this rule in code in place of those of its id, or without.
    pub(crate) fn turned(&self, id: &'static str, to: Option<OwnRule>) -> Self {
        let rules = self.rules.clone().knocked_out(RuleId::Code(id));
        Self { process: self.process.clone(), rules: to.into_iter().fold(rules, Rulebook::with) }
    }

    /// The kinds that the rules in code look at.
    pub(crate) fn looks_at(&self) -> KindSet {
        self.rules.own().iter().fold(KindSet::EMPTY, |kinds, rule| kinds.or(rule.applies_to))
    }
}

impl From<Process> for Ruled {
    fn from(process: Process) -> Self {
        Self::new(process, Rulebook::standard())
    }
}

impl From<&Process> for Ruled {
    fn from(process: &Process) -> Self {
        process.clone().into()
    }
}

impl From<&Self> for Ruled {
    fn from(ruled: &Self) -> Self {
        ruled.clone()
    }
}

/// The same process, and the same rules of the table and in code.
impl PartialEq for Ruled {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.rules.own(), other.rules.own());
        self.process == other.process
            && self.rules.off().eq(other.rules.off())
            && ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(one, other)| same(one, other))
    }
}

/// Whether two rules are one: the same id, kinds and function. Of two functions that do the same it may say that they differ.
pub(crate) fn same(one: &OwnRule, other: &OwnRule) -> bool {
    one.id == other.id && one.applies_to == other.applies_to && std::ptr::fn_addr_eq(one.check, other.check)
}
