//! Handouts as one HTML page that prints well: no script, no other file.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use peercircle_modules::{Language, Marks};

use crate::{
    Format,
    paper::{Head, Paper, Piece, Run, Section, Start},
};

const STYLE: &str = include_str!("paper.css");

/// These handouts as one HTML page: each begins on a new sheet.
///
/// # Example
/// ```
/// use peercircle_core::ProcessSpec;
/// use peercircle_modules::Catalogue;
/// use peercircle_print::{Format, Handout, to_html};
/// let catalogue = Catalogue::builtin();
/// let module = catalogue.module("coaching-employees", "en").unwrap();
/// let papers = Handout::ALL.map(|handout| handout.of(&module, &ProcessSpec::default()));
/// let page = to_html(&papers, &module.language, Format::A4);
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// assert!(page.contains("<title>Coaching Employees for Success</title>"));
/// assert!(!page.contains("<script"));
/// ```
#[must_use]
pub fn to_html(papers: &[Paper], language: &Language, format: Format) -> String {
    let title = papers.first().map_or("", |paper| paper.title.as_str());
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(format!("@page {{ size: {} }}\n", format.css()))) (PreEscaped(STYLE)) }
            }
            body { main { @for paper in papers { (handout(paper)) } } }
        }
    };
    page.into_string()
}

fn handout(paper: &Paper) -> Markup {
    html! {
        article.handout {
            header.small[paper.head == Head::Small] {
                p.kind { (paper.category) " · " (paper.kind) }
                h1 { (paper.title) }
                @if paper.head == Head::Large { p.lead { (runs(&paper.lead)) } }
            }
            @for one in &paper.sections { (section(one)) }
            footer { (paper.title) " · " (paper.kind) " · " (paper.footer) }
        }
    }
}

fn section(section: &Section) -> Markup {
    let class = match section.start {
        Start::Here => "here",
        Start::Page => "page",
        Start::Whole => "whole",
    };
    html! {
        section class=(class) {
            @if let Some(title) = &section.title {
                h2 { (title) @if let Some(tag) = &section.tag { span.tag { (tag) } } }
            }
            (pieces(&section.pieces))
        }
    }
}

fn pieces(list: &[Piece]) -> Markup {
    html! { @for one in list { (piece(one)) } }
}

fn piece(piece: &Piece) -> Markup {
    match piece {
        Piece::Card { title, tag, pieces: inner } => html! {
            div.card { h3 { (runs(title)) @if let Some(tag) = tag { span.tag { (tag) } } } (pieces(inner)) }
        },
        Piece::Columns { columns } => html! { div.columns { @for one in columns { div { (pieces(one)) } } } },
        Piece::Form { head, rows } => html! {
            table.form {
                thead { tr { @for cell in head { @if cell.is_empty() { td {} } @else { th scope="col" { (cell) } } } } }
                tbody {
                    @for row in 1..=*rows {
                        tr { @for at in 0..head.len() { @if at == 0 { th scope="row" { (row) } } @else { td {} } } }
                    }
                }
            }
        },
        Piece::Heading { level, text, tag } => {
            let inner = html! { (runs(text)) @if let Some(tag) = tag { span.tag { (tag) } } };
            // One below the level in the file: the sections have taken `h2`.
            if *level == 2 {
                html! { h3 { (inner) } }
            } else {
                html! { h4 { (inner) } }
            }
        }
        Piece::Lines { text, rows } => html! {
            div.lines { p { (runs(text)) } @for _ in 0..*rows { div.line {} } }
        },
        Piece::List { marks, items } => {
            let points = html! { @for item in items { li { (tight(item)) } } };
            match marks {
                Marks::Boxes => html! { ul.boxes { (points) } },
                Marks::Bullets => html! { ul { (points) } },
                Marks::Numbers => html! { ol { (points) } },
            }
        }
        Piece::Note { label, text } => html! { p.note { span.label { (label) } " " (runs(text)) } },
        Piece::Paragraph { text } => html! { p { (runs(text)) } },
        Piece::Quote { pieces: inner } => html! { blockquote { (pieces(inner)) } },
        Piece::Say { text } => html! { p.say { (runs(text)) } },
        Piece::Table { head, rows, minutes } => html! {
            // On a phone a wide table is moved by itself, by keyboard as well.
            div.scroll tabindex="0" role="group" aria-label="Table" {
                table.minutes[*minutes] {
                    @if head.iter().any(|cell| says_something(cell)) { thead { tr { @for cell in head { (column(cell)) } } } }
                    tbody { @for row in rows { tr { @for cell in row { td { (runs(cell)) } } } } }
                }
            }
        },
    }
}

/// The head of a column; a corner without words is the head of nothing.
fn column(cell: &[Run]) -> Markup {
    html! { @if says_something(cell) { th scope="col" { (runs(cell)) } } @else { td {} } }
}

/// Whether anything is to be seen of it.
fn says_something(cell: &[Run]) -> bool {
    !cell.iter().all(|run| matches!(run, Run::Words { text } if text.trim().is_empty()))
}

/// A point of one paragraph needs no paragraph of its own.
fn tight(item: &[Piece]) -> Markup {
    match item {
        [Piece::Paragraph { text }] => runs(text),
        [Piece::Paragraph { text }, rest @ ..] => html! { (runs(text)) (pieces(rest)) },
        other => pieces(other),
    }
}

fn runs(list: &[Run]) -> Markup {
    html! { @for one in list { (run(one)) } }
}

fn run(run: &Run) -> Markup {
    match run {
        Run::Blank {} => html! { span.blank {} },
        Run::Cite { number } => html! { sup { (number) } },
        Run::Emphasis { text } => html! { em { (runs(text)) } },
        Run::Strong { text } => html! { strong { (runs(text)) } },
        Run::Words { text } => html! { (text) },
    }
}
