//! The generated files: docs/rules.md and docs/lifecycle.md from the machine's own tables, docs/catalogue.md from the modules, and
//! the JSON Schemas.

use std::{fmt::Write as _, fs, path::Path, process::ExitCode};

use anyhow::{Context as _, Result};
use peercircle_core::{
    AllowedView, Chart, CommandKind, CycleFacts, CycleView, DueView, ExplanationView, GuideView, How, PathView, Process,
    ProcessSpec, RULES, RuleClass, SessionKind, Stage, VerdictView, WaitingView, WireCommand,
};
use peercircle_modules::{Catalogue, Category};
use peercircle_wire::Envelope;
use schemars::{JsonSchema, generate::SchemaSettings};

use crate::out::Out;

/// Writes all of them below `root`.
pub(crate) fn write(root: &Path) -> Result<()> {
    let docs = [("rules", rules()?), ("lifecycle", lifecycle()?), ("catalogue", catalogue()?)];
    let docs = docs.into_iter().map(|(name, text)| (format!("docs/{name}.md"), text));
    let schemas = schemas()?.into_iter().map(|(name, text)| (format!("schemas/{name}.json"), text));
    let files: Vec<_> = docs.chain(schemas).collect();
    for (name, content) in files {
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        fs::write(&path, content).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

type Make = fn() -> Result<String>;

/// The schemas of what the machine reads and writes, by name.
const SCHEMAS: [(&str, Make); 5] = [
    ("command", || schema::<WireCommand>("command", Contract::Read)),
    ("envelope", || schema::<Envelope>("envelope", Contract::Written)),
    ("facts", || schema::<CycleFacts>("facts", Contract::Written)),
    ("process", || schema::<ProcessSpec>("process", Contract::Read)),
    ("views", views),
];

/// Every schema by its name: those of the machine, then `module/guide` and so on.
fn schemas() -> Result<Vec<(String, String)>> {
    let machine = SCHEMAS.iter().map(|(name, schema)| Ok(((*name).to_owned(), schema()?)));
    let modules = peercircle_modules::schemas().into_iter();
    let modules =
        modules.map(|(name, schema)| Ok((format!("module/{name}"), serde_json::to_string_pretty(&schema)? + "\n")));
    machine.chain(modules).collect()
}

/// Prints the schema with this name, or the names.
pub(crate) fn print(name: Option<&str>, out: Out) -> Result<ExitCode> {
    let schemas = schemas()?;
    let names: Vec<_> = schemas.iter().map(|(name, _)| name.as_str()).collect();
    let Some(name) = name else {
        out.answer(&names, || anstream::println!("{}", names.join("\n")))?;
        return Ok(ExitCode::SUCCESS);
    };
    let found = schemas.iter().find(|(known, _)| known == name);
    let (_, schema) = found.with_context(|| format!("expected a schema ({}), got `{name}`", names.join(", ")))?;
    anstream::print!("{schema}");
    Ok(ExitCode::SUCCESS)
}

/// Whether a schema says what is read or what is written.
enum Contract {
    Read,
    Written,
}

fn schema<T: JsonSchema>(name: &str, contract: Contract) -> Result<String> {
    let settings = SchemaSettings::draft2020_12();
    let settings = match contract {
        Contract::Read => settings.for_deserialize(),
        Contract::Written => settings.for_serialize(),
    };
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), format!("https://peercircle.dev/schema/{name}.json").into());
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}

/// Every view in one document, each under its name.
fn views() -> Result<String> {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.subschema_for::<AllowedView>();
    generator.subschema_for::<CycleView>();
    generator.subschema_for::<DueView>();
    generator.subschema_for::<ExplanationView>();
    generator.subschema_for::<GuideView>();
    generator.subschema_for::<PathView>();
    generator.subschema_for::<VerdictView>();
    generator.subschema_for::<WaitingView>();
    let document = serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://peercircle.dev/schema/views.json",
        "title": "Views",
        "description": "The machine's answers as they go to a screen. They stay in the group; HR sees facts.json.",
        "$defs": generator.take_definitions(true),
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn rules() -> Result<String> {
    let mut out = String::from(
        "# The rules\n\nMade by `cargo xtask generate` from the table the machine decides by. Hard: a command that breaks it is \
         refused and nothing changes. Policy: a parameter of the process. Host: not the core's.\n",
    );
    for rule in RULES {
        let class = match rule.class {
            RuleClass::Hard => "hard",
            RuleClass::Policy => "policy",
            RuleClass::Adapter => "host",
        };
        write!(out, "\n## {} {}\n{} *{}* ({class})\n\n", rule.id, rule.title, rule.text, rule.why)?;
        match rule.how {
            How::Checks { kinds, .. } if kinds.len() == CommandKind::COUNT => writeln!(out, "Looks at every command.")?,
            How::Checks { kinds, .. } => {
                let names: Vec<_> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
                writeln!(out, "Looks at {}.", names.join(", "))?;
            }
            How::Gate => writeln!(out, "Kept before all rules, by the expected revision and the idempotency key.")?,
            How::Shapes(text) => writeln!(out, "Kept by what events say: {text}.")?,
            How::Types(text) => writeln!(out, "Kept by types: {text}.")?,
            How::Host(text) => writeln!(out, "The host {text}.")?,
        }
    }
    Ok(out)
}

fn lifecycle() -> Result<String> {
    let mut out = String::from(
        "# The lifecycle\n\nMade by `cargo xtask generate` from the machine itself.\n\n## Phases of the preset\n\n",
    );
    let preset = ProcessSpec::default();
    for session in SessionKind::ALL {
        writeln!(out, "| {} | minutes | floor | a round |\n|---|---|---|---|", session.label())?;
        for one in preset.agenda(session).phases() {
            let round = if one.phase.is_round() { "yes" } else { "" };
            writeln!(out, "| {} | {} | {} | {round} |", one.phase.label(), one.minutes, one.floor_minutes)?;
        }
        writeln!(out)?;
    }
    let chart = Chart::of(&Process::default());
    write!(out, "## What leads where\n\nUnder the preset.\n\n```mermaid\n{}```\n\n", chart.mermaid())?;
    writeln!(out, "## Commands\n\nWhere a rule says more than the chart, the rule refuses and not the stage.\n")?;
    writeln!(out, "| command | what it does | who | stages |\n|---|---|---|---|")?;
    for kind in CommandKind::ALL {
        let who: Vec<_> = kind.roles().iter().map(peercircle_core::Role::label).collect();
        writeln!(out, "| `{kind}` | {} | {} | {} |", kind.label(), who.join(", "), spans(*kind))?;
    }
    writeln!(
        out,
        "\n## Commands by stage\n\n`+`: accepted there. `.`: it belongs there, and a rule of the preset always refused. Empty: it doesn't \
         belong there.\n\n{}",
        chart.table().trim_end()
    )?;
    Ok(out)
}

fn catalogue() -> Result<String> {
    let mut out = String::from(
        "# The catalogue\n\nMade by `cargo xtask generate` from the modules in crates/peercircle-modules/modules. `peercircle module print \
         ID` makes a module's handouts; [modules.md](modules.md) says how to write one.\n",
    );
    let catalogue = Catalogue::builtin();
    for category in Category::ALL {
        writeln!(out, "\n## {}", category.label())?;
        for module in catalogue.modules("en").filter(|module| module.about.category == category) {
            let about = &module.about;
            let languages: Vec<_> = catalogue.languages(module.id.as_str()).map(|tag| format!("`{tag}`")).collect();
            write!(out, "\n### {}\n`{}` ({})\n\n{}\n\n", about.title, module.id, languages.join(", "), about.summary)?;
            for strategy in &about.strategies {
                writeln!(out, "- `{}`: {}", strategy.id, strategy.name)?;
            }
        }
    }
    Ok(out)
}

/// The stages of a kind, runs of them as "from to".
fn spans(kind: CommandKind) -> String {
    let mut runs: Vec<(Stage, Stage)> = Vec::new();
    let mut last = None;
    for (at, stage) in Stage::ALL.iter().enumerate().filter(|(_, stage)| kind.stages().contains(**stage)) {
        match runs.last_mut() {
            Some((_, end)) if last.is_some_and(|last| last + 1 == at) => *end = *stage,
            _ => runs.push((*stage, *stage)),
        }
        last = Some(at);
    }
    let said = runs.iter().map(|(first, end)| {
        if first == end { first.label().to_owned() } else { format!("{} to {}", first.label(), end.label()) }
    });
    said.collect::<Vec<_>>().join(", ")
}
