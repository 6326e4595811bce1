//! What goes onto paper, before anyone decides how it looks: HTML and PDF are made of the same pieces.

use peercircle_modules::{Block, Inline, Marks, Module, Text};
use serde::Serialize;

/// A handout, ready to be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Paper {
    /// What kind of handout it is, such as `Workbook`.
    pub kind: String,
    /// The module's title.
    pub title: String,
    /// The module's category, in words.
    pub category: String,
    /// How large its title stands on the first page.
    pub head: Head,
    /// One line below a large title.
    pub lead: Vec<Run>,
    /// What stands on every page.
    pub footer: String,
    /// The sections.
    pub sections: Vec<Section>,
}

/// How large the title of a handout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// A cover.
    Large,
    /// A line, where each page has a title of its own.
    Small,
}

/// A section of a handout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Section {
    /// Its title; none for what stands on the cover.
    pub title: Option<String>,
    /// Beside the title: minutes, kind.
    pub tag: Option<String>,
    /// Where it begins.
    pub start: Start,
    /// What is in it.
    pub pieces: Vec<Piece>,
}

/// Where a section begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// Below the one before it.
    Here,
    /// On a new page.
    Page,
    /// Below the one before it if all of it fits there, else on a new page.
    Whole,
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "piece", rename_all = "snake_case")]
pub enum Piece {
    /// What belongs together, in a frame.
    Card {
        /// Its title.
        title: Vec<Run>,
        /// Beside the title.
        tag: Option<String>,
        /// What is in it.
        pieces: Vec<Self>,
    },
    /// What stands side by side where there is room.
    Columns {
        /// The columns.
        columns: Vec<Vec<Self>>,
    },
    /// A table to write in.
    Form {
        /// What stands above the columns.
        head: Vec<String>,
        /// How many empty rows.
        rows: u32,
    },
    /// A heading, 2 or 3.
    Heading {
        /// Its level.
        level: u8,
        /// What it says.
        text: Vec<Run>,
        /// Beside it.
        tag: Option<String>,
    },
    /// Something to write on, below a question.
    Lines {
        /// The question.
        text: Vec<Run>,
        /// How many lines.
        rows: u32,
    },
    /// A list.
    List {
        /// What stands before each point.
        marks: Marks,
        /// The points.
        items: Vec<Vec<Self>>,
    },
    /// A small word before a paragraph, such as `When it works`.
    Note {
        /// The word.
        label: String,
        /// What it says.
        text: Vec<Run>,
    },
    /// A paragraph.
    Paragraph {
        /// What it says.
        text: Vec<Run>,
    },
    /// A quotation.
    Quote {
        /// What it says.
        pieces: Vec<Self>,
    },
    /// Words to say aloud.
    Say {
        /// The words.
        text: Vec<Run>,
    },
    /// A table.
    Table {
        /// Its first row.
        head: Vec<Vec<Run>>,
        /// The others.
        rows: Vec<Vec<Vec<Run>>>,
        /// Whether the first column is a number of minutes.
        minutes: bool,
    },
}

/// A part of a line, with its references resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "run", rename_all = "snake_case")]
pub enum Run {
    /// A blank to write in.
    Blank {},
    /// The number of a source.
    Cite {
        /// From 1.
        number: usize,
    },
    /// Emphasis.
    Emphasis {
        /// What is emphasised.
        text: Vec<Self>,
    },
    /// Strong emphasis.
    Strong {
        /// What is emphasised.
        text: Vec<Self>,
    },
    /// Plain words.
    Words {
        /// What they say.
        text: String,
    },
}

impl Run {
    pub(crate) fn words(text: impl Into<String>) -> Vec<Self> {
        vec![Self::Words { text: text.into() }]
    }
}

/// Turns a module's texts into pieces: strategies by their names, sources by their numbers.
#[derive(Clone, Copy)]
pub(crate) struct Setter<'a> {
    pub(crate) module: &'a Module,
}

impl Setter<'_> {
    pub(crate) fn text(self, text: &Text) -> Vec<Run> {
        self.runs(&text.inlines())
    }

    pub(crate) fn paragraph(self, text: &Text) -> Piece {
        Piece::Paragraph { text: self.text(text) }
    }

    pub(crate) fn say(self, text: &Text) -> Piece {
        Piece::Say { text: self.text(text) }
    }

    pub(crate) fn list(self, marks: Marks, texts: &[Text]) -> Piece {
        Piece::List { marks, items: texts.iter().map(|text| vec![self.paragraph(text)]).collect() }
    }

    pub(crate) fn blocks(self, blocks: &[Block]) -> Vec<Piece> {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(self, block: &Block) -> Piece {
        match block {
            Block::Heading { level, text } => Piece::Heading { level: *level, text: self.runs(text), tag: None },
            Block::List { marks, items } => {
                Piece::List { marks: *marks, items: items.iter().map(|item| self.blocks(item)).collect() }
            }
            Block::Paragraph { text } => Piece::Paragraph { text: self.runs(text) },
            Block::Quote { blocks } => Piece::Quote { pieces: self.blocks(blocks) },
            Block::Table { head, rows } => {
                let cells = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| self.runs(cell)).collect::<Vec<_>>();
                Piece::Table { head: cells(head), rows: rows.iter().map(cells).collect(), minutes: false }
            }
        }
    }

    fn runs(self, inlines: &[Inline]) -> Vec<Run> {
        inlines.iter().map(|inline| self.run(inline)).collect()
    }

    fn run(self, inline: &Inline) -> Run {
        match inline {
            Inline::Blank {} => Run::Blank {},
            Inline::Citation { source } => {
                let sources = &self.module.about.sources;
                Run::Cite { number: sources.iter().position(|one| one.id == *source).map_or(0, |at| at + 1) }
            }
            Inline::Emphasis { text } => Run::Emphasis { text: self.runs(text) },
            Inline::Strategy { id } => {
                let name = self.module.strategy(id).map_or(id.as_str(), |strategy| strategy.name.as_str());
                Run::Emphasis { text: Run::words(name) }
            }
            Inline::Strong { text } => Run::Strong { text: self.runs(text) },
            Inline::Words { text } => Run::Words { text: text.clone() },
        }
    }
}
