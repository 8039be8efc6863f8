//! Losses over speed and torque: what a drive model reads of a machine.
//!
//! ```text
//! y = T/T_peak(Ω)      P_loss(Ω, y) linear between samples in both
//! ```
//!
//! Torque is sampled as a share of the peak at each speed, so the grid ends exactly at the envelope. `k` equal
//! machines that share a torque equally lose `k·P(Ω, T/k)`: [`LossMap::times`] is that map.

use super::machine::Machine;

/// How finely a map is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapGrid {
    /// Speeds from standstill to the top.
    pub speeds: usize,
    /// Torques on each side of nought.
    pub torques: usize,
}

impl MapGrid {
    /// Fine enough that interpolation misses by less than half a percent of the loss.
    pub const FINE: Self = Self { speeds: 41, torques: 24 };
    /// Enough to see the form of a map.
    #[cfg(test)]
    pub(super) const COARSE: Self = Self { speeds: 13, torques: 8 };
}

/// Speed in rad/s that stands for standstill: drag has no torque at exactly none.
const STANDSTILL_RAD_S: f64 = 1.0;
/// Share of the peak by which an asked torque may exceed it for rounding.
const ROUNDING: f64 = 1e-9;

/// Losses of a machine with its inverter.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct LossMap {
    /// Speeds in rad/s, rising.
    pub speeds_rad_s: Vec<f64>,
    /// Shares of the peak torque, from −1 to 1.
    pub shares: Vec<f64>,
    /// Short-time torque in Nm by speed.
    pub peak_nm: Vec<f64>,
    /// Lasting torque in Nm by speed.
    pub continuous_nm: Vec<f64>,
    /// Loss in W of machine and inverter, by speed then share.
    pub loss_w: Vec<f64>,
    /// Loss in W of a machine that turns without current (or at zero torque, where its magnets ask for current).
    pub drag_w: Vec<f64>,
}

impl LossMap {
    /// Samples a machine.
    pub fn of(machine: &Machine, grid: MapGrid) -> Self {
        let top = machine.make.top_rad_s;
        let speeds_rad_s: Vec<f64> =
            (0..grid.speeds).map(|i| STANDSTILL_RAD_S + (top - STANDSTILL_RAD_S) * i as f64 / (grid.speeds - 1) as f64).collect();
        // Closer at small torques, where cars spend their time.
        let half: Vec<f64> = (1..=grid.torques).map(|k| (k as f64 / grid.torques as f64).powf(1.5)).collect();
        let shares: Vec<f64> = half.iter().rev().map(|y| -y).chain([0.0]).chain(half.iter().copied()).collect();
        let mut map =
            Self { peak_nm: Vec::new(), continuous_nm: Vec::new(), loss_w: Vec::new(), drag_w: Vec::new(), shares: shares.clone(), speeds_rad_s };
        let mut lowest = f64::INFINITY;
        for &speed in &map.speeds_rad_s {
            let mut peak = machine.peak_torque(speed, false).min(lowest);
            // The envelope is what a point can be found for.
            while peak > 0.0 && (machine.point(peak, speed).is_none() || machine.point(-peak, speed).is_none()) {
                peak *= 0.995;
                if peak < 1e-3 {
                    peak = 0.0;
                }
            }
            lowest = peak;
            let continuous = machine.peak_torque(speed, true).min(peak);
            let idle = machine.idle_w(speed);
            for &share in &shares {
                let loss = if share == 0.0 { Some(idle) } else { machine.point(share * peak, speed).map(|p| p.loss.total_w()) };
                // A hole inside the envelope takes its neighbour's loss; the search leaves none on the machines tested.
                let before = map.loss_w.last().copied().unwrap_or(idle);
                map.loss_w.push(loss.unwrap_or(before));
            }
            map.peak_nm.push(peak);
            map.continuous_nm.push(continuous);
            map.drag_w.push(idle);
        }
        map
    }

    fn bracket(&self, speed_rad_s: f64) -> (usize, f64) {
        let last = self.speeds_rad_s.len() - 1;
        let high = self.speeds_rad_s.partition_point(|s| *s <= speed_rad_s).clamp(1, last);
        let (a, b) = (self.speeds_rad_s[high - 1], self.speeds_rad_s[high]);
        (high - 1, ((speed_rad_s - a) / (b - a)).clamp(0.0, 1.0))
    }

    fn between(&self, values: &[f64], speed_rad_s: f64) -> f64 {
        let (at, u) = self.bracket(speed_rad_s);
        values[at] + u * (values[at + 1] - values[at])
    }

    /// Top speed in rad/s.
    pub fn top_rad_s(&self) -> f64 {
        self.speeds_rad_s.last().copied().unwrap_or(0.0)
    }
    /// Short-time torque in Nm; nought beyond the top speed.
    pub fn peak(&self, speed_rad_s: f64) -> f64 {
        if speed_rad_s > self.top_rad_s() { 0.0 } else { self.between(&self.peak_nm, speed_rad_s) }
    }
    /// Lasting torque in Nm; nought beyond the top speed.
    pub fn continuous(&self, speed_rad_s: f64) -> f64 {
        if speed_rad_s > self.top_rad_s() { 0.0 } else { self.between(&self.continuous_nm, speed_rad_s) }
    }
    /// Loss in W when turning without torque.
    pub fn drag(&self, speed_rad_s: f64) -> f64 {
        // From standstill, drag rises from nought.
        let low = (speed_rad_s / STANDSTILL_RAD_S).clamp(0.0, 1.0);
        low * self.between(&self.drag_w, speed_rad_s)
    }

    /// Loss in W of machine and inverter; `None` beyond the envelope.
    pub fn loss(&self, speed_rad_s: f64, torque_nm: f64) -> Option<f64> {
        let peak = self.peak(speed_rad_s);
        if torque_nm == 0.0 {
            return Some(self.drag(speed_rad_s));
        }
        if peak <= 0.0 || torque_nm.abs() > peak * (1.0 + ROUNDING) {
            return None;
        }
        let share = torque_nm / peak;
        let last = self.shares.len() - 1;
        let high = self.shares.partition_point(|s| *s <= share).clamp(1, last);
        let v = ((share - self.shares[high - 1]) / (self.shares[high] - self.shares[high - 1])).clamp(0.0, 1.0);
        let (at, u) = self.bracket(speed_rad_s);
        let row = |i: usize| {
            let (a, b) = (self.loss_w[i * self.shares.len() + high - 1], self.loss_w[i * self.shares.len() + high]);
            a + v * (b - a)
        };
        Some(row(at) + u * (row(at + 1) - row(at)))
    }

    /// Efficiency of machine and inverter, driving or generating; `None` beyond the envelope.
    pub fn efficiency(&self, speed_rad_s: f64, torque_nm: f64) -> Option<f64> {
        let loss = self.loss(speed_rad_s, torque_nm)?;
        let shaft = (torque_nm * speed_rad_s).abs();
        Some(if torque_nm >= 0.0 { shaft / (shaft + loss) } else { ((shaft - loss) / shaft).max(0.0) })
    }

    /// The best point while driving: speed, torque, efficiency.
    pub fn best(&self) -> (f64, f64, f64) {
        let mut best = (0.0, 0.0, 0.0);
        for (i, &speed) in self.speeds_rad_s.iter().enumerate() {
            for &share in self.shares.iter().filter(|s| **s > 0.0) {
                let torque = share * self.peak_nm[i];
                if let Some(efficiency) = self.efficiency(speed, torque)
                    && efficiency > best.2
                {
                    best = (speed, torque, efficiency);
                }
            }
        }
        best
    }

    /// `count` such machines on one shaft that share the torque equally.
    #[must_use]
    pub fn times(&self, count: f64) -> Self {
        let scale = |values: &[f64]| values.iter().map(|v| v * count).collect();
        Self {
            peak_nm: scale(&self.peak_nm),
            continuous_nm: scale(&self.continuous_nm),
            loss_w: scale(&self.loss_w),
            drag_w: scale(&self.drag_w),
            ..self.clone()
        }
    }
}
