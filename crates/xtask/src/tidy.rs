//! Rules of the house that no other tool checks.
//!
//! - no source file over 800 lines;
//! - every table of `data/` has a `source` column, and every folder of tables a `datapackage.json`;
//! - a crate depends only on crates to its left in the arrow of `ARCHITECTURE.md`;
//! - the linear algebra library is named in one module;
//! - every crate takes the workspace's lints;
//! - no path of somebody's machine, no mark of unfinished work.

use std::path::{Path, PathBuf};

/// A source file longer than this is split.
const LONGEST_FILE: usize = 800;

/// The arrow: a crate may depend on those before it, never on those after it.
const ARROW: [&str; 9] = [
    "minewheel-data",
    "minewheel-lca",
    "minewheel-model",
    "minewheel-assess",
    "minewheel-industry",
    "minewheel-report",
    "minewheel-exchange",
    "minewheel-web",
    "minewheel-cli",
];

/// Crates that the arrow keeps apart although one stands left of the other: the engine knows no tables and no cars.
const APART: [(&str, &str); 2] = [("minewheel-lca", "minewheel-data"), ("minewheel-model", "minewheel-lca")];

/// The only module that names the linear algebra library.
const SOLVER: &str = "crates/minewheel-lca/src/solve/lu.rs";

/// Folders that hold nothing of ours, and this crate, which spells what it looks for.
const SKIPPED: [&str; 7] = ["target", ".git", "node_modules", ".venv", "xtask", "corpus", "artifacts"];

/// Walks the repository and reports everything at once.
pub fn check(root: &Path) -> Result<(), Vec<String>> {
    let mut findings = Vec::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for path in entries(&folder)? {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    pending.push(path);
                }
            } else if let Some(text) = text_of(&path)? {
                let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                file(&relative, &text, root, &mut findings);
            }
        }
    }
    findings.sort();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

#[expect(clippy::disallowed_methods, reason = "the task runner reads the repository")]
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Vec<String>> {
    let unreadable = |e: std::io::Error| vec![format!("cannot read `{}`: {e}", folder.display())];
    let mut paths = std::fs::read_dir(folder).map_err(unreadable)?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

/// The text of a file of ours; `None` for other kinds of files.
#[expect(clippy::disallowed_methods, reason = "the task runner reads the repository")]
fn text_of(path: &Path) -> Result<Option<String>, Vec<String>> {
    let is_ours = path.extension().is_none_or(|e| ["rs", "toml", "md", "csv", "json", "yml", "py", "cff", "snap"].iter().any(|o| e == *o));
    if !is_ours {
        return Ok(None);
    }
    std::fs::read_to_string(path).map(Some).map_err(|e| vec![format!("cannot read `{}` as text: {e}", path.display())])
}

fn file(name: &str, text: &str, root: &Path, findings: &mut Vec<String>) {
    let is_source = name.starts_with("crates/") && name.contains("/src/") && is_a(name, "rs");
    if is_source {
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            findings.push(format!("{name}: {lines} lines, wanted at most {LONGEST_FILE}; split it"));
        }
        if name != SOLVER && text.lines().any(|l| l.contains("faer::") || l.contains("use faer")) {
            findings.push(format!("{name}: names the linear algebra library; only {SOLVER} does"));
        }
    }
    if name.starts_with("data/") && is_a(name, "csv") {
        table(name, text, root, findings);
    }
    if name.starts_with("crates/") && name.ends_with("/Cargo.toml") {
        manifest(name, text, findings);
    }
    for (index, line) in text.lines().enumerate() {
        if let Some(path) = machine_path(line) {
            findings.push(format!("{name}:{}: `{path}` is a path of one machine", index + 1));
        }
        if !is_a(name, "csv")
            && let Some(mark) = unfinished(line)
        {
            findings.push(format!("{name}:{}: `{mark}` marks unfinished work; finish it, or describe what is there", index + 1));
        }
    }
}

fn is_a(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e == extension)
}

fn table(name: &str, text: &str, root: &Path, findings: &mut Vec<String>) {
    let header = text.lines().next().unwrap_or_default();
    if !header.split(',').any(|c| c == "source") {
        findings.push(format!("{name}: no `source` column"));
    }
    let has_schema = Path::new(name).parent().is_some_and(|p| root.join(p).join("datapackage.json").is_file());
    if !has_schema {
        findings.push(format!("{name}: its folder has no datapackage.json"));
    }
}

fn manifest(name: &str, text: &str, findings: &mut Vec<String>) {
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            findings.push(format!("{name}: {error}"));
            return;
        }
    };
    if table.get("lints").and_then(|l| l.get("workspace")).and_then(toml::Value::as_bool) != Some(true) {
        findings.push(format!("{name}: wants `[lints] workspace = true`"));
    }
    let own = table.get("package").and_then(|p| p.get("name")).and_then(toml::Value::as_str).unwrap_or_default();
    let Some(rank) = ARROW.iter().position(|c| *c == own) else { return };
    let dependencies = table.get("dependencies").and_then(toml::Value::as_table);
    for needed in dependencies.into_iter().flat_map(toml::Table::keys) {
        let is_backward = ARROW.iter().position(|c| c == needed).is_some_and(|r| r >= rank);
        if is_backward || APART.contains(&(own, needed.as_str())) {
            findings.push(format!("{name}: `{own}` may not depend on `{needed}`"));
        }
    }
}

/// A path below somebody's home or working folder, where no path of the repository or of the web begins.
fn machine_path(line: &str) -> Option<&str> {
    ["/home/", "/root/", "/Users/", "/work/", "/tmp/"].into_iter().find_map(|folder| {
        let at = line.find(folder)?;
        let before = line[..at].chars().next_back();
        let begins = before.is_none_or(|c| c.is_whitespace() || "\"'`=(,:".contains(c));
        begins.then(|| line[at..].split(|c: char| c.is_whitespace() || "\"'`),".contains(c)).next().unwrap_or(folder))
    })
}

fn unfinished(line: &str) -> Option<&str> {
    line.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| ["TODO", "FIXME", "XXX", "TBD"].contains(word))
}

#[cfg(test)]
mod tests {
    use super::{machine_path, manifest, unfinished};

    #[test]
    fn a_path_of_a_machine_is_found_and_a_web_address_is_not() {
        assert_eq!(machine_path("see /home/ann/notes.md for it"), Some("/home/ann/notes.md"));
        assert_eq!(machine_path("let p = \"/tmp/x.csv\";"), Some("/tmp/x.csv"));
        assert_eq!(machine_path("https://example.org/home/page"), None);
        assert_eq!(machine_path("examples/work/car.toml"), None);
    }

    #[test]
    fn a_mark_of_unfinished_work_is_found_only_as_a_word_of_its_own() {
        assert_eq!(unfinished("// TODO: later"), Some("TODO"));
        assert_eq!(unfinished("the method returns"), None);
    }

    #[test]
    fn a_dependency_against_the_arrow_is_found() {
        let mut findings = Vec::new();
        let text = "[package]\nname = \"minewheel-model\"\n[dependencies]\nminewheel-assess = \"1\"\nminewheel-lca = \"1\"\nminewheel-data = \"1\"\n[lints]\nworkspace = true\n";
        manifest("crates/minewheel-model/Cargo.toml", text, &mut findings);
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
}
