//! Car files: a car in TOML, read with every fault at once, each with its line.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::car::{CarDesign, SourcingDemand, SourcingRule};
use crate::car_fields::{Assembler, CarError, CarFault, Entry, FieldEntry};
use crate::cards::Cards;
use crate::places::Places;
use crate::row::Value;
use crate::table::{Position, nearest};

/// Reads a car file.
///
/// # Errors
/// Every fault of the file at once, each with its line.
pub fn read_car_file(file: &str, text: &str, chemistries: &[String]) -> Result<CarDesign, Vec<CarError>> {
    let file: std::sync::Arc<str> = file.into();
    let at = |line, column| Position { file: std::sync::Arc::clone(&file), line, column };
    let not_toml = |error: &toml::de::Error| {
        let (line, column) = error.span().map_or((0, 0), |s| line_and_column(text, s.start));
        vec![CarError { at: at(line, column), fault: CarFault::Toml { reason: error.message().to_owned() } }]
    };
    let table: toml::Table = toml::from_str(text).map_err(|error| not_toml(&error))?;
    let lines = key_lines(text);
    let mut entries = Vec::new();
    let (mut sourcing, mut demands) = (Vec::new(), Vec::new());
    let mut faults = Vec::new();
    for (section, value) in &table {
        match (section.as_str(), value) {
            ("motor", toml::Value::Array(motors)) => {
                for (i, motor) in motors.iter().enumerate() {
                    flatten(&format!("motor.{}", i + 1), motor, &lines, &mut entries);
                }
            }
            ("motor", motor) => flatten("motor.1", motor, &lines, &mut entries),
            ("sourcing", toml::Value::Table(rules)) => {
                for (key, scope, rule) in scopes(rules) {
                    let read = match scope {
                        Scope::Product(product) if !is_demand(rule) => sourcing_rule(product, rule).map(|rule| sourcing.push(rule)),
                        scope => sourcing_demand(&key, scope, rule).map(|demand| demands.push(demand)),
                    };
                    if let Err(fault) = read {
                        faults.push(CarError { at: at(line_of(&lines, &key), 0), fault });
                    }
                }
            }
            (name, value) => flatten(name, value, &lines, &mut entries),
        }
    }
    let assembled = Assembler::new(std::sync::Arc::clone(&file), entries, chemistries).assemble(sourcing);
    if faults.is_empty() {
        return assembled.map(|design| CarDesign { sourcing_demands: demands, ..design });
    }
    faults.extend(assembled.err().into_iter().flatten());
    faults.sort_by_key(|f| f.at.line);
    Err(faults)
}

/// Names in a car file that stand for nothing, and products that cannot be sourced, each with its line.
pub fn unknown_names(file: &str, text: &str, design: &CarDesign, places: &Places, cards: &Cards) -> Vec<CarError> {
    // Nearly every file names nothing unknown, and to find lines is to read it anew.
    let lines = LazyCell::new(|| key_lines(text));
    let mut found = Vec::new();
    let at = |key: &str| Position { file: file.into(), line: line_of(&lines, key), column: 0 };
    let name =
        |key: String, seen: &str, kind, nearest| CarError { at: at(&key), fault: CarFault::Name { key, seen: seen.to_owned(), kind, nearest } };
    let near_place = |seen: &str| nearest(seen, places.codes());
    let motors = design.motors.iter().enumerate().map(|(i, m)| (format!("motor.{}.made_in", i + 1), m.made_in.as_deref()));
    let named = [
        ("car.made_in", design.made_in.as_deref()),
        ("battery.made_in", design.battery.as_ref().and_then(|b| b.made_in.as_deref())),
        ("plant.country", design.plant.country.as_deref()),
        ("use.country", design.usage.country.as_deref()),
    ];
    for (key, place) in named.into_iter().map(|(key, place)| (key.to_owned(), place)).chain(motors) {
        if let Some(seen) = place.filter(|p| places.id(p).is_err()) {
            found.push(name(key, seen, "place", near_place(seen)));
        }
    }
    for rule in &design.sourcing {
        let key = format!("sourcing.{}", rule.product);
        match cards.product_id(&rule.product) {
            Some(product) if cards.product(product).has_world_market => {}
            Some(_) => found.push(CarError { at: at(&key), fault: CarFault::NoMarket { key: key.clone() } }),
            None => {
                let near = nearest(&rule.product, cards.products().iter().map(|p| p.id.as_str()));
                found.push(name(key.clone(), &rule.product, "product", near));
            }
        }
        for seen in rule.shares.iter().map(|s| &s.0).chain(&rule.bans).filter(|p| places.id(p).is_err()) {
            found.push(name(key.clone(), seen, "place", near_place(seen)));
        }
    }
    for demand in &design.sourcing_demands {
        let key = match (&demand.product, &demand.tier) {
            (Some(product), _) => format!("sourcing.{product}"),
            (None, Some(tier)) => format!("sourcing.tier.{tier}"),
            (None, None) => format!("sourcing.{EVERYTHING}"),
        };
        if let Some(seen) = demand.product.as_ref().filter(|p| cards.product_id(p).is_none()) {
            found.push(name(key.clone(), seen, "product", nearest(seen, cards.products().iter().map(|p| p.id.as_str()))));
        }
        let shares = demand.caps.iter().chain(&demand.content).map(|s| &s.0);
        for seen in shares.chain(&demand.bans).chain(&demand.friends).filter(|p| places.id(p).is_err()) {
            found.push(name(key.clone(), seen, "place", near_place(seen)));
        }
    }
    found.sort_by_key(|f| f.at.line);
    found
}

/// Names under `[sourcing]` that are no products.
const EVERYTHING: &str = "all";
const TIER: &str = "tier";

/// What a rule of `[sourcing]` holds for.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Product(&'a str),
    Tier(&'a str),
    Everything,
}

/// Every rule of `[sourcing]` with its dotted key.
fn scopes(rules: &toml::Table) -> Vec<(String, Scope<'_>, &toml::Value)> {
    let mut all = Vec::new();
    for (key, rule) in rules {
        match (key.as_str(), rule) {
            (TIER, toml::Value::Table(tiers)) => {
                all.extend(tiers.iter().map(|(tier, rule)| (format!("sourcing.{TIER}.{tier}"), Scope::Tier(tier.as_str()), rule)));
            }
            (EVERYTHING, rule) => all.push((format!("sourcing.{EVERYTHING}"), Scope::Everything, rule)),
            (product, rule) => all.push((format!("sourcing.{product}"), Scope::Product(product), rule)),
        }
    }
    all
}

/// Whether a rule asks for more than fixed shares and bans.
fn is_demand(rule: &toml::Value) -> bool {
    rule.as_table().is_some_and(|t| ["cap", "content", "friends"].iter().any(|k| t.contains_key(*k)))
}

fn sourcing_demand(key: &str, scope: Scope<'_>, rule: &toml::Value) -> Result<SourcingDemand, CarFault> {
    let wanted = "`ban = [places]`, `friends = [places]`, `cap = {place = share}` or `content = {place = share}`";
    let wrong = |seen: &toml::Value| CarFault::Type { key: key.to_owned(), seen: kind_of(seen).to_owned(), wanted };
    let list = |value: &toml::Value| -> Result<Vec<String>, CarFault> {
        let items = value.as_array().ok_or_else(|| wrong(value))?;
        items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong(item))).collect()
    };
    let shares = |value: &toml::Value| -> Result<Vec<(String, f64)>, CarFault> {
        let mut found = Vec::new();
        for (place, share) in value.as_table().ok_or_else(|| wrong(value))? {
            let seen = share.as_float().or_else(|| share.as_integer().map(|i| i as f64)).ok_or_else(|| wrong(share))?;
            if !(0.0..=1.0).contains(&seen) {
                return Err(CarFault::OutOfRange { key: format!("{key}.{place}"), seen, minimum: 0.0, maximum: 1.0, hint: "; a share of 1" });
            }
            found.push((place.clone(), seen));
        }
        Ok(found)
    };
    let mut demand = match scope {
        Scope::Product(product) => SourcingDemand { product: Some(product.to_owned()), ..SourcingDemand::default() },
        Scope::Tier(tier) => SourcingDemand { tier: Some(tier.to_owned()), ..SourcingDemand::default() },
        Scope::Everything => SourcingDemand::default(),
    };
    for (word, value) in rule.as_table().ok_or_else(|| wrong(rule))? {
        match word.as_str() {
            "ban" => demand.bans = list(value)?,
            "friends" => demand.friends = list(value)?,
            "cap" => demand.caps = shares(value)?,
            "content" => demand.content = shares(value)?,
            other => {
                let seen = format!("the key `{other}`");
                return Err(CarFault::Type { key: key.to_owned(), seen, wanted });
            }
        }
    }
    Ok(demand)
}

fn sourcing_rule(product: &str, rule: &toml::Value) -> Result<SourcingRule, CarFault> {
    let key = format!("sourcing.{product}");
    let wrong = |seen: &toml::Value| CarFault::Type {
        key: key.clone(),
        seen: kind_of(seen).to_owned(),
        wanted: "a place, or a table of place = share, with `ban = [places]` if some must not supply",
    };
    let mut found = SourcingRule { product: product.to_owned(), shares: Vec::new(), bans: Vec::new() };
    match rule {
        toml::Value::String(place) => found.shares.push((place.clone(), 1.0)),
        toml::Value::Table(table) => {
            for (place, share) in table {
                match (place.as_str(), share) {
                    ("ban", toml::Value::Array(list)) => {
                        for item in list {
                            found.bans.push(item.as_str().ok_or_else(|| wrong(item))?.to_owned());
                        }
                    }
                    (place, share) => {
                        let share = share.as_float().or_else(|| share.as_integer().map(|i| i as f64)).ok_or_else(|| wrong(share))?;
                        if !(0.0..=1.0).contains(&share) {
                            let key = format!("{key}.{place}");
                            return Err(CarFault::OutOfRange { key, seen: share, minimum: 0.0, maximum: 1.0, hint: "; a share of 1" });
                        }
                        found.shares.push((place.to_owned(), share));
                    }
                }
            }
            let sum: f64 = found.shares.iter().map(|s| s.1).sum();
            if !found.shares.is_empty() && (sum - 1.0).abs() > 1e-6 {
                return Err(CarFault::Shares { key, sum });
            }
        }
        other => return Err(wrong(other)),
    }
    Ok(found)
}

fn kind_of(value: &toml::Value) -> &'static str {
    match value {
        toml::Value::Table(_) => "a table",
        toml::Value::Float(_) | toml::Value::Integer(_) => "a number",
        toml::Value::String(_) => "text",
        toml::Value::Boolean(_) => "true or false",
        toml::Value::Array(_) => "a list",
        toml::Value::Datetime(_) => "a date",
    }
}

fn flatten(prefix: &str, value: &toml::Value, lines: &BTreeMap<String, u32>, entries: &mut Vec<FieldEntry>) {
    let entry = match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{prefix}.{key}"), value, lines, entries);
            }
            return;
        }
        toml::Value::Float(number) => Entry::Number(Value::given(*number)),
        toml::Value::Integer(number) => Entry::Number(Value::given(*number as f64)),
        toml::Value::String(text) => Entry::Text(text.clone()),
        other => Entry::Other(kind_of(other)),
    };
    entries.push(FieldEntry { key: prefix.to_owned(), entry, line: line_of(lines, prefix) });
}

/// The line of every key of a TOML text, by dotted path; motors are numbered whether or not they come as a list.
fn key_lines(text: &str) -> BTreeMap<String, u32> {
    fn walk(text: &str, prefix: &str, table: &DeTable<'_>, lines: &mut BTreeMap<String, u32>) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
            lines.insert(path.clone(), line_and_column(text, key.span().start).0);
            match value.get_ref() {
                DeValue::Table(table) => walk(text, if path == "motor" { "motor.1" } else { &path }, table, lines),
                DeValue::Array(items) => {
                    for (i, item) in items.iter().enumerate() {
                        if let DeValue::Table(table) = item.get_ref() {
                            walk(text, &format!("{path}.{}", i + 1), table, lines);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let mut lines = BTreeMap::new();
    if let Ok(table) = DeTable::parse(text) {
        walk(text, "", table.get_ref(), &mut lines);
    }
    lines
}

/// The line of a key, or of the nearest table that holds it; 0 if the text has neither.
fn line_of(lines: &BTreeMap<String, u32>, key: &str) -> u32 {
    let mut path = key;
    loop {
        if let Some(line) = lines.get(path) {
            return *line;
        }
        let Some((parent, _)) = path.rsplit_once('.') else { return 0 };
        path = parent;
    }
}

fn line_and_column(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
    (line, column)
}
