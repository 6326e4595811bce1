//! The host's table: a figure, how it is spread, what it stands beside, what it has to reach.

use std::time::Duration;

/// What a figure has to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// At least this share of that peer.
    Share(f64, f64),
    /// At least so many times that peer.
    Times(f64, f64),
    /// At most this long.
    Within(Duration),
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    what: String,
    figure: String,
    value: f64,
    spread: Option<(Duration, Duration)>,
    beside: Vec<String>,
    target: Option<Target>,
}

impl Cells {
    /// So many a second.
    pub(super) fn rate(what: impl Into<String>, rate: f64) -> Self {
        let figure = if rate >= 1e4 { format!("{:.1} k /s", rate / 1e3) } else { format!("{rate:.0} /s") };
        Self::new(what.into(), figure, rate)
    }

    /// So long.
    pub(super) fn time(what: impl Into<String>, time: Duration) -> Self {
        Self::new(what.into(), millis(time), time.as_secs_f64())
    }

    /// So many bytes.
    pub(super) fn bytes(what: impl Into<String>, bytes: f64) -> Self {
        Self::new(what.into(), format!("{bytes:.0} bytes"), bytes)
    }

    const fn new(what: String, figure: String, value: f64) -> Self {
        Self { what, figure, value, spread: None, beside: Vec::new(), target: None }
    }

    /// With the median and the 99th percentile.
    pub(super) const fn spread(mut self, p50: Duration, p99: Duration) -> Self {
        self.spread = Some((p50, p99));
        self
    }

    /// Beside a peer's value in the same unit.
    pub(super) fn beside(mut self, peer: &str, value: f64) -> Self {
        let ratio = self.value / value;
        self.beside.push(if ratio >= 10.0 { format!("{ratio:.0} x {peer}") } else { format!("{ratio:.2} x {peer}") });
        self
    }

    pub(super) fn wanting(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    fn judged(&self) -> String {
        let say = |wanted: String, share: f64| {
            if share >= 1.0 {
                format!("{wanted}: reached")
            } else {
                format!("{wanted}: short, {:.0} % of it", share * 100.0)
            }
        };
        match self.target {
            None => String::new(),
            Some(Target::Share(share, peer)) => say(format!("{share:.2} x"), self.value / peer / share),
            Some(Target::Times(times, peer)) => say(format!("{times:.0} x"), self.value / peer / times),
            Some(Target::Within(time)) => say(millis(time), time.as_secs_f64() / self.value.max(1e-9)),
        }
    }
}

/// The rows as a table in Markdown.
pub(super) fn table(rows: &[Cells]) -> String {
    let mut lines =
        vec!["| what | figure | p50 | p99 | beside | to reach |".to_owned(), "|---|---:|---:|---:|---|---|".to_owned()];
    for row in rows {
        let (p50, p99) = row.spread.map_or_else(Default::default, |(p50, p99)| (millis(p50), millis(p99)));
        lines.push(format!(
            "| {} | {} | {p50} | {p99} | {} | {} |",
            row.what,
            row.figure,
            row.beside.join(", "),
            row.judged()
        ));
    }
    lines.join("\n")
}

fn millis(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1e3;
    if millis >= 100.0 { format!("{millis:.0} ms") } else { format!("{millis:.2} ms") }
}

/// The median and the 99th percentile.
pub(super) fn percentiles(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    (at(50).copied().unwrap_or_default(), at(99).copied().unwrap_or_default())
}

/// The median of what was measured round by round.
pub(super) fn median(rates: &[f64]) -> f64 {
    let mut rates = rates.to_vec();
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
