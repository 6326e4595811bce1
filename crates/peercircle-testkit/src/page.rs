//! An exploration as a page: one HTML file without anything from outside, to be looked at in a browser.

use std::collections::{BTreeMap, BTreeSet};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use peercircle_core::{Instant, Stage};

use crate::{
    explore::{
        Answer, Doubt, HISTORIES, InCode, Knot, KnotKind, KnotStep, PropertyAnswer, Reduction, Rescue, Standing, grouped,
        looked_for_ways,
    },
    story::{Line, capital},
};

const STYLE: &str = include_str!("page.css");

/// Where an answer comes from, as its page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The version of the process.
    pub version: u32,
    /// The file it was read from, or the preset.
    pub file: String,
    /// When it was explored.
    pub at: Instant,
}

/// The page of an answer.
///
/// # Example
/// ```
/// use peercircle_core::Process;
/// use peercircle_testkit::{explore::{Bounds, explore, quietly}, page::{Origin, page}};
/// let bounds = Bounds { members: 4, leaving: 0, absent: 0, late: 0, troubles: 0, ..Bounds::default() };
/// let origin = Origin { version: 1, file: "ours.toml".to_owned(), at: "2026-03-02T09:00:00Z".parse()? };
/// let html = page(&explore(Process::default(), &bounds, &[], &mut quietly), &origin);
/// assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<svg"));
/// assert!(html.contains("version 1") && html.contains("ours.toml") && html.contains("2026-03-02"));
/// # Ok::<(), peercircle_core::InstantError>(())
/// ```
#[must_use]
pub fn page(answer: &Answer, origin: &Origin) -> String {
    let title = format!("{}: what can happen to a group", answer.process);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        p.kicker { "peercircle · process check" }
                        h1 { (answer.process) }
                        p.note {
                            "version " (origin.version) " · " code { (origin.file) } " · explored on "
                            time datetime=(origin.at) { (day(origin.at)) }
                        }
                        (verdict(answer))
                    }
                    (numbers(answer))
                    @for doubt in answer.doubts() { (doubt_section(doubt)) }
                    @for knot in &answer.knots { (knot_section(knot)) }
                    @for rescue in &answer.rescues { (rescue_section(rescue)) }
                    (agenda(answer))
                    (findings(answer))
                    (properties(answer))
                    section {
                        h2 { "Where groups can be" }
                        p.note { "A box is a stage, with how many different states groups can be in there. A line is a way from one to another; a thicker one is taken from more states." }
                        (graph(answer))
                        (stages(answer))
                    }
                    section {
                        h2 { "How far this goes" }
                        p { "It holds for " (answer.assumed().join("; ")) ". What lies past that, it says nothing about." }
                        @if let Some(far) = looked_for_ways(answer) { p { (far) } }
                        details {
                            summary { "Left out, because it changes no answer: " (answer.bounds.reductions.iter().count()) " things" }
                            ul { @for one in answer.bounds.reductions.iter() { li { (Reduction::says(one)) } } }
                        }
                        @if let Some(assumed) = answer.in_code.as_ref().and_then(InCode::assumes) { p { "Assumed of the rules in code: " (assumed) "." } }
                    }
                }
            }
        }
    };
    markup.into_string()
}

fn verdict(answer: &Answer) -> Markup {
    let (class, text) = match (answer.is_sound(), answer.stopped) {
        (true, _) => ("sound", "Sound: every cycle can always still end well.".to_owned()),
        (false, Some(_)) => ("partial", "Not finished: what follows is about the part that was seen.".to_owned()),
        (false, None) if !answer.doubts().is_empty() => {
            ("partial", "It can't be told, because of what a rule in code looks at: what follows may not be so.".to_owned())
        }
        (false, None) => ("broken", format!("Not sound: {}.", why_not(answer))),
    };
    html! {
        p class=(format!("verdict {class}")) role="status" { (text) }
        @if let Some(stopped) = answer.stopped {
            p { (capital(stopped.says())) "." }
        }
    }
}

/// What speaks against it, in short; the sections below say more of each.
fn why_not(answer: &Answer) -> String {
    let named = |which: fn(&PropertyAnswer) -> bool| -> Vec<&str> {
        answer.properties.iter().filter(|one| which(one)).map(|one| one.property.as_str()).collect()
    };
    let broken = named(|one| one.broken.is_some());
    let untold = named(|one| one.untold.is_some());
    let dead = !answer.dead.is_empty() || !answer.unreached.is_empty();
    let reasons = [
        answer
            .ends
            .is_none_or(|ends| ends.lost + ends.stuck > 0 || ends.complete == 0)
            .then(|| "a group can get stuck".to_owned()),
        (!broken.is_empty()).then(|| format!("properties are broken ({})", broken.join(", "))),
        dead.then(|| "something is dead".to_owned()),
        answer.idle_rules().next().map(|_| "a rule never decides".to_owned()),
        (!untold.is_empty()).then(|| format!("properties can't be told ({})", untold.join(", "))),
    ];
    reasons.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn numbers(answer: &Answer) -> Markup {
    let mut all = vec![("states", answer.states), ("moves", answer.moves)];
    if let Some(ends) = answer.ends {
        all.extend([
            ("can still be completed", ends.complete),
            ("too few members, can end early", ends.early),
            ("enough members, and lost", ends.lost),
            ("stuck for ever", ends.stuck),
        ]);
    }
    html! {
        dl.numbers {
            @for (name, number) in all {
                div class=[(matches!(name, "stuck for ever" | "enough members, and lost") && number > 0).then_some("bad")] {
                    dt { (name) }
                    dd { (grouped(number)) }
                }
            }
        }
    }
}

fn knot_section(knot: &Knot) -> Markup {
    let head = match knot.kind {
        KnotKind::Stuck => "How a group gets stuck for ever",
        KnotKind::Lost => "How a group with enough members can't complete any more",
        KnotKind::Hopeless => "Even if nothing goes wrong no group completes: how far one gets",
    };
    html! {
        section.knot {
            h2 { (head) }
            p.note { "The way there with the fewest mishaps. It ends at: " strong { (knot.stage.label()) } "." }
            (steps(&knot.steps))
            @if let Some(late) = knot.kind.says_too_late() { p.late { (late) "." } }
            (in_the_way(&knot.in_the_way))
            @if let Some(also) = knot.says_also() { p.note { (also) "." } }
            @if let Some(last) = knot.too_late() {
                h3 { "Who could still do what" }
                (standings(&last.then))
            }
        }
    }
}

fn in_the_way(lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            h3 { "What is in the way" }
            (because(lines.iter()))
        }
    }
}

/// What of the planned agenda rules refuse because of the time.
fn agenda(answer: &Answer) -> Markup {
    html! {
        @if !answer.off_plan.is_empty() {
            section.rescue {
                h2 { "Where the planned agenda meets rules on time" }
                @for one in &answer.off_plan {
                    p { (ticked(&one.says)) "." }
                    @if let Some(also) = one.says_also() { p.note { (also) "." } }
                }
            }
        }
    }
}

/// Why a rule in code makes the answer doubtful.
fn doubt_section(doubt: &Doubt) -> Markup {
    html! {
        section.knot {
            h2 { (doubt.rule) " makes this doubtful" }
            p { (capital(&doubt.says)) "." }
            @for one in &doubt.stories { (story(one)) }
        }
    }
}

fn rescue_section(rescue: &Rescue) -> Markup {
    html! {
        section.rescue {
            h2 { "Where only an exception helps" }
            p.note { "It is needed at: " strong { (rescue.stage.label()) } "." }
            (story(&rescue.story))
            (in_the_way(&rescue.in_the_way))
            h3 { "The way out" }
            div.out { (story(&rescue.way_out)) }
            p { strong { (rescue.ends) "." } }
            @if let Some(also) = rescue.says_also() { p.note { (also) "." } }
        }
    }
}

/// A history step by step, with what everyone could do after each.
fn steps(steps: &[KnotStep]) -> Markup {
    html! {
        ol.steps {
            @for step in steps {
                li {
                    p { time datetime=(step.at) { (step.at.to_string().replace('T', " ").chars().take(16).collect::<String>()) } " " (ticked(&step.says)) "." }
                    @if !step.then.is_empty() {
                        details {
                            summary { "Who could do what then" }
                            (standings(&step.then))
                        }
                    }
                }
            }
        }
    }
}

fn standings(standings: &[Standing]) -> Markup {
    html! {
        dl.standings {
            @for one in standings {
                dt { (one.who) }
                dd { @if one.may.is_empty() { "nothing that leads on" } @else { (one.may.join(" · ")) } }
            }
        }
    }
}

fn story(lines: &[Line]) -> Markup {
    let mut days: Vec<(String, Vec<&Line>)> = Vec::new();
    for line in lines {
        let day = day(line.at);
        match days.last_mut() {
            Some((last, lines)) if *last == day => lines.push(line),
            _ => days.push((day, vec![line])),
        }
    }
    html! {
        ol.story {
            @for (day, lines) in &days {
                li {
                    p.day { time datetime=(day) { (day) } }
                    ul { @for line in lines {
                        li {
                            span.time { (line.at.to_string().chars().skip(11).take(5).collect::<String>()) }
                            span { (ticked(&line.says)) "." }
                        }
                    } }
                }
            }
        }
    }
}

fn findings(answer: &Answer) -> Markup {
    let idle: Vec<_> = answer.idle_rules().collect();
    let further_on = answer.dead_further_on();
    html! {
        @if !(answer.dead.is_empty() && answer.unreached.is_empty() && idle.is_empty()) {
            section.knot {
                h2 { @if answer.dead.is_empty() && answer.unreached.is_empty() { "Which rules never decide" } @else { "What is dead" } }
                ul {
                    @if !answer.unreached.is_empty() {
                        li {
                            "No group ever reaches: "
                            @for (nth, stage) in answer.unreached.iter().enumerate() {
                                @if nth > 0 { ", " }
                                strong { (stage.label()) }
                            }
                            "."
                            (because(answer.unreached_because.values().flatten()))
                        }
                    }
                    @for kind in answer.dead.iter().filter(|kind| !further_on.contains(kind)) {
                        li {
                            "Nobody can ever " strong { (kind.label()) } " (" code { (kind.name()) } ")."
                            (because(answer.dead_because.get(kind).into_iter().flatten()))
                        }
                    }
                    @if !further_on.is_empty() {
                        li {
                            "Nobody comes so far as to: "
                            @for (nth, kind) in further_on.iter().enumerate() {
                                @if nth > 0 { ", " }
                                strong { (kind.label()) } " (" code { (kind.name()) } ")"
                            }
                            "."
                        }
                    }
                    @for rule in idle { li { (rule.says_idle()) "." } }
                }
                p.note { "Looked for within the bounds, with one mishap more, and in " (HISTORIES) " histories drawn at random." }
            }
        }
    }
}

/// What refuses, a sentence after the other.
fn because<'a>(says: impl Iterator<Item = &'a String>) -> Markup {
    html! { ul { @for one in says { li { (ticked(one)) "." } } } }
}

fn properties(answer: &Answer) -> Markup {
    html! {
        @if !answer.properties.is_empty() {
            section {
                h2 { "Properties" }
                @for one in &answer.properties {
                    @match (&one.broken, &one.untold) {
                        (None, None) if answer.stopped.is_some() => {
                            p { strong { "not broken so far" } " " (one.property) ": " (ticked(&one.says)) "." }
                        }
                        (None, None) => p { strong.yes { "holds" } " " (one.property) ": " (ticked(&one.says)) "." },
                        (None, Some(why)) => {
                            p { strong.no { "can't be told" } " " (one.property) ": " (ticked(&one.says)) ". Why: " (ticked(why)) "." }
                        }
                        (Some(lines), _) => {
                            p { strong.no { "broken" } " " (one.property) ": " (ticked(&one.says)) ". A history:" }
                            (story(lines))
                        }
                    }
                }
            }
        }
    }
}

fn day(at: Instant) -> String {
    at.to_string().chars().take(10).collect()
}

/// What stands in backticks as code.
fn ticked(text: &str) -> Markup {
    html! {
        @for (nth, part) in text.split('`').enumerate() {
            @if nth % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The height of a row and of a box in it, and where boxes stand.
const ROW: usize = 46;
const BOX: usize = 32;
const LEFT: usize = 96;
const WIDTH: usize = 236;

fn graph(answer: &Answer) -> Markup {
    let rows: Vec<Stage> = answer.stages.keys().copied().collect();
    let at = |stage: Stage| rows.iter().position(|one| *one == stage);
    let mut lines: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for way in &answer.flow {
        if let (Some(from), Some(to)) = (at(way.from), at(way.to))
            && from != to
        {
            *lines.entry((from, to)).or_default() += way.moves;
        }
    }
    let red: BTreeSet<Stage> = answer.knots.iter().map(|knot| knot.stage).collect();
    let height = rows.len() * ROW + 16;
    html! {
        svg viewBox=(format!("0 0 480 {height}")) role="img" aria-label="The stages of a cycle and the ways between them; the table below says the same" {
            @for ((from, to), moves) in &lines { (line(*from, *to, *moves)) }
            @for (row, stage) in rows.iter().enumerate() {
                @let y = row * ROW + 8;
                g class=(if red.contains(stage) { "box red" } else if stage.is_terminal() { "box end" } else { "box" }) {
                    rect x=(LEFT) y=(y) width=(WIDTH) height=(BOX) rx="8" {}
                    text x=(LEFT + 12) y=(y + 21) { (stage.label()) }
                    text.count x=(LEFT + WIDTH - 12) y=(y + 21) { (grouped(answer.stages.get(stage).copied().unwrap_or_default())) }
                }
            }
        }
    }
}

/// A way: to the next row straight down, else a bow, forward on the right and back on the left.
fn line(from: usize, to: usize, moves: usize) -> Markup {
    let middle = |row: usize| row * ROW + 8 + BOX / 2;
    let width = 1 + moves.checked_ilog10().unwrap_or_default();
    let (class, path) = if to == from + 1 {
        let x = LEFT + WIDTH / 2;
        ("on", format!("M{x} {} V{}", from * ROW + 8 + BOX, to * ROW + 8))
    } else {
        let far = 14 + 8 * from.abs_diff(to).min(14);
        let (x, bow) = if to > from { (LEFT + WIDTH, LEFT + WIDTH + far) } else { (LEFT, LEFT.saturating_sub(far)) };
        (
            if to > from { "ahead" } else { "back" },
            format!("M{x} {} C{bow} {} {bow} {} {x} {}", middle(from), middle(from), middle(to), middle(to)),
        )
    };
    html! { path class=(class) d=(path) stroke-width=(width) {} }
}

fn stages(answer: &Answer) -> Markup {
    let mut to: BTreeMap<Stage, BTreeSet<&str>> = BTreeMap::new();
    for way in answer.flow.iter().filter(|way| way.from != way.to) {
        to.entry(way.from).or_default().insert(way.to.label());
    }
    html! {
        details {
            summary { "The same as a table" }
            div.scroll tabindex="0" role="region" aria-label="Stages" {
                table {
                    thead { tr { th scope="col" { "Stage" } th scope="col" { "States" } th scope="col" { "Leads to" } } }
                    tbody {
                        @for (stage, count) in &answer.stages {
                            tr {
                                th scope="row" { (stage.label()) }
                                td.number { (grouped(*count)) }
                                td { (to.get(stage).map(|to| to.iter().copied().collect::<Vec<_>>().join(", ")).unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
        }
    }
}
