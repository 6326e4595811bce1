//! The group: who is in it, what was agreed, who looked at its facts, how to leave.

use maud::{Markup, html};
use peercircle_core::{Command, CommandKind, Outcome};
use peercircle_host::Looked;

use super::{Here, rules};
use crate::{
    forms,
    page::{Page, Trouble},
    sure,
    words::{capital, outcome, when},
};

pub(crate) fn page(here: &Here) -> Result<Page, Trouble> {
    let seen = here.visitor.audit_of(&here.id)?;
    let body = html! {
        h1 { (here.group) }
        section.card {
            h2 { "Members" }
            ul.people {
                @for one in &here.view.members {
                    li { span { (here.names.of(&one.member)) @if here.names.is_me(&one.member) { " (you)" } }
                        small { @match one.outcome { Outcome::Enrolled => { @if let Some(id) = &one.plan { "tries: " (here.strategy(id)) } @else { "in the group" } }, one => (outcome(one)) } } }
                }
            }
            @if !here.view.buddies.is_empty() {
                h3 { "Buddies" }
                ul { @for pair in &here.view.buddies { li { (capital(&here.names.list(pair))) } } }
            }
        }
        section.card {
            h2 { "Dates" }
            @for session in &here.view.sessions {
                p { strong { (capital(session.session.label())) } ": "
                    @match (session.closed_at, session.starts_at) {
                        (Some(at), _) => { "held " (when(at)) ", " (session.minutes) " minutes" }
                        (None, Some(at)) => (when(at)),
                        (None, None) => "no date yet",
                    } }
            }
        }
        section.card {
            h2 { "Ground rules" }
            ol.rules { @for (rule, why) in rules::GROUND_RULES { li { strong { (rule) } " " (why) } } }
        }
        section.card {
            h2 { "Who looked at our facts" }
            p { "Whoever runs the programme sees: the module, sessions held, attendance, completion, how many adopted something. Never what was said, who passed, how long anybody spoke, or your log." }
            p { "This group shows: " strong { (here.view.privacy.label()) } "." }
            @if seen.is_empty() { p.helps { "Nobody looked at the facts of this group by itself so far." } }
            ul { @for entry in seen.iter().rev().take(20) { li { (entry.who) ", " (when(entry.at)) @if let Looked::Cycles { .. } = entry.looked { ", in a list" } } } }
            (tighten(here))
        }
        (leave(here))
    };
    Ok(here.live(Page::new("Group", body), "/group"))
}

/// Privacy only ever tightens.
fn tighten(here: &Here) -> Markup {
    use peercircle_core::Privacy;
    let ahead: Vec<_> = Privacy::ALL.iter().copied().filter(|privacy| *privacy > here.view.privacy).collect();
    html! {
        @if here.may(CommandKind::TightenPrivacy).is_some() && !ahead.is_empty() {
            details.quiet { summary { "Show less" }
                p.helps { "It can't be loosened again." }
                div.row { @for privacy in ahead { (sure::button(here, &Command::TightenPrivacy { privacy }, &capital(privacy.label()), "small quiet", "Yes, show less")) } }
            }
        }
    }
}

fn leave(here: &Here) -> Markup {
    html! {
        section.card {
            h2 { "If something is wrong" }
            @if here.may(CommandKind::ReportBreach).is_some() {
                details.quiet { summary { "Something said here was passed on" }
                    p { (sure::what(CommandKind::ReportBreach).unwrap_or_default()) }
                    (forms::button(here, &Command::ReportBreach {}, "Report a breach of confidentiality", "danger"))
                }
            }
            @if here.may_for_me(CommandKind::WithdrawMember) {
                details.quiet { summary { "I want to leave the group" }
                    p { "You are out at once. " @if here.cycle.ledger().closed_group() { "There is no way back into this cycle, as its session 1 has begun. " } @else { "Until session 1 begins, your programme owner can take you in again. " } "What you wrote stays yours to read." }
                    (forms::form(here, CommandKind::WithdrawMember, &html! {
                        (forms::hidden("member", here.me.as_str()))
                        (forms::select("reason", "Why", &forms::reasons(CommandKind::WithdrawMember).unwrap_or_default(), None))
                        button.danger { "Yes, leave the group" }
                    }))
                }
            }
        }
    }
}
