//! The table: each number beside its peers', as ratios, and beside what it has to reach.

/// What a number has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// At least so many a second.
    AtLeast(f64),
    /// At most so many nanoseconds each.
    WithinNanos(f64),
    /// At least so many times the peer.
    TimesPeer(f64),
}

/// A measured number.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) per_second: f64,
    /// Whom it stands beside.
    pub(crate) peers: Vec<(&'static str, f64)>,
    pub(crate) target: Option<Target>,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, per_second: f64) -> Self {
        Self { name: name.into(), per_second, peers: Vec::new(), target: None }
    }

    pub(crate) fn beside(mut self, peer: &'static str, per_second: f64) -> Self {
        self.peers.push((peer, per_second));
        self
    }

    pub(crate) const fn wanting(mut self, target: Target) -> Self {
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
            Some(Target::AtLeast(wanted)) => say(format!("{} /s", short(wanted)), self.per_second / wanted),
            Some(Target::WithinNanos(wanted)) => say(format!("{wanted:.0} ns"), wanted / (1e9 / self.per_second)),
            Some(Target::TimesPeer(times)) => {
                let peer = self.peers.first().map_or(f64::INFINITY, |(_, peer)| *peer);
                say(format!("{times:.0} x"), self.per_second / peer / times)
            }
        }
    }
}

/// The rows as a table in Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut lines =
        vec!["| what | per second | each | beside | to reach |".to_owned(), "|---|---:|---:|---|---|".to_owned()];
    for row in rows {
        let beside: Vec<_> =
            row.peers.iter().map(|(peer, rate)| format!("{} {peer}", times(row.per_second / rate))).collect();
        lines.push(format!(
            "| {} | {} | {:.1} ns | {} | {} |",
            row.name,
            short(row.per_second),
            1e9 / row.per_second,
            beside.join(", "),
            row.judged()
        ));
    }
    lines.join("\n")
}

fn short(rate: f64) -> String {
    if rate >= 1e6 {
        format!("{:.2} M", rate / 1e6)
    } else if rate >= 1e3 {
        format!("{:.1} k", rate / 1e3)
    } else {
        format!("{rate:.0}")
    }
}

fn times(ratio: f64) -> String {
    if ratio >= 10.0 { format!("{ratio:.0} x") } else { format!("{ratio:.2} x") }
}
