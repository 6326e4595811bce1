//! New groups from a roster: paste or upload, look, make.

use axum::{Form, extract::Multipart, http::StatusCode};
use maud::{Markup, html};
use peercircle_core::Place;
use peercircle_host::{Draft, FirstSession, HostError, NewCycle, RosterIssue, Visitor};

use super::{framed, owner};
use crate::{
    forms,
    guard::{SignedIn, blocking},
    page::{Page, Trouble, refusals},
    words::{capital, spaced},
};

const SAMPLE: &str = "name,email,level,department,manager
Ana Diaz,ana@example.org,Team lead,Sales,kim@example.org
Bo Lindqvist,bo@example.org,Team lead,Logistics,kim@example.org
Chidi Okafor,chidi@example.org,Team lead,Finance,lee@example.org
Dana Levi,dana@example.org,Team lead,Support,lee@example.org
Emil Novak,emil@example.org,Team lead,Production,lee@example.org
Farah Aziz,farah@example.org,Team lead,IT,kim@example.org
";

pub(super) async fn page(SignedIn(visitor): SignedIn) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let body = html! {
            h1 { "New groups" }
            p.lead { "Paste the people out of a spreadsheet, or choose the file. Nothing is made before you have seen what it comes to." }
            (entry(&visitor, "", None, &[])?)
        };
        Ok(framed(&visitor, "/groups/new", Page::new("New groups", body)))
    })
    .await
}

fn entry(visitor: &Visitor, text: &str, process: Option<&str>, issues: &[RosterIssue]) -> Result<Markup, Trouble> {
    let processes: Vec<_> = visitor.organisation().processes()?.into_iter().map(|file| (file.name, file.title)).collect();
    Ok(html! {
        @if !issues.is_empty() {
            section.card.warn aria-labelledby="mistakes" {
                h2 #mistakes { (issues.len()) " to mend" }
                table { thead { tr { th.number scope="col" { "Line" } th scope="col" { "Column" } th scope="col" { "Expected" } th scope="col" { "Got" } } }
                    tbody { @for issue in issues { tr { td.number { (issue.line) } td { (issue.column.as_deref().unwrap_or("–")) } td { (issue.expected) } td { (issue.got) } } } } }
            }
        }
        section.card {
            form method="post" action="/groups/preview" enctype="multipart/form-data" {
                label.field { span { "The roster" } textarea name="roster" rows="12" wrap="off" spellcheck="false" placeholder=(SAMPLE) { (text) } }
                p.helps { "The first line names the columns: name, level, department; and where you have them email, manager, group, id. Commas, semicolons and tabs all work. Without a column group, groups are suggested: one level, different departments, nobody with their manager." }
                label.field { span { "Or a file" } input type="file" name="file" accept=".csv,text/csv,text/plain"; }
                label.field { span { "Process" } select name="process" { @for (name, title) in &processes { option value=(name) selected[process == Some(name.as_str())] { (title) } } } }
                button.primary { "Look at it" }
            }
            details.quiet { summary { "A roster to start from" } pre { (SAMPLE) } }
        }
    })
}

/// What was sent: the roster, from the file where there is one, and the process.
async fn sent(mut form: Multipart) -> Result<(String, Option<String>), Trouble> {
    let unreadable =
        |error: axum::extract::multipart::MultipartError| Trouble::form("a roster of at most 256 KiB", error.body_text());
    let (mut roster, mut process) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(unreadable)?;
        let Ok(text) = String::from_utf8(bytes.to_vec()) else {
            return Err(Trouble::form("a file of text in UTF-8, as \"CSV UTF-8\" saves it", "other bytes"));
        };
        match name.as_str() {
            "roster" if roster.is_empty() => roster = text,
            "file" if !text.trim().is_empty() => roster = text,
            "process" if !text.is_empty() => process = Some(text),
            _ => {}
        }
    }
    Ok((roster, process))
}

pub(super) async fn preview(SignedIn(visitor): SignedIn, form: Multipart) -> Result<Page, Trouble> {
    let (text, process) = sent(form).await?;
    blocking(move || {
        owner(&visitor)?;
        match visitor.read_roster(&text, process.as_deref()) {
            Ok(draft) => Ok(framed(&visitor, "/groups/new", drafted(&visitor, &draft, &text, process.as_deref()))),
            Err(HostError::Roster { issues }) => {
                let body = html! { h1 { "New groups" } p.lead { "Nothing was made. This is everything that is to be mended." } (entry(&visitor, &text, process.as_deref(), &issues)?) };
                let page = Page { status: StatusCode::UNPROCESSABLE_ENTITY, ..Page::new("New groups", body) };
                Ok(framed(&visitor, "/groups/new", page))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// What a roster comes to, and what else is to be chosen.
fn drafted(visitor: &Visitor, draft: &Draft, text: &str, process: Option<&str>) -> Page {
    let person = |id: &peercircle_core::MemberId| draft.people.iter().find(|person| person.id == *id);
    let suggested = draft.groups.iter().any(|group| group.suggested);
    let body = html! {
        h1 { (draft.groups.len()) @if draft.groups.len() == 1 { " group" } @else { " groups" } " of " (draft.people.len()) " people" }
        p.lead { @if suggested { "The roster names no groups, so these are suggested: one level, different departments, nobody with their manager." } @else { "As the roster has them; the rules agree." } " Nothing is made yet." }
        div.two {
            @for one in &draft.groups {
                section.card { h2 { (one.group.name) }
                    ul.people { @for id in &one.group.members { @if let Some(person) = person(id) { li { span { (person.name) } small { (spaced(person.department.as_str())) } } } } }
                }
            }
        }
        @if !draft.left_over.is_empty() {
            section.card.warn { h2 { "No place found for" }
                ul { @for id in &draft.left_over { @if let Some(person) = person(id) { li { (person.name) ", " (spaced(person.level.as_str())) ", " (spaced(person.department.as_str())) } } } }
                p { "There aren't enough others of their level from other departments. They are kept among the people, for another time." }
            }
        }
        @if draft.groups.is_empty() { p { a.button href="/groups/new" { "Back to the roster" } } }
        @else {
            section.card {
                h2 { "What they work on" }
                form method="post" action="/groups/make" {
                    input type="hidden" name="roster" value=(text);
                    @if let Some(process) = process { input type="hidden" name="process" value=(process); }
                    (module_choice(visitor))
                    (date_choice())
                    button.primary { @if draft.groups.len() == 1 { "Make this group" } @else { "Make these groups" } }
                }
            }
        }
    };
    Page::new("New groups", body)
}

/// The modules, by category.
pub(super) fn module_choice(visitor: &Visitor) -> Markup {
    let mut titles: Vec<_> = visitor.organisation().catalogue().titles("en").collect();
    titles.sort_by_key(|title| title.category);
    html! {
        label.field { span { "Module" }
            select name="module" required {
                option value="" { "Choose a challenge" }
                @for group in titles.chunk_by(|a, b| a.category == b.category) {
                    @if let Some(first) = group.first() {
                        optgroup label=(capital(&category(first.category))) { @for title in group { option value=(title.id) { (title.title.as_str()) ": " (title.summary.as_str()) } } }
                    }
                }
            }
        }
    }
}

fn category(category: peercircle_modules::Category) -> String {
    let name = serde_json::to_value(category).ok().and_then(|value| value.as_str().map(spaced));
    name.unwrap_or_default()
}

/// Session 1's date, where it is known.
pub(super) fn date_choice() -> Markup {
    let places: Vec<(String, String)> = forms::options!(Place);
    html! {
        fieldset { legend { "Session 1, where its date is known" }
            label.field { span { "When " small data-zone { "(UTC)" } } input type="datetime-local" name="starts_at"; }
            input type="hidden" name="zone" value="0" data-zone-minutes;
            (forms::select("place", "Where", &places, None))
        }
        p.helps { "Groups can set it themselves as well." }
    }
}

/// The cycle that a form wants.
pub(super) fn new_cycle(fields: &[(String, String)]) -> Result<NewCycle, Trouble> {
    let get = |name: &str| {
        fields.iter().find(|(field, value)| field == name && !value.is_empty()).map(|(_, value)| value.as_str())
    };
    let module = get("module").and_then(|module| module.parse().ok());
    let starts_at = get("starts_at").map(|text| forms::instant(text, get("zone"))).transpose()?;
    let starts_at = starts_at.map(|at| at.parse()).transpose().map_err(|_| Trouble::form("a date and a time", "another"))?;
    let place = get("place").and_then(|place| serde_json::from_value(place.into()).ok()).unwrap_or(Place::Onsite);
    Ok(NewCycle {
        cycle: None,
        module: module.ok_or_else(|| Trouble::form("a module", "none"))?,
        process: get("process").map(str::to_owned),
        session_1: starts_at.map(|starts_at| FirstSession { starts_at, place }),
    })
}

/// What became of a group.
enum Made {
    Formed,
    Refused(Vec<peercircle_core::RefusalView>),
}

pub(super) async fn make(SignedIn(visitor): SignedIn, Form(fields): Form<Vec<(String, String)>>) -> Result<Page, Trouble> {
    blocking(move || {
        owner(&visitor)?;
        let text = fields.iter().find(|(name, _)| name == "roster").map_or("", |(_, text)| text.as_str());
        let new = new_cycle(&fields)?;
        let draft = visitor.import_roster(text, new.process.as_deref())?;
        let mut made = Vec::new();
        for one in draft.groups {
            let what = match visitor.form_cycle(&one.group.id, &new) {
                Ok(_) => Made::Formed,
                Err(HostError::Refused { refusals }) => Made::Refused(refusals),
                Err(error) => return Err(error.into()),
            };
            made.push((one.group, what));
        }
        let count = made.iter().filter(|(_, what)| matches!(what, Made::Formed)).count();
        let body = html! {
            h1 { (count) " of " (made.len()) @if made.len() == 1 { " group is made" } @else { " groups are made" } }
            p.lead { "Next: invite their people." }
            ul.cards { @for (group, what) in &made {
                li { @match what {
                    Made::Formed => a.card href={ "/groups/" (group.id) } { strong { (group.name) } span { (group.members.len()) " people · invite them" } },
                    Made::Refused(list) => div.card.warn { strong { (group.name) } (refusals(list, str::to_owned)) },
                } }
            } }
        };
        Ok(framed(&visitor, "/groups/new", Page::new("Groups made", body)))
    })
    .await
}
