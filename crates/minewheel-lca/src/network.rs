//! The network: who needs how much of whom, and what each emits.
//!
//! ```text
//! A = I − Z,   z_ij = input of product i per reference unit of column j,   b_kj = flow k per reference unit of j
//! ```
//!
//! | symbol | meaning                                          | unit                    | from        |
//! |--------|--------------------------------------------------|-------------------------|-------------|
//! | `z_ij` | product `i` needed by column `j`; own use if i=j | unit of i per unit of j | `add_input` |
//! | `b_kj` | elementary flow `k` of column `j`                | unit of k per unit of j | `add_flow`  |
//!
//! Source: W. Leontief's open model in the notation of R. Heijungs and S. Suh, *The Computational Structure of Life
//! Cycle Assessment* (2002), chapter 2, normalised so that each column makes one unit of its own product.
//! Valid for linear, steady-state supply. Co-products enter as negative inputs (a credit) or are allocated beforehand.
//!
//! Several entries between the same two columns add and stay separate, so that each keeps its provenance. Inside, the
//! columns are stored in evaluation order, suppliers first.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::coefficient::{Coefficient, MAX_FACTORS};
use crate::demand::Demand;
use crate::ids::{ColumnId, FactorId, FlowId, Grade, GroupId};
use crate::order::evaluation_order;

/// What is wrong with one entry of a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkFault {
    /// An entry was added to a column that does not exist.
    #[error("an entry names {column}, but the network has {columns} columns")]
    UnknownColumn {
        /// The column named.
        column: ColumnId,
        /// How many columns there are.
        columns: usize,
    },
    /// An input names a supplier that does not exist.
    #[error("{column} takes an input from {supplier}, but the network has {columns} columns")]
    UnknownSupplier {
        /// The consumer.
        column: ColumnId,
        /// The supplier named.
        supplier: ColumnId,
        /// How many columns there are.
        columns: usize,
    },
    /// A base value is not a finite number.
    #[error("{column} has a coefficient of {value}; a finite number is wanted")]
    NotFinite {
        /// The column.
        column: ColumnId,
        /// The value seen.
        value: f64,
    },
    /// A coefficient depends on more rows than the engine keeps.
    #[error("a coefficient of {column} depends on more than {MAX_FACTORS} uncertain rows; merge some of them first")]
    TooManyFactors {
        /// The column.
        column: ColumnId,
    },
    /// Shares that sum to nothing cannot be renormalised.
    #[error("the shares of {group} in {column} sum to {sum}; shares need a sum above zero")]
    SharesWithoutSum {
        /// The column.
        column: ColumnId,
        /// The group.
        group: GroupId,
        /// The sum seen.
        sum: f64,
    },
}

/// A network that cannot be built, with every fault found.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the network has {} faulty entries; the first: {}", .faults.len(), .faults[0])]
pub struct NetworkRefused {
    /// All faults, in the order of the entries; never empty.
    pub faults: Vec<NetworkFault>,
}

/// Collects columns and their entries; [`build`](Self::build) checks them all at once.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let electricity = builder.add_column(0);
/// let steel = builder.add_column(1);
/// builder.add_input(electricity, steel, Coefficient::exact(0.001));
/// builder.add_input(steel, electricity, Coefficient::exact(0.5));
/// builder.add_flow(electricity, FlowId(0), Coefficient::exact(0.4));
/// let network = builder.build()?;
/// assert_eq!((network.column_count(), network.input_count()), (2, 2));
/// # Ok::<(), NetworkRefused>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct NetworkBuilder {
    tags: Vec<u32>,
    inputs: Vec<(ColumnId, ColumnId, Coefficient)>,
    flows: Vec<(ColumnId, FlowId, Coefficient)>,
}

impl NetworkBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column and says its id; the tag is the caller's own mark, kept and never read.
    pub fn add_column(&mut self, tag: u32) -> ColumnId {
        let id = ColumnId(self.tags.len() as u32);
        self.tags.push(tag);
        id
    }

    /// Adds an input per reference unit of the column; the supplier may be added to the builder later.
    pub fn add_input(&mut self, column: ColumnId, supplier: ColumnId, amount: Coefficient) -> &mut Self {
        self.inputs.push((column, supplier, amount));
        self
    }

    /// Adds an elementary flow per reference unit of the column.
    pub fn add_flow(&mut self, column: ColumnId, flow: FlowId, amount: Coefficient) -> &mut Self {
        self.flows.push((column, flow, amount));
        self
    }

    /// The finished network.
    ///
    /// # Errors
    /// [`NetworkRefused`] with every entry that names an unknown column, is not finite, depends on too many rows, or
    /// is a share of a group without a sum.
    pub fn build(self) -> Result<Network, NetworkRefused> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Err(NetworkRefused { faults });
        }
        let columns = self.tags.len();
        let by_column = compress(columns, self.inputs.iter().map(|entry| entry.0));
        let suppliers: Vec<u32> = by_column.entry.iter().map(|entry| self.inputs[*entry as usize].1.0).collect();
        let order = evaluation_order(&by_column.start, &suppliers);
        let mut position = vec![0_u32; columns];
        for (place, column) in order.columns.iter().enumerate() {
            position[*column as usize] = place as u32;
        }
        let place = |column: ColumnId| ColumnId(position[column.index()]);
        let inputs = compress(columns, self.inputs.iter().map(|entry| place(entry.0)));
        let flows = compress(columns, self.flows.iter().map(|entry| place(entry.0)));

        let mut store = CoefficientStore::default();
        let mut network = Network {
            net_consumers: NetConsumers::default(),
            input_supplier: Vec::with_capacity(inputs.entry.len()),
            flow_id: Vec::with_capacity(flows.entry.len()),
            tags: self.tags,
            input_start: inputs.start,
            flow_start: flows.start,
            column: order.columns.into_iter().map(ColumnId).collect(),
            block_start: order.block_start,
            position: Vec::new(),
            coefficients: CoefficientStore::default(),
        };
        for entry in inputs.entry {
            let (column, supplier, amount) = &self.inputs[entry as usize];
            network.input_supplier.push(position[supplier.index()]);
            store.push(*column, amount);
        }
        for entry in flows.entry {
            let (column, flow, amount) = &self.flows[entry as usize];
            network.flow_id.push(*flow);
            store.push(*column, amount);
        }
        let faults = store.close_groups();
        if !faults.is_empty() {
            return Err(NetworkRefused { faults });
        }
        network.position = position;
        network.coefficients = store;
        Ok(network)
    }

    fn faults(&self) -> Vec<NetworkFault> {
        let columns = self.tags.len();
        let mut faults = Vec::new();
        let mut check = |column: ColumnId, amount: &Coefficient| {
            if column.index() >= columns {
                faults.push(NetworkFault::UnknownColumn { column, columns });
            }
            if !amount.base().is_finite() {
                faults.push(NetworkFault::NotFinite { column, value: amount.base() });
            }
            if amount.has_too_many_factors() {
                faults.push(NetworkFault::TooManyFactors { column });
            }
        };
        for (column, _, amount) in &self.inputs {
            check(*column, amount);
        }
        for (column, _, amount) in &self.flows {
            check(*column, amount);
        }
        for (column, supplier, _) in &self.inputs {
            if supplier.index() >= columns {
                faults.push(NetworkFault::UnknownSupplier { column: *column, supplier: *supplier, columns });
            }
        }
        faults
    }
}

/// Entries sorted by column, in their order of arrival within one.
struct Compressed {
    start: Vec<u32>,
    entry: Vec<u32>,
}

fn compress(columns: usize, of: impl Iterator<Item = ColumnId> + Clone) -> Compressed {
    let mut start = vec![0_u32; columns + 1];
    for column in of.clone() {
        start[column.index() + 1] += 1;
    }
    for column in 0..columns {
        start[column + 1] += start[column];
    }
    let mut next = start.clone();
    let mut entry = vec![0_u32; start[columns] as usize];
    for (number, column) in of.enumerate() {
        let place = &mut next[column.index()];
        entry[*place as usize] = number as u32;
        *place += 1;
    }
    Compressed { start, entry }
}

/// Base values and what they depend on, inputs before flows, ready to be evaluated for many draws.
#[derive(Clone, Debug, Default)]
struct CoefficientStore {
    base: Vec<f64>,
    grade: Vec<Grade>,
    /// The distinct powers of rows; number 0 stands for "no row".
    power: Vec<(FactorId, i8)>,
    power_of: FxHashMap<(FactorId, i8), u32>,
    /// The first power of each coefficient.
    first_power: Vec<u32>,
    /// The further powers of the few coefficients that have them.
    further_power: Vec<(u32, u32)>,
    member: Vec<(ColumnId, GroupId, u32)>,
    group: Vec<ShareGroup>,
    factor_count: usize,
}

/// Coefficients whose sum is kept.
#[derive(Clone, Debug)]
struct ShareGroup {
    column: ColumnId,
    id: GroupId,
    sum: f64,
    members: Range<usize>,
}

impl CoefficientStore {
    fn push(&mut self, column: ColumnId, amount: &Coefficient) {
        let number = self.base.len() as u32;
        self.base.push(amount.base());
        self.grade.push(amount.grade());
        let mut powers = amount.factors().iter().filter(|(_, exponent)| *exponent != 0);
        let first = powers.next().map_or(0, |power| self.number_of(*power));
        self.first_power.push(first);
        for power in powers {
            let further = self.number_of(*power);
            self.further_power.push((number, further));
        }
        if let Some(group) = amount.group() {
            self.member.push((column, group, number));
        }
    }

    fn number_of(&mut self, power: (FactorId, i8)) -> u32 {
        if self.power.is_empty() {
            self.power.push((FactorId(0), 0));
        }
        self.factor_count = self.factor_count.max(power.0.index() + 1);
        let next = self.power.len() as u32;
        let number = *self.power_of.entry(power).or_insert(next);
        if number == next {
            self.power.push(power);
        }
        number
    }

    fn close_groups(&mut self) -> Vec<NetworkFault> {
        self.member.sort_unstable();
        let mut faults = Vec::new();
        let mut first = 0;
        for chunk in self.member.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (column, id, _) = chunk[0];
            let sum: f64 = chunk.iter().map(|(_, _, number)| self.base[*number as usize]).sum();
            if sum <= 0.0 {
                faults.push(NetworkFault::SharesWithoutSum { column, group: id, sum });
            }
            self.group.push(ShareGroup { column, id, sum, members: first..first + chunk.len() });
            first += chunk.len();
        }
        faults
    }
}

/// Coefficients cannot be evaluated for a set of factors.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvaluationError {
    /// Fewer factors than the network depends on.
    #[error("the network depends on {wanted} factors, {given} are given")]
    TooFewFactors {
        /// Factors given.
        given: usize,
        /// Factors wanted.
        wanted: usize,
    },
    /// A group of shares lost its sum in this draw.
    #[error("the sampled shares of {group} in {column} sum to {sum}; they cannot be scaled back to their base sum")]
    SharesWithoutSum {
        /// The column.
        column: ColumnId,
        /// The group.
        group: GroupId,
        /// The sum seen.
        sum: f64,
    },
}

/// What becomes of loops that use more of their own products than they make. Such a loop cannot deliver: its solution, if it has one, runs
/// processes backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetConsumers {
    /// They are an error.
    #[default]
    Refused,
    /// They are solved, and counted in the report.
    Solved,
}

/// An immutable network, built by [`NetworkBuilder`].
#[derive(Clone, Debug)]
pub struct Network {
    net_consumers: NetConsumers,
    tags: Vec<u32>,
    /// Place in the evaluation order, by column id.
    position: Vec<u32>,
    /// Column id, by place in the evaluation order.
    column: Vec<ColumnId>,
    block_start: Vec<u32>,
    input_start: Vec<u32>,
    input_supplier: Vec<u32>,
    flow_start: Vec<u32>,
    flow_id: Vec<FlowId>,
    coefficients: CoefficientStore,
}

/// One input of a column, as entered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// The supplying column.
    pub supplier: ColumnId,
    /// Base amount per reference unit of the consumer.
    pub amount: f64,
    /// How well it is known.
    pub grade: Grade,
}

/// One elementary flow of a column, as entered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// The flow.
    pub flow: FlowId,
    /// Base amount per reference unit of the column.
    pub amount: f64,
    /// How well it is known.
    pub grade: Grade,
}

impl Network {
    /// How many columns there are.
    pub fn column_count(&self) -> usize {
        self.tags.len()
    }

    /// How many inputs were entered.
    pub fn input_count(&self) -> usize {
        self.input_supplier.len()
    }

    /// How many elementary flows were entered.
    pub fn flow_count(&self) -> usize {
        self.flow_id.len()
    }

    /// One more than the highest uncertain row that a coefficient depends on.
    pub fn factor_count(&self) -> usize {
        self.coefficients.factor_count
    }

    /// The caller's mark of a column, `None` if there is no such column.
    pub fn tag(&self, column: ColumnId) -> Option<u32> {
        self.tags.get(column.index()).copied()
    }

    /// The columns, suppliers before consumers except within loops.
    pub fn evaluation_order(&self) -> &[ColumnId] {
        &self.column
    }

    /// How many columns the largest set of mutually dependent columns has.
    pub fn largest_loop(&self) -> usize {
        self.blocks().map(|block| block.len()).max().unwrap_or(0)
    }

    /// The inputs of a column in the order in which they were entered; none for an unknown column.
    pub fn inputs(&self, column: ColumnId) -> impl Iterator<Item = Input> + '_ {
        let range = self.position.get(column.index()).map_or(0..0, |place| self.input_range(*place as usize));
        range.map(|entry| Input {
            supplier: self.column[self.input_supplier[entry] as usize],
            amount: self.coefficients.base[entry],
            grade: self.coefficients.grade[entry],
        })
    }

    /// The elementary flows of a column in the order in which they were entered; none for an unknown column.
    pub fn flows(&self, column: ColumnId) -> impl Iterator<Item = Flow> + '_ {
        let range = self.position.get(column.index()).map_or(0..0, |place| self.flow_range(*place as usize));
        let first = self.input_count();
        range.map(move |entry| Flow {
            flow: self.flow_id[entry],
            amount: self.coefficients.base[first + entry],
            grade: self.coefficients.grade[first + entry],
        })
    }

    /// The columns that a demand needs, directly or through others, in evaluation order.
    ///
    /// Unknown columns of the demand are left out; solving the demand names them.
    pub fn reachable_from(&self, demand: &Demand) -> Vec<ColumnId> {
        let mut needed = vec![false; self.column_count()];
        let mut open: Vec<u32> = Vec::new();
        let roots = demand.lines().iter().filter_map(|line| self.position.get(line.column.index()));
        for &root in roots {
            if !std::mem::replace(&mut needed[root as usize], true) {
                open.push(root);
            }
        }
        while let Some(place) = open.pop() {
            for &supplier in &self.input_supplier[self.input_range(place as usize)] {
                if !std::mem::replace(&mut needed[supplier as usize], true) {
                    open.push(supplier);
                }
            }
        }
        self.column.iter().zip(&needed).filter(|(_, needed)| **needed).map(|(column, _)| *column).collect()
    }

    /// The part of the network that serves a demand, with the old id of each of its columns.
    ///
    /// Columns outside it have no influence on the demand, so the smaller network gives the same scores sooner.
    /// Tags, grades, groups and uncertain rows are kept.
    ///
    /// ```
    /// use minewheel_lca::*;
    /// let mut builder = NetworkBuilder::new();
    /// let (ore, metal, toy) = (builder.add_column(0), builder.add_column(1), builder.add_column(2));
    /// builder.add_input(metal, ore, Coefficient::exact(3.0)).add_input(toy, metal, Coefficient::exact(0.1));
    /// let (part, old_ids) = builder.build()?.restrict_to(&Demand::of(metal, 1.0));
    /// assert_eq!(part.column_count(), 2);
    /// assert_eq!(old_ids, [ore, metal]);
    /// # Ok::<(), NetworkRefused>(())
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "a part closed under supply is valid if the whole is")]
    pub fn restrict_to(&self, demand: &Demand) -> (Self, Vec<ColumnId>) {
        let mut kept = self.reachable_from(demand);
        kept.sort_unstable();
        let mut new_id = vec![None; self.column_count()];
        let mut builder = NetworkBuilder::new();
        for column in &kept {
            new_id[column.index()] = Some(builder.add_column(self.tags[column.index()]));
        }
        let coefficients = self.rebuilt_coefficients();
        let first_flow = self.input_count();
        for column in &kept {
            let place = self.position[column.index()] as usize;
            let Some(id) = new_id[column.index()] else { continue };
            for entry in self.input_range(place) {
                let supplier = self.column[self.input_supplier[entry] as usize];
                if let Some(supplier) = new_id[supplier.index()] {
                    builder.add_input(id, supplier, coefficients[entry]);
                }
            }
            for entry in self.flow_range(place) {
                builder.add_flow(id, self.flow_id[entry], coefficients[first_flow + entry]);
            }
        }
        let part = builder.build().expect("entries of a valid network stay valid in a part closed under supply");
        (part.with_net_consumers(self.net_consumers), kept)
    }

    /// The same network with another rule for loops that use more of their own products than they make.
    #[must_use]
    pub fn with_net_consumers(self, net_consumers: NetConsumers) -> Self {
        Self { net_consumers, ..self }
    }

    /// What becomes of loops that use more of their own products than they make.
    pub fn net_consumers(&self) -> NetConsumers {
        self.net_consumers
    }

    fn rebuilt_coefficients(&self) -> Vec<Coefficient> {
        let store = &self.coefficients;
        let mut rebuilt: Vec<Coefficient> = (0..store.base.len())
            .map(|number| {
                let plain = Coefficient::exact(store.base[number]).with_grade(store.grade[number]);
                match store.first_power[number] {
                    0 => plain,
                    power => with_power(plain, store.power[power as usize]),
                }
            })
            .collect();
        for (number, power) in &store.further_power {
            let amount = &mut rebuilt[*number as usize];
            *amount = with_power(*amount, store.power[*power as usize]);
        }
        for (_, group, number) in &store.member {
            let amount = &mut rebuilt[*number as usize];
            *amount = amount.in_group(*group);
        }
        rebuilt
    }

    /// All coefficients for these factors, inputs before flows, shares renormalised.
    pub(crate) fn evaluate(&self, factors: &[f64], powers: &mut Vec<f64>, values: &mut Vec<f64>) -> Result<(), EvaluationError> {
        let store = &self.coefficients;
        if factors.len() < store.factor_count {
            return Err(EvaluationError::TooFewFactors { given: factors.len(), wanted: store.factor_count });
        }
        values.clear();
        if store.power.is_empty() {
            values.extend_from_slice(&store.base);
            return Ok(());
        }
        powers.clear();
        powers.push(1.0);
        powers.extend(store.power[1..].iter().map(|(factor, exponent)| match exponent {
            1 => factors[factor.index()],
            -1 => 1.0 / factors[factor.index()],
            _ => factors[factor.index()].powi(i32::from(*exponent)),
        }));
        values.extend(store.base.iter().zip(&store.first_power).map(|(base, power)| base * powers[*power as usize]));
        for (number, power) in &store.further_power {
            values[*number as usize] *= powers[*power as usize];
        }
        for group in &store.group {
            let members = &store.member[group.members.clone()];
            let sum: f64 = members.iter().map(|(_, _, number)| values[*number as usize]).sum();
            let scale = group.sum / sum;
            if sum <= 0.0 || !scale.is_finite() {
                return Err(EvaluationError::SharesWithoutSum { column: group.column, group: group.id, sum });
            }
            for (_, _, number) in members {
                values[*number as usize] *= scale;
            }
        }
        Ok(())
    }

    /// The base values with those of a grade weaker than `weakest` set to zero.
    pub(crate) fn values_up_to(&self, weakest: Grade) -> Vec<f64> {
        let store = &self.coefficients;
        store.base.iter().zip(&store.grade).map(|(base, grade)| if *grade <= weakest { *base } else { 0.0 }).collect()
    }

    /// Adds `Σ exponent · through-flow` per uncertain row, where `through[n]` is coefficient n's part of the total;
    /// for a share, the part that renormalising takes back is deducted.
    pub(crate) fn sum_by_factor(&self, through: &mut [f64], sensitivity: &mut [f64]) {
        let store = &self.coefficients;
        for group in &store.group {
            let members = &store.member[group.members.clone()];
            let total: f64 = members.iter().map(|(_, _, number)| through[*number as usize]).sum();
            for (_, _, number) in members {
                through[*number as usize] -= store.base[*number as usize] / group.sum * total;
            }
        }
        let first = store.first_power.iter().enumerate().map(|(number, power)| (number, *power));
        let further = store.further_power.iter().map(|(number, power)| (*number as usize, *power));
        for (number, power) in first.chain(further).filter(|(_, power)| *power != 0) {
            let (factor, exponent) = store.power[power as usize];
            sensitivity[factor.index()] += f64::from(exponent) * through[number];
        }
    }

    pub(crate) fn position_of(&self, column: ColumnId) -> Option<usize> {
        self.position.get(column.index()).map(|place| *place as usize)
    }

    pub(crate) fn column_at(&self, position: usize) -> ColumnId {
        self.column[position]
    }

    pub(crate) fn blocks(&self) -> impl DoubleEndedIterator<Item = Range<usize>> + '_ {
        self.block_start.windows(2).map(|pair| pair[0] as usize..pair[1] as usize)
    }

    pub(crate) fn input_range(&self, position: usize) -> Range<usize> {
        self.input_start[position] as usize..self.input_start[position + 1] as usize
    }

    pub(crate) fn input_suppliers(&self) -> &[u32] {
        &self.input_supplier
    }

    pub(crate) fn flow_range(&self, position: usize) -> Range<usize> {
        self.flow_start[position] as usize..self.flow_start[position + 1] as usize
    }

    pub(crate) fn flow_ids(&self) -> &[FlowId] {
        &self.flow_id
    }

    pub(crate) fn bases(&self) -> &[f64] {
        &self.coefficients.base
    }

    pub(crate) fn input_bases(&self) -> &[f64] {
        &self.coefficients.base[..self.input_count()]
    }

    pub(crate) fn flow_bases(&self) -> &[f64] {
        &self.coefficients.base[self.input_count()..]
    }
}

fn with_power(amount: Coefficient, (factor, exponent): (FactorId, i8)) -> Coefficient {
    amount.times(factor, exponent)
}
