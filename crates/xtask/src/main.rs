//! The checks that gate a change: `cargo xtask check` runs all, `cargo xtask STEP...` some of them.
//!
//! | step       | what it asks                                                                     |
//! |------------|----------------------------------------------------------------------------------|
//! | `fmt`      | is every file formatted?                                                         |
//! | `clippy`   | is clippy silent on every target?                                                |
//! | `test`     | do all tests pass? (`cargo nextest` and the doc tests, or `cargo test`)          |
//! | `doc`      | does the documentation build without a warning?                                  |
//! | `data`     | does every table obey its schema, its sources and physics?                       |
//! | `licences` | do all dependencies come from places and under terms that `deny.toml` allows?    |
//! | `tidy`     | are files short, tables sourced, the crate arrow kept, no marks left behind?     |
//!
//! All steps run even if one fails; the last line counts them, and the exit code is 1 if any failed.

mod licences;
mod print;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use print::say;

/// A step that failed, in words for the person who mends it; one line a finding.
type Findings = Vec<String>;

/// A named step.
struct Step {
    name: &'static str,
    run: fn(&Path) -> Result<(), Findings>,
}

const STEPS: [Step; 7] = [
    Step { name: "fmt", run: |root| cargo(root, &["fmt", "--all", "--check"]) },
    Step { name: "clippy", run: |root| cargo(root, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]) },
    Step { name: "test", run: test },
    Step { name: "doc", run: doc },
    Step { name: "data", run: |root| cargo(root, &["run", "--quiet", "--package", "minewheel-cli", "--", "data", "check"]) },
    Step { name: "licences", run: licences::check },
    Step { name: "tidy", run: tidy::check },
];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root: PathBuf = root.canonicalize().unwrap_or(root);
    let wanted: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let steps: Vec<&Step> = match wanted.as_slice() {
        [one] if one == "check" => STEPS.iter().collect(),
        names => STEPS.iter().filter(|s| names.iter().any(|n| n == s.name)).collect(),
    };
    let unknown: Vec<_> = wanted.iter().filter(|n| *n != "check" && STEPS.iter().all(|s| s.name != *n)).collect();
    if steps.is_empty() || !unknown.is_empty() {
        let names = STEPS.map(|s| s.name).join("|");
        say(&format!("usage: cargo xtask check\n       cargo xtask [{names}]..."));
        return ExitCode::from(2);
    }
    let mut times = Vec::new();
    for step in steps {
        say(&format!("== {}", step.name));
        let start = now();
        let result = (step.run)(&root);
        for finding in result.as_ref().err().into_iter().flatten() {
            say(finding);
        }
        times.push((step.name, start.elapsed(), result.is_ok()));
    }
    summary(&times)
}

fn summary(times: &[(&str, Duration, bool)]) -> ExitCode {
    say("");
    for (name, time, passed) in times {
        say(&format!("{} {name:<9} {:>7.1} s", if *passed { "ok  " } else { "FAIL" }, time.as_secs_f64()));
    }
    let failed = times.iter().filter(|t| !t.2).count();
    say(&format!("{} passed, {failed} failed", times.len() - failed));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::disallowed_methods, reason = "the task runner times its steps")]
fn now() -> Instant {
    Instant::now()
}

fn test(root: &Path) -> Result<(), Findings> {
    let has_nextest = Command::new("cargo").args(["nextest", "--version"]).output().is_ok_and(|o| o.status.success());
    if has_nextest {
        cargo(root, &["nextest", "run", "--workspace"])?;
        return cargo(root, &["test", "--workspace", "--doc"]);
    }
    cargo(root, &["test", "--workspace"])
}

fn doc(root: &Path) -> Result<(), Findings> {
    run(Command::new("cargo").args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings").current_dir(root))
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<(), Findings> {
    run(Command::new("cargo").args(arguments).current_dir(root))
}

fn run(command: &mut Command) -> Result<(), Findings> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(vec![format!("{command:?} ended with {status}")]),
        Err(error) => Err(vec![format!("cannot start {command:?}: {error}")]),
    }
}
