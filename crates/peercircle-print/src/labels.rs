//! The words on a handout that aren't the module's: in each language that we have them in.

use peercircle_core::{PhaseKind, SessionKind};
use peercircle_modules::{Category, JobAidKind, Language, Setting};

macro_rules! labels {
    ($($name:ident: $english:literal, $german:literal;)+) => {
        /// The words on a handout that aren't the module's.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Labels {
            is_german: bool,
        }

        impl Labels {
            $(pub(crate) const fn $name(self) -> &'static str {
                if self.is_german { $german } else { $english }
            })+
        }
    };
}

labels! {
    workbook: "Workbook", "Arbeitsheft";
    guide: "Facilitator's guide", "Leitfaden für die Moderation";
    job_aids: "Job aids", "Arbeitshilfen";
    footer: "What is said in the group stays in the group.", "Was in der Gruppe gesagt wird, bleibt in der Gruppe.";
    challenge: "The challenge", "Die Herausforderung";
    audience: "For", "Für";
    objectives: "Afterwards I can", "Danach kann ich";
    name: "Name", "Name";
    buddy: "Buddy", "Lerntandem";
    session_dates: "Session 1 · Session 2", "Treffen 1 · Treffen 2";
    explore: "Session 1: explore", "Treffen 1: Erkunden";
    reflect: "Session 2: reflect", "Treffen 2: Auswerten";
    glance: "Two sessions and a month", "Zwei Treffen und ein Monat";
    practice_between: "Between the two sessions: about a month of practice at work, with a tip, a log and a check-in with your buddy each week.",
        "Zwischen den Treffen: etwa ein Monat Praxis bei der Arbeit, jede Woche ein Tipp, ein Eintrag ins Logbuch und ein Gespräch im Lerntandem.";
    strategies: "The strategies", "Die Strategien";
    strategies_lead: "You choose one of them in session 1 and try it for a month.",
        "Im ersten Treffen wählen Sie eine davon und probieren sie einen Monat lang aus.";
    when: "When it works", "Wann es passt";
    caution: "Take care", "Vorsicht";
    signs: "Signs that it works", "Woran man merkt, dass es wirkt";
    reference: "To read", "Lesetext";
    case: "A case", "Fallbeispiel";
    exercises: "Exercises", "Übungen";
    minutes: "min", "Min.";
    plan: "My action plan", "Mein Vorhaben";
    plan_lead: "Choose one strategy, one person or situation, and one first time. Write it as an if-then plan.",
        "Wählen Sie eine Strategie, eine Person oder Situation und ein erstes Mal. Machen Sie daraus einen Wenn-dann-Plan.";
    plan_examples: "To start from", "Beispiele als Anregung";
    plan_strategy: "The strategy I will try", "Die Strategie, die ich ausprobiere";
    plan_if: "If (situation)", "Wenn (Situation)";
    plan_then: "then I will (behaviour)", "dann (was ich tue)";
    plan_first: "The first time: when and where", "Das erste Mal: wann und wo";
    plan_obstacle: "What may get in the way, and what I will do then", "Was dazwischenkommen kann, und was ich dann tue";
    week: "Week", "Woche";
    month: "The month of practice", "Der Praxismonat";
    month_lead: "A tip for each week, questions for you and your buddy, and room for the log. The log is yours alone. Write no names.",
        "Ein Tipp für jede Woche, Fragen für das Gespräch im Tandem und Platz für das Logbuch. Das Logbuch gehört nur Ihnen. Schreiben Sie keine Namen hinein.";
    ask_each_other: "Ask each other", "Fragen Sie einander";
    log: "Practice log", "Logbuch";
    report: "Practice report", "Praxisbericht";
    report_lead: "Bring it to session 2. What you read out of it is up to you.",
        "Bringen Sie ihn zum zweiten Treffen mit. Was Sie daraus vorlesen, entscheiden Sie.";
    report_back: "Ways to begin your report", "So kann Ihr Bericht beginnen";
    adoption: "What I keep", "Was ich beibehalte";
    looks_like: "What lasting adoption looks like", "Woran man merkt, dass es von Dauer ist";
    adopt_choice: "I keep", "Ich behalte bei";
    adopt_none: "None of them, because", "Keine davon, weil";
    sources: "Sources", "Quellen";
    videos: "Worth watching", "Sehenswert";
    prepare: "Have ready", "Vorbereitung";
    guide_lead: "You are one of the group and take your own turns. This guide gives you the words; use your own where you have better ones.",
        "Sie gehören zur Gruppe und kommen selbst an die Reihe. Dieser Leitfaden liefert Ihnen die Sätze; wo Sie bessere haben, nehmen Sie Ihre eigenen.";
    ask: "Ask", "Fragen";
    todo: "Do", "Zu tun";
    slots: "The minutes", "Zeitplan";
    close: "To close", "Zum Abschluss";
    moments: "When it doesn't go as planned", "Wenn es anders kommt";
    drift: "The group drifts", "Die Gruppe schweift ab";
    dominance: "One person dominates", "Eine Person beherrscht das Gespräch";
    passing: "Someone passes", "Jemand möchte aussetzen";
    overrun: "Time runs out", "Die Zeit läuft davon";
    silence: "Nobody says anything", "Niemand sagt etwas";
    distress: "It gets too close", "Es geht jemandem zu nahe";
    each_in_turn: "each in turn", "reihum";
}

impl Labels {
    /// The words in this language, or English ones.
    pub(crate) fn of(language: &Language) -> Self {
        Self { is_german: language.primary() == "de" }
    }

    pub(crate) const fn session(self, session: SessionKind) -> &'static str {
        match session {
            SessionKind::Explore => self.explore(),
            SessionKind::Reflect => self.reflect(),
        }
    }

    pub(crate) const fn phase(self, phase: PhaseKind) -> &'static str {
        let (english, german) = match phase {
            PhaseKind::Welcome => ("Welcome", "Begrüßung"),
            PhaseKind::StorySharing => ("Story sharing", "Geschichten"),
            PhaseKind::Discussion => ("Discussion", "Diskussion"),
            PhaseKind::SkillBuilding => ("Skill building", "Üben"),
            PhaseKind::ActionPlanning => ("Action planning", "Vorhaben"),
            PhaseKind::NextSteps => ("Next steps", "Nächste Schritte"),
            PhaseKind::ReportBack => ("Report-back", "Berichte"),
            PhaseKind::LessonsLearned => ("Lessons learned", "Erkenntnisse"),
            PhaseKind::Adoption => ("Adoption", "Was bleibt"),
            PhaseKind::Takeaways => ("Takeaways", "Was ich mitnehme"),
        };
        if self.is_german { german } else { english }
    }

    pub(crate) const fn category(self, category: Category) -> &'static str {
        let german = match category {
            Category::Communication => "Kommunikation",
            Category::ConflictManagement => "Konflikte",
            Category::Management => "Führung",
            Category::PerformanceManagement => "Leistung",
            Category::StaffDevelopment => "Personalentwicklung",
            Category::SelfImprovement => "Selbstführung",
            Category::Supervision => "Personalführung",
            Category::TeamManagement => "Teamführung",
        };
        if self.is_german { german } else { category.label() }
    }

    pub(crate) const fn setting(self, setting: Setting) -> &'static str {
        let (english, german) = match setting {
            Setting::Alone => ("alone", "allein"),
            Setting::Pairs => ("in pairs", "zu zweit"),
            Setting::Trios => ("in threes", "zu dritt"),
            Setting::WholeGroup => ("all together", "alle zusammen"),
        };
        if self.is_german { german } else { english }
    }

    pub(crate) const fn job_aid(self, kind: JobAidKind) -> &'static str {
        let (english, german) = match kind {
            JobAidKind::Checklist => ("Checklist", "Checkliste"),
            JobAidKind::Decision => ("Decision aid", "Entscheidungshilfe"),
            JobAidKind::Script => ("Script", "Gesprächsleitfaden"),
            JobAidKind::Table => ("Table", "Tabelle"),
        };
        if self.is_german { german } else { english }
    }
}
