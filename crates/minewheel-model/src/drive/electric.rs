//! Electric driving: from the force at the wheel to energy at the wall.
//!
//! ```text
//! shaft      F_s = F/η_g (driving)          F_s = −η_g·min(σ·φ(v)·|F|, limits) (braking)
//! losses     P(x, y) = Σ_axles P_i·(s_i + k0 + k1·x + k2·x² + k3·y + k4·x·y + k5·y² + k6·max(0, x − x_f)²)
//! voltage    k3 + k_s·(u − 1),  x_f·u        u of the pack over its mean: switching follows it, and the speed at which magnets are weakened
//! resting    P_loss = P_all − r·max(0, P_all − P_main)    while the main axle can carry the load
//! terminal   P_t = F_s·v + P_loss + P_aux
//! battery    u·i − r_b·i² = p,  p = P_t/E,  dSOC/dt = −i,  u = U_oc(SOC)/mean U_oc
//! wall       E_wall = E·∫u·i dt / η_ch(P_charge)
//! heat       P_heat = (T_set − T)·(G + C·(1 − e^(−t·G/C))/t)/yield
//! ```
//!
//! | symbol        | meaning                                        | unit | from                        |
//! |---------------|------------------------------------------------|------|-----------------------------|
//! | `η_g`         | gear, load-dependent                           | –    | `drive.csv`                 |
//! | `σ`, `φ(v)`   | braking share of the machines, low-speed fade  | –    | `drive.csv` (`σ` is fitted) |
//! | `x`, `y`      | speed over base speed, force over peak force   | –    | car                         |
//! | `P_i`         | rating installed on an axle                    | W    | car file, else `designs.csv`|
//! | `k0…k6`       | loss of machine with inverter, less its drag   | –    | `losses.csv`, sized machines|
//! | `x_f`         | where magnets must be weakened                 | –    | `losses.csv`                |
//! | `k_s`         | switching of the inverter at rated current     | –    | `losses.csv`                |
//! | `s_i`         | standing share of a moving drive unit          | –    | `drive.csv` (fitted)        |
//! | `r`           | whether the other axle can rest                | –    | car file, else `designs.csv`|
//! | `P_aux`       | accessories; heating, cooling                  | W    | `drive.csv` (fitted in part)|
//! | `G`, `C`      | heat loss and heat capacity of the cabin       | W/K, J/K | `drive.csv`             |
//! | `r_b`         | share of power lost at one discharge an hour   | h    | `battery.csv`, Arrhenius in T|
//! | `E`           | gross energy                                   | J    | car file                    |
//! | `η_ch`        | wall to cells, by charging power               | –    | `drive.csv`, `charging.csv` |
//!
//! A coast-down in neutral holds the drag of gears and currentless rotors, so the polynomials hold only what current adds.
//! The battery is written per unit of its gross energy and machines are wound for their pack, so voltage enters only as the
//! open-circuit voltage over its mean; its fall under load is left out of the losses. It is held
//! over blocks of 16 steps: it moves by well under a thousandth in that time, and the steps of a block become
//! independent of each other. Regeneration is limited by the share, by deceleration (by axle), by torque, by power, and
//! by what the pack accepts at its temperature; below walking pace the friction brake takes over.
//!
//! Sources: machines sized by [`crate::motor`] (example `machine_losses`); four constants fitted on US certification tests
//! (example `epa`), as their rows say. Valid for single-speed drives; see the limits in [`super`].

use minewheel_data::car::{CarDesign, DrivenWheels};
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Energy, J_PER_WH, S_PER_H, STANDARD_GRAVITY_M_S2, ZERO_CELSIUS_K};

use super::axles::machines;
use super::heating::{Heating, heating};
use super::road_load::check;
use super::tables::{LOSS_TERMS, OCV_POINTS};
use super::trace::{BLOCK, Block};
use super::{Conditions, Defaulted, DriveError, DriveTables, Kind, Masses, RoadLoad, Trace, Use, or_default};

/// Steps worked on at once.
const LANES: usize = 8;

/// An electric car as numbers, ready for the kernel. All SI.
#[derive(Debug, Clone, PartialEq)]
pub struct ElectricCar {
    /// Test mass in kg.
    pub mass_kg: f64,
    /// Kerb mass in kg.
    pub kerb_mass_kg: f64,
    /// Mass that resists acceleration, over test mass, less one.
    pub rotating_share: f64,
    /// Resistance at the reference temperature.
    pub road_load: RoadLoad,
    /// Gear efficiency under load.
    pub gear_efficiency: f64,
    /// Peak power of all machines in W.
    pub peak_power_w: f64,
    /// Vehicle speed in m/s at the machines' base speed.
    pub base_speed_m_s: f64,
    /// Loss polynomial in W of all axles together.
    pub loss_w: [f64; LOSS_TERMS],
    /// Loss polynomial in W while those axles rest that can.
    pub main_loss_w: [f64; LOSS_TERMS],
    /// Switching loss in W at peak torque and mean pack voltage of all axles, in `loss_w`; in proportion to the voltage.
    pub switching_w: f64,
    /// The same of `main_loss_w`.
    pub main_switching_w: f64,
    /// Share of peak torque up to which the others may rest.
    pub main_share: f64,
    /// How far they do: 0 never, 1 whenever it saves energy; between them for a car of which only the odds are known.
    pub resting_share: f64,
    /// Speed over base speed from which magnets must be weakened.
    pub weakening_from: f64,
    /// Share of braking that machines take.
    pub regeneration_share: f64,
    /// Speeds in m/s between which regeneration rises from nought to full.
    pub fade_m_s: (f64, f64),
    /// Highest deceleration by machines in m/s².
    pub deceleration_limit_m_s2: f64,
    /// Highest generating power in W.
    pub generating_limit_w: f64,
    /// Accessories in W without heating and cooling.
    pub standing_w: f64,
    /// Heating.
    pub heating: Heating,
    /// Cooling in W per K above, and the temperature in °C.
    pub cooling: (f64, f64),
    /// Relative change of rolling resistance per kelvin.
    pub tyre_change_per_k: f64,
    /// Exponent of rolling resistance in tyre pressure.
    pub tyre_pressure_exponent: f64,
    /// Specific gas constant of air in J/(kg·K).
    pub air_gas_constant: f64,
    /// Reference temperature in °C.
    pub reference_c: f64,
    /// Mean temperature of traffic in °C.
    pub real_world_c: f64,
    /// Gross energy in J.
    pub gross_energy_j: f64,
    /// Usable energy in J.
    pub usable_energy_j: f64,
    /// Open-circuit voltage over its mean.
    pub relative_ocv: [f64; OCV_POINTS],
    /// Per-unit resistance in s at the reference temperature.
    pub resistance_s: f64,
    /// T0 in K of its temperature dependence.
    pub resistance_temperature_k: f64,
    /// Share of the power that the cells' resistance allows which the car uses at most.
    pub resistance_limit_share: f64,
    /// State of charge at which a drive begins if nothing else is asked for.
    pub test_soc: f64,
    /// Discharge and charge power over gross energy, in 1/s.
    pub battery_limits_per_s: (f64, f64),
    /// State of charge below which power fades, and the share of power left when empty.
    pub low_charge: (f64, f64),
    /// T0 in K and full-rate temperature in K of what a cold pack accepts.
    pub acceptance_k: (f64, f64),
    /// From AC wall, and from DC station, to the cells.
    pub charging_efficiency: (f64, f64),
    /// How AC charging depends on its power.
    pub charger: Charger,
    /// Energy in traffic over the cycle's, less one.
    pub gap: f64,
    /// Top speed in m/s, if the design says.
    pub top_speed_m_s: Option<f64>,
    /// Fields that the design did not give.
    pub defaulted: Vec<Defaulted>,
}

impl ElectricCar {
    /// The same car so much heavier (lighter, if negative), in kg: inertia and rolling resistance follow the mass, nothing else.
    #[must_use]
    pub fn heavier_by(mut self, change_kg: f64) -> Self {
        self.road_load = self.road_load.heavier_by(change_kg, self.mass_kg);
        self.mass_kg += change_kg;
        self.kerb_mass_kg += change_kg;
        self
    }
}

/// The on-board charger: what it loses without load, and in proportion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Charger {
    /// Loss in W that does not depend on load: electronics and control units awake.
    pub standing_w: f64,
    /// Loss in proportion to the power at the wall.
    pub proportional: f64,
    /// Power in W at the wall that the charging efficiency of the car describes.
    pub reference_w: f64,
}

impl Charger {
    /// Efficiency at a power over that at the reference power.
    pub fn relative(&self, power_w: f64) -> f64 {
        let efficiency = |p: f64| (1.0 - self.proportional - self.standing_w / p).max(0.05);
        efficiency(power_w) / efficiency(self.reference_w)
    }
}

/// Builds the numbers of an electric car, or of the electric side of a plug-in hybrid, for one draw.
///
/// # Errors
/// The design has no battery, an unknown chemistry, or a number outside what a car can have.
pub fn electric_car(design: &CarDesign, masses: &Masses, tables: &DriveTables, draw: &Draw<'_>) -> Result<ElectricCar, DriveError> {
    let of = |value: &Value| draw.of(value);
    let mut defaulted = Vec::new();
    let Some(battery) = &design.battery else {
        return Err(DriveError::Missing { car: design.id.clone(), section: "battery", powertrain: design.powertrain.word() });
    };
    let kind = Kind::of(design, masses, tables);
    let road_load = RoadLoad::of(design, &kind, masses, tables, draw, &mut defaulted)?;
    let drive = machines(design, &kind, masses, tables, draw, &mut defaulted)?;

    let cell = tables.cell(&battery.chemistry)?;
    let gross_energy_j = Energy::from_kwh(of(&battery.gross_energy_kwh)).j();
    check(design, "battery.gross_energy_kwh", Energy::from_j(gross_energy_j).kwh(), 0.1, 1000.0, "0.1 to 1000 kWh")?;
    let usable_energy_j = match &battery.usable_energy_kwh {
        Some(usable) => {
            let share = usable.best / battery.gross_energy_kwh.best;
            check(design, "battery.usable_energy_kwh", share, 0.01, 1.0 + 1e-9, "at most the gross energy")?;
            // Gross and usable energy have spreads of their own: a draw may cross them.
            Energy::from_kwh(of(usable)).j().min(gross_energy_j)
        }
        None => {
            or_default(None, tables.usable_share(cell, design.powertrain), "battery.usable_energy_kwh", draw, &mut defaulted).min(1.0)
                * gross_energy_j
        }
    };

    let driven = design.driven_wheels.unwrap_or(DrivenWheels::Front);
    let deceleration_limit_m_s2 = tables.deceleration_limit_m_s2.iter().find(|(wheels, _)| *wheels == driven).map_or(0.0, |(_, value)| of(value));
    let cooling_above = of(&tables.cooling_above_c);
    let charge_limit_per_s = of(&tables.charge_limit_per_s);
    Ok(ElectricCar {
        mass_kg: masses.test_mass_kg,
        kerb_mass_kg: masses.kerb_mass_kg,
        rotating_share: of(&tables.rotating_share),
        road_load,
        gear_efficiency: of(&tables.gear_efficiency).min(1.0),
        peak_power_w: drive.peak_power_w,
        base_speed_m_s: drive.base_speed_m_s,
        loss_w: drive.loss_w,
        main_loss_w: drive.main_loss_w,
        switching_w: drive.switching_w,
        main_switching_w: drive.main_switching_w,
        main_share: drive.main_share,
        resting_share: drive.resting_share,
        weakening_from: of(&tables.weakening_from),
        regeneration_share: of(&tables.regeneration_share).clamp(0.0, 1.0),
        fade_m_s: (of(&tables.fade_start_m_s), of(&tables.fade_end_m_s)),
        deceleration_limit_m_s2,
        generating_limit_w: (of(&tables.regeneration_power_share) * drive.peak_power_w).min(charge_limit_per_s * gross_energy_j),
        standing_w: of(&tables.standing_base_w)
            + of(&tables.standing_w) * (masses.test_mass_kg / of(&tables.standing_mass_kg)).powf(of(&tables.standing_exponent)),
        heating: heating(design, masses, tables, draw, &mut defaulted),
        cooling: (of(&tables.cooling_w) / (of(&tables.cooling_at_c) - cooling_above), cooling_above),
        tyre_change_per_k: of(&tables.tyre_change_per_k),
        tyre_pressure_exponent: of(&tables.tyre_pressure_exponent),
        air_gas_constant: of(&tables.air_gas_constant),
        reference_c: of(&tables.reference_c),
        real_world_c: of(tables.real_world_c_of(design)),
        gross_energy_j,
        usable_energy_j,
        relative_ocv: cell.relative_ocv,
        resistance_s: of(&cell.loss_at_1c) * S_PER_H,
        resistance_temperature_k: of(&tables.resistance_temperature_k),
        resistance_limit_share: of(&tables.resistance_limit_share).clamp(0.0, 1.0),
        test_soc: of(&tables.test_soc).clamp(0.0, 1.0),
        battery_limits_per_s: (of(&tables.discharge_limit_per_s), charge_limit_per_s),
        low_charge: (of(&tables.low_charge_from), of(&tables.low_charge_power).clamp(0.0, 1.0)),
        acceptance_k: (of(&tables.acceptance_temperature_k), of(&tables.full_rate_c) + ZERO_CELSIUS_K),
        charger: Charger {
            standing_w: of(&tables.charger_standby_w) + of(&tables.charging_units_w),
            proportional: of(&tables.charger_proportional).clamp(0.0, 0.5),
            reference_w: of(&tables.charger_power_w),
        },
        charging_efficiency: (of(&tables.ac_efficiency).min(1.0), of(&tables.dc_efficiency).min(1.0)),
        gap: of(&tables.gap_electric),
        top_speed_m_s: design.top_speed_km_h.as_ref().map(|v| minewheel_data::units::Speed::from_km_h(of(v)).m_s()),
        defaulted,
    })
}

/// Where the energy of a drive went, in Wh per km. The parts add up to the wall: see [`Ledger::imbalance`].
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Ledger {
    /// Constant term of the road load (mostly tyres).
    pub road_constant: f64,
    /// Linear term.
    pub road_linear: f64,
    /// Quadratic term (mostly air), in still air.
    pub road_quadratic: f64,
    /// What wind adds to it.
    pub wind: f64,
    /// Lifting on a slope.
    pub slope: f64,
    /// Kinetic energy at the end less at the start.
    pub kinetic: f64,
    /// Heat of the friction brakes.
    pub friction_brake: f64,
    /// Gear, under load.
    pub gear: f64,
    /// Machine and inverter.
    pub machine: f64,
    /// Accessories, heating, cooling.
    pub auxiliaries: f64,
    /// Resistance of the cells while driving.
    pub battery: f64,
    /// Charger and charging.
    pub charger: f64,
    /// Traffic over the cycle; nought in tests.
    pub traffic: f64,
    /// Work at the wheels that the trace asked for and the car did not deliver (counts against the sum).
    pub unmet: f64,
}

impl Ledger {
    /// Sum of all parts.
    pub fn sum(&self) -> f64 {
        self.road_constant
            + self.road_linear
            + self.road_quadratic
            + self.wind
            + self.slope
            + self.kinetic
            + self.friction_brake
            + self.gear
            + self.machine
            + self.auxiliaries
            + self.battery
            + self.charger
            + self.traffic
            - self.unmet
    }

    /// How far the parts miss the energy at the wall, as a share of it.
    pub fn imbalance(&self, wall_wh_per_km: f64) -> f64 {
        (self.sum() - wall_wh_per_km).abs() / wall_wh_per_km.abs().max(self.road_constant + self.road_quadratic)
    }
}

/// What an electric car used on a cycle.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CycleResult {
    /// Distance of the trace.
    pub distance_km: f64,
    /// From the AC wall (or the station, by `dc_share`).
    pub wall_wh_per_km: f64,
    /// Net at the battery's terminals.
    pub battery_wh_per_km: f64,
    /// Positive work asked at the wheels.
    pub wheel_positive_wh_per_km: f64,
    /// Braking work at the wheels, as a positive number.
    pub wheel_negative_wh_per_km: f64,
    /// Time in which the car could not follow.
    pub missed_trace_s: f64,
    /// Ambient temperature used.
    pub ambient_c: f64,
    /// Highest power the machines fed back, at the wheel side of the gear, in W.
    pub peak_regeneration_w: f64,
    /// State of charge at the end.
    pub final_soc: f64,
    /// Where it went.
    pub ledger: Ledger,
}

/// Constants of one run, after conditions.
struct Run {
    road: RoadLoad,
    slope_n: f64,
    wind_m_s: f64,
    inertia_kg: f64,
    gear: f64,
    per_gear: f64,
    force_limit_n: f64,
    braking_limit_n: f64,
    per_base_speed: f64,
    per_peak_force: f64,
    loss_w: [f64; LOSS_TERMS],
    main_loss_w: [f64; LOSS_TERMS],
    switching_w: f64,
    main_switching_w: f64,
    main_share: f64,
    resting_share: f64,
    weakening_from: f64,
    generating_limit_w: f64,
    regeneration_share: f64,
    fade_start_m_s: f64,
    per_fade: f64,
    auxiliary_w: f64,
    per_gross_energy: f64,
    resistance_s: f64,
}

/// Running sums of a drive by lane, in J.
#[derive(Default)]
struct Sums {
    positive: [f64; LANES],
    negative: [f64; LANES],
    pulled: [f64; LANES],
    recovered: [f64; LANES],
    machine: [f64; LANES],
    terminal: [f64; LANES],
    wind: [f64; LANES],
    missed_s: [f64; LANES],
    peak_regeneration_w: [f64; LANES],
}

impl Run {
    fn of(car: &ElectricCar, trace: &Trace, conditions: &Conditions) -> Self {
        let ambient_c = ambient(car, conditions);
        let (reference_k, ambient_k) = (car.reference_c + ZERO_CELSIUS_K, ambient_c + ZERO_CELSIUS_K);
        let heating = car.heating.power_w(ambient_c, trace.duration_s, conditions.usage);
        let cooling = car.cooling.0 * (ambient_c - car.cooling.1).max(0.0);
        let mass_kg = car.mass_kg + conditions.payload_kg;
        let angle = conditions.slope.atan();
        // The tyres' force follows temperature, pressure and load.
        let warm = (1.0 + car.tyre_change_per_k * (ambient_c - car.reference_c)).max(0.5);
        let tyres = warm * conditions.tyre_pressure.powf(car.tyre_pressure_exponent) * mass_kg / car.mass_kg * angle.cos();
        // Air: ideal gas, and the barometric formula at the ambient temperature.
        let thinner = (-STANDARD_GRAVITY_M_S2 * conditions.altitude_m / (car.air_gas_constant * ambient_k)).exp();
        let inertia_kg = mass_kg + car.mass_kg * car.rotating_share;
        let force_limit_n = car.peak_power_w / car.base_speed_m_s;
        let (acceptance_k, full_k) = car.acceptance_k;
        let accepts = (-acceptance_k * (1.0 / ambient_k - 1.0 / full_k)).exp().min(1.0);
        Self {
            road: RoadLoad {
                a_n: car.road_load.a_n * tyres,
                b_n_per_m_s: car.road_load.b_n_per_m_s,
                c_n_per_m2_s2: car.road_load.c_n_per_m2_s2 * reference_k / ambient_k * thinner,
            },
            slope_n: mass_kg * STANDARD_GRAVITY_M_S2 * angle.sin(),
            wind_m_s: conditions.headwind_m_s,
            inertia_kg,
            gear: car.gear_efficiency,
            per_gear: 1.0 / car.gear_efficiency,
            force_limit_n,
            braking_limit_n: force_limit_n.min(car.deceleration_limit_m_s2 * mass_kg),
            per_base_speed: 1.0 / car.base_speed_m_s,
            per_peak_force: 1.0 / force_limit_n,
            loss_w: car.loss_w,
            main_loss_w: car.main_loss_w,
            switching_w: car.switching_w,
            main_switching_w: car.main_switching_w,
            main_share: car.main_share,
            resting_share: car.resting_share,
            weakening_from: car.weakening_from,
            generating_limit_w: car.generating_limit_w.min(car.battery_limits_per_s.1 * car.gross_energy_j * accepts),
            regeneration_share: car.regeneration_share,
            fade_start_m_s: car.fade_m_s.0,
            per_fade: 1.0 / (car.fade_m_s.1 - car.fade_m_s.0).max(1e-3),
            auxiliary_w: car.standing_w + heating + cooling,
            per_gross_energy: 1.0 / car.gross_energy_j,
            resistance_s: car.resistance_s * (car.resistance_temperature_k * (1.0 / ambient_k - 1.0 / reference_k)).exp(),
        }
    }

    /// Resistance to motion in N, and what of it is due to wind.
    #[inline]
    fn road_n(&self, speed_m_s: f64) -> (f64, f64) {
        let through_air = speed_m_s + self.wind_m_s;
        let wind_n = self.road.c_n_per_m2_s2 * (through_air * through_air.abs() - speed_m_s * speed_m_s);
        (self.road.force_n(speed_m_s) + self.slope_n + wind_n, wind_n)
    }
}

/// Drives a cycle.
///
/// The result is per kilometre of the trace. A car that cannot follow is held on the trace all the same; the time and
/// the work it missed are in the result.
pub fn drive(car: &ElectricCar, trace: &Trace, conditions: &Conditions) -> CycleResult {
    drive_from(car, trace, conditions, false)
}

/// As [`drive`], with the state of charge held where it begins: the mean of many cycles of a pack that one cycle would empty.
pub fn drive_holding_charge(car: &ElectricCar, trace: &Trace, conditions: &Conditions) -> CycleResult {
    drive_from(car, trace, conditions, true)
}

fn drive_from(car: &ElectricCar, trace: &Trace, conditions: &Conditions, holds_charge: bool) -> CycleResult {
    let run = Run::of(car, trace, conditions);
    let mut sums = Sums::default();
    let mut soc = conditions.soc_of(car);
    // Energy drawn from the cells, per unit of gross energy, and time under load.
    let (mut drawn, mut auxiliary_s) = (0.0, 0.0);
    for block in &trace.blocks {
        let voltage = open_circuit(&car.relative_ocv, soc);
        let mut charge = [0.0; LANES];
        if soc <= 0.0 {
            stand(&run, block, &mut sums);
        } else {
            let (low_from, low_power) = car.low_charge;
            let left = low_power + (1.0 - low_power) * smaller(soc / low_from.max(1e-9), 1.0);
            let by_resistance = car.resistance_limit_share * voltage * voltage / (4.0 * run.resistance_s);
            let limits = Limits {
                power_w: left * smaller(car.peak_power_w, car.gross_energy_j * smaller(car.battery_limits_per_s.0, by_resistance)),
                generating_w: if soc >= 1.0 { 0.0 } else { run.generating_limit_w },
                voltage,
            };
            let mut power_w = [0.0; BLOCK];
            advance(&run, block, &limits, &mut sums, &mut power_w);
            let (square, four_r) = (voltage * voltage, 4.0 * run.resistance_s);
            for (at, power_w) in power_w.iter().enumerate() {
                let lane = at % LANES;
                let p = power_w * run.per_gross_energy;
                let current = 2.0 * p / (voltage + larger(square - four_r * p, 0.0).sqrt());
                charge[lane] += current * block.duration_s[at];
            }
            auxiliary_s += block.total_s;
        }
        let charge = total(&charge);
        if !holds_charge {
            soc -= charge;
        }
        drawn += voltage * charge;
    }
    settle(car, trace, conditions, &run, &sums, &BatterySums { drawn_share: drawn, auxiliary_s, soc, ambient_c: ambient(car, conditions) })
}

/// What the battery gave, in units of its gross energy.
struct BatterySums {
    drawn_share: f64,
    auxiliary_s: f64,
    soc: f64,
    ambient_c: f64,
}

/// Turns the sums into figures per kilometre.
fn settle(car: &ElectricCar, trace: &Trace, conditions: &Conditions, run: &Run, sums: &Sums, battery: &BatterySums) -> CycleResult {
    let distance_km = trace.distance_km();
    let per_km = |energy_j: f64| energy_j / J_PER_WH / distance_km;
    let (pulled, recovered, terminal_j) = (total(&sums.pulled), total(&sums.recovered), total(&sums.terminal));
    let cells_j = battery.drawn_share * car.gross_energy_j;
    let traffic_j = match conditions.usage {
        Use::Official => 0.0,
        Use::RealWorld => car.gap * cells_j.max(0.0),
    };
    let at_power = conditions.charge_power_w.map_or(1.0, |w| car.charger.relative(w));
    let efficiency =
        1.0 / ((1.0 - conditions.dc_share) / (car.charging_efficiency.0 * at_power).min(1.0) + conditions.dc_share / car.charging_efficiency.1);
    let charger_j = (cells_j + traffic_j).max(0.0) * (1.0 / efficiency - 1.0);
    CycleResult {
        distance_km,
        wall_wh_per_km: per_km(cells_j + traffic_j + charger_j),
        battery_wh_per_km: per_km(terminal_j + traffic_j),
        wheel_positive_wh_per_km: per_km(total(&sums.positive)),
        wheel_negative_wh_per_km: per_km(total(&sums.negative)),
        missed_trace_s: total(&sums.missed_s),
        ambient_c: battery.ambient_c,
        peak_regeneration_w: sums.peak_regeneration_w.iter().copied().fold(0.0, f64::max),
        final_soc: battery.soc,
        ledger: Ledger {
            road_constant: per_km(run.road.a_n * trace.moments[0]),
            road_linear: per_km(run.road.b_n_per_m_s * trace.moments[1]),
            road_quadratic: per_km(run.road.c_n_per_m2_s2 * trace.moments[2]),
            wind: per_km(total(&sums.wind)),
            slope: per_km(run.slope_n * trace.moments[0]),
            kinetic: per_km(run.inertia_kg * trace.kinetic_m2_s2),
            friction_brake: per_km(total(&sums.negative) - recovered),
            gear: per_km((pulled + recovered) * (1.0 - run.gear)),
            machine: per_km(total(&sums.machine)),
            auxiliaries: per_km(run.auxiliary_w * battery.auxiliary_s),
            battery: per_km(cells_j - terminal_j),
            charger: per_km(charger_j),
            traffic: per_km(traffic_j),
            unmet: per_km(total(&sums.positive) - pulled * run.gear),
        },
    }
}

/// Ambient temperature of the conditions.
pub(super) fn ambient(car: &ElectricCar, conditions: &Conditions) -> f64 {
    conditions.ambient_c.unwrap_or(match conditions.usage {
        Use::Official => car.reference_c,
        Use::RealWorld => car.real_world_c,
    })
}

/// Open-circuit voltage over its mean, on straight lines between the points.
fn open_circuit(curve: &[f64; OCV_POINTS], soc: f64) -> f64 {
    let at = soc.clamp(0.0, 1.0) * (OCV_POINTS - 1) as f64;
    // `at` is within 0..=10, so the cast keeps its whole part.
    #[expect(clippy::cast_sign_loss, reason = "clamped to be positive above")]
    let below = (at as usize).min(OCV_POINTS - 2);
    let part = at - below as f64;
    curve[below] + part * (curve[below + 1] - curve[below])
}

/// What machines and pack allow during a block.
struct Limits {
    power_w: f64,
    generating_w: f64,
    /// Open-circuit voltage over its mean.
    voltage: f64,
}

/// A block with a charged pack: sums, and the power at the terminals in W. Free of branches, so that steps share
/// vector registers.
#[inline]
fn advance(run: &Run, block: &Block, limits: &Limits, sums: &mut Sums, power_w: &mut [f64; BLOCK]) {
    let (mut k, mut q) = (run.loss_w, run.main_loss_w);
    k[3] += run.switching_w * (limits.voltage - 1.0);
    q[3] += run.main_switching_w * (limits.voltage - 1.0);
    let weakening_from = run.weakening_from * limits.voltage;
    for first in (0..BLOCK).step_by(LANES) {
        for lane in 0..LANES {
            let at = first + lane;
            let (speed, per_speed, duration_s) = (block.speed_m_s[at], block.per_speed_s_m[at], block.duration_s[at]);
            let distance_m = speed * duration_s;
            let (road_n, wind_n) = run.road_n(speed);
            let wheel_n = block.moving[at] * (road_n + run.inertia_kg * block.acceleration_m_s2[at]);
            let (driving_n, braking_n) = (larger(wheel_n, 0.0), larger(-wheel_n, 0.0));
            // Driving: what the trace asks, as far as machine and pack can.
            let wanted_n = driving_n * run.per_gear;
            let pulling_n = smaller(smaller(wanted_n, run.force_limit_n), limits.power_w * per_speed);
            let missing_n = wanted_n - pulling_n;
            // Braking: what the machines take; the rest is friction.
            let fade = smaller(larger((speed - run.fade_start_m_s) * run.per_fade, 0.0), 1.0);
            let wanted_braking_n = braking_n * run.regeneration_share * fade;
            let machine_n = smaller(smaller(wanted_braking_n, run.braking_limit_n), limits.generating_w * per_speed);
            let shaft_n = pulling_n - machine_n * run.gear;
            let (x, y) = (speed * run.per_base_speed, shaft_n.abs() * run.per_peak_force);
            let over = larger(x - weakening_from, 0.0);
            let all_w = k[0] + x * (k[1] + x * k[2]) + y * (k[3] + x * k[4] + y * k[5]) + over * over * k[6];
            let main_w = q[0] + x * (q[1] + x * q[2]) + y * (q[3] + x * q[4] + y * q[5]) + over * over * q[6];
            let saved_w = if y <= run.main_share { larger(all_w - main_w, 0.0) } else { 0.0 };
            let loss_w = block.moving[at] * (all_w - run.resting_share * saved_w);
            power_w[at] = shaft_n * speed + loss_w + run.auxiliary_w;
            sums.positive[lane] += driving_n * distance_m;
            sums.negative[lane] += braking_n * distance_m;
            sums.pulled[lane] += pulling_n * distance_m;
            sums.recovered[lane] += machine_n * distance_m;
            sums.machine[lane] += loss_w * duration_s;
            sums.terminal[lane] += power_w[at] * duration_s;
            sums.wind[lane] += block.moving[at] * wind_n * distance_m;
            sums.missed_s[lane] += if missing_n > 0.0 { duration_s } else { 0.0 };
            sums.peak_regeneration_w[lane] = larger(sums.peak_regeneration_w[lane], machine_n * speed);
        }
    }
}

/// A block with an empty pack: nothing is delivered.
fn stand(run: &Run, block: &Block, sums: &mut Sums) {
    for at in 0..BLOCK {
        let lane = at % LANES;
        let (road_n, wind_n) = run.road_n(block.speed_m_s[at]);
        sums.wind[lane] += block.moving[at] * wind_n * block.speed_m_s[at] * block.duration_s[at];
        let wheel_n = block.moving[at] * (road_n + run.inertia_kg * block.acceleration_m_s2[at]);
        let work_j = wheel_n * block.speed_m_s[at] * block.duration_s[at];
        if work_j > 0.0 {
            sums.positive[lane] += work_j;
            sums.missed_s[lane] += block.duration_s[at];
        } else {
            sums.negative[lane] -= work_j;
        }
    }
}

/// The smaller of two numbers, neither of which is NaN: one instruction, unlike [`f64::min`].
#[inline]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The larger of two numbers, neither of which is NaN.
#[inline]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Sum over the lanes.
fn total(lanes: &[f64; LANES]) -> f64 {
    lanes.iter().sum()
}
