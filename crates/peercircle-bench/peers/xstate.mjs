// The lifecycle as XState users write it: nested states, guards and assigned context, one actor a cycle. The guards are those
// of src/peers/group.rs; sets of members are bits. Reads the asks from standard input, prints what came of them as JSON.
import { readFileSync } from 'node:fs';
import { assign, createActor, setup } from 'xstate';

const { accepted, refused, rounds, millis } = JSON.parse(readFileSync(0, 'utf8'));

const GAP = 21 * 86_400_000;
const EARLY = 3_600_000;
const SEATS = 6;
const STRATEGIES = ['agree-the-result', 'match-task-to-person', 'let-go-in-steps', 'keep-a-check-in', 'resist-taking-back'];
const SESSIONS = { explore: 0, reflect: 1 };

const bit = (seat) => 1 << seat;
const ones = (bits) => {
  let count = 0;
  for (; bits; bits &= bits - 1) count += 1;
  return count;
};
const everyone = (c) => bit(c.size) - 1;
const set = (list, at, value) => list.with(at, value);
const bitsOf = (strategies) => strategies.reduce((bits, one) => bits | bit(one), 0);

const isMember = (c, seat) => seat !== null && seat < c.size;
const forward = (c, e) => e.at >= c.last;
const oneself = (c, e) => forward(c, e) && e.by === e.member && isMember(c, e.member);
const byChair = (c, e) => forward(c, e) && e.by !== null && e.by === c.facilitators[c.session];
const roundOver = (c) => c.waiting === 0 && c.speaking === null;
const speaks = (c, e) => oneself(c, e) && c.speaking === e.member;
const adopts = (c, e) => {
  const strategies = e.adoption.strategies.length > 0 ? bitsOf(e.adoption.strategies) : 0;
  const first = !(c.decided & bit(e.member)) && c.reported & bit(e.member);
  return oneself(c, e) && first && strategies !== 0 && !(strategies & ~c.tried);
};

const machine = setup({
  guards: {
    organiser: ({ context: { group: c }, event: e }) => forward(c, e) && e.by === null,
    enrols: ({ context: { group: c }, event: e }) => forward(c, e) && e.by === null && c.size < SEATS,
    dated: ({ context: { group: c }, event: e }) => forward(c, e) && e.session === 'explore' && e.starts_at > e.at,
    datedAgain: ({ context: { group: c }, event: e }) =>
      forward(c, e) && e.session === 'reflect' && e.starts_at > e.at && e.starts_at - c.dates[0] >= GAP,
    appoints: ({ context: { group: c }, event: e }) =>
      forward(c, e) && e.session === 'explore' && isMember(c, e.by) && isMember(c, e.member),
    appointsAnother: ({ context: { group: c }, event: e }) =>
      forward(c, e) && e.session === 'reflect' && isMember(c, e.by) && isMember(c, e.member) && c.facilitators[0] !== e.member,
    timekeeper: ({ context: { group: c }, event: e }) => byChair(c, e) && (c.room & bit(e.member)) !== 0,
    replies: ({ context: { group: c }, event: e }) => oneself(c, e) && c.dates[SESSIONS[e.session]] > e.at,
    oneself: ({ context: { group: c }, event: e }) => oneself(c, e),
    opensDoors: ({ context: { group: c }, event: e }) => {
      const at = SESSIONS[e.session];
      const ready = c.dates[at] > 0 && e.at + EARLY >= c.dates[at] && c.facilitators[at] !== null;
      return forward(c, e) && isMember(c, e.by) && ready;
    },
    attends: ({ context: { group: c }, event: e }) =>
      forward(c, e) && isMember(c, e.by) && isMember(c, e.member) && !(c.room & bit(e.member)),
    starts: ({ context: { group: c }, event: e }) => {
      const enough = ones(c.room) * 3 >= c.size * 2;
      return byChair(c, e) && enough && (c.room & bit(c.facilitators[c.session])) !== 0;
    },
    opensPhase: ({ context: { group: c }, event: e }, { phase }) => e.phase === phase && byChair(c, e) && roundOver(c),
    opensStories: ({ context: { group: c }, event: e }) => e.phase === 'story_sharing' && byChair(c, e) && !(c.room & ~c.rules),
    startsTurn: ({ context: { group: c }, event: e }) =>
      (byChair(c, e) || oneself(c, e)) && c.speaking === null && (c.waiting & bit(e.member)) !== 0,
    speaks: ({ context: { group: c }, event: e }) => speaks(c, e),
    reports: ({ context: { group: c }, event: e }) => speaks(c, e) && e.report.strategies.length > 0,
    passes: ({ context: { group: c }, event: e }) => oneself(c, e) && ((c.waiting & bit(e.member)) !== 0 || c.speaking === e.member),
    plans: ({ context: { group: c }, event: e }) => oneself(c, e) && e.strategy < STRATEGIES.length,
    closes: ({ context: { group: c }, event: e }) => byChair(c, e) && roundOver(c),
    closesAll: ({ context: { group: c }, event: e }) => byChair(c, e) && roundOver(c) && c.decided === everyone(c),
    pairs: ({ context: { group: c }, event: e }) => {
      const paired = e.pairs.flat().reduce((bits, seat) => bits | bit(seat), 0);
      return forward(c, e) && isMember(c, e.by) && paired === everyone(c);
    },
    logs: ({ context: { group: c }, event: e }) => oneself(c, e) && e.week >= 1 && e.week <= 8,
    checksIn: ({ context: { group: c }, event: e }) => oneself(c, e) && e.week >= 1 && e.week <= 8 && c.buddies[e.member] !== 0,
    adoptsInTurn: ({ context: { group: c }, event: e }) => adopts(c, e) && c.speaking === e.member,
    adopts: ({ context: { group: c }, event: e }) => adopts(c, e),
    adoptsLast: ({ context: { group: c }, event: e }) => adopts(c, e) && (c.decided | bit(e.member)) === everyone(c),
    feedsBack: ({ context: { group: c }, event: e }) => oneself(c, e) && (c.attended[SESSIONS[e.session]] & bit(e.member)) !== 0,
  },
  actions: {
    note: assign(({ context: { group: c }, event: e }) => ({ group: { ...c, last: e.at, seq: c.seq + 1 } })),
    enrol: assign(({ context: { group: c }, event: e }) => ({
      group: { ...c, last: e.at, seq: c.seq + 1, size: c.size + 1 },
    })),
    schedule: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        dates: set(c.dates, SESSIONS[e.session], e.starts_at),
        coming: 0,
      },
    })),
    appoint: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        facilitators: set(c.facilitators, SESSIONS[e.session], e.member),
      },
    })),
    timekeeper: assign(({ context: { group: c }, event: e }) => ({
      group: { ...c, last: e.at, seq: c.seq + 1, timekeeper: e.member },
    })),
    reply: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        coming: (c.coming & ~bit(e.member)) | (e.reply === 'accepted' ? bit(e.member) : 0),
      },
    })),
    accept: assign(({ context: { group: c }, event: e }) => ({
      group: { ...c, last: e.at, seq: c.seq + 1, rules: c.rules | bit(e.member) },
    })),
    openDoors: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        session: SESSIONS[e.session],
        room: 0,
      },
    })),
    attend: assign(({ context: { group: c }, event: e }) => ({
      group: { ...c, last: e.at, seq: c.seq + 1, room: c.room | bit(e.member) },
    })),
    openRound: assign(({ context: { group: c }, event: e }, { heard }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        waiting: c.room & ~(heard === null ? 0 : c[heard]),
      },
    })),
    startTurn: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        waiting: c.waiting & ~bit(e.member),
        speaking: e.member,
      },
    })),
    share: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        speaking: null,
        told: c.told | bit(e.member),
      },
    })),
    report: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        speaking: null,
        reported: c.reported | bit(e.member),
        tried: c.tried | bitsOf(e.report.strategies),
      },
    })),
    finish: assign(({ context: { group: c }, event: e }) => ({
      group: { ...c, last: e.at, seq: c.seq + 1, speaking: null },
    })),
    pass: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        waiting: c.waiting & ~bit(e.member),
        speaking: c.speaking === e.member ? null : c.speaking,
      },
    })),
    plan: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        plans: set(c.plans, e.member, c.plans[e.member] + 1),
        tried: c.tried | bit(e.strategy),
      },
    })),
    close: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        attended: set(c.attended, c.session, c.room),
      },
    })),
    pair: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        buddies: e.pairs.reduce((list, pair, at) => pair.reduce((of, seat) => set(of, seat, at + 1), list), c.buddies),
      },
    })),
    log: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        logs: set(c.logs, e.member, c.logs[e.member] | bit(e.week - 1)),
      },
    })),
    checkIn: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        checkIns: set(c.checkIns, e.member, c.checkIns[e.member] | bit(e.week - 1)),
      },
    })),
    adopt: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        speaking: null,
        decided: c.decided | bit(e.member),
        adopted: set(c.adopted, e.member, bitsOf(e.adoption.strategies)),
      },
    })),
    feedback: assign(({ context: { group: c }, event: e }) => ({
      group: {
        ...c,
        last: e.at,
        seq: c.seq + 1,
        feedback: set(c.feedback, SESSIONS[e.session], c.feedback[SESSIONS[e.session]] | bit(e.member)),
      },
    })),
  },
}).createMachine({
  id: 'cycle',
  initial: 'unformed',
  // One object, as a wide context costs XState twice as much: it copies it by Object.assign.
  context: {
    group: {
      last: 0,
      seq: 0,
      size: 0,
      session: 0,
      dates: [0, 0],
      facilitators: [null, null],
      timekeeper: null,
      speaking: null,
      rules: 0,
      coming: 0,
      room: 0,
      waiting: 0,
      told: 0,
      reported: 0,
      decided: 0,
      tried: 0,
      attended: [0, 0],
      feedback: [0, 0],
      buddies: Array(16).fill(0),
      plans: Array(16).fill(0),
      logs: Array(16).fill(0),
      checkIns: Array(16).fill(0),
      adopted: Array(16).fill(0),
    },
  },
  states: {
    unformed: { on: { 'cycle.form': { guard: 'organiser', actions: 'note', target: 'open.forming' } } },
    open: {
      initial: 'forming',
      on: {
        'member.enrol': { guard: 'enrols', actions: 'enrol' },
        'ground_rules.accept': { guard: 'oneself', actions: 'accept' },
        'facilitator.appoint': { guard: 'appoints', actions: 'appoint' },
        'session.schedule': { guard: 'dated', actions: 'schedule', target: '.scheduled' },
      },
      states: {
        forming: {},
        scheduled: {
          on: {
            'session.reply': { guard: 'replies', actions: 'reply' },
            'session.open': { guard: 'opensDoors', actions: 'openDoors', target: '#cycle.explore' },
          },
        },
      },
    },
    explore: {
      initial: 'gathering',
      on: {
        'attendance.mark': { guard: 'attends', actions: 'attend' },
        'timekeeper.appoint': { guard: 'timekeeper', actions: 'timekeeper' },
        'session.reply': { guard: 'replies', actions: 'reply' },
        'facilitator.appoint': { guard: 'appointsAnother', actions: 'appoint' },
      },
      states: {
        gathering: {
          on: {
            'ground_rules.accept': { guard: 'oneself', actions: 'accept' },
            'facilitator.appoint': { guard: 'appoints', actions: 'appoint' },
            'session.start': { guard: 'starts', actions: 'note', target: 'welcome' },
          },
        },
        welcome: {
          on: {
            'ground_rules.accept': { guard: 'oneself', actions: 'accept' },
            'phase.open': {
              guard: 'opensStories',
              actions: { type: 'openRound', params: { heard: 'told' } },
              target: 'storySharing',
            },
          },
        },
        storySharing: {
          on: {
            'turn.start': { guard: 'startsTurn', actions: 'startTurn' },
            'story.share': { guard: 'speaks', actions: 'share' },
            'turn.pass': { guard: 'passes', actions: 'pass' },
            'phase.open': {
              guard: { type: 'opensPhase', params: { phase: 'discussion' } },
              actions: 'note',
              target: 'discussion',
            },
          },
        },
        discussion: {
          on: {
            'phase.open': {
              guard: { type: 'opensPhase', params: { phase: 'skill_building' } },
              actions: 'note',
              target: 'planning',
            },
          },
        },
        planning: {
          initial: 'skillBuilding',
          on: { 'plan.make': { guard: 'plans', actions: 'plan' } },
          states: {
            skillBuilding: {
              on: {
                'phase.open': {
                  guard: { type: 'opensPhase', params: { phase: 'action_planning' } },
                  actions: { type: 'openRound', params: { heard: null } },
                  target: 'actionPlanning',
                },
              },
            },
            actionPlanning: {
              on: {
                'turn.start': { guard: 'startsTurn', actions: 'startTurn' },
                'turn.finish': { guard: 'speaks', actions: 'finish' },
                'turn.pass': { guard: 'passes', actions: 'pass' },
                'phase.open': {
                  guard: { type: 'opensPhase', params: { phase: 'next_steps' } },
                  actions: 'note',
                  target: 'nextSteps',
                },
              },
            },
            nextSteps: {
              on: {
                'session.schedule': { guard: 'datedAgain', actions: 'schedule' },
                'phase.open': {
                  guard: { type: 'opensPhase', params: { phase: 'takeaways' } },
                  actions: { type: 'openRound', params: { heard: null } },
                  target: 'takeaways',
                },
              },
            },
            takeaways: {
              on: {
                'session.schedule': { guard: 'datedAgain', actions: 'schedule' },
                'turn.start': { guard: 'startsTurn', actions: 'startTurn' },
                'turn.finish': { guard: 'speaks', actions: 'finish' },
                'turn.pass': { guard: 'passes', actions: 'pass' },
                'session.close': { guard: 'closes', actions: 'close', target: '#cycle.practising' },
              },
            },
          },
        },
      },
    },
    practising: {
      on: {
        'plan.make': { guard: 'plans', actions: 'plan' },
        'buddies.pair': { guard: 'pairs', actions: 'pair' },
        'practice.log': { guard: 'logs', actions: 'log' },
        'buddy.check_in': { guard: 'checksIn', actions: 'checkIn' },
        'feedback.give': { guard: 'feedsBack', actions: 'feedback' },
        'ground_rules.accept': { guard: 'oneself', actions: 'accept' },
        'session.reply': { guard: 'replies', actions: 'reply' },
        'facilitator.appoint': { guard: 'appointsAnother', actions: 'appoint' },
        'session.schedule': { guard: 'datedAgain', actions: 'schedule' },
        'session.open': { guard: 'opensDoors', actions: 'openDoors', target: 'reflect' },
      },
    },
    reflect: {
      initial: 'gathering',
      on: {
        'attendance.mark': { guard: 'attends', actions: 'attend' },
        'timekeeper.appoint': { guard: 'timekeeper', actions: 'timekeeper' },
      },
      states: {
        gathering: {
          on: {
            'plan.make': { guard: 'plans', actions: 'plan' },
            'session.reply': { guard: 'replies', actions: 'reply' },
            'facilitator.appoint': { guard: 'appointsAnother', actions: 'appoint' },
            'session.start': { guard: 'starts', actions: 'note', target: 'welcome' },
          },
        },
        welcome: {
          on: {
            'phase.open': {
              guard: { type: 'opensPhase', params: { phase: 'report_back' } },
              actions: { type: 'openRound', params: { heard: 'reported' } },
              target: 'reportBack',
            },
          },
        },
        reportBack: {
          on: {
            'turn.start': { guard: 'startsTurn', actions: 'startTurn' },
            'report.give': { guard: 'reports', actions: 'report' },
            'phase.open': {
              guard: { type: 'opensPhase', params: { phase: 'lessons_learned' } },
              actions: 'note',
              target: 'lessonsLearned',
            },
          },
        },
        lessonsLearned: {
          on: {
            'phase.open': {
              guard: { type: 'opensPhase', params: { phase: 'adoption' } },
              actions: { type: 'openRound', params: { heard: 'decided' } },
              target: 'adoption',
            },
          },
        },
        adoption: {
          on: {
            'turn.start': { guard: 'startsTurn', actions: 'startTurn' },
            'turn.pass': { guard: 'passes', actions: 'pass' },
            'adoption.decide': { guard: 'adoptsInTurn', actions: 'adopt' },
            'phase.open': {
              guard: { type: 'opensPhase', params: { phase: 'takeaways' } },
              actions: { type: 'openRound', params: { heard: null } },
              target: 'takeaways',
            },
          },
        },
        takeaways: {
          on: {
            'turn.start': { guard: 'startsTurn', actions: 'startTurn' },
            'turn.finish': { guard: 'speaks', actions: 'finish' },
            'turn.pass': { guard: 'passes', actions: 'pass' },
            'session.close': [
              { guard: 'closesAll', actions: 'close', target: '#cycle.completed' },
              { guard: 'closes', actions: 'close', target: '#cycle.adopting' },
            ],
          },
        },
      },
    },
    adopting: {
      on: {
        'adoption.decide': [
          { guard: 'adoptsLast', actions: 'adopt', target: 'completed' },
          { guard: 'adopts', actions: 'adopt' },
        ],
        'feedback.give': { guard: 'feedsBack', actions: 'feedback' },
      },
    },
    completed: { type: 'final' },
  },
});

const fail = (what) => {
  console.error(`xstate: ${what}`);
  process.exit(1);
};

function check() {
  const actor = createActor(machine).start();
  accepted.forEach((ask, at) => {
    for (const no of refused.filter(({ after }) => after === at)) {
      actor.send(no.ask);
      if (actor.getSnapshot().context.group.seq !== at) fail(`accepts after ${at} steps: ${no.why}`);
    }
    actor.send(ask);
    const { context, value } = actor.getSnapshot();
    if (context.group.seq !== at + 1) fail(`refuses step ${at}, ${JSON.stringify(ask)}, in ${JSON.stringify(value)}`);
  });
  return actor.getSnapshot();
}

function run() {
  const actor = createActor(machine).start();
  for (const ask of accepted) actor.send(ask);
  return actor.getSnapshot().context.group.seq;
}

if (Number(process.versions.node.split('.')[0]) < 20) fail(`expected Node 20 or newer, got ${process.version}`);
const end = check();
// A warm-up, so that the compiler has done its work before the first look at the clock.
let times = 1;
for (const until = performance.now() + millis; performance.now() < until; times += 1) run();
const rates = Array.from({ length: rounds }, () => {
  const start = performance.now();
  let done = 0;
  for (let at = 0; at < times; at += 1) done += run();
  return (done / (performance.now() - start)) * 1000;
}).sort((a, b) => a - b);
console.log(
  JSON.stringify({ accepted: end.context.group.seq, stage: end.value, per_second: rates[rates.length >> 1], node: process.version }),
);
