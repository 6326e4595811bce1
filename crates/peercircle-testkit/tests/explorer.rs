//! t
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
use peercircle_core::Process;
use peercircle_process::{Format, parse};
use peercircle_testkit::explore::{Answer, Bounds, explore, quietly};
fn broken(name: &str) -> Process {
    let path = format!("{}/tests/broken/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    parse(&std::fs::read_to_string(path).unwrap(), Format::Toml).unwrap()
}
#[test]
fn all() {
    let t = std::env::var("ONLY").unwrap_or_default();
    for name in ["quorum","minimum","adoption","dates","who-may","orientation","closing","clock","stories","logs","order","attendance","skipping","marking"] {
        if !t.is_empty() && !t.split(',').any(|x| x == name) { continue; }
        let b = Bounds { members: 4, leaving: 1, absent: 1, late: 0, troubles: 1, states: 200_000, ..Bounds::default() };
        let at = std::time::Instant::now();
        let a: Answer = explore(&broken(name), &b, &[], &mut quietly);
        println!("######## {name} {:?}\n{a}", at.elapsed());
    }
}
