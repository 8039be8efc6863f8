//! Range and consumption by each authority's rule.
//!
//! ```text
//! range = E_u/ē        consumption = w̄        ē = Σ K_c·e_c,  w̄ = Σ K_c·w_c
//! shortened   K_1 = E_1/E_u, the rest equally; early cycles in a full pack, late ones in a nearly empty one
//! continuous  1/ē = (1/6)·(1/e_full + 4/e_half + 1/e_empty)
//! label (US)  range = f·(0.55·city + 0.45·highway),  consumption = (0.55·city + 0.45·highway)/f
//! ```
//!
//! | symbol     | meaning                                       | unit  | from             |
//! |------------|-----------------------------------------------|-------|------------------|
//! | `E_u`      | usable energy at the terminals                | J     | car file         |
//! | `e`, `w`   | energy per distance at the terminals, at the wall | J/m | [`super::drive`] |
//! | `E_c`, `K_c` | energy and weight of a cycle in the test    | J, –  | the test         |
//! | `f`        | label factor: 0.7, the maker's, or that of five cycles ([`super::five_cycle`]) | – | `drive.csv` |
//!
//! | rule | cycle | test mass | test |
//! |------|-------|-----------|------|
//! | WLTP | WLTC of the class, downscaled, capped and lengthened | kerb mass, 100 kg and 15 % of the load left | shortened |
//! | CLTC | CLTC-P, at the car's own top speed where it is slower | as WLTP | shortened |
//! | EPA  | UDDS and HWFET | of the coast-down, else kerb mass and 300 lb | multi-cycle |
//! | NEDC | NEDC, at the car's own top speed where it is slower | kerb mass and 100 kg | continuous |
//!
//! The shortened tests run two (WLTP: the cycle; CLTC: two cycles; EPA: city, motorway, city) segments, at the two ends
//! of one charge, and empty the pack at constant speed between and after them. The constant speed decides nothing but
//! where the second segment starts, which is set here: after it, the share that the rule allows for the last
//! constant-speed segment is left. The city part of the WLTP's segments, which follows the cycle, is left out for the
//! same reason. A car whose pack is too small for that drives its cycles one after the other; three points of the state
//! of charge and Simpson's rule stand for all of them.
//!
//! A test ends when the car cannot follow the trace. In this model the power of a pack does not fall before it is empty,
//! so the test ends with the usable energy; a car that misses the trace earlier, by power, says for how long.
//!
//! A coast-down holds at the mass it was run at; its constant term moves in proportion to the test mass (UN GTR 15,
//! Annex 4, 5.1). The ratio of power to mass is rated power over kerb mass: mass in running order less 75 kg (UN GTR 15,
//! Annex 1, 1). For an electric car the rated power is its peak power. UN GTR 15, Annex 8 puts every pure electric car
//! into class 3 and lets it be downscaled (recalled); class 1 and 2 are kept here for cars of that ratio, as Annex 1
//! has them.
//!
//! Sources: UN GTR 15, Annexes 1 and 8; GB/T 18386.1-2021; 40 CFR 600.116-12 (multi-cycle test of SAE J1634), 600.210-12;
//! UN R101. What was read and what recalled stands in the rows of `procedures.csv`.

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::cycles::{Cycle, Cycles};
use minewheel_data::row::Draw;
use minewheel_data::units::{Energy, EnergyPerLength, Mass, Power, Speed};

use super::five_cycle::{FiveCycle, five_cycle};
use super::procedures::Shortened;
use super::shape::{capped, cut, downscaled, downscaling_factor};
use super::{
    Conditions, CycleResult, Defaulted, DriveError, DriveTables, ElectricCar, Masses, ProcedureTables, Trace, WltcClass, check_driven, drive,
    electric_car,
};

/// An authority's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RangeRule {
    /// UN GTR 15 (EU).
    Wltp,
    /// GB/T 18386.1 (China).
    Cltc,
    /// EPA label (US).
    Epa,
    /// NEDC.
    Nedc,
}

impl RangeRule {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Wltp, Self::Cltc, Self::Epa, Self::Nedc];
    /// Its word in results.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wltp => "wltp",
            Self::Cltc => "cltc",
            Self::Epa => "epa",
            Self::Nedc => "nedc",
        }
    }
}

/// What the rules need.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'t> {
    /// Drive cycles.
    pub cycles: &'t Cycles,
    /// Parameters of the drive model.
    pub drive: &'t DriveTables,
    /// Numbers of the procedures.
    pub procedures: &'t ProcedureTables,
    /// The maker's label factor from five cycles (US); `None`: that of the two-cycle label.
    pub label_factor: Option<f64>,
    /// Whether the label comes from five cycles (US); `label_factor` is then left out of account.
    pub has_five_cycles: bool,
}

/// How the range is found from cycles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RangeTest {
    /// Segments at the two ends of one charge.
    Shortened,
    /// One cycle after the other until the pack is empty.
    Continuous,
}

/// Range and consumption by one rule.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct RangeResult {
    /// Range.
    pub range_km: f64,
    /// Consumption at the wall.
    pub consumption_kwh_per_100km: f64,
    /// The cycle driven; for the US label the city cycle.
    pub cycle: &'static str,
    /// Its distance as driven.
    pub cycle_km: f64,
    /// How far the fastest stretch was scaled down; nought: not at all.
    pub downscaling_factor: f64,
    /// Top speed to which the cycle was cut, if it was.
    pub top_speed_km_h: Option<f64>,
    /// Mass in the test.
    pub test_mass_kg: f64,
    /// Power over mass that decides the class of WLTC, in W/kg.
    pub power_to_mass_w_per_kg: f64,
    /// How the range was found.
    pub test: RangeTest,
    /// Longest time in one cycle in which the car could not follow.
    pub missed_trace_s: f64,
    /// Label range in town (US).
    pub city_range_km: Option<f64>,
    /// Label range on the motorway (US).
    pub highway_range_km: Option<f64>,
    /// Label over test range in town and on the motorway (US).
    pub label_factors: Option<[f64; 2]>,
}

/// Range and consumption by every rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranges {
    /// By rule, in the order of [`RangeRule::ALL`].
    pub results: [RangeResult; 4],
    /// Fields that the design did not give.
    pub defaulted: Vec<Defaulted>,
}

/// Range and consumption of a car by every rule; `None` for a car without a plug.
///
/// # Errors
/// The design cannot be driven, or a cycle of a rule is missing.
pub fn ranges(design: &CarDesign, rules: &Rules<'_>, draw: &Draw<'_>) -> Result<Option<Ranges>, DriveError> {
    if !matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        return Ok(None);
    }
    let [wltp, cltc, epa, nedc] = RangeRule::ALL;
    let results =
        [range(design, wltp, rules, draw)?, range(design, cltc, rules, draw)?, range(design, epa, rules, draw)?, range(design, nedc, rules, draw)?];
    // The mass of a test is the rule's own, so only what the car itself lacks is noted.
    let (car, _) = car_in_test(design, RangeRule::Wltp, rules, draw)?;
    Ok(Some(Ranges { results, defaulted: car.defaulted }))
}

/// The class of WLTC of an electric car; for a plug-in hybrid the stronger of engine and machines counts.
pub fn wltc_class(car: &ElectricCar, rated_power_w: f64, procedures: &ProcedureTables) -> WltcClass {
    let (power, kerb) = (Power::from_w(rated_power_w), Mass::from_kg(car.kerb_mass_kg));
    WltcClass::of(power, kerb, car.top_speed_m_s.map(Speed::from_m_s), &procedures.wltc_limits)
}

/// The WLTC as one car drives it in its test.
#[derive(Debug, Clone)]
pub struct WltpCycle {
    /// The cycle of its class reshaped; `None`: the car drives it as it stands.
    pub reshaped: Option<Cycle>,
    /// How far the fastest stretch is scaled down; nought: not at all.
    pub downscaling_factor: f64,
    /// Top speed in m/s to which it is cut, if it is.
    pub top_speed_m_s: Option<f64>,
}

/// The WLTC of a car's class, scaled down where its power is short (UN GTR 15, Annex 1, 8) and at its own top speed where that is
/// slower (Annex 1, 9).
pub fn wltp_cycle(car: &ElectricCar, rated_power_w: f64, class: WltcClass, base: &Cycle, procedures: &ProcedureTables, draw: &Draw<'_>) -> WltpCycle {
    let downscaling_factor = downscaling_factor(car, rated_power_w, class, procedures, draw);
    let scaled = (downscaling_factor > 0.0).then(|| downscaled(base, downscaling_factor, procedures.downscaling(class)));
    let top_speed_m_s = slower(car, scaled.as_ref().unwrap_or(base));
    let reshaped = match top_speed_m_s {
        Some(top) => Some(capped(scaled.as_ref().unwrap_or(base), top)),
        None => scaled,
    };
    WltpCycle { reshaped, downscaling_factor, top_speed_m_s }
}

/// Range and consumption of a car with a plug by one rule.
///
/// # Errors
/// The design cannot be driven, is left behind by the cycle, or a cycle of the rule is missing.
pub fn range(design: &CarDesign, rule: RangeRule, rules: &Rules<'_>, draw: &Draw<'_>) -> Result<RangeResult, DriveError> {
    let (car, rated_power_w) = car_in_test(design, rule, rules, draw)?;
    let charge = Charge::of(&car, rules.procedures, draw);
    let [wltp, cltc, epa] = &rules.procedures.shortened;
    let own_top = |id: &str| -> Result<(Cycle, Option<f64>), DriveError> {
        let cycle = rules.cycles.get(id)?;
        let top = slower(&car, &cycle);
        Ok((top.map_or_else(|| cycle.clone(), |top| cut(&cycle, top)), top))
    };
    let result = |id: &'static str, trace: &Trace, top: Option<f64>, found: &Found, test| {
        // A plug-in hybrid's engine does what its machine misses.
        if design.powertrain == Powertrain::Bev && draw.is_best() {
            check_driven(design, id, found.missed_trace_s, trace)?;
        }
        Ok::<_, DriveError>(RangeResult {
            range_km: charge.range_km(found.battery_wh_per_km),
            consumption_kwh_per_100km: EnergyPerLength::from_wh_per_km(found.wall_wh_per_km).kwh_per_100km(),
            cycle: id,
            cycle_km: trace.distance_km(),
            downscaling_factor: 0.0,
            top_speed_km_h: top.map(|v| Speed::from_m_s(v).km_h()),
            test_mass_kg: car.mass_kg,
            power_to_mass_w_per_kg: rated_power_w / car.kerb_mass_kg,
            test,
            missed_trace_s: found.missed_trace_s,
            city_range_km: None,
            highway_range_km: None,
            label_factors: None,
        })
    };
    match rule {
        RangeRule::Wltp => {
            let class = wltc_class(&car, rated_power_w, rules.procedures);
            let base = rules.cycles.get(class.cycle_id())?;
            let own = wltp_cycle(&car, rated_power_w, class, &base, rules.procedures, draw);
            let trace = Trace::new(own.reshaped.as_ref().unwrap_or(&base));
            let (found, test) = match charge.shortened(&car, &[&trace], wltp, draw) {
                Some((early, late)) => (first_and_rest(&charge, &[&early[0], &late[0]], 1), RangeTest::Shortened),
                None => (charge.continuous(&car, &trace), RangeTest::Continuous),
            };
            Ok(RangeResult { downscaling_factor: own.downscaling_factor, ..result(class.cycle_id(), &trace, own.top_speed_m_s, &found, test)? })
        }
        RangeRule::Cltc => {
            let (cycle, top) = own_top("cltc-p")?;
            let trace = Trace::new(&cycle);
            let (found, test) = match charge.shortened(&car, &[&trace, &trace], cltc, draw) {
                Some((early, late)) => (first_and_rest(&charge, &[&early[0], &early[1], &late[0], &late[1]], 2), RangeTest::Shortened),
                None => (charge.continuous(&car, &trace), RangeTest::Continuous),
            };
            result("cltc-p", &trace, top, &found, test)
        }
        RangeRule::Nedc => {
            let (cycle, top) = own_top("nedc")?;
            let trace = Trace::new(&cycle);
            result("nedc", &trace, top, &charge.continuous(&car, &trace), RangeTest::Continuous)
        }
        RangeRule::Epa => {
            let (city, top) = own_top("udds")?;
            let (city, highway) = (Trace::new(&city), Trace::new(&own_top("hwfet")?.0));
            let (in_town, outside, test) = match charge.shortened(&car, &[&city, &highway, &city], epa, draw) {
                Some((early, late)) => {
                    let in_town = first_and_rest(&charge, &[&early[0], &early[2], &late[0], &late[2]], 1);
                    (in_town, Found::mean(&[(0.5, &early[1]), (0.5, &late[1])]), RangeTest::Shortened)
                }
                None => (charge.continuous(&car, &city), charge.continuous(&car, &highway), RangeTest::Continuous),
            };
            let share = draw.of(&rules.procedures.city_share);
            let label = if rules.has_five_cycles {
                five_cycle(&car, rules, draw)?
            } else {
                let one = rules.label_factor.unwrap_or_else(|| draw.of(&rules.drive.epa_adjustment));
                FiveCycle { city: one, highway: one }
            };
            let mix = |a: f64, b: f64| share * a + (1.0 - share) * b;
            let town_km = label.city * charge.range_km(in_town.battery_wh_per_km);
            let outside_km = label.highway * charge.range_km(outside.battery_wh_per_km);
            let found = Found {
                wall_wh_per_km: mix(in_town.wall_wh_per_km / label.city, outside.wall_wh_per_km / label.highway),
                missed_trace_s: in_town.missed_trace_s.max(outside.missed_trace_s),
                ..in_town
            };
            let range_km = mix(town_km, outside_km);
            let base = result("udds", &city, top, &found, test)?;
            Ok(RangeResult {
                range_km,
                city_range_km: Some(town_km),
                highway_range_km: Some(outside_km),
                label_factors: Some([label.city, label.highway]),
                ..base
            })
        }
    }
}

/// Top speed in m/s of a car that cannot reach the cycle's.
fn slower(car: &ElectricCar, cycle: &Cycle) -> Option<f64> {
    car.top_speed_m_s.filter(|&top| top < cycle.max_speed_m_s())
}

/// The car at the rule's test mass, and its rated power in W.
fn car_in_test(design: &CarDesign, rule: RangeRule, rules: &Rules<'_>, draw: &Draw<'_>) -> Result<(ElectricCar, f64), DriveError> {
    let mut noted = Vec::new();
    let masses = Masses::of(design, rules.drive, draw, &mut noted);
    let given = design.road_load.test_mass_kg.is_some();
    let test_mass_kg = match rule {
        RangeRule::Wltp | RangeRule::Cltc => masses.kerb_mass_kg + draw.of(&rules.drive.payload_kg),
        RangeRule::Nedc => masses.kerb_mass_kg + draw.of(&rules.procedures.nedc_load_kg),
        RangeRule::Epa if given => masses.test_mass_kg,
        RangeRule::Epa => masses.kerb_mass_kg + draw.of(&rules.procedures.epa_load_kg),
    };
    let mut car = electric_car(design, &Masses { test_mass_kg, ..masses }, rules.drive, draw)?;
    if design.road_load.a_n.is_some() {
        car.road_load.a_n *= test_mass_kg / masses.test_mass_kg;
    }
    noted.retain(|d| d.field != "car.road_load.test_mass_kg");
    noted.append(&mut car.defaulted);
    car.defaulted = noted;
    let engine_w = design.engine.as_ref().and_then(|e| e.peak_power_kw).map_or(0.0, |p| Power::from_kw(draw.of(&p)).w());
    let rated_power_w = car.peak_power_w.max(engine_w);
    Ok((car, rated_power_w))
}

/// One charge of a pack.
struct Charge {
    usable_j: f64,
    full_soc: f64,
    empty_soc: f64,
}

/// Energy per distance in a test.
#[derive(Debug, Clone, Copy)]
struct Found {
    battery_wh_per_km: f64,
    wall_wh_per_km: f64,
    missed_trace_s: f64,
}

impl Found {
    fn mean(weighted: &[(f64, &CycleResult)]) -> Self {
        let sum = |of: fn(&CycleResult) -> f64| weighted.iter().map(|(weight, result)| weight * of(result)).sum();
        Self {
            battery_wh_per_km: sum(|r| r.battery_wh_per_km),
            wall_wh_per_km: sum(|r| r.wall_wh_per_km),
            missed_trace_s: weighted.iter().map(|(_, r)| r.missed_trace_s).fold(0.0, f64::max),
        }
    }
}

/// The first `weighted` cycles by their share of the usable energy, the others equally by what is left.
fn first_and_rest(charge: &Charge, cycles: &[&CycleResult], weighted: usize) -> Found {
    let shares: Vec<f64> = cycles.iter().take(weighted).map(|c| energy_j(c) / charge.usable_j).collect();
    let rest = (1.0 - shares.iter().sum::<f64>()) / (cycles.len() - weighted) as f64;
    let weights = shares.iter().copied().chain(std::iter::repeat(rest));
    Found::mean(&weights.zip(cycles.iter().copied()).collect::<Vec<_>>())
}

/// Energy at the terminals in a cycle.
fn energy_j(result: &CycleResult) -> f64 {
    Energy::from_wh(result.battery_wh_per_km * result.distance_km).j()
}

impl Charge {
    fn of(car: &ElectricCar, procedures: &ProcedureTables, draw: &Draw<'_>) -> Self {
        let share = car.usable_energy_j / car.gross_energy_j;
        let full_soc = 1.0 - draw.of(&procedures.reserve_above_share).clamp(0.0, 1.0) * (1.0 - share);
        Self { usable_j: car.usable_energy_j, full_soc, empty_soc: full_soc - share }
    }

    fn range_km(&self, battery_wh_per_km: f64) -> f64 {
        (Energy::from_j(self.usable_j) / EnergyPerLength::from_wh_per_km(battery_wh_per_km)).km()
    }

    /// Cycles one after the other, from a state of charge.
    fn passes(car: &ElectricCar, traces: &[&Trace], mut soc: f64) -> Vec<CycleResult> {
        let mut results = Vec::with_capacity(traces.len());
        for trace in traces {
            let result = drive(car, trace, &Conditions { initial_soc: Some(soc), ..Conditions::official() });
            soc = result.final_soc;
            results.push(result);
        }
        results
    }

    /// The two segments of a shortened test; `None` if the pack is too small for it.
    fn shortened(&self, car: &ElectricCar, segment: &[&Trace], rule: &Shortened, draw: &Draw<'_>) -> Option<(Vec<CycleResult>, Vec<CycleResult>)> {
        let early = Self::passes(car, segment, self.full_soc);
        let used_j: f64 = early.iter().map(energy_j).sum();
        let end_j = draw.of(&rule.end_share) * self.usable_j;
        let least_j = (draw.of(&rule.cycles_least) * used_j / segment.len() as f64).max(2.0 * used_j + end_j);
        if self.usable_j < least_j {
            return None;
        }
        let spent_soc = self.full_soc - early.last().map_or(self.full_soc, |r| r.final_soc);
        let window = self.full_soc - self.empty_soc;
        let late = Self::passes(car, segment, self.empty_soc + draw.of(&rule.end_share) * window + spent_soc);
        Some((early, late))
    }

    /// Cycles until the pack is empty, from three of them.
    fn continuous(&self, car: &ElectricCar, trace: &Trace) -> Found {
        const SIMPSON: [f64; 3] = [1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0];
        let at = |soc: f64| drive(car, trace, &Conditions { initial_soc: Some(soc), ..Conditions::official() });
        let first = at(self.full_soc);
        let last_soc = (self.empty_soc + self.full_soc - first.final_soc).min(self.full_soc);
        let runs = [first, at(0.5 * (self.full_soc + last_soc)), at(last_soc)];
        let (mut km_per_wh, mut wall_per_battery) = (0.0, 0.0);
        for (weight, run) in SIMPSON.iter().zip(&runs) {
            km_per_wh += weight / run.battery_wh_per_km;
            wall_per_battery += weight * run.wall_wh_per_km / run.battery_wh_per_km;
        }
        Found {
            battery_wh_per_km: 1.0 / km_per_wh,
            wall_wh_per_km: wall_per_battery / km_per_wh,
            missed_trace_s: runs.iter().map(|r| r.missed_trace_s).fold(0.0, f64::max),
        }
    }
}

#[cfg(test)]
mod tests;
