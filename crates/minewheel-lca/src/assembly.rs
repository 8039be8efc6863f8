//! From matrices by id to a network that can be solved.
//!
//! ```text
//! A s = f   with a provider p(j) for each activity j:   x_j = A_p(j),j · s_j,   z_ij = −A_ij / A_p(j),j,   b_kj = B_kj / A_p(j),j
//! ```
//!
//! | symbol  | meaning                                            | unit                    | from           |
//! |---------|----------------------------------------------------|-------------------------|----------------|
//! | `A_ij`  | product `i` made (+) or used (−) by activity `j`   | unit of i per activity  | [`Matrices`]   |
//! | `p(j)`  | the product that activity `j` stands for           | –                       | matching below |
//! | `s_j`   | how often activity `j` runs                        | –                       |                |
//! | `x_j`   | units of its product that `j` makes                | unit of product         | the solver     |
//!
//! Each product needs one activity that stands for it. The entry where row and column have the same id is taken first; the rest are
//! matched along alternating paths (H. Kuhn, Naval Research Logistics Quarterly 2 (1955)). Any matching on entries other than nought
//! gives the same solution, since only rows are renamed and columns scaled. Further products of an activity become negative inputs,
//! that is, substitution. A product without an activity, or an activity without a product of its own, means that the matrix is
//! not square or singular by structure, and is named.
//!
//! An uncertain entry is a row of the engine: its ratio to its base value enters its own coefficient, and inversely all coefficients
//! of an activity whose product it makes. Parts of one exchange are one row. An entry of amount nought has no ratio and stays at nought.

use rand_chacha::rand_core::Rng;
use rustc_hash::FxHashMap;

use crate::characterise::CategoryFactors;
use crate::coefficient::Coefficient;
use crate::demand::Demand;
use crate::distribution::{RatioSampler, random_stream, uniform};
use crate::ids::{ColumnId, FactorId, FlowId, Grade};
use crate::matrices::{CharacterisationMethod, Entry, EntryUncertainty, Matrices};
use crate::network::{Network, NetworkBuilder, NetworkRefused};

/// Why matrices are not a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AssemblyError {
    /// There is nothing to solve.
    #[error("the technosphere has no entries")]
    Empty,
    /// Products without an activity, or activities without a product.
    #[error(
        "the technosphere has {products} products and {activities} activities; {} products have no activity that could stand for them ({}), {} activities no product ({})",
        .unprovided.len(), first(.unprovided), .idle.len(), first(.idle)
    )]
    NotSquare {
        /// Number of products.
        products: usize,
        /// Number of activities.
        activities: usize,
        /// Products that no activity can stand for.
        unprovided: Vec<i64>,
        /// Activities that stand for no product.
        idle: Vec<i64>,
    },
    /// Elementary flows of activities that do not exist.
    #[error("{} biosphere entries belong to activities that the technosphere lacks ({})", .activities.len(), first(.activities))]
    UnknownActivities {
        /// The activities.
        activities: Vec<i64>,
    },
    /// A demand for a product that does not exist.
    #[error("no product has the id {seen}; there are {products}, from {least} to {most}")]
    UnknownProduct {
        /// The id seen.
        seen: i64,
        /// How many products there are.
        products: usize,
        /// The lowest id.
        least: i64,
        /// The highest id.
        most: i64,
    },
    /// The engine refuses the network.
    #[error(transparent)]
    Network(#[from] NetworkRefused),
}

/// The first few ids, as a list.
fn first(ids: &[i64]) -> String {
    const SHOWN: usize = 6;
    let mut text = ids.iter().take(SHOWN).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if ids.is_empty() {
        text.push_str("none");
    } else if ids.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

/// A network made from matrices, and the ids of its columns and flows.
#[derive(Debug)]
pub struct Assembly {
    /// The network.
    pub network: Network,
    /// Entries of the technosphere at places of their own, the diagonal included.
    pub technosphere_entries: usize,
    activities: Vec<i64>,
    products: Vec<i64>,
    product_of: Vec<u32>,
    column_of: FxHashMap<i64, u32>,
    flow_of: FxHashMap<i64, u32>,
    flows: Vec<i64>,
    rows: Vec<Entry>,
    /// The flow of each row, where the row is one of the biosphere.
    flow_of_row: Vec<Option<u32>>,
    /// Whether a row can move a result: it belongs to no flow, or to one that a category counts.
    is_needed: Vec<bool>,
    /// The first row of a category's factors.
    first_factor: usize,
}

/// Of which matrix an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A product that an activity makes or uses.
    Product,
    /// An elementary flow of an activity.
    Flow,
    /// A characterisation factor.
    Factor,
}

impl Assembly {
    /// Matches products and activities and builds the network.
    ///
    /// # Errors
    /// The matrix is empty or not square, or an entry belongs to nothing.
    pub fn new(matrices: &Matrices) -> Result<Self, AssemblyError> {
        let technosphere = &matrices.technosphere;
        if technosphere.is_empty() {
            return Err(AssemblyError::Empty);
        }
        let (products, row_of) = numbered(technosphere.iter().map(|e| e.row));
        let (activities, activity_of) = numbered(technosphere.iter().map(|e| e.column));
        let provider = match_products(technosphere, &products, &row_of, &activities, &activity_of)?;
        let mut builder = NetworkBuilder::new();
        for tag in 0..activities.len() {
            builder.add_column(tag as u32);
        }
        // The activity of each product by row, and the product of each activity.
        let mut product_of = vec![u32::MAX; activities.len()];
        provider.iter().enumerate().for_each(|(row, activity)| product_of[*activity as usize] = row as u32);
        let mut rows = Vec::new();
        let mut row_of_exchange: FxHashMap<u32, FactorId> = FxHashMap::default();
        // The row of an entry's own distribution, and that of the parameters which it follows; parts of one exchange have one row.
        let mut factor = |entry: &Entry, rows: &mut Vec<Entry>| {
            rows_of(entry).map(|row| {
                row.map(|row| {
                    let exchange = row.part_of.filter(|_| row.follows.is_none());
                    if let Some(known) = exchange.and_then(|number| row_of_exchange.get(&number)) {
                        return *known;
                    }
                    rows.push(row);
                    let new = FactorId(rows.len() as u32 - 1);
                    exchange.map(|number| row_of_exchange.insert(number, new));
                    new
                })
            })
        };
        // The first entry at the place of an activity and its product is what the activity makes.
        let mut made: Vec<Option<(f64, [Option<FactorId>; 2])>> = vec![None; activities.len()];
        let mut is_product = vec![false; technosphere.len()];
        for (at, entry) in technosphere.iter().enumerate() {
            let activity = activity_of[&entry.column] as usize;
            if entry.amount != 0.0 && product_of[activity] == row_of[&entry.row] && made[activity].is_none() {
                made[activity] = Some((entry.amount, factor(entry, &mut rows)));
                is_product[at] = true;
            }
        }
        let mut scaled = |entry: &Entry, sign: f64, activity: usize, rows: &mut Vec<Entry>| {
            let (amount, own) = made[activity].unwrap_or((1.0, [None; 2]));
            let coefficient = Coefficient::exact(sign * entry.amount / amount);
            let multiplied = factor(entry, rows).into_iter().flatten().fold(coefficient, |c, factor| c.times(factor, 1));
            own.into_iter().flatten().fold(multiplied, |c, factor| c.times(factor, -1))
        };
        for (_, entry) in technosphere.iter().enumerate().filter(|(at, entry)| !is_product[*at] && entry.amount != 0.0) {
            let activity = activity_of[&entry.column] as usize;
            let supplier = provider[row_of[&entry.row] as usize];
            let coefficient = scaled(entry, -1.0, activity, &mut rows);
            builder.add_input(ColumnId(activity as u32), ColumnId(supplier), coefficient);
        }
        let technosphere_rows = rows.len();
        let (flows, flow_of) = numbered(matrices.biosphere.iter().map(|e| e.row));
        let mut unknown = Vec::new();
        for entry in &matrices.biosphere {
            let Some(activity) = activity_of.get(&entry.column) else {
                unknown.push(entry.column);
                continue;
            };
            if entry.amount != 0.0 {
                let coefficient = scaled(entry, 1.0, *activity as usize, &mut rows);
                builder.add_flow(ColumnId(*activity), FlowId(flow_of[&entry.row]), coefficient);
            }
        }
        if !unknown.is_empty() {
            unknown.sort_unstable();
            unknown.dedup();
            return Err(AssemblyError::UnknownActivities { activities: unknown });
        }
        let network = builder.build()?;
        let mut flow_of_row = vec![None; rows.len()];
        for (slot, entry) in flow_of_row.iter_mut().zip(&rows).skip(technosphere_rows) {
            *slot = flow_of.get(&entry.row).copied();
        }
        let is_needed = flow_of_row.iter().map(Option::is_none).collect();
        let column_of = products.iter().zip(&provider).map(|(id, activity)| (*id, *activity)).collect();
        Ok(Self {
            technosphere_entries: network.input_count() + activities.len(),
            network,
            activities,
            products,
            product_of,
            column_of,
            flow_of,
            flows,
            first_factor: rows.len(),
            rows,
            flow_of_row,
            is_needed,
        })
    }

    /// A demand by product ids.
    ///
    /// # Errors
    /// A product does not exist.
    pub fn demand(&self, amounts: &[(i64, f64)]) -> Result<Demand, AssemblyError> {
        let mut demand = Demand::none();
        for (id, amount) in amounts {
            let Some(column) = self.column_of.get(id) else {
                let products = self.products.len();
                let (least, most) = (self.products.iter().min(), self.products.iter().max());
                let (least, most) = (least.copied().unwrap_or(0), most.copied().unwrap_or(0));
                return Err(AssemblyError::UnknownProduct { seen: *id, products, least, most });
            };
            demand = demand.and(ColumnId(*column), *amount, Grade::STRONGEST);
        }
        Ok(demand)
    }

    /// The id of a column's activity.
    pub fn activity(&self, column: ColumnId) -> Option<i64> {
        self.activities.get(column.index()).copied()
    }

    /// The id of the product that a column stands for.
    pub fn product(&self, column: ColumnId) -> Option<i64> {
        self.product_of.get(column.index()).and_then(|row| self.products.get(*row as usize)).copied()
    }

    /// The id of an elementary flow.
    pub fn flow(&self, flow: FlowId) -> Option<i64> {
        self.flows.get(flow.index()).copied()
    }

    /// The factors of a method by flow, and its uncertain entries as further rows of the sampler; factors of flows that no activity
    /// has are left out.
    pub fn category(&mut self, method: &CharacterisationMethod) -> CategoryFactors {
        let mut values = vec![0.0; self.flow_of.len()];
        let known = |entry: &Entry| self.flow_of.get(&entry.row).copied();
        for entry in &method.factors {
            if let Some(flow) = known(entry) {
                values[flow as usize] += entry.amount;
            }
        }
        for (needed, flow) in self.is_needed.iter_mut().zip(&self.flow_of_row) {
            *needed |= flow.is_some_and(|flow| values[flow as usize] != 0.0);
        }
        let mut category = CategoryFactors::new(values);
        for entry in &method.factors {
            let row = rows_of(entry).into_iter().flatten().next();
            if let (Some(row), Some(flow)) = (row, known(entry)) {
                category = category.with_uncertain_flow(FlowId(flow), FactorId(self.rows.len() as u32));
                self.rows.push(row);
                self.flow_of_row.push(None);
                self.is_needed.push(true);
            }
        }
        category
    }

    /// The uncertain entries, and whether each can move a result.
    pub(crate) fn uncertain_rows(&self) -> impl Iterator<Item = (&Entry, bool)> {
        self.rows.iter().zip(self.is_needed.iter().copied())
    }

    /// The entry of an uncertain row, by its number in the sampler.
    pub fn uncertain_entry(&self, row: usize) -> Option<&Entry> {
        self.rows.get(row)
    }

    /// What an uncertain row is, by its number in the sampler.
    pub fn uncertain_kind(&self, row: usize) -> Option<EntryKind> {
        let flow = self.flow_of_row.get(row)?;
        let kind = if row >= self.first_factor { EntryKind::Factor } else { flow.map_or(EntryKind::Product, |_| EntryKind::Flow) };
        Some(kind)
    }

    /// How many entries are uncertain.
    pub fn uncertain_entries(&self) -> usize {
        self.rows.len()
    }
}

impl RatioSampler for Assembly {
    /// The ratio of every uncertain entry to its amount: entry `r` takes word `r` of stream `draw`. Flows that no category counts keep
    /// theirs at 1, and their words are passed over.
    fn sample(&self, seed: u64, draw: u64, factors: &mut Vec<f64>) {
        let mut generator = random_stream(seed, draw);
        factors.clear();
        factors.extend(self.rows.iter().zip(&self.is_needed).map(|(entry, is_needed)| {
            let word = generator.next_u64();
            if *is_needed { entry.at(uniform(word)) / entry.amount } else { 1.0 }
        }));
    }
}

/// The uncertain rows of an entry: its own distribution, and the parameters which it follows.
fn rows_of(entry: &Entry) -> [Option<Entry>; 2] {
    let is_scaled = entry.amount != 0.0;
    let own = (is_scaled && entry.uncertainty != EntryUncertainty::Exact).then_some(Entry { follows: None, ..*entry });
    let followed = (is_scaled && entry.follows.is_some()).then_some(Entry { uncertainty: EntryUncertainty::Exact, ..*entry });
    [own, followed]
}

/// Distinct ids in order of appearance, and the number of each.
fn numbered(ids: impl Iterator<Item = i64>) -> (Vec<i64>, FxHashMap<i64, u32>) {
    let (mut distinct, mut number) = (Vec::new(), FxHashMap::default());
    for id in ids {
        number.entry(id).or_insert_with(|| {
            distinct.push(id);
            distinct.len() as u32 - 1
        });
    }
    (distinct, number)
}

const FREE: u32 = u32::MAX;

/// The activity that stands for each product.
fn match_products(
    technosphere: &[Entry],
    products: &[i64],
    row_of: &FxHashMap<i64, u32>,
    activities: &[i64],
    activity_of: &FxHashMap<i64, u32>,
) -> Result<Vec<u32>, AssemblyError> {
    let (mut provider, mut product_of) = (vec![FREE; products.len()], vec![FREE; activities.len()]);
    for entry in technosphere.iter().filter(|e| e.row == e.column && e.amount != 0.0) {
        let (row, activity) = (row_of[&entry.row], activity_of[&entry.column]);
        provider[row as usize] = activity;
        product_of[activity as usize] = row;
    }
    if provider.contains(&FREE) {
        let mut makers: Vec<Vec<u32>> = vec![Vec::new(); products.len()];
        // Makers first: what an activity makes is its product rather than what it uses.
        for wanted in [true, false] {
            for entry in technosphere.iter().filter(|e| e.amount != 0.0 && (e.amount > 0.0) == wanted) {
                makers[row_of[&entry.row] as usize].push(activity_of[&entry.column]);
            }
        }
        for row in 0..products.len() as u32 {
            if provider[row as usize] == FREE {
                augment(row, &makers, &mut provider, &mut product_of);
            }
        }
    }
    let unprovided: Vec<i64> = products.iter().zip(&provider).filter(|(_, p)| **p == FREE).map(|(id, _)| *id).collect();
    let idle: Vec<i64> = activities.iter().zip(&product_of).filter(|(_, p)| **p == FREE).map(|(id, _)| *id).collect();
    if unprovided.is_empty() && idle.is_empty() {
        return Ok(provider);
    }
    Err(AssemblyError::NotSquare { products: products.len(), activities: activities.len(), unprovided, idle })
}

/// Finds an alternating path from a product without an activity to a free activity, breadth first, and turns it round.
fn augment(root: u32, makers: &[Vec<u32>], provider: &mut [u32], product_of: &mut [u32]) {
    let mut came_from: FxHashMap<u32, u32> = FxHashMap::default();
    let mut open = vec![root];
    let mut at = 0;
    while at < open.len() {
        let row = open[at];
        at += 1;
        for &activity in &makers[row as usize] {
            if came_from.contains_key(&activity) {
                continue;
            }
            came_from.insert(activity, row);
            let next = product_of[activity as usize];
            if next != FREE {
                open.push(next);
                continue;
            }
            let mut activity = activity;
            loop {
                let row = came_from[&activity];
                let before = std::mem::replace(&mut provider[row as usize], activity);
                product_of[activity as usize] = row;
                if row == root {
                    return;
                }
                activity = before;
            }
        }
    }
}
