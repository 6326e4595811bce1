//! Addresses of pages by what they are about.

use std::fmt::Display;

/// The address of something by its id. An id may hold a slash, and a group may be called `new`, as the page that makes some is.
pub(crate) fn at(place: &str, id: impl Display) -> String {
    match id.to_string().as_str() {
        "new" => format!("/{place}/%6Eew"),
        id => format!("/{place}/{}", id.replace('/', "%2F")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_part_of_an_address() {
        assert_eq!(at("c", "acme/2026/a"), "/c/acme%2F2026%2Fa");
        assert_eq!(at("groups", "new"), "/groups/%6Eew");
        // What else an id may hold stands for itself in a path.
        assert_eq!(at("people", "Ana.B_c-d:e@f+g"), "/people/Ana.B_c-d:e@f+g");
    }
}
