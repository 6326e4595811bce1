//! Running a script and comparing what comes with what it declares.

use serde_json::{Value, json};

use crate::{Answer, Extent, Report, Runner, Scenario, Step, apart};

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
                let (wanted, got) = match step.expect() {
                    None => ("it to be accepted".to_owned(), answer.in_words()),
                    Some(expect) => (expect.in_words(), expect.got(&answer)),
                };
                differences.push(format!("line {}: expected {wanted}, got {got}", step.line()));
            }
            tell(step, &answer, runner);
        }
        self.compare_end(&runner.report()?, &mut differences);
        if let Some(expected) = &self.end().view
            && let Some(got) = runner.view()?
        {
            self.compare_seen("members", expected, &got, &mut differences);
        }
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
        for (member, got) in report.members.iter().filter(|(one, _)| end.exactly && !end.members.contains_key(*one)) {
            differences.push(format!("the end: expected nobody of the name `{member}`, got `{got}`"));
        }
        // A runner without facts has none of those that are declared.
        let none = json!({});
        let got = if report.facts.is_null() { &none } else { &report.facts };
        self.compare_seen("HR", &json!(end.facts), got, differences);
    }

    fn compare_seen(&self, who: &str, expected: &Value, got: &Value, differences: &mut Vec<String>) {
        let extent = if self.end().exactly { Extent::All } else { Extent::Written };
        differences.extend(apart(expected, got, extent).iter().map(|one| format!("the end: expected {who} to see {one}")));
    }
}

impl Step {
    fn fits(&self, answer: &Answer) -> bool {
        match self.expect() {
            None => answer.code == "accepted" && answer.refusals.is_empty(),
            Some(expect) => expect.fits(answer),
        }
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
