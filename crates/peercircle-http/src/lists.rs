//! Lists where the description has objects: serde reads the fields of a structure from a list of them as well, in their order, also
//! where it is a part of another. That is nobody's contract, so it is refused.

use serde_json::{Map, Value};

use crate::{openapi::COMPONENTS, route::Route};

/// Whether every list in this body of a route stands where the API's description has one. What was read already is looked at for that alone.
pub(crate) fn are_described(description: &Value, route: &Route, body: &Value) -> bool {
    schema(description, route).is_none_or(|schema| fits(description, schema, body))
}

/// The schema that a route's body is described with.
pub(crate) fn schema<'a>(description: &'a Value, route: &Route) -> Option<&'a Value> {
    let path = description.get("paths")?.get(route.path)?;
    path.get(route.method.as_str().to_ascii_lowercase())?.pointer("/requestBody/content/application~1json/schema")
}

fn fits(description: &Value, schema: &Value, value: &Value) -> bool {
    let Value::Object(schema) = schema else { return true };
    let named = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.rsplit('/').next());
    if named.is_some_and(|name| {
        let named = description.pointer(COMPONENTS).and_then(|all| all.get(name));
        named.is_some_and(|named| !fits(description, named, value))
    }) {
        return false;
    }
    let alternatives = |key: &str| schema.get(key).and_then(Value::as_array);
    let any = |all: &Vec<Value>| all.iter().any(|one| fits(description, one, value));
    if !alternatives("oneOf").is_none_or(any) || !alternatives("anyOf").is_none_or(any) {
        return false;
    }
    let is_type = schema.get("type").is_none_or(|wanted| is_of(wanted, value));
    let is_word = schema.get("const").is_none_or(|wanted| wanted == value)
        && alternatives("enum").is_none_or(|words| words.contains(value));
    is_type && is_word && parts_fit(description, schema, value)
}

fn parts_fit(description: &Value, schema: &Map<String, Value>, value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let properties = schema.get("properties");
            fields.iter().all(|(name, field)| {
                let described = properties.and_then(|all| all.get(name)).or_else(|| schema.get("additionalProperties"));
                described.is_none_or(|one| fits(description, one, field))
            })
        }
        Value::Array(items) => {
            let described = schema.get("items");
            described.is_none_or(|one| items.iter().all(|item| fits(description, one, item)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Whether it is of this type, or of one of these.
fn is_of(wanted: &Value, value: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is =
        |wanted: &Value| wanted.as_str().is_some_and(|wanted| wanted == name || (wanted == "integer" && name == "number"));
    wanted.as_array().map_or_else(|| is(wanted), |several| several.iter().any(is))
}
