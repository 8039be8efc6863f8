//! The command `minewheel`.

use std::process::ExitCode;

fn main() -> ExitCode {
    minewheel_cli::run()
}
