//! Reads JSON (RFC 8259) into a tree with places. No comments, no trailing commas; a key that stands twice is an issue.

use std::{collections::BTreeSet, iter::Peekable, str::CharIndices};

use crate::{
    issue::{Found, quoted},
    node::{Data, Entry, Node, Read, join},
};

/// How deep values may nest.
const MAX_DEPTH: usize = 64;

/// The tree of `text`, or the first place that can't be read.
pub(crate) fn read(text: &str) -> Read {
    let mut reader = Reader { text, chars: text.char_indices().peekable(), twice: Vec::new() };
    if reader.peek() == Some('\u{feff}') {
        reader.chars.next();
    }
    match reader.document() {
        Ok(root) => Read::Tree(root, reader.twice),
        Err(found) => Read::Unreadable(vec![found]),
    }
}

struct Reader<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    twice: Vec<Found>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Found> {
        let root = self.value("", 0)?;
        self.blank();
        if self.peek().is_some() { Err(self.unexpected("the end of the file", "")) } else { Ok(root) }
    }

    fn value(&mut self, path: &str, depth: usize) -> Result<Node, Found> {
        self.blank();
        let at = self.at();
        if depth > MAX_DEPTH {
            return Err(Found::syntax(at, format!("values nested at most {MAX_DEPTH} deep"), "deeper ones"));
        }
        let data = match self.peek() {
            Some('{') => self.table(path, depth)?,
            Some('[') => self.list(path, depth)?,
            Some('"') => Data::Text(self.string()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z') => self.word()?,
            Some(']') => return Err(self.unexpected("a value", "a comma stands before it")),
            Some(_) | None => return Err(self.unexpected("a value", "")),
        };
        Ok(Node { at, data })
    }

    fn table(&mut self, path: &str, depth: usize) -> Result<Data, Found> {
        self.chars.next();
        let mut entries = Vec::new();
        let mut keys = BTreeSet::new();
        self.blank();
        if self.took('}') {
            return Ok(Data::Table(entries));
        }
        loop {
            self.blank();
            let at = self.at();
            if self.peek() != Some('"') {
                let why = if self.peek() == Some('}') { "a comma stands before it" } else { "" };
                return Err(self.unexpected("a key in double quotes", why));
            }
            let key = self.string()?;
            self.blank();
            if !self.took(':') {
                return Err(self.unexpected("`:`", ""));
            }
            let place = join(path, &key);
            let node = self.value(&place, depth + 1)?;
            if keys.insert(key.clone()) {
                entries.push(Entry { key, at, node });
            } else {
                self.twice.push(Found::twice(at, place, &key));
            }
            self.blank();
            if self.took('}') {
                return Ok(Data::Table(entries));
            }
            if !self.took(',') {
                return Err(self.unexpected("`,` or `}`", ""));
            }
        }
    }

    fn list(&mut self, path: &str, depth: usize) -> Result<Data, Found> {
        self.chars.next();
        let mut list = Vec::new();
        self.blank();
        if self.took(']') {
            return Ok(Data::List(list));
        }
        loop {
            list.push(self.value(&format!("{path}[{}]", list.len()), depth + 1)?);
            self.blank();
            if self.took(']') {
                return Ok(Data::List(list));
            }
            if !self.took(',') {
                return Err(self.unexpected("`,` or `]`", ""));
            }
        }
    }

    fn string(&mut self) -> Result<String, Found> {
        self.chars.next();
        let mut string = String::new();
        loop {
            let at = self.at();
            match self.peek() {
                None | Some('\0'..='\u{1f}') => return Err(self.unexpected("`\"` at the end of the text", "")),
                Some('"') => {
                    self.chars.next();
                    return Ok(string);
                }
                Some('\\') => {
                    self.chars.next();
                    string.push(self.escape(at)?);
                }
                Some(other) => {
                    self.chars.next();
                    string.push(other);
                }
            }
        }
    }

    fn escape(&mut self, at: usize) -> Result<char, Found> {
        let one = match self.peek() {
            Some(same @ ('"' | '\\' | '/')) => same,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                self.chars.next();
                return self.unicode(at);
            }
            Some(_) | None => return Err(self.unexpected("an escape such as `\\n` or `\\u00e9`", "")),
        };
        self.chars.next();
        Ok(one)
    }

    fn unicode(&mut self, at: usize) -> Result<char, Found> {
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff if self.took('\\') && self.took('u') => match self.hex()? {
                second @ 0xdc00..=0xdfff => 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                _ => first,
            },
            _ => first,
        };
        let alone = || Found::syntax(at, "a whole character", format!("half of one, `\\u{first:04x}`"));
        char::from_u32(code).ok_or_else(alone)
    }

    fn hex(&mut self) -> Result<u32, Found> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|one| one.to_digit(16));
            let digit = digit.ok_or_else(|| self.unexpected("four hexadecimal digits", ""))?;
            self.chars.next();
            code = code * 16 + digit;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<Data, Found> {
        let at = self.at();
        let text = self.run(|one| matches!(one, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
        if !is_number(text) {
            return Err(Found::syntax(at, "a number such as 12", quoted(text)));
        }
        Ok(Data::Number { text: text.to_owned(), whole: text.parse().ok() })
    }

    fn word(&mut self) -> Result<Data, Found> {
        let at = self.at();
        match self.run(|one| one.is_ascii_alphanumeric() || one == '_') {
            "null" => Ok(Data::Null),
            "true" => Ok(Data::Flag(true)),
            "false" => Ok(Data::Flag(false)),
            other => Err(Found::syntax(at, "a value; a text needs double quotes", quoted(other))),
        }
    }

    fn run(&mut self, of: impl Fn(char) -> bool) -> &'a str {
        let from = self.at();
        while self.chars.next_if(|(_, one)| of(*one)).is_some() {}
        self.text.get(from..self.at()).unwrap_or_default()
    }

    fn blank(&mut self) {
        while self.chars.next_if(|(_, one)| matches!(one, ' ' | '\t' | '\n' | '\r')).is_some() {}
    }

    fn took(&mut self, wanted: char) -> bool {
        self.chars.next_if(|(_, one)| *one == wanted).is_some()
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, one)| *one)
    }

    fn at(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn unexpected(&mut self, expected: &str, why: &str) -> Found {
        let got = match self.peek() {
            Some('\n' | '\r') => "the end of the line".to_owned(),
            Some(one) => quoted(one.encode_utf8(&mut [0; 4])),
            None => "the end of the file".to_owned(),
        };
        let why = if matches!(self.peek(), Some('/' | '#')) { "JSON has no comments" } else { why };
        let got = if why.is_empty() { got } else { format!("{got} ({why})") };
        Found::syntax(self.at(), expected, got)
    }
}

/// Whether `text` is a number of JSON.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (text, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(text, exponent)| (text, Some(exponent)));
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests;
