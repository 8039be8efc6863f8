//! Terms and origin of every dependency, against the lists of `deny.toml`; those of the browser app, which the program embeds,
//! against the same list and the terms of fonts.
//!
//! Reads what `cargo metadata` says of each package. An expression in the SPDX grammar is met if its alternatives
//! (`OR`, the old `/`) have one, and its conjunctions (`AND`) all, of the allowed terms.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Terms that fonts may have: they are shipped as they are, beside the program's own terms.
const FONTS: &str = "OFL-1.1";

/// The lists of `deny.toml` that are checked.
struct Allowed {
    terms: Vec<String>,
    registries: Vec<String>,
    banned: Vec<String>,
}

/// Holds every package against `deny.toml`.
pub fn check(root: &Path) -> Result<(), Vec<String>> {
    let allowed = Allowed::read(root).map_err(|e| vec![e])?;
    let metadata = metadata(root).map_err(|e| vec![e])?;
    let mut findings = Vec::new();
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    for package in packages {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let who = format!("{} {}", text("name"), text("version"));
        let terms = text("license");
        if !is_met(terms, &allowed.terms) {
            findings.push(format!("{who}: terms `{terms}` are not met by the list in deny.toml"));
        }
        let origin = text("source");
        if !origin.is_empty() && !allowed.registries.iter().any(|r| origin.ends_with(r.as_str())) {
            findings.push(format!("{who}: comes from `{origin}`, which deny.toml does not allow"));
        }
        if allowed.banned.iter().any(|b| b == text("name")) {
            findings.push(format!("{who}: banned by deny.toml"));
        }
    }
    if packages.is_empty() {
        findings.push("cargo metadata names no package".to_owned());
    }
    app(root, &allowed, &mut findings).map_err(|e| vec![e])?;
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// Packages of the browser app by its lock file, tools that build it included.
fn app(root: &Path, allowed: &Allowed, findings: &mut Vec<String>) -> Result<(), String> {
    let lock: Value = serde_json::from_str(&read(&root.join("web/package-lock.json"))?).map_err(|e| format!("web/package-lock.json: {e}"))?;
    let packages = lock["packages"].as_object().ok_or("web/package-lock.json names no package")?;
    for (path, package) in packages {
        let name = path.rsplit("node_modules/").next().unwrap_or(path);
        let terms = package["license"].as_str().unwrap_or_default();
        let is_font = name.starts_with("@fontsource") && terms == FONTS;
        if !is_font && !is_met(terms, &allowed.terms) {
            findings.push(format!("web, {name}: terms `{terms}` are not met by the list in deny.toml"));
        }
    }
    Ok(())
}

impl Allowed {
    fn read(root: &Path) -> Result<Self, String> {
        let path = root.join("deny.toml");
        let text = read(&path)?;
        let table: toml::Table = text.parse().map_err(|e| format!("deny.toml: {e}"))?;
        let list = |section: &str, key: &str| -> Vec<String> {
            let items = table.get(section).and_then(|s| s.get(key)).and_then(toml::Value::as_array);
            let word = |v: &toml::Value| v.as_str().or_else(|| v.get("crate").and_then(toml::Value::as_str)).map(str::to_owned);
            items.into_iter().flatten().filter_map(word).collect()
        };
        Ok(Self { terms: list("licenses", "allow"), registries: list("sources", "allow-registry"), banned: list("bans", "deny") })
    }
}

#[expect(clippy::disallowed_methods, reason = "the task runner reads the repository")]
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("cannot read `{}`: {e}", path.display()))
}

fn metadata(root: &Path) -> Result<Value, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--all-features"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cannot start cargo metadata: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))
}

/// Whether an expression is met by the allowed terms.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = alternatives(&words, &mut at, allowed);
    met && at == words.len()
}

fn alternatives(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = conjunction(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= conjunction(words, at, allowed);
    }
    met
}

fn conjunction(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = term(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= term(words, at, allowed);
    }
    met
}

fn term(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = alternatives(words, at, allowed);
        let is_closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && is_closed;
    }
    let mut name = (*word).to_owned();
    if words.get(*at) == Some(&"WITH")
        && let Some(exception) = words.get(*at + 1)
    {
        name = format!("{name} WITH {exception}");
        *at += 2;
    }
    allowed.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::is_met;

    fn met(expression: &str) -> bool {
        is_met(expression, &["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned))
    }

    #[test]
    fn one_allowed_alternative_is_enough() {
        assert!(met("MIT OR GPL-3.0-only"));
        assert!(met("GPL-3.0-only/MIT"));
        assert!(met("Apache-2.0 WITH LLVM-exception"));
    }

    #[test]
    fn every_part_of_a_conjunction_must_be_allowed() {
        assert!(met("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!met("(MIT OR Apache-2.0) AND GPL-3.0-only"));
    }

    #[test]
    fn missing_or_garbled_terms_are_not_met() {
        assert!(!met(""));
        assert!(!met("(MIT"));
        assert!(!met("MIT)"));
        assert!(!met("GPL-3.0-only WITH Classpath-exception-2.0"));
    }
}
