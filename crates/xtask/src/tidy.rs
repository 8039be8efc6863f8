//! Rules of the house that no other tool checks.
//!
//! - no source file over 800 lines;
//! - every table of `data/` has a `source` column, and every folder of tables a `datapackage.json`;
//! - a crate depends only on crates to its left in the arrow of `ARCHITECTURE.md`;
//! - nothing depends on the crates that only judge, bind or run tasks;
//! - the linear algebra library is named in one module;
//! - the pure crates name no file, clock, network, process or environment, but for the two readers;
//! - every source is cited by a table, a claim or an example (the program cannot say so: it does not hold `validation/`);
//! - every page of the documentation is linked from the contents of its folder;
//! - every crate takes the workspace's lints;
//! - no path of somebody's machine, no mark of unfinished work.

use std::collections::HashSet;
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

/// Crates that stand outside the arrow: no crate may depend on them.
const ENDS: [&str; 3] = ["minewheel-py", "minewheel-validation", "xtask"];

/// Sources that touch nothing outside the program, and the readers among them that take a path from their caller.
const PURE: [&str; 6] = ["minewheel-data", "minewheel-lca", "minewheel-model", "minewheel-assess", "minewheel-industry", "minewheel-report"];
const READERS: [&str; 2] = ["crates/minewheel-data/src/cycles.rs", "crates/minewheel-data/src/store.rs"];
const OUTSIDE: [&str; 6] = ["std::fs", "std::env", "std::net", "std::process", "std::time::Instant", "std::time::SystemTime"];

/// Pages that list the others: of every folder below `docs/`, that of its own folder if there is one.
const CONTENTS: [&str; 2] = ["docs/README.md", "docs/reference/README.md"];

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
    unlinked(root, &mut findings)?;
    uncited(root, &mut findings)?;
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
    if PURE.iter().any(|pure| name.starts_with(&format!("crates/{pure}/src/"))) && !READERS.contains(&name) {
        for (index, line) in text.lines().enumerate() {
            if let Some(word) = OUTSIDE.into_iter().find(|word| line.contains(word)) {
                findings.push(format!("{name}:{}: `{word}` in a pure crate; callers hand in what is outside the program", index + 1));
            }
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
    let rank = ARROW.iter().position(|c| *c == own);
    for needed in dependencies(&table) {
        let is_backward = rank.zip(ARROW.iter().position(|c| *c == needed)).is_some_and(|(own, other)| other >= own);
        if is_backward || APART.contains(&(own, needed)) || ENDS.contains(&needed) {
            findings.push(format!("{name}: `{own}` may not depend on `{needed}`"));
        }
    }
}

/// What a manifest depends on, for its tests, its build script and single targets too.
fn dependencies(table: &toml::Table) -> impl Iterator<Item = &str> {
    let targets = table.get("target").and_then(toml::Value::as_table);
    let tables = std::iter::once(table).chain(targets.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table));
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let sections = tables.flat_map(move |t| kinds.into_iter().filter_map(move |kind| t.get(kind).and_then(toml::Value::as_table)));
    sections.flat_map(toml::Table::keys).map(String::as_str)
}

/// Pages below `docs/` that no contents page links to.
fn unlinked(root: &Path, findings: &mut Vec<String>) -> Result<(), Vec<String>> {
    let mut linked = Vec::new();
    for contents in CONTENTS {
        let folder = Path::new(contents).parent().unwrap_or(Path::new(""));
        let text = text_of(&root.join(contents))?.unwrap_or_default();
        linked.extend(links(&text).map(|link| folder.join(link)));
    }
    let mut pending = vec![root.join("docs")];
    while let Some(folder) = pending.pop() {
        for path in entries(&folder)? {
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let name = relative.to_string_lossy().replace('\\', "/");
            let is_page = is_a(&name, "md") && name != CONTENTS[0] && name != "docs/validation.md";
            if is_page && !linked.iter().any(|l| l == relative) {
                findings.push(format!("{name}: no contents page ({}) links to it", CONTENTS.join(", ")));
            }
        }
    }
    Ok(())
}

/// The list of sources, and the folders whose tables and files cite them.
const SOURCES: &str = "data/sources.toml";
const CITING: [&str; 3] = ["data", "validation", "examples"];

/// Sources that no table and no file of ours names.
fn uncited(root: &Path, findings: &mut Vec<String>) -> Result<(), Vec<String>> {
    let listed = text_of(&root.join(SOURCES))?.unwrap_or_default();
    let mut texts = Vec::new();
    let mut pending: Vec<PathBuf> = CITING.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = pending.pop() {
        for path in entries(&folder)? {
            if path.is_dir() {
                pending.push(path);
            } else if path != root.join(SOURCES) && ["csv", "toml"].iter().any(|e| is_a(&path.to_string_lossy(), e)) {
                texts.extend(text_of(&path)?);
            }
        }
    }
    findings.extend(unnamed(&listed, &texts).into_iter().map(|key| format!("{SOURCES}: nothing cites `{key}`")));
    Ok(())
}

/// Keys of a list of sources that stand in none of the texts as a word of their own.
fn unnamed<'l>(listed: &'l str, texts: &[String]) -> Vec<&'l str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let named: HashSet<&str> = texts.iter().flat_map(|t| t.split(|c| !is_part(c))).collect();
    let keys = listed.lines().filter_map(|l| l.strip_prefix('[')?.strip_suffix(']'));
    keys.filter(|key| !named.contains(key)).collect()
}

/// Targets of the links of a page, without what follows `#`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next())
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
    use super::{file, links, machine_path, manifest, unfinished, unnamed};
    use std::path::Path;

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

    #[test]
    fn tests_and_targets_obey_the_arrow_too_and_nothing_leans_on_its_ends() {
        let mut findings = Vec::new();
        let text = "[package]\nname = \"minewheel-model\"\n[dev-dependencies]\nminewheel-cli = \"1\"\n[target.'cfg(unix)'.dependencies]\nminewheel-validation = \"1\"\n[lints]\nworkspace = true\n";
        manifest("crates/minewheel-model/Cargo.toml", text, &mut findings);
        assert_eq!(findings.len(), 2, "{findings:?}");
    }

    #[test]
    fn a_pure_crate_that_reaches_outside_is_found_and_its_reader_is_not() {
        let look = |name: &str| {
            let mut findings = Vec::new();
            file(name, "let f = std::fs::File::options();\n", Path::new("."), &mut findings);
            findings.len()
        };
        assert_eq!(look("crates/minewheel-model/src/drive/mod.rs"), 1);
        assert_eq!(look("crates/minewheel-data/src/store.rs"), 0);
        assert_eq!(look("crates/minewheel-cli/src/inputs.rs"), 0);
    }

    #[test]
    fn a_source_that_only_a_longer_key_names_is_uncited() {
        let listed = "[dai-2019]\ntitle = \"A\"\n[dai-2019-premise]\n[iea-2025]\n";
        let texts = ["steel,1.2,dai-2019-premise,table 2\n".to_owned(), "source = \"iea-2025\"\n".to_owned()];
        assert_eq!(unnamed(listed, &texts), ["dai-2019"]);
    }

    #[test]
    fn links_are_read_without_their_anchors() {
        let found: Vec<&str> = links("- [A](model/a.md#part), [b](b.md)").collect();
        assert_eq!(found, ["model/a.md", "b.md"]);
    }
}
