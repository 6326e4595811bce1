//! The JSON Schema of a process file: generated from the types, made readable for people and editors.

use peercircle_core::ProcessSpec;
use peercircle_file::tidy;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The address of the schema, its `$id`.
pub(crate) const ID: &str = "https://peercircle.dev/schema/process.json";

/// The JSON Schema (2020-12) of a process file.
///
/// It says which keys there are, of what type, with which words and what they mean; an editor completes and checks a file with
/// it. What it can't say, such as `target` lying between `minimum` and `maximum`, [`parse`](crate::parse) says.
///
/// # Example
/// ```
/// let schema = peercircle_process::schema();
/// assert_eq!(schema["$id"], "https://peercircle.dev/schema/process.json");
/// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
/// ```
#[must_use]
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<ProcessSpec>().to_value();
    tidy(&mut schema);
    let Value::Object(root) = &mut schema else { return schema };
    root.insert("$id".to_owned(), json!(ID));
    root.insert("title".to_owned(), json!("peercircle process"));
    let purpose =
        "The process of a peer learning group: sizes, minutes, gaps, quorum, who may. What it leaves out is the preset's.";
    root.insert("description".to_owned(), json!(purpose));
    if let Some(properties) = object(root, "properties") {
        let link = json!({"description": "The address of this schema, for editors.", "type": "string"});
        properties.insert("$schema".to_owned(), link);
    }
    schema
}

fn object<'a>(of: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    of.get_mut(key).and_then(Value::as_object_mut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_plain() {
        let text = schema().to_string();
        assert!(!text.contains("```") && !text.contains("::") && !text.contains("](") && !text.contains("[`"), "{text}");
    }

    #[test]
    fn every_key_of_a_process_file_is_described() {
        let schema = schema();
        for (name, key) in schema["properties"].as_object().unwrap() {
            assert!(key["description"].is_string(), "{name}");
        }
        assert_eq!(schema["additionalProperties"], false);
    }
}
