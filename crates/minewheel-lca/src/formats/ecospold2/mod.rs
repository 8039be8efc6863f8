//! EcoSpold 2 (read): a folder or zip with one `.spold` file a data set, as ecoinvent hands out its system models.
//!
//! | in the files                                   | in the database                                                            |
//! |------------------------------------------------|----------------------------------------------------------------------------|
//! | activity and reference product                 | a process; its id is `ACTIVITY_PRODUCT`, as ecoinvent names the file        |
//! | activity with several products (not allocated) | one process with the id of the activity, allocated by price or dry mass    |
//! | `activityLinkId` of an input                   | the default provider                                                       |
//! | reference products that are always negative    | wastes: treating one is a service, producing one is a demand for it        |
//! | geography, compartment, classification         | place; category of a flow; category of a process (ISIC)                    |
//! | lognormal, normal                              | around the amount, variance with pedigree where it is given                |
//! | triangular, uniform, beta                      | as written, where the amount lies within; beta as PERT                     |
//! | parameters, variables, mathematical relations  | parameters and formulas, where they yield the amount beside them           |
//!
//! ```text
//! share of product i = amount_i · price_i / Σ amount · price        geometric deviation = exp(√variance)
//! ```
//!
//! Not kept, and counted: properties other than price and dry mass, production volumes, sources, persons, reviews, technology and
//! time texts. Economic allocation is by the prices in the file; what ecoinvent corrects by hand (true value, exergy, cut-off of
//! recyclables) is in its allocated system models, not here.
//!
//! Source: the schema `EcoSpold02.xsd` and its data types (ecoinvent association), as restated in the repository `pyecospold`.

mod dataset;
mod visit;

use rustc_hash::{FxHashMap, FxHashSet};

use super::archive::Archive;
use super::draft::{Draft, DraftExchange, DraftFlow, DraftProcess};
use super::import::{Dropped, ImportError};
use super::xml;
use crate::database::{AllocationKind, Database, DatabaseBuilder, DatabaseFault, Direction, FlowKind};
use dataset::{Dataset, RawExchange};

/// Whether a file name is that of a data set.
pub fn is_dataset(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("spold"))
}

/// Reads a folder or zip of data sets into a database, and says what was left out.
///
/// # Errors
/// [`ImportError`] for files that cannot be read, or with every fault of their data sets.
pub fn read(archive: &mut dyn Archive, mut builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let mut places: Vec<usize> = (0..archive.names().len()).filter(|at| is_dataset(&archive.names()[*at])).collect();
    places.sort_by(|a, b| archive.names()[*a].cmp(&archive.names()[*b]));
    if places.is_empty() {
        return Err(ImportError::Empty { wanted: "file that ends in `.spold`: it is no EcoSpold 2 package" });
    }
    let mut reader = Reader::default();
    for place in places {
        let bytes = archive.read(place)?;
        let mut visitor = visit::Visitor::default();
        let fault = |reason: String| ImportError::File { file: archive.names()[place].clone(), reason };
        xml::walk(&bytes, &mut visitor).map_err(fault)?;
        let datasets = visitor.finish().map_err(fault)?;
        for dataset in datasets {
            reader.take(dataset);
        }
    }
    let dropped = reader.finish(&mut builder);
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

/// What ties a draft to the activities of the files.
#[derive(Default)]
struct Reader {
    draft: Draft,
    /// Links by the place of process and exchange: an activity.
    links: Vec<(usize, usize, String)>,
    /// Places in the draft of all processes, by id.
    ids: FxHashSet<String>,
    /// Whether a flow is made in a negative amount, and whether in a positive one, as reference product.
    made: FxHashMap<u32, (bool, bool)>,
    /// Flows that a file classifies as waste.
    classified: FxHashSet<u32>,
    faults: Vec<DatabaseFault>,
}

impl Reader {
    fn take(&mut self, dataset: Dataset) {
        let products: Vec<&RawExchange> = dataset.exchanges.iter().filter(|e| e.is_product() && e.amount != 0.0).collect();
        let references = products.iter().filter(|e| e.output_group == Some(0)).count();
        if references == 0 {
            return self.draft.drop_one("data sets without a reference product");
        }
        let is_allocated = products.len() == 1;
        let product = products.iter().find(|e| e.output_group == Some(0)).map_or(products[0], |e| *e);
        let id = if is_allocated { format!("{}_{}", dataset.activity, product.flow) } else { dataset.activity.clone() };
        let name = if is_allocated && product.name != dataset.name { format!("{} | {}", dataset.name, product.name) } else { dataset.name.clone() };
        if !self.ids.insert(id.clone()) {
            self.faults.push(DatabaseFault::Duplicate { kind: "process".to_owned(), id });
            return;
        }
        if let Some((place, code)) = &dataset.place {
            self.draft.place(place, code);
        }
        for (what, count) in &dataset.left_out {
            *self.draft.dropped.entry((*what).to_owned()).or_default() += count;
        }
        let mut process = DraftProcess {
            id,
            name,
            category: dataset.category,
            description: (!dataset.description.is_empty()).then_some(dataset.description),
            kind: dataset.kind,
            place: dataset.place.map(|(id, _)| id),
            parameters: dataset.parameters,
            ..DraftProcess::default()
        };
        let mut has_reference = false;
        let mut weights = Vec::new();
        for raw in dataset.exchanges {
            let flow = self.flow(&raw);
            let is_product = raw.is_product();
            if is_product && raw.output_group == Some(0) && raw.amount != 0.0 {
                let made = self.made.entry(flow).or_default();
                if raw.amount < 0.0 {
                    made.0 = true;
                } else {
                    made.1 = true;
                }
            }
            if is_product && !is_allocated && raw.amount != 0.0 {
                weights.push((flow, raw.amount, raw.price, raw.dry_mass));
            }
            if let Some(link) = raw.link.filter(|_| !is_product) {
                self.links.push((self.draft.processes.len(), process.exchanges.len(), link));
            }
            let is_reference = !has_reference && is_product && raw.output_group == Some(0) && raw.amount != 0.0;
            has_reference |= is_reference;
            let unit = self.draft.unit(&raw.unit);
            let uncertainty = raw.spread.around(raw.amount);
            if uncertainty.is_none() {
                self.draft.drop_one("distributions without spread, or that their amount does not fit");
            }
            process.exchanges.push(DraftExchange {
                flow,
                direction: if raw.is_input { Direction::Input } else { Direction::Output },
                amount: raw.amount,
                unit,
                formula: raw.formula.map(Into::into),
                uncertainty: uncertainty.unwrap_or_default(),
                provider: None,
                is_reference,
                is_avoided: false,
                description: raw.comment.map(Into::into),
                quality: raw.pedigree.map(Into::into),
                base_uncertainty: raw.base_variance.filter(|v| *v > 0.0).map(|v| v.sqrt().exp()),
            });
        }
        let by = |of: fn(&(u32, f64, Option<f64>, Option<f64>)) -> Option<f64>| -> Option<Vec<(u32, f64)>> {
            let sizes = weights.iter().map(|w| Some((w.0, w.1.abs() * of(w)?))).collect::<Option<Vec<_>>>()?;
            let sum: f64 = sizes.iter().map(|s| s.1).sum();
            (sum > 0.0 && sizes.iter().all(|s| s.1 >= 0.0)).then(|| sizes.into_iter().map(|(flow, size)| (flow, size / sum)).collect())
        };
        let (economic, physical) = (by(|w| w.2), by(|w| w.3));
        if !is_allocated {
            process.default_allocation = economic.as_ref().map(|_| AllocationKind::Economic);
            for (kind, shares) in [(AllocationKind::Economic, economic), (AllocationKind::Physical, physical)] {
                process.shares.extend(shares.into_iter().flatten().map(|(flow, share)| (kind, flow, share)));
            }
        }
        self.draft.processes.push(process);
    }

    fn flow(&mut self, raw: &RawExchange) -> u32 {
        let unit = self.draft.unit(&raw.unit);
        let kind = if raw.is_elementary { FlowKind::Elementary } else { FlowKind::Product };
        let flow = self.draft.flow(&raw.flow, || DraftFlow {
            id: raw.flow.clone(),
            name: raw.name.clone(),
            kind,
            unit,
            category: raw.category.clone(),
            cas: raw.cas.clone(),
            chemical_formula: raw.chemical_formula.clone(),
            synonyms: (!raw.synonyms.is_empty()).then(|| raw.synonyms.join("; ")),
            is_known: false,
        });
        if (self.draft.flows[flow as usize].kind == FlowKind::Elementary) != raw.is_elementary {
            let thing = format!("the flow `{}` ({})", raw.name, raw.flow);
            self.faults.push(DatabaseFault::Malformed { thing, wanted: "it wants to be either elementary or intermediate in all data sets" });
        }
        if raw.is_waste {
            self.classified.insert(flow);
        }
        flow
    }

    fn finish(mut self, builder: &mut DatabaseBuilder) -> Dropped {
        for fault in std::mem::take(&mut self.faults) {
            builder.fault(fault);
        }
        self.resolve(builder);
        self.turn_wastes();
        self.draft.enter(builder)
    }

    /// Links by activity become links by process.
    fn resolve(&mut self, builder: &DatabaseBuilder) {
        let known: FxHashSet<&str> = builder.database().processes().iter().map(|p| &*p.id).collect();
        for (process, exchange, link) in std::mem::take(&mut self.links) {
            let product = &self.draft.flows[self.draft.processes[process].exchanges[exchange].flow as usize].id;
            let allocated = format!("{link}_{product}");
            let found = [allocated, link].into_iter().find(|id| self.ids.contains(id) || known.contains(id.as_str()));
            match found {
                Some(id) => self.draft.processes[process].exchanges[exchange].provider = Some(id.into()),
                None => self.draft.drop_one("activity links to data sets that are not there"),
            }
        }
    }

    /// Flows that are made in negative amounts only are wastes, and so are those classified so that nobody makes.
    fn turn_wastes(&mut self) {
        let is_waste = |flow: u32, kind: FlowKind| {
            kind == FlowKind::Product
                && match self.made.get(&flow) {
                    Some((is_negative, is_positive)) => *is_negative && !*is_positive,
                    None => self.classified.contains(&flow),
                }
        };
        let wastes: Vec<bool> = self.draft.flows.iter().enumerate().map(|(at, f)| is_waste(at as u32, f.kind)).collect();
        self.draft.turn_wastes(&wastes);
    }
}
