//! The API's description: valid in structure, whole, and of the routes that there are.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

#[expect(dead_code, reason = "shared by the tests of the API")]
mod common;

use std::collections::BTreeSet;

use common::{World, wide};
use peercircle_http::{openapi, routes};
use serde_json::Value;

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if let (true, Some(text)) = (key == "$ref", value.as_str()) {
                    found.insert(text.to_owned());
                }
                references(value, found);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| references(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_reference_resolves_and_every_schema_is_used() {
    let description = openapi();
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    for reference in &found {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out"));
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
    let names = description["components"]["schemas"].as_object().unwrap().keys();
    let unused: Vec<_> = names.filter(|name| !found.contains(&format!("#/components/schemas/{name}"))).collect();
    assert!(unused.is_empty(), "{unused:?}");
    assert!(description["components"]["schemas"].as_object().unwrap().values().all(|one| one.get("$schema").is_none()));
}

#[test]
fn every_route_is_in_it_and_nothing_else() {
    let description = openapi();
    assert_eq!(description["openapi"], "3.1.0");
    let mut there = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            there.insert((method.to_ascii_uppercase(), path.clone()));
        }
    }
    let wanted: BTreeSet<_> = routes().iter().map(|one| (one.method().to_string(), one.path().to_owned())).collect();
    assert_eq!(there, wanted);
}

#[test]
fn operations_are_whole() {
    let description = openapi();
    let mut ids = BTreeSet::new();
    for route in routes() {
        let operation = &description["paths"][route.path()][route.method().as_str().to_ascii_lowercase()];
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{route:?}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.values().all(|one| one["description"].is_string()), "{route:?}");
        assert!(responses.contains_key("default") && responses.keys().any(|status| status.starts_with('2')), "{route:?}");
        let parameters = operation["parameters"].as_array().unwrap();
        let in_path: Vec<_> =
            parameters.iter().filter(|one| one["in"] == "path").map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(in_path, route.path_params().collect::<Vec<_>>());
        assert!(parameters.iter().all(|one| one["schema"].is_object() && (one["in"] != "path" || one["required"] == true)));
        let reads = matches!(route.method().as_str(), "POST" | "PUT")
            && !route.path().contains("/people/{id}/")
            && !route.path().ends_with("-code");
        assert_eq!(operation["requestBody"]["content"].is_object(), reads, "{route:?}");
    }
    // What reads otherwise than it is sent has two schemas.
    let schemas = description["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("Problem") && schemas.contains_key("CycleView"), "{:?}", schemas.keys());
}

#[tokio::test]
async fn it_is_served() {
    let world = World::new(wide());
    assert_eq!(world.get("", "/api/v1/openapi.json").gets(200).await.json(), openapi());
    let folder = std::env::var_os("PEERCIRCLE_OPENAPI_OUT");
    if let Some(path) = folder {
        std::fs::write(path, openapi().to_string()).unwrap();
    }
}
