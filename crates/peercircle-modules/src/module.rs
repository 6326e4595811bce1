//! A module: everything a group needs for one challenge.

use peercircle_core::{IdError, ModuleId, ModuleRef, ProcessSpec, SessionKind, StrategyId};
use serde::Serialize;

use crate::{About, Document, Exercise, ExercisePhase, Guide, JobAid, Language, Practice, Strategy};

/// Everything a group needs for one challenge: both sessions and the month between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Module {
    /// Its id, the same in every language.
    pub id: ModuleId,
    /// The language it is written in.
    pub language: Language,
    /// What it is about, its strategies and sources.
    pub about: About,
    /// What the facilitator says, asks and does.
    pub guide: Guide,
    /// The month between the sessions, the report, what lasts.
    pub practice: Practice,
    /// The reference text.
    pub reference: Document,
    /// The case.
    pub case: Document,
    /// The exercises, in the order of their use.
    pub exercises: Vec<Exercise>,
    /// The job aids.
    pub job_aids: Vec<JobAid>,
}

impl Module {
    /// What a cycle needs to know of it: `cycle.form` takes this (R-07).
    ///
    /// # Errors
    /// None for a module that was parsed.
    ///
    /// # Example
    /// ```
    /// use peercircle_modules::Catalogue;
    /// let catalogue = Catalogue::builtin();
    /// let module = catalogue.module("coaching-employees", "en").unwrap();
    /// let reference = module.to_ref()?;
    /// assert_eq!(reference.id().as_str(), "coaching-employees");
    /// assert_eq!(reference.strategies()[0].as_str(), "ask-first");
    /// # Ok::<(), peercircle_core::IdError>(())
    /// ```
    pub fn to_ref(&self) -> Result<ModuleRef, IdError> {
        self.about.to_ref(self.id.clone())
    }

    /// One of its strategies.
    #[must_use]
    pub fn strategy(&self, id: &str) -> Option<&Strategy> {
        self.about.strategies.iter().find(|strategy| strategy.id.as_str() == id)
    }

    /// The phases in which its exercises or plans need more minutes than `process` has.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::ProcessSpec;
    /// use peercircle_modules::Catalogue;
    /// let catalogue = Catalogue::builtin();
    /// let module = catalogue.module("coaching-employees", "en").unwrap();
    /// assert!(module.overfull(&ProcessSpec::default()).is_empty());
    /// ```
    #[must_use]
    pub fn overfull(&self, process: &ProcessSpec) -> Vec<Overfull> {
        overfull(&self.guide, self.exercises.iter().map(|one| (one.front.phase, one.front.minutes)), process)
    }
}

impl About {
    /// What a cycle needs to know of the module with this id.
    ///
    /// # Errors
    /// None for a module that was parsed.
    pub fn to_ref(&self, id: ModuleId) -> Result<ModuleRef, IdError> {
        let strategies: Vec<StrategyId> = self.strategies.iter().map(|strategy| strategy.id.clone()).collect();
        ModuleRef::new(id, strategies)
    }
}

/// A phase in which a module needs more minutes than a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Overfull {
    /// The session.
    pub session: SessionKind,
    /// The phase.
    pub phase: ExercisePhase,
    /// How many minutes the module needs there.
    pub needs: u32,
    /// How many the process has; none where it has no such phase.
    pub has: u32,
}

pub(crate) fn overfull(
    guide: &Guide,
    exercises: impl Iterator<Item = (ExercisePhase, u32)> + Clone,
    process: &ProcessSpec,
) -> Vec<Overfull> {
    let each = ExercisePhase::ALL.into_iter().filter_map(|phase| {
        let session = if phase == ExercisePhase::LessonsLearned { SessionKind::Reflect } else { SessionKind::Explore };
        let exercises: u32 = exercises.clone().filter(|(other, _)| *other == phase).map(|(_, minutes)| minutes).sum();
        let plan: u32 = guide.phase(session, phase.kind())?.plan.iter().map(|slot| slot.minutes).sum();
        let needs = exercises.max(plan);
        let has = process.agenda(session).phase(phase.kind()).map_or(0, |phase| phase.minutes.into());
        (needs > has).then_some(Overfull { session, phase, needs, has })
    });
    each.collect()
}
