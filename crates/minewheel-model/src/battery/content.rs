//! What a pack holds, and what of its design is checked.

use serde::Serialize;

use super::tables::Element;

/// An element or material that a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Li of the cathode.
    Lithium,
    /// Ni.
    Nickel,
    /// Co.
    Cobalt,
    /// Mn.
    Manganese,
    /// Fe of the cathode.
    Iron,
    /// P of the cathode.
    Phosphorus,
    /// Na.
    Sodium,
    /// Cu of foils and conductors.
    Copper,
    /// Al of the cathode, foils, housings and pack.
    Aluminium,
    /// Graphite, natural and synthetic.
    Graphite,
    /// Hard carbon.
    HardCarbon,
    /// Steel of the pack and of cell cases.
    Steel,
    /// Silicon-carbon composite.
    Silicon,
    /// Lithium titanate.
    Titanate,
    /// Solid electrolyte.
    SolidElectrolyte,
}

impl Content {
    /// The word used in tables and output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lithium => "lithium",
            Self::Nickel => "nickel",
            Self::Cobalt => "cobalt",
            Self::Manganese => "manganese",
            Self::Iron => "iron",
            Self::Phosphorus => "phosphorus",
            Self::Sodium => "sodium",
            Self::Copper => "copper",
            Self::Aluminium => "aluminium",
            Self::Graphite => "graphite",
            Self::HardCarbon => "hard-carbon",
            Self::Steel => "steel",
            Self::Silicon => "silicon-composite",
            Self::Titanate => "lithium-titanate",
            Self::SolidElectrolyte => "solid-electrolyte",
        }
    }

    /// The chemical symbol of an element; `None`: a material of several, or carbon.
    pub const fn symbol(self) -> Option<&'static str> {
        match self {
            Self::Lithium => Some("Li"),
            Self::Nickel => Some("Ni"),
            Self::Cobalt => Some("Co"),
            Self::Manganese => Some("Mn"),
            Self::Iron | Self::Steel => Some("Fe"),
            Self::Phosphorus => Some("P"),
            Self::Sodium => Some("Na"),
            Self::Copper => Some("Cu"),
            Self::Aluminium => Some("Al"),
            Self::Graphite | Self::HardCarbon | Self::Silicon | Self::Titanate | Self::SolidElectrolyte => None,
        }
    }

    /// Whether it is carbon.
    pub const fn is_carbon(self) -> bool {
        matches!(self, Self::Graphite | Self::HardCarbon)
    }

    pub(super) const fn of_element(element: Element) -> Option<Self> {
        match element {
            Element::Lithium => Some(Self::Lithium),
            Element::Sodium => Some(Self::Sodium),
            Element::Nickel => Some(Self::Nickel),
            Element::Cobalt => Some(Self::Cobalt),
            Element::Manganese => Some(Self::Manganese),
            Element::Aluminium => Some(Self::Aluminium),
            Element::Iron => Some(Self::Iron),
            Element::Phosphorus => Some(Self::Phosphorus),
            Element::Oxygen => None,
        }
    }
}

/// Which side of its limit a checked value must lie on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Value ≥ limit.
    AtLeast,
    /// Value ≤ limit.
    AtMost,
}

/// One check of a design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What is checked.
    pub name: &'static str,
    /// The value seen.
    pub value: f64,
    /// Its limit.
    pub limit: f64,
    /// Which side is allowed.
    pub bound: Bound,
    /// Unit of both.
    pub unit: &'static str,
    /// Whether it holds.
    pub pass: bool,
}

impl Check {
    pub(super) fn new(name: &'static str, value: f64, bound: Bound, limit: f64, unit: &'static str) -> Self {
        let pass = match bound {
            Bound::AtLeast => value >= limit,
            Bound::AtMost => value <= limit,
        };
        Self { name, value, limit, bound, unit, pass }
    }
}
