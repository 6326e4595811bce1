//! Running a script and comparing what comes with what it declares.

use serde_json::Value;

use crate::{Answer, Expect, Report, Runner, Scenario, Step};

impl Scenario {
    /// Runs the script; `tell` hears each step with its answer. What differs from what the script declares comes back, a
    /// sentence each.
    ///
    /// # Errors
    /// Where the runner has no answer.
    pub fn check<R: Runner>(
        &self,
        runner: &mut R,
        mut tell: impl FnMut(&Step, &Answer, &R),
    ) -> Result<Vec<String>, R::Error> {
        let mut differences = Vec::new();
        for step in self.steps() {
            let answer = runner.give(&self.ask(step))?;
            if !step.fits(&answer) {
                differences.push(format!("line {}: expected {}, got {}", step.line(), wanted(step), answer.in_words()));
            }
            tell(step, &answer, runner);
        }
        self.compare_end(&runner.report()?, &mut differences);
        Ok(differences)
    }

    fn compare_end(&self, report: &Report, differences: &mut Vec<String>) {
        let end = self.end();
        if end.stage != report.stage {
            differences.push(format!("the end: expected stage `{}`, got `{}`", end.stage, report.stage));
        }
        for (member, expected) in &end.members {
            let got = report.members.get(member).map_or("nobody of that name", String::as_str);
            if got != expected {
                differences.push(format!("the end: expected `{member}` to be `{expected}`, got `{got}`"));
            }
        }
        for (fact, expected) in &end.facts {
            let got = report.facts.get(fact).unwrap_or(&Value::Null);
            if !holds(expected, got) {
                differences.push(format!("the end: expected HR to see `{fact}` as {expected}, got {got}"));
            }
        }
    }
}

impl Step {
    fn fits(&self, answer: &Answer) -> bool {
        match self.expect() {
            None => answer.code == "accepted",
            Some(Expect::No(code)) => answer.code == *code || answer.refusals.iter().any(|no| no.code == *code),
            Some(Expect::Refused(rules)) => {
                let mut got: Vec<_> = answer.refusals.iter().map(|no| &no.rule).collect();
                let mut wanted: Vec<_> = rules.iter().collect();
                got.sort();
                wanted.sort();
                !got.is_empty() && got == wanted && answer.refusals.iter().all(|no| no.code == "rule_refused")
            }
        }
    }
}

fn wanted(step: &Step) -> String {
    match step.expect() {
        None => "it to be accepted".to_owned(),
        Some(Expect::No(code)) => format!("`{code}`"),
        Some(Expect::Refused(rules)) => format!("a refusal by {} alone", rules.join(" and ")),
    }
}

impl Answer {
    /// The answer in a sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        let said: Vec<_> = self.refusals.iter().map(|no| format!("{} ({})", no.says, no.rule)).collect();
        match (said.is_empty(), &self.says) {
            (false, _) => format!("`{}`: {}", self.code, said.join("; ")),
            (true, Some(says)) => format!("`{}`: {says}", self.code),
            (true, None) => format!("`{}`", self.code),
        }
    }
}

/// Whether `got` is what is expected, as far as that is written out: an object may have more.
fn holds(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            expected.iter().all(|(name, one)| got.get(name).is_some_and(|got| holds(one, got)))
        }
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() == got.len() && expected.iter().zip(got).all(|(one, got)| holds(one, got))
        }
        (expected, got) => expected == got,
    }
}
