//! How energy per kilometre moves with the design: exact derivatives, from one drive with dual numbers.
//!
//! ```text
//! a = m·g·c_r     c = ½·ρ·A_d     P_aux = P_0·(b + (1 − b)·(m/m_0)^n)     S = ∂w/∂x,  elasticity = x/w·∂w/∂x
//! ```
//!
//! | symbol | lever | unit |
//! |--------|-------|------|
//! | `m`    | mass in the test; rolling resistance, accessories and inertia follow it | kg |
//! | `A_d`  | drag area on the road (`c_d·A` times the claim's factor; of a coast-down, its quadratic term) | m² |
//! | `c_r`  | rolling resistance (of a coast-down, its constant term over weight) | – |
//! | `P_0`, `b` | accessories of the car at its mass, and the share of them that no mass moves | W, – |
//! | `η`    | efficiency of the gear under load, both ways: of the path between wheel and machine | – |
//! | `T`    | ambient temperature: air density, tyres, heating and cooling, cells | °C |
//!
//! The derivative is that of the model as it runs: where a limit binds (a force, a power, the fade of regeneration),
//! that of the limit. At a kink of the model, such as the temperature below which the cabin is heated, it is the one
//! of the side on which the comparison falls.
//!
//! Tests hold every derivative against central differences of [`super::drive`].

use minewheel_data::row::Draw;
use minewheel_data::units::{J_PER_WH, STANDARD_GRAVITY_M_S2};

use super::electric::ambient;
use super::lanes::{Levers, Run, follow, wall_j};
use super::number::{DUAL, Dual, Number};
use super::{Conditions, DriveTables, ElectricCar, Trace};

/// What is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lever {
    /// Mass in the test, in kg.
    Mass,
    /// Drag area on the road, in m².
    DragArea,
    /// Coefficient of rolling resistance.
    RollingResistance,
    /// Accessories, in W.
    Accessories,
    /// Efficiency between wheel and machine.
    DriveEfficiency,
    /// Ambient temperature, in °C.
    Temperature,
}

impl Lever {
    /// All of them.
    pub const ALL: [Self; DUAL] = [Self::Mass, Self::DragArea, Self::RollingResistance, Self::Accessories, Self::DriveEfficiency, Self::Temperature];

    /// Its word and its unit.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Mass => ("mass", "kg"),
            Self::DragArea => ("drag area", "m²"),
            Self::RollingResistance => ("rolling resistance", "–"),
            Self::Accessories => ("accessories", "W"),
            Self::DriveEfficiency => ("drive efficiency", "–"),
            Self::Temperature => ("temperature", "°C"),
        }
    }
}

/// The derivative with respect to one lever.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Slope {
    /// What is moved.
    pub lever: Lever,
    /// Where it stands, in its unit.
    pub value: f64,
    /// Change of the energy at the wall per unit of the lever.
    pub wall_wh_per_km_per_unit: f64,
    /// Change of the energy at the battery's terminals per unit of the lever.
    pub battery_wh_per_km_per_unit: f64,
    /// Per cent of energy at the wall per per cent of the lever; none for a temperature.
    pub elasticity: Option<f64>,
}

/// Values of the levers, in the order of [`Lever::ALL`].
fn values(car: &ElectricCar, conditions: &Conditions, half_density: f64) -> [f64; DUAL] {
    [
        car.mass_kg,
        car.road_load.c_n_per_m2_s2 / half_density,
        car.road_load.a_n / (car.mass_kg * STANDARD_GRAVITY_M_S2),
        car.standing_w,
        car.gear_efficiency,
        ambient(car, conditions),
    ]
}

/// The derivatives of the energy per kilometre on a trace, in the order of [`Lever::ALL`].
pub fn sensitivities(car: &ElectricCar, trace: &Trace, conditions: &Conditions, tables: &DriveTables, draw: &Draw<'_>) -> [Slope; DUAL] {
    let half_density = 0.5 * draw.of(&tables.air_density);
    let exponent = draw.of(&tables.standing_exponent);
    let base = draw.of(&tables.standing_base_w) / car.standing_w;
    let values = values(car, conditions, half_density);
    let [mass, area, rolling, accessories, gear, ambient_c] = std::array::from_fn(|i| Dual::input(values[i], i));
    let levers = Levers {
        mass_kg: mass,
        a_n: rolling * mass * Dual::of(STANDARD_GRAVITY_M_S2),
        c_n_per_m2_s2: area * Dual::of(half_density),
        standing_w: accessories * (Dual::of(base) + Dual::of(1.0 - base) * (mass / Dual::of(car.mass_kg)).power(exponent)),
        gear_efficiency: gear,
        ambient_c,
    };
    let used = follow(&Run::of(car, &levers, conditions, trace.duration_s()), trace, Dual::of(conditions.soc_of(car)));
    let cells_j = used.drawn_share * Dual::of(car.gross_energy_j);
    let per_km = Dual::of(1.0 / J_PER_WH / trace.distance_km());
    let wall = wall_j(car, conditions, cells_j) * per_km;
    let traffic_j = match conditions.usage {
        super::Use::Official => Dual::of(0.0),
        super::Use::RealWorld => Dual::of(car.gap) * cells_j.larger(Dual::of(0.0)),
    };
    let battery = (used.terminal_j + traffic_j) * per_km;
    std::array::from_fn(|i| Slope {
        lever: Lever::ALL[i],
        value: values[i],
        wall_wh_per_km_per_unit: wall.slopes[i],
        battery_wh_per_km_per_unit: battery.slopes[i],
        elasticity: (Lever::ALL[i] != Lever::Temperature).then(|| wall.slopes[i] * values[i] / wall.value),
    })
}
