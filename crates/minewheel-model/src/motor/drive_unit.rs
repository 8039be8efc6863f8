//! Several machines on one or two axles, and the split of torque that loses least.
//!
//! ```text
//! min Σ P_i(Ω_i, T_i)   subject to   Σ i_i·T_i = T_wheel,  |T_i| ≤ T_peak,i(Ω_i),  Ω_i = i_i·Ω_wheel
//! off: P_i = drag_i(Ω_i), or nought behind an open clutch
//! ```
//!
//! The wheel torque is dealt out in equal quanta and the least sum found by min-plus convolution, machine by machine,
//! so no shape of the maps is assumed and any number of machines is served. Machines on the two wheels of one axle
//! that must pull alike are dealt the same quanta. A state (which machines pull) is left only when another saves more than
//! it costs to switch, spread over the time it must be held.
//!
//! Two equal machines that share equally lose exactly what one doubled machine loses; so equal machines gain by
//! splitting only through points where one of them rests, and the gain is nil where the loss is convex in torque from
//! the drag on. That is what [`UnitPoint`] shows point by point.

use super::map::LossMap;

/// Quanta a torque is dealt in; even and divisible by three, so that equal shares are among them.
const QUANTA: usize = 96;

/// One machine of a unit.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its losses.
    pub map: LossMap,
    /// Machine turns per wheel turn.
    pub ratio: f64,
    /// Whether it stands still when it does not pull.
    pub has_disconnect: bool,
    /// Machines of equal tie pull alike (the two wheels of an axle).
    pub tie: Option<usize>,
}

/// Machines that drive the wheels together.
#[derive(Debug, Clone)]
pub struct DriveUnit {
    /// The machines.
    pub slots: Vec<Slot>,
    /// Loss in J of one change of state.
    pub switch_j: f64,
    /// Time in s over which a change must pay.
    pub hold_s: f64,
}

/// How a torque is split.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitPoint {
    /// Torque of each machine in Nm.
    pub torques_nm: Vec<f64>,
    /// Which of them pull.
    pub pulling: Vec<bool>,
    /// Loss of all in W.
    pub loss_w: f64,
}

impl DriveUnit {
    /// Equal shares of wheel torque for all machines; `None` beyond the envelope.
    pub fn equal_split(&self, wheel_nm: f64, wheel_rad_s: f64) -> Option<UnitPoint> {
        let share = wheel_nm / self.slots.len() as f64;
        let mut point = UnitPoint { torques_nm: Vec::new(), pulling: Vec::new(), loss_w: 0.0 };
        for slot in &self.slots {
            let torque = share / slot.ratio;
            point.loss_w += slot.map.loss(slot.ratio * wheel_rad_s, torque)?;
            point.torques_nm.push(torque);
            point.pulling.push(torque != 0.0);
        }
        Some(point)
    }

    fn rest_w(slot: &Slot, wheel_rad_s: f64) -> f64 {
        if slot.has_disconnect { 0.0 } else { slot.map.drag(slot.ratio * wheel_rad_s) }
    }

    /// Highest wheel torque in Nm at a wheel speed.
    pub fn peak(&self, wheel_rad_s: f64) -> f64 {
        self.slots.iter().map(|s| s.ratio * s.map.peak(s.ratio * wheel_rad_s)).sum()
    }

    /// The split of least loss; `None` beyond the envelope.
    ///
    /// `allowed` limits which machines may pull; `None`: any.
    pub fn best_split(&self, wheel_nm: f64, wheel_rad_s: f64, allowed: Option<&[bool]>) -> Option<UnitPoint> {
        let groups = self.groups();
        let may = |slot: usize| allowed.is_none_or(|a| a[slot]);
        let at = |slot: &Slot, wheel: f64| slot.map.loss(slot.ratio * wheel_rad_s, wheel / slot.ratio);
        // Loss of a group by quanta; what it cannot give is infinite.
        let cost = |group: &[usize], quanta: usize| -> f64 {
            let wheel = wheel_nm * quanta as f64 / QUANTA as f64 / group.len() as f64;
            group
                .iter()
                .map(|&s| {
                    if quanta == 0 {
                        Self::rest_w(&self.slots[s], wheel_rad_s)
                    } else if may(s) {
                        at(&self.slots[s], wheel).unwrap_or(f64::INFINITY)
                    } else {
                        f64::INFINITY
                    }
                })
                .sum()
        };
        let quanta = if wheel_nm == 0.0 { 0 } else { QUANTA };
        let mut table = vec![f64::INFINITY; quanta + 1];
        table[0] = 0.0;
        let mut choices: Vec<Vec<usize>> = Vec::new();
        for group in &groups {
            let costs: Vec<f64> = (0..=quanta).map(|k| cost(group, k)).collect();
            let mut next = vec![f64::INFINITY; quanta + 1];
            let mut choice = vec![0; quanta + 1];
            for total in 0..=quanta {
                for here in 0..=total {
                    let sum = table[total - here] + costs[here];
                    if sum < next[total] {
                        (next[total], choice[total]) = (sum, here);
                    }
                }
            }
            table = next;
            choices.push(choice);
        }
        if !table[quanta].is_finite() {
            return None;
        }
        let mut point = UnitPoint { torques_nm: vec![0.0; self.slots.len()], pulling: vec![false; self.slots.len()], loss_w: table[quanta] };
        let mut left = quanta;
        for (group, choice) in groups.iter().zip(&choices).rev() {
            let here = choice[left];
            for &slot in group {
                point.pulling[slot] = here > 0;
                point.torques_nm[slot] = wheel_nm * here as f64 / QUANTA as f64 / group.len() as f64 / self.slots[slot].ratio;
            }
            left -= here;
        }
        Some(point)
    }

    /// Machines that pull alike, in order.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
        for (index, slot) in self.slots.iter().enumerate() {
            match groups.iter_mut().find(|g| g.0.is_some() && g.0 == slot.tie) {
                Some(group) => group.1.push(index),
                None => groups.push((slot.tie, vec![index])),
            }
        }
        groups.into_iter().map(|g| g.1).collect()
    }

    /// The next point of a drive, from the state of the last: the state is kept unless leaving it pays.
    pub fn next(&self, wheel_nm: f64, wheel_rad_s: f64, before: &[bool]) -> Option<UnitPoint> {
        let best = self.best_split(wheel_nm, wheel_rad_s, None)?;
        if best.pulling == before || wheel_nm == 0.0 {
            return Some(best);
        }
        // Staying: the machines that pulled, and no others.
        let Some(stay) = self.best_split(wheel_nm, wheel_rad_s, Some(before)) else { return Some(best) };
        let is_worth_it = stay.loss_w - best.loss_w > self.switch_j / self.hold_s;
        Some(if is_worth_it { best } else { stay })
    }
}

/// What moves the car: all that a drive unit does not change, in SI.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chassis {
    /// Test mass in kg.
    pub mass_kg: f64,
    /// Mass that resists acceleration, over test mass, less one.
    pub rotating_share: f64,
    /// Coast-down terms in N, N/(m/s), N/(m/s)².
    pub road: [f64; 3],
    /// Wheel radius in m.
    pub wheel_m: f64,
    /// Gear efficiency under load.
    pub gear: f64,
    /// Braking share of the machines, and the speeds in m/s between which it rises.
    pub braking: (f64, f64, f64),
    /// Highest deceleration by machines in m/s².
    pub deceleration_m_s2: f64,
    /// Accessories in W.
    pub auxiliary_w: f64,
    /// Gross energy of the battery in J, its usable part, and its resistance per unit in s.
    pub battery: (f64, f64, f64),
    /// Wall to cells.
    pub charging: f64,
}

/// What a drive used.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct CycleUse {
    /// Distance in km.
    pub distance_km: f64,
    /// At the wall.
    pub wall_wh_per_km: f64,
    /// At the battery's terminals.
    pub terminal_wh_per_km: f64,
    /// Machines and inverters.
    pub machine_wh_per_km: f64,
    /// Work at the shafts, driving and braking, over that plus the losses of machines and inverters.
    pub machine_efficiency: f64,
    /// Range in km.
    pub range_km: f64,
    /// Share of the pulling time in which not all machines pull.
    pub part_time_share: f64,
    /// Changes of state per km.
    pub switches_per_km: f64,
    /// Time in s in which the unit could not follow.
    pub missed_s: f64,
}

/// How the unit is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// All machines pull alike.
    Equal,
    /// Least loss, with hysteresis.
    Best,
}

/// Drives a cycle, given by its times in s and speeds in m/s.
pub fn drive_cycle(unit: &DriveUnit, chassis: &Chassis, time_s: &[f64], speed_m_s: &[f64], strategy: Strategy) -> CycleUse {
    let mut out = CycleUse::default();
    let (mut terminal_j, mut cells_j, mut machine_j) = (0.0, 0.0, 0.0);
    let mut work_j = 0.0;
    let (mut pulling_s, mut part_s, mut switches, mut distance) = (0.0, 0.0, 0.0, 0.0);
    let mut state = vec![true; unit.slots.len()];
    for (times, speeds) in time_s.windows(2).zip(speed_m_s.windows(2)) {
        let step = times[1] - times[0];
        let speed = 0.5 * (speeds[0] + speeds[1]);
        let acceleration = (speeds[1] - speeds[0]) / step;
        distance += speed * step;
        let wheel_rad_s = speed / chassis.wheel_m;
        let mut loss_w = 0.0;
        let mut shaft_w = 0.0;
        if speed > 0.0 {
            let [a, b, c] = chassis.road;
            let force = a + speed * (b + speed * c) + chassis.mass_kg * (1.0 + chassis.rotating_share) * acceleration;
            let asked = if force >= 0.0 { force / chassis.gear } else { -chassis.gear * chassis.recovered_n(-force, speed) };
            let limit = unit.peak(wheel_rad_s);
            let mut wheel_nm = asked * chassis.wheel_m;
            if wheel_nm.abs() > limit {
                if wheel_nm > 0.0 {
                    out.missed_s += step;
                }
                // The last thousandth of the envelope is left to rounding of the quanta.
                wheel_nm = wheel_nm.clamp(-limit, limit) * 0.999;
            }
            let found = match strategy {
                Strategy::Equal => unit.equal_split(wheel_nm, wheel_rad_s).or_else(|| unit.best_split(wheel_nm, wheel_rad_s, None)),
                Strategy::Best => unit.next(wheel_nm, wheel_rad_s, &state),
            };
            if let Some(point) = found {
                shaft_w = wheel_nm * wheel_rad_s;
                loss_w = point.loss_w;
                if wheel_nm != 0.0 {
                    pulling_s += step;
                    if point.pulling.iter().any(|p| !p) {
                        part_s += step;
                    }
                    if point.pulling != state {
                        switches += 1.0;
                        machine_j += if strategy == Strategy::Best { unit.switch_j } else { 0.0 };
                        terminal_j += if strategy == Strategy::Best { unit.switch_j } else { 0.0 };
                        state = point.pulling;
                    }
                }
            } else {
                out.missed_s += step;
            }
        }
        let terminal_w = shaft_w + loss_w + chassis.auxiliary_w;
        machine_j += loss_w * step;
        work_j += shaft_w.abs() * step;
        terminal_j += terminal_w * step;
        let (gross_j, _, resistance_s) = chassis.battery;
        let rate = terminal_w / gross_j;
        cells_j += (terminal_w + resistance_s * rate * rate * gross_j) * step;
    }
    let km = minewheel_data::units::Length::from_m(distance).km();
    let per_km = |joule: f64| minewheel_data::units::Energy::from_j(joule).wh() / km;
    out.distance_km = km;
    out.terminal_wh_per_km = per_km(terminal_j);
    out.machine_wh_per_km = per_km(machine_j);
    out.machine_efficiency = work_j / (work_j + machine_j);
    out.wall_wh_per_km = per_km(cells_j) / chassis.charging;
    out.range_km = minewheel_data::units::Energy::from_j(chassis.battery.1).wh() / per_km(cells_j);
    out.part_time_share = if pulling_s > 0.0 { part_s / pulling_s } else { 0.0 };
    out.switches_per_km = switches / km;
    out
}

impl Chassis {
    /// Braking force in N that the machines take of a braking force at the wheels.
    fn recovered_n(&self, braking_n: f64, speed_m_s: f64) -> f64 {
        let (share, start, full) = self.braking;
        let fade = ((speed_m_s - start) / (full - start).max(1e-3)).clamp(0.0, 1.0);
        (share * fade * braking_n).min(self.deceleration_m_s2 * self.mass_kg)
    }

    /// From a car made ready for driving, at reference conditions; `wheel_m` is not part of it.
    pub fn of(car: &crate::drive::ElectricCar, wheel_m: f64) -> Self {
        Self {
            mass_kg: car.mass_kg,
            rotating_share: car.rotating_share,
            road: [car.road_load.a_n, car.road_load.b_n_per_m_s, car.road_load.c_n_per_m2_s2],
            wheel_m,
            gear: car.gear_efficiency,
            braking: (car.regeneration_share, car.fade_m_s.0, car.fade_m_s.1),
            deceleration_m_s2: car.deceleration_limit_m_s2,
            auxiliary_w: car.standing_w,
            battery: (car.gross_energy_j, car.usable_energy_j, car.resistance_s),
            charging: car.charging_efficiency.0,
        }
    }

    /// The same car with more or less mass: tyres and inertia follow, air does not.
    #[must_use]
    pub fn with_mass(&self, added_kg: f64) -> Self {
        let factor = (self.mass_kg + added_kg) / self.mass_kg;
        Self { mass_kg: self.mass_kg + added_kg, road: [self.road[0] * factor, self.road[1], self.road[2]], ..*self }
    }
}
