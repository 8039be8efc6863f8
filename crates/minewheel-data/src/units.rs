//! Quantities as types, and the unit expressions that tables are written in.
//!
//! Inside the library a quantity is a newtype over `f64` in SI base units; the unit appears only where a number
//! enters ([`Mass::from_kg`]) or leaves ([`Mass::kg`]). Quantities of one dimension but different meaning (mass of
//! steel, mass of CO2 equivalents) are different types. Tables name their unit in text (`kg/kWh`); [`Unit::parse`]
//! turns that into a dimension and a factor, and [`convert`] refuses a change of dimension.
//!
//! Conversion factors are exact by definition (SI brochure, 9th edition, chapter 4; International Table calories are
//! used for standard coal alone). A tonne-kilometre is kept as kilogram-metre; money and CO2 equivalents are dimensions of their own.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use serde::Serialize;

/// Joules in a kilowatt-hour.
pub const J_PER_KWH: f64 = 3.6e6;
/// Joules in a watt-hour.
pub const J_PER_WH: f64 = 3600.0;
/// Joules in a kilogram of standard coal: 7000 kcal of the International Table, as GB/T 2589 rounds it.
pub const J_PER_KGCE: f64 = 29.3076e6;
/// Seconds in an hour.
pub const S_PER_H: f64 = 3600.0;
/// Standard acceleration of gravity in m/s² (BIPM).
pub const STANDARD_GRAVITY_M_S2: f64 = 9.80665;
/// Zero of the Celsius scale in kelvin.
pub const ZERO_CELSIUS_K: f64 = 273.15;
/// Faraday constant in C/mol (CODATA 2018, exact).
pub const FARADAY_C_PER_MOL: f64 = 96485.33212;
/// Kilograms of carbon dioxide from a kilogram of carbon: 44 over 12 g/mol, rounded.
pub const CARBON_DIOXIDE_PER_CARBON: f64 = 44.0 / 12.0;
/// Molar gas constant in J/mol/K (CODATA 2018, exact).
pub const GAS_CONSTANT_J_PER_MOL_K: f64 = 8.314_462_618;
/// Days in a year of 365 days, as warranties and field studies count.
pub const DAYS_PER_YEAR: f64 = 365.0;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $base:literal, $( $from:ident / $to:ident = $factor:expr ),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// The quantity of size nought.
            pub const ZERO: Self = Self(0.0);
            /// In the SI base unit of the type.
            pub const fn base(self) -> f64 { self.0 }
            $(
                /// From the unit in the name.
                pub const fn $from(value: f64) -> Self { Self(value * $factor) }
                /// In the unit in the name.
                pub const fn $to(self) -> f64 { self.0 / $factor }
            )+
            /// The larger of two.
            #[must_use]
            pub const fn max(self, other: Self) -> Self { Self(self.0.max(other.0)) }
            /// The smaller of two.
            #[must_use]
            pub const fn min(self, other: Self) -> Self { Self(self.0.min(other.0)) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if let Some(p) = f.precision() { write!(f, "{:.*} {}", p, self.0, $base) } else { write!(f, "{} {}", self.0, $base) }
            }
        }
        impl Add for $name { type Output = Self; fn add(self, o: Self) -> Self { Self(self.0 + o.0) } }
        impl Sub for $name { type Output = Self; fn sub(self, o: Self) -> Self { Self(self.0 - o.0) } }
        impl Neg for $name { type Output = Self; fn neg(self) -> Self { Self(-self.0) } }
        impl AddAssign for $name { fn add_assign(&mut self, o: Self) { self.0 += o.0; } }
        impl Mul<f64> for $name { type Output = Self; fn mul(self, o: f64) -> Self { Self(self.0 * o) } }
        impl Div<f64> for $name { type Output = Self; fn div(self, o: f64) -> Self { Self(self.0 / o) } }
        impl Div for $name { type Output = f64; fn div(self, o: Self) -> f64 { self.0 / o.0 } }
        impl Sum for $name { fn sum<I: Iterator<Item = Self>>(i: I) -> Self { Self(i.map(|x| x.0).sum()) } }
    };
}

quantity!(
    /// Mass of matter.
    Mass, "kg", from_kg / kg = 1.0, from_g / g = 1e-3, from_t / t = 1e3
);
quantity!(
    /// Mass of CO2 that would warm as much over the method's horizon. Not a mass of matter.
    Co2e, "kg CO2e", from_kg / kg = 1.0, from_g / g = 1e-3, from_t / t = 1e3
);
quantity!(
    /// Energy.
    Energy, "J", from_j / j = 1.0, from_mj / mj = 1e6, from_wh / wh = J_PER_WH, from_kwh / kwh = J_PER_KWH
);
quantity!(
    /// Power.
    Power, "W", from_w / w = 1.0, from_kw / kw = 1e3
);
quantity!(
    /// Length or distance.
    Length, "m", from_m / m = 1.0, from_km / km = 1e3, from_mm / mm = 1e-3
);
quantity!(
    /// Area.
    Area, "m2", from_m2 / m2 = 1.0
);
quantity!(
    /// Volume.
    Volume, "m3", from_m3 / m3 = 1.0, from_l / l = 1e-3
);
quantity!(
    /// Duration.
    Duration, "s", from_s / s = 1.0, from_minutes / minutes = 60.0, from_h / h = S_PER_H, from_years / years = (365.25 * 24.0 * S_PER_H)
);
quantity!(
    /// Speed.
    Speed, "m/s", from_m_s / m_s = 1.0, from_km_h / km_h = (1.0 / 3.6)
);
quantity!(
    /// Force.
    Force, "N", from_n / n = 1.0
);
quantity!(
    /// Torque. Same dimension as energy, another thing.
    Torque, "N m", from_nm / nm = 1.0
);
quantity!(
    /// Electric potential difference.
    Voltage, "V", from_v / v = 1.0
);
quantity!(
    /// Electric charge.
    Charge, "C", from_ah / ah = S_PER_H, from_c / c = 1.0
);
quantity!(
    /// Thermodynamic temperature.
    Temperature, "K", from_k / k = 1.0
);
quantity!(
    /// Energy per distance driven.
    EnergyPerLength, "J/m", from_wh_per_km / wh_per_km = 3.6, from_kwh_per_100km / kwh_per_100km = 36.0, from_mj_per_km / mj_per_km = 1e3
);
quantity!(
    /// Energy per mass of battery.
    SpecificEnergy, "J/kg", from_wh_per_kg / wh_per_kg = J_PER_WH
);
quantity!(
    /// CO2 equivalents per distance driven.
    Co2ePerLength, "kg/m", from_g_per_km / g_per_km = 1e-6
);

impl Temperature {
    /// From degrees Celsius.
    pub const fn from_celsius(value: f64) -> Self {
        Self(value + ZERO_CELSIUS_K)
    }
    /// In degrees Celsius.
    pub const fn celsius(self) -> f64 {
        self.0 - ZERO_CELSIUS_K
    }
}
impl Div<Length> for Energy {
    type Output = EnergyPerLength;
    fn div(self, distance: Length) -> EnergyPerLength {
        EnergyPerLength(self.0 / distance.0)
    }
}
impl Mul<Length> for EnergyPerLength {
    type Output = Energy;
    fn mul(self, distance: Length) -> Energy {
        Energy(self.0 * distance.0)
    }
}
impl Div<EnergyPerLength> for Energy {
    type Output = Length;
    fn div(self, rate: EnergyPerLength) -> Length {
        Length(self.0 / rate.0)
    }
}
impl Div<Mass> for Energy {
    type Output = SpecificEnergy;
    fn div(self, mass: Mass) -> SpecificEnergy {
        SpecificEnergy(self.0 / mass.0)
    }
}
impl Div<SpecificEnergy> for Energy {
    type Output = Mass;
    fn div(self, density: SpecificEnergy) -> Mass {
        Mass(self.0 / density.0)
    }
}
impl Mul<Duration> for Power {
    type Output = Energy;
    fn mul(self, time: Duration) -> Energy {
        Energy(self.0 * time.0)
    }
}
impl Div<Length> for Co2e {
    type Output = Co2ePerLength;
    fn div(self, distance: Length) -> Co2ePerLength {
        Co2ePerLength(self.0 / distance.0)
    }
}

/// A fraction of one, always within 0..=1. Percentages exist only in printed text.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
#[serde(transparent)]
pub struct Share(f64);

impl Share {
    /// All of it.
    pub const ONE: Self = Self(1.0);
    /// None of it.
    pub const ZERO: Self = Self(0.0);

    /// A share, or `None` if the number lies outside 0..=1 or is not finite.
    ///
    /// ```
    /// use minewheel_data::units::Share;
    /// assert!(Share::new(0.4).is_some());
    /// assert!(Share::new(40.0).is_none());
    /// ```
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }
    /// The fraction.
    pub const fn get(self) -> f64 {
        self.0
    }
    /// One minus the fraction.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(1.0 - self.0)
    }
}

/// Exponents of the base dimensions of a unit expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dimension([i8; 9]);

const MASS: usize = 0;
const LENGTH: usize = 1;
const TIME: usize = 2;
const TEMPERATURE: usize = 3;
const CURRENT: usize = 4;
const MONEY: usize = 5;
const CO2E: usize = 6;
const ITEM: usize = 7;
const AMOUNT: usize = 8;

/// A parsed unit expression: its dimension and its size in SI base units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    dimension: Dimension,
    factor: f64,
}

/// A unit expression that cannot be read or does not fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// A token of the expression is not in the list of units.
    #[error("`{token}` in unit `{expression}` is not a unit of the tables")]
    Unknown {
        /// The whole expression.
        expression: String,
        /// The token that is not known.
        token: String,
    },
    /// The two units measure different things.
    #[error("unit `{from}` cannot be turned into `{to}`: they measure different things")]
    Dimension {
        /// The unit that was given.
        from: String,
        /// The unit that was wanted.
        to: String,
    },
}

fn token_unit(token: &str) -> Option<(f64, &'static [(usize, i8)])> {
    const NONE: &[(usize, i8)] = &[];
    const M: &[(usize, i8)] = &[(MASS, 1)];
    const L: &[(usize, i8)] = &[(LENGTH, 1)];
    const T: &[(usize, i8)] = &[(TIME, 1)];
    const AREA: &[(usize, i8)] = &[(LENGTH, 2)];
    const VOLUME: &[(usize, i8)] = &[(LENGTH, 3)];
    const ENERGY: &[(usize, i8)] = &[(MASS, 1), (LENGTH, 2), (TIME, -2)];
    const POWER: &[(usize, i8)] = &[(MASS, 1), (LENGTH, 2), (TIME, -3)];
    const FORCE: &[(usize, i8)] = &[(MASS, 1), (LENGTH, 1), (TIME, -2)];
    const VOLT: &[(usize, i8)] = &[(MASS, 1), (LENGTH, 2), (TIME, -3), (CURRENT, -1)];
    const OHM: &[(usize, i8)] = &[(MASS, 1), (LENGTH, 2), (TIME, -3), (CURRENT, -2)];
    const CHARGE: &[(usize, i8)] = &[(CURRENT, 1), (TIME, 1)];
    Some(match token {
        "1" | "cycle" | "rev" | "rad" => (1.0, NONE),
        "percent" => (1e-2, NONE),
        "ppm" => (1e-6, NONE),
        "kg" => (1.0, M),
        "g" => (1e-3, M),
        "mg" => (1e-6, M),
        "t" => (1e3, M),
        "kg_co2e" => (1.0, &[(CO2E, 1)]),
        "g_co2e" => (1e-3, &[(CO2E, 1)]),
        "m" => (1.0, L),
        "km" => (1e3, L),
        "cm" => (1e-2, L),
        "mm" => (1e-3, L),
        "um" => (1e-6, L),
        "m2" => (1.0, AREA),
        "cm2" => (1e-4, AREA),
        "mm2" => (1e-6, AREA),
        "m3" => (1.0, VOLUME),
        "l" => (1e-3, VOLUME),
        "ml" | "cm3" => (1e-6, VOLUME),
        "s" => (1.0, T),
        "min" => (60.0, T),
        "h" => (S_PER_H, T),
        "ms" => (1e-3, T),
        "day" => (24.0 * S_PER_H, T),
        "year" => (365.25 * 24.0 * S_PER_H, T),
        "km_h" => (1.0 / 3.6, &[(LENGTH, 1), (TIME, -1)]),
        "rpm" => (std::f64::consts::TAU / 60.0, &[(TIME, -1)]),
        "J" | "Ws" | "Nm" => (1.0, ENERGY),
        "kJ" => (1e3, ENERGY),
        "MJ" => (1e6, ENERGY),
        "GJ" => (1e9, ENERGY),
        "Wh" => (J_PER_WH, ENERGY),
        "kWh" => (J_PER_KWH, ENERGY),
        "MWh" => (1e3 * J_PER_KWH, ENERGY),
        "GWh" => (1e6 * J_PER_KWH, ENERGY),
        "TWh" => (1e9 * J_PER_KWH, ENERGY),
        "kgce" => (J_PER_KGCE, ENERGY),
        "W" => (1.0, POWER),
        "kW" => (1e3, POWER),
        "MW" => (1e6, POWER),
        "N" => (1.0, FORCE),
        "kPa" => (1e3, &[(MASS, 1), (LENGTH, -1), (TIME, -2)]),
        "V" => (1.0, VOLT),
        "mV" => (1e-3, VOLT),
        "A" => (1.0, &[(CURRENT, 1)]),
        "Ohm" => (1.0, OHM),
        "mOhm" => (1e-3, OHM),
        "Ah" => (S_PER_H, CHARGE),
        "mAh" => (1e-3 * S_PER_H, CHARGE),
        "K" => (1.0, &[(TEMPERATURE, 1)]),
        "mol" => (1.0, &[(AMOUNT, 1)]),
        "USD" | "EUR" | "CNY" => (1.0, &[(MONEY, 1)]),
        "item" | "vehicle" | "pile" | "gun" => (1.0, &[(ITEM, 1)]),
        "tkm" => (1e6, &[(MASS, 1), (LENGTH, 1)]),
        "kgkm" => (1e3, &[(MASS, 1), (LENGTH, 1)]),
        _ => return None,
    })
}

impl Unit {
    /// Reads `kg/kWh`, `USD/kg`, `Wh/kg`, `N/m2*s` …: tokens joined by `*` and `/`, read from left to right.
    ///
    /// # Errors
    /// A token that is not in the list of units.
    ///
    /// ```
    /// use minewheel_data::units::convert;
    /// assert!((convert(250.0, "Wh/kg", "kWh/t").unwrap() - 250.0).abs() < 1e-9);
    /// assert!(convert(1.0, "kg", "kWh").is_err());
    /// ```
    pub fn parse(expression: &str) -> Result<Self, UnitError> {
        let mut unit = Self { dimension: Dimension::default(), factor: 1.0 };
        let mut sign = 1i8;
        let mut rest = expression;
        loop {
            let end = rest.find(['/', '*']).unwrap_or(rest.len());
            let token = rest[..end].trim();
            let (factor, exponents) =
                token_unit(token).ok_or_else(|| UnitError::Unknown { expression: expression.to_owned(), token: token.to_owned() })?;
            unit.factor *= if sign > 0 { factor } else { 1.0 / factor };
            for &(at, exponent) in exponents {
                unit.dimension.0[at] += sign * exponent;
            }
            if end == rest.len() {
                return Ok(unit);
            }
            sign = if rest.as_bytes()[end] == b'/' { -1 } else { 1 };
            rest = &rest[end + 1..];
        }
    }

    /// The size of one such unit in SI base units.
    pub const fn factor(self) -> f64 {
        self.factor
    }
    /// What the unit measures.
    pub const fn dimension(self) -> Dimension {
        self.dimension
    }
}

/// How many `to` make one `from`.
///
/// # Errors
/// An unknown unit, or two units of different dimension.
pub fn ratio(from: &str, to: &str) -> Result<f64, UnitError> {
    if from == to {
        return Ok(1.0);
    }
    let (a, b) = (Unit::parse(from)?, Unit::parse(to)?);
    if a.dimension != b.dimension {
        return Err(UnitError::Dimension { from: from.to_owned(), to: to.to_owned() });
    }
    Ok(a.factor / b.factor)
}

/// A number of one unit expressed in another of the same dimension.
///
/// # Errors
/// An unknown unit, or two units of different dimension.
pub fn convert(value: f64, from: &str, to: &str) -> Result<f64, UnitError> {
    Ok(value * ratio(from, to)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kilowatt_hour_is_3_6_megajoules() {
        assert!((convert(1.0, "kWh", "MJ").unwrap() - 3.6).abs() < 1e-12);
        assert!((Energy::from_kwh(1.0).mj() - 3.6).abs() < 1e-12);
    }

    #[test]
    fn mass_and_carbon_dioxide_equivalents_do_not_mix() {
        assert!(matches!(convert(1.0, "kg", "kg_co2e"), Err(UnitError::Dimension { .. })));
    }

    #[test]
    fn an_unknown_token_is_named() {
        let error = Unit::parse("kg/furlong").unwrap_err();
        assert!(error.to_string().contains("furlong"));
    }

    #[test]
    fn a_range_is_energy_over_consumption() {
        let range = Energy::from_kwh(60.0) / EnergyPerLength::from_kwh_per_100km(15.0);
        assert!((range.km() - 400.0).abs() < 1e-9);
    }

    proptest::proptest! {
        #[test]
        fn units_round_trip(value in -1e9..1e9f64) {
            for (a, b) in [("kWh", "MJ"), ("g/kW", "kg/kW"), ("km_h", "m/s"), ("mAh/g", "Ah/kg"), ("USD/kWh", "USD/MWh")] {
                let there = convert(value, a, b).unwrap();
                let back = convert(there, b, a).unwrap();
                proptest::prop_assert!((back - value).abs() <= 1e-12 * value.abs());
            }
        }
    }
}
