//! Rules in code, looked after. They are functions that may read anything, and an exploration takes for one what differs in names,
//! in dates, or in what no rule of the machine's reads. Whether a rule in code does so too can't be seen; that it doesn't can: histories
//! are drawn at random, of all that groups may do within the bounds, beginning on other days. Wherever one comes to a state that was
//! found, the rules in code have to answer as they did there, alike for members who count as one, and an hour later as well.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{Actor, Command, CommandKind, Context, KindSet, OwnRule, Rejection, RuleId, Seat, Span, lasting};
use serde::Serialize;

use super::{
    bounds::{Bounds, Reductions},
    graph::Graph,
    key::{Key, Records},
    model::{Model, Move, Point},
    tale::{lines, tale},
};
use crate::{
    story::{Line, call_actor},
    walk::{Dice, actors, menu},
};

/// What is known of the rules in code that an exploration was under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InCode {
    /// Their ids.
    pub rules: Vec<String>,
    /// At how many states, met again by histories drawn at random, they were asked whether they answer as they did before.
    pub compared: usize,
    /// Those that were asked at none of these states, as what they look at isn't tried or no history came to it: whether they answer
    /// as they did before could not be seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncompared: Vec<String>,
    /// Why the answer can't be relied on; one for each rule at most.
    pub doubts: Vec<Doubt>,
}

/// A rule that looks at something states are not told apart by, so that what was explored isn't what would happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// Its id.
    pub rule: String,
    /// What it answers otherwise, and where: a sentence without a full stop.
    pub says: String,
    /// The histories that show it.
    pub stories: Vec<Vec<Line>>,
}

/// How many histories are drawn.
const HISTORIES: u64 = 120;
/// How many moves each has at most.
const MOVES: usize = 250;

/// How many moves in a hundred are of all there are, not of an exploration's.
const FREE: [usize; 4] = [4, 12, 30, 60];

/// How much later rules are asked again: what an exploration doesn't wait for mustn't change their answers.
const LATER: [Span; 6] = [Span::minutes(1), Span::minutes(15), Span::hours(2), Span::days(1), Span::days(5), Span::days(30)];

/// Looks after the rules in code; nothing where there are none, and all of the table's are in place.
pub(super) fn look_after(model: &Model, graph: &Graph) -> Option<InCode> {
    let off = model.rules().off().map(|rule| Doubt {
        rule: rule.to_string(),
        says: "it is knocked out, and of what it alone refuses nothing is tried".to_owned(),
        stories: Vec::new(),
    });
    let mut doubts: Vec<_> = off.collect();
    let rules = model.under().in_code();
    if rules.is_empty() && doubts.is_empty() {
        return None;
    }
    let mut after = After::of(model, graph);
    // What was seen in part can't be relied on anyway.
    if graph.stopped.is_none() {
        (0..HISTORIES).for_each(|seed| after.follow(seed));
    }
    let uncompared = after.open().filter(|rule| !after.asked.contains(rule.id)).map(|rule| rule.id.to_owned()).collect();
    doubts.extend(after.doubts.into_values());
    Some(InCode { rules, compared: after.first.len(), uncompared, doubts })
}

struct After<'a> {
    model: &'a Model,
    /// The same states, and everything that groups may do there, as nothing is left out.
    free: Model,
    graph: &'a Graph,
    /// The kinds that are asked for: those that rules in code look at, and that an exploration tries.
    kinds: KindSet,
    /// What comes of the states met so far, where each was found first.
    first: BTreeMap<u32, Future>,
    /// The rules that had a say at one of them.
    asked: BTreeSet<&'static str>,
    /// By rule.
    doubts: BTreeMap<&'static str, Doubt>,
}

/// What a rule is asked: by which kind of command, about whom, by whom; of members what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    rule: &'static str,
    kind: CommandKind,
    about: Option<u64>,
    by: By,
    /// Whether they give it about themselves.
    own: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Member(u64),
    Organiser,
    Host,
}

/// The answers, each with one of those who got it: whether the rule let some payload pass, and refused some.
type Answers = BTreeMap<Asked, BTreeMap<(bool, bool), (Option<Seat>, Actor)>>;

/// What comes of the moves at a state.
#[derive(PartialEq, Eq)]
struct Future {
    /// Where they lead, by which kind of command.
    leads: BTreeSet<(Option<CommandKind>, Key)>,
    /// What rules in code refuse of them, or of what is done first.
    refused: BTreeSet<(&'static str, CommandKind)>,
}

/// Why a rule is doubted.
enum Why {
    /// It answers otherwise than where the state was found.
    Otherwise(u32),
    /// It tells these two apart.
    Apart(Actor, Actor),
    /// It answers otherwise so much later.
    Later(Span),
}

impl<'a> After<'a> {
    fn of(model: &'a Model, graph: &'a Graph) -> Self {
        Self {
            model,
            free: model.within(&Bounds { reductions: Reductions::NONE, ..*model.bounds() }),
            graph,
            kinds: model.under().looks_at().and(graph.tried.or(graph.accepted)),
            first: BTreeMap::new(),
            asked: BTreeSet::new(),
            doubts: BTreeMap::new(),
        }
    }

    /// The rules that aren't doubted so far.
    fn open(&self) -> impl Iterator<Item = &'a OwnRule> {
        self.model.rules().own().iter().filter(|rule| !self.doubts.contains_key(rule.id))
    }

    /// Draws a history, and asks wherever it leads.
    fn follow(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        // Half of them begin when an exploration does.
        let later = Span::hours(if dice.chance(50) { 0 } else { dice.within(1, 24 * 28).into() });
        // One thing that is left out otherwise may be enough, or it takes many.
        let free = dice.pick(&FREE);
        let Some((mut way, mut here)) = self.begin(later) else { return };
        for _ in 0..MOVES {
            if here.cycle.stage().is_terminal() || self.open().next().is_none() {
                return;
            }
            if let Some((rule, _, _)) = self.doubt(&here) {
                let (way, here) = self.shortened(later, way.clone(), here.clone(), rule);
                if let Some((_, kind, why)) = self.doubt(&here) {
                    let doubt = self.told(rule, kind, &why, (&way, &here));
                    self.doubts.insert(rule, doubt);
                }
            }
            let Some((taken, next)) = self.step(&here, free, &mut dice) else { return };
            way.push((std::mem::replace(&mut here, next), taken));
        }
    }

    /// Where a history begins that begins so much later.
    fn begin(&self, later: Span) -> Option<(Vec<(Point, Move)>, Point)> {
        let mut nothing = self.model.nothing();
        nothing.now = nothing.now + later;
        let form = self.model.forming()?;
        let start = self.model.after(&nothing, &form)?;
        Some((vec![(nothing, form)], start))
    }

    /// A move, of an exploration's or of all there are, and where it leads.
    fn step(&self, here: &Point, free: usize, dice: &mut Dice) -> Option<(Move, Point)> {
        let mut moves = if dice.chance(free) { self.free.moves(here) } else { self.model.moves(here) };
        let mut last = None;
        while !moves.is_empty() {
            // By kinds: what there is much to choose from isn't done more often.
            let kinds: BTreeSet<_> = moves.iter().map(Move::kind).collect();
            let kind = dice.pick(&kinds.into_iter().collect::<Vec<_>>());
            let of_kind: Vec<_> =
                (0..moves.len()).filter(|at| moves.get(*at).is_some_and(|one| one.kind() == kind)).collect();
            let taken = moves.swap_remove(dice.pick(&of_kind));
            let Some(next) = self.model.after(here, &taken) else { continue };
            if !next.cycle.stage().is_terminal() || dice.chance(5) {
                return Some((taken, next));
            }
            last = Some((taken, next));
        }
        last
    }

    /// The first rule that is to be doubted because of what it answers here, at which kind of command, and why.
    fn doubt(&mut self, here: &Point) -> Option<(&'static str, CommandKind, Why)> {
        let records = self.model.records(here);
        let at = self.graph.find(self.model.key_of(here, &records))?;
        self.told_apart(here, &records).or_else(|| self.otherwise(here, at))
    }

    /// A rule that tells members apart of whom the same is known, or answers otherwise later.
    fn told_apart(&self, here: &Point, records: &Records) -> Option<(&'static str, CommandKind, Why)> {
        let kinds = self.kinds.and(KindSet::at_stage(here.cycle.stage()));
        let mut later = None;
        let answers = self.answers(here, records, kinds, &mut later);
        if later.is_some() {
            return later;
        }
        for (asked, given) in &answers {
            let mut who = given.values();
            if let (Some((about, by)), Some((other_about, other_by))) = (who.next(), who.next()) {
                let [one, other] = if by == other_by {
                    [about, other_about].map(|seat| seat.map_or(*by, Actor::member))
                } else {
                    [*by, *other_by]
                };
                return Some((asked.rule, asked.kind, Why::Apart(one, other)));
            }
        }
        None
    }

    /// A rule because of which something else comes of this point than of that where its state was found first.
    fn otherwise(&mut self, here: &Point, at: u32) -> Option<(&'static str, CommandKind, Why)> {
        let moves = self.model.moves(here);
        // Where no rule in code has a say, nothing has changed.
        let chores = moves.iter().flat_map(Move::chores).map(|act| act.command.kind());
        let kinds: Vec<_> = moves.iter().filter_map(Move::kind).chain(chores).collect();
        let kinds = KindSet::of(&kinds).and(self.kinds);
        if kinds.is_empty() {
            return None;
        }
        let now = self.future(here, &moves);
        let (model, graph) = (self.model, self.graph);
        if !self.first.contains_key(&at) {
            let way = graph.way(model, at);
            let found = way.last().and_then(|(before, taken)| model.after(before, taken))?;
            let future = self.future(&found, &model.moves(&found));
            self.first.insert(at, future);
        }
        let rules = self.model.rules().own().iter();
        self.asked.extend(rules.filter(|rule| !rule.applies_to.and(kinds).is_empty()).map(|rule| rule.id));
        let first = self.first.get(&at).filter(|first| **first != now)?;
        let mut refused = first.refused.symmetric_difference(&now.refused);
        let (rule, kind) = refused.find(|(rule, _)| !self.doubts.contains_key(rule))?;
        Some((rule, *kind, Why::Otherwise(at)))
    }

    fn future(&self, here: &Point, moves: &[Move]) -> Future {
        let mut future = Future { leads: BTreeSet::new(), refused: BTreeSet::new() };
        for taken in moves {
            let (tried, led) = self.model.tried(here, taken);
            future.leads.extend(led.map(|next| (taken.kind(), self.model.key(&next))));
            for one in tried.iter().filter(|one| !one.accepted) {
                let codes = self.model.refusals(one).into_iter().filter_map(|no| match no.rule() {
                    RuleId::Code(id) => Some((id, one.act.command.kind())),
                    RuleId::Ours(_) | RuleId::Process(_) => None,
                });
                future.refused.extend(codes);
            }
        }
        future
    }

    /// What the rules in code answer at a point wherever nothing else refuses, and whether one of them answers otherwise `later`.
    fn answers(
        &self,
        here: &Point,
        records: &Records,
        kinds: KindSet,
        later: &mut Option<(&'static str, CommandKind, Why)>,
    ) -> Answers {
        let active = here.cycle.ledger().active();
        let known = |seat: Seat| records.get(usize::from(seat.number())).copied().unwrap_or_default();
        let mut by_seats = BTreeMap::new();
        for kind in kinds.iter() {
            for command in menu(kind, &here.cycle, here.now) {
                let about = command.subject();
                if about.is_some_and(|seat| !active.contains(seat)) {
                    continue;
                }
                for actor in actors(&here.cycle) {
                    let by = match actor {
                        Actor::Member { seat } if !active.contains(seat) => continue,
                        Actor::Member { seat } => By::Member(known(seat)),
                        Actor::Organiser {} => By::Organiser,
                        Actor::Host {} => By::Host,
                    };
                    let context = Context::new(actor, here.now);
                    let (refusing, others) = self.refusing(here, &command, &context);
                    if others {
                        continue;
                    }
                    for rule in self.open().filter(|rule| rule.applies_to.contains(kind)) {
                        let refuses = refusing.contains(&rule.id);
                        let own = actor.seat().is_some() && actor.seat() == about;
                        let asked = Asked { rule: rule.id, kind, about: about.map(known), by, own };
                        let (passed, refused): &mut (bool, bool) = by_seats.entry((asked, about, actor)).or_default();
                        *passed |= !refuses;
                        *refused |= refuses;
                        if later.is_none() && !dated(kind) {
                            let otherwise = LATER.into_iter().find(|span| {
                                let context = Context::new(actor, here.now + *span);
                                self.refusing(here, &command, &context).0.contains(&rule.id) != refuses
                            });
                            *later = otherwise.map(|span| (rule.id, kind, Why::Later(span)));
                        }
                    }
                }
            }
        }
        let mut answers = Answers::new();
        for ((asked, about, by), answer) in by_seats {
            answers.entry(asked).or_default().entry(answer).or_insert((about, by));
        }
        answers
    }

    /// The rules in code that refuse a command, and whether anything else does.
    fn refusing(&self, here: &Point, command: &Command, context: &Context) -> (Vec<&'static str>, bool) {
        let (mut refusing, mut others) = (Vec::new(), false);
        self.model.rules().tell_refusals(&here.cycle, command, context, &mut |no| match no {
            Rejection::RuleRefused { rule: RuleId::Code(id), .. } => refusing.push(*id),
            Rejection::RuleRefused { .. }
            | Rejection::WrongPhase { .. }
            | Rejection::NotYourRole { .. }
            | Rejection::StaleRevision { .. } => others = true,
        });
        (refusing, others)
    }

    /// The history without whatever isn't needed for the rule to be doubted.
    fn shortened(
        &mut self,
        later: Span,
        mut way: Vec<(Point, Move)>,
        mut here: Point,
        rule: &'static str,
    ) -> (Vec<(Point, Move)>, Point) {
        let mut at = way.len();
        while at > 1 {
            at -= 1;
            let rest = way.iter().enumerate().skip(1).filter(|(nth, _)| *nth != at).map(|(_, (_, taken))| taken);
            if let Some((shorter, end)) = self.again(later, rest)
                && self.doubt(&end).is_some_and(|(other, _, _)| other == rule)
            {
                (way, here) = (shorter, end);
            }
        }
        (way, here)
    }

    /// A history of these moves, where they can be taken one after the other.
    fn again<'b>(&self, later: Span, moves: impl Iterator<Item = &'b Move>) -> Option<(Vec<(Point, Move)>, Point)> {
        let (mut way, mut here) = self.begin(later)?;
        for taken in moves {
            if matches!(taken, Move::Wait { until, .. } if *until <= here.now) {
                return None;
            }
            let next = self.model.after(&here, taken)?;
            way.push((std::mem::replace(&mut here, next), taken.clone()));
        }
        Some((way, here))
    }

    /// A doubt in words.
    fn told(&self, rule: &str, kind: CommandKind, why: &Why, (way, end): (&[(Point, Move)], &Point)) -> Doubt {
        let label = kind.label();
        let here = lines(&tale(self.model, way));
        let call = |actor: &Actor| call_actor(&end.cycle, *actor);
        let (says, stories) = match why {
            Why::Otherwise(at) => (
                format!(
                    "to {label} it answers otherwise after the second of these histories than after the first, and an exploration \
                     takes what they come to for one"
                ),
                vec![lines(&tale(self.model, &self.graph.way(self.model, *at))), here],
            ),
            Why::Apart(one, other) => (
                format!(
                    "to {label} it answers otherwise for {} than for {}, of whom an exploration knows the same",
                    call(one),
                    call(other)
                ),
                vec![here],
            ),
            Why::Later(span) => (
                format!(
                    "to {label} it answers otherwise {} later, and an exploration doesn't wait for that",
                    lasting(span.as_seconds() / 60)
                ),
                vec![here],
            ),
        };
        Doubt { rule: rule.to_owned(), says, stories }
    }
}

/// Whether it names a moment, as far ahead as it is given: later it would name another.
const fn dated(kind: CommandKind) -> bool {
    matches!(kind, CommandKind::ScheduleSession | CommandKind::RescheduleSession | CommandKind::PromiseDate)
}
