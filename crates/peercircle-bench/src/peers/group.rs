//! The group as bitsets: the guards and effects that the hand-written machine and the one in statig share, so that the two
//! differ in nothing but how they find them.

use peercircle_core::{PhaseKind, SessionKind};

use super::{Ask, ask::What};

/// The least gap between the sessions, in milliseconds.
const GAP: i64 = 21 * 86_400_000;
/// How long before its date the doors of a session may open, in milliseconds.
const EARLY: i64 = 3_600_000;
/// The members a group has at most.
const SEATS: u8 = 6;
/// The strategies of the module.
const STRATEGIES: u8 = 5;

/// What the group remembers. Sets of members are bits, one a seat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    last: i64,
    dates: [i64; 2],
    buddies: u64,
    size: u8,
    facilitators: [Option<u8>; 2],
    timekeeper: Option<u8>,
    speaking: Option<u8>,
    pub(crate) second: bool,
    rules: u16,
    coming: u16,
    room: u16,
    waiting: u16,
    told: u16,
    reported: u16,
    pub(crate) decided: u16,
    tried: u16,
    attended: [u16; 2],
    feedback: [u16; 2],
    plans: [u8; 16],
    logs: [u8; 16],
    check_ins: [u8; 16],
    adopted: [u16; 16],
}

const fn bit(seat: u8) -> u16 {
    1 << (seat & 15)
}

fn at<T: Copy + Default>(list: &[T], index: u8) -> T {
    list.get(usize::from(index)).copied().unwrap_or_default()
}

impl Group {
    pub(crate) const fn everyone(&self) -> u16 {
        (1 << self.size) - 1
    }

    fn session(&self) -> SessionKind {
        if self.second { SessionKind::Reflect } else { SessionKind::Explore }
    }

    fn chair(&self) -> Option<u8> {
        at(&self.facilitators, self.session() as u8)
    }

    fn by_chair(&self, ask: &Ask) -> bool {
        ask.by.is_some() && ask.by == self.chair()
    }

    const fn round_over(&self) -> bool {
        self.waiting == 0 && self.speaking.is_none()
    }

    fn speaks(&self, ask: &Ask, member: u8) -> bool {
        ask.by == Some(member) && self.speaking == Some(member)
    }

    /// Every guard but that of the stage: whose part it is, and what the rules say.
    pub(crate) fn may(&self, ask: &Ask) -> bool {
        if ask.at < self.last {
            return false;
        }
        let member_of = |seat: u8| seat < self.size;
        let oneself = |seat: u8| ask.by == Some(seat) && member_of(seat);
        match ask.what {
            What::Form => ask.by.is_none(),
            What::Enrol => ask.by.is_none() && self.size < SEATS,
            What::Schedule { session, starts_at } => {
                let [first, _] = self.dates;
                starts_at > ask.at && (session == SessionKind::Explore || starts_at - first >= GAP)
            }
            What::Appoint { session, member } => {
                let [first, _] = self.facilitators;
                ask.by.is_some() && member_of(member) && (session == SessionKind::Explore || first != Some(member))
            }
            What::Timekeeper { member } => self.by_chair(ask) && self.room & bit(member) != 0,
            What::Reply { session, member, .. } => oneself(member) && at(&self.dates, session as u8) > ask.at,
            What::Accept { member } => oneself(member),
            What::OpenDoors { session } => {
                let index = session as u8;
                let date = at(&self.dates, index);
                ask.by.is_some_and(member_of)
                    && date > 0
                    && ask.at + EARLY >= date
                    && at(&self.facilitators, index).is_some()
            }
            What::Attend { member } => ask.by.is_some_and(member_of) && member_of(member) && self.room & bit(member) == 0,
            What::Start => {
                let enough = self.room.count_ones() * 3 >= u32::from(self.size) * 2;
                self.by_chair(ask) && enough && self.chair().is_some_and(|seat| self.room & bit(seat) != 0)
            }
            What::OpenPhase { phase } => {
                let ready = phase != PhaseKind::StorySharing || self.room & !self.rules == 0;
                self.by_chair(ask) && self.round_over() && ready
            }
            What::StartTurn { member } => {
                let may = self.by_chair(ask) || oneself(member);
                may && self.speaking.is_none() && self.waiting & bit(member) != 0
            }
            What::ShareStory { member } | What::FinishTurn { member } => self.speaks(ask, member),
            What::GiveReport { member, strategies } => self.speaks(ask, member) && strategies != 0,
            What::PassTurn { member } => {
                oneself(member) && (self.waiting & bit(member) != 0 || self.speaking == Some(member))
            }
            What::Plan { member, strategy } => oneself(member) && strategy < STRATEGIES,
            What::Close => self.by_chair(ask) && self.round_over(),
            What::Pair { pairs } => {
                let paired = |seat: u8| pairs >> (4 * seat) & 15 != 0;
                ask.by.is_some_and(member_of) && (0..self.size).all(paired)
            }
            What::LogPractice { member, week } => oneself(member) && (1..=8).contains(&week),
            What::CheckIn { member, week } => {
                oneself(member) && (1..=8).contains(&week) && self.buddies >> (4 * member) & 15 != 0
            }
            What::Adopt { member, strategies } => {
                let first = self.decided & bit(member) == 0 && self.reported & bit(member) != 0;
                oneself(member) && first && strategies != 0 && strategies & !self.tried == 0
            }
            What::Feedback { member, session } => oneself(member) && at(&self.attended, session as u8) & bit(member) != 0,
        }
    }

    /// In the round of adoption only the speaker decides.
    pub(crate) fn may_adopt_now(&self, ask: &Ask) -> bool {
        let What::Adopt { member, .. } = ask.what else { return true };
        self.speaking == Some(member)
    }

    /// What an accepted ask changes beside the stage.
    pub(crate) fn apply(&mut self, ask: &Ask) {
        self.last = ask.at;
        let set = |list: &mut [u16; 2], session: SessionKind, member: u8| {
            if let Some(bits) = list.get_mut(session as usize) {
                *bits |= bit(member);
            }
        };
        match ask.what {
            What::Form => {}
            What::Enrol => self.size += 1,
            What::Schedule { session, starts_at } => {
                if let Some(date) = self.dates.get_mut(session as usize) {
                    *date = starts_at;
                }
                self.coming = 0;
            }
            What::Appoint { session, member } => {
                if let Some(seat) = self.facilitators.get_mut(session as usize) {
                    *seat = Some(member);
                }
            }
            What::Timekeeper { member } => self.timekeeper = Some(member),
            What::Reply { member, coming, .. } => {
                self.coming = self.coming & !bit(member) | if coming { bit(member) } else { 0 };
            }
            What::Accept { member } => self.rules |= bit(member),
            What::OpenDoors { session } => {
                self.second = session == SessionKind::Reflect;
                self.room = 0;
            }
            What::Attend { member } => self.room |= bit(member),
            What::Start => {}
            What::OpenPhase { phase } => {
                self.waiting = match phase {
                    PhaseKind::StorySharing => self.room & !self.told,
                    PhaseKind::ReportBack => self.room & !self.reported,
                    PhaseKind::Adoption => self.room & !self.decided,
                    PhaseKind::ActionPlanning | PhaseKind::Takeaways => self.room,
                    PhaseKind::Welcome
                    | PhaseKind::Discussion
                    | PhaseKind::SkillBuilding
                    | PhaseKind::NextSteps
                    | PhaseKind::LessonsLearned => 0,
                };
            }
            What::StartTurn { member } => {
                self.waiting &= !bit(member);
                self.speaking = Some(member);
            }
            What::ShareStory { member } => {
                self.speaking = None;
                self.told |= bit(member);
            }
            What::GiveReport { member, strategies } => {
                self.speaking = None;
                self.reported |= bit(member);
                self.tried |= strategies;
            }
            What::FinishTurn { .. } => self.speaking = None,
            What::PassTurn { member } => {
                self.waiting &= !bit(member);
                self.speaking = self.speaking.filter(|seat| *seat != member);
            }
            What::Plan { member, strategy } => {
                if let Some(version) = self.plans.get_mut(usize::from(member)) {
                    *version = version.saturating_add(1);
                }
                self.tried |= 1 << (strategy & 15);
            }
            What::Close => {
                let room = self.room;
                if let Some(attended) = self.attended.get_mut(usize::from(self.second)) {
                    *attended = room;
                }
            }
            What::Pair { pairs } => self.buddies = pairs,
            What::LogPractice { member, week } => mark(&mut self.logs, member, week),
            What::CheckIn { member, week } => mark(&mut self.check_ins, member, week),
            What::Adopt { member, strategies } => {
                self.speaking = None;
                self.decided |= bit(member);
                if let Some(adopted) = self.adopted.get_mut(usize::from(member)) {
                    *adopted = strategies;
                }
            }
            What::Feedback { member, session } => set(&mut self.feedback, session, member),
        }
    }
}

fn mark(weeks: &mut [u8; 16], member: u8, week: u8) {
    if let Some(bits) = weeks.get_mut(usize::from(member)) {
        *bits |= 1 << ((week - 1) & 7);
    }
}
