//! A sample organisation, with groups in several states: everything can be seen at once.

use std::sync::Arc;

use peercircle_core::{
    Adoption, Attendance, Command, CycleId, Instant, MemberId, NoteRef, PhaseKind, Place, Report, Rsvp, SessionKind, Span,
    StoryKind, StrategyId, VerdictView, WireActor, WireCommand,
};
use peercircle_service::{Audience, Backend, ManualClock, MasterKey, Order, Service};
use peercircle_store::MemoryStore;

use crate::{Group, Host, HostError, Link, NewCycle, OrgId, Organisation, Person, SignInError, link::Invited, token};

/// What a sample organisation opens with.
#[derive(Debug)]
pub struct Demo {
    /// The organisation's id.
    pub organisation: OrgId,
    /// The programme owner's link.
    pub owner: Link,
    /// Everybody else: in which group, at what, and their link.
    pub people: Vec<DemoPerson>,
}

/// Somebody of the sample organisation.
#[derive(Debug)]
pub struct DemoPerson {
    /// Their name.
    pub name: String,
    /// Their group, and where it is.
    pub group: String,
    /// Whether they facilitate the session that comes next or runs.
    pub facilitates: bool,
    /// Their link.
    pub link: Link,
}

/// Where a group of the sample is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Session 1 is in a few days.
    Scheduled,
    /// Session 1 runs: stories are told.
    Stories,
    /// The second week of practice.
    Practice,
    /// Session 2 gathers.
    Reflecting,
    /// Session 2 is over, and one was missing.
    Adopting,
    /// Everything is over.
    Completed,
}

/// A group of the sample: name, module, where it is, and its people with their departments.
type Sample = (&'static str, &'static str, At, &'static [(&'static str, &'static str)]);

const GROUPS: [Sample; 6] = [
    (
        "Lighthouse",
        "difficult-employee",
        At::Stories,
        &[
            ("Ana Diaz", "Sales"),
            ("Bo Lindqvist", "Logistics"),
            ("Chidi Okafor", "Finance"),
            ("Dana Levi", "Support"),
            ("Emil Novak", "Production"),
            ("Farah Aziz", "IT"),
        ],
    ),
    (
        "Harbour",
        "delegation",
        At::Scheduled,
        &[
            ("Greta Holm", "Sales"),
            ("Hugo Martin", "Purchasing"),
            ("Ines Costa", "Finance"),
            ("Jonas Weber", "Quality"),
            ("Kaya Demir", "Marketing"),
            ("Liam Byrne", "IT"),
        ],
    ),
    (
        "Orchard",
        "coaching-employees",
        At::Practice,
        &[
            ("Mei Tanaka", "Research"),
            ("Noah Fischer", "Sales"),
            ("Olga Petrova", "Finance"),
            ("Pedro Alves", "Production"),
            ("Quinn Murphy", "Support"),
            ("Rosa Marino", "Logistics"),
        ],
    ),
    (
        "Meadow",
        "giving-feedback",
        At::Reflecting,
        &[
            ("Samir Haddad", "IT"),
            ("Tove Berg", "Sales"),
            ("Uma Patel", "Finance"),
            ("Viktor Horvat", "Quality"),
            ("Wanda Zielinska", "Marketing"),
            ("Xavier Roux", "Research"),
        ],
    ),
    (
        "Granite",
        "delegation",
        At::Adopting,
        &[
            ("Yara Santos", "Production"),
            ("Zoe Keller", "Support"),
            ("Aaron Cole", "Sales"),
            ("Bea Jansen", "Logistics"),
            ("Cem Yilmaz", "Purchasing"),
            ("Dora Nagy", "Finance"),
        ],
    ),
    (
        "Quarry",
        "developing-your-staff",
        At::Completed,
        &[("Eva Lund", "Sales"), ("Finn Moore", "Finance"), ("Gia Ricci", "IT"), ("Hans Vogel", "Production")],
    ),
];

/// What is written down along the way, so that notes can be looked at.
const TAKEAWAYS: [&str; 6] = [
    "Ask for their view before I give mine. I was sure I did that already.",
    "Nobody else had thought of writing down what exactly they saw. I will.",
    "The silence after my question is theirs. I count to ten.",
    "I am not the only one who puts this talk off.",
    "Half of what annoys me isn't in my control. The other half is a talk of ten minutes.",
    "Say what I decided and what is still open, in that order.",
];

/// What a sample is called among organisations.
pub(crate) const ID: &str = "sample";

/// The same for people.
const NAME: &str = "Sample organisation";

impl Demo {
    /// Hosts a sample organisation, in memory, with a clock of its own where one is given.
    ///
    /// # Errors
    /// What the store says.
    pub fn host(host: &Host, clock: Option<&ManualClock>) -> Result<Self, SignInError> {
        let backend: Arc<dyn Backend> = Arc::new(MemoryStore::default());
        let master = MasterKey::generate().map_err(HostError::from)?;
        let mut service = Service::on(Arc::clone(&backend)).with_vault(master.clone());
        if let Some(clock) = clock {
            service = service.with_clock(clock.clone());
        }
        let id: OrgId = ID.parse()?;
        let demo = Self::fill(&id, &backend, Some(&master), service.now())?;
        host.add(Organisation::new(id, NAME, service));
        Ok(demo)
    }

    /// Fills an empty store with a sample organisation as it would be at `now`.
    ///
    /// # Errors
    /// What the store says.
    pub fn fill(
        id: &OrgId,
        backend: &Arc<dyn Backend>,
        master: Option<&MasterKey>,
        now: Instant,
    ) -> Result<Self, SignInError> {
        let clock = ManualClock::at(now - Span::days(90));
        let mut service = Service::on(Arc::clone(backend)).with_clock(clock.clone());
        if let Some(master) = master {
            service = service.with_vault(master.clone());
        }
        let host = Host::default();
        let organisation = host.add(Organisation::new(id.clone(), NAME, service));
        let mut demo = Vec::new();
        for (name, module, at, people) in GROUPS {
            let play = Play::prepare(&organisation, &clock, now, name, module, people)?;
            // In before anything is said, as real groups are.
            for person in &play.people {
                let invitation = organisation.invite(Invited::Member { person: person.id.clone() })?;
                let link = host.redeem(&invitation.token)?;
                demo.push((person.name.clone(), format!("{name}, {}", at.label()), person.id.clone(), link));
            }
            play.go(at, master.is_some())?;
        }
        clock.set(now);
        let owner = host.redeem(&organisation.invite_owner("Programme owner")?.token)?;
        let mut people = Vec::new();
        for (name, group, id, link) in demo {
            let mut facilitates = false;
            for head in organisation.service().cycles_of(&id).map_err(HostError::from)? {
                let view = organisation.service().view(&head.stream).map_err(HostError::from)?;
                let ahead = view.sessions.iter().find(|session| session.closed_at.is_none());
                facilitates |= ahead.and_then(|session| session.facilitator.as_ref()) == Some(&id);
            }
            people.push(DemoPerson { name, group, facilitates, link });
        }
        Ok(Self { organisation: id.clone(), owner, people })
    }
}

impl At {
    const fn label(self) -> &'static str {
        match self {
            Self::Scheduled => "session 1 in three days",
            Self::Stories => "session 1 runs now",
            Self::Practice => "in the second week of practice",
            Self::Reflecting => "session 2 is about to begin",
            Self::Adopting => "deciding what to keep",
            Self::Completed => "completed",
        }
    }
}

/// A group that is played through.
struct Play<'a> {
    organisation: &'a Organisation,
    clock: &'a ManualClock,
    now: Instant,
    cycle: CycleId,
    group: Group,
    people: Vec<Person>,
    module: &'a str,
    strategies: Vec<StrategyId>,
}

fn word<T: std::str::FromStr<Err = peercircle_core::IdError>>(text: &str) -> Result<T, HostError> {
    let word = text.to_lowercase().replace(' ', "-");
    word.parse().map_err(|error: T::Err| HostError::Invalid { expected: error.expected.to_owned(), got: error.got })
}

impl<'a> Play<'a> {
    fn prepare(
        organisation: &'a Organisation,
        clock: &'a ManualClock,
        now: Instant,
        name: &str,
        module: &'a str,
        people: &[(&str, &str)],
    ) -> Result<Self, HostError> {
        let person = |(name, department): &(&str, &str)| -> Result<Person, HostError> {
            let first = name.split(' ').next().unwrap_or(name);
            Ok(Person {
                id: word(first)?,
                name: (*name).to_owned(),
                email: Some(format!("{}@sample.example", first.to_lowercase())),
                level: word("Team lead")?,
                department: word(department)?,
                manager: None,
            })
        };
        let people = people.iter().map(person).collect::<Result<Vec<_>, _>>()?;
        let members = people.iter().map(|person| person.id.clone()).collect();
        let group = Group { id: word(name)?, name: name.to_owned(), members };
        let changes = organisation.keep(&people, std::slice::from_ref(&group))?;
        organisation.service().store().change(changes)?;
        let strategies = organisation.catalogue().module(module, "en");
        let strategies = strategies.map(|module| module.about.strategies.iter().map(|one| one.id.clone()).collect());
        Ok(Self {
            organisation,
            clock,
            now,
            cycle: word(&format!("{name}-1"))?,
            group,
            people,
            module,
            strategies: strategies.unwrap_or_default(),
        })
    }

    fn give(&self, by: WireActor, command: WireCommand) -> Result<(), HostError> {
        let order = Order::new(self.cycle.clone(), by, command);
        match self.organisation.service().give(&order)?.view {
            VerdictView::Refused { refusals } => Err(HostError::Refused { refusals }),
            VerdictView::Accepted { .. } | VerdictView::Duplicate { .. } => Ok(()),
        }
    }

    fn by(&self, member: &MemberId, command: WireCommand) -> Result<(), HostError> {
        self.give(WireActor::Member { member: member.clone() }, command)
    }

    fn member(&self, at: usize) -> Result<&MemberId, HostError> {
        let found = self.group.members.get(at);
        found.ok_or_else(|| HostError::NotFound { expected: "a member of the sample", got: at.to_string() })
    }

    fn strategy(&self, at: usize) -> Result<StrategyId, HostError> {
        let found = self.strategies.get(at % self.strategies.len().max(1)).cloned();
        found.ok_or_else(|| HostError::NotFound { expected: "a strategy of the sample", got: at.to_string() })
    }

    fn at(&self, at: Instant) {
        self.clock.set(at);
    }

    fn note(&self, author: &MemberId, audience: Audience, text: &str) -> Result<NoteRef, HostError> {
        let note = NoteRef::from_bytes(token::random()?);
        self.organisation.service().put_note(&self.cycle, author, note, audience, text.as_bytes())?;
        Ok(note)
    }

    fn go(&self, at: At, notes: bool) -> Result<(), HostError> {
        let (now, minutes) = (self.now, |minutes| Span::minutes(minutes));
        // When session 1 begins, so that the group is where it is to be by now.
        let first = match at {
            At::Scheduled => now + Span::days(3),
            At::Stories => now - minutes(13),
            At::Practice => now - Span::days(10),
            At::Reflecting => now - Span::days(28) + minutes(5),
            At::Adopting => now - Span::days(31),
            At::Completed => now - Span::days(60),
        };
        self.at(now.min(first) - Span::days(12));
        self.form(first)?;
        if at == At::Scheduled {
            for (number, reply) in [(0, Rsvp::Accepted), (1, Rsvp::Accepted), (2, Rsvp::Tentative)] {
                let member = self.member(number)?.clone();
                self.by(&member.clone(), Command::Reply { member, session: SessionKind::Explore, reply })?;
            }
            return Ok(());
        }
        self.open(SessionKind::Explore, first, 0, &[])?;
        self.turns(PhaseKind::StorySharing, first + minutes(3), if at == At::Stories { Some(3) } else { None }, notes)?;
        if at == At::Stories {
            return Ok(());
        }
        self.explore(first, notes)?;
        for week in 1..=(if at == At::Practice { 2 } else { 4 }) {
            self.at((first + Span::days(7 * u32::from(week) - 2)).min(now - minutes(1)));
            for (number, member) in self.group.members.iter().enumerate() {
                // Not everyone logs every week, and that is fine.
                if (number + usize::from(week)) % 3 != 0 {
                    self.by(member, Command::LogPractice { member: member.clone(), week, note: None })?;
                }
                if (number + usize::from(week)) % 2 == 0 {
                    self.by(member, Command::CheckIn { member: member.clone(), week })?;
                }
            }
        }
        if at == At::Practice {
            return Ok(());
        }
        let second = first + Span::days(28);
        let absent: &[usize] = if at == At::Adopting { &[4] } else { &[] };
        if at == At::Reflecting {
            return self.gather(SessionKind::Reflect, second.min(now + minutes(5)), 1, &[3, 4, 5]);
        }
        self.open(SessionKind::Reflect, second, 1, absent)?;
        self.reflect(second, absent, notes)
    }

    fn form(&self, first: Instant) -> Result<(), HostError> {
        let new = NewCycle {
            cycle: None,
            module: word(self.module)?,
            process: None,
            session_1: Some(crate::FirstSession { starts_at: first, place: Place::Onsite }),
        };
        for command in self.organisation.forming(&self.cycle, &self.group, &self.people, &new)? {
            self.give(WireActor::Organiser {}, command)?;
        }
        let chair = self.member(0)?;
        self.by(
            chair,
            Command::AppointFacilitator { session: SessionKind::Explore, member: chair.clone(), exception: None },
        )?;
        for member in self.group.members.iter().skip(usize::from(first > self.now)) {
            self.by(member, Command::AcceptGroundRules { member: member.clone(), version: 1 })?;
        }
        Ok(())
    }

    /// Doors open, and everyone but `absent` is there.
    fn gather(&self, session: SessionKind, starts_at: Instant, chair: usize, absent: &[usize]) -> Result<(), HostError> {
        self.at(starts_at - Span::minutes(8));
        let chair = self.member(chair)?;
        if session == SessionKind::Reflect {
            self.by(chair, Command::AppointFacilitator { session, member: chair.clone(), exception: None })?;
        }
        self.by(chair, Command::OpenSession { session })?;
        for (_, member) in self.group.members.iter().enumerate().filter(|(number, _)| !absent.contains(number)) {
            self.by(member, Command::MarkAttendance { member: member.clone(), attendance: Attendance::Present })?;
        }
        Ok(())
    }

    fn open(&self, session: SessionKind, starts_at: Instant, chair: usize, absent: &[usize]) -> Result<(), HostError> {
        self.gather(session, starts_at, chair, absent)?;
        self.at(starts_at);
        let chair = self.member(chair)?;
        for number in absent {
            let member = self.member(*number)?.clone();
            self.by(chair, Command::MarkAttendance { member, attendance: Attendance::Absent })?;
        }
        self.by(chair, Command::StartSession {})
    }

    /// Who facilitates the session at hand.
    fn chair(&self) -> Result<MemberId, HostError> {
        let guide = self.organisation.service().guide(&self.cycle, &WireActor::Organiser {})?;
        guide.chair.ok_or_else(|| HostError::NotFound { expected: "a facilitator of the sample", got: "none".to_owned() })
    }

    fn phase(&self, phase: PhaseKind, at: Instant) -> Result<MemberId, HostError> {
        self.at(at);
        let chair = self.chair()?;
        self.by(&chair, Command::OpenPhase { phase })?;
        Ok(chair)
    }

    /// A round: everyone present, or so many of them, the last of whom still speaks.
    fn turns(&self, phase: PhaseKind, at: Instant, only: Option<usize>, notes: bool) -> Result<(), HostError> {
        let chair = self.phase(phase, at)?;
        let guide = self.organisation.service().guide(&self.cycle, &WireActor::Organiser {})?;
        let order: Vec<_> = guide.turns.iter().map(|turn| turn.member.clone()).collect();
        let budget =
            guide.phase.map_or(1200, |phase| u32::from(phase.seconds)) / u32::try_from(order.len().max(1)).unwrap_or(1);
        let mut clock = at + Span::seconds(10);
        for (number, member) in order.iter().enumerate().take(only.unwrap_or(order.len())) {
            self.at(clock);
            self.by(&chair, Command::StartTurn { member: member.clone() })?;
            if only == Some(number + 1) {
                return Ok(());
            }
            clock = clock + Span::seconds(budget.saturating_sub(8));
            self.at(clock);
            self.by(member, self.told(phase, number, member, notes)?)?;
        }
        Ok(())
    }

    /// What ends a turn of this phase.
    fn told(&self, phase: PhaseKind, number: usize, member: &MemberId, notes: bool) -> Result<WireCommand, HostError> {
        let member = member.clone();
        let said = |audience| -> Result<Option<NoteRef>, HostError> {
            let text = TAKEAWAYS.get(number % TAKEAWAYS.len()).copied().unwrap_or_default();
            if notes { Ok(Some(self.note(&member, audience, text)?)) } else { Ok(None) }
        };
        Ok(match phase {
            PhaseKind::StorySharing => {
                let story = if number % 3 == 2 { StoryKind::Observed } else { StoryKind::Own };
                Command::ShareStory { member, story, note: None }
            }
            PhaseKind::ReportBack => {
                let report = Report::Practised { strategies: vec![self.strategy(number)?] };
                Command::GiveReport { report, note: None, member }
            }
            PhaseKind::Adoption => {
                let adoption = Adoption::Adopted { strategies: vec![self.strategy(number)?] };
                Command::DecideAdoption { adoption, note: None, member }
            }
            PhaseKind::Takeaways => {
                let session =
                    if self.organisation.service().view(&self.cycle)?.sessions.iter().any(|one| one.closed_at.is_some()) {
                        SessionKind::Reflect
                    } else {
                        SessionKind::Explore
                    };
                Command::FinishTurn { note: said(Audience::Session { session })?, member }
            }
            PhaseKind::ActionPlanning
            | PhaseKind::Welcome
            | PhaseKind::Discussion
            | PhaseKind::SkillBuilding
            | PhaseKind::NextSteps
            | PhaseKind::LessonsLearned => Command::FinishTurn { member, note: None },
        })
    }

    /// Session 1 from the discussion to its end.
    fn explore(&self, first: Instant, notes: bool) -> Result<(), HostError> {
        let at = |minutes| first + Span::minutes(minutes);
        self.phase(PhaseKind::Discussion, at(23))?;
        self.phase(PhaseKind::SkillBuilding, at(38))?;
        self.at(at(60));
        for (number, member) in self.group.members.iter().enumerate() {
            let note = match self.strategies.get(number % self.strategies.len().max(1)) {
                Some(_) if notes => {
                    let text = "If somebody brings me a problem, then I ask what they have tried before I say a word.";
                    Some(self.note(member, Audience::Author {}, text)?)
                }
                _ => None,
            };
            self.by(member, Command::MakePlan { member: member.clone(), strategy: self.strategy(number)?, note })?;
        }
        self.turns(PhaseKind::ActionPlanning, at(63), None, notes)?;
        let chair = self.phase(PhaseKind::NextSteps, at(78))?;
        let (session, starts_at) = (SessionKind::Reflect, first + Span::days(28));
        self.by(&chair, Command::ScheduleSession { session, starts_at, place: Place::Onsite, short_gap: None })?;
        let mut pairs: Vec<Vec<MemberId>> = self.group.members.chunks(2).map(<[MemberId]>::to_vec).collect();
        if let Some(alone) = pairs.pop_if(|pair| pair.len() == 1) {
            pairs.last_mut().into_iter().for_each(|last| last.extend(alone.iter().cloned()));
        }
        self.by(&chair, Command::PairBuddies { pairs })?;
        self.turns(PhaseKind::Takeaways, at(80), None, notes)?;
        self.at(at(90));
        self.by(&chair, Command::CloseSession {})
    }

    /// Session 2 to its end, and what comes after.
    fn reflect(&self, second: Instant, absent: &[usize], notes: bool) -> Result<(), HostError> {
        let at = |minutes| second + Span::minutes(minutes);
        self.turns(PhaseKind::ReportBack, at(5), None, notes)?;
        self.phase(PhaseKind::LessonsLearned, at(50))?;
        self.turns(PhaseKind::Adoption, at(70), None, notes)?;
        self.turns(PhaseKind::Takeaways, at(82), None, notes)?;
        self.at(at(90));
        let chair = self.chair()?;
        self.by(&chair, Command::CloseSession {})?;
        if absent.is_empty() {
            self.organisation.service().sweep()?;
        }
        Ok(())
    }
}
