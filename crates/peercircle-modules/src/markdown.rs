//! Prose: the part of Markdown that a printed page needs, read into values.
//!
//! Headings `##` and `###`, paragraphs, lists, points to tick, quotes, tables, emphasis; and three things of our own: `[@source]`,
//! `[[strategy]]`, and `____` for a blank to write in. Links, images, HTML and code are issues: none of them can be printed and
//! written on.

use std::{iter::Peekable, ops::Range};

use peercircle_file::{Found, quoted};
use pulldown_cmark::{Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd};
use serde::Serialize;

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading within the text.
    Heading {
        /// 2 or 3.
        level: u8,
        /// What it says.
        text: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph {
        /// What it says.
        text: Vec<Inline>,
    },
    /// A list of points.
    List {
        /// What stands before each point.
        marks: Marks,
        /// The points.
        items: Vec<Vec<Self>>,
    },
    /// What somebody says.
    Quote {
        /// The paragraphs.
        blocks: Vec<Self>,
    },
    /// A table.
    Table {
        /// The cells of its first row.
        head: Vec<Vec<Inline>>,
        /// The cells of the others.
        rows: Vec<Vec<Vec<Inline>>>,
    },
}

/// What stands before the points of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Marks {
    /// A box to tick.
    Boxes,
    /// A bullet.
    Bullets,
    /// A number, from 1.
    Numbers,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "inline", rename_all = "snake_case")]
pub enum Inline {
    /// A blank to write in.
    Blank {},
    /// A source of the module.
    Citation {
        /// Its id.
        source: String,
    },
    /// Emphasis.
    Emphasis {
        /// What is emphasised.
        text: Vec<Self>,
    },
    /// A strategy of the module, by its name.
    Strategy {
        /// Its id.
        id: String,
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

/// A text, and what in it can't be printed.
#[derive(Debug)]
pub(crate) struct Prose {
    pub(crate) blocks: Vec<Block>,
    pub(crate) found: Vec<Found>,
}

/// A reference from a text, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference<'a> {
    Source(&'a str),
    Strategy(&'a str),
}

/// The blocks of `text`, which begins at byte `from` of its file.
pub(crate) fn blocks(text: &str, from: usize) -> Prose {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_SMART_PUNCTUATION;
    let events = Parser::new_ext(text, options).into_offset_iter().peekable();
    let mut reader = Reader { text, from, events, found: Vec::new(), is_box: false };
    let blocks = reader.blocks();
    Prose { blocks, found: reader.found }
}

/// The inline parts of a text that is one paragraph.
pub(crate) fn inlines(text: &str) -> Vec<Inline> {
    let parts = blocks(text.trim(), 0).blocks.into_iter().filter_map(|block| match block {
        Block::Paragraph { text } | Block::Heading { text, .. } => Some(text),
        Block::List { .. } | Block::Quote { .. } | Block::Table { .. } => None,
    });
    parts.flatten().collect()
}

/// Every reference in `text`.
pub(crate) fn references(text: &str) -> impl Iterator<Item = (usize, Reference<'_>)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let (at, end, reference) = next_reference(text, rest)?;
        rest = end;
        Some((at, reference))
    })
}

/// The first reference in `text` from byte `from` on: where it begins and ends.
fn next_reference(text: &str, from: usize) -> Option<(usize, usize, Reference<'_>)> {
    let mut from = from;
    loop {
        let at = from + text.get(from..)?.find('[')?;
        let inside = |open: &str, close: &str| {
            let (inside, _) = text.get(at..)?.strip_prefix(open)?.split_once(close)?;
            let is_id = !inside.is_empty() && inside.bytes().all(|one| one.is_ascii_alphanumeric() || b"-_.".contains(&one));
            is_id.then_some((inside, at + open.len() + inside.len() + close.len()))
        };
        if let Some((id, end)) = inside("[@", "]") {
            return Some((at, end, Reference::Source(id)));
        }
        if let Some((id, end)) = inside("[[", "]]") {
            return Some((at, end, Reference::Strategy(id)));
        }
        from = at + 1;
    }
}

struct Reader<'a> {
    text: &'a str,
    from: usize,
    events: Peekable<OffsetIter<'a>>,
    found: Vec<Found>,
    /// Whether the item that is being read has a box to tick.
    is_box: bool,
}

impl Reader<'_> {
    /// The blocks up to the end of what surrounds them.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        while let Some((event, span)) = self.events.peek().cloned() {
            match event {
                Event::End(_) => break,
                Event::Start(Tag::Paragraph) => {
                    self.events.next();
                    blocks.push(Block::Paragraph { text: self.inlines() });
                    self.events.next();
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    self.events.next();
                    let level = match level {
                        HeadingLevel::H2 => 2,
                        HeadingLevel::H3 => 3,
                        HeadingLevel::H1 | HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => {
                            self.refuse(&span, "a heading of two or three `#`; the title stands in the front");
                            2
                        }
                    };
                    blocks.push(Block::Heading { level, text: self.inlines() });
                    self.events.next();
                }
                Event::Start(Tag::BlockQuote(_)) => {
                    self.events.next();
                    blocks.push(Block::Quote { blocks: self.blocks() });
                    self.events.next();
                }
                Event::Start(Tag::List(first)) => {
                    self.events.next();
                    blocks.push(self.list(first));
                    self.events.next();
                }
                Event::Start(Tag::Table(_)) => {
                    self.events.next();
                    blocks.push(self.table());
                    self.events.next();
                }
                Event::Text(_) | Event::SoftBreak | Event::HardBreak | Event::Start(Tag::Emphasis | Tag::Strong) => {
                    blocks.push(Block::Paragraph { text: self.inlines() })
                }
                Event::TaskListMarker(_) => {
                    self.is_box = true;
                    self.events.next();
                }
                Event::Start(tag) => {
                    self.refuse(&span, "headings, paragraphs, lists, quotes and tables");
                    self.skip(tag.to_end());
                }
                Event::Code(_)
                | Event::DisplayMath(_)
                | Event::FootnoteReference(_)
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::InlineMath(_)
                | Event::Rule => {
                    self.refuse(&span, "headings, paragraphs, lists, quotes and tables");
                    self.events.next();
                }
            }
        }
        blocks
    }

    fn list(&mut self, first: Option<u64>) -> Block {
        let mut marks = if first.is_some() { Marks::Numbers } else { Marks::Bullets };
        let mut items = Vec::new();
        while let Some((Event::Start(Tag::Item), _)) = self.events.peek() {
            self.events.next();
            self.is_box = false;
            items.push(self.blocks());
            if std::mem::take(&mut self.is_box) {
                marks = Marks::Boxes;
            }
            self.events.next();
        }
        Block::List { marks, items }
    }

    fn table(&mut self) -> Block {
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        while let Some((Event::Start(tag), _)) = self.events.peek().cloned() {
            self.events.next();
            let mut cells = Vec::new();
            while let Some((Event::Start(Tag::TableCell), _)) = self.events.peek() {
                self.events.next();
                cells.push(self.inlines());
                self.events.next();
            }
            self.events.next();
            if matches!(tag, Tag::TableHead) { head = cells } else { rows.push(cells) }
        }
        Block::Table { head, rows }
    }

    /// The inline parts up to something that is none.
    fn inlines(&mut self) -> Vec<Inline> {
        let (mut parts, mut words) = (Vec::new(), String::new());
        while let Some((event, span)) = self.events.peek().cloned() {
            match event {
                Event::Text(text) => {
                    words.push_str(&text);
                    self.events.next();
                }
                Event::SoftBreak | Event::HardBreak => {
                    words.push(' ');
                    self.events.next();
                }
                Event::Start(tag @ (Tag::Emphasis | Tag::Strong)) => {
                    self.events.next();
                    flush(&mut words, &mut parts);
                    let text = self.inlines();
                    self.events.next();
                    parts.push(if matches!(tag, Tag::Strong) { Inline::Strong { text } } else { Inline::Emphasis { text } });
                }
                Event::Code(_) | Event::InlineHtml(_) | Event::InlineMath(_) | Event::FootnoteReference(_) => {
                    self.refuse(&span, "words, `*emphasis*`, `**strong**`, `[@source]`, `[[strategy]]` or `____`");
                    self.events.next();
                }
                Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough)) => {
                    self.refuse(&span, "words; an address belongs to a source or a video in `module.toml`");
                    self.skip(tag.to_end());
                }
                Event::TaskListMarker(_) => {
                    self.is_box = true;
                    self.events.next();
                }
                Event::DisplayMath(_) | Event::End(_) | Event::Html(_) | Event::Rule | Event::Start(_) => break,
            }
        }
        flush(&mut words, &mut parts);
        parts
    }

    /// Goes past the end of what begins here.
    fn skip(&mut self, end: TagEnd) {
        let mut depth = 0_usize;
        for (event, _) in self.events.by_ref() {
            if matches!(&event, Event::Start(tag) if tag.to_end() == end) {
                depth += 1;
            } else if matches!(event, Event::End(tag) if tag == end) {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return;
                }
            }
        }
    }

    fn refuse(&mut self, span: &Range<usize>, expected: &str) {
        let got = self.text.get(span.clone()).unwrap_or_default().lines().next().unwrap_or_default();
        self.found.push(Found::syntax(self.from + span.start, expected, quoted(got)));
    }
}

/// Turns plain words into parts: references and blanks are cut out of them.
fn flush(words: &mut String, parts: &mut Vec<Inline>) {
    let text = std::mem::take(words);
    let mut done = 0;
    while let Some((at, end, reference)) = next_reference(&text, done) {
        plain(text.get(done..at).unwrap_or_default(), parts);
        parts.push(match reference {
            Reference::Source(id) => Inline::Citation { source: id.to_owned() },
            Reference::Strategy(id) => Inline::Strategy { id: id.to_owned() },
        });
        done = end;
    }
    plain(text.get(done..).unwrap_or_default(), parts);
}

/// Three or more underscores are a blank.
fn plain(mut text: &str, parts: &mut Vec<Inline>) {
    let mut words = |text: &str| {
        if !text.is_empty() {
            parts.push(Inline::Words { text: text.to_owned() });
        }
    };
    let Some(at) = text.find("___") else { return words(text) };
    let (before, rest) = text.split_at_checked(at).unwrap_or_default();
    words(before);
    text = rest.trim_start_matches('_');
    parts.push(Inline::Blank {});
    plain(text, parts);
}

#[cfg(test)]
mod tests;
