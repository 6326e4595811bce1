//! What a cycle is formed with: module, process, the first date.

use maud::{Markup, html};
use peercircle_core::Place;
use peercircle_host::{FirstSession, NewCycle, Visitor};

use super::super::Fields;
use crate::{
    forms::{self, get},
    page::Trouble,
    words::{capital, spaced},
};

/// The modules, by category.
pub(in crate::owner) fn module_choice(visitor: &Visitor, chosen: &Fields) -> Markup {
    let mut titles: Vec<_> = visitor.organisation().catalogue().titles("en").collect();
    titles.sort_by_key(|title| title.category);
    let categories: Vec<_> = titles.chunk_by(|a, b| a.category == b.category).collect();
    let name =
        |titles: &[peercircle_modules::Title]| titles.first().map(|title| category(title.category)).unwrap_or_default();
    html! {
        label.field { span { "Module" }
            select name="module" required {
                option value="" { "Choose a challenge" }
                @for titles in &categories {
                    optgroup label=(name(titles)) { @for title in *titles { option value=(title.id) selected[get(chosen, "module") == Some(title.id.as_str())] { (title.title.as_str()) } } }
                }
            }
        }
        details.quiet { summary { "What each module is about" }
            @for titles in &categories {
                h3 { (name(titles)) }
                dl.about { @for title in *titles { div { dt { (title.title.as_str()) } dd { (title.summary.as_str()) } } } }
            }
        }
    }
}

fn category(category: peercircle_modules::Category) -> String {
    let name = serde_json::to_value(category).ok().and_then(|value| value.as_str().map(spaced));
    capital(&name.unwrap_or_default())
}

/// The processes. Where none was chosen it is the one in force, if no other has its title.
pub(in crate::owner) fn process_choice(
    visitor: &Visitor,
    chosen: Option<&str>,
    in_force: Option<&str>,
) -> Result<Markup, Trouble> {
    let processes = visitor.organisation().processes()?;
    let options: Vec<_> = processes.into_iter().map(|file| (file.name, file.title)).collect();
    let mut so_called = options.iter().filter(|(_, title)| in_force == Some(title));
    let current = so_called.next().filter(|_| so_called.next().is_none()).map(|(name, _)| name.as_str());
    Ok(forms::select_at("process", "Process", &options, None, chosen.or(current)))
}

/// Session 1's date, where it is known.
pub(in crate::owner) fn date_choice(chosen: &Fields) -> Markup {
    let places: Vec<(String, String)> = forms::options!(Place);
    html! {
        fieldset { legend { "Session 1, where its date is known" }
            (forms::date_at("starts_at", "When", false, get(chosen, "starts_at")))
            (forms::select_at("place", "Where", &places, None, get(chosen, "place")))
        }
        p.helps { "Left empty, each group agrees on it itself." }
    }
}

/// The cycle that a form wants.
pub(in crate::owner) fn new_cycle(fields: &Fields) -> Result<NewCycle, Trouble> {
    let module = get(fields, "module").and_then(|module| module.parse().ok());
    let module = module.ok_or_else(|| Trouble::form("a module", "none"))?;
    let starts_at = get(fields, "starts_at").map(|text| forms::instant(text, get(fields, "zone"))).transpose()?;
    let starts_at = starts_at.map(|at| at.parse()).transpose().map_err(|_| Trouble::form("a date and a time", "another"))?;
    let place = get(fields, "place").map(|place| serde_json::from_value(place.into()));
    let place = place.transpose().map_err(|_| Trouble::form("a place of the list", "another"))?;
    Ok(NewCycle {
        cycle: None,
        module,
        process: get(fields, "process").map(str::to_owned),
        session_1: starts_at.map(|starts_at| FirstSession { starts_at, place: place.unwrap_or(Place::Onsite) }),
    })
}
