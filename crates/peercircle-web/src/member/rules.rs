//! The ground rules in words. The machine counts their version; what they say stands here.

/// What a group agrees on before the first story.
pub(crate) const GROUND_RULES: [(&str, &str); 7] = [
    (
        "What is said here stays here.",
        "We take away what we learned, never who said it. That holds after the group has ended.",
    ),
    (
        "Everyone has an equal turn.",
        "Whatever our position: the same minutes, and nobody speaks twice before everyone could speak once.",
    ),
    ("We listen until the end.", "Questions first, advice when it is asked for."),
    ("Passing is fine.", "Anyone may pass or go later, without a reason, and nobody counts it."),
    ("Our own experience.", "We speak about what we did and saw, not about people who aren't here by name."),
    ("No recording without everyone's consent.", "One no is enough. Notes are for those who were there."),
    (
        "What the law makes us tell, we tell.",
        "Should somebody be in danger or the law be broken badly, whoever hears of it may have to act, and says so first.",
    ),
];
