//! The programme: figures, where groups are, and the groups.

use axum::extract::Query;
use maud::{Markup, html};
use peercircle_core::{CycleFacts, CycleId, Stage};
use peercircle_host::{Figures, ModuleFigures, Share, StageFigures, Visitor};

use super::{framed, is_shown, owner};
use crate::{
    guard::{SignedIn, blocking},
    page::{Page, Trouble},
    words::{capital, minutes, spaced},
};

/// How many groups a page lists.
const PAGE: usize = 100;

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

/// A cycle with what people call its group and module.
pub(super) struct Line {
    pub(super) facts: CycleFacts,
    pub(super) group: String,
    pub(super) module: String,
}

pub(super) fn line(visitor: &Visitor, facts: CycleFacts) -> Result<Line, Trouble> {
    let organisation = visitor.organisation();
    let group = facts.group.as_ref().map(|id| organisation.group_name(id)).transpose()?.unwrap_or_default();
    Ok(Line { group, module: module(visitor, &facts), facts })
}

fn module(visitor: &Visitor, facts: &CycleFacts) -> String {
    let Some(id) = &facts.module else { return String::new() };
    let found = visitor.organisation().catalogue().module(id.as_str(), "en");
    found.map_or_else(|| spaced(id.as_str()), |module| module.about.title.as_str().to_owned())
}

pub(super) async fn page(SignedIn(visitor): SignedIn, Query(query): Query<Vec<(String, String)>>) -> Result<Page, Trouble> {
    let get =
        |name: &str| query.iter().find(|(field, value)| field == name && !value.is_empty()).map(|(_, value)| value.clone());
    let (stage, after) = (get("stage"), get("after"));
    blocking(move || {
        owner(&visitor)?;
        let after: Option<CycleId> = after.and_then(|after| after.parse().ok());
        let figures = visitor.figures()?;
        let cycles = visitor.cycles(after.as_ref(), PAGE)?;
        let next = if cycles.len() == PAGE { cycles.last().and_then(|facts| facts.cycle.clone()) } else { None };
        let wanted = cycles.into_iter().filter(|facts| stage.as_deref().is_none_or(|stage| facts.stage == stage));
        let lines = wanted.map(|facts| line(&visitor, facts)).collect::<Result<Vec<_>, _>>()?;
        let body = html! {
            h1 { "Programme" }
            (totals(&figures))
            div.two {
                section.card { h2 { "Where the groups are" } (chart(&figures.stages)) }
                section.card { h2 { "Came through" } (shares(&figures.all)) }
            }
            section.card { h2 { "By module" } (modules(&visitor, &figures.modules)) }
            section.card #groups {
                h2 { "Groups" }
                (filter(stage.as_deref()))
                (list(&lines))
                @if let Some(next) = next { p { a.button href={ "/programme?after=" (next) "#groups" } { "More groups" } } }
                p { a.button.primary href="/groups/new" { "Make new groups" } }
            }
        };
        Ok(framed(&visitor, "/programme", Page::new("Programme", body)))
    })
    .await
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
            div.figure { dt { "Time in sessions" } dd { (minutes(all.minutes.saturating_mul(60))) } }
        }
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
        @for (label, part) in rows {
            p.share { span { (label) } " " strong { (share(part)) } }
            @if let Some(part) = part { progress max="100" value=(percent(part)) aria-hidden="true" {} }
        }
        p.helps { "Completed and adopted: of the people in cycles that have come to an end. –: none yet, or under five people." }
    }
}

/// Groups by stage: a picture for the eye, a table for everyone.
fn chart(stages: &[StageFigures]) -> Markup {
    let count = |stage: &str| stages.iter().find(|one| one.stage == stage).map_or(0, |one| one.cycles);
    let shown: Vec<_> = STAGES.iter().filter(|stage| count(stage) > 0).collect();
    let most = shown.iter().map(|stage| count(stage)).max().unwrap_or(1).max(1);
    html! {
        @if shown.is_empty() { p { "There are no groups yet." } }
        @else {
            svg.chart viewBox={ "0 0 400 " (shown.len() * 34) } role="img" aria-label="How many groups are at each stage; the table below says the same" {
                @for (at, stage) in shown.iter().enumerate() {
                    @let (y, wide) = (at * 34, count(stage) * 220 / most);
                    text x="0" y=(y + 20) { (capital(stage)) }
                    rect.bar-in x="120" y=(y + 5) width=(wide.max(4)) height="20" rx="3" {}
                    text x=(u32::from(128_u16) + wide.max(4)) y=(y + 20) { (count(stage)) }
                }
            }
            details.quiet { summary { "As a table" }
                table { caption.sr { "Groups by stage" } thead { tr { th scope="col" { "Stage" } th.number scope="col" { "Groups" } } }
                    tbody { @for stage in &shown { tr { th scope="row" { (capital(stage)) } td.number { (count(stage)) } } } } }
            }
        }
    }
}

fn modules(visitor: &Visitor, rows: &[ModuleFigures]) -> Markup {
    let title = |row: &ModuleFigures| {
        let id = row.module.as_ref().map(ToString::to_string).unwrap_or_default();
        visitor
            .organisation()
            .catalogue()
            .module(&id, "en")
            .map_or_else(|| spaced(&id), |module| module.about.title.as_str().to_owned())
    };
    html! {
        @if rows.is_empty() { p { "No module has been worked with yet." } }
        @else {
            div.scroll tabindex="0" role="region" aria-label="By module" {
                table {
                    thead { tr { th scope="col" { "Module" } th.number scope="col" { "Groups" } th.number scope="col" { "People" } th scope="col" { "Attended 1" } th scope="col" { "Attended 2" } th scope="col" { "Completed" } th scope="col" { "Adopted" } } }
                    tbody { @for row in rows { tr {
                        th scope="row" { (title(row)) } td.number { (row.cycles) }
                        @if row.withheld { td colspan="5" { span.helps { "Withheld: fewer than five people, or it would tell of a row that is." } } }
                        @else { td.number { (number(row.people)) } td { (share(row.attended_1)) } td { (share(row.attended_2)) } td { (share(row.completed)) } td { (share(row.adopted)) } }
                    } } }
                }
            }
            p.helps { "–: none yet, or under five people." }
        }
    }
}

fn filter(at: Option<&str>) -> Markup {
    html! {
        form.row method="get" action="/programme#groups" {
            label.field { span { "Stage" } select name="stage" {
                option value="" { "All" }
                @for stage in STAGES { option value=(stage) selected[at == Some(stage)] { (capital(stage)) } }
            } }
            button.quiet { "Show" }
        }
    }
}

fn list(lines: &[Line]) -> Markup {
    html! {
        @if lines.is_empty() { p { "None here." } }
        @else {
            div.scroll tabindex="0" role="region" aria-label="Groups" {
                table {
                    thead { tr { th scope="col" { "Group" } th scope="col" { "Module" } th scope="col" { "Where it is" } th.number scope="col" { "Sessions" } th scope="col" { "Attended" } th.number scope="col" { "Completed" } } }
                    tbody { @for one in lines { tr {
                        th scope="row" { @if let Some(cycle) = &one.facts.cycle { a href={ "/cycles/" (cycle) } { (one.group) } } }
                        td { (one.module) } td { (capital(one.facts.stage)) } td.number { (one.facts.sessions_held) " of 2" }
                        @if is_shown(&one.facts) { td { (attended(&one.facts)) } td.number { (one.facts.completed.unwrap_or(0)) } }
                        @else { td colspan="2" { span.helps { "under five people" } } }
                    } } }
                }
            }
        }
    }
}

/// How many came to each session that was held.
pub(super) fn attended(facts: &CycleFacts) -> String {
    let of = facts.members.unwrap_or(0);
    let each = facts.attended.iter().map(|attended| format!("{attended} of {}", of.max(*attended)));
    let each: Vec<_> = each.collect();
    if each.is_empty() { "–".to_owned() } else { each.join(", ") }
}

/// Whether facts name a stage that is an end.
pub(super) fn is_over(facts: &CycleFacts) -> bool {
    Stage::ALL.iter().any(|stage| stage.is_terminal() && stage.name() == facts.stage)
}
