//! Reads one module in one language: all of its files into a valid [`Module`], or the whole list of what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{ModuleId, PhaseKind, ProcessSpec, SessionKind, StrategyId};
use peercircle_file::{Found, nearest, quoted};

use crate::{
    About, Block, Document, DocumentFront, Exercise, ExerciseFront, Guide, JobAid, JobAidFront, Language, Module,
    ModuleIssue, ModuleIssues, Practice,
    issue::placed,
    markdown::{self, Reference},
    module::overfull,
    sheet::{Sheet, Typed},
};

/// The files of one module in one language: from the name within its folder, such as `job-aids/card.md`, to the text.
pub type Files = BTreeMap<String, String>;

/// The files that every module has.
const REQUIRED: [&str; 5] = ["module.toml", "guide.toml", "practice.toml", "reference.md", "case.md"];

/// How many questions a phase needs at least.
const QUESTIONS: [(SessionKind, PhaseKind, usize); 6] = [
    (SessionKind::Explore, PhaseKind::StorySharing, 3),
    (SessionKind::Explore, PhaseKind::Discussion, 4),
    (SessionKind::Explore, PhaseKind::ActionPlanning, 2),
    (SessionKind::Reflect, PhaseKind::ReportBack, 3),
    (SessionKind::Reflect, PhaseKind::LessonsLearned, 3),
    (SessionKind::Reflect, PhaseKind::Adoption, 2),
];

/// The module that these files describe.
///
/// # Errors
/// Everything that is wrong with them, file by file. Minutes are held against the preset; [`Module::overfull`] holds them against
/// another process.
pub fn parse(id: &str, language: &str, files: &Files) -> Result<Module, ModuleIssues> {
    let folder = format!("{id}/{language}");
    let misnamed = |got: String| {
        let found = vec![Found::syntax(0, "a module's id and, in it, a language tag as names of folders", got)];
        ModuleIssues::new(placed(&folder, "", found).collect())
    };
    let id = id.parse::<ModuleId>().map_err(|error| misnamed(error.to_string()))?;
    let language = language.parse::<Language>().map_err(|error| misnamed(error.to_string()))?;
    let mut desk = Desk::open(&folder, files);
    desk.check();
    desk.finish(id, language)
}

/// All files of a module, open beside each other.
struct Desk {
    folder: String,
    issues: Vec<ModuleIssue>,
    about: Sheet<About>,
    guide: Sheet<Guide>,
    practice: Sheet<Practice>,
    reference: Sheet<DocumentFront>,
    case: Sheet<DocumentFront>,
    exercises: Vec<(String, Sheet<ExerciseFront>)>,
    job_aids: Vec<(String, Sheet<JobAidFront>)>,
}

/// The ids that texts may refer to.
struct Known {
    strategies: Vec<String>,
    sources: Vec<String>,
    exercises: Vec<String>,
    job_aids: Vec<String>,
}

fn refs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

impl Desk {
    fn open(folder: &str, files: &Files) -> Self {
        let mut issues = Vec::new();
        let mut unread: BTreeSet<&str> = files.keys().map(String::as_str).collect();
        let mut text = |name: &str| {
            unread.remove(name);
            files.get(name).map_or("", String::as_str)
        };
        let (about, guide, practice) = (text("module.toml"), text("guide.toml"), text("practice.toml"));
        let (reference, case) = (text("reference.md"), text("case.md"));
        let mut below = |prefix: &str| {
            let names = files.keys().filter_map(|name| name.strip_prefix(prefix)?.strip_suffix(".md").map(str::to_owned));
            let each = names.map(|id| {
                let name = format!("{prefix}{id}.md");
                let text = text(&name);
                (id, name, text)
            });
            each.collect::<Vec<_>>()
        };
        let (exercises, job_aids) = (below("exercises/"), below("job-aids/"));
        let desk = Self {
            folder: folder.to_owned(),
            about: Sheet::toml("module.toml", about),
            guide: Sheet::toml("guide.toml", guide),
            practice: Sheet::toml("practice.toml", practice),
            reference: Sheet::markdown("reference.md", reference),
            case: Sheet::markdown("case.md", case),
            exercises: exercises.into_iter().map(|(id, name, text)| (id, Sheet::markdown(&name, text))).collect(),
            job_aids: job_aids.into_iter().map(|(id, name, text)| (id, Sheet::markdown(&name, text))).collect(),
            issues: Vec::new(),
        };
        for name in REQUIRED.into_iter().filter(|name| !files.contains_key(*name)) {
            let found = vec![Found::syntax(0, "this file", "none")];
            issues.extend(placed(&format!("{folder}/{name}"), "", found));
        }
        for name in unread {
            let expected = "one of `module.toml`, `guide.toml`, `practice.toml`, `reference.md`, `case.md`, `exercises/*.md`, \
                            `job-aids/*.md`";
            let known = REQUIRED.into_iter();
            let suggestion = nearest(name, known).map(str::to_owned);
            let found = vec![Found { suggestion, ..Found::syntax(0, expected, quoted(name)) }];
            issues.extend(placed(&format!("{folder}/{name}"), "", found));
        }
        Self { issues, ..desk }
    }

    fn check(&mut self) {
        self.about.check_texts();
        self.guide.check_texts();
        self.practice.check_texts();
        self.reference.check_texts();
        self.case.check_texts();
        self.exercises.iter_mut().for_each(|(_, sheet)| sheet.check_texts());
        self.job_aids.iter_mut().for_each(|(_, sheet)| sheet.check_texts());
        self.check_ids();
        let known = self.known();
        self.check_references(&known);
        self.check_fronts(&known);
        self.check_guide(&known);
        self.check_practice(&known);
        self.check_minutes();
        self.check_case();
    }

    /// The ids, as far as they can be read where something else is wrong.
    fn known(&self) -> Known {
        Known {
            strategies: self.listed("strategies", ".id"),
            sources: self.listed("sources", ".id"),
            exercises: self.exercises.iter().map(|(id, _)| id.clone()).collect(),
            job_aids: self.job_aids.iter().map(|(id, _)| id.clone()).collect(),
        }
    }

    /// The texts at `list[0]`, `list[1]`, ... of module.toml, or in their field `.id`.
    fn listed(&self, list: &str, field: &str) -> Vec<String> {
        let at = |path: &str| -> Option<usize> {
            path.strip_prefix(list)?.strip_prefix('[')?.strip_suffix(field)?.strip_suffix(']')?.parse().ok()
        };
        let mut found: Vec<_> =
            self.about.texts().filter_map(|(path, _, text)| Some((at(path)?, text.to_owned()))).collect();
        found.sort();
        found.into_iter().map(|(_, text)| text).collect()
    }

    /// Ids: well-formed, once each, and a file for each one listed.
    fn check_ids(&mut self) {
        let ids: Vec<_> = self
            .about
            .texts()
            .filter(|(path, ..)| path.starts_with("strategies[") && path.ends_with("].id"))
            .map(|(path, at, id)| (path.to_owned(), at, id.to_owned()))
            .collect();
        for (path, at, id) in ids {
            if let Err(error) = id.parse::<StrategyId>() {
                self.about.report_at(at, &path, error.expected, quoted(&error.got));
            }
        }
        let known = self.known();
        let (exercises, job_aids) = (self.listed("exercises", ""), self.listed("job_aids", ""));
        let lists = [
            ("strategies", &known.strategies),
            ("sources", &known.sources),
            ("exercises", &exercises),
            ("job_aids", &job_aids),
        ];
        for (list, ids) in &lists {
            for (at, id) in ids.iter().enumerate().filter(|(at, id)| ids.iter().take(*at).any(|other| other == *id)) {
                self.about.report(&format!("{list}[{at}]"), "each id once", format!("{} again", quoted(id)));
            }
        }
        for (list, ids, files) in [("exercises", &exercises, &known.exercises), ("job_aids", &job_aids, &known.job_aids)] {
            let folder = list.replace('_', "-");
            for (at, id) in ids.iter().enumerate().filter(|(_, id)| !files.contains(id)) {
                let expected = format!("a file `{folder}/{id}.md`");
                self.about.report(&format!("{list}[{at}]"), expected, "none");
            }
            for id in files.iter().filter(|id| !ids.contains(id)) {
                self.about.report(list, format!("all files in `{folder}`"), format!("a list without {}", quoted(id)));
            }
        }
    }

    /// Prose: printable, and what it refers to exists. Every source is used.
    fn check_references(&mut self, known: &Known) {
        let mut cited = BTreeSet::new();
        check_references(&mut self.about, known, &mut cited);
        check_references(&mut self.guide, known, &mut cited);
        check_references(&mut self.practice, known, &mut cited);
        check_references(&mut self.reference, known, &mut cited);
        check_references(&mut self.case, known, &mut cited);
        self.exercises.iter_mut().for_each(|(_, sheet)| check_references(sheet, known, &mut cited));
        self.job_aids.iter_mut().for_each(|(_, sheet)| check_references(sheet, known, &mut cited));
        for (at, id) in known.sources.iter().enumerate().filter(|(_, id)| !cited.contains(*id)) {
            self.about.report(&format!("sources[{at}]"), format!("a text that cites it, as `[@{id}]`"), "none");
        }
    }

    /// The fronts of exercises and job aids: the strategies and job aids they name.
    fn check_fronts(&mut self, known: &Known) {
        for (_, sheet) in &mut self.exercises {
            let front = sheet.value().map(|front| (front.strategies.clone(), front.job_aids.clone()));
            let (strategies, job_aids) = front.unwrap_or_default();
            check_list(sheet, "strategies", &strategies, &known.strategies);
            check_list(sheet, "job_aids", &job_aids, &known.job_aids);
        }
        for (_, sheet) in &mut self.job_aids {
            let strategies = sheet.value().map(|front| front.strategies.clone()).unwrap_or_default();
            check_list(sheet, "strategies", &strategies, &known.strategies);
        }
    }

    /// Enough questions in each phase; plans that name exercises, with their minutes, each of them once.
    fn check_guide(&mut self, known: &Known) {
        let Some(guide) = self.guide.value().cloned() else { return };
        for (session, phase, least) in QUESTIONS {
            let has = guide.phase(session, phase).map_or(0, |phase| phase.ask.len());
            if has < least {
                let path = format!("{}.{}.ask", session_name(session), phase.name());
                self.guide.report(&path, format!("at least {least} questions"), has.to_string());
            }
        }
        if guide.explore.skill_building.plan.is_empty() {
            self.guide.report("explore.skill_building.plan", "a plan of its minutes", "none");
        }
        for session in SessionKind::ALL {
            for (phase, of) in guide.phases(session) {
                let path = format!("{}.{}.plan", session_name(session), phase.name());
                self.check_plan(&path, phase, &of.plan, known);
            }
        }
    }

    fn check_plan(&mut self, path: &str, phase: PhaseKind, plan: &[crate::Slot], known: &Known) {
        let mut planned = Vec::new();
        for (at, slot) in plan.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let Some(id) = &slot.exercise else {
                if slot.what.is_none() {
                    self.guide.report(&path, "`exercise` or `what`", "neither");
                }
                continue;
            };
            planned.push(id.clone());
            match self.exercises.iter().find(|(other, _)| other == id).and_then(|(_, sheet)| sheet.value()) {
                Some(front) if front.phase.kind() != phase => {
                    let expected = format!("an exercise of this phase; its file says {}", quoted(front.phase.kind().name()));
                    self.guide.report(&format!("{path}.exercise"), expected, quoted(id));
                }
                Some(front) if front.minutes != slot.minutes => {
                    let expected = format!("{}, as the exercise's file says", front.minutes);
                    self.guide.report(&format!("{path}.minutes"), expected, slot.minutes.to_string());
                }
                Some(_) => {}
                None if known.exercises.contains(id) => {}
                None => {
                    let path = format!("{path}.exercise");
                    let at = self.guide.texts().find(|(other, ..)| *other == path).map_or(0, |(_, at, _)| at);
                    self.guide.unknown(at, &path, id, &refs(&known.exercises));
                }
            }
        }
        let of_phase = |sheet: &Sheet<ExerciseFront>| sheet.value().is_some_and(|front| front.phase.kind() == phase);
        let missing = self.exercises.iter().filter(|(id, sheet)| of_phase(sheet) && !planned.contains(id));
        let missing: Vec<_> = missing.map(|(id, _)| quoted(id)).collect();
        if !plan.is_empty() && !missing.is_empty() {
            let expected = "a plan with all exercises of this phase";
            self.guide.report(path, expected, format!("one without {}", missing.join(" and ")));
        }
    }

    /// Every if-then plan puts a strategy to use, and every strategy has one.
    fn check_practice(&mut self, known: &Known) {
        let Some(practice) = self.practice.value().filter(|_| !known.strategies.is_empty()) else { return };
        let used: Vec<_> = practice.if_then.iter().map(|one| one.strategy.clone()).collect();
        for (at, id) in used.iter().enumerate().filter(|(_, id)| !known.strategies.contains(id)) {
            let path = format!("if_then[{at}].strategy");
            let place = self.practice.texts().find(|(other, ..)| *other == path).map_or(0, |(_, at, _)| at);
            self.practice.unknown(place, &path, id, &refs(&known.strategies));
        }
        for id in known.strategies.iter().filter(|id| !used.contains(id)) {
            self.practice.report("if_then", format!("a plan for the strategy {}", quoted(id)), "none");
        }
    }

    /// What the exercises and plans need fits into the phases of the preset.
    fn check_minutes(&mut self) {
        let Some(guide) = self.guide.value() else { return };
        let exercises = self.exercises.iter().filter_map(|(_, sheet)| sheet.value());
        let exercises: Vec<_> = exercises.map(|front| (front.phase, front.minutes)).collect();
        for over in overfull(guide, exercises.into_iter(), &ProcessSpec::default()) {
            let path = format!("{}.{}.plan", session_name(over.session), over.phase.kind().name());
            let expected = format!("at most {} minutes of exercises and plan, as the preset has", over.has);
            self.guide.report(&path, expected, over.needs.to_string());
        }
    }

    /// A case ends on questions.
    fn check_case(&mut self) {
        let blocks = markdown::blocks(self.case.prose(), 0).blocks;
        if !matches!(blocks.last(), Some(Block::List { .. })) && self.case.value().is_some() {
            let end = self.case.text.len();
            self.case.report_at(end, "", "a list of questions at the end", "none");
        }
    }

    fn finish(self, id: ModuleId, language: Language) -> Result<Module, ModuleIssues> {
        let Self { folder, mut issues, about, guide, practice, reference, case, exercises, job_aids } = self;
        let about = file(&folder, about, &mut issues);
        let guide = file(&folder, guide, &mut issues);
        let practice = file(&folder, practice, &mut issues);
        let reference = page(&folder, reference, &mut issues, |front, body| Document { front, body });
        let case = page(&folder, case, &mut issues, |front, body| Document { front, body });
        let exercises =
            each(exercises, |id, sheet| page(&folder, sheet, &mut issues, |front, body| Exercise { id, front, body }));
        let job_aids =
            each(job_aids, |id, sheet| page(&folder, sheet, &mut issues, |front, body| JobAid { id, front, body }));
        if !issues.is_empty() {
            return Err(ModuleIssues::new(issues));
        }
        let (Some(about), Some(guide), Some(practice), Some(reference), Some(case)) =
            (about, guide, practice, reference, case)
        else {
            // The walk admits what the types admit; were it to admit more, the types would say so here.
            let found = vec![Found::syntax(0, "a module", "files that this version can't read")];
            return Err(ModuleIssues::new(placed(&folder, "", found).collect()));
        };
        let place = |list: &[String], id: &str| list.iter().position(|other| other == id);
        let (mut exercises, mut job_aids) = (exercises, job_aids);
        exercises.sort_by_key(|one| place(&about.exercises, &one.id));
        job_aids.sort_by_key(|one| place(&about.job_aids, &one.id));
        Ok(Module { id, language, about, guide, practice, reference, case, exercises, job_aids })
    }
}

fn session_name(session: SessionKind) -> &'static str {
    match session {
        SessionKind::Explore => "explore",
        SessionKind::Reflect => "reflect",
    }
}

fn check_references<T: Typed>(sheet: &mut Sheet<T>, known: &Known, cited: &mut BTreeSet<String>) {
    let mut unknown = Vec::new();
    let mut look = |path: &str, at: usize, reference: Reference<'_>| {
        let (id, known) = match reference {
            Reference::Source(id) => {
                cited.insert(id.to_owned());
                (id, &known.sources)
            }
            Reference::Strategy(id) => (id, &known.strategies),
        };
        if !known.is_empty() && !known.iter().any(|other| other == id) {
            unknown.push((at, path.to_owned(), id.to_owned(), known));
        }
    };
    for (path, at, text) in sheet.texts() {
        markdown::references(text).for_each(|(_, reference)| look(path, at, reference));
    }
    markdown::references(sheet.prose()).for_each(|(at, reference)| look("", sheet.body + at, reference));
    for (at, path, id, known) in unknown {
        sheet.unknown(at, &path, &id, &refs(known));
    }
    let found = markdown::blocks(sheet.prose(), sheet.body).found;
    sheet.found.extend(found);
}

/// Where no id is known at all, module.toml has an issue of its own.
fn check_list<T: Typed>(sheet: &mut Sheet<T>, list: &str, ids: &[String], known: &[String]) {
    if known.is_empty() {
        return;
    }
    for (at, id) in ids.iter().enumerate().filter(|(_, id)| !known.contains(id)) {
        let path = format!("{list}[{at}]");
        let place = sheet.texts().find(|(other, ..)| *other == path).map_or(0, |(_, at, _)| at);
        sheet.unknown(place, &path, id, &refs(known));
    }
}

fn each<T, U>(sheets: Vec<(String, Sheet<T>)>, mut make: impl FnMut(String, Sheet<T>) -> Option<U>) -> Vec<U> {
    sheets.into_iter().filter_map(|(id, sheet)| make(id, sheet)).collect()
}

fn file<T: Typed>(folder: &str, sheet: Sheet<T>, issues: &mut Vec<ModuleIssue>) -> Option<T> {
    let (value, name, text, found) = sheet.finish();
    // A file that isn't there is an issue by itself.
    if !text.is_empty() {
        issues.extend(placed(&format!("{folder}/{name}"), &text, found));
    }
    value
}

fn page<T: Typed, U>(
    folder: &str,
    sheet: Sheet<T>,
    issues: &mut Vec<ModuleIssue>,
    make: impl FnOnce(T, Vec<Block>) -> U,
) -> Option<U> {
    let body = markdown::blocks(sheet.prose(), 0).blocks;
    file(folder, sheet, issues).map(|front| make(front, body))
}
