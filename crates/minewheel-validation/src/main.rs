//! `validation`: judges every claim of `validation/claims/`, writes `docs/validation.md`, and prints what came out.
//!
//! `--json` prints every row instead of the summary.

use std::io::Write as _;
use std::process::ExitCode;

use minewheel_validation::chapter::{chapter, summary};
use minewheel_validation::{Evidence, ValidationError};

#[expect(clippy::disallowed_methods, reason = "this is the command line, and it writes the chapter")]
fn run(as_json: bool) -> Result<String, ValidationError> {
    let evidence = Evidence::of_repository()?;
    let reports = evidence.judge_all()?;
    let path = evidence.chapter_path();
    std::fs::write(&path, chapter(&reports)).map_err(|reason| ValidationError::File { verb: "write", path, reason })?;
    Ok(if as_json { serde_json::to_string_pretty(&reports).unwrap_or_default() } else { summary(&reports) })
}

#[expect(clippy::disallowed_methods, reason = "this is the command line")]
fn main() -> ExitCode {
    let as_json = std::env::args().any(|a| a == "--json");
    match run(as_json) {
        Ok(text) => match writeln!(std::io::stdout().lock(), "{text}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "validation: {error}");
            ExitCode::from(2)
        }
    }
}
