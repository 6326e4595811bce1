//! The three handouts: which texts of a module stand on which, and in which order.

use peercircle_core::{ProcessSpec, SessionKind};
use peercircle_modules::{Exercise, Marks, Module, PhaseGuide, Strategy, Text, Week};

use crate::{
    labels::Labels,
    paper::{Head, Paper, Piece, Run, Section, Setter, Start},
};

/// Something that a group takes into the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handout {
    /// For each member: strategies, reading, case, exercises, and the worksheets from the action plan to adoption.
    Workbook,
    /// For whoever facilitates: both sessions phase by phase, and what to do when it doesn't go as planned.
    Guide,
    /// For the desk and the pocket, a page each.
    JobAids,
}

impl Handout {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Workbook, Self::Guide, Self::JobAids];

    /// Its name in a command line or an address: `workbook`, `guide`, `job-aids`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Workbook => "workbook",
            Self::Guide => "guide",
            Self::JobAids => "job-aids",
        }
    }

    /// What stands on it, for a group that runs under `process`.
    ///
    /// # Example
    /// ```
    /// use peercircle_core::ProcessSpec;
    /// use peercircle_modules::Catalogue;
    /// use peercircle_print::Handout;
    /// let catalogue = Catalogue::builtin();
    /// let module = catalogue.module("coaching-employees", "en").unwrap();
    /// let paper = Handout::JobAids.of(&module, &ProcessSpec::default());
    /// assert_eq!(paper.sections.len(), 3);
    /// assert_eq!(paper.sections[0].title.as_deref(), Some("A coaching talk in fifteen minutes"));
    /// ```
    #[must_use]
    pub fn of(self, module: &Module, process: &ProcessSpec) -> Paper {
        let labels = Labels::of(&module.language);
        let maker = Maker { module, process, labels, set: Setter { module } };
        let (kind, sections) = match self {
            Self::Workbook => (labels.workbook(), maker.workbook()),
            Self::Guide => (labels.guide(), maker.guide()),
            Self::JobAids => (labels.job_aids(), maker.job_aids()),
        };
        Paper {
            kind: kind.to_owned(),
            title: module.about.title.as_str().to_owned(),
            category: labels.category(module.about.category).to_owned(),
            head: if self == Self::JobAids { Head::Small } else { Head::Large },
            lead: maker.set.text(&module.about.summary),
            footer: labels.footer().to_owned(),
            sections,
        }
    }
}

struct Maker<'a> {
    module: &'a Module,
    process: &'a ProcessSpec,
    labels: Labels,
    set: Setter<'a>,
}

fn section(title: &str, start: Start, pieces: Vec<Piece>) -> Section {
    Section { title: Some(title.to_owned()), tag: None, start, pieces }
}

/// What stands over a list or a table. No heading: on the cover it would skip a level.
fn small(text: &str) -> Piece {
    Piece::Note { label: text.to_owned(), text: Vec::new() }
}

fn told(text: &str) -> Piece {
    Piece::Paragraph { text: Run::words(text) }
}

fn lines(text: &str, rows: u32) -> Piece {
    Piece::Lines { text: Run::words(text), rows }
}

impl Maker<'_> {
    fn workbook(&self) -> Vec<Section> {
        let (module, labels, set) = (self.module, self.labels, self.set);
        let mut sections = vec![self.cover(), self.glance()];
        let mut strategies = vec![told(labels.strategies_lead())];
        strategies.extend(module.about.strategies.iter().map(|strategy| self.strategy(strategy)));
        sections.push(section(labels.strategies(), Start::Page, strategies));
        let reference = set.blocks(&module.reference.body);
        sections.push(Section {
            tag: Some(labels.reference().to_owned()),
            ..section(module.reference.front.title.as_str(), Start::Page, reference)
        });
        let case = set.blocks(&module.case.body);
        sections.push(Section {
            tag: Some(labels.case().to_owned()),
            ..section(module.case.front.title.as_str(), Start::Page, case)
        });
        let exercises = module.exercises.iter().map(|exercise| self.exercise(exercise)).collect();
        sections.push(section(labels.exercises(), Start::Page, exercises));
        sections.push(self.plan());
        sections.extend(self.month());
        sections.push(self.report());
        sections.push(self.adoption());
        sections.push(self.sources());
        sections
    }

    fn cover(&self) -> Section {
        let (about, labels, set) = (&self.module.about, self.labels, self.set);
        let pieces = vec![
            small(labels.challenge()),
            Piece::Quote { pieces: vec![set.paragraph(&about.challenge)] },
            Piece::Note { label: labels.audience().to_owned(), text: set.text(&about.audience) },
            small(labels.objectives()),
            set.list(Marks::Bullets, &about.objectives),
            lines(labels.name(), 1),
            lines(labels.buddy(), 1),
            lines(labels.session_dates(), 1),
        ];
        Section { title: None, tag: None, start: Start::Here, pieces }
    }

    fn glance(&self) -> Section {
        let labels = self.labels;
        let columns = SessionKind::ALL.into_iter().map(|session| self.agenda(session).to_vec()).collect();
        let pieces = vec![Piece::Columns { columns }, told(labels.practice_between())];
        section(labels.glance(), Start::Whole, pieces)
    }

    fn agenda(&self, session: SessionKind) -> [Piece; 2] {
        let labels = self.labels;
        let rows = self.process.agenda(session).phases().iter().map(|one| {
            let round = if one.phase.is_round() { labels.each_in_turn() } else { "" };
            [one.minutes.to_string().as_str(), labels.phase(one.phase), round].map(Run::words).to_vec()
        });
        let head = [labels.minutes(), "", ""].map(Run::words).to_vec();
        [small(labels.session(session)), Piece::Table { head, rows: rows.collect(), minutes: true }]
    }

    fn strategy(&self, strategy: &Strategy) -> Piece {
        let (labels, set) = (self.labels, self.set);
        let mut pieces = vec![Piece::Note { label: labels.when().to_owned(), text: set.text(&strategy.when) }];
        let caution = strategy.caution.as_ref();
        pieces.extend(caution.map(|text| Piece::Note { label: labels.caution().to_owned(), text: set.text(text) }));
        pieces.push(set.list(Marks::Numbers, &strategy.steps));
        pieces.push(set.say(&strategy.say));
        pieces.push(Piece::Note { label: labels.signs().to_owned(), text: Vec::new() });
        pieces.push(set.list(Marks::Bullets, &strategy.signs));
        Piece::Card { title: set.text(&strategy.name), tag: None, pieces }
    }

    fn exercise(&self, exercise: &Exercise) -> Piece {
        let (front, labels, set) = (&exercise.front, self.labels, self.set);
        let phase = labels.phase(front.phase.kind());
        let tag = format!("{} {} · {} · {phase}", front.minutes, labels.minutes(), labels.setting(front.setting));
        Piece::Card { title: set.text(&front.title), tag: Some(tag), pieces: set.blocks(&exercise.body) }
    }

    /// The names of the strategies, to tick.
    fn choice(&self) -> Piece {
        let names: Vec<_> = self.module.about.strategies.iter().map(|strategy| strategy.name.clone()).collect();
        self.set.list(Marks::Boxes, &names)
    }

    fn plan(&self) -> Section {
        let (labels, set) = (self.labels, self.set);
        let examples = self.module.practice.if_then.iter().map(|one| {
            let mut text = set.text(&one.situation);
            text.extend(Run::words(", "));
            text.extend(set.text(&one.behaviour));
            vec![Piece::Paragraph { text }]
        });
        let pieces = vec![
            told(labels.plan_lead()),
            small(labels.plan_strategy()),
            self.choice(),
            lines(labels.plan_if(), 2),
            lines(labels.plan_then(), 2),
            lines(labels.plan_first(), 1),
            lines(labels.plan_obstacle(), 2),
            small(labels.plan_examples()),
            Piece::List { marks: Marks::Bullets, items: examples.collect() },
        ];
        section(labels.plan(), Start::Page, pieces)
    }

    fn month(&self) -> Vec<Section> {
        let (labels, practice) = (self.labels, &self.module.practice);
        let mut weeks = vec![told(labels.month_lead())];
        weeks.extend(practice.weeks.iter().enumerate().map(|(at, week)| self.week(at + 1, week)));
        let mut log = vec![self.set.list(Marks::Numbers, &practice.log.questions)];
        let head = (1..=practice.log.questions.len()).map(|number| number.to_string());
        let head: Vec<_> = std::iter::once(labels.week().to_owned()).chain(head).collect();
        log.push(Piece::Form { head, rows: u32::try_from(practice.weeks.len()).unwrap_or(4) });
        vec![section(labels.month(), Start::Page, weeks), section(labels.log(), Start::Page, log)]
    }

    fn week(&self, number: usize, week: &Week) -> Piece {
        let (labels, set) = (self.labels, self.set);
        let mut title = Run::words(format!("{} {number}: ", labels.week()));
        title.extend(set.text(&week.title));
        let ask = Piece::Note { label: labels.ask_each_other().to_owned(), text: Vec::new() };
        Piece::Card { title, tag: None, pieces: vec![set.paragraph(&week.tip), ask, set.list(Marks::Bullets, &week.buddy)] }
    }

    fn questions(&self, questions: &[Text], rows: u32) -> impl Iterator<Item = Piece> {
        questions.iter().map(move |text| Piece::Lines { text: self.set.text(text), rows })
    }

    fn report(&self) -> Section {
        let (labels, practice) = (self.labels, &self.module.practice);
        let mut pieces = vec![told(labels.report_lead())];
        pieces.extend(self.questions(&practice.report.questions, 3));
        pieces.push(small(labels.report_back()));
        pieces.push(self.set.list(Marks::Bullets, &practice.report_back.prompts));
        section(labels.report(), Start::Page, pieces)
    }

    fn adoption(&self) -> Section {
        let (labels, adoption) = (self.labels, &self.module.practice.adoption);
        let mut pieces = vec![
            small(labels.looks_like()),
            self.set.list(Marks::Bullets, &adoption.looks_like),
            small(labels.adopt_choice()),
        ];
        pieces.push(self.choice());
        pieces.push(lines(labels.adopt_none(), 1));
        pieces.extend(self.questions(&adoption.questions, 2));
        section(labels.adoption(), Start::Page, pieces)
    }

    fn sources(&self) -> Section {
        let (about, labels, set) = (&self.module.about, self.labels, self.set);
        let items = about.sources.iter().map(|source| {
            let mut text = set.text(&source.author);
            text.extend(Run::words(format!(" ({}). ", source.year)));
            text.push(Run::Emphasis { text: set.text(&source.title) });
            text.extend(Run::words(". "));
            text.extend(source.publisher.iter().flat_map(|publisher| set.text(publisher)));
            text.extend(source.url.iter().flat_map(|url| Run::words(format!(" {url}"))));
            vec![Piece::Paragraph { text }]
        });
        let mut pieces = vec![Piece::List { marks: Marks::Numbers, items: items.collect() }];
        if !about.videos.is_empty() {
            pieces.push(small(labels.videos()));
        }
        let videos = about.videos.iter().map(|video| {
            let mut text = vec![Run::Strong { text: set.text(&video.title) }];
            text.extend(Run::words(format!(" ({} {}). ", video.minutes, labels.minutes())));
            text.extend(set.text(&video.note));
            text.extend(video.url.iter().flat_map(|url| Run::words(format!(" {url}"))));
            Piece::Paragraph { text }
        });
        pieces.extend(videos);
        section(labels.sources(), Start::Here, pieces)
    }

    fn guide(&self) -> Vec<Section> {
        let (module, labels, set) = (self.module, self.labels, self.set);
        let lead = Section { title: None, tag: None, start: Start::Here, pieces: vec![told(labels.guide_lead())] };
        let mut sections = vec![lead];
        for (at, session) in SessionKind::ALL.into_iter().enumerate() {
            let mut pieces = vec![small(labels.prepare()), set.list(Marks::Boxes, module.guide.prepare(session))];
            let [_, agenda] = self.agenda(session);
            pieces.push(agenda);
            let start = if at == 0 { Start::Here } else { Start::Page };
            sections.push(section(labels.session(session), start, pieces));
            for (phase, guide) in module.guide.phases(session) {
                let planned = self.process.agenda(session).phase(phase);
                let Some(planned) = planned else { continue };
                let tag = Some(format!("{} {}", planned.minutes, labels.minutes()));
                sections.push(Section { tag, ..section(labels.phase(phase), Start::Whole, self.phase(guide)) });
            }
        }
        sections.push(section(labels.moments(), Start::Page, self.moments()));
        let exercises = module.exercises.iter().map(|exercise| self.exercise(exercise)).collect();
        sections.push(section(labels.exercises(), Start::Page, exercises));
        sections
    }

    fn phase(&self, guide: &PhaseGuide) -> Vec<Piece> {
        let (module, labels, set) = (self.module, self.labels, self.set);
        let mut pieces = vec![set.say(&guide.say)];
        if !guide.plan.is_empty() {
            let rows = guide.plan.iter().map(|slot| {
                let exercise = slot.exercise.as_ref().and_then(|id| module.exercises.iter().find(|one| one.id == *id));
                let mut what: Vec<_> =
                    exercise.map(|one| Run::Strong { text: set.text(&one.front.title) }).into_iter().collect();
                if let (Some(_), Some(_)) = (exercise, &slot.what) {
                    what.extend(Run::words(". "));
                }
                what.extend(slot.what.iter().flat_map(|text| set.text(text)));
                vec![Run::words(slot.minutes.to_string()), what]
            });
            let head = vec![Run::words(labels.minutes()), Run::words(labels.slots())];
            pieces.push(Piece::Table { head, rows: rows.collect(), minutes: true });
        }
        if !guide.ask.is_empty() {
            pieces.push(Piece::Note { label: labels.ask().to_owned(), text: Vec::new() });
            pieces.push(set.list(Marks::Bullets, &guide.ask));
        }
        pieces.push(Piece::Note { label: labels.todo().to_owned(), text: Vec::new() });
        pieces.push(set.list(Marks::Numbers, &guide.steps));
        pieces.push(Piece::Note { label: labels.close().to_owned(), text: Vec::new() });
        pieces.push(set.say(&guide.close));
        pieces
    }

    fn moments(&self) -> Vec<Piece> {
        let (moments, labels, set) = (&self.module.guide.moments, self.labels, self.set);
        let each = [
            (labels.drift(), Some(&moments.drift)),
            (labels.dominance(), Some(&moments.dominance)),
            (labels.passing(), Some(&moments.passing)),
            (labels.overrun(), Some(&moments.overrun)),
            (labels.silence(), moments.silence.as_ref()),
            (labels.distress(), moments.distress.as_ref()),
        ];
        let cards = each.into_iter().filter_map(|(title, moment)| {
            let moment = moment?;
            let pieces = vec![set.paragraph(&moment.what), set.say(&moment.say)];
            Some(Piece::Card { title: Run::words(title), tag: None, pieces })
        });
        cards.collect()
    }

    fn job_aids(&self) -> Vec<Section> {
        let (labels, set) = (self.labels, self.set);
        let pages = self.module.job_aids.iter().enumerate().map(|(at, job_aid)| {
            let start = if at == 0 { Start::Here } else { Start::Page };
            let tag = Some(labels.job_aid(job_aid.front.kind).to_owned());
            Section { tag, ..section(job_aid.front.title.as_str(), start, set.blocks(&job_aid.body)) }
        });
        pages.collect()
    }
}
