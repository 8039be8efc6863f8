//! The placed network: every technology on the grid of the country it stands in, for one year.
//!
//! Process cards know no country. Here each is placed where its product is made, markets are split by the shares of
//! the producing countries, and electricity and heat come from the place itself. Columns are made on demand, from the
//! products that a car needs, so that nothing is built that nothing reaches.
//!
//! | column | makes one unit of | takes in |
//! |---|---|---|
//! | process | its product, in its place | its exchanges, with the rows of the nearest place |
//! | supply | a product made in a place by several routes | the routes' processes, by share |
//! | market | a product bought on the world market | supplies of the producing countries, by share, and freight |
//! | delivery | electricity at a voltage in a place | generation / (1 − loss) |
//! | released | an elementary flow | nothing |
//! | background | a product, by a process of a user's own database | nothing |
//! | generation | electricity at the busbar in a place and year | technologies, by share of the mix |
//!
//! Loops (electricity needs steel needs electricity) stay; the solver solves them.

mod background;

use std::sync::Arc;

use minewheel_data::car::SourcingRule;
use minewheel_data::cards::{Cards, Families, ProcessId, ProductId, Target};
use minewheel_data::electricity::{Electricity, MixError, TECHNOLOGIES, VoltageLevel};
use minewheel_data::loader::Rows;
use minewheel_data::markets::RouteError;
use minewheel_data::methods as data;
use minewheel_data::places::{PlaceId, Places, UnknownPlace};
use minewheel_data::row::{RowId, Value};
use minewheel_data::status::Status;
use minewheel_data::units::Mass;
use minewheel_lca::{Coefficient, ColumnId, FactorId, FlowId, Grade, GroupId, Network, NetworkBuilder, NetworkRefused};
use rustc_hash::FxHashMap;

use crate::background::Background;
use crate::tables::Tables;

/// What a column of the placed network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// A technology that stands in a place.
    Process(ProcessId, PlaceId),
    /// A product made in a place by several routes.
    Supply(ProductId, PlaceId),
    /// A product bought on the world market.
    Market(ProductId),
    /// A product of which a plant buys part at home.
    HomeMarket(ProductId, PlaceId),
    /// Electricity delivered in a place.
    Delivery(PlaceId, VoltageLevel),
    /// Electricity generated in a place.
    Generation(PlaceId),
    /// Electricity delivered to the car over its life, each year on that year's mix.
    PathwayDelivery(PlaceId),
    /// A unit of an elementary flow, released in a place without a process.
    Released(data::FlowId, PlaceId),
    /// A product that a user's own database makes, by its number there.
    Background(ProductId, u32),
}

/// Why a network cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// A product is not in the tables.
    #[error("no product `{0}` in the process cards")]
    UnknownProduct(String),
    /// A place is not in the tables.
    #[error(transparent)]
    Place(#[from] UnknownPlace),
    /// No process makes a product where it is wanted.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// No electricity mix.
    #[error(transparent)]
    Mix(#[from] MixError),
    /// A sourcing rule leaves a product without a supplier.
    #[error("sourcing: `{product}` has no supplier left; its market is {market}")]
    NoSupplier {
        /// The product.
        product: String,
        /// Who makes it.
        market: String,
    },
    /// Nothing in a network delivers a product where it is asked for.
    #[error("nothing in the network delivers `{product}` in {place}")]
    NotDelivered {
        /// The product.
        product: String,
        /// Where it is asked for.
        place: String,
    },
    /// Sourcing rules beyond shares must be solved before a network is built.
    #[error("sourcing: the rules of `{0}` beyond fixed shares are solved by `assess`, `explain`, `supply`, `battery` and `disrupt` alone")]
    Unsolved(String),
    /// A route's card may not stand where the product is wanted.
    #[error("route: `{process}` does not stand in {place}; it stands in {known}")]
    RouteElsewhere {
        /// The card.
        process: String,
        /// Where it was wanted.
        place: String,
        /// Where it may stand.
        known: String,
    },
    /// The engine refused the coefficients.
    #[error(transparent)]
    Refused(#[from] NetworkRefused),
}

/// A network whose columns are known by what they make and where.
#[derive(Debug, Clone)]
pub struct PlacedNetwork {
    /// The engine's network.
    pub network: Network,
    /// The year of its mixes.
    pub year: i32,
    /// What the reader must be told: mixes that stand in for others, and the like.
    pub notices: Vec<String>,
    /// Who supplies each market that was cut; empty in a network that was not.
    pub cuts: Vec<Cut>,
    /// The user's own database behind some of its products.
    pub background: Option<Arc<Background>>,
    columns: Vec<Column>,
    index: FxHashMap<Column, ColumnId>,
}

/// A supplier of a market that a cut network leaves open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// The market.
    pub market: ColumnId,
    /// What makes the product in the place.
    pub supplier: ColumnId,
    /// The place.
    pub place: PlaceId,
    /// Its share in the market.
    pub share: Value,
    /// Whether a plant buys it at home, without the market's freight.
    pub is_home: bool,
}

impl PlacedNetwork {
    /// What a column is.
    pub fn column(&self, id: ColumnId) -> Column {
        self.columns[id.index()]
    }
    /// The number of a column, if the network has it.
    pub fn find(&self, column: Column) -> Option<ColumnId> {
        self.index.get(&column).copied()
    }
    /// All columns, by number.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The place a column stands in; markets stand nowhere.
    pub fn place(&self, id: ColumnId) -> Option<PlaceId> {
        match self.column(id) {
            Column::Process(_, place)
            | Column::Supply(_, place)
            | Column::HomeMarket(_, place)
            | Column::Delivery(place, _)
            | Column::Generation(place)
            | Column::PathwayDelivery(place)
            | Column::Released(_, place) => Some(place),
            Column::Market(_) | Column::Background(..) => None,
        }
    }

    /// A readable name of a column.
    pub fn label(&self, tables: &Tables, id: ColumnId) -> String {
        let place = |p: PlaceId| tables.places.code(p).to_owned();
        match self.column(id) {
            Column::Process(process, p) => format!("{} @ {}", tables.cards.process(process).name, place(p)),
            Column::Supply(product, p) => format!("{} made in {}", tables.cards.product(product).name, place(p)),
            Column::Market(product) => format!("{} from the world market", tables.cards.product(product).name),
            Column::HomeMarket(product, p) => format!("{} bought by a plant in {}", tables.cards.product(product).name, place(p)),
            Column::Delivery(p, VoltageLevel::High) => format!("electricity at a plant in {}", place(p)),
            Column::Delivery(p, VoltageLevel::Low) => format!("electricity at a socket in {}", place(p)),
            Column::Generation(p) => format!("electricity generation in {}, {}", place(p), self.year),
            Column::PathwayDelivery(p) => format!("electricity at a socket in {}, over the car's life", place(p)),
            Column::Released(flow, p) => format!("{} released in {}", tables.methods.flow(flow).name, place(p)),
            Column::Background(product, number) => {
                let theirs = self.background.as_ref().and_then(|b| b.products.get(number as usize)).map_or("the background", |p| &p.label);
                format!("{}: {theirs}", tables.cards.product(product).name)
            }
        }
    }

    /// Whether a column's own card reports an impact family in full; columns without a card have no flows to report.
    pub fn carries(&self, cards: &Cards, id: ColumnId, family: usize) -> bool {
        match self.column(id) {
            Column::Process(process, _) => cards.process(process).carries.has(family),
            Column::Background(..) => self.background.as_ref().is_some_and(|b| b.carries(family)),
            _ => Families::ALL.has(family),
        }
    }
}

/// Everything that a placed network follows from, besides the tables.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NetworkKey {
    year: i32,
    pathway_years: u32,
    sourcing: Vec<Sourced>,
    wanted: Vec<Column>,
    electricity_product: Option<ProductId>,
    is_cut: bool,
    routes: Vec<(ProductId, ProcessId)>,
}

/// A product with the shares of its suppliers and the places that may not supply.
type Sourced = (ProductId, Vec<(PlaceId, f64)>, Vec<PlaceId>);

/// How the life of the car moves the mix of its charging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseGrid {
    /// The mix of the year of the assessment, all life long.
    Static,
    /// Each year of life on its own mix; so many years.
    Pathway(u32),
}

/// Builds a placed network on demand.
#[derive(Debug)]
pub struct PlacedNetworkBuilder<'t> {
    tables: &'t Tables,
    year: i32,
    sourcing: Vec<Sourced>,
    builder: NetworkBuilder,
    columns: Vec<Column>,
    index: FxHashMap<Column, ColumnId>,
    /// What [`Self::made_in`] found for a product in a place.
    made: FxHashMap<(ProductId, PlaceId), ColumnId>,
    lineages: FxHashMap<PlaceId, Arc<[PlaceId]>>,
    expanded: usize,
    notices: Vec<String>,
    pathway_years: u32,
    world: PlaceId,
    electricity: [Option<ProductId>; 2],
    electricity_product: Option<ProductId>,
    cuts: Option<Vec<Cut>>,
    routes: FxHashMap<ProductId, ProcessId>,
    background: Option<Arc<Background>>,
}

impl<'t> PlacedNetworkBuilder<'t> {
    /// Starts a network for a year under a car's sourcing rules.
    ///
    /// # Errors
    /// A sourcing rule names an unknown product or place.
    pub fn new(tables: &'t Tables, year: i32, sourcing: &[SourcingRule]) -> Result<Self, NetworkError> {
        let mut rules = Vec::new();
        for rule in sourcing {
            let product = tables.cards.product_id(&rule.product).ok_or_else(|| NetworkError::UnknownProduct(rule.product.clone()))?;
            let shares = rule.shares.iter().map(|(p, s)| Ok((tables.places.id(p)?, *s))).collect::<Result<Vec<_>, UnknownPlace>>()?;
            let bans = rule.bans.iter().map(|p| tables.places.id(p)).collect::<Result<Vec<_>, _>>()?;
            rules.push((product, shares, bans));
        }
        Ok(Self {
            tables,
            year,
            sourcing: rules,
            builder: NetworkBuilder::new(),
            columns: Vec::new(),
            index: FxHashMap::default(),
            made: FxHashMap::default(),
            lineages: FxHashMap::default(),
            expanded: 0,
            notices: Vec::new(),
            pathway_years: 1,
            world: tables.places.id("WORLD")?,
            electricity: ["electricity-high-voltage", "electricity-low-voltage"].map(|e| tables.cards.product_id(e)),
            electricity_product: None,
            cuts: None,
            routes: FxHashMap::default(),
            background: None,
        })
    }

    /// Leaves every market with known shares without suppliers and lists them instead ([`PlacedNetwork::cuts`]), so that
    /// they may be chosen anew. The suppliers' own columns are there.
    #[must_use]
    pub fn with_cut_markets(mut self) -> Self {
        self.cuts = Some(Vec::new());
        self
    }

    /// Every process draws this product instead of the electricity of its place, at either voltage and without delivery
    /// loss: to solve a foreign database's processes on that database's own electricity.
    #[must_use]
    pub const fn with_electricity_process(mut self, product: ProductId) -> Self {
        self.electricity_product = Some(product);
        self
    }

    /// Every plant makes the products of these processes by them, whatever the routes of its place say.
    #[must_use]
    pub fn with_routes(mut self, processes: impl IntoIterator<Item = ProcessId>) -> Self {
        self.routes.extend(processes.into_iter().map(|p| (self.tables.cards.process(p).product, p)));
        self
    }

    fn cards(&self) -> &'t Cards {
        &self.tables.cards
    }
    fn places(&self) -> &'t Places {
        &self.tables.places
    }
    fn rows(&self) -> &'t Rows {
        &self.tables.rows
    }
    /// A place, those around it, and the world.
    fn lineage(&mut self, place: PlaceId) -> Arc<[PlaceId]> {
        let (places, world) = (&self.tables.places, self.world);
        let lineage = self.lineages.entry(place).or_insert_with(|| {
            let rest = (!places.lineage(place).any(|p| p == world)).then_some(world);
            places.lineage(place).chain(rest).collect()
        });
        Arc::clone(lineage)
    }

    fn grade(status: Status) -> Grade {
        Grade::new(status.rank()).unwrap_or(Grade::WEAKEST)
    }

    /// A coefficient that follows a table value, of the value's own status.
    fn following(&self, value: &Value) -> Coefficient {
        let coefficient =
            if value.row == RowId::GIVEN { Coefficient::exact(value.best) } else { Coefficient::uncertain(value.best, FactorId(value.row.0)) };
        coefficient.with_grade(Self::grade(self.rows().status(value.row)))
    }

    fn column(&mut self, column: Column) -> ColumnId {
        if let Some(id) = self.index.get(&column) {
            return *id;
        }
        let id = self.builder.add_column(self.columns.len() as u32);
        self.columns.push(column);
        self.index.insert(column, id);
        id
    }

    /// The column of a product made in a place.
    ///
    /// # Errors
    /// No process makes it there, or several do and no route says which.
    pub fn made_in(&mut self, product: ProductId, place: PlaceId) -> Result<ColumnId, NetworkError> {
        if let Some(found) = self.made.get(&(product, place)) {
            return Ok(*found);
        }
        let found = self.find_made_in(product, place)?;
        self.made.insert((product, place), found);
        Ok(found)
    }

    fn find_made_in(&mut self, product: ProductId, place: PlaceId) -> Result<ColumnId, NetworkError> {
        if let Some(mapped) = self.mapped_column(product, Some(place)) {
            return Ok(mapped);
        }
        if let Some(level) = self.voltage(product) {
            return match self.electricity_product {
                Some(other) => self.made_in(other, place),
                None => Ok(self.column(Column::Delivery(place, level))),
            };
        }
        if let Some(process) = self.routes.get(&product).copied() {
            return self.made_by_route(process, place);
        }
        let lineage = self.lineage(place);
        let routes = self.tables.markets.routes(self.cards(), self.places(), product, &lineage, self.year)?;
        if let [one] = routes.as_slice() {
            return Ok(self.column(Column::Process(one.of, place)));
        }
        Ok(self.column(Column::Supply(product, place)))
    }

    fn made_by_route(&mut self, process: ProcessId, place: PlaceId) -> Result<ColumnId, NetworkError> {
        if let Some(known) = &self.cards().process(process).places
            && !self.places().lineage(place).any(|p| known.contains(&p))
        {
            let known = known.iter().map(|p| self.places().code(*p)).collect::<Vec<_>>().join(", ");
            let place = self.places().code(place).to_owned();
            return Err(NetworkError::RouteElsewhere { process: self.cards().process(process).id.clone(), place, known });
        }
        Ok(self.column(Column::Process(process, place)))
    }

    /// The column of one technology that stands in a place, whether or not a route leads to it.
    pub fn made_by(&mut self, process: ProcessId, place: PlaceId) -> ColumnId {
        self.column(Column::Process(process, place))
    }

    /// The column that a user in `place` buys a product from: the socket, the place itself, or the world market.
    ///
    /// # Errors
    /// No process makes it where it is wanted.
    pub fn bought_in(&mut self, product: ProductId, place: PlaceId) -> Result<ColumnId, NetworkError> {
        if !self.cards().product(product).has_world_market {
            return self.made_in(product, place);
        }
        Ok(self.mapped_column(product, None).unwrap_or_else(|| self.column(Column::Market(product))))
    }

    /// The column that a car plant in `place` buys a product from: part of it at home, where `markets/home.csv` says so.
    ///
    /// # Errors
    /// No process makes it where it is wanted.
    pub fn bought_by_plant(&mut self, product: ProductId, place: PlaceId) -> Result<ColumnId, NetworkError> {
        if self.cards().product(product).has_world_market
            && let Some(mapped) = self.mapped_column(product, None)
        {
            return Ok(mapped);
        }
        let is_ruled = self.sourcing.iter().any(|r| r.0 == product);
        let group = &self.cards().product(product).id;
        if self.cards().product(product).has_world_market && !is_ruled && self.tables.home_share(group).is_some() {
            return Ok(self.column(Column::HomeMarket(product, place)));
        }
        self.bought_in(product, place)
    }

    /// The column of charging in a place over the car's life.
    pub fn charging(&mut self, place: PlaceId, grid: UseGrid) -> ColumnId {
        let mapped = self.electricity[1].and_then(|low| self.mapped_column(low, Some(place)));
        if let Some(mapped) = mapped {
            if grid != UseGrid::Static {
                self.notices
                    .push(format!("mix of {} over the car's life: that of the background, the same all life long", self.places().code(place)));
            }
            return mapped;
        }
        match grid {
            UseGrid::Static => self.column(Column::Delivery(place, VoltageLevel::Low)),
            UseGrid::Pathway(years) => {
                self.pathway_years = years.max(1);
                self.column(Column::PathwayDelivery(place))
            }
        }
    }

    /// The column of a unit of a flow that is released in a place.
    pub fn released(&mut self, flow: data::FlowId, place: PlaceId) -> ColumnId {
        self.column(Column::Released(flow, place))
    }

    fn voltage(&self, product: ProductId) -> Option<VoltageLevel> {
        match self.electricity {
            [high, _] if high == Some(product) => Some(VoltageLevel::High),
            [_, low] if low == Some(product) => Some(VoltageLevel::Low),
            _ => None,
        }
    }

    /// What [`build`](Self::build) would build from: two builders with the same key build the same network, bit by bit.
    pub(crate) fn key(&self) -> NetworkKey {
        let mut routes: Vec<_> = self.routes.iter().map(|(product, process)| (*product, *process)).collect();
        routes.sort_unstable();
        NetworkKey {
            year: self.year,
            pathway_years: self.pathway_years,
            sourcing: self.sourcing.clone(),
            wanted: self.columns.clone(),
            electricity_product: self.electricity_product,
            is_cut: self.cuts.is_some(),
            routes,
        }
    }

    /// Expands every column until nothing is missing, and hands over to the engine.
    ///
    /// # Errors
    /// A product without a maker, a place without electricity, or coefficients that the engine refuses.
    pub fn build(mut self) -> Result<PlacedNetwork, NetworkError> {
        while self.expanded < self.columns.len() {
            let id = ColumnId(self.expanded as u32);
            self.expanded += 1;
            match self.columns[id.index()] {
                Column::Process(process, place) => self.expand_process(id, process, place)?,
                Column::Supply(product, place) => self.expand_supply(id, product, place)?,
                Column::Market(product) => self.expand_market(id, product)?,
                Column::HomeMarket(product, place) => self.expand_home(id, product, place)?,
                Column::Delivery(place, level) => {
                    let generation = self.column(Column::Generation(place));
                    self.deliver(id, generation, 1.0, place, level, Status::Read);
                }
                Column::Generation(place) => {
                    let notice = self.expand_generation(id, place, self.year, 1.0, None)?;
                    self.notices.extend(notice);
                }
                Column::PathwayDelivery(place) => self.expand_pathway(id, place)?,
                Column::Background(_, number) => self.expand_background(id, number),
                Column::Released(flow, _) => {
                    self.builder.add_flow(id, FlowId(u32::from(flow.0)), Coefficient::exact(1.0));
                }
            }
        }
        self.notices.sort();
        self.notices.dedup();
        Ok(PlacedNetwork {
            network: self.builder.build()?,
            year: self.year,
            notices: self.notices,
            cuts: self.cuts.unwrap_or_default(),
            background: self.background,
            columns: self.columns,
            index: self.index,
        })
    }

    fn expand_process(&mut self, id: ColumnId, process: ProcessId, place: PlaceId) -> Result<(), NetworkError> {
        let lineage = self.lineage(place);
        for exchange in self.tables.cards.exchanges_at(process, &lineage) {
            let amount = self.following(&exchange.amount);
            match exchange.target {
                Target::Product(product) => {
                    let supplier = self.bought_in(product, place)?;
                    self.builder.add_input(id, supplier, amount);
                }
                Target::Flow(flow) => {
                    self.builder.add_flow(id, FlowId(u32::from(flow.0)), amount);
                }
            }
        }
        Ok(())
    }

    fn expand_supply(&mut self, id: ColumnId, product: ProductId, place: PlaceId) -> Result<(), NetworkError> {
        let lineage = self.lineage(place);
        let routes = self.tables.markets.routes(self.cards(), self.places(), product, &lineage, self.year)?;
        for route in routes {
            let supplier = self.column(Column::Process(route.of, place));
            let amount = self.following(&route.share).in_group(GroupId(0));
            self.builder.add_input(id, supplier, amount);
        }
        Ok(())
    }

    /// Who supplies the market for a product under the sourcing rules, and with what share; whether the tables know any.
    fn suppliers(&self, product: ProductId) -> Result<(Vec<(PlaceId, Value)>, bool), NetworkError> {
        let rule = self.sourcing.iter().find(|r| r.0 == product);
        let known = self.tables.markets.shares(product, self.year).map(|(_, shares)| shares);
        let is_known = known.is_some() || rule.is_some_and(|r| !r.1.is_empty());
        let mut suppliers: Vec<(PlaceId, Value)> = match (rule, known) {
            (Some((_, shares, _)), _) if !shares.is_empty() => shares.iter().map(|(p, s)| (*p, Value::given(*s))).collect(),
            (_, Some(shares)) => shares.iter().map(|s| (s.of, s.share)).collect(),
            (_, None) => vec![(self.world, Value::given(1.0))],
        };
        if let Some((_, _, bans)) = rule
            && !bans.is_empty()
        {
            let market = suppliers.iter().map(|s| self.places().code(s.0)).collect::<Vec<_>>().join(", ");
            suppliers.retain(|s| !self.places().lineage(s.0).any(|p| bans.contains(&p)));
            let left: f64 = suppliers.iter().map(|s| s.1.best).sum();
            if left <= 0.0 {
                return Err(NetworkError::NoSupplier { product: self.cards().product(product).id.clone(), market });
            }
            // What is left of a market is no row's number: its shares are exact, and as well known as their rows.
            suppliers =
                suppliers.into_iter().map(|(p, s)| (p, Value { best: s.best / left, low: s.best / left, high: s.best / left, ..s })).collect();
        }
        Ok((suppliers, is_known))
    }

    fn expand_market(&mut self, id: ColumnId, product: ProductId) -> Result<(), NetworkError> {
        let (suppliers, is_known) = self.suppliers(product)?;
        let has_bans = self.sourcing.iter().any(|r| r.0 == product && !r.2.is_empty());
        for (place, share) in suppliers {
            let supplier = self.made_in(product, place)?;
            match &mut self.cuts {
                Some(cuts) if is_known => cuts.push(Cut { market: id, supplier, place, share, is_home: false }),
                _ => {
                    let coefficient = if has_bans {
                        Coefficient::exact(share.best).with_grade(Self::grade(self.rows().status(share.row)))
                    } else {
                        self.following(&share)
                    };
                    self.builder.add_input(id, supplier, coefficient.in_group(GroupId(0)));
                }
            }
        }
        self.add_freight(id, product, 1.0)
    }

    fn add_freight(&mut self, id: ColumnId, product: ProductId, amount: f64) -> Result<(), NetworkError> {
        if self.cards().product(product).unit != "kg" {
            return Ok(());
        }
        for freight in self.tables.markets.freight(product) {
            let carrier = self.made_in(freight.mode, self.world)?;
            // One kilogram over `km` kilometres, in tonne-kilometres.
            let per_kg = freight.km.scaled(amount * Mass::from_kg(1.0).t());
            let coefficient = self.following(&per_kg);
            self.builder.add_input(id, carrier, coefficient);
        }
        Ok(())
    }

    fn expand_home(&mut self, id: ColumnId, product: ProductId, place: PlaceId) -> Result<(), NetworkError> {
        let country = self.places().country(place);
        let share = self.tables.home_share(&self.cards().product(product).id);
        let makes_it = self
            .tables
            .markets
            .shares(product, self.year)
            .is_none_or(|(_, shares)| shares.iter().any(|s| self.places().lineage(s.of).any(|p| p == country)));
        let home = if makes_it { share } else { None };
        if self.cuts.is_some() {
            return self.cut_home(id, product, place, home);
        }
        let mut rest = 1.0;
        if let Some(home) = home {
            let supplier = self.made_in(product, place)?;
            let coefficient = self.following(&home).in_group(GroupId(0));
            self.builder.add_input(id, supplier, coefficient);
            rest -= home.best;
        }
        if rest > 0.0 {
            let market = self.column(Column::Market(product));
            let coefficient = Coefficient::exact(rest).in_group(GroupId(0));
            self.builder.add_input(id, market, coefficient);
        }
        Ok(())
    }

    /// The suppliers of a plant that buys part at home, for a cut network.
    fn cut_home(&mut self, id: ColumnId, product: ProductId, place: PlaceId, home: Option<Value>) -> Result<(), NetworkError> {
        let (suppliers, is_known) = self.suppliers(product)?;
        let market = self.column(Column::Market(product));
        if !is_known {
            self.builder.add_input(id, market, Coefficient::exact(1.0));
            return Ok(());
        }
        let mut cuts = Vec::new();
        let mut rest = 1.0;
        if let Some(home) = home {
            cuts.push(Cut { market: id, supplier: self.made_in(product, place)?, place, share: home, is_home: true });
            rest -= home.best;
        }
        for (place, share) in suppliers {
            cuts.push(Cut { market: id, supplier: self.made_in(product, place)?, place, share: share.scaled(rest), is_home: false });
        }
        self.cuts.get_or_insert_default().extend(cuts);
        Ok(())
    }

    fn deliver(&mut self, id: ColumnId, generation: ColumnId, share: f64, place: PlaceId, level: VoltageLevel, status: Status) {
        // 1/(1−l) = 1 + l/(1−l): the second part follows the loss, which is small, in first order.
        self.builder.add_input(id, generation, Coefficient::exact(share).with_grade(Self::grade(status)));
        let lineage = self.lineage(place);
        if let Some(loss) = self.tables.electricity.loss(&lineage, level) {
            let extra = loss.scaled(share / (1.0 - loss.best));
            let coefficient = self.following(&extra);
            self.builder.add_input(id, generation, coefficient);
        }
    }

    fn expand_generation(
        &mut self,
        id: ColumnId,
        place: PlaceId,
        year: i32,
        weight: f64,
        extra: Option<Value>,
    ) -> Result<Option<String>, NetworkError> {
        let tables = self.tables;
        let electricity: &Electricity = &tables.electricity;
        let mix = electricity.mix_or_nearest(self.places(), place, year)?;
        let status = tables.rows.weakest(mix.rows.iter().copied()).max(mix.status);
        let lineage = self.lineage(place);
        for (technology, share) in mix.shares.iter().enumerate().filter(|s| *s.1 > 0.0) {
            let parts = electricity.technology(&lineage, technology);
            if parts.is_empty() {
                return Err(NetworkError::UnknownProduct(format!("electricity from {}", TECHNOLOGIES[technology])));
            }
            for part in parts {
                let plant = self.column(Column::Process(part.process, place));
                let part_status = status.max(tables.rows.status(part.row));
                let grade = Self::grade(part_status);
                let amount = weight * share * part.share;
                self.builder.add_input(id, plant, Coefficient::exact(amount).with_grade(grade));
                if let Some(loss) = &extra {
                    let coefficient = self.following(&loss.scaled(amount / (1.0 - loss.best)));
                    let grade = grade.max(coefficient.grade());
                    self.builder.add_input(id, plant, coefficient.with_grade(grade));
                }
            }
        }
        Ok(mix.notice)
    }

    fn expand_pathway(&mut self, id: ColumnId, place: PlaceId) -> Result<(), NetworkError> {
        let years = self.pathway_years;
        let mut stand_ins = 0;
        let loss = self.tables.electricity.loss(&self.lineage(place), VoltageLevel::Low);
        for step in 0..years {
            let notice = self.expand_generation(id, place, self.year + step as i32, 1.0 / f64::from(years), loss)?;
            stand_ins += u32::from(notice.is_some());
        }
        if stand_ins > 0 {
            let (place, last) = (self.places().code(place), self.year + years as i32 - 1);
            self.notices.push(format!(
                "mix of {place} over the car's life, {} to {last}: {stand_ins} of {years} years are interpolated or stand in for others",
                self.year
            ));
        }
        Ok(())
    }
}
