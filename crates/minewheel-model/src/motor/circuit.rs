//! The magnetic circuit along the air gap of one pole.
//!
//! ```text
//! tooth    u_t(θ) + F_s(θ) − u_s(θ) = ⟨H_t⟩·h_t                 flux (s·B_t + (1−s)·μ0·H_t)·R·Δθ·L, ⟨⟩ over the widening tooth
//! gap      u_r(θ) − u_t(θ)          = B·g_e/μ0                   flux B·R·Δθ·L
//! slot     u_t(θ+Δθ) − u_t(θ)       = Φ/(μ0·L·λ·τ_s/Δx)          leakage from tip to tip, λ = h/(3·w) + h_o/w_o
//! yoke     u_s(θ+Δθ) − u_s(θ)       = H_y·l                     flux B_y·h_y·L·k_s  stator; the same for the rotor core
//! magnet   u_below − u_shoe + B_r·t/(μ0·μ_r) = Φ·t/(μ0·μ_r·w·L)
//! bridge   u_below − u_shoe         = H_b·t                     flux B_b·w_b·L·k_s
//! ```
//!
//! One pole is cut into [`CELLS`] equal cells; the next pole mirrors it. The unknowns are the scalar potentials of the
//! stator yoke, the tooth tips, the rotor core, and the iron pieces above magnet layers. Every branch has a flux that rises with its
//! potential difference, so the balance of fluxes is the slope of a convex co-energy: Newton's method with a
//! backtracking line search finds its only minimum. Flux linkages weigh the flux of each tooth with its share of the
//! magnetomotive force, so that they are the slopes of the same co-energy and torque, energy and voltage agree.
//!
//! | symbol | meaning                                    | unit | from                 |
//! |--------|--------------------------------------------|------|----------------------|
//! | `F_s`  | `F_d·cos θ + F_q·sin θ`, θ from the magnet axis | A | `3/π·k_w·N/p·i`    |
//! | `g_e`  | gap times Carter's factor                  | m    | geometry             |
//! | `B(H)` | magnetisation, straight between points     | T    | `magnetisation.csv`  |
//! | `k_s`  | stacking factor                            | –    | `design.csv`         |
//!
//! Sources: Carter 1901 for slots; Lipo, *Introduction to AC Machine Design*, ch. 3 and 9, for the pieces. Valid in the plane,
//! for the fundamental of the winding. A layer's depth falls from the magnet axis to the bridge at its ends, as that of a V does.

use std::f64::consts::{FRAC_PI_2, PI};

use super::MotorError;
use super::geometry::{Geometry, Layer, PHASES, Rotor};

/// Cells of one pole.
pub const CELLS: usize = 24;
/// Magnetic constant in V·s/(A·m).
pub const MU_0: f64 = 4.0e-7 * PI;
/// Residual over the largest flux at which the balance counts as met.
const TOLERANCE: f64 = 1e-9;
/// Newton steps at most; usual are six to twelve.
const STEPS: usize = 80;
/// Smallest step of the line search.
const LEAST_STEP: f64 = 1e-4;

/// A rising, odd curve through points, straight between them and straight on beyond the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    points: Vec<(f64, f64)>,
}

impl Curve {
    /// From points that rise together, starting at the origin.
    pub fn new(points: Vec<(f64, f64)>) -> Self {
        Self { points }
    }
    /// Value and slope.
    pub fn at(&self, x: f64) -> (f64, f64) {
        let last = self.points.len() - 1;
        let high = self.points.partition_point(|p| p.0 < x.abs()).clamp(1, last);
        let ((x0, y0), (x1, y1)) = (self.points[high - 1], self.points[high]);
        let slope = (y1 - y0) / (x1 - x0);
        (x.signum() * (y0 + (x.abs() - x0) * slope), slope)
    }
    /// The argument of a value.
    pub fn inverse(&self, y: f64) -> f64 {
        let last = self.points.len() - 1;
        let high = self.points.partition_point(|p| p.1 < y.abs()).clamp(1, last);
        let ((x0, y0), (x1, y1)) = (self.points[high - 1], self.points[high]);
        y.signum() * (x0 + (y.abs() - y0) * (x1 - x0) / (y1 - y0))
    }
}

/// What the circuit needs of the materials.
#[derive(Debug, Clone, PartialEq)]
pub struct Magnetics {
    /// Flux density of the steel by field strength.
    pub steel: Curve,
    /// Stacking factor.
    pub stacking: f64,
    /// Remanence in T.
    pub remanence_t: f64,
    /// Recoil permeability.
    pub recoil: f64,
    /// Depth of the teeth's lips in m.
    pub lip_m: f64,
}

#[derive(Debug, Clone)]
enum Law {
    /// Flux over potential difference.
    Linear(f64),
    /// Iron: section, length.
    Iron(f64, f64),
    /// Tooth: section in the gap, length.
    Tooth(f64, f64),
}

#[derive(Debug, Clone)]
struct Branch {
    from: (usize, f64),
    to: (usize, f64),
    law: Law,
    /// Constant, d-axis, q-axis and field magnetomotive force.
    source: [f64; 4],
    /// Cell that the flux is counted in.
    cell: Option<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tooth,
    Yoke,
    Magnet(usize),
    Other,
}

/// Fluxes for one set of currents.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Flux of each cell's tooth over its section at the gap in T, outwards positive.
    pub gap_t: [f64; CELLS],
    /// Flux density in the stator yoke between cells in T.
    pub yoke_t: [f64; CELLS],
    /// Fundamental flux of a pole along the magnet axis in Wb.
    pub direct_wb: f64,
    /// Across it.
    pub quadrature_wb: f64,
    /// Lowest flux density along the magnetisation in any magnet layer in T; `None` without magnets.
    pub magnet_t: Option<f64>,
    potentials: Vec<f64>,
}

impl Field {
    /// A field of given waves, for machines whose flux is not that of a sine winding.
    pub(super) fn sine(gap_t: [f64; CELLS], yoke_t: [f64; CELLS]) -> Self {
        Self { gap_t, yoke_t, direct_wb: 0.0, quadrature_wb: 0.0, magnet_t: None, potentials: Vec::new() }
    }
}

/// One pole of a machine as a network of flux.
#[derive(Debug, Clone)]
pub struct Circuit {
    nodes: usize,
    branches: Vec<Branch>,
    tooth: Curve,
    steel: Curve,
    cell_m2: f64,
    magnet_m2: Vec<f64>,
}

impl Circuit {
    /// Cuts a machine's pole into cells.
    pub fn new(geometry: &Geometry, magnetics: &Magnetics) -> Self {
        Builder::new(geometry, magnetics).build()
    }

    /// Solves for magnetomotive forces of the stator along both axes and of the field winding, in A.
    ///
    /// # Errors
    /// The balance of fluxes is not met.
    pub fn solve(&self, direct_a: f64, quadrature_a: f64, field_a: f64, start: Option<&Field>) -> Result<Field, MotorError> {
        let drive = [1.0, direct_a, quadrature_a, field_a];
        let n = self.nodes;
        let mut x = start.map_or_else(|| vec![0.0; n], |f| f.potentials.clone());
        let mut trial = vec![0.0; n];
        let (mut residual, mut largest) = self.residual(&x, &drive);
        let mut norm = length(&residual);
        let mut steps = 0;
        while norm > TOLERANCE * largest.max(f64::MIN_POSITIVE) && steps < STEPS {
            steps += 1;
            let Some(step) = solve_positive(self.jacobian(&x, &drive), &residual, n) else { break };
            let mut part = 1.0;
            loop {
                for ((t, x), s) in trial.iter_mut().zip(&x).zip(&step) {
                    *t = x - part * s;
                }
                let (next, flux) = self.residual(&trial, &drive);
                let next_norm = length(&next);
                if next_norm < (1.0 - 0.1 * part) * norm || part < LEAST_STEP {
                    (residual, norm, largest) = (next, next_norm, flux);
                    break;
                }
                part *= 0.5;
            }
            std::mem::swap(&mut x, &mut trial);
        }
        // Rounding of the potentials leaves a residual that no step can lower.
        let reached = norm / largest.max(f64::MIN_POSITIVE);
        if reached > TOLERANCE.sqrt() {
            return Err(MotorError::NotSettled { residual: reached, iterations: steps });
        }
        Ok(self.field(x, &drive))
    }

    fn difference(branch: &Branch, x: &[f64], drive: &[f64; 4]) -> f64 {
        let source: f64 = branch.source.iter().zip(drive).map(|(s, d)| s * d).sum();
        branch.from.1 * x[branch.from.0] - branch.to.1 * x[branch.to.0] + source
    }

    fn flux(&self, branch: &Branch, difference: f64) -> (f64, f64) {
        match branch.law {
            Law::Linear(permeance) => (permeance * difference, permeance),
            Law::Iron(section, length) => {
                let (b, slope) = self.steel.at(difference / length);
                (section * b, section * slope / length)
            }
            Law::Tooth(section, length) => {
                let (b, slope) = self.tooth.at(difference / length);
                (section * b, section * slope / length)
            }
        }
    }

    fn residual(&self, x: &[f64], drive: &[f64; 4]) -> (Vec<f64>, f64) {
        let mut residual = vec![0.0; self.nodes];
        let mut largest: f64 = 0.0;
        for branch in &self.branches {
            let (flux, _) = self.flux(branch, Self::difference(branch, x, drive));
            residual[branch.from.0] += branch.from.1 * flux;
            residual[branch.to.0] -= branch.to.1 * flux;
            largest = largest.max(flux.abs());
        }
        (residual, largest)
    }

    fn jacobian(&self, x: &[f64], drive: &[f64; 4]) -> Vec<f64> {
        let n = self.nodes;
        let mut matrix = vec![0.0; n * n];
        for branch in &self.branches {
            let (_, slope) = self.flux(branch, Self::difference(branch, x, drive));
            let ((a, sa), (b, sb)) = (branch.from, branch.to);
            matrix[a * n + a] += sa * sa * slope;
            matrix[b * n + b] += sb * sb * slope;
            matrix[a * n + b] -= sa * sb * slope;
            matrix[b * n + a] -= sa * sb * slope;
        }
        matrix
    }

    fn field(&self, x: Vec<f64>, drive: &[f64; 4]) -> Field {
        let (mut gap_t, mut yoke_t) = ([0.0; CELLS], [0.0; CELLS]);
        let mut magnets = vec![0.0; self.magnet_m2.len()];
        for branch in &self.branches {
            let (flux, _) = self.flux(branch, Self::difference(branch, &x, drive));
            match (branch.kind, branch.cell) {
                (Kind::Tooth, Some(cell)) => gap_t[cell] = flux / self.cell_m2,
                (Kind::Yoke, Some(cell)) => {
                    if let Law::Iron(section, _) = branch.law {
                        yoke_t[cell] = flux / section;
                    }
                }
                (Kind::Magnet(layer), _) => magnets[layer] += flux / self.magnet_m2[layer],
                _ => {}
            }
        }
        // Fundamental over one pole; its mirror image gives the same: φ_1 = (2/π)·τ·L·B_1 with B_1 = 2/π·∫ B·cos θ dθ.
        let (mut direct, mut quadrature) = (0.0, 0.0);
        for (cell, b) in gap_t.iter().enumerate() {
            let angle = cell_angle(cell);
            direct += b * angle.cos();
            quadrature += b * angle.sin();
        }
        let scale = 2.0 / CELLS as f64 * (2.0 / PI) * self.cell_m2 * CELLS as f64;
        let magnet_t = magnets.into_iter().reduce(f64::min);
        Field { gap_t, yoke_t, direct_wb: scale * direct, quadrature_wb: scale * quadrature, magnet_t, potentials: x }
    }
}

/// Middle of a cell in electrical radians from the magnet axis.
pub fn cell_angle(cell: usize) -> f64 {
    -FRAC_PI_2 + (cell as f64 + 0.5) * PI / CELLS as f64
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Cholesky within the rows' outlines, in place; `None` if the matrix is not positive.
fn solve_positive(mut a: Vec<f64>, b: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut x = b.to_vec();
    // Nodes without a branch (cells beyond a layer's span) stay at nought.
    for i in 0..n {
        if a[i * n + i] == 0.0 {
            a[i * n + i] = 1.0;
        }
    }
    let first: Vec<usize> = (0..n).map(|i| a[i * n..=i * n + i].iter().position(|v| *v != 0.0).unwrap_or(i)).collect();
    for i in 0..n {
        for j in first[i]..=i {
            let from = first[i].max(first[j]);
            let dot: f64 = a[i * n + from..i * n + j].iter().zip(&a[j * n + from..j * n + j]).map(|(l, r)| l * r).sum();
            let sum = a[i * n + j] - dot;
            if i == j {
                if sum <= 0.0 {
                    return None;
                }
                a[i * n + i] = sum.sqrt();
            } else {
                a[i * n + j] = sum / a[j * n + j];
            }
        }
        let dot: f64 = (first[i]..i).map(|k| a[i * n + k] * x[k]).sum();
        x[i] = (x[i] - dot) / a[i * n + i];
    }
    for i in (0..n).rev() {
        x[i] /= a[i * n + i];
        let value = x[i];
        for k in first[i]..i {
            x[k] -= a[i * n + k] * value;
        }
    }
    Some(x)
}

/// Flux density over a slot pitch by the mean field strength along a tooth that widens: Simpson's rule over bore, middle and root.
fn tooth_curve(geometry: &Geometry, magnetics: &Magnetics) -> Curve {
    let g = geometry;
    let section = |depth: f64| -> Curve {
        let width = g.tooth_m + g.tooth_taper_m * (depth - 1.0 / 3.0);
        let pitch = g.slot_pitch_m();
        let (iron, whole) = (magnetics.stacking * width / pitch, 1.0 + depth * 2.0 * PI * g.slot_depth_m / (g.slots * pitch));
        Curve::new(magnetics.steel.points.iter().map(|&(h, b)| (h, iron * b + (whole - iron).max(0.0) * MU_0 * h)).collect())
    };
    let [bore, middle, root] = [section(0.0), section(0.5), section(1.0)];
    let mean = |b: f64| (bore.inverse(b) + 4.0 * middle.inverse(b) + root.inverse(b)) / 6.0;
    // The points of the narrowest section: where it bends, the mean does.
    Curve::new(bore.points.iter().map(|&(_, b)| (mean(b), b)).collect())
}

/// Carter's factor of a slotted gap.
pub fn carter(gap_m: f64, opening_m: f64, pitch_m: f64) -> f64 {
    let ratio = opening_m / gap_m;
    let gamma = ratio * ratio / (5.0 + ratio);
    pitch_m / (pitch_m - gamma * gap_m)
}

struct Builder<'a> {
    geometry: &'a Geometry,
    magnetics: &'a Magnetics,
    branches: Vec<Branch>,
    magnet_m2: Vec<f64>,
    /// Rings of nodes: yoke, tips, core, then the layers.
    rings: usize,
    cell_m2: f64,
}

/// Least iron of the rotor core over the radial space; a rotor holds together.
const LEAST_CORE: f64 = 0.15;
/// Rings of nodes. A cell's nodes stand together, so that the matrix is narrow.
const YOKE: usize = 0;
const TIP: usize = 1;
const CORE: usize = 2;
const LAYER: usize = 3;

impl<'a> Builder<'a> {
    fn new(geometry: &'a Geometry, magnetics: &'a Magnetics) -> Self {
        let cell_m2 = geometry.pole_pitch_m() / CELLS as f64 * geometry.stack_m;
        let rings = LAYER
            + match &geometry.rotor {
                Rotor::Buried { layers } => layers.len(),
                Rotor::Salient { .. } => 1,
                _ => 0,
            };
        Self { geometry, magnetics, branches: Vec::new(), magnet_m2: Vec::new(), rings, cell_m2 }
    }

    fn node(&self, ring: usize, cell: usize) -> usize {
        cell * self.rings + ring
    }

    fn build(mut self) -> Circuit {
        let (g, stacking) = (self.geometry, self.magnetics.stacking);
        let poles = 2.0 * g.pole_pairs;
        let stator_length = PI * (g.outer_m - g.yoke_m()) / poles / CELLS as f64;
        for cell in 0..CELLS {
            self.rung(YOKE, cell, Law::Iron(g.yoke_m() * g.stack_m * stacking, stator_length));
        }
        let core = self.core_m(0);
        let core_length = PI * (g.rotor_inner_m + core) / poles / CELLS as f64;
        for cell in 0..CELLS {
            let section = 0.5 * (self.core_m(cell) + self.core_m((cell + 1) % CELLS)) * g.stack_m * stacking;
            self.rung(CORE, cell, Law::Iron(section, core_length));
        }
        let slot = slot_permeance(g, self.magnetics.lip_m) * MU_0 * g.stack_m * g.slot_pitch_m() / (g.pole_pitch_m() / CELLS as f64);
        for cell in 0..CELLS {
            self.rung(TIP, cell, Law::Linear(slot));
            let angle = cell_angle(cell);
            self.branches.push(Branch {
                from: (self.node(TIP, cell), 1.0),
                to: (self.node(YOKE, cell), 1.0),
                law: Law::Tooth(self.cell_m2, g.slot_depth_m),
                source: [0.0, angle.cos(), angle.sin(), 0.0],
                cell: Some(cell),
                kind: Kind::Tooth,
            });
        }
        match &g.rotor {
            Rotor::Buried { layers } => self.buried(layers),
            Rotor::Surface { arc, thickness_m, sleeve_m } => self.surface(*arc, *thickness_m, *sleeve_m),
            Rotor::Salient { arc, body_m, height_m, space_m, .. } => self.salient(*arc, *body_m, *height_m, *space_m),
            Rotor::Cage { .. } | Rotor::Toothed { .. } => {
                let gap = self.gap_m(0.0) + self.bar_m();
                for cell in 0..CELLS {
                    self.gap_branch(cell, self.node(CORE, cell), gap, 1.0, 0.0);
                }
            }
        }
        Circuit {
            nodes: CELLS * self.rings,
            branches: self.branches,
            tooth: tooth_curve(g, self.magnetics),
            steel: self.magnetics.steel.clone(),
            cell_m2: self.cell_m2,
            magnet_m2: self.magnet_m2,
        }
    }

    /// Iron below the magnets, poles or bars of a cell, in m.
    fn core_m(&self, cell: usize) -> f64 {
        let g = self.geometry;
        let radial = 0.5 * (g.rotor_m - g.rotor_inner_m);
        let above = match &g.rotor {
            Rotor::Buried { layers } => {
                layers.first().filter(|l| Self::within(cell, l.arc) > 0.5).map_or(0.0, |l| l.depth_at(cell_angle(cell) / PI) + l.thickness_m)
            }
            Rotor::Surface { thickness_m, .. } => *thickness_m,
            Rotor::Salient { height_m, .. } => *height_m,
            Rotor::Cage { depth_m, .. } | Rotor::Toothed { depth_m, .. } => *depth_m,
        };
        (radial - above).max(LEAST_CORE * radial)
    }

    /// From a cell of a ring to the next; the last one meets the mirror image of the first.
    fn rung(&mut self, ring: usize, cell: usize, law: Law) {
        let to = if cell + 1 < CELLS { (self.node(ring, cell + 1), 1.0) } else { (self.node(ring, 0), -1.0) };
        let from = (self.node(ring, cell), 1.0);
        let kind = if ring == YOKE { Kind::Yoke } else { Kind::Other };
        self.branches.push(Branch { from, to, law, source: [0.0; 4], cell: Some(cell), kind });
    }

    /// Gap with Carter's factor, in m, when the rotor lies further off.
    fn gap_m(&self, further_m: f64) -> f64 {
        let g = self.geometry;
        carter(g.gap_m + further_m, g.slot_opening_m, g.slot_pitch_m()) * (g.gap_m + further_m)
    }

    /// Length of gap that stands for the teeth between the bars of a cage: their share of air at the surface.
    fn bar_m(&self) -> f64 {
        match &self.geometry.rotor {
            Rotor::Cage { bars, .. } => {
                let g = self.geometry;
                let pitch = PI * g.rotor_m / bars;
                (carter(g.gap_m, g.slot_opening_m.min(0.3 * pitch), pitch) - 1.0) * g.gap_m
            }
            _ => 0.0,
        }
    }

    fn gap_branch(&mut self, cell: usize, rotor: usize, gap_m: f64, share: f64, constant_a: f64) {
        if share > 0.0 {
            self.branches.push(Branch {
                from: (rotor, 1.0),
                to: (self.node(TIP, cell), 1.0),
                law: Law::Linear(MU_0 * share * self.cell_m2 / gap_m),
                source: [constant_a, 0.0, 0.0, 0.0],
                cell: Some(cell),
                kind: Kind::Other,
            });
        }
    }

    /// Share of a cell that lies within a span around the magnet axis.
    fn within(cell: usize, arc: f64) -> f64 {
        let half = FRAC_PI_2 * arc;
        let (low, high) = (cell_angle(cell) - FRAC_PI_2 / CELLS as f64, cell_angle(cell) + FRAC_PI_2 / CELLS as f64);
        ((high.min(half) - low.max(-half)) / (high - low)).clamp(0.0, 1.0)
    }

    /// Layers of magnets: each has a piece of iron above it, cut into the cells it spans.
    fn buried(&mut self, layers: &[Layer]) {
        let gap = self.gap_m(0.0);
        let mut pieces: Vec<[Option<usize>; CELLS]> = vec![std::array::from_fn(|cell| Some(self.node(CORE, cell)))];
        for (at, layer) in layers.iter().enumerate() {
            pieces.push(std::array::from_fn(|cell| (Self::within(cell, layer.arc) > 0.0).then(|| self.node(LAYER + at, cell))));
        }
        for cell in 0..CELLS {
            let mut rest = 1.0;
            for (layer, piece) in layers.iter().zip(&pieces[1..]).rev() {
                let inside = Self::within(cell, layer.arc);
                if let Some(node) = piece[cell] {
                    self.gap_branch(cell, node, gap, inside - (1.0 - rest), 0.0);
                }
                rest = 1.0 - inside;
            }
            self.gap_branch(cell, self.node(CORE, cell), gap, rest, 0.0);
        }
        for (at, layer) in layers.iter().enumerate() {
            self.layer(at, layer, layers.get(at + 1), &pieces[at], &pieces[at + 1]);
        }
    }

    fn layer(&mut self, at: usize, layer: &Layer, above: Option<&Layer>, below: &[Option<usize>; CELLS], piece: &[Option<usize>; CELLS]) {
        let (g, m) = (self.geometry, self.magnetics);
        let force = m.remanence_t * layer.thickness_m / (MU_0 * m.recoil);
        let magnet = MU_0 * m.recoil * layer.magnet_m * g.magnet_length_m / layer.thickness_m;
        let air = MU_0 * (layer.barrier_m - layer.magnet_m).max(0.0) * g.stack_m / layer.thickness_m;
        self.magnet_m2.push(layer.magnet_m * g.magnet_length_m);
        let plain =
            |from: usize, to: usize, law: Law| Branch { from: (from, 1.0), to: (to, 1.0), law, source: [0.0; 4], cell: None, kind: Kind::Other };
        let whole: f64 = (0..CELLS).map(|c| Self::within(c, layer.arc)).sum();
        for cell in 0..CELLS {
            let (Some(under), Some(node)) = (below[cell], piece[cell]) else { continue };
            let share = Self::within(cell, layer.arc) / whole;
            let kind = Kind::Magnet(at);
            self.branches.push(Branch { kind, source: [force, 0.0, 0.0, 0.0], ..plain(under, node, Law::Linear(share * magnet)) });
            self.branches.push(plain(under, node, Law::Linear(share * air)));
        }
        // Along the piece, and over its ends by the bridges.
        let length = PI * (g.rotor_m - layer.depth_m) / (2.0 * g.pole_pairs) / CELLS as f64;
        let thickness = |cell: usize| {
            let share = cell_angle(cell) / PI;
            let covered = above.filter(|a| Self::within(cell, a.arc) > 0.5).map_or(0.0, |a| a.depth_at(share) + a.thickness_m);
            (layer.depth_at(share) - covered).max(0.5 * layer.bridge_m)
        };
        for cell in 0..CELLS - 1 {
            if let (Some(a), Some(b)) = (piece[cell], piece[cell + 1]) {
                let section = 0.5 * (thickness(cell) + thickness(cell + 1)) * g.stack_m * m.stacking;
                self.branches.push(plain(a, b, Law::Iron(section, length)));
            }
        }
        let bridge = Law::Iron(0.5 * layer.bridge_m * g.stack_m * m.stacking, layer.thickness_m);
        let first = piece.iter().position(Option::is_some);
        let last = piece.iter().rposition(Option::is_some);
        for (end, beside) in [(first, first.and_then(|c| c.checked_sub(1))), (last, last.map(|c| c + 1).filter(|c| *c < CELLS))] {
            if let Some(end) = end
                && let Some(node) = piece[end]
                && let Some(outside) = beside.and_then(|c| below[c]).or(below[end])
            {
                self.branches.push(plain(outside, node, bridge.clone()));
            }
        }
    }

    fn surface(&mut self, arc: f64, thickness_m: f64, sleeve_m: f64) {
        let m = self.magnetics;
        let gap = self.gap_m(sleeve_m + thickness_m / m.recoil);
        let force = m.remanence_t * thickness_m / (MU_0 * m.recoil);
        for cell in 0..CELLS {
            let (inside, core) = (Self::within(cell, arc), self.node(CORE, cell));
            self.gap_branch(cell, core, gap, inside, force);
            self.gap_branch(cell, core, gap, 1.0 - inside, 0.0);
        }
    }

    fn salient(&mut self, arc: f64, body_m: f64, height_m: f64, space_m: f64) {
        let (g, m) = (self.geometry, self.magnetics);
        let (gap, between) = (self.gap_m(0.0), self.gap_m(space_m));
        let pole_pitch = PI * g.rotor_m / (2.0 * g.pole_pairs);
        let pitch = PI * (g.rotor_m - height_m) / (2.0 * g.pole_pairs);
        // Leakage from the pole's flanks across the coils: a third of the height counts, on both sides.
        let leakage = 2.0 / 3.0 * MU_0 * height_m * g.stack_m / (0.5 * (pitch - body_m)).max(0.1 * height_m);
        let body_arc = (body_m / pole_pitch).min(arc);
        let whole: f64 = (0..CELLS).map(|c| Self::within(c, body_arc)).sum();
        // The shoe overhangs the body by a quarter of the height; under the body it is as thick as the pole is high.
        let shoe_length = pole_pitch / CELLS as f64;
        for cell in 0..CELLS {
            let (inside, core, shoe) = (Self::within(cell, arc), self.node(CORE, cell), self.node(LAYER, cell));
            self.gap_branch(cell, shoe, gap, inside, 0.0);
            self.gap_branch(cell, core, between, 1.0 - inside, 0.0);
            let plain = |from: usize, to: usize, law: Law, field: f64| Branch {
                from: (from, 1.0),
                to: (to, 1.0),
                law,
                source: [0.0, 0.0, 0.0, field],
                cell: None,
                kind: Kind::Other,
            };
            let share = Self::within(cell, body_arc) / whole;
            if share > 0.0 {
                let section = share * body_m * g.stack_m * m.stacking;
                self.branches.push(plain(core, shoe, Law::Iron(section, height_m), 1.0));
                self.branches.push(plain(core, shoe, Law::Linear(share * leakage), 0.0));
            }
            if cell + 1 < CELLS && inside > 0.0 && Self::within(cell + 1, arc) > 0.0 {
                let thick = if share > 0.0 { height_m } else { 0.25 * height_m };
                let law = Law::Iron(thick * g.stack_m * m.stacking, shoe_length);
                self.branches.push(plain(shoe, self.node(LAYER, cell + 1), law, 0.0));
            }
        }
    }
}

/// Magnetomotive force of the fundamental per ampere of phase current (peak), in A.
pub fn force_per_ampere(geometry: &Geometry) -> f64 {
    PHASES / PI * geometry.winding_factor() * geometry.turns / geometry.pole_pairs
}

/// Permeance of a slot's leakage over μ0 and length: `h/(3·w) + h_o/w_o`.
fn slot_permeance(geometry: &Geometry, lip_m: f64) -> f64 {
    let width = geometry.slot_m2 / geometry.slot_depth_m;
    geometry.slot_depth_m / (3.0 * width) + if geometry.slot_opening_m > 0.0 { lip_m / geometry.slot_opening_m } else { 0.0 }
}

/// Leakage inductance of the end turns in H.
///
/// ```text
/// L = 2·μ0·N²·l_end·λ_end/p
/// ```
///
/// Pyrhönen, Jokinen, Hrabovcová, *Design of Rotating Electrical Machines*, eq. 4.85. Slot leakage is in the circuit.
pub fn end_leakage_h(geometry: &Geometry, end_permeance: f64) -> f64 {
    2.0 * MU_0 * geometry.turns * geometry.turns / geometry.pole_pairs * geometry.end_turn_m() * end_permeance
}

/// Leakage inductance of the slots in H: `2·μ0·N²·L·λ/(p·q)`, for machines whose gap flux is sought apart from it.
pub fn slot_leakage_h(geometry: &Geometry, lip_m: f64) -> f64 {
    let scale = 2.0 * MU_0 * geometry.turns * geometry.turns / (geometry.pole_pairs * geometry.slots_per_pole_phase());
    scale * geometry.stack_m * slot_permeance(geometry, lip_m)
}
