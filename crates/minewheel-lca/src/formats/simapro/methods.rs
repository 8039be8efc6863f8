//! Impact methods of `SimaPro`: factors of substances by compartment, for flows that the database has.
//!
//! | in the file                              | in the database                                                     |
//! |------------------------------------------|---------------------------------------------------------------------|
//! | `Method`, `Name`                         | a method                                                            |
//! | `Impact category`, `Substances`          | a category with its unit, and its factors                           |
//! | compartment and subcompartment           | the flow of that category and name, as processes of `SimaPro` have it |
//! | subcompartment `(unspecified)`           | every flow of the name in the compartment that has no factor of its own there |
//!
//! | `Damage category`, `Impact categories`   | a category: the sum of factors of impact categories, each times what one unit of it counts |
//! | `Normalization-Weighting set`            | the category `single score (SET)`: the same with weight times normalisation, of impact or damage categories |
//!
//! A flow of another source is found too where its category says the compartment. Factors of flows that the database lacks are counted, as are
//! parts of sums that have no factor, and sets without weights. A set without normalisation weighs impacts as they are.

use std::collections::BTreeMap;

use super::rows::Dialect;
use super::{Fault, sections};
use crate::database::{Database, DatabaseBuilder, Direction, FlowKind, direction_of_category};
use crate::formats::{Dropped, ImportError, method_table, unit_ratio as ratio};

/// Compartments of methods, and those of processes.
const COMPARTMENTS: [(&str, &str); 8] = [
    ("raw", "resources"),
    ("air", "air"),
    ("water", "water"),
    ("soil", "soil"),
    ("waste", "final waste"),
    ("nonmat", "non material"),
    ("social", "social"),
    ("economic", "economic"),
];

/// The factors of a file, before the flows that they are for are known.
#[derive(Default)]
pub(super) struct Methods {
    factors: Vec<Factor>,
    /// Damage categories before the sets that weigh them.
    sums: Vec<Sum>,
}

/// A category that sums others.
struct Sum {
    method: String,
    name: String,
    unit: String,
    /// Categories, damage categories among them, and what one unit of each counts.
    terms: Vec<(String, f64)>,
}

/// A set of normalisation and weighting.
#[derive(Default)]
struct WeightingSet {
    name: String,
    normalisation: Vec<(String, f64)>,
    weighting: Vec<(String, f64)>,
}

#[derive(Clone)]
struct Factor {
    method: String,
    category: String,
    unit: String,
    compartment: &'static str,
    sub: String,
    name: String,
    value: f64,
    flow_unit: String,
}

impl Methods {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.factors.is_empty()
    }

    /// Takes a block `Method`; gives the sections that have no place.
    pub fn take(&mut self, block: &[(usize, String)], dialect: &Dialect) -> Result<Vec<String>, Fault> {
        let (mut method, mut category, mut unit, mut left_out) = (String::new(), String::new(), String::new(), Vec::new());
        let (mut damages, mut sets, mut weighting_unit): (Vec<Sum>, Vec<WeightingSet>, _) = (Vec::new(), Vec::new(), String::new());
        let terms = |rows: &[(usize, &str)]| rows.iter().map(|(at, line)| term(*at, line, dialect)).collect::<Result<Vec<_>, Fault>>();
        for (section, rows) in sections(block) {
            let first = || rows.first().map_or_else(Vec::new, |(_, line)| dialect.cells(line));
            match section {
                "Name" => method = first().into_iter().next().unwrap_or_default(),
                "Impact category" => {
                    let mut cells = first().into_iter();
                    category = cells.next().unwrap_or_default();
                    unit = cells.next().unwrap_or_default();
                }
                "Substances" => {
                    for (at, line) in rows {
                        let cells = dialect.cells(line);
                        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
                        let letters: String = cell(0).chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
                        let compartment = COMPARTMENTS.iter().find(|(word, _)| *word == letters);
                        let Some((_, compartment)) = compartment else {
                            return Err((
                                at,
                                format!("there is no compartment `{}`; wanted Raw, Air, Water, Soil, Waste, Nonmat, Social or Economic", cell(0)),
                            ));
                        };
                        let value = dialect.number(cell(4)).ok_or_else(|| (at, format!("the factor is `{}`, wanted a finite number", cell(4))))?;
                        let sub = if cell(1).eq_ignore_ascii_case("(unspecified)") { "" } else { cell(1) };
                        let [method, category, unit] = [&method, &category, &unit].map(Clone::clone);
                        let [sub, name, flow_unit] = [sub, cell(2), cell(5)].map(str::to_owned);
                        self.factors.push(Factor { method, category, unit, compartment, sub, name, value, flow_unit });
                    }
                }
                "Weighting unit" => weighting_unit = first().into_iter().next().unwrap_or_default(),
                "Damage category" => {
                    let mut cells = first().into_iter();
                    let (name, unit) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
                    damages.push(Sum { method: String::new(), name, unit, terms: Vec::new() });
                }
                "Impact categories" => {
                    if let Some(damage) = damages.last_mut() {
                        damage.terms = terms(&rows)?;
                    }
                }
                "Normalization-Weighting set" => {
                    sets.push(WeightingSet { name: first().into_iter().next().unwrap_or_default(), ..WeightingSet::default() });
                }
                "Normalization" | "Weighting" => {
                    if let Some(set) = sets.last_mut() {
                        *(if section == "Weighting" { &mut set.weighting } else { &mut set.normalisation }) = terms(&rows)?;
                    }
                }
                _ => {}
            }
        }
        damages.retain(|damage| {
            let is_empty = damage.terms.is_empty();
            if is_empty {
                left_out.push("methods: damage categories of no impact category".to_owned());
            }
            !is_empty
        });
        for set in sets {
            let Some(terms) = set.terms() else {
                left_out.push("methods: sets of normalisation without weights".to_owned());
                continue;
            };
            let unit = if weighting_unit.is_empty() { "Pt".to_owned() } else { weighting_unit.clone() };
            damages.push(Sum { method: String::new(), name: format!("single score ({})", set.name), unit, terms });
        }
        self.sums.extend(damages.into_iter().map(|sum| Sum { method: method.clone(), ..sum }));
        Ok(left_out)
    }

    /// Adds the methods to a database that has the flows.
    pub fn enter(self, file: &str, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
        let mut flows: BTreeMap<(&str, String), Vec<(String, String)>> = BTreeMap::new();
        for flow in builder.database().flows().iter().filter(|f| f.kind == FlowKind::Elementary) {
            let path = flow.category.as_deref().unwrap_or_default().to_lowercase();
            if let Some((compartment, sub)) = place_of(&path) {
                flows.entry((compartment, flow.name.to_lowercase())).or_default().push((sub.to_owned(), flow.id.to_string()));
            }
        }
        let mut specific: BTreeMap<(&str, &str, &str), std::collections::BTreeSet<&str>> = BTreeMap::new();
        let mut lines: Vec<(&Factor, Option<&str>)> = Vec::new();
        let named = |f: &Factor| flows.get(&(f.compartment, f.name.to_lowercase())).map_or(&[][..], Vec::as_slice);
        for f in self.factors.iter().filter(|f| !f.sub.is_empty()) {
            let found = named(f).iter().find(|(sub, _)| sub.eq_ignore_ascii_case(&f.sub)).map(|(_, id)| id.as_str());
            specific.entry((&f.method, &f.category, &f.unit)).or_default().extend(found);
            lines.push((f, found));
        }
        for f in self.factors.iter().filter(|f| f.sub.is_empty()) {
            let taken = specific.get(&(f.method.as_str(), f.category.as_str(), f.unit.as_str()));
            let open = |id: &&str| taken.is_none_or(|taken| !taken.contains(id));
            let before = lines.len();
            lines.extend(named(f).iter().map(|(_, id)| id.as_str()).filter(open).map(|id| (f, Some(id))));
            if lines.len() == before && named(f).is_empty() {
                lines.push((f, None));
            }
        }
        let mut dropped = Dropped::new();
        let sums = summed(&self.sums, &lines, &mut dropped).map_err(|reason| ImportError::File { file: file.to_owned(), reason })?;
        lines.extend(sums.iter().map(|(factor, id)| (factor, Some(id.as_str()).filter(|id| !id.is_empty()))));
        let mut table = csv::Writer::from_writer(Vec::new());
        let fault = |e: String| ImportError::File { file: file.to_owned(), reason: e };
        let header = ["method", "category", "unit", "flow_id", "name", "compartment", "subcompartment", "flow_unit", "factor"];
        table.write_record(header).map_err(|e| fault(e.to_string()))?;
        for (f, id) in lines {
            let (id, value) = (id.unwrap_or_default(), f.value.to_string());
            let row = [&f.method, &f.category, &f.unit, id, &f.name, f.compartment, &f.sub, &f.flow_unit, value.as_str()];
            table.write_record(row).map_err(|e| fault(e.to_string()))?;
        }
        let bytes = table.into_inner().map_err(|e| fault(e.to_string()))?;
        let (database, more) = method_table::read(file, &bytes, builder)?;
        dropped.extend(more);
        Ok((database, dropped))
    }
}

/// A category and a number.
fn term(at: usize, line: &str, dialect: &Dialect) -> Result<(String, f64), Fault> {
    let cells = dialect.cells(line);
    let cell = |at: usize| cells.get(at).map_or("", String::as_str);
    let value = dialect.number(cell(1)).ok_or_else(|| (at, format!("the factor of `{}` is `{}`, wanted a finite number", cell(0), cell(1))))?;
    Ok((cell(0).to_owned(), value))
}

impl WeightingSet {
    /// What one unit of each category counts: weight times normalisation, where the set normalises at all; `None` without weights.
    fn terms(&self) -> Option<Vec<(String, f64)>> {
        let normal = |name: &str| {
            let found = self.normalisation.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
            if self.normalisation.is_empty() { Some(1.0) } else { found }
        };
        let terms: Vec<_> = self.weighting.iter().filter_map(|(name, weight)| Some((name.clone(), weight * normal(name)?))).collect();
        (!terms.is_empty()).then_some(terms)
    }
}

/// The factors of sums, flow by flow, from those of the categories that they sum.
fn summed(sums: &[Sum], lines: &[(&Factor, Option<&str>)], dropped: &mut Dropped) -> Result<Vec<(Factor, String)>, String> {
    type PerFlow<'f> = BTreeMap<&'f str, (&'f Factor, f64)>;
    let mut of: BTreeMap<(&str, &str), PerFlow<'_>> = BTreeMap::new();
    for (factor, id) in lines {
        if let Some(id) = id {
            of.entry((&factor.method, &factor.category)).or_default().insert(id, (factor, factor.value));
        }
    }
    let mut found = Vec::new();
    let is_category = |sum: &Sum, name: &str| lines.iter().any(|(f, _)| f.method == sum.method && f.category == name);
    for (at, sum) in sums.iter().enumerate() {
        let mut total: PerFlow<'_> = BTreeMap::new();
        for (name, count) in &sum.terms {
            let is_sum = sums[..at].iter().any(|s| s.method == sum.method && s.name == *name);
            if !is_sum && !is_category(sum, name) {
                *dropped.entry(format!("methods: parts of `{}` that have no factors", sum.name)).or_default() += 1;
            }
            for (id, (factor, value)) in of.get(&(sum.method.as_str(), name.as_str())).into_iter().flatten() {
                let slot = total.entry(id).or_insert((factor, 0.0));
                // Impact per gram is a thousandth of that per kilogram.
                let scale = ratio(&factor.flow_unit, &slot.0.flow_unit).ok_or_else(|| {
                    let (a, b) = (&factor.flow_unit, &slot.0.flow_unit);
                    format!("`{}` sums factors of `{}` for {a} and for {b}", sum.name, factor.name)
                })?;
                slot.1 += count * value / scale;
            }
        }
        // A sum of which the database has no flow is a category all the same.
        let of_term = |name: &String| lines.iter().find(|(f, _)| f.method == sum.method && f.category == *name);
        if let Some((factor, _)) = sum.terms.iter().find_map(|(name, _)| of_term(name)).filter(|_| total.is_empty()) {
            found.push((Factor { category: sum.name.clone(), unit: sum.unit.clone(), ..(*factor).clone() }, String::new()));
        }
        for (id, (factor, value)) in &total {
            let copy = Factor { category: sum.name.clone(), unit: sum.unit.clone(), value: *value, ..(*factor).clone() };
            found.push((copy, (*id).to_owned()));
        }
        of.insert((&sum.method, &sum.name), total);
    }
    Ok(found)
}

/// Compartment of a path, and what stands behind it.
fn place_of(path: &str) -> Option<(&'static str, &str)> {
    let split = |path| str::split_once(path, '/').unwrap_or((path, ""));
    let (first, rest) = split(path);
    if let Some((_, compartment)) = COMPARTMENTS.iter().find(|(_, compartment)| *compartment == first) {
        return Some((compartment, rest));
    }
    if direction_of_category(path) == Some(Direction::Input) {
        return Some(("resources", rest));
    }
    let part = path.split('/').find_map(|part| {
        let words = || part.split(|c: char| !c.is_alphanumeric());
        COMPARTMENTS[1..4].iter().find(|(word, _)| words().any(|w| w == *word))
    })?;
    let last = path.rsplit_once('/').map_or("", |(_, last)| last);
    Some((part.1, last))
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn paths_of_other_sources_say_their_compartment() {
        for (path, wanted) in [
            ("air/low. pop.", Some(("air", "low. pop."))),
            ("resources", Some(("resources", ""))),
            ("natural resource/in ground", Some(("resources", "in ground"))),
            ("emissions/emissions to water/fresh water", Some(("water", "fresh water"))),
            ("ours/flow", None),
        ] {
            assert_eq!(place_of(path), wanted, "{path}");
        }
    }
}
