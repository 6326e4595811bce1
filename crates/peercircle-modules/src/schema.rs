//! The JSON Schemas of a module's files, for editors.

use serde_json::{Value, json};

use crate::{About, DocumentFront, ExerciseFront, Guide, JobAidFront, Practice, sheet::schema_of};

/// The JSON Schema (2020-12) of each kind of file in a module, by its name: `module`, `guide`, `practice`, and the fronts
/// `document`, `exercise` and `job-aid`.
///
/// # Example
/// ```
/// let schemas = peercircle_modules::schemas();
/// let names: Vec<_> = schemas.iter().map(|(name, _)| *name).collect();
/// assert_eq!(names, ["document", "exercise", "guide", "job-aid", "module", "practice"]);
/// assert_eq!(schemas[4].1["properties"]["strategies"]["maxItems"], 7);
/// ```
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    let all = [
        ("document", schema_of::<DocumentFront>(), "The front of a module's reference text or case."),
        ("exercise", schema_of::<ExerciseFront>(), "The front of an exercise."),
        ("guide", schema_of::<Guide>(), "What the facilitator says, asks and does: guide.toml of a module."),
        ("job-aid", schema_of::<JobAidFront>(), "The front of a job aid."),
        ("module", schema_of::<About>(), "What a module is about, its strategies and sources: module.toml."),
        ("practice", schema_of::<Practice>(), "The month between the sessions: practice.toml of a module."),
    ];
    let named = all.into_iter().map(|(name, mut schema, about)| {
        if let Some(root) = schema.as_object_mut() {
            root.insert("$id".to_owned(), json!(format!("https://peercircle.dev/schema/module/{name}.json")));
            root.insert("title".to_owned(), json!(format!("peercircle module: {name}")));
            root.insert("description".to_owned(), json!(about));
        }
        (name, schema)
    });
    named.collect()
}
