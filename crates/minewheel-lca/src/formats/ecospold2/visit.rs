//! From the elements of a file to data sets.

use super::dataset::{Dataset, RawExchange, Spread};
use crate::database::{Parameter, ProcessKind, Uncertainty};
use crate::formats::draft::is_name;
use crate::formats::xml::{Element, Path, Visit};

/// Properties of products that allocation may rest on: their published ids.
const PRICE: &str = "38f94dd1-d5aa-41b8-b182-c0c42985d9dc";
const DRY_MASS: &str = "3a0af1d6-04c3-41c6-a3da-92c4f61e0eaa";

/// Longer texts of exchanges are cut: they are remarks, and there are half a million of them.
const LONGEST_REMARK: usize = 1000;

/// Elements that the model has no place for, by what they are called in the list of what was left out.
const LEFT_OUT: [(&str, &str); 9] = [
    ("usedUserMasterData", "lists of master data"),
    ("transferCoefficient", "transfer coefficients"),
    ("technology", "technology descriptions"),
    ("timePeriod", "time periods"),
    ("macroEconomicScenario", "macro-economic scenarios"),
    ("modellingAndValidation", "modelling and validation"),
    ("administrativeInformation", "administrative information"),
    ("impactIndicator", "impact indicators"),
    ("productionVolumeUncertainty", "production volumes"),
];

/// Builds data sets while the file is walked.
#[derive(Default)]
pub(super) struct Visitor {
    done: Vec<Dataset>,
    open: Option<Dataset>,
    exchange: Option<RawExchange>,
    parameter: Option<Parameter>,
    property: Property,
    classification: [String; 2],
    compartment: [String; 2],
}

#[derive(Default)]
struct Property {
    id: String,
    name: String,
    amount: f64,
    variable: Option<Parameter>,
}

impl Visitor {
    /// The data sets of the file.
    pub fn finish(self) -> Result<Vec<Dataset>, String> {
        if self.done.is_empty() { Err("it has no `activityDataset`; EcoSpold 2 is wanted".to_owned()) } else { Ok(self.done) }
    }

    fn begin_exchange(&mut self, element: &Element<'_>, is_elementary: bool) -> Result<(), String> {
        let id = if is_elementary { "elementaryExchangeId" } else { "intermediateExchangeId" };
        let flow = element.attribute(id).filter(|f| !f.is_empty()).ok_or_else(|| format!("an exchange wants `{id}`"))?;
        let amount = element.number("amount")?.ok_or("an exchange wants an `amount`")?;
        let formula = element.attribute("mathematicalRelation").filter(|f| !f.trim().is_empty());
        if element.attribute("productionVolumeAmount").is_some() {
            self.leave_out("production volumes");
        }
        let mut formula_of_amount = formula.clone();
        if let Some(name) = element.attribute("variableName").filter(|n| is_name(n)) {
            self.variable(&name, amount, formula, Uncertainty::None);
            formula_of_amount = Some(name);
        }
        self.exchange = Some(RawExchange {
            is_elementary,
            flow,
            amount,
            link: element.attribute("activityLinkId").filter(|l| !l.is_empty()),
            formula: formula_of_amount,
            cas: element.attribute("casNumber").filter(|c| !c.is_empty()),
            chemical_formula: element.attribute("formula").filter(|f| !f.is_empty()),
            ..RawExchange::default()
        });
        Ok(())
    }

    /// A named number of the data set; the first of a name counts.
    fn variable(&mut self, name: &str, value: f64, formula: Option<String>, uncertainty: Uncertainty) {
        let Some(dataset) = &mut self.open else { return };
        if dataset.parameters.iter().any(|p| p.name.eq_ignore_ascii_case(name)) {
            return;
        }
        dataset.parameters.push(Parameter { id: None, name: name.into(), description: None, value, formula: formula.map(Into::into), uncertainty });
    }

    fn leave_out(&mut self, what: &'static str) {
        let Some(dataset) = &mut self.open else { return };
        match dataset.left_out.iter_mut().find(|(known, _)| *known == what) {
            Some((_, count)) => *count += 1,
            None => dataset.left_out.push((what, 1)),
        }
    }

    /// A distribution, and its variance without pedigree; numbers that are missing or none make one without spread, which is counted.
    fn spread(element: &Element<'_>, kind: &str) -> (Spread, Option<f64>) {
        let of = |name: &str| element.number(name).ok().flatten();
        let bound = |name: &str| of(name).unwrap_or(f64::NAN);
        let base = of("variance");
        let variance = || of("varianceWithPedigreeUncertainty").filter(|v| *v > 0.0).or(base).unwrap_or(0.0);
        match kind {
            "lognormal" => (Spread::Lognormal(variance()), base),
            "normal" => (Spread::Normal(variance()), base),
            "triangular" => (Spread::Triangular([bound("minValue"), bound("mostLikelyValue"), bound("maxValue")]), None),
            "beta" => (Spread::Pert([bound("minValue"), bound("mostFrequentValue"), bound("maxValue")]), None),
            _ => (Spread::Uniform([bound("minValue"), bound("maxValue")]), None),
        }
    }
}

impl Visit for Visitor {
    fn open(&mut self, path: &Path, element: &Element<'_>) -> Result<(), String> {
        let name = path.last();
        if let Some((_, what)) = LEFT_OUT.iter().find(|(known, _)| *known == name) {
            self.leave_out(what);
        }
        match name {
            "activityDataset" | "childActivityDataset" => self.open = Some(Dataset::default()),
            "activity" if path.above(1) == "activityDescription" => {
                let id = element.attribute("id").filter(|id| !id.is_empty()).ok_or("an `activity` wants an `id`")?;
                if let Some(dataset) = &mut self.open {
                    dataset.activity = id;
                    let is_result = element.attribute("type").as_deref() == Some("2");
                    dataset.kind = if is_result { ProcessKind::Result } else { ProcessKind::Unit };
                }
            }
            "geography" if path.above(1) == "activityDescription" => {
                if let Some(dataset) = &mut self.open {
                    dataset.place = element.attribute("geographyId").map(|id| (id, String::new()));
                }
            }
            // The same names stand in lists of master data.
            "intermediateExchange" | "elementaryExchange" if path.above(1) != "flowData" => {}
            "intermediateExchange" => self.begin_exchange(element, false)?,
            "elementaryExchange" => self.begin_exchange(element, true)?,
            "property" if self.exchange.is_some() => {
                let amount = element.number("amount")?.unwrap_or(0.0);
                let named = element.attribute("variableName").filter(|n| is_name(n));
                let variable = named.map(|name| Parameter {
                    id: None,
                    name: name.into(),
                    description: None,
                    value: amount,
                    formula: element.attribute("mathematicalRelation").filter(|f| !f.trim().is_empty()).map(Into::into),
                    uncertainty: Uncertainty::None,
                });
                self.property = Property { id: element.attribute("propertyId").unwrap_or_default(), name: String::new(), amount, variable };
            }
            "parameter" if path.above(1) == "flowData" => {
                let value = element.number("amount")?.ok_or("a `parameter` wants an `amount`")?;
                let variable = element.attribute("variableName").unwrap_or_default();
                if is_name(&variable) {
                    let formula = element.attribute("mathematicalRelation").filter(|f| !f.trim().is_empty());
                    let id = element.attribute("parameterId").map(Into::into);
                    let formula = formula.map(Into::into);
                    let uncertainty = Uncertainty::None;
                    self.parameter = Some(Parameter { id, name: variable.into(), description: None, value, formula, uncertainty });
                } else {
                    self.leave_out("parameters that no formula can call");
                }
            }
            kind @ ("lognormal" | "normal" | "triangular" | "uniform" | "beta") if path.above(1) == "uncertainty" => {
                let (spread, base) = Self::spread(element, kind);
                match (path.above(2), &mut self.exchange, &mut self.parameter) {
                    ("intermediateExchange" | "elementaryExchange", Some(exchange), _) => {
                        (exchange.spread, exchange.base_variance) = (spread, base);
                    }
                    ("parameter", _, Some(parameter)) => parameter.uncertainty = spread.around(parameter.value).unwrap_or_default(),
                    _ => {}
                }
            }
            "gamma" | "binomial" if path.above(1) == "uncertainty" => self.leave_out("gamma and binomial distributions"),
            "pedigreeMatrix" if path.above(2).ends_with("Exchange") => {
                let columns = ["reliability", "completeness", "temporalCorrelation", "geographicalCorrelation", "furtherTechnologyCorrelation"];
                let marks: Vec<String> = columns.iter().map(|c| element.attribute(c).unwrap_or_else(|| "n.a.".to_owned())).collect();
                if let Some(exchange) = &mut self.exchange {
                    exchange.pedigree = Some(format!("({})", marks.join(";")));
                }
            }
            "classification" => self.classification = Default::default(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &Path, text: &str) -> Result<(), String> {
        let parent = path.above(1);
        match path.last() {
            "activityDataset" | "childActivityDataset" => {
                let Some(dataset) = self.open.take() else { return Ok(()) };
                if dataset.activity.is_empty() || dataset.name.is_empty() {
                    return Err("a data set wants an `activity` with an `id` and an `activityName`".to_owned());
                }
                self.done.push(dataset);
            }
            "intermediateExchange" | "elementaryExchange" => {
                if let (Some(exchange), Some(dataset)) = (self.exchange.take(), &mut self.open) {
                    if exchange.unit.is_empty() || exchange.name.is_empty() {
                        return Err(format!("the exchange of `{}` wants a `name` and a `unitName`", exchange.flow));
                    }
                    dataset.exchanges.push(exchange);
                }
            }
            "parameter" if parent == "flowData" => {
                if let Some(p) = self.parameter.take() {
                    self.variable(&p.name, p.value, p.formula.map(Into::into), p.uncertainty);
                }
            }
            "property" if self.exchange.is_some() => self.close_property(),
            "classification" if self.exchange.is_some() || parent == "activityDescription" => self.close_classification(),
            "classificationSystem" => text.clone_into(&mut self.classification[0]),
            "classificationValue" => text.clone_into(&mut self.classification[1]),
            "subcompartment" => text.clone_into(&mut self.compartment[1]),
            "compartment" if parent == "compartment" => text.clone_into(&mut self.compartment[0]),
            "compartment" => {
                let [main, sub] = std::mem::take(&mut self.compartment);
                if let Some(exchange) = &mut self.exchange {
                    exchange.category = Some(if sub.is_empty() { main } else { format!("{main}/{sub}") });
                }
            }
            _ => self.close_text(path, text)?,
        }
        Ok(())
    }
}

impl Visitor {
    fn close_property(&mut self) {
        let Property { id, name, amount, variable } = std::mem::take(&mut self.property);
        if let Some(v) = variable {
            self.variable(&v.name, v.value, v.formula.map(Into::into), Uncertainty::None);
        }
        let Some(exchange) = &mut self.exchange else { return };
        if id == PRICE || name.eq_ignore_ascii_case("price") {
            exchange.price = Some(amount);
        } else if id == DRY_MASS || name.eq_ignore_ascii_case("dry mass") {
            exchange.dry_mass = Some(amount);
        } else {
            self.leave_out("properties of exchanges");
        }
    }

    fn close_classification(&mut self) {
        let [system, value] = &self.classification;
        if let Some(exchange) = &mut self.exchange {
            exchange.is_waste |= system.eq_ignore_ascii_case("By-product classification") && value.eq_ignore_ascii_case("waste");
        } else if let Some(dataset) = &mut self.open
            && (dataset.category.is_none() || system.starts_with("ISIC"))
        {
            dataset.category = Some(value.replace('/', " "));
        }
    }

    /// Plain texts of a data set and of its exchanges.
    fn close_text(&mut self, path: &Path, text: &str) -> Result<(), String> {
        let (name, parent) = (path.last(), path.above(1));
        let group = || text.parse::<u8>().map_err(|_| format!("`{name}` is `{text}`, wanted a digit"));
        if parent == "property" {
            if name == "name" {
                text.clone_into(&mut self.property.name);
            }
            return Ok(());
        }
        if let (true, Some(exchange)) = (parent == "intermediateExchange" || parent == "elementaryExchange", &mut self.exchange) {
            match name {
                "name" if exchange.name.is_empty() => text.clone_into(&mut exchange.name),
                "unitName" if exchange.unit.is_empty() => text.clone_into(&mut exchange.unit),
                "comment" if exchange.comment.is_none() && !text.is_empty() => {
                    exchange.comment = Some(text.chars().take(LONGEST_REMARK).collect());
                }
                "synonym" if !text.is_empty() && exchange.is_elementary => exchange.synonyms.push(text.to_owned()),
                "inputGroup" => exchange.is_input = group()? > 0,
                "outputGroup" => exchange.output_group = Some(group()?),
                _ => {}
            }
            return Ok(());
        }
        let Some(dataset) = &mut self.open else { return Ok(()) };
        match (name, parent) {
            ("activityName", "activity") if dataset.name.is_empty() => text.clone_into(&mut dataset.name),
            ("shortname", "geography") => {
                if let Some(place) = &mut dataset.place
                    && place.1.is_empty()
                {
                    text.clone_into(&mut place.1);
                }
            }
            ("text", "generalComment") if path.above(2) == "activity" && !text.is_empty() => {
                if !dataset.description.is_empty() {
                    dataset.description.push('\n');
                }
                dataset.description.push_str(text);
            }
            _ => {}
        }
        Ok(())
    }
}
