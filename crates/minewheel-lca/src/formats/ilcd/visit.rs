//! The data sets of ILCD as they stand in their files.

use std::collections::BTreeMap;

use crate::database::Direction;
use crate::formats::xml::{Element, Path, Visit, number};

/// A text that may stand there in several languages: the English one, or else the first.
#[derive(Default)]
pub(super) struct Words {
    pub text: String,
    is_english: bool,
}

impl Words {
    fn take(&mut self, text: &str, language: &str) {
        // ILCD's language is English where none is named.
        let is_english = language.is_empty() || language.to_ascii_lowercase().starts_with("en");
        if !text.is_empty() && (self.text.is_empty() || (is_english && !self.is_english)) {
            *self = Self { text: text.to_owned(), is_english };
        }
    }
}

/// A data set of any kind: which fields it has depends on the kind.
#[derive(Default)]
pub(super) struct Record {
    pub id: String,
    pub name: Words,
    /// Further parts of the name of a process or flow, by the element that has them.
    pub name_parts: Vec<(String, Words)>,
    /// The path in the first classification that is given.
    pub classes: Vec<String>,
    pub comment: Words,
    /// `typeOfDataSet`.
    pub kind: String,
    pub location: String,
    /// The internal id that its quantitative reference names.
    pub reference: Option<u32>,
    /// The data set that its quantitative reference names, and how that is called.
    pub refers_to: Option<(String, Words)>,
    pub cas: String,
    pub formula: String,
    pub synonyms: Words,
    pub methodology: String,
    /// Units of a unit group, properties of a flow.
    pub parts: Vec<Part>,
    pub exchanges: Vec<RawExchange>,
    /// Variables and their formulas.
    pub variables: Vec<RawVariable>,
    /// Results of an EPD by indicator.
    pub indicators: Vec<Indicator>,
    /// Scenarios of an EPD.
    pub scenarios: Vec<Scenario>,
    pub left_out: BTreeMap<String, usize>,
}

/// A unit of a group, or a property of a flow.
#[derive(Default)]
pub(super) struct Part {
    pub internal: u32,
    pub name: String,
    /// Id of the property, or of the unit where an extension gives it.
    pub id: String,
    pub value: Option<f64>,
}

/// An exchange of a process, or a factor of a method.
#[derive(Default)]
pub(super) struct RawExchange {
    pub internal: u32,
    pub flow: String,
    pub flow_name: Words,
    /// As stated.
    pub direction: Option<Direction>,
    pub location: String,
    pub mean: Option<f64>,
    pub resulting: Option<f64>,
    /// The variable that multiplies the mean.
    pub variable: String,
    pub spread: RawSpread,
    pub comment: Words,
    /// What our own writer adds.
    pub own: OwnFields,
    /// Shares of co-products by their internal id, in per cent.
    pub allocations: Vec<(u32, f64)>,
}

/// How a number is spread.
#[derive(Default)]
pub(super) struct RawSpread {
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub distribution: String,
    /// Squared geometric or doubled standard deviation.
    pub deviation: Option<f64>,
}

/// What an exchange of ours has and ILCD has not, as attributes of a namespace of its own.
#[derive(Default)]
pub(super) struct OwnFields {
    pub amount: Option<f64>,
    pub unit: String,
    pub property: String,
    pub provider: String,
    pub is_avoided: bool,
    pub quality: String,
    pub base_uncertainty: Option<f64>,
    /// Whether the direction of a factor is the flow's, which its author did not state.
    pub is_inferred: bool,
}

/// A variable of a process.
#[derive(Default)]
pub(super) struct RawVariable {
    pub name: String,
    pub formula: String,
    pub mean: Option<f64>,
    pub spread: RawSpread,
    pub comment: String,
    /// The exchange whose formula it is, where our own writer made it.
    pub of_exchange: Option<u32>,
}

/// An indicator of an EPD with its values by module.
#[derive(Default)]
pub(super) struct Indicator {
    pub id: String,
    pub name: Words,
    pub unit: Words,
    /// Module, scenario, value.
    pub amounts: Vec<(String, String, f64)>,
}

/// What an EPD assumes for some of its modules.
#[derive(Default)]
pub(super) struct Scenario {
    pub name: String,
    pub is_default: bool,
    pub description: Words,
}

/// Fields below `other` that have a place.
const KEPT_EXTENSIONS: [&str; 4] = ["amount", "referenceToUnitGroupDataSet", "scenarios", "subType"];

/// Roots of the kinds of data sets that are read.
pub(super) const ROOTS: [&str; 5] = ["unitGroupDataSet", "flowPropertyDataSet", "flowDataSet", "processDataSet", "LCIAMethodDataSet"];

/// What a module's result counts as that is no number: the module is not declared, or the indicator not assessed.
const NO_RESULT: &str = "results of EPD modules that are no number";

/// Builds a record while a file is walked.
#[derive(Default)]
pub(super) struct Visitor {
    pub root: String,
    pub record: Record,
    part: Part,
    exchange: RawExchange,
    variable: RawVariable,
    indicator: Indicator,
    scenario: Scenario,
    amount: (String, String),
    /// Language of the element that opened last.
    language: String,
    /// Whether the classes that follow belong to a further classification.
    is_other_classification: bool,
}

impl Visit for Visitor {
    fn open(&mut self, path: &Path, element: &Element<'_>) -> Result<(), String> {
        if path.above(1).is_empty() {
            path.last().clone_into(&mut self.root);
        }
        self.language = element.attribute("lang").unwrap_or_default();
        let internal = || element.attribute("dataSetInternalID").and_then(|id| id.trim().parse().ok()).unwrap_or(0);
        let target = || element.attribute("refObjectId").unwrap_or_default();
        match (path.last(), path.above(1)) {
            ("unit", "units") => {
                self.part = Part { internal: internal(), id: element.attribute("unitId").unwrap_or_default(), ..Part::default() };
            }
            ("flowProperty", "flowProperties") => self.part = Part { internal: internal(), ..Part::default() },
            ("referenceToFlowPropertyDataSet", "flowProperty") => self.part.id = target(),
            ("referenceToReferenceUnitGroup" | "referenceQuantity", _) => self.record.refers_to = Some((target(), Words::default())),
            ("exchange", "exchanges") | ("factor", "characterisationFactors") => {
                self.exchange = RawExchange { internal: internal(), own: OwnFields::of(element)?, ..RawExchange::default() };
                self.indicator = Indicator::default();
            }
            ("referenceToFlowDataSet", "exchange" | "factor") => self.exchange.flow = target(),
            ("variableParameter", _) => {
                let of_exchange = element.attribute("ofExchange").and_then(|id| id.parse().ok());
                self.variable = RawVariable { name: element.attribute("name").unwrap_or_default(), of_exchange, ..RawVariable::default() };
            }
            ("referenceToLCIAMethodDataSet", "LCIAResult") => self.indicator.id = target(),
            ("LCIAResult", _) => self.indicator = Indicator::default(),
            ("allocation", "allocations") => {
                let of = element.attribute("internalReferenceToCoProduct").and_then(|id| id.trim().parse().ok());
                let share = element.number("allocatedFraction")?;
                self.exchange.allocations.extend(of.zip(share));
            }
            ("class", "classification") | ("category", "elementaryFlowCategorization") => {
                let is_first = element.attribute("level").is_none_or(|level| level.trim() == "0");
                self.is_other_classification |= is_first && !self.record.classes.is_empty() && element.attribute("level").is_some();
            }
            ("scenario", "scenarios") => {
                let is_default = element.attribute("default").is_some_and(|v| v.trim() == "true");
                self.scenario = Scenario { name: element.attribute("name").unwrap_or_default(), is_default, ..Scenario::default() };
            }
            ("amount", "other") => {
                self.amount = (element.attribute("module").unwrap_or_default(), element.attribute("scenario").unwrap_or_default());
            }
            (extension, "other") if !KEPT_EXTENSIONS.contains(&extension) => {
                *self.record.left_out.entry(format!("extension `{extension}` of {}", self.root)).or_default() += 1;
            }
            ("locationOfOperationSupplyOrProduction", _) => self.record.location = element.attribute("location").unwrap_or_default(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &Path, text: &str) -> Result<(), String> {
        let (last, parent) = (path.last(), path.above(1));
        match parent {
            "exchange" | "factor" => return self.close_exchange(last, text),
            "unit" | "flowProperty" => return self.close_part(last, text),
            "variableParameter" => return self.close_variable(last, text),
            _ => {}
        }
        match (last, parent) {
            ("exchange", "exchanges") | ("factor", "characterisationFactors") => {
                if self.exchange.flow.is_empty() {
                    return Err("an exchange or factor wants a `referenceToFlowDataSet` with a `refObjectId`".to_owned());
                }
                let done = std::mem::take(&mut self.exchange);
                let indicator = std::mem::take(&mut self.indicator);
                if indicator.amounts.is_empty() {
                    self.record.exchanges.push(done);
                } else {
                    self.record.indicators.push(Indicator { id: done.flow, name: done.flow_name, ..indicator });
                }
            }
            ("unit", "units") | ("flowProperty", "flowProperties") => self.record.parts.push(std::mem::take(&mut self.part)),
            ("LCIAResult", _) => self.record.indicators.push(std::mem::take(&mut self.indicator)),
            ("shortDescription", reference) => self.close_description(reference, text),
            ("amount", "other") => {
                let (module, scenario) = std::mem::take(&mut self.amount);
                match number(text) {
                    Ok(value) => self.indicator.amounts.push((module, scenario, value)),
                    Err(()) => *self.record.left_out.entry(NO_RESULT.to_owned()).or_default() += 1,
                }
            }
            ("description", "scenario") => self.scenario.description.take(text, &self.language),
            ("scenario", "scenarios") => self.record.scenarios.push(std::mem::take(&mut self.scenario)),
            ("variableParameter", _) => self.record.variables.push(std::mem::take(&mut self.variable)),
            _ => self.close_information(path, text)?,
        }
        Ok(())
    }
}

impl RawSpread {
    fn close(&mut self, field: &str, text: &str) -> Result<(), String> {
        let value = || number(text).map(Some).map_err(|()| format!("`{field}` is `{text}`, wanted a finite number"));
        match field {
            "minimumAmount" | "minimumValue" => self.low = value()?,
            "maximumAmount" | "maximumValue" => self.high = value()?,
            "uncertaintyDistributionType" => text.clone_into(&mut self.distribution),
            "relativeStandardDeviation95In" => self.deviation = value()?,
            _ => {}
        }
        Ok(())
    }
}

impl OwnFields {
    fn of(element: &Element<'_>) -> Result<Self, String> {
        let text = |name: &str| element.attribute(name).unwrap_or_default();
        Ok(Self {
            amount: element.number("ownAmount")?,
            unit: text("ownUnit"),
            property: text("ownProperty"),
            provider: text("provider"),
            is_avoided: text("isAvoided") == "true",
            quality: text("pedigree"),
            base_uncertainty: element.number("baseUncertainty")?,
            is_inferred: text("direction") == "inferred",
        })
    }
}

impl Visitor {
    fn close_exchange(&mut self, field: &str, text: &str) -> Result<(), String> {
        let value = || number(text).map(Some).map_err(|()| format!("`{field}` is `{text}`, wanted a finite number"));
        let e = &mut self.exchange;
        match field {
            "exchangeDirection" => {
                e.direction = match text {
                    "Input" => Some(Direction::Input),
                    "Output" => Some(Direction::Output),
                    _ => None,
                };
            }
            "meanAmount" | "meanValue" => e.mean = value()?,
            "resultingAmount" => e.resulting = value()?,
            "location" => text.clone_into(&mut e.location),
            "generalComment" => e.comment.take(text, &self.language),
            "referenceToVariable" => text.clone_into(&mut e.variable),
            _ => e.spread.close(field, text)?,
        }
        Ok(())
    }

    fn close_variable(&mut self, field: &str, text: &str) -> Result<(), String> {
        let v = &mut self.variable;
        match field {
            "formula" => text.clone_into(&mut v.formula),
            "meanValue" => v.mean = Some(number(text).map_err(|()| format!("`meanValue` is `{text}`, wanted a finite number"))?),
            "comment" if v.comment.is_empty() => text.clone_into(&mut v.comment),
            _ => v.spread.close(field, text)?,
        }
        Ok(())
    }

    fn close_part(&mut self, field: &str, text: &str) -> Result<(), String> {
        match field {
            "name" => text.clone_into(&mut self.part.name),
            "meanValue" => self.part.value = Some(number(text).map_err(|()| format!("`meanValue` is `{text}`, wanted a finite number"))?),
            _ => {}
        }
        Ok(())
    }

    /// What a reference is called.
    fn close_description(&mut self, reference: &str, text: &str) {
        let name = match reference {
            "referenceToFlowDataSet" => &mut self.exchange.flow_name,
            "referenceToLCIAMethodDataSet" => &mut self.indicator.name,
            "referenceToUnitGroupDataSet" => &mut self.indicator.unit,
            "referenceToReferenceUnitGroup" | "referenceQuantity" => match &mut self.record.refers_to {
                Some((_, name)) => name,
                None => return,
            },
            _ => return,
        };
        name.take(text, &self.language);
    }

    fn close_information(&mut self, path: &Path, text: &str) -> Result<(), String> {
        let (last, parent) = (path.last(), path.above(1));
        if text.is_empty() {
            return Ok(());
        }
        let record = &mut self.record;
        let set = |field: &mut String| {
            if field.is_empty() {
                text.clone_into(field);
            }
        };
        match (last, parent) {
            ("UUID", "dataSetInformation") => set(&mut record.id),
            ("baseName", "name") | ("name", "dataSetInformation") => record.name.take(text, &self.language),
            (part @ ("treatmentStandardsRoutes" | "mixAndLocationTypes" | "functionalUnitFlowProperties" | "flowProperties"), "name") => {
                let known = record.name_parts.iter().position(|(known, _)| known == part);
                let at = known.unwrap_or_else(|| {
                    record.name_parts.push((part.to_owned(), Words::default()));
                    record.name_parts.len() - 1
                });
                record.name_parts[at].1.take(text, &self.language);
            }
            ("class", "classification") | ("category", "elementaryFlowCategorization") if !self.is_other_classification => {
                record.classes.push(text.replace('/', " "));
            }
            ("generalComment", "dataSetInformation") => record.comment.take(text, &self.language),
            ("typeOfDataSet", _) => set(&mut record.kind),
            ("CASNumber", _) => set(&mut record.cas),
            ("sumFormula", _) => set(&mut record.formula),
            ("synonyms", "dataSetInformation") => record.synonyms.take(text, &self.language),
            ("methodology", "dataSetInformation") => set(&mut record.methodology),
            ("locationOfSupply", _) => set(&mut record.location),
            ("referenceToReferenceFlow" | "referenceToReferenceFlowProperty" | "referenceToReferenceUnit", "quantitativeReference")
                if record.reference.is_none() =>
            {
                record.reference = Some(text.parse().map_err(|_| format!("`{last}` is `{text}`, wanted a whole number"))?);
            }
            _ => {}
        }
        Ok(())
    }
}
