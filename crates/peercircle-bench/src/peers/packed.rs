//! The limit of a search: a group packed into one word by hand, visited breadth-first with nothing but an array of words.
//!
//! Members are a byte each, sorted where renaming them changes nothing; the chair is the first. It knows attendance, ground
//! rules, rounds, plans, reports, decisions, people who leave, are absent or come late, a stop and its end. No clock, no
//! dates, no rules as values, no reasons: an explorer of a real machine can't be as fast, and this says by how much it isn't.

/// How many may leave, how many be absent, how many come late.
const OFTEN: u8 = 3;

/// The least members a group goes on with.
const MINIMUM: usize = 4;

const HERE: u8 = 1;
const AWAY: u8 = 2;
const GONE: u8 = 3;
const ATTENDANCE: u8 = 3;
const DONE: u8 = 4;
const PLAN: u8 = 8;
const REPORT: u8 = 16;
const DECIDED: u8 = 32;
const ACCEPTED: u8 = 64;
const MISSED: u8 = 128;

/// The stages, in their order.
const FORMING: u8 = 0;
const FIRST_DOORS: u8 = 1;
const FIRST_WELCOME: u8 = 2;
const STORIES: u8 = 3;
const PLANNING: u8 = 6;
const FIRST_TAKEAWAYS: u8 = 8;
const PRACTICE: u8 = 9;
const SECOND_DOORS: u8 = 10;
const SECOND_WELCOME: u8 = 11;
const REPORTS: u8 = 12;
const LESSONS: u8 = 13;
const ADOPTION: u8 = 14;
const SECOND_TAKEAWAYS: u8 = 15;
const ADOPTING: u8 = 16;
const COMPLETED: u8 = 17;
const TERMINATED: u8 = 18;

/// A group: members in the low bytes, then the stage, then what has happened once already.
#[derive(Clone, Copy)]
struct Group {
    members: [u8; 6],
    stage: u8,
    left: u8,
    absent: u8,
    late: u8,
    stopped: bool,
    chaired: bool,
}

impl Group {
    fn pack(mut self) -> u64 {
        // The chair of a running session is one of its own; everyone else may be renamed.
        let from = usize::from(self.chaired);
        if let Some(rest) = self.members.get_mut(from..) {
            rest.sort_unstable();
        }
        let [a, b, c, d, e, f] = self.members;
        let flags =
            self.left | self.absent << 2 | self.late << 4 | u8::from(self.stopped) << 6 | u8::from(self.chaired) << 7;
        u64::from_le_bytes([a, b, c, d, e, f, self.stage, flags])
    }

    const fn unpack(word: u64) -> Self {
        let [a, b, c, d, e, f, stage, flags] = word.to_le_bytes();
        Self {
            members: [a, b, c, d, e, f],
            stage,
            left: flags & 3,
            absent: flags >> 2 & 3,
            late: flags >> 4 & 3,
            stopped: flags & 64 != 0,
            chaired: flags & 128 != 0,
        }
    }

    fn here(&self) -> usize {
        self.members.iter().filter(|member| **member & ATTENDANCE == HERE).count()
    }

    fn active(&self) -> usize {
        self.members.iter().filter(|member| **member & ATTENDANCE != GONE).count()
    }

    fn all_here(&self, holds: u8) -> bool {
        self.members.iter().all(|member| member & ATTENDANCE != HERE || member & holds == holds)
    }

    fn to(mut self, stage: u8, clear: u8) -> Self {
        self.stage = stage;
        for member in &mut self.members {
            *member &= !clear;
        }
        self
    }

    fn with(mut self, at: usize, change: impl Fn(u8) -> u8) -> Self {
        if let Some(member) = self.members.get_mut(at) {
            *member = change(*member);
        }
        self
    }

    /// Everything that may come next.
    fn next(self, take: &mut impl FnMut(Self)) {
        if self.stopped {
            take(Self { stopped: false, ..self });
            take(Self { stopped: false, ..self }.to(TERMINATED, u8::MAX));
            return;
        }
        if matches!(self.stage, COMPLETED | TERMINATED) {
            return;
        }
        for (at, member) in self.members.into_iter().enumerate() {
            self.by(at, member, take);
        }
        self.by_the_chair(take);
        if self.stage > FIRST_DOORS {
            take(Self { stopped: true, ..self });
        }
    }

    /// What a member may do, or have happen to them.
    fn by(self, at: usize, member: u8, take: &mut impl FnMut(Self)) {
        let attendance = member & ATTENDANCE;
        let mark = |to: u8| move |member: u8| member & !ATTENDANCE | to;
        if self.left < OFTEN && attendance != GONE {
            let mut gone = Self { left: self.left + 1, ..self.with(at, |_| GONE) };
            gone.chaired &= at != 0;
            gone.stopped = gone.stage > FIRST_DOORS && gone.active() < MINIMUM;
            take(gone);
        }
        let doors = matches!(self.stage, FIRST_DOORS | SECOND_DOORS);
        if doors && attendance == 0 {
            take(self.with(at, mark(HERE)));
            if self.absent < OFTEN {
                take(Self { absent: self.absent + 1, ..self.with(at, |member| member & !ATTENDANCE | AWAY | MISSED) });
            }
        }
        if attendance == AWAY && self.late < OFTEN && matches!(self.stage, FIRST_WELCOME..PLANNING | SECOND_WELCOME..LESSONS)
        {
            take(Self { late: self.late + 1, ..self.with(at, |member| mark(HERE)(member) & !MISSED) });
        }
        let anyone = attendance != GONE;
        let add = |what: u8| (member & what == 0).then(|| self.with(at, move |member| member | what));
        let done = match self.stage {
            FIRST_DOORS | FIRST_WELCOME if attendance == HERE => add(ACCEPTED),
            STORIES | FIRST_TAKEAWAYS | SECOND_TAKEAWAYS if attendance == HERE => add(DONE),
            PLANNING if attendance == HERE => add(DONE | PLAN).filter(|_| member & DONE == 0),
            PRACTICE if anyone => add(PLAN),
            REPORTS if attendance == HERE => add(DONE | REPORT).filter(|_| member & DONE == 0),
            ADOPTION if attendance == HERE => add(DONE | DECIDED).filter(|_| member & DONE == 0),
            ADOPTING if anyone && member & REPORT == 0 => add(REPORT),
            ADOPTING if anyone => add(DECIDED),
            _ => None,
        };
        done.into_iter().for_each(take);
    }

    /// What opens next: a session, a phase, the end.
    fn by_the_chair(self, take: &mut impl FnMut(Self)) {
        let quorum = self.here() >= 3 && 3 * self.here() >= 2 * self.active();
        let round_over = self.all_here(DONE);
        let on = self.stage + 1;
        match self.stage {
            FORMING if self.active() >= MINIMUM => take(self.to(on, 0)),
            FIRST_DOORS | SECOND_DOORS if quorum => {
                for at in 0..self.members.len() {
                    let mut chosen = self;
                    if chosen.members.get(at).is_some_and(|member| member & ATTENDANCE == HERE) {
                        chosen.members.swap(0, at);
                        chosen.chaired = true;
                        take(chosen.to(on, 0));
                    }
                }
            }
            FIRST_WELCOME if self.all_here(ACCEPTED) => take(self.to(on, DONE)),
            STORIES | PLANNING | REPORTS | ADOPTION if round_over => take(self.to(on, DONE)),
            FIRST_TAKEAWAYS if round_over && self.members.iter().all(|member| member & ATTENDANCE != 0) => {
                take(Self { chaired: false, ..self }.to(on, DONE | ACCEPTED).home());
            }
            PRACTICE if self.members.iter().all(|member| member & ATTENDANCE == GONE || member & PLAN != 0) => {
                take(self.to(on, 0));
            }
            SECOND_TAKEAWAYS if round_over => take(Self { chaired: false, ..self }.to(on, DONE).home()),
            ADOPTING => {
                let finished = |member: &u8| member & ATTENDANCE == GONE || member & (REPORT | DECIDED) == REPORT | DECIDED;
                take(self.to(if self.members.iter().all(finished) { COMPLETED } else { TERMINATED }, u8::MAX));
            }
            FORMING..ADOPTING => {
                if !matches!(self.stage, FORMING | FIRST_DOORS | FIRST_WELCOME | STORIES | PLANNING | FIRST_TAKEAWAYS)
                    && !matches!(self.stage, PRACTICE | SECOND_DOORS | REPORTS | ADOPTION | SECOND_TAKEAWAYS)
                {
                    take(self.to(on, DONE));
                }
            }
            _ => {}
        }
    }

    /// Everyone who hasn't gone leaves the room.
    fn home(mut self) -> Self {
        for member in &mut self.members {
            if *member & ATTENDANCE != GONE {
                *member &= !ATTENDANCE;
            }
        }
        self
    }
}

/// Words seen, in an open table of words.
struct Seen {
    slots: Vec<u64>,
    count: usize,
}

impl Seen {
    fn new() -> Self {
        Self { slots: vec![u64::MAX; 1 << 12], count: 0 }
    }

    fn insert(&mut self, word: u64) -> bool {
        if 2 * self.count >= self.slots.len() {
            let larger = vec![u64::MAX; 4 * self.slots.len()];
            let old = std::mem::replace(&mut self.slots, larger);
            self.count = 0;
            for word in old.into_iter().filter(|word| *word != u64::MAX) {
                self.insert(word);
            }
        }
        let mask = self.slots.len() - 1;
        let mixed = (word ^ (word >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = usize::try_from(mixed >> 20).unwrap_or(0) & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == word {
                return false;
            }
            if *slot == u64::MAX {
                *slot = word;
                self.count += 1;
                return true;
            }
            at = (at + 1) & mask;
        }
        false
    }
}

/// Visits every state of a group of six, and says how many there are and the bytes they took.
pub(crate) fn search() -> (usize, usize) {
    let start = Group { members: [0; 6], stage: FORMING, left: 0, absent: 0, late: 0, stopped: false, chaired: false };
    let mut seen = Seen::new();
    let mut queue = vec![start.pack()];
    seen.insert(start.pack());
    let mut at = 0;
    while let Some(word) = queue.get(at).copied() {
        at += 1;
        Group::unpack(word).next(&mut |next| {
            let packed = next.pack();
            if seen.insert(packed) {
                queue.push(packed);
            }
        });
    }
    (queue.len(), (queue.capacity() + seen.slots.len()) * size_of::<u64>())
}
