//! Nothing of people where they are few: one answer for pages, API and figures.

use peercircle_core::CycleFacts;

/// Over fewer people than this nothing is told of them.
pub const MIN_PEOPLE: u32 = 5;

/// Whether the facts count fewer people than may be told of.
pub(crate) fn is_few(facts: &CycleFacts) -> bool {
    facts.members.is_some_and(|members| u32::from(members) < MIN_PEOPLE)
}

/// The facts of a cycle as they leave the host: of few people only where their group is.
pub(crate) fn without_few(facts: CycleFacts) -> CycleFacts {
    if facts.members.is_some_and(|members| u32::from(members) >= MIN_PEOPLE) {
        return facts;
    }
    CycleFacts { members: None, attended: Vec::new(), completed: None, adopted: None, named: Vec::new(), ..facts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_four_is_a_stage_and_minutes() {
        let facts = |members| CycleFacts {
            cycle: None,
            group: None,
            module: None,
            stage: "completed",
            sessions_held: 2,
            minutes: 180,
            members,
            attended: vec![4, 3],
            completed: Some(3),
            adopted: Some(1),
            named: Vec::new(),
        };
        assert_eq!(without_few(facts(Some(5))), facts(Some(5)));
        let few = without_few(facts(Some(4)));
        assert_eq!((few.stage, few.sessions_held, few.minutes), ("completed", 2, 180));
        assert_eq!((few.members, few.attended.len(), few.completed, few.adopted), (None, 0, None, None));
        assert_eq!(few, without_few(facts(None)));
    }
}
