//! Makes up a chain of suppliers from a car's own bill and the process data behind it.
//!
//! Works are drawn where the tables have a product made, by share; their energy is that of the process card, spread
//! lognormally; their measures are those of `suppliers/measures.csv`, priced with their energy. Every file says that it is
//! made up. The same car, count and seed give the same files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minewheel_assess::tables::Tables;
use minewheel_data::parameters::ParameterError;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::units::Energy;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::SuppliersError;
use super::car::{Line, SuppliedCar};
use super::pcf::{DeclaredUnit, Sent, footprint_json, product_urn};
use super::programme::{FILES, MEASURE_COLUMNS, SUPPLIER_COLUMNS, SUPPLY_COLUMNS};
use super::tables::SupplierTables;

/// Most suppliers of a chain.
pub const MOST_SUPPLIERS: usize = 2000;
/// Years of a made-up plan.
const YEARS: i32 = 5;
/// Every so many reporting works sends a footprint; the others send their energy.
const FOOTPRINTS_OF: usize = 2;
/// Bits of a number between nought and one.
const BITS: u32 = 53;

/// What a works would deliver.
#[derive(Debug, Clone)]
struct Slot {
    part: String,
    product: Option<String>,
    place: PlaceId,
}

/// A made-up chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Files by name, in order.
    pub files: Vec<(String, String)>,
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn share(&mut self) -> f64 {
        (self.0.next_u64() >> (u64::BITS - BITS)) as f64 / (1u64 << BITS) as f64
    }

    /// A lognormal factor of mean one.
    fn spread(&mut self, deviation: f64) -> f64 {
        let (u, v) = (1.0 - self.share(), self.share());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        (deviation * normal - 0.5 * deviation * deviation).exp()
    }
}

/// Places in which a made-up works may stand, so that the car may be opened for them.
pub fn places(tables: &Tables, car: &SuppliedCar) -> Vec<PlaceId> {
    let mut all: Vec<PlaceId> = car.lines.iter().map(|l| l.place).collect();
    for line in &car.lines {
        if let Some(product) = tables.cards.product_id(&line.product) {
            all.extend(tables.markets.shares(product, car.year).map_or(&[][..], |s| s.1).iter().map(|s| s.of));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Makes up a chain.
///
/// # Errors
/// A count that cannot be, or a number of the tables that is missing.
pub fn synthesise(tables: &Tables, own: &SupplierTables, car: &SuppliedCar, count: usize, seed: u64) -> Result<Chain, SuppliersError> {
    if count == 0 || count > MOST_SUPPLIERS {
        return Err(SuppliersError::Count { seen: count, most: MOST_SUPPLIERS });
    }
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let cars = own.number("synthetic", "cars_per_year", "item")?;
    let mut slots = slots(tables, car, count, &mut dice);
    slots.truncate(count);
    let mut writer = Writer::new(tables, own, car, cars);
    writer.write(&slots, &mut dice)?;
    let Writer { suppliers, supplies, measures, footprints, investments, .. } = writer;
    let budget_share = own.number("synthetic", "budget_share", "1")?;
    let target = own.number("synthetic", "target", "1")?;
    let mut brief = format!(
        "# Synthetic: made up by `minewheel suppliers synthesise {} --count {count} --seed {seed}`; no company stands behind it.\n\
         [programme]\nname = \"Synthetic chain of {count} suppliers\"\ncar = \"{}\"\nyear = {}\ncars_per_year = {cars}\nis_synthetic = true\n\
         note = \"drawn from the car's bill and the process data of Minewheel\"\n\n[budget]\n",
        car.id, car.id, car.year
    );
    let yearly = round_money(budget_share * investments / f64::from(YEARS));
    for year in 1..=YEARS {
        let _ = writeln!(brief, "{} = {yearly}", car.year + year);
    }
    brief.push_str("\n[target]\n");
    for year in 1..=YEARS {
        let _ = writeln!(brief, "{} = {:.3}", car.year + year, target * f64::from(year - 1));
    }
    let mut files =
        vec![(FILES[0].to_owned(), brief), (FILES[1].to_owned(), suppliers), (FILES[2].to_owned(), supplies), (FILES[3].to_owned(), measures)];
    let text =
        serde_json::to_string_pretty(&footprints).map_err(|e| SuppliersError::File { file: "footprints".to_owned(), reason: e.to_string() })?;
    files.push(("footprints/reported.json".to_owned(), format!("{text}\n")));
    Ok(Chain { files })
}

/// Three figures of a sum of money.
fn round_money(usd: f64) -> f64 {
    let step = 10_f64.powf(usd.abs().max(1.0).log10().floor() - 2.0);
    (usd / step).round() * step
}

/// Who delivers what: every part once, every product of a part once, then the heaviest shared among more works.
fn slots(tables: &Tables, car: &SuppliedCar, count: usize, dice: &mut Dice) -> Vec<Slot> {
    let mut groups: Vec<(String, Option<String>, f64)> = Vec::new();
    for part in car.parts() {
        let own: f64 = car.lines_of(part, None).filter(|l| l.1.is_own_work).map(|l| l.1.kg_co2e).sum();
        groups.push((part.to_owned(), None, own));
        for (_, line) in car.lines_of(part, None).filter(|l| !l.1.is_own_work && l.1.amount > 0.0) {
            match groups.iter_mut().find(|g| g.0 == part && g.1.as_ref() == Some(&line.product)) {
                Some(known) => known.2 += line.kg_co2e,
                None => groups.push((part.to_owned(), Some(line.product.clone()), line.kg_co2e)),
            }
        }
    }
    groups.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    groups.truncate(count);
    // Largest remainder in turn: the group whose works would hold most gets the next one.
    let mut works = vec![1_usize; groups.len()];
    for _ in groups.len()..count {
        let load = |g: usize| groups[g].2.max(0.0) / works[g] as f64;
        let next = (0..groups.len()).max_by(|a, b| load(*a).total_cmp(&load(*b)).then(b.cmp(a)));
        if let Some(next) = next {
            works[next] += 1;
        }
    }
    let mut slots = Vec::new();
    for ((part, product, _), number) in groups.iter().zip(works) {
        for _ in 0..number {
            let Some(place) = place_of(tables, car, part, product.as_deref(), dice) else { continue };
            slots.push(Slot { part: part.clone(), product: product.clone(), place });
        }
    }
    slots
}

fn place_of(tables: &Tables, car: &SuppliedCar, part: &str, product: Option<&str>, dice: &mut Dice) -> Option<PlaceId> {
    let own = car.lines_of(part, product).map(|l| l.1.place).next();
    let drawn = dice.share();
    let Some(product) = product.and_then(|p| tables.cards.product_id(p)) else { return own };
    let world = tables.places.id("WORLD").ok();
    let makers = tables.markets.shares(product, car.year).map_or(&[][..], |s| s.1);
    let mut sum = 0.0;
    for maker in makers.iter().filter(|m| Some(m.of) != world) {
        sum += maker.share.best;
        if drawn < sum {
            return Some(maker.of);
        }
    }
    own
}

/// Writes the files of a chain.
struct Writer<'a> {
    tables: &'a Tables,
    own: &'a SupplierTables,
    car: &'a SuppliedCar,
    cars: f64,
    suppliers: String,
    supplies: String,
    measures: String,
    footprints: Vec<serde_json::Value>,
    investments: f64,
}

impl<'a> Writer<'a> {
    fn new(tables: &'a Tables, own: &'a SupplierTables, car: &'a SuppliedCar, cars: f64) -> Self {
        Self {
            tables,
            own,
            car,
            cars,
            suppliers: SUPPLIER_COLUMNS.join(","),
            supplies: SUPPLY_COLUMNS.join(","),
            measures: MEASURE_COLUMNS.join(","),
            footprints: Vec::new(),
            investments: 0.0,
        }
    }

    fn write(&mut self, slots: &[Slot], dice: &mut Dice) -> Result<(), SuppliersError> {
        let deviation = self.own.number("synthetic", "energy_spread", "1")?;
        let waste_share = self.own.number("synthetic", "waste_share", "1")?;
        let reporting = self.own.number("synthetic", "reporting_share", "1")?;
        let green_works = self.own.number("synthetic", "green_works", "1")?;
        for text in [&mut self.suppliers, &mut self.supplies, &mut self.measures] {
            text.push('\n');
        }
        let mut of_group: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
        for slot in slots {
            *of_group.entry((&slot.part, slot.product.as_deref())).or_default() += 1;
        }
        let first_tier: BTreeMap<&str, usize> =
            slots.iter().enumerate().rev().filter(|s| s.1.product.is_none()).map(|(i, s)| (s.part.as_str(), i)).collect();
        let id = |index: usize| format!("s{:03}", index + 1);
        for (index, slot) in slots.iter().enumerate() {
            let share = 1.0 / of_group[&(slot.part.as_str(), slot.product.as_deref())] as f64;
            let lines: Vec<&Line> =
                self.car.lines_of(&slot.part, slot.product.as_deref()).map(|l| l.1).filter(|l| slot.product.is_some() || l.is_own_work).collect();
            let factor = dice.spread(deviation);
            let of_year = |f: fn(&Line) -> f64| factor * self.cars * share * lines.iter().map(|l| f(l)).sum::<f64>();
            let (kwh, mj) = (of_year(|l| l.kwh), of_year(|l| l.mj));
            let (reports, green) = (dice.share() < reporting, dice.share() < green_works);
            let sends_footprint = reports && index % FOOTPRINTS_OF == 0;
            let waste = waste_share * dice.spread(deviation);
            let buyer = slot.product.as_ref().and_then(|_| first_tier.get(slot.part.as_str())).map(|i| id(*i)).unwrap_or_default();
            let place = self.tables.places.code(slot.place).to_owned();
            let what = slot.product.as_ref().map_or_else(|| slot.part.clone(), |p| format!("{p} for {}", slot.part));
            let metered = reports && !sends_footprint;
            let (electricity, heat) = if metered { (format!("{kwh:.0}"), format!("{mj:.0}")) } else { (String::new(), String::new()) };
            let _ = writeln!(
                self.suppliers,
                "{},Synthetic supplier {:03} ({what}),{place},{buyer},1,{electricity},{},{heat},{waste:.4}",
                id(index),
                index + 1,
                if green { "1" } else { "0" }
            );
            let _ = writeln!(self.supplies, "{},{},{},{share:.9},1", id(index), slot.part, slot.product.as_deref().unwrap_or_default());
            if sends_footprint {
                self.footprint(&id(index), slot, &lines, factor, green, &place)?;
            }
            self.measures_of(&id(index), slot, &lines, [kwh, mj], share, waste, green)?;
        }
        Ok(())
    }

    fn footprint(&mut self, id: &str, slot: &Slot, lines: &[&Line], factor: f64, green: bool, place: &str) -> Result<(), SuppliersError> {
        let energy = self.car.energy_in(slot.place, id)?;
        let power = if green { energy.green } else { energy.grid };
        let own: f64 = lines.iter().map(|l| factor * (l.kwh * power + l.mj * energy.heat)).sum();
        let all: Vec<&Line> = self.car.lines_of(&slot.part, slot.product.as_deref()).map(|l| l.1).collect();
        let gate = |l: &Line| if slot.product.is_some() { l.at_gate() } else { l.kg_co2e };
        let replaced: f64 = lines.iter().map(|l| l.energy_kg_co2e).sum();
        let whole = all.iter().map(|l| gate(l)).sum::<f64>() - replaced + own;
        let amount: f64 = all.iter().map(|l| l.amount).sum();
        let unit = slot.product.as_ref().and_then(|_| all.first()).and_then(|l| DeclaredUnit::of_bill(&l.unit));
        let (unit, per_unit) = match unit {
            Some(unit) if amount > 0.0 => (unit, whole / amount),
            _ => (DeclaredUnit::Piece, whole),
        };
        let mass = match unit {
            DeclaredUnit::Kilogram => 1.0,
            _ => all.iter().map(|l| l.contained_kg).sum(),
        };
        let urn = product_urn(id, &slot.part, slot.product.as_deref(), None);
        let name = slot.product.as_ref().map_or_else(|| slot.part.clone(), |p| format!("{p} for {}", slot.part));
        let number = self.footprints.len() + 1;
        // A name of version 8: the rest is the chain's own number.
        let uuid = format!("00000000-0000-8000-8000-{number:012}");
        let primary = if whole.abs() > 0.0 { (own / whole).clamp(0.0, 1.0) } else { 0.0 };
        self.footprints.push(footprint_json(&Sent {
            id: &uuid,
            company: &format!("Synthetic supplier {id}"),
            product_id: &urn,
            name: &name,
            unit,
            kg_co2e: per_unit,
            mass_kg: mass,
            primary_share: primary,
            year: self.car.year,
            place,
        }));
        Ok(())
    }

    fn number(&self, measure: &str, property: &str, unit: &str, place: PlaceId) -> Result<f64, ParameterError> {
        let lineage: Vec<&str> = self.tables.places.lineage(place).map(|p| self.tables.places.code(p)).collect();
        Ok(Draw::BEST.of(&self.own.measures.subject(measure)?.value_at(property, &lineage, self.car.year, unit)?))
    }

    fn energy_price(&self, carrier: &str, place: PlaceId) -> Result<f64, ParameterError> {
        let lineage: Vec<&str> = self.tables.places.lineage(place).map(|p| self.tables.places.code(p)).collect();
        Ok(Draw::BEST.of(&self.tables.battery.prices.subject(carrier)?.value_at("industry_price", &lineage, i32::MAX, "USD/kWh")?))
    }

    #[expect(clippy::too_many_arguments, reason = "a works with its year")]
    fn measures_of(
        &mut self,
        id: &str,
        slot: &Slot,
        lines: &[&Line],
        [kwh, mj]: [f64; 2],
        share: f64,
        waste: f64,
        green: bool,
    ) -> Result<(), SuppliersError> {
        let place = slot.place;
        let power = self.energy_price("electricity", place)?;
        let gas = self.energy_price("gas", place)?;
        let heat = |mj: f64| Energy::from_mj(mj).kwh() * gas;
        let mut rows: Vec<(&str, f64, f64, [f64; 7])> = Vec::new();
        for kind in ["tune-up", "air-leaks"] {
            let electricity = self.number(kind, "electricity_saved", "1", place)?;
            let heat_saved = if kind == "tune-up" { self.number(kind, "heat_saved", "1", place)? } else { 0.0 };
            let saving = kwh * electricity * power + heat(mj * heat_saved);
            rows.push((kind, saving * self.number(kind, "payback", "year", place)?, saving, [electricity, heat_saved, 0.0, 1.0, 0.0, 0.0, 0.0]));
        }
        if mj > 0.0 {
            let saved = self.number("recuperative-burners", "heat_saved", "1", place)?;
            let invest = mj * saved * self.number("recuperative-burners", "investment_per_heat", "USD/MJ", place)?;
            rows.push(("recuperative-burners", invest, heat(mj * saved), [0.0, saved, 0.0, 1.0, 0.0, 0.0, 0.0]));
            let (pumped, cop) = (self.number("heat-pump", "heat_pumped", "1", place)?, self.number("heat-pump", "cop", "1", place)?);
            let made = mj * pumped;
            let upkeep = made * self.number("heat-pump", "upkeep_per_heat", "USD/MJ", place)?;
            let saving = heat(made) - Energy::from_mj(made).kwh() / cop * power - upkeep;
            let invest = made * self.number("heat-pump", "investment_per_heat", "USD/MJ", place)?;
            rows.push(("heat-pump", invest, saving, [0.0, 0.0, pumped, cop, 0.0, 0.0, 0.0]));
        }
        if !green && kwh > 0.0 {
            let premium = self.number("green-power", "premium", "USD/kWh", place)?;
            rows.push(("green-power", 0.0, -premium * kwh, [0.0, 0.0, 0.0, 1.0, self.number("green-power", "green_share", "1", place)?, 0.0, 0.0]));
        }
        let bought: f64 = lines.iter().filter(|l| l.unit == "kg").map(|l| self.cars * share * l.amount.max(0.0)).sum();
        let price = self.own.number("material", "price", "USD/kg")?;
        if lines.iter().any(|l| self.car.recycled_gain.contains_key(&l.group) && l.unit == "kg") && slot.product.is_some() {
            let part = self.number("recycled-input", "recycled_share", "1", place)?;
            let spending = bought * part * price;
            let gain = self.number("recycled-input", "price_discount", "1", place)? - self.number("recycled-input", "remelt_cost", "1", place)?;
            let invest = spending * self.number("recycled-input", "investment_share", "1", place)?;
            rows.push(("recycled-input", invest, spending * gain, [0.0, 0.0, 0.0, 1.0, 0.0, part, 0.0]));
        }
        if waste > 0.0 && bought > 0.0 {
            let cut = self.number("less-waste", "waste_cut", "1", place)?;
            let saving = bought * waste * cut * price;
            rows.push(("less-waste", saving * self.number("less-waste", "payback", "year", place)?, saving, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, cut]));
        }
        for (kind, invest, saving, [electricity, heat_saved, pumped, cop, green_share, recycled, waste_cut]) in rows {
            self.investments += invest;
            let lead = self.number(kind, "lead_time", "year", place)?;
            let _ = writeln!(
                self.measures,
                "{id},{kind},{invest:.0},{saving:.0},{lead},{electricity},{heat_saved},{pumped},{cop},{green_share},{recycled},{waste_cut},,\
                 suppliers/measures.csv,assumption,synthetic"
            );
        }
        Ok(())
    }
}
