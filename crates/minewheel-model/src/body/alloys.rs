//! How much old scrap an aluminium alloy takes before iron, copper or silicon pass its limits.
//!
//! ```text
//! (1 − s)·p_e + s·x_e/(1 − l) ≤ L_e        s_max = min_e (L_e − p_e) / (x_e/(1 − l) − p_e)
//! ```
//!
//! | symbol | meaning                                         | unit | from         |
//! |--------|-------------------------------------------------|------|--------------|
//! | `L_e`  | maximum of the element in the alloy's standard  | –    | `alloys.csv` |
//! | `p_e`  | element in primary ingot                        | –    | `alloys.csv` |
//! | `x_e`  | element in the scrap                            | –    | `alloys.csv` |
//! | `l`    | metal burnt to dross; the elements stay         | –    | `alloys.csv` |
//!
//! Source: metal balance of one melt. Returns of the alloy itself are taken without limit. Left out: what refining, dilution
//! with another melt, or sorting by alloy could add, and every element besides these three.

use minewheel_data::car::ScrapGrade;
use minewheel_data::parameters::{ParameterError, Parameters, Subject};
use minewheel_data::row::{Draw, RowId, Value};
use serde::Serialize;

use crate::vehicle::Component;

/// A group of aluminium alloys with one composition standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Outer and inner sheet of doors and lids (6016).
    ClosureSheet,
    /// Sheet of the body and of exchangers (5182).
    StructureSheet,
    /// Extruded profiles (6082).
    Extrusion,
    /// Large castings of the body (`AlSi10MnMg`).
    StructuralCasting,
    /// Castings of chassis and wheels (`AlSi7Mg`).
    ChassisCasting,
    /// Castings of drive and electronics (`AlSi9Cu3`).
    HousingCasting,
}

impl Family {
    /// All of them, in the order of the car file.
    pub const ALL: [Self; 6] =
        [Self::ClosureSheet, Self::StructureSheet, Self::Extrusion, Self::StructuralCasting, Self::ChassisCasting, Self::HousingCasting];

    /// Its name in the tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ClosureSheet => "closure-sheet",
            Self::StructureSheet => "structure-sheet",
            Self::Extrusion => "extrusion",
            Self::StructuralCasting => "structural-casting",
            Self::ChassisCasting => "chassis-casting",
            Self::HousingCasting => "housing-casting",
        }
    }

    /// The key of its recycled share in the car file.
    pub const fn field(self) -> &'static str {
        match self {
            Self::ClosureSheet => "body.recycled_closure_sheet_share",
            Self::StructureSheet => "body.recycled_structure_sheet_share",
            Self::Extrusion => "body.recycled_extrusion_share",
            Self::StructuralCasting => "body.recycled_structural_casting_share",
            Self::ChassisCasting => "body.recycled_chassis_casting_share",
            Self::HousingCasting => "body.recycled_housing_casting_share",
        }
    }

    /// The family of a product in a component; `None`: no aluminium.
    pub fn of(component: Component, product: &str) -> Option<Self> {
        Some(match (product, component) {
            ("aluminium-sheet", Component::Closures) => Self::ClosureSheet,
            ("aluminium-sheet", _) => Self::StructureSheet,
            ("aluminium-extrusion", _) => Self::Extrusion,
            ("aluminium-die-casting", Component::Body) => Self::StructuralCasting,
            ("aluminium-die-casting", Component::Chassis | Component::Wheels | Component::Brakes) => Self::ChassisCasting,
            ("aluminium-die-casting", _) => Self::HousingCasting,
            _ => return None,
        })
    }
}

/// An element that old scrap brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tramp {
    /// From steel inserts and rivets.
    Iron,
    /// From casting alloys, wires and tubes.
    Copper,
    /// From casting alloys.
    Silicon,
}

impl Tramp {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Iron, Self::Copper, Self::Silicon];

    /// Its name in the tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Iron => "iron",
            Self::Copper => "copper",
            Self::Silicon => "silicon",
        }
    }
}

/// The highest share of scrap and what sets it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Share of the melt.
    pub share: f64,
    /// The element that passes its maximum first, and that maximum; `None`: the alloy takes nothing but scrap.
    pub element: Option<(Tramp, f64)>,
}

/// Composition limits of the families, and what primary metal and scrap contain.
#[derive(Debug, Clone)]
pub struct Alloys {
    limits: [[Value; 3]; 6],
    primary: [Value; 3],
    sorted: [Value; 3],
    mixed: [Value; 3],
    loss: Value,
}

impl Alloys {
    pub(super) fn resolve(parameters: &Parameters) -> Result<Self, ParameterError> {
        let limits =
            |s: Subject<'_>| Ok::<_, ParameterError>([s.value("iron_limit", "1")?, s.value("copper_limit", "1")?, s.value("silicon_limit", "1")?]);
        let content = |name: &str| {
            let s = parameters.subject(name)?;
            Ok::<_, ParameterError>([s.value("iron", "1")?, s.value("copper", "1")?, s.value("silicon", "1")?])
        };
        let family = |f: Family| limits(parameters.subject(f.word())?);
        let [a, b, c, d, e, f] = Family::ALL;
        Ok(Self {
            limits: [family(a)?, family(b)?, family(c)?, family(d)?, family(e)?, family(f)?],
            primary: content("primary-ingot")?,
            sorted: content("sorted-wrought")?,
            mixed: content("mixed-shredder")?,
            loss: parameters.value("melting", "metal_loss", "1")?,
        })
    }

    /// Metal burnt to dross when scrap is melted.
    pub const fn metal_loss(&self) -> Value {
        self.loss
    }

    /// The highest share of a scrap in a family's melt.
    pub fn limit(&self, family: Family, scrap: ScrapGrade, draw: &Draw<'_>) -> Limit {
        let mut found = Limit { share: 1.0, element: None };
        let content = match scrap {
            ScrapGrade::SameAlloy => return found,
            ScrapGrade::SortedWrought => &self.sorted,
            ScrapGrade::MixedShredder => &self.mixed,
        };
        for (index, element) in Tramp::ALL.into_iter().enumerate() {
            let (limit, primary) = (draw.of(&self.limits[family as usize][index]), draw.of(&self.primary[index]));
            let molten = draw.of(&content[index]) / (1.0 - draw.of(&self.loss));
            if molten <= limit {
                continue;
            }
            let share = ((limit - primary) / (molten - primary)).clamp(0.0, 1.0);
            if share < found.share {
                found = Limit { share, element: Some((element, limit)) };
            }
        }
        found
    }

    /// The rows that a limit rests on.
    pub fn rows(&self, family: Family, scrap: ScrapGrade) -> Vec<RowId> {
        let content = match scrap {
            ScrapGrade::SameAlloy => return Vec::new(),
            ScrapGrade::SortedWrought => &self.sorted,
            ScrapGrade::MixedShredder => &self.mixed,
        };
        self.limits[family as usize].iter().chain(&self.primary).chain(content).chain([&self.loss]).map(|v| v.row).collect()
    }
}

/// Shares by family whose mean over the masses is `mean`: every family takes the same, or its highest where that is less.
///
/// Families with `None` as highest take no part. A mean that cannot be reached leaves every family at its highest.
pub fn spread_over(mean: f64, masses: &[f64; 6], highest: &[Option<f64>; 6]) -> [Option<f64>; 6] {
    let mut shares = [None; 6];
    let taking = |i: &usize| highest[*i].is_some() && masses[*i] > 0.0;
    let mut free: Vec<usize> = (0..6).filter(taking).collect();
    let mut wanted: f64 = mean * free.iter().map(|i| masses[*i]).sum::<f64>();
    loop {
        let mass: f64 = free.iter().map(|i| masses[*i]).sum();
        if mass <= 0.0 {
            return shares;
        }
        let level = wanted / mass;
        let (full, rest): (Vec<usize>, Vec<usize>) = free.iter().partition(|i| highest[**i].is_some_and(|h| h < level));
        if full.is_empty() {
            for i in rest {
                shares[i] = Some(level);
            }
            return shares;
        }
        for i in full {
            shares[i] = highest[i];
            wanted -= masses[i] * highest[i].unwrap_or(0.0);
        }
        free = rest;
    }
}
