//! Settings that allow and refuse nothing, whatever a group does: what they do instead.

use serde_json::Value;

use super::Setting;

/// What a setting does that by itself allows and refuses nothing, in a sentence without a full stop; nothing where it may.
pub(super) fn says(setting: &Setting) -> Option<&'static str> {
    let for_members = |value: &Value| value.as_array().is_none_or(|roles| roles.contains(&"member".into()));
    Some(match setting.name.as_str() {
        "who_may.report.debrief" if for_members(&setting.one) && for_members(&setting.other) => {
            "whoever is debriefed is one of the members, who all may as it is"
        }
        "attendance.reminder_hours" => "it decides only when members are reminded",
        "gap.maximum_days" => "it decides only from when on a missing session 2 is pointed out",
        "gap.target_days" => "it is only the number of days to aim at, for whoever sets the date",
        "group.target" => "it is only the size to aim at, for whoever puts the group together",
        "retention.content_days" => "it decides only for how long what was said is kept once the cycle has ended",
        "retention.fact_days" => "it decides only for how long facts are kept once the cycle has ended",
        "retention.fewest_people" => "it is only about figures over several cycles",
        _ => return None,
    })
}
