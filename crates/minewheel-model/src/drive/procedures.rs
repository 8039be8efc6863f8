//! The numbers of the certification procedures, from `drive/procedures.csv`.

use minewheel_data::loader::Loader;
use minewheel_data::parameters::Parameters;
use minewheel_data::row::Value;

use super::{DriveError, WltcClass};

/// How one class of WLTC is downscaled.
#[derive(Debug, Clone, Copy)]
pub struct Downscaling {
    /// Second from which speeds are scaled.
    pub from_s: Value,
    /// Last second that is scaled as an acceleration.
    pub peak_s: Value,
    /// Second at which the scaled trace meets the base cycle again.
    pub to_s: Value,
    /// Speed in m/s at which the base cycle asks for most power.
    pub power_speed_m_s: Value,
    /// Acceleration in m/s² there.
    pub power_acceleration_m_s2: Value,
    /// Power asked over rated power below which nothing is scaled.
    pub ratio_least: Value,
    /// Slope and intercept of the factor in that ratio.
    pub factor: (Value, Value),
}

/// Where a test that runs two or more parts of one charge places them.
#[derive(Debug, Clone, Copy)]
pub struct Shortened {
    /// Fewest cycles in one charge for which the test is meant.
    pub cycles_least: Value,
    /// Share of the usable energy left for the last constant-speed segment.
    pub end_share: Value,
}

/// What parts the classes of WLTC. A legal definition: the same in every draw.
#[derive(Debug, Clone, Copy)]
pub struct WltcLimits {
    /// Most rated power over kerb mass of class 1 in W/kg.
    pub one_w_per_kg: Value,
    /// Most of class 2.
    pub two_w_per_kg: Value,
    /// Top speed in m/s from which a car of class 3 is one of class 3b.
    pub fast_m_s: Value,
}

/// The US label from five cycles: see [`super::five_cycle`]. All of them legal definitions, but for the stand-in of the SC03.
#[derive(Debug, Clone, Copy)]
pub struct FiveCycleRule {
    /// First second of bag 2 of the UDDS.
    pub city_bag_end_s: Value,
    /// Highway part of the US06 in s.
    pub us06_highway_s: (Value, Value),
    /// Distance of bag 1 in m.
    pub start_bag_m: Value,
    /// Starts per trip that count.
    pub start_share: Value,
    /// Shares of warm and cold starts.
    pub starts: (Value, Value),
    /// Trips in town and on the highway in m.
    pub trips_m: (Value, Value),
    /// Shares of warm and cold driving in town.
    pub city_shares: (Value, Value),
    /// Shares of bag 2, bag 3 and the town part of the US06 in warm driving in town.
    pub warm_city: (Value, Value, Value),
    /// Share of bag 3 in cold driving in town.
    pub cold_bag_3: Value,
    /// Share of driving with air conditioning.
    pub cooling_share: Value,
    /// Its weight in town and on the highway.
    pub cooling: (Value, Value),
    /// Factor of highway driving.
    pub highway_running: Value,
    /// Share of the highway part of the US06.
    pub highway_us06: Value,
    /// Label over test.
    pub road: Value,
    /// Temperature of the cold test in °C.
    pub cold_c: Value,
    /// Time between bag 2 and bag 3 in s.
    pub soak_s: Value,
    /// Duration in s and distance in m of the SC03.
    pub sc03: (Value, Value),
    /// Its temperature in °C.
    pub sc03_c: Value,
}

impl FiveCycleRule {
    fn read(table: &Parameters) -> Result<Self, DriveError> {
        let v = |property: &str, unit: &str| table.value("five-cycle", property, unit).map_err(DriveError::from);
        Ok(Self {
            city_bag_end_s: v("city_bag_end", "s")?,
            us06_highway_s: (v("us06_highway_from", "s")?, v("us06_highway_to", "s")?),
            start_bag_m: v("start_bag", "m")?,
            start_share: v("start_share", "1")?,
            starts: (v("start_warm", "1")?, v("start_cold", "1")?),
            trips_m: (v("city_trip", "m")?, v("highway_trip", "m")?),
            city_shares: (v("city_warm", "1")?, v("city_cold", "1")?),
            warm_city: (v("city_bag_2", "1")?, v("city_bag_3", "1")?, v("city_us06", "1")?),
            cold_bag_3: v("cold_bag_3", "1")?,
            cooling_share: v("cooling_share", "1")?,
            cooling: (v("cooling_city", "1")?, v("cooling_highway", "1")?),
            highway_running: v("highway_running", "1")?,
            highway_us06: v("highway_us06", "1")?,
            road: v("road", "1")?,
            cold_c: v("cold_temperature_c", "1")?,
            soak_s: v("soak", "s")?,
            sc03: (v("sc03_duration", "s")?, v("sc03_distance", "m")?),
            sc03_c: v("sc03_temperature_c", "1")?,
        })
    }
}

/// All numbers of the procedures.
#[derive(Debug, Clone)]
pub struct ProcedureTables {
    /// What parts the classes of WLTC.
    pub wltc_limits: WltcLimits,
    /// Classes 1 to 3.
    pub downscaling: [Downscaling; 3],
    /// Largest factor that is not applied.
    pub factor_least: Value,
    /// Mass that resists acceleration over test mass, in the power asked.
    pub inertia: Value,
    /// Shortened tests of WLTP, CLTC and EPA.
    pub shortened: [Shortened; 3],
    /// The label from five cycles (US).
    pub five_cycle: FiveCycleRule,
    /// Share of the city cycle in the combined figure (US).
    pub city_share: Value,
    /// Load in the test in kg (US).
    pub epa_load_kg: Value,
    /// Load in the test in kg (NEDC).
    pub nedc_load_kg: Value,
    /// Share of the energy kept back that lies above the usable window.
    pub reserve_above_share: Value,
}

impl ProcedureTables {
    /// Reads the table.
    ///
    /// # Errors
    /// A parameter is missing or has an unfit unit.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, DriveError> {
        let table = Parameters::read(loader, "drive/procedures.csv");
        let v = |subject: &str, property: &str, unit: &str| table.value(subject, property, unit).map_err(DriveError::from);
        let downscaling = |subject: &str| -> Result<Downscaling, DriveError> {
            Ok(Downscaling {
                from_s: v(subject, "downscale_from", "s")?,
                peak_s: v(subject, "downscale_peak", "s")?,
                to_s: v(subject, "downscale_to", "s")?,
                power_speed_m_s: v(subject, "power_speed", "m/s")?,
                power_acceleration_m_s2: v(subject, "power_acceleration", "m/s/s")?,
                ratio_least: v(subject, "ratio_least", "1")?,
                factor: (v(subject, "factor_slope", "1")?, v(subject, "factor_intercept", "1")?),
            })
        };
        let shortened = |subject: &str| -> Result<Shortened, DriveError> {
            Ok(Shortened { cycles_least: v(subject, "cycles_least", "1")?, end_share: v(subject, "end_share", "1")? })
        };
        let wltc_limits = WltcLimits {
            one_w_per_kg: v("wltc-1", "power_to_mass_most", "W/kg")?,
            two_w_per_kg: v("wltc-2", "power_to_mass_most", "W/kg")?,
            fast_m_s: v("wltc-3", "fast_top_speed", "m/s")?,
        };
        Ok(Self {
            wltc_limits,
            downscaling: [downscaling("wltc-1")?, downscaling("wltc-2")?, downscaling("wltc-3")?],
            factor_least: v("wltp", "factor_least", "1")?,
            inertia: v("wltp", "inertia", "1")?,
            shortened: [shortened("wltp")?, shortened("cltc")?, shortened("epa")?],
            five_cycle: FiveCycleRule::read(&table)?,
            city_share: v("epa", "city_share", "1")?,
            epa_load_kg: v("epa", "test_load", "kg")?,
            nedc_load_kg: v("nedc", "test_load", "kg")?,
            reserve_above_share: v("pack", "reserve_above_share", "1")?,
        })
    }

    /// How a class is downscaled.
    pub fn downscaling(&self, class: WltcClass) -> &Downscaling {
        match class {
            WltcClass::One => &self.downscaling[0],
            WltcClass::Two => &self.downscaling[1],
            WltcClass::ThreeA | WltcClass::ThreeB => &self.downscaling[2],
        }
    }
}
