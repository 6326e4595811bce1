//! The programme: figures, where groups are, and the groups.

use axum::extract::Query;
use maud::{Markup, html};
use peercircle_core::{CycleFacts, CycleId, Instant, Stage};
use peercircle_host::{Figures, ModuleFigures, Outlook, Share, StageFigures, Visitor};

use super::{Fields, PAGE, framed, module, outlook, owner, table, withheld};
use crate::{
    address::at,
    forms::get,
    guard::{SignedIn, blocking},
    page::{Page, Trouble},
    words::{capital, minutes},
};

/// The stages as facts name them, in the order of the lifecycle.
const STAGES: [&str; 11] = [
    "forming",
    "scheduled",
    "exploring",
    "practising",
    "reflecting",
    "adopting",
    "completed",
    "suspended",
    "cancelled",
    "terminated",
    "lapsed",
];

/// What isn't in the sums.
const FEW: &str = "Groups under five people count where they are five or more together. –: none yet, or under five people.";

/// A cycle with what people call its group and module.
pub(super) struct Line {
    pub(super) outlook: Outlook,
    pub(super) group: String,
    pub(super) module: String,
}

pub(super) fn line(visitor: &Visitor, outlook: Outlook) -> Result<Line, Trouble> {
    let (organisation, facts) = (visitor.organisation(), &outlook.facts);
    let group = facts.group.as_ref().map(|id| organisation.group_name(id)).transpose()?.unwrap_or_default();
    let module = facts.module.as_ref().map(|id| module(visitor, id.as_str())).unwrap_or_default();
    Ok(Line { outlook, group, module })
}

/// What of the list of groups is asked for.
struct Wanted {
    stage: Option<String>,
    after: Option<CycleId>,
}

impl Wanted {
    fn read(query: &Fields) -> Self {
        let stage = get(query, "stage").filter(|stage| STAGES.contains(stage)).map(str::to_owned);
        Self { stage, after: get(query, "after").and_then(|after| after.parse().ok()) }
    }

    /// A page of those at the stage, and after which one the next page begins.
    fn page(&self, visitor: &Visitor, cycles: Vec<Outlook>) -> Result<(Vec<Line>, Option<CycleId>), Trouble> {
        // They come by id.
        let is_next = |facts: &CycleFacts| self.after.is_none() || facts.cycle > self.after;
        let is_at = |facts: &CycleFacts| self.stage.as_deref().is_none_or(|stage| facts.stage == stage);
        let mut wanted: Vec<_> = cycles.into_iter().filter(|one| is_next(&one.facts) && is_at(&one.facts)).collect();
        let goes_on = wanted.len() > PAGE;
        wanted.truncate(PAGE);
        let next = wanted.last().filter(|_| goes_on).and_then(|one| one.facts.cycle.clone());
        let lines = wanted.into_iter().map(|outlook| line(visitor, outlook)).collect::<Result<_, _>>()?;
        Ok((lines, next))
    }
}

pub(super) async fn page(SignedIn(visitor): SignedIn, Query(query): Query<Vec<(String, String)>>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let wanted = Wanted::read(&query);
        let outlooks = visitor.outlooks()?;
        let figures = visitor.figures()?;
        let now = visitor.organisation().service().now();
        let yours = outlook::yours(&visitor, &outlooks, now)?;
        let (lines, next) = wanted.page(&visitor, outlooks.cycles)?;
        let body = html! {
            h1 { "Programme" }
            @if figures.all.cycles == 0 && outlooks.idle.is_empty() {
                section.card.todo { h2 { "Make the first groups" }
                    p { "Paste a list of people out of a spreadsheet; groups of peers are suggested, and nothing is made before you have seen them." }
                    p { a.button.primary href="/groups/new" { "New groups" } }
                }
            } @else {
                (yours)
                (totals(&figures))
                div.two {
                    section.card { h2 { "Where the groups are" } (chart(&figures.stages)) }
                    section.card { h2 { "Came through" } (shares(&figures.all)) }
                }
                section.card { h2 { "By module" } (modules(&visitor, &figures.modules)) }
                section.card #groups {
                    h2 { "Groups" }
                    (filter(wanted.stage.as_deref()))
                    (list(&lines, &wanted, now))
                    @if let Some(next) = next { p { a.button href=(next_page(&wanted, &next)) { "More groups" } } }
                    p { a.button href="/groups/new" { "New groups" } }
                }
            }
        };
        Ok(framed(&visitor, "/programme", Page::new("Programme", body)))
    })
    .await
}

fn next_page(wanted: &Wanted, next: &CycleId) -> String {
    let stage = wanted.stage.as_ref().map(|stage| format!("stage={stage}&")).unwrap_or_default();
    // An id may hold a plus, which an address would read as a space.
    format!("/programme?{stage}after={}#groups", next.as_str().replace('+', "%2B"))
}

fn number(value: Option<u32>) -> Markup {
    html! { @match value { Some(value) => (value), None => span.helps { "under five people" } } }
}

fn percent(share: Share) -> u32 {
    share.of.saturating_mul(100).checked_div(share.among).unwrap_or(0)
}

fn share(share: Option<Share>) -> Markup {
    html! {
        @match share {
            Some(share) => { (percent(share)) " %" small { " " (share.of) " of " (share.among) } }
            None => span.helps { "–" },
        }
    }
}

fn totals(figures: &Figures) -> Markup {
    let all = &figures.all;
    html! {
        dl.figures {
            div.figure { dt { "Groups" } dd { (all.cycles) } }
            div.figure { dt { "People" } dd { (number(all.people)) } }
            div.figure { dt { "Sessions held" } dd { (all.sessions) } }
            div.figure { dt { "Time in sessions" } dd { (hours(all.minutes)) } }
        }
    }
}

/// Minutes in words, hours where there are many; a dash where there are none.
pub(super) fn hours(of: u32) -> String {
    match of {
        0 => "–".to_owned(),
        1..120 => minutes(of.saturating_mul(60)),
        _ => format!("{} h", (of + 30) / 60),
    }
}

/// Parts of a whole as bars, with the numbers beside them.
fn shares(all: &ModuleFigures) -> Markup {
    let rows = [
        ("Attended session 1", all.attended_1),
        ("Attended session 2", all.attended_2),
        ("Completed", all.completed),
        ("Adopted something", all.adopted),
    ];
    html! {
        dl.shares { @for (label, part) in rows {
            div { dt { (label) } dd { (share(part)) @if let Some(part) = part { progress max="100" value=(percent(part)) aria-hidden="true" {} } } }
        } }
        p.helps { "Completed and adopted: of the people in cycles that have come to an end. " (FEW) }
    }
}

/// Groups by stage: a picture for the eye, a table for everyone.
fn chart(stages: &[StageFigures]) -> Markup {
    let count = |stage: &str| stages.iter().find(|one| one.stage == stage).map_or(0, |one| one.cycles);
    let shown: Vec<_> = STAGES.iter().filter(|stage| count(stage) > 0).collect();
    let most = shown.iter().map(|stage| count(stage)).max().unwrap_or(1).max(1);
    html! {
        svg.chart viewBox={ "0 0 360 " (shown.len() * 32) } aria-hidden="true" {
            @for (at, stage) in shown.iter().enumerate() {
                @let (y, wide) = (at * 32, (u64::from(count(stage)) * 210 / u64::from(most)).max(4));
                text x="0" y=(y + 21) { (capital(stage)) }
                rect.bar-in x="100" y=(y + 6) width=(wide) height="20" rx="3" {}
                text x=(108 + wide) y=(y + 21) { (count(stage)) }
            }
        }
        // A table is as wide as its words, whatever it is told; what it stands in isn't.
        div.sr { table { caption { "How many groups are at each stage" } thead { tr { th scope="col" { "Stage" } th scope="col" { "Groups" } } }
            tbody { @for stage in &shown { tr { th scope="row" { (capital(stage)) } td { (count(stage)) } } } } } }
    }
}

fn modules(visitor: &Visitor, rows: &[ModuleFigures]) -> Markup {
    let head = html! { th scope="col" { "Module" } th.number scope="col" { "Groups" } th.number scope="col" { "People" } th scope="col" { "Attended 1" } th scope="col" { "Attended 2" } th scope="col" { "Completed" } th scope="col" { "Adopted" } };
    let body = html! {
        @for row in rows { tr {
            th scope="row" { (module(visitor, row.module.as_ref().map_or("", |id| id.as_str()))) } td.number { (row.cycles) }
            @if row.withheld { td colspan="5" { span.helps { "Withheld: under five people." } } }
            @else { td.number { (number(row.people)) } td { (share(row.attended_1)) } td { (share(row.attended_2)) } td { (share(row.completed)) } td { (share(row.adopted)) } }
        } }
    };
    html! { (table("By module", &head, &body)) p.helps { (FEW) } }
}

fn filter(at: Option<&str>) -> Markup {
    html! {
        form.filter method="get" action="/programme#groups" {
            label.field { span { "Stage" } select name="stage" {
                option value="" { "All" }
                @for stage in STAGES { option value=(stage) selected[at == Some(stage)] { (capital(stage)) } }
            } }
            button.quiet { "Show" }
        }
    }
}

fn list(lines: &[Line], wanted: &Wanted, now: Instant) -> Markup {
    let head = html! { th scope="col" { "Group" } th scope="col" { "Stage" } th scope="col" { "Next session" } th scope="col" { "Module" } th.number scope="col" { "Sessions" } th scope="col" { "Attended" } th.number scope="col" { "Completed" } };
    let body = html! {
        @for Line { outlook: one, group, module } in lines { tr {
            th scope="row" {
                @match &one.facts.group { Some(id) => a href=(at("groups", id)) { (group) }, None => (group) }
                @if let Some(cycle) = &one.facts.cycle { br; small { a href=(at("cycles", cycle)) { (cycle) } } }
            }
            td { (capital(one.facts.stage)) }
            td.when { (outlook::next(one.next_session)) @for waits in &one.waits { (outlook::mark(*waits, now)) } }
            td { (module) }
            td.number { (one.facts.sessions_held) " of 2" }
            @match withheld(&one.facts) {
                None => { td { (attended(&one.facts)) } td.number { (one.facts.completed.unwrap_or(0)) } }
                Some(why) => td colspan="2" { span.helps { (why) } },
            }
        } }
    };
    html! {
        @if lines.is_empty() {
            p { @match &wanted.stage { Some(stage) => { "No group is at the stage " (stage) "." }, None => "No more groups." } }
        } @else { (table("Groups", &head, &body)) }
    }
}

/// How many came to each session that was held.
pub(super) fn attended(facts: &CycleFacts) -> String {
    let of = facts.members.unwrap_or(0);
    let each: Vec<_> = facts.attended.iter().map(|attended| format!("{attended} of {}", of.max(*attended))).collect();
    if each.is_empty() { "–".to_owned() } else { each.join(", ") }
}

/// Whether facts name a stage that is an end.
pub(super) fn is_over(facts: &CycleFacts) -> bool {
    Stage::ALL.iter().any(|stage| stage.is_terminal() && stage.name() == facts.stage)
}
