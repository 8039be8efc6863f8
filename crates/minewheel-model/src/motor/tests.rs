use std::sync::LazyLock;

use minewheel_data::car::Topology;
use minewheel_data::row::Value;
use minewheel_data::units::convert;
use minewheel_data::{loader::Loader, row::Draw, store::Store};

use super::circuit::{Circuit, force_per_ampere};
use super::machine::{magnetics, published_make};
use super::sizing::Sized;
use super::*;

static TABLES: LazyLock<MotorTables> = LazyLock::new(|| MotorTables::read(&mut Loader::new(&Store::embedded(), false)).unwrap());
static SIZED: LazyLock<Vec<Sized>> = LazyLock::new(|| Topology::ALL.iter().map(|t| size_machine(&spec(*t), &TABLES, &Draw::BEST).unwrap()).collect());
static MAP: LazyLock<LossMap> = LazyLock::new(|| LossMap::of(&SIZED[Topology::Ipm as usize].machine, MapGrid::COARSE));

fn rad_s(rpm: f64) -> f64 {
    convert(rpm, "rpm", "1/s").unwrap()
}

fn spec(topology: Topology) -> MotorSpec {
    MotorSpec {
        topology,
        peak_w: 120e3,
        peak_nm: 240.0,
        top_rad_s: rad_s(15000.0),
        dc_v: 400.0,
        cooling: Cooling::Oil,
        switch: Switch::Igbt,
        // A fixed grade keeps the test short: no search.
        magnet: matches!(topology, Topology::Ipm | Topology::Spm | Topology::PmaSynRm).then(|| "ndfeb-uh".to_owned()),
        steel: "m235-35a".to_owned(),
        lamination_m: 0.27e-3,
    }
}

fn prius(tables: &MotorTables) -> Machine {
    let geometry = Geometry::published("prius-2004", tables, &Draw::BEST).unwrap();
    Machine::new(geometry, published_make("prius-2004", tables, &Draw::BEST).unwrap(), tables, &Draw::BEST).unwrap()
}

#[test]
fn every_topology_reaches_its_torque_and_power() {
    for sized in &*SIZED {
        let m = &sized.machine;
        let word = m.geometry.topology.word();
        let peak = m.peak_torque(rad_s(100.0), false);
        assert!((240.0..260.0).contains(&peak), "{word}: {peak} Nm at 100 rpm, wanted 240");
        let power = m.peak_torque(rad_s(4700.0), false) * rad_s(4700.0);
        assert!(power > 0.96 * 120e3, "{word}: {power} W just below base speed");
        assert!(sized.top_power_share > 0.4, "{word}: {} of the power at top speed", sized.top_power_share);
        assert!(m.masses.total_kg() > 10.0 && m.masses.total_kg() < 100.0, "{word}: {} kg", m.masses.total_kg());
    }
}

#[test]
fn power_in_is_power_out_and_losses() {
    for sized in &*SIZED {
        for (torque, rpm) in [(20.0, 2000.0), (150.0, 3000.0), (-60.0, 5000.0), (25.0, 11_000.0)] {
            let Some(p) = sized.machine.point(torque, rad_s(rpm)) else { panic!("{} at {torque} Nm", sized.machine.geometry.topology.word()) };
            let closed = p.torque_nm * p.speed_rad_s + p.loss.total_w() - p.dc_w;
            assert!(closed.abs() < 1e-9 * p.dc_w.abs().max(1.0), "{closed} W unaccounted");
            // The rounds of iron loss settle to a thousandth of a newton-metre or of the torque.
            assert!((p.torque_nm - torque).abs() < 1e-2_f64.max(2e-3 * torque.abs()), "{} for {torque} Nm", p.torque_nm);
            assert!(p.machine_efficiency() < 1.0);
        }
    }
}

#[test]
fn without_resistance_and_iron_loss_nothing_is_lost_but_friction() {
    let mut tables = TABLES.clone();
    let none = Value::given(0.0);
    for steel in &mut tables.steels {
        (steel.hysteresis, steel.eddy, steel.excess) = (none, none, none);
    }
    // A magnet of infinite resistivity has no eddies.
    tables.magnet_resistivity = Value::given(f64::INFINITY);
    let mut machine = prius(&tables);
    machine.winding.resistance_20c = 0.0;
    let point = machine.point(80.0, rad_s(2000.0)).unwrap();
    assert_eq!(point.loss.copper_w, 0.0);
    assert!(point.loss.iron_w.abs() < 1e-9, "{} W of iron", point.loss.iron_w);
    assert!((point.loss.machine_w() - point.loss.mechanical_w).abs() < 1e-9);
}

#[test]
fn copper_loss_rises_with_temperature_and_frequency() {
    let winding = prius(&TABLES).winding;
    let mut last = 0.0;
    for temperature in [20.0, 60.0, 100.0, 160.0] {
        let loss = winding.loss(100.0, 0.0, temperature);
        assert!(loss > last);
        last = loss;
    }
    assert!(winding.alternating(1000.0, 100.0) > winding.alternating(200.0, 100.0));
    assert!((winding.alternating(1e-3, 100.0) - 1.0).abs() < 1e-6);
}

#[test]
fn no_other_pair_of_currents_makes_the_torque_with_less() {
    let machine = prius(&TABLES);
    let (torque, speed) = (120.0, rad_s(500.0));
    let point = machine.point(torque, speed).unwrap();
    let found = point.direct_a.hypot(point.quadrature_a);
    let air_gap = machine.air_gap_torque(point.direct_a, point.quadrature_a).unwrap();
    let mut least = f64::INFINITY;
    for i in 0..=400 {
        for j in 0..=400 {
            let (d, q) = (-f64::from(i) * 0.5, f64::from(j) * 0.5);
            if machine.air_gap_torque(d, q).unwrap() >= air_gap {
                least = least.min(d.hypot(q));
            }
        }
    }
    // The brute search steps by half an ampere.
    assert!(found <= least + 1e-3, "{found} A, brute search {least} A");
    assert!(least - found < 0.75, "{found} A, brute search {least} A");
}

#[test]
fn the_envelope_never_rises_with_speed() {
    for sized in &*SIZED {
        let map = LossMap::of(&sized.machine, MapGrid::COARSE);
        for values in [&map.peak_nm, &map.continuous_nm] {
            // A lasting envelope may rise by what interpolation of the flux map leaves.
            assert!(values.windows(2).all(|w| w[1] <= w[0] * 1.01 + 1e-9), "{}: {values:?}", sized.machine.geometry.topology.word());
        }
        assert!(map.peak_nm.iter().zip(&map.continuous_nm).all(|(p, c)| c <= p));
        assert!(map.loss_w.iter().all(|w| w.is_finite() && *w >= 0.0));
        assert!(map.loss(map.top_rad_s() * 1.01, 1.0).is_none() && map.loss(rad_s(1000.0), 1e4).is_none());
    }
}

#[test]
fn fewer_turns_change_currents_and_voltages_only() {
    for sized in &*SIZED {
        let other = sized.machine.with_turns(0.8);
        let (a, b) = (sized.machine.point(50.0, rad_s(3000.0)).unwrap(), other.point(50.0, rad_s(3000.0)).unwrap());
        assert!((a.loss.iron_w + a.loss.copper_w) > 0.0);
        // Pulses leave more ripple where the voltage is lower: copper and iron agree only without them.
        assert!((a.quadrature_a / b.quadrature_a - 0.8).abs() < 5e-3, "{}", sized.machine.geometry.topology.word());
        assert!((a.loss.mechanical_w - b.loss.mechanical_w).abs() < 1e-12);
    }
}

#[test]
fn saturation_stores_energy_and_leaves_more_coenergy() {
    let geometry = Geometry::published("prius-2004", &TABLES, &Draw::BEST).unwrap();
    let mut m = magnetics(TABLES.steel("m19-29ga").unwrap(), None, 20.0, &TABLES, &Draw::BEST).unwrap();
    m.remanence_t = 0.0;
    let (circuit, force) = (Circuit::new(&geometry, &m), force_per_ampere(&geometry));
    let linkage = |i: f64| circuit.solve(0.0, force * i, 0.0, None).unwrap().quadrature_wb;
    let (steps, limit) = (60, 300.0);
    let (mut energy, mut coenergy) = (0.0, 0.0);
    for step in 0..steps {
        let (i0, i1) = (limit * f64::from(step) / f64::from(steps), limit * f64::from(step + 1) / f64::from(steps));
        let (p0, p1) = (linkage(i0), linkage(i1));
        assert!(p1 > p0, "flux falls at {i1} A");
        energy += 0.5 * (i0 + i1) * (p1 - p0);
        coenergy += 0.5 * (p0 + p1) * (i1 - i0);
    }
    assert!(energy > 0.0 && coenergy > 1.2 * energy, "energy {energy}, co-energy {coenergy}");
}

#[test]
fn cross_saturation_is_mutual() {
    // ∂ψ_d/∂i_q = ∂ψ_q/∂i_d, because both are slopes of one co-energy.
    let geometry = Geometry::published("prius-2004", &TABLES, &Draw::BEST).unwrap();
    let m = magnetics(TABLES.steel("m19-29ga").unwrap(), Some(TABLES.magnet("prius-2004").unwrap()), 60.0, &TABLES, &Draw::BEST).unwrap();
    let circuit = Circuit::new(&geometry, &m);
    let (d, q, h) = (-1500.0, 2500.0, 1.0);
    let at = |d: f64, q: f64| circuit.solve(d, q, 0.0, None).unwrap();
    let across = (at(d, q + h).direct_wb - at(d, q - h).direct_wb) / (2.0 * h);
    let along = (at(d + h, q).quadrature_wb - at(d - h, q).quadrature_wb) / (2.0 * h);
    assert!((across - along).abs() < 0.02 * along.abs(), "{across} against {along}");
}

#[test]
fn magnets_are_whole_and_heavier_grades_hold_more_dysprosium() {
    for grade in TABLES.magnets.iter().filter_map(|m| m.composition.as_ref()) {
        let shares = grade.shares(&Draw::BEST);
        assert!((shares.sum() - 1.0).abs() < 1e-12);
        assert!((0.64..0.72).contains(&shares.iron), "iron {}", shares.iron);
        assert!(shares.neodymium > 0.0 && shares.terbium >= 0.0 && shares.boron > 0.0);
    }
    let heavy = |id: &str| TABLES.magnet(id).unwrap().composition.unwrap().shares(&Draw::BEST).dysprosium;
    assert!(heavy("ndfeb-n") < heavy("ndfeb-h") && heavy("ndfeb-h") < heavy("ndfeb-sh") && heavy("ndfeb-sh") < heavy("ndfeb-uh"));
}

#[test]
fn an_absurd_specification_is_refused() {
    let wrong = MotorSpec { peak_w: 120e3, peak_nm: 1.0, ..spec(Topology::Ipm) };
    assert!(matches!(size_machine(&wrong, &TABLES, &Draw::BEST), Err(MotorError::Specification { .. })));
    let unknown = MotorSpec { magnet: Some("ndfeb-x".to_owned()), ..spec(Topology::Ipm) };
    assert!(matches!(size_machine(&unknown, &TABLES, &Draw::BEST), Err(MotorError::Unknown { .. })));
}

fn unit(count: usize, has_disconnect: bool) -> DriveUnit {
    let slot = Slot { map: MAP.clone(), ratio: 9.0, has_disconnect, tie: None };
    DriveUnit { slots: vec![slot; count], switch_j: 150.0, hold_s: 3.0 }
}

#[test]
fn equal_machines_that_share_equally_are_one_doubled_machine() {
    let double = MAP.times(2.0);
    for (torque, rpm) in [(60.0, 1200.0), (-150.0, 3700.0), (310.0, 900.0), (20.0, 9000.0)] {
        let speed = rad_s(rpm);
        let split = unit(2, false).equal_split(torque * 9.0, speed / 9.0).unwrap();
        let one = double.loss(speed, torque).unwrap();
        assert!((split.loss_w - one).abs() <= 1e-12 * one, "{} against {one}", split.loss_w);
    }
}

#[test]
fn the_best_split_is_never_worse_and_gives_the_whole_torque() {
    for count in 1..=3 {
        let unit = unit(count, false);
        for (wheel_nm, rpm) in [(120.0, 400.0), (900.0, 400.0), (-500.0, 900.0), (2000.0, 300.0), (0.0, 700.0)] {
            let equal = unit.equal_split(wheel_nm, rad_s(rpm));
            let best = unit.best_split(wheel_nm, rad_s(rpm), None);
            let (Some(equal), Some(best)) = (equal, best) else { continue };
            assert!(best.loss_w <= equal.loss_w * (1.0 + 1e-12), "{} against {}", best.loss_w, equal.loss_w);
            let sum: f64 = best.torques_nm.iter().map(|t| t * 9.0).sum();
            assert!((sum - wheel_nm).abs() < 1e-9 * wheel_nm.abs().max(1.0));
        }
    }
}

#[test]
fn a_disconnect_never_costs_and_tied_wheels_pull_alike() {
    let (fast, slow) = (unit(2, true), unit(2, false));
    let (wheel_nm, speed) = (150.0, rad_s(800.0));
    assert!(fast.best_split(wheel_nm, speed, None).unwrap().loss_w <= slow.best_split(wheel_nm, speed, None).unwrap().loss_w);
    let mut tied = slow.clone();
    for slot in &mut tied.slots {
        slot.tie = Some(0);
    }
    let point = tied.best_split(wheel_nm, speed, None).unwrap();
    assert!((point.torques_nm[0] - point.torques_nm[1]).abs() < 1e-12);
    assert!(point.loss_w >= slow.best_split(wheel_nm, speed, None).unwrap().loss_w);
}

#[test]
fn a_state_is_kept_unless_leaving_it_pays() {
    let mut unit = unit(2, false);
    unit.switch_j = 1e9;
    let kept = unit.next(200.0, rad_s(800.0), &[true, false]).unwrap();
    assert!(!kept.pulling[1], "the second machine must not be started");
    // Beyond what one machine gives, the other is started whatever it costs.
    let more = 9.0 * 1.4 * MAP.peak(rad_s(800.0) * 9.0);
    let both = unit.next(more, rad_s(800.0), &[true, false]).unwrap();
    assert!(both.pulling[0] && both.pulling[1]);
}
