//! Every table of a data set, read once and checked together.

use minewheel_data::cards::{Cards, ProductId};
use minewheel_data::catalogue::Catalogue;
use minewheel_data::cycles::Cycles;
use minewheel_data::dependence::Dependence;
use minewheel_data::electricity::Electricity;
use minewheel_data::loader::{Loader, Rows};
use minewheel_data::markets::Markets;
use minewheel_data::methods::Methods;
use minewheel_data::parameters::Parameters;
use minewheel_data::places::Places;
use minewheel_data::row::Value;
use minewheel_data::source::Sources;
use minewheel_data::store::Store;
use minewheel_data::supply::Supply;
use minewheel_data::table::{Fault, Violation};
use minewheel_data::units::convert;
use minewheel_model::ageing::AgeingTables;
use minewheel_model::battery::CellTables;
use minewheel_model::body::BodyTables;
use minewheel_model::charging::ChargingTables;
use minewheel_model::drive::{DriveTables, PerformanceTables, ProcedureTables, Rules};
use minewheel_model::motor::MotorTables;
use minewheel_model::plant::PlantTables;
use minewheel_model::recycling::{RecyclingTables, Target};
use minewheel_model::vehicle::VehicleTables;
use rustc_hash::FxHashMap;

use crate::battery::BatteryTables;
use crate::network::{NetworkError, PlacedNetworkBuilder};
use crate::recovery::Recovery;

/// Every table that an assessment needs.
#[derive(Debug)]
pub struct Tables {
    /// Where numbers come from.
    pub sources: Sources,
    /// Every row's source, status and spread.
    pub rows: Rows,
    /// Places.
    pub places: Places,
    /// Elementary flows and characterisation factors.
    pub methods: Methods,
    /// Process cards.
    pub cards: Cards,
    /// Markets, routes, freight.
    pub markets: Markets,
    /// Mixes, technologies, losses.
    pub electricity: Electricity,
    /// Country shares by tier.
    pub supply: Supply,
    /// Cars.
    pub catalogue: Catalogue,
    /// Cells, packs and their recycling.
    pub cells: CellTables,
    /// Drive cycles.
    pub cycles: Cycles,
    /// Parameters of the drive model.
    pub drive: DriveTables,
    /// Parameters of the forward model.
    pub performance: PerformanceTables,
    /// Numbers of the certification procedures.
    pub procedures: ProcedureTables,
    /// Parameters of machines.
    pub motors: MotorTables,
    /// Parameters of charging.
    pub charging: ChargingTables,
    /// Cell laws and the use of packs.
    pub ageing: AgeingTables,
    /// Components, compositions, upkeep, parts of the body.
    pub vehicles: VehicleTables,
    /// Shops of a car plant, and measures.
    pub plant: PlantTables,
    /// Recycling of packs.
    pub recycling: RecyclingTables,
    /// Prices.
    pub prices: Parameters,
    /// What becomes of materials at the end of life.
    pub recovery: Recovery,
    /// Governance, restrictions of export, owners, parameters of risk and disruption.
    pub dependence: Dependence,
    /// Stages, routes and prices of a battery's chain.
    pub battery: BatteryTables,
    /// Fingerprint of all tables.
    pub fingerprint: String,
    home: FxHashMap<String, Value>,
}

impl Tables {
    /// Reads every table of a store. With `check_all`, every cell is held against its schema too.
    ///
    /// # Errors
    /// Every violation of every table, in order of file and line.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let places = Places::read(&mut loader);
        let methods = Methods::read(&mut loader);
        let cards = Cards::read(&mut loader, &places, &methods);
        let markets = Markets::read(&mut loader, &places, &cards);
        let electricity = Electricity::read(&mut loader, &places, &cards);
        let supply = Supply::read(&mut loader, &places);
        let home = read_home(&mut loader, &cards);
        let mut cells = CellTables::read(&mut loader);
        let cycles = Cycles::read(&mut loader);
        let drive = DriveTables::read(&mut loader);
        let vehicles = VehicleTables::read_first(&mut loader);
        let prices = Parameters::read(&mut loader, "prices/prices.csv");
        let recovery = Recovery::read(&mut loader, &cards);
        let catalogue = Catalogue::read(&mut loader, &chemistries(&cells));
        let drive = drive.map_err(|error| loader.fault_in("drive/", Fault::Model { reason: error.to_string() })).ok();
        let vehicles = vehicles.map_err(|error| loader.fault_in("vehicles/", Fault::Model { reason: error.to_string() })).ok();
        // Read last: rows keep their numbers, and draws their streams, when these tables grow.
        let performance = PerformanceTables::read(&mut loader);
        let charging = ChargingTables::read(&mut loader);
        let motors = MotorTables::read(&mut loader);
        let ageing = AgeingTables::read(&mut loader);
        let procedures = ProcedureTables::read(&mut loader);
        let procedures = procedures.map_err(|error| loader.fault_in("drive/procedures.csv", Fault::Model { reason: error.to_string() })).ok();
        let motors = motors.map_err(|error| loader.fault_in("motors/", Fault::Model { reason: error.to_string() })).ok();
        let performance = performance.map_err(|error| loader.fault_in("drive/performance.csv", Fault::Model { reason: error.to_string() })).ok();
        let charging = charging.map_err(|error| loader.fault_in("charging/", Fault::Model { reason: error.to_string() })).ok();
        let ageing = ageing.map_err(|error| loader.fault_in("ageing/", Fault::Model { reason: error.to_string() })).ok();
        let body = BodyTables::read(&mut loader);
        let body = body.map_err(|error| loader.fault_in("body/", Fault::Model { reason: error.to_string() })).ok();
        let plant = PlantTables::read(&mut loader);
        let plant = plant.map_err(|error| loader.fault_in("plant/", Fault::Model { reason: error.to_string() })).ok();
        let recycling = RecyclingTables::read(&mut loader, &cells);
        check_recycling(&mut loader, &recycling, &cards, &methods);
        let mut dependence = Dependence::read(&mut loader, &places, &supply);
        cells.read_designer(&mut loader);
        recycling.check_further(&mut loader, &cells);
        let battery = BatteryTables::read(&mut loader, &places, &cards);
        dependence.read_mine_owners(&mut loader, &places, &supply);
        let (sources, rows) = loader.finish()?;
        // Both are there: a missing one is among the violations.
        let (Some(drive), Some(vehicles)) = (drive, vehicles) else { return Err(Vec::new()) };
        let (Some(performance), Some(charging), Some(motors), Some(procedures)) = (performance, charging, motors, procedures) else {
            return Err(Vec::new());
        };
        let (Some(body), Some(plant), Some(ageing)) = (body, plant, ageing) else { return Err(Vec::new()) };
        Ok(Self {
            sources,
            rows,
            places,
            methods,
            cards,
            markets,
            electricity,
            supply,
            catalogue,
            cells,
            cycles,
            drive,
            performance,
            procedures,
            charging,
            ageing,
            motors,
            vehicles: vehicles(body),
            plant,
            recycling,
            prices,
            recovery,
            dependence,
            battery,
            fingerprint: store.fingerprint(),
            home,
        })
    }

    /// Ids of the cell chemistries.
    pub fn chemistries(&self) -> Vec<String> {
        chemistries(&self.cells)
    }

    /// What official ranges need.
    pub fn rules(&self) -> Rules<'_> {
        Rules { cycles: &self.cycles, drive: &self.drive, procedures: &self.procedures, label_factor: None, has_five_cycles: false }
    }

    /// Places every product of a world market on the world market of the last historical year, so that a missing maker or
    /// mix is found before a car needs it.
    ///
    /// # Errors
    /// What the network lacks.
    pub fn check_network(&self) -> Result<usize, NetworkError> {
        let world = self.places.id("WORLD")?;
        let year = self.electricity.last_historical_year(&self.places, world)?;
        let mut builder = PlacedNetworkBuilder::new(self, year, &[])?;
        for (index, product) in self.cards.products().iter().enumerate() {
            if product.has_world_market {
                builder.bought_in(ProductId(index as u32), world)?;
            }
        }
        Ok(builder.build()?.columns().len())
    }

    /// The share of a product that a car plant buys in its own country, if it buys any there by habit.
    pub fn home_share(&self, product: &str) -> Option<Value> {
        self.home.get(product).copied()
    }
}

/// The tables that driving needs, without those of the network, which are most of the data.
#[derive(Debug)]
pub struct RoadTables {
    /// Places.
    pub places: Places,
    /// Cars.
    pub catalogue: Catalogue,
    /// Drive cycles.
    pub cycles: Cycles,
    /// Parameters of the drive model.
    pub drive: DriveTables,
    /// Numbers of the certification procedures.
    pub procedures: ProcedureTables,
}

impl RoadTables {
    /// Reads them from a store that is known to be sound as a whole: tables that nobody asks for are not looked at.
    ///
    /// # Errors
    /// Every violation of these tables, in order of file and line.
    pub fn read(store: &Store) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, false);
        let places = Places::read(&mut loader);
        let cycles = Cycles::read(&mut loader);
        let drive = DriveTables::read(&mut loader).map_err(|error| loader.fault_in("drive/", Fault::Model { reason: error.to_string() })).ok();
        let procedures = ProcedureTables::read(&mut loader);
        let procedures = procedures.map_err(|error| loader.fault_in("drive/procedures.csv", Fault::Model { reason: error.to_string() })).ok();
        let known: Vec<String> = drive.iter().flat_map(|d| &d.cells).map(|c| c.chemistry.clone()).collect();
        let catalogue = Catalogue::read(&mut loader, &known);
        loader.finish()?;
        // Both are there: a missing one is among the violations.
        let (Some(drive), Some(procedures)) = (drive, procedures) else { return Err(Vec::new()) };
        Ok(Self { places, catalogue, cycles, drive, procedures })
    }

    /// Ids of the cell chemistries.
    pub fn chemistries(&self) -> Vec<String> {
        self.drive.cells.iter().map(|c| c.chemistry.clone()).collect()
    }

    /// What official ranges need.
    pub fn rules(&self) -> Rules<'_> {
        Rules { cycles: &self.cycles, drive: &self.drive, procedures: &self.procedures, label_factor: None, has_five_cycles: false }
    }
}

fn chemistries(cells: &CellTables) -> Vec<String> {
    cells.cells().iter().map(|c| c.id().to_owned()).collect()
}

/// Recycling buys and replaces products of the cards, in units that convert to theirs.
fn check_recycling(loader: &mut Loader<'_>, recycling: &RecyclingTables, cards: &Cards, methods: &Methods) {
    for product in recycling.card_products().filter(|p| cards.product_id(p).is_none()) {
        let reason = format!("`{product}` is no product of the process cards");
        loader.fault_in("recycling/", Fault::Model { reason });
    }
    for (target, id, unit, row) in recycling.inputs() {
        let known = match target {
            Target::Product => cards.product_id(id).map(|p| cards.product(p).unit.as_str()),
            Target::Flow => methods.flow_id(id).map(|f| methods.flow(f).unit.as_str()),
        };
        let subject = id.to_string();
        match known {
            None => loader.fault_at(row, "id", Fault::Law { subject, rule: "an input is a product or a flow of the tables", seen: id.to_string() }),
            Some(wanted) => {
                if let Err(error) = convert(1.0, unit, wanted) {
                    loader.fault_at(row, "unit", error.into());
                }
            }
        }
    }
}

fn read_home(loader: &mut Loader<'_>, cards: &Cards) -> FxHashMap<String, Value> {
    let mut home = FxHashMap::default();
    let Some(table) = loader.table("markets/home.csv") else { return home };
    for row in 0..table.len() {
        let product = table.text(row, "product_id");
        if cards.product_id(product).is_none() {
            loader.unknown_name(&table, row, "product_id", "product", cards.products().iter().map(|p| p.id.as_str()));
            continue;
        }
        if let Some(share) = loader.value(&table, row, "home_share") {
            if (0.0..=1.0).contains(&share.best) {
                home.insert(product.to_owned(), share);
            } else {
                loader.fault(
                    &table,
                    row,
                    Some("home_share"),
                    Fault::OutOfRange { column: "home_share".to_owned(), seen: share.best, minimum: 0.0, maximum: 1.0 },
                );
            }
        }
    }
    home
}
