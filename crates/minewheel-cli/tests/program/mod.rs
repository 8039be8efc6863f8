//! The binary, run as a user runs it: arguments in, exit code and two streams out.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests write the files that a user would, and fail by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a run gave back.
pub struct Answer {
    pub code: i32,
    pub data: String,
    pub remarks: String,
}

/// A car file in which nothing is wrong.
pub const CAR: &str = r#"[car]
id = "x"
powertrain = "bev"
kerb_mass_kg = 1500
[car.road_load]
cd = 0.28
frontal_area_m2 = 2.2
crr = 0.009
[battery]
chemistry = "lfp"
gross_energy_kwh = 50.0
made_in = "CN"
[motor]
topology = "ipm"
peak_power_kw = 120
"#;

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the program ends by itself"),
            data: String::from_utf8(output.stdout).unwrap(),
            remarks: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minewheel"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs in a folder, so that messages name files as the user named them.
pub fn run_in(folder: &Path, arguments: &[&str]) -> Answer {
    command(folder, arguments).output().unwrap().into()
}

/// Runs where no file matters.
pub fn run(arguments: &[&str]) -> Answer {
    run_in(Path::new(env!("CARGO_TARGET_TMPDIR")), arguments)
}

/// The data of a run that must end well.
pub fn data_of(arguments: &[&str]) -> String {
    let answer = run(arguments);
    assert_eq!(answer.code, 0, "minewheel {}: {}", arguments.join(" "), answer.remarks);
    answer.data
}

/// The data of a run that must end well, as JSON.
pub fn json_of(arguments: &[&str]) -> serde_json::Value {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    serde_json::from_str(&data_of(&arguments)).unwrap()
}

/// An empty folder of a test's own.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a file, with the folders above it.
pub fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
