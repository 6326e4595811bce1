//! The schemas against what the machine reads and writes, judged by a validator no one here wrote.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use peercircle_core::{Actor, Context, Process, ProcessSpec, Span};
use peercircle_scenario::{CoreRunner, Scenario};
use peercircle_wire::Envelope;
use serde::Serialize;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schema(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join(format!("schemas/{name}.json"))).unwrap()).unwrap()
}

fn validator(name: &str) -> Validator {
    jsonschema::draft202012::new(&schema(name)).unwrap()
}

/// A validator for one view of schemas/views.json, or for a list of it.
fn view(name: &str) -> [Validator; 2] {
    let definitions = schema("views").get("$defs").unwrap().clone();
    let one = json!({"$ref": format!("#/$defs/{name}"), "$defs": definitions});
    let list = json!({"type": "array", "items": {"$ref": format!("#/$defs/{name}")}, "$defs": definitions});
    [one, list].map(|schema| jsonschema::draft202012::new(&schema).unwrap())
}

fn holds(validator: &Validator, value: &impl Serialize) {
    let value = serde_json::to_value(value).unwrap();
    if let Err(error) = validator.validate(&value) {
        panic!("{error} at {}: {value:#}", error.instance_path());
    }
}

fn examples() -> Vec<Scenario> {
    let files = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let scripts = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
    scripts.map(|path| Scenario::parse(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

#[test]
fn every_command_and_event_of_the_examples_is_as_its_schema_says() {
    let [command, envelope, facts] = ["command", "envelope", "facts"].map(validator);
    for scenario in examples() {
        let mut runner = CoreRunner::default();
        for step in scenario.steps() {
            let mut asked = scenario.ask(step).command;
            holds(&command, &asked);
            asked.as_object_mut().unwrap().insert("hurry".to_owned(), true.into());
            assert!(!command.is_valid(&asked), "a field that nobody knows: {asked}");
        }
        let Ok(_) = scenario.check(&mut runner, |_, _, runner| holds(&facts, &runner.cycle().disclose()));
        let stream = runner.cycle().roster().cycle().unwrap();
        for event in runner.events() {
            let line = Envelope::new(stream.clone(), event.clone()).to_line().unwrap();
            holds(&envelope, &serde_json::from_str::<Value>(&line).unwrap());
        }
    }
}

#[test]
fn every_view_at_every_step_of_the_examples_is_as_its_schema_says() {
    let [cycle_view, _] = view("CycleView");
    let [guide, _] = view("GuideView");
    let [verdict, _] = view("VerdictView");
    let [explanation, _] = view("ExplanationView");
    let [path, _] = view("PathView");
    let ([_, allowed], [_, due], [_, waiting]) = (view("AllowedView"), view("DueView"), view("WaitingView"));
    for scenario in examples() {
        let Ok(_) = scenario.check(&mut CoreRunner::default(), |step, _, runner| {
            let (before, cycle) = (runner.before(), runner.cycle());
            let now = step.at() + Span::seconds(30);
            let member = cycle.ledger().active().first().map(Actor::member);
            for actor in [Some(Actor::Organiser {}), cycle.chair().map(Actor::member), member].into_iter().flatten() {
                holds(&guide, &cycle.view_guide(actor, now));
                holds(&allowed, &cycle.view_allowed(actor, now));
            }
            holds(&cycle_view, &cycle.view());
            holds(&due, &cycle.view_due(now));
            holds(&due, &cycle.view_next_due(now));
            holds(&waiting, &cycle.view_waiting());
            let read = serde_json::from_value::<peercircle_core::WireCommand>(scenario.ask(step).command);
            if let Some(command) = read.ok().and_then(|command| command.resolve(before.roster()).ok()) {
                let context = Context::new(member.unwrap_or(Actor::Organiser {}), step.at());
                holds(&verdict, &before.view_verdict(&before.decide(&command, &context)));
                holds(&explanation, &before.view_explanation(&command, &context));
                holds(&path, &before.view_path(&command, &context));
            }
        });
    }
}

#[test]
fn every_preset_is_as_its_schema_says() {
    let process = validator("process");
    for (_, spec) in ProcessSpec::presets() {
        holds(&process, &Process::new(spec).unwrap());
    }
    assert!(!process.is_valid(&json!({"group": {"minimun": 5}})));
}
