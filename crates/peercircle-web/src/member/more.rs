//! Everything somebody may do now, as the machine lists it: what no other page has a place for isn't out of reach.

use maud::{Markup, html};
use peercircle_core::{
    AllowedView, Attendance, CommandKind, MemberId, Outcome, PhaseKind, Place, Privacy, Rsvp, SessionKind, StoryKind, Vote,
};

use super::Here;
use crate::{address::at, forms, page::Page, sure, words::capital};

pub(crate) fn page(here: &Here) -> Page {
    let body = html! {
        h1 { "Everything I can do" }
        p.helps { "What the rules allow you now. Whatever isn't here is somebody else's, or not yet." }
        @for may in &here.guide.may { (one(here, may)) }
        p { a href=(at("c", &here.id)) { "Back to now" } }
    };
    here.live(Page::new("Everything I can do", body), "/more")
}

fn one(here: &Here, may: &AllowedView) -> Markup {
    let fields: Vec<_> = may.fields.iter().map(|field| self::field(here, may, field.name, field.required)).collect();
    html! {
        details.card {
            summary { (capital(may.label)) }
            @match fields.into_iter().collect::<Option<Vec<_>>>() {
                Some(fields) => { @if let Some(says) = sure::what(may.command) { p { (says) } } (forms::form(here, may.command, &html! {
                    (forms::hidden("from", "more"))
                    @for field in fields { (field) }
                    button.danger[sure::what(may.command).is_some()] { (capital(may.label)) }
                })) },
                None => p { "This is done by a system or the programme owner." },
            }
        }
    }
}

/// What to fill in for a field; nothing where a page has no way to.
fn field(here: &Here, may: &AllowedView, name: &str, required: bool) -> Option<Markup> {
    let none = (!required).then_some("None");
    let select = |label: &str, options: Vec<(String, String)>| Some(forms::select(name, label, &options, none));
    match name {
        "member" => {
            if may.members == [here.me.clone()] {
                return Some(forms::hidden("member", here.me.as_str()));
            }
            select("Who", may.members.iter().map(|id| (id.to_string(), capital(here.names.or_you(id)))).collect())
        }
        "session" => select("Session", vec![("explore".into(), "Session 1".into()), ("reflect".into(), "Session 2".into())]),
        "phase" => {
            let phases = SessionKind::ALL.iter().flat_map(|kind| kind.phases());
            let mut options: Vec<(String, String)> = Vec::new();
            for phase in phases.filter(|phase| **phase != PhaseKind::Welcome) {
                let option = (phase.name().to_owned(), capital(phase.label()));
                if !options.contains(&option) {
                    options.push(option);
                }
            }
            select("Phase", options)
        }
        "reason" => select("Why", forms::reasons(may.command)?),
        "exception" => {
            Some(forms::select(name, "If they facilitated before, why again", &forms::repeat(), Some("They didn't")))
        }
        "short_gap" => {
            Some(forms::select(name, "If it is sooner than the process wants, why", &forms::short_gap(), Some("It isn't")))
        }
        "starts_at" | "by" => Some(forms::date(name, "When")),
        "place" => select("Where", forms::options!(Place)),
        "seconds" => select(
            "How long",
            [60_u16, 120, 180, 300, 600].map(|seconds| (seconds.to_string(), format!("{} min", seconds / 60))).to_vec(),
        ),
        "version" => {
            let version = if may.command == CommandKind::SetGroundRules {
                here.view.ground_rules.saturating_add(1)
            } else {
                here.view.ground_rules
            };
            Some(forms::hidden("version", &version.to_string()))
        }
        "week" => select("Week", (1..=8_u8).map(|week| (week.to_string(), format!("Week {week}"))).collect()),
        "part" => select("What", forms::parts()),
        "consent" => select("May it be recorded", forms::consents()),
        "vote" => select("How shall it go on", forms::options!(Vote)),
        "privacy" => select("What leaves the group", forms::options!(Privacy)),
        "attendance" => select("As what", forms::options!(Attendance)),
        "reply" => select("Reply", forms::options!(Rsvp)),
        "story" => select("Whose story", forms::options!(StoryKind)),
        "strategy" => {
            select("Strategy", here.view.strategies.iter().map(|id| (id.to_string(), here.strategy(id))).collect())
        }
        "report" => Some(super::room::report_fields(here, false)),
        "adoption" => Some(super::room::adoption_fields(here, false)),
        "note" => Some(html! {}),
        "pairs" => select("Pairs", pairings(here)),
        "module" => select("Module", modules(here)),
        _ => None,
    }
}

/// Three ways to pair everyone, one trio where it is odd.
pub(crate) fn pairings(here: &Here) -> Vec<(String, String)> {
    let active = here.view.members.iter().filter(|one| one.outcome == Outcome::Enrolled);
    let members: Vec<MemberId> = active.map(|one| one.member.clone()).collect();
    let way = |turn: usize| {
        let mut order = members.clone();
        if let Some((_, others)) = order.split_first_mut() {
            others.rotate_left(turn.min(others.len()));
        }
        let mut pairs: Vec<Vec<MemberId>> = order.chunks(2).map(<[MemberId]>::to_vec).collect();
        if let Some(alone) = pairs.pop_if(|pair| pair.len() == 1)
            && let Some(last) = pairs.last_mut()
        {
            last.extend(alone);
        }
        let label = pairs.iter().map(|pair| capital(&here.names.list(pair))).collect::<Vec<_>>().join("; ");
        (serde_json::to_string(&pairs).unwrap_or_default(), label)
    };
    (0..members.len().saturating_sub(1).min(3)).map(way).collect()
}

fn modules(here: &Here) -> Vec<(String, String)> {
    let catalogue = here.visitor.organisation().catalogue();
    let modules = catalogue.ids().filter_map(|id| {
        let module = here.reader.module(catalogue, id.as_str())?;
        let reference = serde_json::to_string(&module.to_ref().ok()?).ok()?;
        Some((reference, module.about.title.as_str().to_owned()))
    });
    modules.collect()
}
