//! What `schemars` writes, made readable for people and editors.

use serde_json::{Value, json};

/// Makes descriptions plain text and gives every whole number its bounds.
pub fn tidy(schema: &mut Value) {
    if let Value::Array(list) = schema {
        list.iter_mut().for_each(tidy);
    }
    let Value::Object(map) = schema else { return };
    if let Some(Value::String(text)) = map.get_mut("description") {
        *text = plain(text);
    }
    if map.get("format").is_some_and(|format| format == "uint32") {
        map.entry("maximum").or_insert(json!(u32::MAX));
    }
    map.iter_mut().filter(|(key, _)| *key != "default").for_each(|(_, value)| tidy(value));
}

/// The first section of a doc comment without its links and line breaks.
fn plain(text: &str) -> String {
    let text = text.split("\n# ").next().unwrap_or_default().trim();
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    let (mut plain, mut rest) = (String::new(), text.as_str());
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else { break };
        plain.push_str(&format!("{before}`{name}`"));
        rest = after.strip_prefix('(').and_then(|target| target.split_once(')')).map_or(after, |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_plain() {
        let said = "Like [`Vec`] and [`A`](super::A): x\nof [two].\n\nMore.\n\n# Example\n```\ncode\n```";
        assert_eq!(plain(said), "Like `Vec` and `A`: x of [two].\n\nMore.");
    }
}
