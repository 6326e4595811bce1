//! A body for every golden file: the plain one of each type, and a full one where fields are optional.

/// What a golden file holds.
pub(crate) struct Sample {
    /// Its name, without the version.
    pub(crate) file: &'static str,
    /// Whose command it was.
    pub(crate) actor: &'static str,
    /// The body, in JSON.
    pub(crate) body: &'static str,
    /// Whether it has every optional field.
    pub(crate) full: bool,
}

const MEMBER: &str = r#"{"role":"member","seat":2}"#;
const ORGANISER: &str = r#"{"role":"organiser"}"#;
const HOST: &str = r#"{"role":"host"}"#;

const fn plain(file: &'static str, actor: &'static str, body: &'static str) -> Sample {
    Sample { file, actor, body, full: false }
}

const fn full(file: &'static str, actor: &'static str, body: &'static str) -> Sample {
    Sample { file, actor, body, full: true }
}

/// All of them, in the order of the lifecycle.
#[rustfmt::skip]
pub(crate) fn samples() -> Vec<Sample> {
    vec![
        plain("cycle.formed", ORGANISER, r#"{"type":"cycle.formed","cycle":"circle-1","group":"north-1","module":{"id":"delegation","strategies":["agree-the-result","let-go-in-steps"]},"process":{}}"#),
        full("cycle.formed.full", ORGANISER, r#"{"type":"cycle.formed","cycle":"circle-1","group":"north-1","module":{"id":"delegation","strategies":["agree-the-result","let-go-in-steps"]},"process":{"name":"Acme circles","version":3,"group":{"minimum":3,"target":5,"maximum":9,"same_level":"relaxed"},"orientation":"on","explore":{"discussion":{"minutes":0},"takeaways":{"minutes":12,"title":"What we take home"}},"who_may":{"session.schedule":["organiser"]},"rules":[{"id":"ACME-1","title":"nobody closes early","applies_to":["session.close"],"require":{"all":[{"any":[{"role":["facilitator"]},{"elapsed":{"since":"session_started","at_least_minutes":60,"at_most_minutes":120}}]},{"not":{"attendance":{"of":"everyone","is":["absent","excused"]}}},{"at_least":{"n":1,"of":[{"count":{"of":"present","at_least":3,"at_most":9}},{"stage":["explore.takeaways"]},{"phase":["takeaways"]}]}}]},"remedy":"wait for the hour"}]},"previous":"circle-0","served":["ana.ruiz","bo"]}"#),
        plain("member.enrolled", ORGANISER, r#"{"type":"member.enrolled","seat":0,"profile":{"id":"ana.ruiz","level":"team-lead","department":"sales"}}"#),
        full("member.enrolled.full", ORGANISER, r#"{"type":"member.enrolled","seat":1,"profile":{"id":"bo","level":"team-lead","department":"it","manager":"kim"}}"#),
        plain("member.withdrawn", MEMBER, r#"{"type":"member.withdrawn","seat":2,"reason":"workload"}"#),
        plain("module.chosen", ORGANISER, r#"{"type":"module.chosen","module":{"id":"delegation","strategies":["agree-the-result","let-go-in-steps"]}}"#),
        plain("ground_rules.set", ORGANISER, r#"{"type":"ground_rules.set","version":2}"#),
        plain("ground_rules.accepted", MEMBER, r#"{"type":"ground_rules.accepted","seat":2,"version":2}"#),
        plain("orientation.completed", MEMBER, r#"{"type":"orientation.completed","seat":2}"#),
        plain("facilitator.appointed", ORGANISER, r#"{"type":"facilitator.appointed","session":"explore","seat":2}"#),
        full("facilitator.appointed.full", ORGANISER, r#"{"type":"facilitator.appointed","session":"reflect","seat":2,"exception":"no_other_willing"}"#),
        plain("timekeeper.appointed", MEMBER, r#"{"type":"timekeeper.appointed","seat":3}"#),
        plain("session.scheduled", ORGANISER, r#"{"type":"session.scheduled","session":"explore","starts_at":"2026-03-02T09:00:00Z","place":"onsite"}"#),
        full("session.scheduled.full", ORGANISER, r#"{"type":"session.scheduled","session":"reflect","starts_at":"2026-03-12T09:00:00Z","place":"mixed","short_gap":"holidays"}"#),
        plain("session.rescheduled", ORGANISER, r#"{"type":"session.rescheduled","session":"explore","starts_at":"2026-03-03T09:00:00Z"}"#),
        full("session.rescheduled.full", ORGANISER, r#"{"type":"session.rescheduled","session":"reflect","starts_at":"2026-03-13T09:00:00Z","short_gap":"deadline"}"#),
        plain("session.postponed", MEMBER, r#"{"type":"session.postponed","session":"reflect","reason":"group_request"}"#),
        plain("session.date_promised", MEMBER, r#"{"type":"session.date_promised","by":"2026-03-09T09:00:00Z"}"#),
        plain("session.cancelled", ORGANISER, r#"{"type":"session.cancelled","session":"reflect","reason":"business"}"#),
        plain("cycle.cancelled", ORGANISER, r#"{"type":"cycle.cancelled","reason":"below_minimum"}"#),
        plain("session.replied", MEMBER, r#"{"type":"session.replied","seat":2,"session":"explore","reply":"declined"}"#),
        plain("session.opened", MEMBER, r#"{"type":"session.opened","session":"explore"}"#),
        plain("attendance.marked", MEMBER, r#"{"type":"attendance.marked","seat":2,"attendance":"late"}"#),
        plain("session.started", MEMBER, r#"{"type":"session.started","session":"explore","facilitator":2,"quorum":{"present":5,"needed":4},"planned_seconds":180}"#),
        plain("phase.opened", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"story_sharing","ground_rules":{"version":1,"by":[0,1,2,3]}},"planned_seconds":1200}"#),
        plain("phase.opened.discussion", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"discussion","round":{"heard":[0,1,2],"unheard":[3]}},"planned_seconds":900}"#),
        plain("phase.opened.skill_building", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"skill_building"},"planned_seconds":1500}"#),
        plain("phase.opened.action_planning", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"action_planning"},"planned_seconds":900}"#),
        plain("phase.opened.next_steps", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"next_steps","round":{"heard":[0,1,2],"unheard":[3]}},"planned_seconds":120}"#),
        plain("phase.opened.report_back", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"report_back"},"planned_seconds":2700}"#),
        plain("phase.opened.lessons_learned", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"lessons_learned","round":{"heard":[0,1,2],"unheard":[3]}},"planned_seconds":1200}"#),
        plain("phase.opened.adoption", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"adoption"},"planned_seconds":720}"#),
        plain("phase.opened.takeaways", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"takeaways"},"planned_seconds":600}"#),
        full("phase.opened.takeaways.full", MEMBER, r#"{"type":"phase.opened","entry":{"phase":"takeaways","round":{"heard":[0,1,2],"unheard":[3]}},"planned_seconds":480}"#),
        plain("phase.skipped", MEMBER, r#"{"type":"phase.skipped","entry":{"phase":"skill_building"},"reason":"no_materials"}"#),
        plain("phase.reopened", MEMBER, r#"{"type":"phase.reopened","phase":"discussion","planned_seconds":300,"reason":"unfinished"}"#),
        plain("turn.started", MEMBER, r#"{"type":"turn.started","seat":2}"#),
        plain("story.shared", MEMBER, r#"{"type":"story.shared","seat":2,"story":"own"}"#),
        full("story.shared.full", MEMBER, r#"{"type":"story.shared","seat":2,"story":"observed","note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("report.given", MEMBER, r#"{"type":"report.given","seat":2,"report":{"outcome":"did_not_practise","reason":"no_time"}}"#),
        full("report.given.full", MEMBER, r#"{"type":"report.given","seat":2,"report":{"outcome":"practised","strategies":[0,1]},"note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("turn.finished", MEMBER, r#"{"type":"turn.finished","seat":2}"#),
        full("turn.finished.full", MEMBER, r#"{"type":"turn.finished","seat":2,"note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("turn.passed", MEMBER, r#"{"type":"turn.passed","seat":2}"#),
        plain("turn.deferred", MEMBER, r#"{"type":"turn.deferred","seat":2}"#),
        plain("round.closed", MEMBER, r#"{"type":"round.closed","unheard":[2,3],"reason":"time"}"#),
        plain("plan.made", MEMBER, r#"{"type":"plan.made","seat":2,"version":1,"strategy":1}"#),
        full("plan.made.full", MEMBER, r#"{"type":"plan.made","seat":2,"version":2,"strategy":0,"note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("phase.extended", MEMBER, r#"{"type":"phase.extended","seconds":300}"#),
        plain("overrun.agreed", MEMBER, r#"{"type":"overrun.agreed","seat":2}"#),
        plain("overrun.granted", MEMBER, r#"{"type":"overrun.granted","seconds":900}"#),
        plain("session.paused", MEMBER, r#"{"type":"session.paused","reason":"sensitive_moment"}"#),
        plain("session.resumed", MEMBER, r#"{"type":"session.resumed"}"#),
        full("session.resumed.full", MEMBER, r#"{"type":"session.resumed","allotted_seconds":5400}"#),
        plain("session.interrupted", MEMBER, r#"{"type":"session.interrupted","reason":"emergency"}"#),
        plain("session.restarted", MEMBER, r#"{"type":"session.restarted","session":"reflect"}"#),
        plain("facilitator.changed", MEMBER, r#"{"type":"facilitator.changed","seat":3}"#),
        full("facilitator.changed.full", MEMBER, r#"{"type":"facilitator.changed","seat":3,"exception":"no_other_present"}"#),
        plain("facilitator.gone", MEMBER, r#"{"type":"facilitator.gone","seat":2}"#),
        plain("facilitator.claimed", MEMBER, r#"{"type":"facilitator.claimed","seat":3}"#),
        full("facilitator.claimed.full", MEMBER, r#"{"type":"facilitator.claimed","seat":3,"exception":"no_other_willing"}"#),
        plain("facilitator.delegated", MEMBER, r#"{"type":"facilitator.delegated","seat":3}"#),
        plain("facilitator.returned", MEMBER, r#"{"type":"facilitator.returned","seat":2}"#),
        plain("quorum.lost", MEMBER, r#"{"type":"quorum.lost","quorum":{"present":3,"needed":4}}"#),
        plain("quorum.regained", MEMBER, r#"{"type":"quorum.regained","quorum":{"present":4,"needed":4}}"#),
        plain("quorum.waived", MEMBER, r#"{"type":"quorum.waived","reason":"nearly_done"}"#),
        plain("recording.requested", MEMBER, r#"{"type":"recording.requested"}"#),
        plain("recording.answered", MEMBER, r#"{"type":"recording.answered","seat":2,"consent":"given"}"#),
        plain("recording.started", MEMBER, r#"{"type":"recording.started"}"#),
        plain("recording.stopped", MEMBER, r#"{"type":"recording.stopped"}"#),
        plain("session.closed", MEMBER, r#"{"type":"session.closed","marked":{"session":"explore","minutes":88}}"#),
        plain("buddies.paired", MEMBER, r#"{"type":"buddies.paired","pairs":[[0,1],[2,3,4]]}"#),
        plain("practice.logged", MEMBER, r#"{"type":"practice.logged","seat":2,"week":1}"#),
        full("practice.logged.full", MEMBER, r#"{"type":"practice.logged","seat":2,"week":4,"note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("buddy.checked_in", MEMBER, r#"{"type":"buddy.checked_in","seat":2,"week":1}"#),
        plain("catch_up.recorded", MEMBER, r#"{"type":"catch_up.recorded","seat":2,"part":"materials_read"}"#),
        plain("report.submitted", MEMBER, r#"{"type":"report.submitted","seat":2,"report":{"outcome":"did_not_practise","reason":"no_opportunity"}}"#),
        full("report.submitted.full", MEMBER, r#"{"type":"report.submitted","seat":2,"report":{"outcome":"practised","strategies":[1]},"note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("report.debriefed", MEMBER, r#"{"type":"report.debriefed","seat":2}"#),
        plain("adoption.decided", MEMBER, r#"{"type":"adoption.decided","seat":2,"adoption":{"outcome":"none_adopted","reason":"did_not_fit"}}"#),
        full("adoption.decided.full", MEMBER, r#"{"type":"adoption.decided","seat":2,"adoption":{"outcome":"adopted","strategies":[0]},"note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("feedback.given", MEMBER, r#"{"type":"feedback.given","seat":2,"session":"reflect"}"#),
        full("feedback.given.full", MEMBER, r#"{"type":"feedback.given","seat":2,"session":"explore","note":"0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}"#),
        plain("member.completed", MEMBER, r#"{"type":"member.completed","seat":2,"outcome":"completed_by_report"}"#),
        plain("member.dropped", MEMBER, r#"{"type":"member.dropped","seat":2,"reason":"not_caught_up"}"#),
        plain("member.waived", ORGANISER, r#"{"type":"member.waived","seat":2,"reason":"long_leave"}"#),
        plain("cycle.completed", MEMBER, r#"{"type":"cycle.completed"}"#),
        plain("cycle.lapsed", HOST, r#"{"type":"cycle.lapsed"}"#),
        plain("cycle.suspended", MEMBER, r#"{"type":"cycle.suspended","reason":"breach"}"#),
        plain("suspension.voted", MEMBER, r#"{"type":"suspension.voted","seat":2,"vote":"go_on"}"#),
        plain("cycle.resumed", MEMBER, r#"{"type":"cycle.resumed"}"#),
        plain("cycle.terminated", ORGANISER, r#"{"type":"cycle.terminated","reason":"group_decision"}"#),
        plain("member.anonymised", HOST, r#"{"type":"member.anonymised","seat":2}"#),
        plain("privacy.tightened", ORGANISER, r#"{"type":"privacy.tightened","privacy":"sealed"}"#),
        plain("process.migrated", ORGANISER, r#"{"type":"process.migrated","process":{"name":"Acme circles","version":4}}"#),
    ]
}
