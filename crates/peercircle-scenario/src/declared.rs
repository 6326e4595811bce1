//! What a script declares: the answer to a step, and what the cycle comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Answer;

/// What a step declares instead of being accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// These refusals and no other, the kind and the rule of each; the answer's code is that of the first.
    Exactly(Vec<No>),
    /// Exactly these rules refuse, and neither phase nor role nor revision does.
    Refused(Vec<String>),
    /// This kind of "no", whatever else refuses.
    No(String),
}

/// One refusal that is declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct No {
    /// Its kind, such as `not_your_role`.
    pub no: String,
    /// The rule behind it.
    pub rule: String,
}

/// What the cycle must come to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct End {
    /// The name of its stage.
    pub stage: String,
    /// The outcome of each member that is named.
    #[serde(default)]
    pub members: BTreeMap<String, String>,
    /// What HR must see.
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
    /// What members must see; not looked at where the runner shows no view.
    #[serde(default)]
    pub view: Option<Value>,
    /// Whether there may be no members, facts and fields of the view beyond those that are written out.
    #[serde(default)]
    pub exactly: bool,
}

impl Expect {
    /// What a step has to declare for exactly this answer; nothing for what is accepted.
    ///
    /// # Example
    /// ```
    /// use peercircle_scenario::{Answer, Expect, Refusal};
    /// let no = |code: &str, rule: &str| Refusal {
    ///     code: code.to_owned(),
    ///     rule: rule.to_owned(),
    ///     says: String::new(),
    ///     helps: String::new(),
    /// };
    /// let refusals = vec![no("not_your_role", "R-10"), no("rule_refused", "R-21")];
    /// let answer = Answer { code: "not_your_role".to_owned(), refusals, says: None };
    /// assert_eq!(
    ///     serde_json::to_string(&Expect::of(&answer))?,
    ///     r#"{"exactly":[{"no":"not_your_role","rule":"R-10"},{"no":"rule_refused","rule":"R-21"}]}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn of(answer: &Answer) -> Option<Self> {
        if answer.code == "accepted" {
            return None;
        }
        let all = answer.nos();
        Some(match all.as_slice() {
            [] => Self::No(answer.code.clone()),
            nos if nos.iter().all(|no| no.no == "rule_refused") => {
                Self::Refused(all.into_iter().map(|no| no.rule).collect())
            }
            _ => Self::Exactly(all),
        })
    }

    pub(crate) fn fits(&self, answer: &Answer) -> bool {
        let same = |mut wanted: Vec<No>, code: &str| {
            let mut got = answer.nos();
            got.sort();
            wanted.sort();
            !got.is_empty() && got == wanted && answer.code == code
        };
        match self {
            Self::Exactly(all) => all.first().is_some_and(|first| same(all.clone(), &first.no)),
            Self::Refused(rules) => {
                let no = |rule: &String| No { no: "rule_refused".to_owned(), rule: rule.clone() };
                same(rules.iter().map(no).collect(), "rule_refused")
            }
            Self::No(code) => answer.code == *code || answer.refusals.iter().any(|no| no.code == *code),
        }
    }

    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Exactly(all) => format!("{} alone", listed(all)),
            Self::Refused(rules) => format!("a refusal by {} alone", rules.join(" and ")),
            Self::No(code) => format!("`{code}`"),
        }
    }

    /// An answer that doesn't fit, by what this looks at.
    pub(crate) fn got(&self, answer: &Answer) -> String {
        match self {
            Self::Exactly(_) if !answer.refusals.is_empty() => {
                format!("`{}` because of {}", answer.code, listed(&answer.nos()))
            }
            Self::Exactly(_) | Self::Refused(_) | Self::No(_) => answer.in_words(),
        }
    }
}

fn listed(all: &[No]) -> String {
    let all: Vec<_> = all.iter().map(|no| format!("`{}` ({})", no.no, no.rule)).collect();
    all.join(" and ")
}

impl Answer {
    /// The kind and the rule of each refusal, in the order of the answer: what a script can declare of them.
    #[must_use]
    pub fn nos(&self) -> Vec<No> {
        self.refusals.iter().map(|no| No { no: no.code.clone(), rule: no.rule.clone() }).collect()
    }
}
