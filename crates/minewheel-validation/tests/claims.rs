//! Every claim, judged on the embedded tables.
//!
//! Claims marked `expect = "pass"` must pass. Claims marked `expect = "fail"` must still fail (else the mark is stale)
//! and may miss by at most a tenth more than recorded.

use std::sync::LazyLock;

use minewheel_validation::Evidence;
use minewheel_validation::chapter::{chapter, first_difference};
use minewheel_validation::claim::{ORDER, Verdict};
use minewheel_validation::report::Report;

static EVIDENCE: LazyLock<Evidence> = LazyLock::new(|| Evidence::of_repository().expect("the tables are checked"));
static REPORTS: LazyLock<Vec<Report>> = LazyLock::new(|| EVIDENCE.judge_all().expect("every claim can be computed"));

#[test]
fn every_claim_file_is_judged() {
    let mut judged = ORDER.map(str::to_owned).to_vec();
    judged.sort();
    assert_eq!(EVIDENCE.claim_files().unwrap(), judged);
    for report in &*REPORTS {
        let mut keys: Vec<&String> = report.figures.iter().map(|f| &f.key).collect();
        keys.sort();
        // `relative_error` may be the width that `share_inside` counts by, rather than a figure of its own.
        let stated: Vec<&String> = report
            .claim
            .tolerance
            .keys()
            .filter(|k| keys.contains(k) || *k != "relative_error" || !report.claim.tolerance.contains_key("share_inside"))
            .collect();
        assert_eq!(keys, stated, "{}: each line of the tolerance is judged once", report.claim.name);
        assert!(report.n > 0 && report.rows.iter().all(|r| r.ours.is_finite() && r.theirs > 0.0), "{}", report.claim.name);
    }
}

#[test]
fn claims_that_passed_still_pass() {
    let lost: Vec<String> = REPORTS
        .iter()
        .filter(|r| r.claim.expect == Verdict::Pass)
        .flat_map(|r| r.figures.iter().filter(|f| !f.is_met()).map(|f| format!("{}: {} is {} (limit {})", r.claim.name, f.key, f.value, f.limit)))
        .collect();
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn recorded_misses_do_not_grow() {
    let mut faults = Vec::new();
    for report in REPORTS.iter().filter(|r| r.claim.expect == Verdict::Fail) {
        let name = &report.claim.name;
        if report.verdict() == Verdict::Pass {
            faults.push(format!("{name} passes: mark it `expect = \"pass\"` and drop its record"));
        }
        for figure in report.figures.iter().filter(|f| !f.is_within_record()) {
            faults.push(format!("{name}: {} is {}, recorded {:?}, limit {}", figure.key, figure.value, figure.recorded, figure.limit));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_mark_is_moved_only_with_its_reason() {
    // Words that a reason needs at least, where the mark fell back behind an earlier one by more than a tenth.
    const REASON_WORDS: usize = 8;
    let mut faults = Vec::new();
    for report in &*REPORTS {
        let name = &report.claim.name;
        let judged: Vec<&String> = report.figures.iter().map(|f| &f.key).collect();
        faults.extend(report.claim.recorded.keys().filter(|k| !judged.contains(k)).map(|k| format!("{name}: {k} is recorded and not judged")));
        for figure in report.figures.iter().filter(|f| !f.recorded.is_empty()) {
            let key = &figure.key;
            if !figure.recorded.is_sorted_by(|a, b| a.date <= b.date) {
                faults.push(format!("{name}: records of {key} are not in the order of their days"));
            }
            if figure.recorded.iter().any(|r| r.date.len() != 10 || r.why.trim().is_empty()) {
                faults.push(format!("{name}: a record of {key} lacks its day or its reason"));
            }
            let last = &figure.recorded[figure.recorded.len() - 1];
            if let Some(best) = figure.moved_from()
                && last.why.split_whitespace().count() < REASON_WORDS
            {
                faults.push(format!("{name}: {key} was {} on {}; say why {} stands now", best.value, best.date, last.value));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_claim_that_a_parameter_rests_on_is_not_called_blind() {
    for report in &*REPORTS {
        assert!(!report.claim.sight.trim().is_empty(), "{}: say what was seen", report.claim.name);
        assert!(report.fitted == 0 || !report.claim.blind, "{}: {} figures lie in a fit", report.claim.name, report.fitted);
    }
}

#[test]
fn every_miss_of_a_failing_claim_is_explained() {
    let mute: Vec<String> = REPORTS
        .iter()
        .filter(|r| r.verdict() == Verdict::Fail)
        .flat_map(|r| r.misses().filter(|row| r.explanation(row).is_none()).map(|row| format!("{}: {}", r.claim.name, row.label)))
        .collect();
    assert!(mute.is_empty(), "{}", mute.join("\n"));
}

#[test]
fn the_chapter_is_up_to_date() {
    let written = EVIDENCE.text("docs/validation.md").unwrap();
    let difference = first_difference(&written, &chapter(&REPORTS));
    assert!(difference.is_none(), "run `cargo run --release -p minewheel-validation`\n{}", difference.unwrap_or_default());
}
