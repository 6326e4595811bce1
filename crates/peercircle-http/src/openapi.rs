//! The API's description, made from the table of routes and the types themselves.

use std::collections::BTreeSet;

use peercircle_core::ProcessSpec;
use schemars::generate::{Contract, SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    Need, Problem,
    problem::KINDS,
    route::{Body, Handler, Param, Route, of},
    routes::{routes, shapes},
};

/// Where the schemas are.
pub(crate) const COMPONENTS: &str = "/components/schemas";

/// The API's description: OpenAPI 3.1, with the schemas of the very types that are read and sent.
///
/// # Example
/// ```
/// let description = peercircle_http::openapi();
/// assert_eq!(description["openapi"], "3.1.0");
/// assert!(description["paths"]["/api/v1/cycles/{id}/guide"]["get"].is_object());
/// assert!(description["components"]["schemas"]["GuideView"].is_object());
/// ```
#[must_use]
pub fn openapi() -> Value {
    let (mut reads, mut gives) = (generator(Contract::Deserialize), generator(Contract::Serialize));
    let problem = value(of::<Problem>(&mut gives));
    let mut operations: Vec<(&Route, Value)> = Vec::new();
    for route in routes() {
        operations.push((route, operation(route, &mut reads, &mut gives, &problem)));
    }
    let (mut read, given) = (reads.take_definitions(true), gives.take_definitions(true));
    // A type that reads otherwise than it is sent has two schemas.
    let apart = differing(&read, &given);
    for value in read.values_mut() {
        rename(value, &apart);
    }
    let mut schemas = given;
    for (name, schema) in read {
        let name = if apart.contains(&name) { input(&name) } else { name };
        schemas.insert(name, schema);
    }
    let mut paths = Map::new();
    for (route, mut operation) in operations {
        for part in ["requestBody", "parameters"] {
            if let Some(part) = operation.get_mut(part) {
                rename(part, &apart);
            }
        }
        let entry = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(route.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    paths.values_mut().chain(schemas.values_mut()).for_each(bound);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "peercircle",
            "version": env!("CARGO_PKG_VERSION"),
            "description": description(),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, or the token of a personal link.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "pc",
                    "description": "The token of a personal link. What changes something has to come from a page of the same origin.",
                },
            },
        },
    })
}

fn description() -> String {
    let mut text = "Peer learning groups. Every \"no\" is a problem (RFC 9457) with a stable `code`:\n\n".to_owned();
    for (code, status, title, _) in KINDS {
        text.push_str(&format!("- `{code}` ({status}): {title}\n"));
    }
    text
}

fn generator(contract: Contract) -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = COMPONENTS.into();
    settings.contract = contract;
    settings.into_generator()
}

fn value(schema: schemars::Schema) -> Value {
    schema.to_value()
}

fn operation(route: &Route, reads: &mut SchemaGenerator, gives: &mut SchemaGenerator, problem: &Value) -> Value {
    let mut parameters: Vec<Value> = Vec::new();
    for name in route.path_params() {
        let schema = value(shapes::in_path(route.path, name)(reads));
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
    }
    for (place, params) in [("query", route.query), ("header", route.headers)] {
        for Param { name, says, schema } in params {
            let schema = value(schema(reads));
            parameters.push(json!({"name": name, "in": place, "description": says, "schema": schema}));
        }
    }
    let problem = json!({"application/problem+json": {"schema": problem}});
    let mut responses = Map::new();
    responses.insert(route.status.to_string(), success(route, gives));
    for (status, says) in route.also {
        let mut response = if *status == 200 { success(route, gives) } else { json!({}) };
        if let Some(response) = response.as_object_mut() {
            response.insert("description".to_owned(), json!(says));
            if *status >= 400 {
                response.insert("content".to_owned(), problem.clone());
            }
        }
        responses.insert(status.to_string(), response);
    }
    responses.insert("default".to_owned(), json!({"description": "No: a problem.", "content": problem}));
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.says,
        "description": format!("{}\n\nWhose it is: {}", route.says, route.need.says()),
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(operation) = operation.as_object_mut() {
        if let Some(schema) = route.reads {
            let schema = value(schema(reads));
            let mut content = Map::new();
            for media in route.body.media() {
                // A process file in TOML is a text, and in JSON what it says.
                let is_spec = route.body == Body::ProcessFile && *media == "application/json";
                let schema = if is_spec { value(of::<ProcessSpec>(reads)) } else { schema.clone() };
                content.insert((*media).to_owned(), json!({"schema": schema}));
            }
            operation.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
        }
        if route.need == Need::Public {
            operation.insert("security".to_owned(), json!([]));
        }
    }
    operation
}

fn success(route: &Route, gives: &mut SchemaGenerator) -> Value {
    let Some(schema) = route.gives else { return json!({"description": "Done."}) };
    let mut content = Map::new();
    content.insert(route.media.to_owned(), json!({"schema": value(schema(gives))}));
    if matches!(route.handler, Handler::Events(_)) {
        content.insert("text/event-stream".to_owned(), json!({"schema": {"type": "string"}}));
    }
    json!({"description": "Done.", "content": content})
}

/// The names whose schemas differ, themselves or by what they refer to.
fn differing(read: &Map<String, Value>, given: &Map<String, Value>) -> BTreeSet<String> {
    let mut apart = BTreeSet::new();
    loop {
        let before = apart.len();
        for (name, schema) in read {
            let Some(other) = given.get(name) else { continue };
            let mut renamed = schema.clone();
            rename(&mut renamed, &apart);
            if renamed != *other {
                apart.insert(name.clone());
            }
        }
        if apart.len() == before {
            return apart;
        }
    }
}

/// Gives whole numbers of 32 bits their greatest, which schemars leaves to the format.
fn bound(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").is_some_and(|format| format == "uint32") {
                map.entry("maximum").or_insert(u32::MAX.into());
            }
            map.values_mut().for_each(bound);
        }
        Value::Array(all) => all.iter_mut().for_each(bound),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn input(name: &str) -> String {
    format!("{name}Input")
}

/// Makes every reference to one of these names one to its input.
fn rename(value: &mut Value, apart: &BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                let reference = value.as_str().filter(|_| key == "$ref").and_then(|text| text.rsplit('/').next());
                if let Some(name) = reference.filter(|name| apart.contains(*name)) {
                    *value = Value::String(format!("#{COMPONENTS}/{}", input(name)));
                } else {
                    rename(value, apart);
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| rename(one, apart)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
