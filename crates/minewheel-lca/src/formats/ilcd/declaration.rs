//! Environmental product declarations (EN 15804) in the ILCD+EPD format: results of modules, taken as they are stated.
//!
//! | in the file                                   | in the database                                                             |
//! |-----------------------------------------------|-----------------------------------------------------------------------------|
//! | a module (`A1-A3`, `C3` …) and a scenario     | a process that makes the declared product, id `UUID#MODULE` or `UUID#MODULE#SCENARIO` |
//! | declared unit                                 | the amount that it makes: `meanAmount` times the flow's stated amount of its reference property |
//! | `LCIAResult`, exchange with results by module | an elementary flow and an impact category of the method `EPD`, whose factor is 1 |
//! | description of a scenario, the default one    | in the description of its processes                                         |
//!
//! ```text
//! impact of a unit of the product = Σ over the modules asked for: stated result / declared amount
//! ```
//!
//! A declaration is the result of a whole chain: its modules have no inputs, and several modules add up only where they are asked for
//! together. The indicator of a method has one id in all declarations; where two state it in units that do not convert, the second gets a
//! category of its own. A declared product whose data set is not in the package is counted in declared units. Modules without a number are
//! not declared: they make no process.
//!
//! Source: schemas of ILCD+EPD 1.2 and 1.3 (`InDataWG`); the declared amount as the reader `ilcdlib` (`epd/reader.py`) takes it.

use std::collections::BTreeMap;

use super::visit::{Indicator, Record, Scenario};
use super::{Reader, boxed, joined};
use crate::database::{
    Direction, Exchange, Flow, FlowIndex, FlowKind, ImpactCategory, ImpactFactor, Process, ProcessKind, PropertyFactor, PropertyIndex, Uncertainty,
    UnitIndex,
};
use crate::formats::units::ratio;

/// The method that gathers the indicators of declarations.
const METHOD: &str = "EPD";

/// The unit of a declared product of which the package says no more.
const DECLARED_UNIT: &str = "declared unit";

/// A flow of an indicator, what it is measured in, and the size of the declaration's unit there.
#[derive(Clone, Copy)]
struct Measured {
    flow: FlowIndex,
    unit: UnitIndex,
    property: PropertyIndex,
    scale: f64,
}

impl Reader {
    /// A process for each module and scenario of a declaration.
    pub(super) fn declaration(&mut self, record: &Record) {
        let name = joined(record);
        let user = format!("the declaration `{name}`");
        let declared = record.exchanges.iter().find(|e| Some(e.internal) == record.reference).or_else(|| record.exchanges.first());
        let Some(product) = declared else { return self.malformed(user, "it wants a reference flow") };
        let called = if product.flow_name.text.is_empty() { &name } else { &product.flow_name.text };
        let Some(made) = self.declared_product(&product.flow, called) else { return self.missing(&user, "flow", &product.flow) };
        let amount = product.resulting.or(product.mean).unwrap_or(1.0) * self.declared.get(&product.flow).copied().unwrap_or(1.0);
        let others = record.exchanges.len() - 1;
        if others > 0 {
            *self.dropped.entry("exchanges of EPDs without results by module".to_owned()).or_default() += others;
        }
        let mut modules: BTreeMap<(&str, &str), Vec<Exchange>> = BTreeMap::new();
        for indicator in record.indicators.iter().filter(|i| !i.amounts.is_empty()) {
            let Some(of) = self.indicator(indicator) else { continue };
            for (module, scenario, value) in &indicator.amounts {
                let exchanges = modules.entry((module, scenario)).or_insert_with(|| vec![line(1, made, amount)]);
                exchanges.push(line(exchanges.len() + 1, of, *value * of.scale));
            }
        }
        let location = self.located(&record.location);
        for ((module, scenario), exchanges) in modules {
            let tail = if scenario.is_empty() { module.to_owned() } else { format!("{module}#{scenario}") };
            let process = Process {
                id: format!("{}#{tail}", record.id).into(),
                name: format!("{name}, {}", tail.replace('#', ", ")).into(),
                category: boxed(record.classes.join("/")),
                description: boxed(described(&record.comment.text, record.scenarios.iter().find(|s| s.name == scenario))),
                kind: ProcessKind::Result,
                location,
                exchanges,
                reference: Some(0),
                parameters: Vec::new(),
                default_allocation: None,
                allocation_factors: Vec::new(),
                quality_system: None,
            };
            self.builder.add_process(process, Vec::new());
        }
    }

    /// The flow of the declared product; made in declared units where the package has no data set of it.
    fn declared_product(&mut self, id: &str, name: &str) -> Option<Measured> {
        if self.builder.flow(id).is_none() {
            let (_, property) = self.book.unit(&mut self.builder, DECLARED_UNIT)?;
            self.drop_one("EPD products without a data set, in declared units");
            self.add_flow(id, name, FlowKind::Product, None, property);
        }
        let flow = self.builder.flow(id)?;
        let (unit, property) = self.builder.database().reference_of(flow);
        Some(Measured { flow, unit, property, scale: 1.0 })
    }

    fn add_flow(&mut self, id: &str, name: &str, kind: FlowKind, category: Option<&str>, property: PropertyIndex) {
        self.builder.add_flow(Flow {
            id: id.into(),
            name: name.into(),
            kind,
            category: category.map(Into::into),
            description: None,
            cas: None,
            chemical_formula: None,
            synonyms: None,
            location: None,
            properties: vec![PropertyFactor { property, factor: 1.0 }],
            reference: 0,
        });
    }

    /// The flow of an indicator, and its category, both made on first sight.
    fn indicator(&mut self, indicator: &Indicator) -> Option<Measured> {
        let given = plain_unit(&indicator.unit.text);
        let mut id = format!("indicator:{}", indicator.id);
        for _ in 0..2 {
            let Some(flow) = self.builder.flow(&id) else { break };
            let database = self.builder.database();
            let (unit, property) = database.reference_of(flow);
            if let Some(scale) = ratio(&given, &database.unit(unit).name) {
                return Some(Measured { flow, unit, property, scale });
            }
            id = format!("indicator:{} [{given}]", indicator.id);
        }
        let (unit, property) = self.book.unit(&mut self.builder, &given)?;
        let mut name = if indicator.name.text.is_empty() { indicator.id.clone() } else { indicator.name.text.clone() };
        if self.builder.database().categories().iter().any(|c| *c.name == name && c.id.starts_with("indicator:")) {
            name = format!("{name} ({})", id.trim_start_matches("indicator:"));
        }
        self.add_flow(&id, &name, FlowKind::Elementary, Some("EPD indicators"), property);
        let flow = self.builder.flow(&id)?;
        let factor =
            ImpactFactor { flow, unit, property, value: 1.0, formula: None, uncertainty: Uncertainty::None, location: None, direction: None };
        self.builder.add_category(ImpactCategory {
            id: id.as_str().into(),
            name: name.into(),
            unit: boxed(given),
            description: None,
            direction: None,
            factors: vec![factor],
            parameters: Vec::new(),
        });
        if let Some(category) = self.builder.category(&id) {
            self.methods.entry(METHOD.to_owned()).or_default().push(category);
        }
        Some(Measured { flow, unit, property, scale: 1.0 })
    }
}

fn line(number: usize, of: Measured, amount: f64) -> Exchange {
    Exchange {
        internal_id: number as u32,
        flow: of.flow,
        direction: Direction::Output,
        amount,
        formula: None,
        unit: of.unit,
        property: of.property,
        uncertainty: Uncertainty::None,
        provider: None,
        is_avoided: false,
        location: None,
        description: None,
        quality: None,
        base_uncertainty: None,
    }
}

/// What is said about a declaration and the scenario of a module.
fn described(comment: &str, scenario: Option<&Scenario>) -> String {
    let Some(scenario) = scenario else { return comment.to_owned() };
    let default = if scenario.is_default { " (default)" } else { "" };
    let text = format!("Scenario {}{default}: {}", scenario.name, scenario.description.text);
    if comment.is_empty() { text } else { format!("{comment}\n{text}") }
}

/// A unit without the marks of typesetting that the format's unit groups carry: `kg CO_(2)-Äq.` is `kg CO2 eq.`
fn plain_unit(text: &str) -> String {
    let mut plain = text.trim().to_owned();
    for mark in ["_(", "^("] {
        while let Some(at) = plain.find(mark) {
            let end = plain[at..].find(')').map(|e| at + e);
            if let Some(end) = end {
                plain.remove(end);
            }
            plain.replace_range(at..at + mark.len(), "");
        }
    }
    for equivalent in ["-Äq.", "-Äqv.", " Äq.", "-Äq", "-equiv.", "-eqv.", "-eq.", "-eq", " eq."] {
        if let Some(head) = plain.strip_suffix(equivalent) {
            return format!("{} eq.", head.trim_end());
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain_unit;

    #[test]
    fn units_of_indicators_are_written_in_one_way() {
        for (given, wanted) in [
            ("kg CO_(2)-Äq.", "kg CO2 eq."),
            ("kg CO2 eq.", "kg CO2 eq."),
            ("mol H^(+)-Äq.", "mol H+ eq."),
            ("m^(3)", "m3"),
            ("MJ", "MJ"),
            ("a_(b", "ab"),
            ("", ""),
        ] {
            assert_eq!(plain_unit(given), wanted);
        }
    }
}
