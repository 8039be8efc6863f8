//! Dimensions of a machine, published or sized, in SI.
//!
//! ```text
//! slot area   A_s = A_cu/k_fill                     tooth  w_t = τ_s(1/3 depth) − A_s/h_s
//! turn        l   = 2·(L + k_end·τ_mid)             R      = ρ·N·l/A_turn
//! ```
//!
//! Teardowns give slot depth and copper, not slot width. So the slot area follows from the copper at the fill of
//! round wire, with parallel sides; the tooth between them widens towards the yoke. Loss and mass take it at a third of the slot depth.
//! The end turn is half a circle over the span of the coil.

use std::f64::consts::PI;

use minewheel_data::car::Topology;
use minewheel_data::parameters::Subject;
use minewheel_data::row::Draw;

use super::MotorError;
use super::tables::MotorTables;

/// One layer of magnets and barriers, from the deepest outwards.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Layer {
    /// Span at the rotor surface over the pole pitch.
    pub arc: f64,
    /// Magnet width of one pole in m.
    pub magnet_m: f64,
    /// Width of the whole barrier of one pole, magnets and air, in m.
    pub barrier_m: f64,
    /// Thickness in m.
    pub thickness_m: f64,
    /// Iron that bridges the layer, width per pole in m.
    pub bridge_m: f64,
    /// Depth of the layer below the rotor surface at the magnet axis in m.
    pub depth_m: f64,
}

impl Layer {
    /// Depth in m at an angle, as a share of the pole pitch from the magnet axis; a V rises to the bridge at its ends.
    pub fn depth_at(&self, share: f64) -> f64 {
        let edge = 0.5 * self.bridge_m;
        let along = (2.0 * share.abs() / self.arc).min(1.0);
        edge + (self.depth_m - edge).max(0.0) * (1.0 - along)
    }
}

/// The rotor.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rotor {
    /// Magnets inside the laminations.
    Buried {
        /// From the deepest outwards.
        layers: Vec<Layer>,
    },
    /// Magnets on the surface.
    Surface {
        /// Span over the pole pitch.
        arc: f64,
        /// Thickness in m.
        thickness_m: f64,
        /// Sleeve in m; part of the magnetic gap.
        sleeve_m: f64,
    },
    /// Poles with a field winding.
    Salient {
        /// Span of the shoe over the pole pitch.
        arc: f64,
        /// Width of the pole's body in m.
        body_m: f64,
        /// Height of the body in m.
        height_m: f64,
        /// Depth of the space between poles in m, as the field sees it.
        space_m: f64,
        /// Copper section of one pole's coil side in m².
        copper_m2: f64,
    },
    /// A cage.
    Cage {
        /// Bars.
        bars: f64,
        /// Width of a bar in m.
        width_m: f64,
        /// Depth of a bar in m.
        depth_m: f64,
        /// Section of an end ring in m².
        ring_m2: f64,
        /// Whether the cage is of copper.
        is_copper: bool,
    },
    /// Teeth only.
    Toothed {
        /// Teeth.
        poles: f64,
        /// Tooth width in m.
        tooth_m: f64,
        /// Depth of the slot in m.
        depth_m: f64,
    },
}

/// Dimensions of a machine.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Geometry {
    /// Kind of machine.
    #[serde(skip)]
    pub topology: Topology,
    /// Pole pairs.
    pub pole_pairs: f64,
    /// Stator slots.
    pub slots: f64,
    /// Outer diameter of the stator in m.
    pub outer_m: f64,
    /// Bore in m.
    pub bore_m: f64,
    /// Outer diameter of the rotor in m.
    pub rotor_m: f64,
    /// Inner diameter of the rotor's laminations in m.
    pub rotor_inner_m: f64,
    /// Length of the stack in m.
    pub stack_m: f64,
    /// Length of the magnets in m.
    pub magnet_length_m: f64,
    /// Air gap in m.
    pub gap_m: f64,
    /// Depth of a slot in m.
    pub slot_depth_m: f64,
    /// Opening of a slot in m.
    pub slot_opening_m: f64,
    /// Section of a slot in m².
    pub slot_m2: f64,
    /// Width of a tooth in m at a third of the slot depth.
    pub tooth_m: f64,
    /// Width that a tooth gains from the bore to the bottom of the slot in m.
    pub tooth_taper_m: f64,
    /// Turns in series of one phase.
    pub turns: f64,
    /// Copper section of one turn, all strands and legs, in m².
    pub turn_m2: f64,
    /// Thickness of one strand across the slot's field in m; a round wire counts as the square of equal section.
    pub strand_m: f64,
    /// Strands above each other in a slot.
    pub strand_layers: f64,
    /// Span of a coil over the pole pitch.
    pub coil_span: f64,
    /// End turn over coil span.
    pub end_turn_factor: f64,
    /// Width in m of one block of magnet across the flux.
    pub block_m: f64,
    /// Lamination in m.
    pub lamination_m: f64,
    /// Phase resistance in Ω at 20 °C where it was measured.
    pub measured_resistance_ohm: Option<f64>,
    /// No-load flux linkage of a phase in V·s (peak) and the temperature of the magnets in °C, where the voltage was measured.
    pub measured_linkage_vs: Option<(f64, f64)>,
    /// The rotor.
    pub rotor: Rotor,
}

/// Phases of every machine here.
pub const PHASES: f64 = 3.0;

impl Geometry {
    /// Slots per pole and phase.
    pub fn slots_per_pole_phase(&self) -> f64 {
        self.slots / (2.0 * PHASES * self.pole_pairs)
    }
    /// Diameter of the middle of the gap in m.
    pub fn gap_diameter_m(&self) -> f64 {
        self.bore_m - self.gap_m
    }
    /// Pole pitch in the gap in m.
    pub fn pole_pitch_m(&self) -> f64 {
        PI * self.gap_diameter_m() / (2.0 * self.pole_pairs)
    }
    /// Slot pitch at the bore in m.
    pub fn slot_pitch_m(&self) -> f64 {
        PI * self.bore_m / self.slots
    }
    /// Yoke behind the slots in m.
    pub fn yoke_m(&self) -> f64 {
        0.5 * (self.outer_m - self.bore_m) - self.slot_depth_m
    }
    /// End turn on one side of one coil in m.
    pub fn end_turn_m(&self) -> f64 {
        let middle = PI * (self.bore_m + self.slot_depth_m) / (2.0 * self.pole_pairs);
        self.end_turn_factor * middle * self.coil_span
    }
    /// Mean length of a turn in m.
    pub fn turn_length_m(&self) -> f64 {
        2.0 * (self.stack_m + self.end_turn_m())
    }
    /// Volume of stator copper in m³.
    pub fn copper_m3(&self) -> f64 {
        PHASES * self.turns * self.turn_length_m() * self.turn_m2
    }
    /// Phase resistance in Ω at a resistivity; a measured one is scaled from 20 °C.
    pub fn resistance_ohm(&self, resistivity: f64, resistivity_20c: f64) -> f64 {
        match self.measured_resistance_ohm {
            Some(measured) => measured * resistivity / resistivity_20c,
            None => resistivity * self.turns * self.turn_length_m() / self.turn_m2,
        }
    }
    /// Fundamental winding factor of a 60° phase belt with the coil span.
    pub fn winding_factor(&self) -> f64 {
        let q = self.slots_per_pole_phase();
        let belt = PI / (2.0 * PHASES);
        let distribution = if q > 1.0 { belt.sin() / (q * (belt / q).sin()) } else { 1.0 };
        distribution * (0.5 * PI * self.coil_span).sin()
    }
    /// Volume of stator laminations and air of the stack, less slots, in m³.
    pub fn stator_core_m3(&self) -> f64 {
        (PI / 4.0 * (self.outer_m.powi(2) - self.bore_m.powi(2)) - self.slots * self.slot_m2) * self.stack_m
    }
    /// Volume of magnets in m³.
    pub fn magnet_m3(&self) -> f64 {
        let poles = 2.0 * self.pole_pairs;
        match &self.rotor {
            Rotor::Buried { layers } => poles * layers.iter().map(|l| l.magnet_m * l.thickness_m).sum::<f64>() * self.magnet_length_m,
            Rotor::Surface { arc, thickness_m, .. } => {
                let inner = self.rotor_m - 2.0 * thickness_m;
                PI / 4.0 * (self.rotor_m.powi(2) - inner.powi(2)) * arc * self.magnet_length_m
            }
            _ => 0.0,
        }
    }
    /// Volume of rotor laminations in m³.
    pub fn rotor_core_m3(&self) -> f64 {
        let annulus = PI / 4.0 * (self.rotor_m.powi(2) - self.rotor_inner_m.powi(2));
        let poles = 2.0 * self.pole_pairs;
        let taken = match &self.rotor {
            Rotor::Buried { layers } => poles * layers.iter().map(|l| l.barrier_m * l.thickness_m).sum::<f64>(),
            Rotor::Surface { thickness_m, .. } => PI * (self.rotor_m - thickness_m) * thickness_m,
            Rotor::Salient { body_m, height_m, .. } => {
                let ring = PI * (self.rotor_m - height_m) * height_m;
                (ring - poles * body_m * height_m).max(0.0)
            }
            Rotor::Cage { bars, width_m, depth_m, .. } => bars * width_m * depth_m,
            Rotor::Toothed { poles, tooth_m, depth_m } => (PI * (self.rotor_m - depth_m) - poles * tooth_m).max(0.0) * depth_m,
        };
        (annulus - taken).max(0.0) * self.stack_m
    }

    /// Dimensions of a machine of `motors/geometry.csv` with magnets in one V.
    ///
    /// # Errors
    /// The machine is not there, or lacks a dimension.
    pub fn published(machine: &str, tables: &MotorTables, draw: &Draw<'_>) -> Result<Self, MotorError> {
        let of = tables.published(machine)?;
        let number = |property: &str, unit: &str| -> Result<f64, MotorError> { Ok(draw.of(&of.value(property, unit)?)) };
        let optional = |property: &str, unit: &str| -> Result<Option<f64>, MotorError> { Ok(of.optional(property, unit)?.map(|v| draw.of(&v))) };
        let (bore, depth, slots) = (number("stator_bore", "m")?, optional("slot_depth", "m")?, number("slots", "1")?);
        let pole_pairs = 0.5 * number("poles", "1")?;
        let outer = number("stator_outer", "m")?;
        let strand = number("strand", "m")?;
        let (turns, legs) = (number("turns_per_coil", "1")?, number("parallel_legs", "1")?);
        let strands = number("strands", "1")?;
        let coil_m2 = turns * strands * PI / 4.0 * strand * strand;
        let slot_m2 = optional("slot_area", "m2")?.unwrap_or(coil_m2 / draw.of(&tables.shared("fill_round", "1")?));
        let pole_pitch = PI * bore / (2.0 * pole_pairs);
        // Where the depth is unknown, yoke and tooth carry the same density.
        let slot_depth = depth.unwrap_or(0.5 * (outer - bore) * 0.5);
        let pitch = PI * (bore + 2.0 / 3.0 * slot_depth) / slots;
        let tooth = optional("tooth", "m")?.unwrap_or(pitch - slot_m2 / slot_depth);
        let (layers, magnet_length) = layers(&of, pole_pitch, draw)?;
        let turns_in_series = number("coils_in_series", "1")? * turns;
        Ok(Self {
            topology: Topology::Ipm,
            pole_pairs,
            slots,
            outer_m: outer,
            bore_m: bore,
            rotor_m: number("rotor_outer", "m")?,
            rotor_inner_m: optional("rotor_inner", "m")?.unwrap_or(0.0),
            stack_m: number("stack", "m")?,
            magnet_length_m: magnet_length,
            gap_m: optional("air_gap", "m")?.unwrap_or(0.5 * (bore - number("rotor_outer", "m")?)),
            slot_depth_m: slot_depth,
            slot_opening_m: optional("slot_opening", "m")?.unwrap_or(0.3 * (PI * bore / slots - tooth).max(0.0)),
            slot_m2,
            tooth_m: tooth,
            tooth_taper_m: 2.0 * PI * slot_depth / slots - optional("slot_taper", "m")?.unwrap_or(0.0),
            turns: turns_in_series,
            turn_m2: strands * legs * PI / 4.0 * strand * strand,
            strand_m: strand * (PI / 4.0).sqrt(),
            // Strands lie side by side at the fill of the slot: as many per metre of depth as per metre of width.
            strand_layers: slot_depth * ((turns * strands) / slot_m2).sqrt(),
            coil_span: 1.0,
            end_turn_factor: draw.of(&tables.shared("end_turn_factor", "1")?),
            block_m: optional("magnet_width", "m")?.unwrap_or(0.0),
            lamination_m: number("lamination", "m")?,
            measured_resistance_ohm: optional("phase_resistance", "Ohm")?,
            measured_linkage_vs: match (optional("no_load_voltage", "V")?, optional("no_load_speed", "rad/s")?) {
                // From rms between lines to the peak of a phase.
                (Some(volts), Some(speed)) => Some((volts * (2.0 / PHASES).sqrt() / (pole_pairs * speed), number("no_load_temperature_c", "1")?)),
                _ => None,
            },
            rotor: Rotor::Buried { layers },
        })
    }
}

/// The magnets of a published machine: two equal blocks a pole, or a bar over a V of two further blocks a side.
fn layers(of: &Subject<'_>, pole_pitch: f64, draw: &Draw<'_>) -> Result<(Vec<Layer>, f64), MotorError> {
    let number = |property: &str, unit: &str| -> Result<f64, MotorError> { Ok(draw.of(&of.value(property, unit)?)) };
    let optional = |property: &str, unit: &str| -> Result<Option<f64>, MotorError> { Ok(of.optional(property, unit)?.map(|v| draw.of(&v))) };
    let Some(count) = optional("magnets_per_pole", "1")? else {
        // The blocks are known by size but not by number: a rotor without magnets, for the stator's sake.
        return Ok((Vec::new(), 0.0));
    };
    let width = count * number("magnet_width", "m")?;
    let rows = optional("magnet_rows", "1")?.unwrap_or(1.0);
    let arc = optional("q_axis_rib", "m")?.map_or((width / pole_pitch).min(0.9), |rib| 1.0 - rib / pole_pitch);
    let thickness = number("magnet_thickness", "m")?;
    // A V whose sides are as long as its magnets, unless the depth is known.
    let half = 0.5 * arc * pole_pitch;
    let depth = optional("layer_depth", "m")?.unwrap_or_else(|| (0.25 * width * width - half * half).max(0.0).sqrt().max(2.0 * thickness));
    // Two bridges at the gap, one on each side of the pole.
    let bridge = 2.0 * optional("bridge", "m")?.unwrap_or(0.25 * thickness);
    Ok((
        vec![Layer { arc, magnet_m: width, barrier_m: width, thickness_m: thickness, bridge_m: bridge, depth_m: depth }],
        rows * number("magnet_length", "m")?,
    ))
}
