//! New groups from a roster: paste or upload, look, choose, make.

mod choice;

use axum::{
    Form,
    extract::{Multipart, Query, multipart::MultipartError},
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use peercircle_core::GroupId;
use peercircle_host::{Draft, Group, HostError, Person, RosterIssue, Visitor};

pub(super) use self::choice::{date_choice, module_choice, new_cycle, process_choice};
use super::{Fields, framed, owner, quoted};
use crate::{
    address::at,
    forms::get,
    guard::{SignedIn, blocking},
    page::{Page, Trouble, refusing},
    words::spaced,
};

/// A roster that comes to a group.
const SAMPLE: &str = "name,email,level,department,manager
Ana Diaz,ana@example.org,Team lead,Sales,kim@example.org
Bo Lindqvist,bo@example.org,Team lead,Logistics,kim@example.org
Chidi Okafor,chidi@example.org,Team lead,Finance,lee@example.org
Dana Levi,dana@example.org,Team lead,Support,lee@example.org
Emil Novak,emil@example.org,Team lead,Production,lee@example.org
Farah Aziz,farah@example.org,Team lead,IT,kim@example.org
";

/// A page of these, with what is said of it.
fn titled(visitor: &Visitor, title: &str, body: Markup) -> Page {
    framed(visitor, "/groups", Page::new(title, body))
}

pub(super) async fn page(SignedIn(visitor): SignedIn) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let body = html! {
            h1 { "New groups" }
            p.lead { "Paste the people out of a spreadsheet, or choose the file. Nothing is made before you have seen what it comes to." }
            section.card { (entry(&visitor, &Sent::default())?) }
            section.card {
                h2 { "A roster to start from" }
                pre tabindex="0" { (SAMPLE) }
                p { a.button.quiet href="/groups/new/sample.csv" download="roster.csv" { "Download it" } }
            }
        };
        Ok(titled(&visitor, "New groups", body))
    })
    .await
}

pub(super) async fn sample(SignedIn(visitor): SignedIn) -> Result<Response, Trouble> {
    owner(&visitor)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"roster.csv\""),
    ];
    Ok((headers, SAMPLE).into_response())
}

/// What was sent.
#[derive(Default)]
struct Sent {
    roster: String,
    process: Option<String>,
    /// What kept the file from being read.
    unread: Option<&'static str>,
}

impl Sent {
    async fn read(mut form: Multipart) -> Result<Self, Trouble> {
        let unreadable = |error: MultipartError| Trouble::form("a roster of at most 256 KiB", error.body_text());
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await.map_err(unreadable)? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(unreadable)?;
            match (name.as_str(), String::from_utf8(bytes.to_vec())) {
                ("roster", Ok(text)) if sent.roster.is_empty() => sent.roster = text,
                ("process", Ok(text)) if !text.is_empty() => sent.process = Some(text),
                ("file", Ok(text)) if !text.trim().is_empty() => sent.roster = text,
                ("file", Err(_)) => {
                    sent.unread = Some(
                        "The file isn't text in UTF-8. In a spreadsheet, save it as \"CSV UTF-8\", or copy the cells and paste them here.",
                    );
                }
                _ => {}
            }
        }
        Ok(sent)
    }
}

fn entry(visitor: &Visitor, sent: &Sent) -> Result<Markup, Trouble> {
    Ok(html! {
        form method="post" action="/groups/new/preview" enctype="multipart/form-data" {
            label.field { span { "The roster" } textarea.cells name="roster" rows="12" wrap="off" spellcheck="false" aria-describedby="columns" { "\n" (sent.roster) } }
            p.helps #columns { "The first line names the columns: name, level, department; and where you have them email, manager, group, id. Commas, semicolons and tabs all work. Without a column group, groups are suggested: one level, different departments, nobody with their manager." }
            label.field { span { "Or a file, at most 256 KiB" } input type="file" name="file" accept=".csv,.tsv,.txt,text/csv,text/plain"; }
            (process_choice(visitor, sent.process.as_deref(), None)?)
            button.primary { "Look at it" }
        }
    })
}

pub(super) async fn preview(SignedIn(visitor): SignedIn, form: Multipart) -> Result<Page, Trouble> {
    // Whoever this isn't for hears that, not what is wrong with what they sent.
    owner(&visitor)?;
    let sent = Sent::read(form).await?;
    blocking(move || {
        if let Some(unread) = sent.unread {
            return again(
                &visitor,
                &sent,
                html! { section.card.warn role="alert" { h2 { "That file can't be read" } p { (unread) } } },
            );
        }
        match visitor.read_roster(&sent.roster, sent.process.as_deref()) {
            Ok(draft) => {
                let body = drafted(&visitor, &draft, &sent, &[])?;
                Ok(titled(&visitor, "New groups", body))
            }
            Err(HostError::Roster { issues }) => again(&visitor, &sent, mistakes(&issues)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// The form once more, with what is to be mended beside it.
fn again(visitor: &Visitor, sent: &Sent, what: Markup) -> Result<Page, Trouble> {
    let body = html! {
        h1 { "New groups" }
        p.lead { "Nothing was made. This is everything that is to be mended." }
        div.beside { div { (what) } section.card { (entry(visitor, sent)?) } }
    };
    Ok(Page { status: StatusCode::UNPROCESSABLE_ENTITY, ..titled(visitor, "New groups: to mend", body) })
}

fn mistakes(issues: &[RosterIssue]) -> Markup {
    let head = html! { th.number scope="col" { "Line" } th scope="col" { "Column" } th scope="col" { "Expected, and what is there" } };
    let body = html! { @for issue in issues { tr {
        td.number { (issue.line) } td { (issue.column.as_deref().unwrap_or("–")) }
        td { (quoted(&issue.expected)) br; small { "there is " (quoted(&issue.got)) } }
    } } };
    html! {
        section.card.warn aria-labelledby="mistakes" {
            h2 #mistakes { (issues.len()) " to mend" }
            (super::table("To be mended, by line", &head, &body))
        }
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What a roster comes to, and what else is to be chosen.
fn drafted(visitor: &Visitor, draft: &Draft, sent: &Sent, chosen: &Fields) -> Result<Markup, Trouble> {
    let person = |id: &peercircle_core::MemberId| draft.people.iter().find(|person| person.id == *id);
    let suggested = draft.groups.iter().any(|group| group.suggested);
    let about = |person: &Person| format!("{}, {}", spaced(person.level.as_str()), spaced(person.department.as_str()));
    let left_over: Vec<_> = draft.left_over.iter().filter_map(person).collect();
    Ok(html! {
        h1 { (count(draft.groups.len(), "group", "groups")) " of " (count(draft.people.len() - left_over.len(), "person", "people")) }
        p.lead {
            @if draft.groups.is_empty() { "These people come to no group." }
            @else if suggested { "The roster names no groups, so these are suggested: one level, different departments, nobody with their manager." }
            @else { "As the roster has them; the rules agree." }
            " Nothing is made yet."
        }
        div.two {
            @for one in &draft.groups {
                section.card { h2 { (one.group.name) }
                    ul.people { @for id in &one.group.members { @if let Some(person) = person(id) { li { span { (person.name) } small { (about(person)) } } } } }
                }
            }
        }
        @if !left_over.is_empty() {
            section.card.warn { h2 { "No place found for " (count(left_over.len(), "person", "people")) }
                ul.people { @for one in &left_over { li { span { (one.name) } small { (about(one)) ": " (why(one, draft)) } } } }
                p { "They are kept among the people, for another time." }
            }
        }
        @if !draft.groups.is_empty() {
            section.card {
                h2 { "What they work on" }
                form method="post" action="/groups/new/make" {
                    input type="hidden" name="roster" value=(sent.roster);
                    @if let Some(process) = &sent.process { input type="hidden" name="process" value=(process); }
                    (module_choice(visitor, chosen))
                    (date_choice(chosen))
                    button.primary { @if draft.groups.len() == 1 { "Make this group" } @else { "Make these groups" } }
                }
            }
        }
        details.card open[draft.groups.is_empty()] { summary { "Change the roster" } (entry(visitor, sent)?) }
    })
}

/// Why somebody found no place.
fn why(left: &Person, draft: &Draft) -> String {
    let of_level: Vec<_> = draft.people.iter().filter(|person| person.level == left.level).collect();
    let departments: std::collections::BTreeSet<_> = of_level.iter().map(|person| &person.department).collect();
    let level = spaced(left.level.as_str());
    let placed = |person: &Person| draft.groups.iter().any(|one| one.group.members.contains(&person.id));
    match (of_level.len(), of_level.iter().any(|person| placed(person))) {
        (1, _) => format!("nobody else is {level}"),
        (people, false) => {
            let departments = count(departments.len(), "department", "departments");
            format!(
                "{} of this level, from {departments}: too few for a group of peers",
                count(people, "person is", "people are")
            )
        }
        (_, true) => "the groups of their level are full, or have somebody of their department or their manager".to_owned(),
    }
}

/// A group, and why it has no cycle.
type Refused = (Group, Markup);

pub(super) async fn make(
    SignedIn(visitor): SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let process = get(&fields, "process").map(str::to_owned);
        let sent = Sent { roster: get(&fields, "roster").unwrap_or_default().to_owned(), process, unread: None };
        let draft = match visitor.read_roster(&sent.roster, sent.process.as_deref()) {
            Ok(draft) => draft,
            // The people or the process are others than when it was looked at.
            Err(HostError::Roster { issues }) => return Ok(again(&visitor, &sent, mistakes(&issues))?.into_response()),
            Err(error) => return Err(error.into()),
        };
        let new = match new_cycle(&fields) {
            Ok(new) => new,
            Err(Trouble::Form { expected, got }) => {
                let alert = html! { h2 { "Nothing was made" } p { "Expected " (expected) ", got " (got) "." } };
                let page = titled(&visitor, "New groups", drafted(&visitor, &draft, &sent, &fields)?);
                return Ok(page.refusing(StatusCode::UNPROCESSABLE_ENTITY, alert).into_response());
            }
            Err(trouble) => return Err(trouble),
        };
        let draft = visitor.import_roster(&sent.roster, new.process.as_deref())?;
        let (mut formed, mut refused) = (Vec::<Group>::new(), Vec::<Refused>::new());
        for one in draft.groups {
            match visitor.form_cycle(&one.group.id, &new) {
                Ok(_) => formed.push(one.group),
                Err(HostError::Refused { refusals }) => refused.push((one.group, refusing(&visitor, &refusals)?)),
                Err(error) => return Err(error.into()),
            }
        }
        if refused.is_empty() {
            let groups: Vec<_> =
                formed.iter().map(|group| format!("group={}", group.id.as_str().replace('+', "%2B"))).collect();
            return Ok(Redirect::to(&format!("/groups/new/made?{}", groups.join("&"))).into_response());
        }
        let page = outcome(&visitor, &formed, &refused);
        Ok(Page { status: StatusCode::CONFLICT, ..page }.into_response())
    })
    .await
}

/// What was made, by the groups in the address.
pub(super) async fn made(SignedIn(visitor): SignedIn, Query(query): Query<Vec<(String, String)>>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let ids = query.iter().filter(|(name, _)| name == "group").filter_map(|(_, id)| id.parse::<GroupId>().ok());
        let groups: Vec<_> = ids.map(|id| visitor.group(&id)).collect::<Result<_, _>>()?;
        Ok(outcome(&visitor, &groups, &[]))
    })
    .await
}

fn outcome(visitor: &Visitor, formed: &[Group], refused: &[Refused]) -> Page {
    let all = formed.len() + refused.len();
    let body = html! {
        h1 { (formed.len()) " of " (count(all, "group is made", "groups are made")) }
        @if !formed.is_empty() { p.lead { "Next: invite their people." } }
        ul.cards {
            @for group in formed { li { a.card href=(at("groups", &group.id)) { strong { (group.name) } span { (count(group.members.len(), "person", "people")) " · invite them" } } } }
            @for (group, list) in refused { li { div.card.warn {
                strong { a href=(at("groups", &group.id)) { (group.name) } }
                p { "The group is kept, and has no new cycle:" }
                (list)
            } } }
        }
    };
    titled(visitor, "Groups made", body)
}
