//! A mapping applied to a database: flows, suppliers, units and places that two sources call by different names.
//!
//! | column   | `flow`                              | `provider`             | `unit`                       | `location`        |
//! |----------|-------------------------------------|------------------------|------------------------------|-------------------|
//! | `from`   | id, or name and category as `name (category)`, of the flow to replace | the product, likewise | name of a unit | code, id or name |
//! | `to`     | the flow that takes its place       | the process that supplies it where nobody is named | the unit that takes its place | likewise |
//! | `factor` | amount of `to` for one of `from`, in their reference units; empty: 1 | –  | `to` for one `from`          | –                 |
//!
//! ```text
//! amount of `to` = amount of `from` · factor        impact per `to` = impact per `from` / factor
//! ```
//!
//! A further column `note` is the writer's own; lines that begin with `#` are skipped. What is replaced stays listed, without uses.

use serde::Serialize;

use super::index::{FlowIndex, LocationIndex, ProcessIndex, PropertyIndex, UnitIndex};
use super::{Database, FlowKind, PropertyFactor};

/// What a row maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemapKind {
    /// A flow.
    Flow,
    /// The supplier of a product.
    Provider,
    /// A unit.
    Unit,
    /// A place.
    Location,
}

/// A row of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct RemapRow {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is mapped.
    pub kind: RemapKind,
    /// What is replaced.
    pub from: String,
    /// What takes its place.
    pub to: String,
    /// Amount of the latter for one of the former.
    pub factor: f64,
}

/// Why a mapping cannot be applied.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RemapError {
    /// It is no CSV file.
    #[error("it is no CSV file: {0}")]
    Text(String),
    /// A column is missing.
    #[error("there is no column `{0}`; wanted are kind, from, to and, if any, factor and note")]
    Column(&'static str),
    /// Rows that cannot be.
    #[error("{} rows cannot be used:\n  {}", .0.len(), .0.iter().map(|(line, fault)| format!("line {line}: {fault}")).collect::<Vec<_>>().join("\n  "))]
    Rows(Vec<(usize, RemapFault)>),
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RemapFault {
    /// No kind that there is.
    #[error("kind is `{0}`, wanted flow, provider, unit or location")]
    Kind(String),
    /// No factor.
    #[error("factor is `{0}`, wanted a finite number other than 0")]
    Factor(String),
    /// A name that the database lacks.
    #[error("the database has no {what} `{seen}`")]
    Unknown {
        /// What is wanted.
        what: &'static str,
        /// The name.
        seen: String,
    },
    /// A name that means several things.
    #[error("`{0}` names several things; give the id")]
    Ambiguous(String),
    /// A flow of one kind for one of another.
    #[error("`{from}` and `{to}` are not of one kind")]
    OtherKind {
        /// The flow to replace.
        from: String,
        /// The other.
        to: String,
    },
}

/// How often each kind of row was applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Remapped {
    /// Exchanges with another flow.
    pub exchanges: usize,
    /// Characterisation factors with another flow.
    pub factors: usize,
    /// Inputs that got a supplier.
    pub providers: usize,
    /// Flows in another unit.
    pub units: usize,
    /// Processes, exchanges and factors in another place.
    pub locations: usize,
}

/// Reads the text of a mapping.
///
/// # Errors
/// [`RemapError`] with every row that cannot be.
pub fn parse_mapping(text: &str) -> Result<Vec<RemapRow>, RemapError> {
    let mut table = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = table.headers().map_err(|e| RemapError::Text(e.to_string()))?.clone();
    let at = |name: &str| header.iter().position(|cell| cell.trim_start_matches('\u{feff}') == name);
    let wanted = |name: &'static str| at(name).ok_or(RemapError::Column(name));
    let (kind, from, to, factor) = (wanted("kind")?, wanted("from")?, wanted("to")?, at("factor"));
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for record in table.records() {
        let record = record.map_err(|e| RemapError::Text(e.to_string()))?;
        // Left to the reader of CSV, remarks would shift the lines.
        if record.get(0).is_some_and(|cell| cell.starts_with('#')) {
            continue;
        }
        let line = record.position().map_or(0, |p| p.line() as usize);
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let kind = match cell(kind) {
            "flow" => RemapKind::Flow,
            "provider" => RemapKind::Provider,
            "unit" => RemapKind::Unit,
            "location" => RemapKind::Location,
            other => {
                faults.push((line, RemapFault::Kind(other.to_owned())));
                continue;
            }
        };
        let written = factor.map_or("", cell);
        let factor = if written.is_empty() { Some(1.0) } else { written.parse::<f64>().ok().filter(|v| v.is_finite() && *v != 0.0) };
        match factor {
            Some(factor) => rows.push(RemapRow { line, kind, from: cell(from).to_owned(), to: cell(to).to_owned(), factor }),
            None => faults.push((line, RemapFault::Factor(written.to_owned()))),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(RemapError::Rows(faults)) }
}

impl Database {
    /// The database with a mapping applied row by row.
    ///
    /// # Errors
    /// [`RemapError::Rows`] with every row that names nothing.
    pub fn remapped(mut self, rows: &[RemapRow]) -> Result<(Self, Remapped), RemapError> {
        let (mut done, mut faults) = (Remapped::default(), Vec::new());
        for row in rows {
            if let Err(fault) = self.remap(row, &mut done) {
                faults.push((row.line, fault));
            }
        }
        if faults.is_empty() { Ok((self, done)) } else { Err(RemapError::Rows(faults)) }
    }

    fn remap(&mut self, row: &RemapRow, done: &mut Remapped) -> Result<(), RemapFault> {
        match row.kind {
            RemapKind::Flow => {
                let (from, to) = (self.named_flow(&row.from)?, self.named_flow(&row.to)?);
                if (self.flow(from).kind == FlowKind::Elementary) != (self.flow(to).kind == FlowKind::Elementary) {
                    return Err(RemapFault::OtherKind { from: row.from.clone(), to: row.to.clone() });
                }
                self.replace_flow(from, to, row.factor, done);
            }
            RemapKind::Provider => {
                let product = self.named_flow(&row.from)?;
                let unknown = || RemapFault::Unknown { what: "process", seen: row.to.clone() };
                let (process, _) = self.find_supply(&row.to).ok_or_else(unknown)?;
                self.provide(product, process, done);
            }
            RemapKind::Unit => {
                let (from, to) = (self.named_unit(&row.from)?, self.named_unit(&row.to)?);
                self.replace_unit(from, to, row.factor, done);
            }
            RemapKind::Location => {
                let (from, to) = (self.named_location(&row.from)?, self.named_location(&row.to)?);
                let of_exchanges =
                    self.processes.iter_mut().flat_map(|p| std::iter::once(&mut p.location).chain(p.exchanges.iter_mut().map(|e| &mut e.location)));
                let of_factors = self.categories.iter_mut().flat_map(|c| c.factors.iter_mut().map(|f| &mut f.location));
                for place in of_exchanges.chain(of_factors).filter(|l| **l == Some(from)) {
                    *place = Some(to);
                    done.locations += 1;
                }
            }
        }
        Ok(())
    }

    fn replace_flow(&mut self, from: FlowIndex, to: FlowIndex, factor: f64, done: &mut Remapped) {
        let (unit, property) = self.reference_of(to);
        let conversions = |database: &Self, unit, property| database.conversion(from, unit, property).unwrap_or(f64::NAN);
        let mut scales = Vec::new();
        for process in &self.processes {
            scales.extend(process.exchanges.iter().filter(|e| e.flow == from).map(|e| conversions(self, e.unit, e.property) * factor));
        }
        let mut scales = scales.into_iter();
        for process in &mut self.processes {
            for e in process.exchanges.iter_mut().filter(|e| e.flow == from) {
                let scale = scales.next().unwrap_or(f64::NAN);
                (e.flow, e.unit, e.property) = (to, unit, property);
                e.amount *= scale;
                e.uncertainty = e.uncertainty.scaled(scale);
                e.formula = e.formula.take().map(|f| format!("{scale} * ({f})").into());
                done.exchanges += 1;
            }
            process.allocation_factors.iter_mut().filter(|f| f.product == from).for_each(|f| f.product = to);
        }
        let mut scales = Vec::new();
        for category in &self.categories {
            scales.extend(category.factors.iter().filter(|f| f.flow == from).map(|f| 1.0 / (conversions(self, f.unit, f.property) * factor)));
        }
        let mut scales = scales.into_iter();
        for category in &mut self.categories {
            for f in category.factors.iter_mut().filter(|f| f.flow == from) {
                let scale = scales.next().unwrap_or(f64::NAN);
                (f.flow, f.unit, f.property) = (to, unit, property);
                f.value *= scale;
                f.uncertainty = f.uncertainty.scaled(scale);
                f.formula = f.formula.take().map(|text| format!("{scale} * ({text})").into());
                done.factors += 1;
            }
        }
    }

    fn provide(&mut self, product: FlowIndex, process: ProcessIndex, done: &mut Remapped) {
        let flows = &self.flows;
        let is_used = |e: &super::Exchange| match flows[e.flow.at()].kind {
            FlowKind::Waste => e.direction == super::Direction::Output,
            _ => e.direction == super::Direction::Input,
        };
        for e in self.processes.iter_mut().flat_map(|p| &mut p.exchanges).filter(|e| e.flow == product && e.provider.is_none() && is_used(e)) {
            e.provider = Some(process);
            done.providers += 1;
        }
    }

    fn replace_unit(&mut self, from: UnitIndex, to: UnitIndex, factor: f64, done: &mut Remapped) {
        let Some(property) = self.properties.iter().position(|p| p.unit_group == to.group).map(PropertyIndex::new) else { return };
        let scale = factor * self.unit(to).factor / self.unit(from).factor;
        let is_in = |database: &Self, flow: &super::Flow| database.properties[flow.reference_property().at()].unit_group == from.group;
        let flows: Vec<bool> = self.flows.iter().map(|f| from.group != to.group && is_in(self, f)).collect();
        let reference = UnitIndex { group: to.group, place: self.unit_groups[to.group.at()].reference };
        let conversion: Vec<f64> = self.unit_groups[from.group.at()].units.iter().map(|u| u.factor * scale).collect();
        for flow in self.flows.iter_mut().zip(&flows).filter(|(_, is_in)| **is_in).map(|(flow, _)| flow) {
            flow.properties = vec![PropertyFactor { property, factor: 1.0 }];
            flow.reference = 0;
            done.units += 1;
        }
        for e in self.processes.iter_mut().flat_map(|p| &mut p.exchanges).filter(|e| flows[e.flow.at()] && e.unit.group == from.group) {
            let scale = conversion[usize::from(e.unit.place)];
            (e.unit, e.property) = (reference, property);
            e.amount *= scale;
            e.uncertainty = e.uncertainty.scaled(scale);
            e.formula = e.formula.take().map(|f| format!("{scale} * ({f})").into());
        }
        for f in self.categories.iter_mut().flat_map(|c| &mut c.factors).filter(|f| flows[f.flow.at()] && f.unit.group == from.group) {
            let scale = 1.0 / conversion[usize::from(f.unit.place)];
            (f.unit, f.property) = (reference, property);
            f.value *= scale;
            f.uncertainty = f.uncertainty.scaled(scale);
            f.formula = f.formula.take().map(|text| format!("{scale} * ({text})").into());
        }
    }

    fn named_flow(&self, name: &str) -> Result<FlowIndex, RemapFault> {
        if let Some(flow) = self.flow_by_id(name) {
            return Ok(flow);
        }
        let is_meant = |flow: &super::Flow| {
            *flow.name == *name
                || flow.category.as_deref().is_some_and(|c| name.strip_suffix(')').is_some_and(|n| n.rsplit_once(" (") == Some((&flow.name, c))))
        };
        only(self.flows.iter().enumerate().filter(|(_, f)| is_meant(f)).map(|(at, _)| FlowIndex::new(at)), "flow", name)
    }

    fn named_unit(&self, name: &str) -> Result<UnitIndex, RemapFault> {
        let groups = self.unit_groups.iter().enumerate();
        let units = groups.flat_map(|(group, g)| g.units.iter().enumerate().map(move |(place, unit)| (group, place, unit)));
        let found = units.filter(|(_, _, unit)| &*unit.name == name || &*unit.id == name);
        only(found.map(|(group, place, _)| UnitIndex { group: super::UnitGroupIndex::new(group), place: place as u16 }), "unit", name)
    }

    fn named_location(&self, name: &str) -> Result<LocationIndex, RemapFault> {
        let is_meant = |l: &super::Location| l.code.as_deref() == Some(name) || &*l.id == name || &*l.name == name;
        only(self.locations.iter().enumerate().filter(|(_, l)| is_meant(l)).map(|(at, _)| LocationIndex::new(at)), "location", name)
    }
}

fn only<T>(mut found: impl Iterator<Item = T>, what: &'static str, name: &str) -> Result<T, RemapFault> {
    let first = found.next().ok_or_else(|| RemapFault::Unknown { what, seen: name.to_owned() })?;
    if found.next().is_some() { Err(RemapFault::Ambiguous(name.to_owned())) } else { Ok(first) }
}
