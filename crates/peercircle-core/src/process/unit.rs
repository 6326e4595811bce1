//! Minutes in words: in the unit in which they are whole.

/// What minutes are told in: days or hours, where they are whole ones.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Days,
    Hours,
    Minutes,
}

/// From so many minutes on whole hours are told as hours: an hour and a half, two hours are said in minutes of a session.
const HOURS_FROM: u32 = 180;

impl Unit {
    pub(super) fn of(minutes: impl Iterator<Item = u32> + Clone) -> Self {
        let whole = |unit: Self, least: u32| {
            let mut all = minutes.clone().filter(|minutes| *minutes > 0).peekable();
            all.peek().is_some() && all.all(|minutes| minutes >= least && minutes.is_multiple_of(unit.minutes()))
        };
        if whole(Self::Days, Self::Days.minutes()) {
            Self::Days
        } else if whole(Self::Hours, HOURS_FROM) {
            Self::Hours
        } else {
            Self::Minutes
        }
    }

    pub(super) const fn minutes(self) -> u32 {
        match self {
            Self::Days => 24 * 60,
            Self::Hours => 60,
            Self::Minutes => 1,
        }
    }

    pub(super) const fn label(self, many: Option<u32>) -> &'static str {
        match (self, many) {
            (Self::Days, Some(1)) => " day",
            (Self::Days, _) => " days",
            (Self::Hours, Some(1)) => " hour",
            (Self::Hours, _) => " hours",
            (Self::Minutes, _) => " min",
        }
    }
}

/// So many minutes in words, as everything says them that speaks of a rule on time.
///
/// # Example
/// ```
/// use peercircle_core::lasting;
/// assert_eq!([95, 300, 30_240, 28_801].map(lasting), ["95 min", "5 hours", "21 days", "20 days and 1 min"]);
/// ```
#[must_use]
pub fn lasting(minutes: u32) -> String {
    let day = Unit::Days.minutes();
    if minutes > day && !minutes.is_multiple_of(day) {
        return format!("{} and {}", lasting(minutes - minutes % day), lasting(minutes % day));
    }
    let unit = Unit::of(std::iter::once(minutes));
    let many = minutes / unit.minutes();
    format!("{many}{}", unit.label(Some(many)))
}

#[cfg(test)]
mod tests {
    use super::lasting;
    use crate::{Condition, ElapsedBound, Since};

    #[test]
    fn minutes_are_told_in_the_unit_in_which_they_are_whole() {
        let told = [0, 95, 120, 180, 1440, 30_240, 28_801].map(lasting);
        assert_eq!(told, ["0 min", "95 min", "120 min", "3 hours", "1 day", "21 days", "20 days and 1 min"]);
    }

    #[test]
    fn both_bounds_are_told_in_one_unit() {
        let told = |low: Option<u32>, high: Option<u32>| {
            let since = Since::ExploreClosed;
            Condition::Elapsed(ElapsedBound { since, at_least_minutes: low, at_most_minutes: high }).to_string()
        };
        assert_eq!(told(Some(30_240), None), "at least 21 days since session 1 closed");
        assert_eq!(told(None, Some(1440)), "at most 1 day since session 1 closed");
        assert_eq!(told(Some(0), Some(50_400)), "0 to 35 days since session 1 closed");
        assert_eq!(told(Some(300), Some(1440)), "5 to 24 hours since session 1 closed");
        assert_eq!(told(Some(90), Some(1440)), "90 to 1440 min since session 1 closed");
    }
}
