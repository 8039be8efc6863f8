//! Every numbered story of `examples/` runs from its `command` file and gives what its `expected/` folder holds.
//!
//! `MINEWHEEL_UPDATE_EXAMPLES=1 cargo test -p minewheel-cli --test examples` writes `expected/` anew; read the diff.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the test reads the stories, writes what is expected of them, and fails by panicking"
)]

mod program;

use std::path::{Path, PathBuf};

use program::{repository, run_in, write};

/// The numbered stories, in order.
fn stories() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repository().join("examples")).unwrap().map(|e| e.unwrap().path());
    let is_story = |p: &PathBuf| p.is_dir() && p.file_name().unwrap().to_string_lossy().starts_with(|c: char| c.is_ascii_digit());
    let mut found: Vec<PathBuf> = entries.filter(is_story).collect();
    found.sort();
    found
}

/// How a line ends whose command finds something about good input.
const FINDING: &str = "# exits with 1";

/// Output file and text of every line of a story's command file.
fn tell(story: &Path) -> Vec<(String, String)> {
    let commands = std::fs::read_to_string(story.join("command")).unwrap();
    commands
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let (line, code) = line.split_once(FINDING).map_or((line, 0), |(line, _)| (line, 1));
            let (command, file) = line.split_once('>').unwrap_or_else(|| panic!("{}: `{line}` names no file", story.display()));
            let mut words = command.split_whitespace();
            assert_eq!(words.next(), Some("minewheel"), "{}: {line}", story.display());
            let answer = run_in(story, &words.collect::<Vec<_>>());
            assert_eq!(answer.code, code, "{}: {line}\n{}", story.display(), answer.remarks);
            (file.trim().to_owned(), answer.data)
        })
        .collect()
}

#[test]
fn every_story_gives_what_its_folder_expects() {
    let is_update = std::env::var("MINEWHEEL_UPDATE_EXAMPLES").is_ok_and(|v| v == "1");
    let mut differing = Vec::new();
    let stories = stories();
    assert!(stories.len() >= 3);
    for story in &stories {
        assert!(story.join("README.md").is_file(), "{} tells no story", story.display());
        let expected = story.join("expected");
        let outputs = tell(story);
        if is_update {
            if expected.exists() {
                std::fs::remove_dir_all(&expected).unwrap();
            }
            for (file, text) in &outputs {
                write(&expected.join(file), text);
            }
            continue;
        }
        for (file, text) in &outputs {
            let path = expected.join(file);
            let wanted = std::fs::read_to_string(&path).unwrap_or_default();
            if *text != wanted {
                let first = text
                    .lines()
                    .zip(wanted.lines())
                    .find(|(a, b)| a != b)
                    .map_or_else(String::new, |(a, b)| format!("\n  seen:   {a}\n  wanted: {b}"));
                differing.push(format!("{}{first}", path.display()));
            }
        }
        let mut there: Vec<String> = std::fs::read_dir(&expected).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        there.sort();
        let mut told: Vec<String> = outputs.into_iter().map(|o| o.0).collect();
        told.sort();
        assert_eq!(there, told, "{} holds a file that no line writes", expected.display());
    }
    assert!(differing.is_empty(), "these differ; write them anew with MINEWHEEL_UPDATE_EXAMPLES=1 and read the diff:\n{}", differing.join("\n"));
}
