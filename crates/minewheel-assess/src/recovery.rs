//! Credits for recovered material, for the presets `avoided-burden` and `cff`.
//!
//! A car is credited for the primary metal that its scrap replaces, less the scrap that its own making took in free
//! of burden, so that no scrap is counted twice:
//!
//! ```text
//! avoided-burden   net_m = R_m·q_m − U_m        credit = net_m·(primary_m − secondary_m)
//! cff              credit = (1 − A_m)·(R_m − U_m)·(q_m·primary_m − secondary_m) − energy
//! ```
//!
//! `R`: mass recovered at the end of life, `q`: its quality against primary metal, `U`: secondary metal in the car's
//! own supply chain, `A`: see [`crate::cff`]. A negative net is a burden: the car used more scrap than it leaves. Packs are
//! recycled apart, by the route `hydro` of [`minewheel_model::recycling`]: every pack that the car's life takes is credited
//! with what its products replace, and what its making took in as recycled content is set off.
//!
//! Every draw counts its own packs, contents and recoveries; what the car's supply chain took in stays at its best estimate.

use std::sync::Arc;

use minewheel_data::cards::{Cards, ProductId};
use minewheel_data::loader::Loader;
use minewheel_data::places::PlaceId;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_data::units::Energy;
use minewheel_lca::{ColumnId, Demand, forward};
use minewheel_model::bill::{BillLine, Phase, Stage};
use minewheel_model::recycling::{Feed, RecyclingError, recycle};

use crate::AssessError;
use crate::assessment::Prepared;
use crate::cff::CircularParameters;
use crate::footprint::PlacedLine;
use crate::inventory::Inventory;
use crate::network::{Column, NetworkError, PlacedNetwork, PlacedNetworkBuilder};
use crate::recycling::{CARBON_DIOXIDE, Columns, ROUTE, is_content, is_work};
use crate::scenario::{Preset, Scenario};
use crate::tables::Tables;

/// What energy from waste replaces.
const HEAT: &str = "heat";
const ELECTRICITY: &str = "electricity-high-voltage";

#[derive(Debug, Clone)]
struct Material {
    name: String,
    share: Value,
    replaces: ProductId,
    quality: f64,
    process: ProductId,
}

/// What becomes of materials at the end of a car's life.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    materials: Vec<Material>,
    products: Vec<(ProductId, usize, RowId)>,
}

impl Recovery {
    /// Reads `endoflife/endoflife.csv` and `endoflife/products.csv`.
    pub fn read(loader: &mut Loader<'_>, cards: &Cards) -> Self {
        let mut all = Self::default();
        if let Some(table) = loader.table("endoflife/endoflife.csv") {
            for row in 0..table.len() {
                let mut product = |column: &str| {
                    let found = cards.product_id(table.text(row, column));
                    if found.is_none() {
                        loader.unknown_name(&table, row, column, "product", cards.products().iter().map(|p| p.id.as_str()));
                    }
                    found
                };
                let (Some(replaces), Some(process)) = (product("replaces_product_id"), product("process_product_id")) else { continue };
                let quality = loader.number_in(&table, row, "quality_factor").unwrap_or(1.0);
                let Some(share) = loader.value(&table, row, "recovered_share") else { continue };
                all.materials.push(Material { name: table.text(row, "material").to_owned(), share, replaces, quality, process });
            }
        }
        if let Some(table) = loader.table("endoflife/products.csv") {
            for row in 0..table.len() {
                let Some(product) = cards.product_id(table.text(row, "product_id")) else {
                    loader.unknown_name(&table, row, "product_id", "product", cards.products().iter().map(|p| p.id.as_str()));
                    continue;
                };
                match all.materials.iter().position(|m| m.name == table.text(row, "material")) {
                    Some(material) => all.products.push((product, material, loader.row(&table, row))),
                    None => loader.unknown_name(&table, row, "material", "material of endoflife.csv", all.materials.iter().map(|m| m.name.as_str())),
                }
            }
        }
        all
    }
}

/// What a credit is a quantity of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Good {
    /// A product of the process cards.
    Product(ProductId),
    /// Carbon dioxide of plastics that are burnt.
    CarbonDioxide,
    /// What the line of recycled content of this number buys, where it buys it.
    Content(usize),
    /// What the line of this number takes for recycling packs, where they are recycled.
    Work(usize),
}

/// One credit: part, what of, how much.
#[derive(Debug, Clone)]
struct Credit {
    part: Arc<str>,
    good: Good,
    amount: f64,
    status: Status,
}

/// The credits of one car: what its supply chain took in, and the columns of its credits in their order.
#[derive(Debug, Clone, Default)]
pub struct Credits {
    taken: Vec<(ProductId, f64)>,
    columns: Vec<ColumnId>,
}

/// Makes sure that every product a credit may need has a column.
pub(crate) fn register(tables: &Tables, builder: &mut PlacedNetworkBuilder<'_>, country: PlaceId, cathode: Option<&str>) -> Result<(), NetworkError> {
    for material in &tables.recovery.materials {
        builder.bought_in(material.replaces, country)?;
        builder.bought_in(material.process, country)?;
    }
    for product in [HEAT, ELECTRICITY] {
        builder.bought_in(product_of(tables, product)?, country)?;
    }
    if let Some(flow) = tables.methods.flow_id(CARBON_DIOXIDE) {
        builder.released(flow, country);
    }
    Columns::place(tables, builder, country, cathode)?;
    Ok(())
}

/// Adds the credits of every car to its placed lines.
///
/// # Errors
/// The network cannot be solved for the car's production, or its pack cannot be recycled.
pub fn add_credits(tables: &Tables, scenario: &Scenario, prepared: &mut Prepared<'_>) -> Result<(), AssessError> {
    let Prepared { cases, networks, .. } = prepared;
    for case in cases {
        let placed = &networks[case.network];
        let taken = taken(tables, &case.lines, placed)?;
        let credits = credits(tables, scenario, &case.inventory, &taken, &Draw::BEST)?;
        let of_lines = |is: fn(&BillLine) -> bool| -> Vec<ColumnId> {
            case.inventory.lines.iter().zip(&case.lines).filter(|(line, _)| is(line)).map(|(_, placed)| placed.column).collect()
        };
        let (content, work) = (of_lines(is_content), of_lines(is_work));
        let column = |credit: &Credit| -> Result<ColumnId, NetworkError> {
            let (found, of) = match credit.good {
                Good::Content(number) => (content.get(number).copied(), &*credit.part),
                Good::Work(number) => (work.get(number).copied(), &*credit.part),
                Good::Product(product) => (supplier(tables, placed, product, scenario.country), tables.cards.product(product).id.as_str()),
                Good::CarbonDioxide => {
                    let flow = tables.methods.flow_id(CARBON_DIOXIDE);
                    (flow.and_then(|flow| placed.find(Column::Released(flow, scenario.country))), CARBON_DIOXIDE)
                }
            };
            let place = || tables.places.code(scenario.country).to_owned();
            found.ok_or_else(|| NetworkError::NotDelivered { product: of.to_owned(), place: place() })
        };
        let columns: Vec<ColumnId> = credits.iter().map(column).collect::<Result<_, _>>()?;
        for (credit, &column) in credits.into_iter().zip(&columns) {
            case.lines.push(PlacedLine { stage: Stage::EndOfLife, part: credit.part, column, amount: credit.amount, status: credit.status });
        }
        case.credits = Credits { taken, columns };
    }
    Ok(())
}

impl Credits {
    /// Footprint of the credits of a draw.
    ///
    /// # Errors
    /// The drawn pack cannot be recycled.
    pub(crate) fn score(&self, tables: &Tables, scenario: &Scenario, drawn: &Inventory, scores: &[f64], draw: &Draw<'_>) -> Result<f64, AssessError> {
        if scenario.preset == Preset::CutOff {
            return Ok(0.0);
        }
        let credits = credits(tables, scenario, drawn, &self.taken, draw)?;
        Ok(credits.iter().zip(&self.columns).map(|(credit, column)| credit.amount * scores[column.index()]).sum())
    }
}

/// Secondary material that the car's own production took in, by the product of its process.
fn taken(tables: &Tables, lines: &[PlacedLine], placed: &PlacedNetwork) -> Result<Vec<(ProductId, f64)>, AssessError> {
    let production: Demand = lines.iter().filter(|l| l.stage.phase() == Phase::Production).map(|l| (l.column, l.amount)).collect();
    let activity = forward(&placed.network, &production)?;
    let mut taken: Vec<(ProductId, f64)> = Vec::new();
    for material in &tables.recovery.materials {
        if !taken.iter().any(|t| t.0 == material.process) {
            let made = |c: &Column| matches!(c, Column::Process(process, _) if tables.cards.process(*process).product == material.process);
            let sum = placed.columns().iter().zip(activity.values()).filter(|(c, _)| made(c)).map(|(_, x)| x).sum();
            taken.push((material.process, sum));
        }
    }
    Ok(taken)
}

/// The credits of a car in a draw, always in the same order.
fn credits(
    tables: &Tables,
    scenario: &Scenario,
    inventory: &Inventory,
    taken: &[(ProductId, f64)],
    draw: &Draw<'_>,
) -> Result<Vec<Credit>, AssessError> {
    let circular = match scenario.preset {
        Preset::CutOff => return Ok(Vec::new()),
        Preset::AvoidedBurden => None,
        Preset::Circular => Some(CircularParameters::read(&tables.recycling)?),
    };
    let mut found = Vec::new();
    let mut add = |part: &str, good: Good, amount: f64, status: Status| found.push(Credit { part: Arc::from(part), good, amount, status });
    let recovery = &tables.recovery;
    let mut used: Vec<ProductId> = Vec::new();
    for (index, material) in recovery.materials.iter().enumerate() {
        let contained: f64 = inventory
            .lines
            .iter()
            .filter(|l| l.stage.phase() == Phase::Production && !crate::uncertainty::is_battery(l))
            .filter(|l| recovery.products.iter().any(|p| p.1 == index && tables.cards.product(p.0).id == *l.product))
            .map(|l| l.contained.kg())
            .sum();
        let status = tables.rows.status(material.share.row);
        let part = format!("credit {}", material.name);
        let share = draw.of(&material.share).clamp(0.0, 1.0);
        if let Some(circular) = circular.as_ref().filter(|_| CircularParameters::burns(&material.name)) {
            energy(tables, circular, &part, contained, share, draw, status, &mut add)?;
        }
        if material.process == material.replaces {
            continue;
        }
        // Several materials may come from one secondary process; the scrap it took in is set off once.
        let mut used_here = 0.0;
        if !used.contains(&material.process) {
            used.push(material.process);
            used_here = taken.iter().find(|t| t.0 == material.process).map_or(0.0, |t| t.1);
        }
        let recovered = contained * share;
        let (primary, secondary) = match &circular {
            None => {
                let net = recovered * material.quality - used_here;
                (net, net)
            }
            Some(circular) => {
                let net = (1.0 - circular.a(&material.name, draw)) * (recovered - used_here);
                (net * material.quality, net)
            }
        };
        add(&part, Good::Product(material.replaces), -primary, status);
        add(&part, Good::Product(material.process), secondary, status);
    }
    if let Some(pack) = &inventory.pack {
        let others = circular.as_ref().map(|c| c.a("battery", draw));
        let kept = 1.0 - others.unwrap_or(0.0);
        let run = recycle(pack, &tables.cells, &tables.recycling, ROUTE, Feed::EndOfLife, draw)?;
        let cell = tables.cells.cell(&pack.chemistry).ok_or_else(|| RecyclingError::chemistry(&pack.chemistry, &tables.cells))?;
        let cathode = cell.cathode_product();
        for made in &run.made {
            let amount = kept * inventory.packs * made.mass.kg();
            let status = tables.rows.weakest(made.rows.iter().copied());
            let mut good = |product: Option<&str>, amount: f64| -> Result<(), NetworkError> {
                if let Some(product) = product {
                    add("credit battery", Good::Product(product_of(tables, product)?), amount, status);
                }
                Ok(())
            };
            good(made.product.replaced(cathode), -amount * made.product.quality)?;
            // In avoided-burden a product of lesser quality replaces less, and as much less of it is remelted for that.
            let remelted = if circular.is_some() { amount } else { amount * made.product.quality };
            good(made.product.remelted_by.as_deref(), remelted)?;
        }
        if let Some(a) = others {
            // The life that takes the metals in counts its share of the work.
            for (number, line) in inventory.lines.iter().filter(|l| is_work(l)).enumerate() {
                let status = tables.rows.weakest(line.rows.iter().copied());
                add("shared battery recycling", Good::Work(number), -a * line.amount, status);
            }
        }
        // Recycled content of the packs: what production gained by it is given back, all of it or by 1 − A.
        for (number, line) in inventory.lines.iter().filter(|l| is_content(l)).enumerate() {
            let status = tables.rows.weakest(line.rows.iter().copied());
            add("content of the battery", Good::Content(number), -kept * line.amount, status);
        }
    }
    Ok(found)
}

/// Plastics burnt for energy: their carbon, less the heat and electricity that they replace.
#[expect(clippy::too_many_arguments, reason = "one call, and every argument is a quantity of the formula")]
fn energy(
    tables: &Tables,
    circular: &CircularParameters,
    part: &str,
    contained: f64,
    recycled: f64,
    draw: &Draw<'_>,
    status: Status,
    add: &mut impl FnMut(&str, Good, f64, Status),
) -> Result<(), NetworkError> {
    let share = draw.of(&circular.burnt_plastics).clamp(0.0, 1.0 - recycled);
    let burnt = (1.0 - draw.of(&circular.b)) * share * contained;
    let used = Energy::from_mj(burnt * draw.of(&circular.heating_value));
    let carbon = burnt * draw.of(&circular.carbon);
    add(part, Good::CarbonDioxide, carbon * tables.recycling.carbon_dioxide_per_carbon(), status);
    add(part, Good::Product(product_of(tables, HEAT)?), -used.mj() * draw.of(&circular.heat_efficiency), status);
    add(part, Good::Product(product_of(tables, ELECTRICITY)?), -used.kwh() * draw.of(&circular.electric_efficiency), status);
    Ok(())
}

fn product_of(tables: &Tables, product: &str) -> Result<ProductId, NetworkError> {
    tables.cards.product_id(product).ok_or_else(|| NetworkError::UnknownProduct(product.to_owned()))
}

/// The column that delivers a product to a user in a place, if the network has one.
fn supplier(tables: &Tables, placed: &PlacedNetwork, product: ProductId, place: PlaceId) -> Option<ColumnId> {
    let of_place = tables.places.lineage(place).filter(|_| !tables.cards.product(product).has_world_market);
    if let Some(background) = &placed.background
        && let Some(number) = background.find(product, of_place.chain(tables.places.id("WORLD").ok()))
    {
        return placed.find(Column::Background(product, number));
    }
    if Some(product) == tables.cards.product_id(ELECTRICITY) {
        return placed.find(Column::Delivery(place, minewheel_data::electricity::VoltageLevel::High));
    }
    placed.find(Column::Market(product)).or_else(|| placed.find(Column::Supply(product, place))).or_else(|| {
        placed
            .columns()
            .iter()
            .position(|c| matches!(c, Column::Process(process, p) if *p == place && tables.cards.process(*process).product == product))
            .map(|i| ColumnId(i as u32))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use minewheel_data::store::Store;
    use proptest::prelude::{ProptestConfig, prop_assert, proptest};

    use super::*;
    use crate::cff::{CircularTerms, EnergyTerms, circular_footprint};
    use crate::inventory::{Traces, inventory};
    use crate::scenario::GridChoice;

    struct World {
        tables: Tables,
        scenario: Scenario,
        /// Of a car without a traction battery, whose recycling has a formula of its own.
        inventory: Inventory,
    }

    static WORLD: LazyLock<World> = LazyLock::new(|| {
        let tables = Tables::read(&Store::embedded(), false).unwrap();
        let scenario = Scenario {
            country: tables.places.id("DE").unwrap(),
            year: 2024,
            method: "ar6-gwp100".to_owned(),
            preset: Preset::Circular,
            is_real_world: false,
            grid: GridChoice::Static,
            cycle: None,
            lifetime_km: None,
            has_national_life: false,
        };
        let traces = Traces::new(&tables, None).unwrap();
        let car = tables.catalogue.car("vw-golf-15tsi").unwrap();
        let inventory = inventory(car, &tables, &traces, &scenario, &Draw::BEST).unwrap();
        World { tables, scenario, inventory }
    });

    /// A number between nought and one that follows from the seed and a number alone.
    fn scatter(seed: f64, number: usize) -> f64 {
        ((seed + number as f64).sin() * 43_758.545_3).rem_euclid(1.0)
    }

    /// Mass of a recovered material in the car, by the tables alone.
    fn contained_kg(material: usize) -> f64 {
        let products: Vec<&str> =
            WORLD.tables.recovery.products.iter().filter(|p| p.1 == material).map(|p| WORLD.tables.cards.product(p.0).id.as_str()).collect();
        let made = WORLD.inventory.lines.iter().filter(|l| l.stage.phase() == Phase::Production);
        made.filter(|l| products.contains(&&*l.product)).map(|l| l.contained.kg()).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn credits_are_the_circular_footprint_less_what_cut_off_counts(seed in 0.0..1e3f64) {
            let World { tables, scenario, inventory } = &*WORLD;
            let factors: Vec<f64> = (0..400_000).map(|row| 0.3 + 0.7 * scatter(seed, row)).collect();
            let draw = Draw::from_factors(&factors);
            let score = |product: ProductId| 50.0 * scatter(seed + 0.5, product.0 as usize);
            let (carbon_dioxide, circular) = (scatter(seed, 7), CircularParameters::read(&tables.recycling).unwrap());
            let materials = &tables.recovery.materials;
            let mut taken: Vec<(ProductId, f64)> = Vec::new();
            for material in materials {
                if !taken.iter().any(|t| t.0 == material.process) {
                    taken.push((material.process, 300.0 * scatter(seed + 0.25, material.process.0 as usize)));
                }
            }
            let found = credits(tables, scenario, inventory, &taken, &draw).unwrap();
            let mut left = taken.clone();
            let mut counted = 0;
            for (index, material) in materials.iter().enumerate() {
                let of_part = found.iter().filter(|c| *c.part == *format!("credit {}", material.name));
                let ours: f64 = of_part
                    .map(|c| match c.good {
                        Good::Product(product) => c.amount * score(product),
                        Good::CarbonDioxide => c.amount * carbon_dioxide,
                        Good::Content(_) | Good::Work(_) => f64::NAN,
                    })
                    .sum();
                let contained = contained_kg(index);
                let mass = if contained > 0.0 { contained } else { 1.0 };
                let is_followed = material.process != material.replaces;
                // Scrap of one process is set off once, by the first material that comes from it.
                let used = left.iter().position(|t| is_followed && t.0 == material.process).map_or(0.0, |at| left.swap_remove(at).1);
                let share = draw.of(&material.share).clamp(0.0, 1.0);
                let energy = EnergyTerms {
                    b: draw.of(&circular.b),
                    share: draw.of(&circular.burnt_plastics).clamp(0.0, 1.0 - share),
                    heating_value: draw.of(&circular.heating_value),
                    heat_efficiency: draw.of(&circular.heat_efficiency),
                    electric_efficiency: draw.of(&circular.electric_efficiency),
                    burning: draw.of(&circular.carbon) * tables.recycling.carbon_dioxide_per_carbon() * carbon_dioxide,
                    heat: score(tables.cards.product_id(HEAT).unwrap()),
                    electricity: score(tables.cards.product_id(ELECTRICITY).unwrap()) * Energy::from_mj(1.0).kwh(),
                };
                let is_there = f64::from(u8::from(contained > 0.0));
                let terms = CircularTerms {
                    a: circular.a(&material.name, &draw),
                    recycled_content: used / mass,
                    recycled_at_end: if is_followed { is_there * share } else { 0.0 },
                    primary: score(material.replaces),
                    recycling_in: score(material.process),
                    recycling_out: score(material.process),
                    replaced: score(material.replaces),
                    quality_in: material.quality,
                    quality_out: material.quality,
                    energy: if material.name == "plastics" && contained > 0.0 { energy } else { EnergyTerms::default() },
                    disposal: 0.0,
                };
                let cut_off = (1.0 - terms.recycled_content) * terms.primary + terms.recycled_content * terms.recycling_in;
                let theirs = mass * (circular_footprint(&terms) - cut_off);
                let size = mass * (terms.primary + terms.recycling_in) * (1.0 + terms.recycled_content);
                prop_assert!((ours - theirs).abs() <= 1e-9 * (1.0 + size), "{}: {ours} against {theirs}", material.name);
                counted += usize::from(theirs != 0.0);
            }
            prop_assert!(counted > 8, "only {counted} materials have a credit");
        }
    }
}
