//! A session as a calendar file (RFC 5545).

use peercircle_core::{Place, SessionKind, Span};

use super::here::Here;
use crate::{
    address::at,
    words::{spaced, stamp},
};

/// The longest line, in bytes, before it is folded.
const LINE: usize = 73;

/// The file for a session that has a date, with a link to the page at this origin.
pub(crate) fn file(here: &Here, session: SessionKind, origin: &str) -> Option<String> {
    let view = here.session(session)?;
    let starts_at = view.starts_at?;
    let minutes: u32 =
        here.cycle.process().spec().agenda(session).phases().iter().map(|phase| u32::from(phase.minutes)).sum();
    let number = if session == SessionKind::Explore { 1 } else { 2 };
    let place = match view.place {
        Some(Place::Onsite) => "Onsite",
        Some(Place::Mixed) => "Onsite and remote",
        Some(Place::Remote) => "Remote",
        None => "",
    };
    let summary = format!("{}: {}", here.group, session.label());
    let about = format!("Peer learning group, {} of 2: {}. {origin}{}", number, here.title(), at("c", &here.id));
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//peercircle//pages//EN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}.{number}@{}", here.id, host.split(':').next().unwrap_or(host)),
        format!("SEQUENCE:{}", view.moved),
        format!("DTSTAMP:{}", stamp(here.guide.now)),
        format!("DTSTART:{}", stamp(starts_at)),
        format!("DTEND:{}", stamp(starts_at + Span::minutes(minutes))),
        format!("SUMMARY:{}", escaped(&summary)),
        format!("LOCATION:{}", escaped(place)),
        format!("DESCRIPTION:{}", escaped(&about)),
        "BEGIN:VALARM".to_owned(),
        "ACTION:DISPLAY".to_owned(),
        format!("DESCRIPTION:{}", escaped(&spaced(&summary))),
        "TRIGGER:-PT1H".to_owned(),
        "END:VALARM".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    Some(lines.iter().map(|line| folded(line)).collect())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of at most 75 bytes, and what follows begins with a space.
fn folded(line: &str) -> String {
    let (mut folded, mut length) = (String::new(), 0);
    for letter in line.chars() {
        if length + letter.len_utf8() > LINE {
            folded.push_str("\r\n ");
            length = 1;
        }
        folded.push(letter);
        length += letter.len_utf8();
    }
    folded + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_letters() {
        let line = folded(&"ä".repeat(80));
        assert!(line.lines().all(|line| line.len() <= 75), "{line}");
        assert_eq!(line.replace("\r\n ", "").trim_end(), "ä".repeat(80));
        assert_eq!(escaped("a, b; c\\"), "a\\, b\\; c\\\\");
    }
}
