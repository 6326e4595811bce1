use peercircle_process::{Format, parse};
use peercircle_testkit::explore::{Bounds, explore, quietly};
#[test]
fn all() {
    for entry in std::fs::read_dir(format!("{}/tests/broken", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let path = entry.unwrap().path();
        let process = parse(&std::fs::read_to_string(&path).unwrap(), Format::Toml).unwrap();
        let b = Bounds { members: process.spec().group.minimum.max(4), late: 0, troubles: 0, ..Bounds::default() };
        let at = std::time::Instant::now();
        let a = explore(&process, &b, &[], &mut quietly);
        println!(
            "#### {} sound {} {} states {:?} {:?} idle {:?} dead {} unreached {:?}",
            path.file_stem().unwrap().to_string_lossy(),
            a.is_sound(),
            a.states,
            at.elapsed(),
            a.ends,
            a.idle_rules().map(|r| r.rule.clone()).collect::<Vec<_>>(),
            a.dead.len(),
            a.unreached.len()
        );
        for k in a.knots.iter().take(1) {
            println!("   {:?} at {:?} after {} moves; way: {:?}", k.kind, k.stage, k.moves, k.in_the_way);
            println!("   {}", k.story().iter().map(|l| l.says.clone()).collect::<Vec<_>>().join(". "));
        }
    }
}
