//! A car of the catalogue or of a file at the plug, on a trip, and on the test track, at best estimates.
//!
//! Joins [`minewheel_model::drive`] and [`minewheel_model::charging`]: the drive gives the energy per kilometre, charging
//! the minutes. Masses are those of the design where it gives them, else of the drive tables, as in
//! [`crate::inventory::drive_car`].

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::Draw;
use minewheel_data::units::{EnergyPerLength, Length, Power, Speed};
use minewheel_model::charging::{
    ChargingCar, ChargingError, Session, SessionResult, Supply, TripPlan, TripRequest, charge, charging_car, plan_trip, steady_trace,
};
use minewheel_model::drive::{
    Conditions, ElectricCar, Masses, Performance, Readiness, Trace, check_driven, drive, electric_car, performance, performance_car,
};

use crate::AssessError;
use crate::inventory::{body_change, with_kerb_mass};
use crate::tables::Tables;

/// The numbers of a car with a plug, and the fields that its design did not give.
///
/// # Errors
/// The car has no plug, or cannot be driven.
pub fn electric(design: &CarDesign, tables: &Tables) -> Result<(ElectricCar, ChargingCar, Vec<(String, f64)>), AssessError> {
    if !matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        return Err(ChargingError::NoPlug { car: design.id.clone(), powertrain: design.powertrain.word() }.into());
    }
    let mut noted = Vec::new();
    let (design, sized) = with_kerb_mass(design, tables)?;
    let design = &*design;
    let masses = Masses::of(design, &tables.drive, &Draw::BEST, &mut noted);
    let car = electric_car(design, &masses, &tables.drive, &Draw::BEST)?.heavier_by(body_change(design, tables)?.kg());
    let at_plug = charging_car(design, &car, &tables.charging, &Draw::BEST)?;
    noted.extend(at_plug.defaulted.iter().cloned());
    let fields = sized.into_iter().chain(noted.into_iter().map(|d| (d.field, d.value))).map(|(f, v)| (f.to_owned(), v)).collect();
    Ok((car, at_plug, fields))
}

/// A charge with the two windows that makers publish.
#[derive(Debug, Clone, PartialEq)]
pub struct Charged {
    /// The charge asked for.
    pub session: SessionResult,
    /// Minutes from 10 to 80 % with the same supply and temperatures.
    pub minutes_10_80: f64,
    /// Minutes from 30 to 80 %.
    pub minutes_30_80: f64,
    /// Usable energy of the pack in kWh.
    pub usable_energy_kwh: f64,
    /// The car's own limit for this kind of supply in kW.
    pub car_limit_kw: f64,
    /// Temperature of the pack in °C at the start.
    pub pack_start_c: f64,
    /// Fields that the design did not give, with what stood in.
    pub defaulted: Vec<(String, f64)>,
}

/// Temperature of the pack when a charge begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PackAtStart {
    /// As the air.
    AsAir,
    /// Prepared on the way, as the tables say.
    Prepared,
    /// Given in °C.
    At(f64),
}

/// Charges a car.
///
/// # Errors
/// The car has no plug, or the charge cannot be.
pub fn charge_car(
    design: &CarDesign,
    tables: &Tables,
    supply: Supply,
    window: (f64, f64),
    ambient_c: f64,
    pack: PackAtStart,
) -> Result<Charged, AssessError> {
    let (_, car, defaulted) = electric(design, tables)?;
    let prepared_c = tables.charging.arrival_c.best;
    let pack_c = match pack {
        PackAtStart::AsAir => ambient_c,
        PackAtStart::Prepared => ambient_c.max(prepared_c),
        PackAtStart::At(celsius) => celsius,
    };
    let run = |from_soc: f64, to_soc: f64| charge(&car, &Session { supply, from_soc, to_soc, ambient_c, pack_c });
    let limit_w = match supply {
        Supply::Ac(_) => car.ac_limit_w,
        Supply::Dc(_) => car.dc_limit_w.unwrap_or(0.0),
    };
    Ok(Charged {
        session: run(window.0, window.1)?,
        minutes_10_80: run(0.1, 0.8)?.minutes,
        minutes_30_80: run(0.3, 0.8)?.minutes,
        usable_energy_kwh: minewheel_data::units::Energy::from_j(car.usable_energy_j).kwh(),
        car_limit_kw: Power::from_w(limit_w).kw(),
        pack_start_c: pack_c,
        defaulted,
    })
}

/// How a trip is driven between stops.
#[derive(Debug, Clone)]
pub enum Pace {
    /// At one speed.
    Steady(Speed),
    /// Over a cycle, again and again.
    Cycle(Trace),
}

/// A trip with stops.
#[derive(Debug, Clone)]
pub struct Trip {
    /// How it is driven.
    pub pace: Pace,
    /// Test or traffic consumption, and ambient temperature.
    pub conditions: Conditions,
    /// Distance.
    pub distance: Length,
    /// States of charge: at the start, least at a stop, least at the destination.
    pub soc: (f64, f64, f64),
    /// Power of the stations.
    pub station: Power,
    /// Distance between stations; `None`: everywhere.
    pub spacing: Option<Length>,
    /// Whether the pack is prepared on the way.
    pub prepares: bool,
}

/// A trip with stops, and how the car kept its pace.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedTrip {
    /// The plan.
    pub plan: TripPlan,
    /// The trace that gives the consumption.
    pub trace: String,
    /// How long that trace lasts.
    pub lasts_s: f64,
    /// Time of it in which the car fell behind.
    pub missed_trace_s: f64,
    /// Work at the wheels in Wh/km that it did not do in that time.
    pub missed_wh_per_km: f64,
    /// Fields that the design did not give, with what stood in.
    pub defaulted: Vec<(String, f64)>,
}

/// Plans a trip: the consumption from the drive model, the stops from the charging model.
///
/// # Errors
/// The car is not electric, misses the pace or cannot follow the cycle, or cannot get from station to station.
pub fn plan_car_trip(design: &CarDesign, tables: &Tables, trip: &Trip) -> Result<PlannedTrip, AssessError> {
    if design.powertrain != Powertrain::Bev {
        return Err(ChargingError::NotElectric { car: design.id.clone(), powertrain: design.powertrain.word() }.into());
    }
    let (car, at_plug, defaulted) = electric(design, tables)?;
    let (trace, speed_m_s) = match &trip.pace {
        Pace::Steady(speed) => (steady_trace(*speed)?, speed.m_s()),
        Pace::Cycle(trace) => (trace.clone(), Length::from_km(trace.distance_km()).m() / trace.duration_s()),
    };
    let result = drive(&car, &trace, &trip.conditions);
    if result.missed_trace_s > 0.0
        && let Pace::Steady(speed) = &trip.pace
    {
        let readiness = Readiness { soc: trip.conditions.soc_of(&car), ambient_c: result.ambient_c };
        let able = performance(&performance_car(design, &car, &tables.performance, readiness, &Draw::BEST)?);
        let (speed_km_h, top_km_h) = (speed.km_h(), able.top_speed_km_h);
        return Err(ChargingError::TooFast { car: design.id.clone(), speed_km_h, top_km_h }.into());
    }
    // What a car uses that a cycle leaves behind is no consumption, as in `drive`.
    check_driven(design, trace.id(), result.missed_trace_s, &trace)?;
    let request = TripRequest {
        distance_m: trip.distance.m(),
        speed_m_s,
        // What leaves the cells, so that a charge puts back what the road took.
        consumption_j_per_m: wh_per_km(result.battery_wh_per_km + result.ledger.battery),
        ambient_c: result.ambient_c,
        start_soc: trip.soc.0,
        reserve_soc: trip.soc.1,
        arrival_soc: trip.soc.2,
        station_w: trip.station.w(),
        spacing_m: trip.spacing.map(Length::m),
        prepares: trip.prepares,
    };
    Ok(PlannedTrip {
        plan: plan_trip(design, &at_plug, &tables.charging, &request, &Draw::BEST)?,
        trace: trace.id().to_owned(),
        lasts_s: trace.duration_s(),
        missed_trace_s: result.missed_trace_s,
        missed_wh_per_km: result.ledger.unmet,
        defaulted,
    })
}

/// J/m of Wh/km.
fn wh_per_km(value: f64) -> f64 {
    (EnergyPerLength::from_wh_per_km(value) * Length::from_m(1.0)).j()
}

/// What a car can do, and the fields that its design did not give.
///
/// # Errors
/// Its powertrain is not modelled forward.
pub fn car_performance(design: &CarDesign, tables: &Tables, readiness: Readiness) -> Result<(Performance, Vec<(String, f64)>), AssessError> {
    let mut noted = Vec::new();
    let (design, sized) = with_kerb_mass(design, tables)?;
    let design = &*design;
    let masses = Masses::of(design, &tables.drive, &Draw::BEST, &mut noted);
    performance::only_battery(design)?;
    let car = electric_car(design, &masses, &tables.drive, &Draw::BEST)?.heavier_by(body_change(design, tables)?.kg());
    let ready = performance_car(design, &car, &tables.performance, readiness, &Draw::BEST)?;
    noted.extend(ready.defaulted.iter().cloned());
    let fields = sized.into_iter().chain(noted.into_iter().map(|d| (d.field, d.value))).map(|(f, v)| (f.to_owned(), v)).collect();
    Ok((performance(&ready), fields))
}
