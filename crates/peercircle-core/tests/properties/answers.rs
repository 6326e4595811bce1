//! The other answers against `allowed`: whoever is waited for may do it, what is due can be done, what comes next is possible or
//! says why not, and a path leads where it says.

use std::collections::BTreeMap;

use peercircle_core::{Actor, Command, CommandKind, Context, Cycle, DueKind, Instant, Role, Rulebook};

use crate::walk::{Dice, Walk, menu};

fn permits(cycle: &Cycle, actor: Actor, kind: CommandKind, now: Instant) -> bool {
    cycle.allowed(actor, now).iter().any(|one| one.command == kind && one.permitted)
}

/// Differences by what they are about, with one example each.
#[derive(Default)]
struct Wrong(BTreeMap<String, String>);

impl Wrong {
    fn unless(&mut self, holds: bool, what: String, example: impl FnOnce() -> String) {
        if !holds {
            self.0.entry(what).or_insert_with(example);
        }
    }
}

/// States on many walks, with the time a little after the last event.
fn states(mut look: impl FnMut(u64, &Cycle, Instant, &mut Dice)) -> usize {
    let mut count = 0;
    for seed in 0..60 {
        let (mut walk, mut draws) = (Walk::new(seed), Dice::new(seed ^ 0x00ab_0a7d));
        for step in 0..400 {
            let taken = walk.next(draws.roll());
            walk.take(&taken);
            if step % 10 == 0 {
                count += 1;
                look(seed, &walk.cycle, walk.now, &mut draws);
            }
        }
    }
    count
}

#[test]
fn whoever_is_waited_for_may_do_it() {
    let mut wrong = Wrong::default();
    let count = states(|seed, cycle, _, _| {
        let now = cycle.last_at();
        let mut levels: Vec<_> = cycle.roster().members().map(|(_, one)| &one.level).collect();
        levels.dedup();
        // What the process lets nobody do, it waits for all the same: the knot is the process's, and the kit's to find.
        for one in cycle.waiting_on().iter().filter(|one| one.until.is_none_or(|until| now <= until)) {
            let roles = cycle.process().roles(one.what);
            let narrowed = cycle.process().spec().who_may.contains_key(&one.what);
            let own = cycle.process().spec().rules.iter().any(|rule| rule.applies_to.contains(&one.what));
            // A group that has moved to a stricter process may be one that nobody fits into.
            if narrowed || own || one.what == CommandKind::EnrolMember && levels.len() > 1 {
                continue;
            }
            let by = match one.part {
                Role::Organiser => vec![Actor::Organiser {}],
                _ => one.who.iter().map(Actor::member).collect(),
            };
            // The chair may do what is asked of a speaker or of someone at the door.
            let helped = by.iter().copied().chain(cycle.chair().map(Actor::member)).chain([Actor::Organiser {}]);
            let may = helped.filter(|actor| *actor != Actor::Host {}).any(|actor| permits(cycle, actor, one.what, now));
            wrong.unless(may || !one.holds_up && roles.is_empty(), format!("{:?} at {:?}", one.what, cycle.stage()), || {
                let actor = one.who.first().map_or(Actor::Organiser {}, Actor::member);
                let refused = cycle.allowed(actor, now).into_iter().find(|other| other.command == one.what);
                format!("seed {seed}, revision {}: {one:?}: {refused:?}", cycle.revision())
            });
        }
    });
    assert!(count > 2000 && wrong.0.is_empty(), "{:#?}", wrong.0);
}

#[test]
fn what_is_due_can_be_done_then() {
    let mut wrong = Wrong::default();
    let mut seen = BTreeMap::<DueKind, usize>::new();
    states(|seed, cycle, _, _| {
        for due in cycle.deadlines() {
            let about = match due.kind {
                DueKind::WeekBegins { .. } => DueKind::WeekBegins { week: 1 },
                DueKind::WeekEnds { .. } => DueKind::WeekEnds { week: 1 },
                kind => kind,
            };
            *seen.entry(about).or_default() += 1;
            let at = due.at.max(cycle.last_at());
            let sure =
                matches!(due.kind, DueKind::SessionAbandoned {} | DueKind::AdoptionUntil {} | DueKind::ResumeUntil {});
            let Some(command) = due.then.filter(|_| sure) else { continue };
            let spec = cycle.process().spec();
            let kind = command.kind();
            if spec.who_may.contains_key(&kind) || spec.rules.iter().any(|rule| rule.applies_to.contains(&kind)) {
                continue;
            }
            let possible = [Actor::Host {}, Actor::Organiser {}]
                .into_iter()
                .any(|actor| cycle.permits(&command, &Context::new(actor, at)));
            wrong.unless(possible, format!("{:?}", due.kind), || {
                format!("seed {seed}, revision {}, {at}: {:?}", cycle.revision(), cycle.decide(&command, &Context::host(at)))
            });
        }
    });
    assert!(wrong.0.is_empty(), "{:#?}", wrong.0);
    assert!(seen.len() >= 15, "only these fell due: {seen:#?}");
}

#[test]
fn a_path_leads_to_its_command_and_none_says_what_refuses() {
    let mut wrong = Wrong::default();
    let (mut found, mut long) = (0, 0);
    states(|seed, cycle, now, dice| {
        let actor = cycle.chair().map_or(Actor::Organiser {}, Actor::member);
        let kind = dice.pick(CommandKind::ALL);
        let command: Command = dice.pick(&menu(kind, cycle, now));
        match cycle.path_to(&command, &Context::new(actor, now)) {
            Err(no) => {
                wrong.unless(!no.refused.is_empty() && !no.stuck.is_empty(), format!("{kind}"), || format!("seed {seed}"))
            }
            Ok(steps) => {
                found += 1;
                long += usize::from(steps.len() > 5);
                let (mut after, mut last) = (cycle.clone(), now);
                for step in &steps {
                    let verdict = after.decide(&step.command, &Context::new(step.by, step.at));
                    wrong.unless(verdict.is_accepted(), format!("{kind}: {}", step.command.kind()), || {
                        format!("seed {seed}, revision {}: {steps:?}", cycle.revision())
                    });
                    verdict.events().iter().for_each(|event| after.evolve(event).unwrap());
                    last = step.at;
                }
                // The last wait may lie after the last step.
                let later = after.deadlines().into_iter().map(|due| due.at).filter(|at| *at > last);
                let times = std::iter::once(last).chain(later).chain(cycle.process().spec().rules.iter().map(|_| last));
                let possible =
                    times.into_iter().any(|at| Rulebook::standard().permits(&after, &command, &Context::new(actor, at)));
                wrong.unless(possible || !steps.is_empty(), format!("{kind}"), || format!("seed {seed}: {steps:?}"));
            }
        }
    });
    assert!(wrong.0.is_empty(), "{:#?}", wrong.0);
    assert!(found > 300 && long > 30, "{found} paths, {long} of them long");
}
