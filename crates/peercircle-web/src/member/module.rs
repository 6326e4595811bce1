//! The module: what it is about, what to try, what to read, what to print.

use maud::{Markup, html};
use peercircle_core::CycleView;
use peercircle_host::{HostError, Visitor};
use peercircle_modules::{Block, Inline, Marks, Text};
use peercircle_print::{Format, Handout, to_html};

use super::Here;
use crate::{
    address::at,
    language::{Reader, own_name},
    page::{Page, Trouble},
    words::spaced,
};

/// What a cycle's module is called.
pub(crate) fn title(visitor: &Visitor, reader: &Reader, view: &CycleView) -> String {
    let module = view.module.as_ref().and_then(|id| reader.module(visitor.organisation().catalogue(), id.as_str()));
    match module {
        Some(module) => module.about.title.as_str().to_owned(),
        None => view.module.as_ref().map(|id| spaced(id.as_str())).unwrap_or_default(),
    }
}

pub(crate) fn page(here: &Here) -> Page {
    let Some(module) = &here.module else {
        let body = html! { h1 { "The module" } section.card { p { "This module isn't in the catalogue here." } } };
        return here.live(Page::new("Module", body), "/module");
    };
    let print = |handout: &str, label: &str| html! { li { a href={ (at("c", &here.id)) "/print/" (handout) } { (label) } } };
    let body = html! {
        h1 { (here.text(&module.about.title)) }
        p.lead { (here.text(&module.about.challenge)) }
        (languages(here))
        section.card { h2 { "What you will be able to do" } ul { @for one in &module.about.objectives { li { (here.text(one)) } } } }
        section { h2 { "What you can try" }
            @for strategy in &module.about.strategies {
                details.card id={ "strategy-" (strategy.id) } {
                    summary { strong { (here.text(&strategy.name)) } }
                    p { (here.text(&strategy.when)) }
                    ol { @for step in &strategy.steps { li { (here.text(step)) } } }
                    blockquote.say { (here.text(&strategy.say)) }
                    h3 { "Signs that it works" } ul { @for sign in &strategy.signs { li { (here.text(sign)) } } }
                    @if let Some(caution) = &strategy.caution { p.helps { (here.text(caution)) } }
                }
            }
        }
        section { h2 { "To read" }
            details.card { summary { strong { (here.text(&module.reference.front.title)) } } (here.blocks(&module.reference.body)) }
            details.card { summary { strong { "A case: " (here.text(&module.case.front.title)) } } (here.blocks(&module.case.body)) }
        }
        section { h2 { "Exercises" }
            @for exercise in &module.exercises { details.card { summary { strong { (here.text(&exercise.front.title)) } " " small { (exercise.front.minutes) " min" } } (here.blocks(&exercise.body)) } }
        }
        section { h2 { "Job aids" }
            @for aid in &module.job_aids { details.card { summary { strong { (here.text(&aid.front.title)) } } (here.blocks(&aid.body)) } }
        }
        section.card { h2 { "To print" } ul { (print("workbook", "Workbook")) (print("guide", "Facilitator's guide")) (print("job-aids", "Job aids")) } }
    };
    here.live(Page::new(module.about.title.as_str(), body), "/module")
}

/// The languages it is written in, to choose from.
fn languages(here: &Here) -> Markup {
    let Some(module) = &here.module else { return html! {} };
    let languages: Vec<_> = here.visitor.organisation().catalogue().languages(module.id.as_str()).collect();
    html! {
        @if languages.len() > 1 {
            form method="post" action={ (at("c", &here.id)) "/language" } {
                div.row role="group" aria-label="Language of the module" {
                    @for language in languages {
                        @let chosen = *language == module.language;
                        button.small.chosen[chosen] name="language" value=(language) lang=(language) aria-pressed=(chosen) { (own_name(language)) }
                    }
                }
            }
        }
    }
}

/// A handout as a page that prints well.
pub(crate) fn handout(here: &Here, name: &str, letter: bool) -> Result<String, Trouble> {
    let not_found = |what: &str| HostError::NotFound { expected: "a handout of the module", got: what.to_owned() };
    let module = here.module.as_ref().ok_or_else(|| not_found(name))?;
    let found = Handout::ALL.into_iter().find(|handout| file(*handout) == name);
    let process = here.visitor.organisation().service().cycle(&here.id).map_err(HostError::from)?.process().clone();
    let paper = found.ok_or_else(|| not_found(name))?.of(module, process.spec());
    Ok(to_html(&[paper], &module.language, if letter { Format::Letter } else { Format::A4 }))
}

const fn file(handout: Handout) -> &'static str {
    match handout {
        Handout::Workbook => "workbook",
        Handout::Guide => "guide",
        Handout::JobAids => "job-aids",
    }
}

/// A line with its marks.
pub(crate) fn text(text: &Text) -> Markup {
    inlines(&text.inlines())
}

fn inlines(list: &[Inline]) -> Markup {
    html! { @for one in list { (inline(one)) } }
}

fn inline(one: &Inline) -> Markup {
    match one {
        Inline::Words { text } => html! { (text) },
        Inline::Emphasis { text } => html! { em { (inlines(text)) } },
        Inline::Strong { text } => html! { strong { (inlines(text)) } },
        Inline::Strategy { id } => html! { em { (spaced(id)) } },
        Inline::Blank {} => html! { span.blank { span.sr { "blank" } "\u{2003}\u{2003}\u{2003}" } },
        // Sources stand in the printed workbook.
        Inline::Citation { .. } => html! {},
    }
}

/// What the columns of a table are called.
fn columns(head: &[Vec<Inline>]) -> String {
    let names = head.iter().map(|cell| inlines(cell).into_string()).map(|cell| {
        // Without its marks.
        let parts = cell.split('<').map(|part| part.split_once('>').map_or(part, |(_, words)| words));
        parts.collect::<String>()
    });
    names.filter(|name| !name.trim().is_empty()).collect::<Vec<_>>().join(", ")
}

/// A text of several paragraphs.
pub(crate) fn blocks(list: &[Block]) -> Markup {
    html! { @for one in list { (block(one)) } }
}

fn block(one: &Block) -> Markup {
    match one {
        Block::Heading { level: 2, text } => html! { h3 { (inlines(text)) } },
        Block::Heading { text, .. } => html! { h4 { (inlines(text)) } },
        Block::Paragraph { text } => html! { p { (inlines(text)) } },
        Block::Quote { blocks: inner } => html! { blockquote { (blocks(inner)) } },
        Block::List { marks, items } => {
            let points = html! { @for item in items { li { (blocks(item)) } } };
            match marks {
                Marks::Numbers => html! { ol { (points) } },
                Marks::Boxes => html! { ul.boxes { (points) } },
                Marks::Bullets => html! { ul { (points) } },
            }
        }
        Block::Table { head, rows } => html! {
            div.scroll tabindex="0" role="group" aria-label={ "Table: " (columns(head)) } {
                table {
                    @if head.iter().any(|cell| !cell.is_empty()) {
                        // A corner without words is the head of nothing.
                        thead { tr { @for cell in head { @if cell.is_empty() { td {} } @else { th scope="col" { (inlines(cell)) } } } } }
                    }
                    tbody { @for row in rows { tr { @for cell in row { td { (inlines(cell)) } } } } }
                }
            }
        },
    }
}
