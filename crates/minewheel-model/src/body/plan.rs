//! What the choices of a design change in the parts of a body.
//!
//! ```text
//! ring      m_replaced = min(Δ/σ, m_frames)        m_ring = m_replaced·(1 − σ)
//! casting   m_replaced = f·m_underbody             m_cast = Σ r_k·m_replaced,k    (r = 1 where metal replaces like metal)
//! closures  m_steel = m·((1 − a) + a/r_c)          m_aluminium = r_c·m_steel
//! joints    n = j·pieces
//! ```
//!
//! | symbol | meaning                                             | unit | from         |
//! |--------|-----------------------------------------------------|------|--------------|
//! | `Δ, σ` | mass that a ring saves; that over what it replaces  | kg, – | `body.csv`  |
//! | `f, r` | share of the group cast; casting over stampings     | –    | `body.csv`   |
//! | `r_c`  | aluminium closures over steel ones                  | –    | `body.csv`   |
//! | `a`    | mass share of the class's closures in aluminium     | –    | `classes.csv`|
//! | `j`    | joints a piece                                      | –    | `body.csv`   |

use std::sync::Arc;

use minewheel_data::car::{BodyDesign, Castings, ClosureMetal, DoorRing};
use minewheel_data::row::{Draw, RowId, Value};

use super::tables::BodyTables;
use crate::vehicle::tables::Composition;

/// The group that a door ring is part of.
const DOOR_FRAME: &str = "door-frame";
/// Groups that castings take over, with the name of the casting.
const UNDERBODY: [(&str, &str); 2] = [("rear-underbody", "rear-casting"), ("front-underbody", "front-casting")];

/// A component as its class builds it: its mass, what it is made of in steel and in aluminium, and how much of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Built<'a> {
    pub kg: f64,
    pub names: [&'static str; 2],
    pub kinds: &'a [Composition; 2],
    pub aluminium: f64,
}

impl Built<'_> {
    /// Shares of the steel and the aluminium design.
    pub(crate) fn weights(&self) -> [f64; 2] {
        [1.0 - self.aluminium, self.aluminium]
    }
}

/// A part that replaces others.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPart {
    /// Its name in the bill.
    pub name: Arc<str>,
    /// The material bought.
    pub product: Arc<str>,
    /// The forming route, which names the service.
    pub route: &'static str,
    /// Mass in the car, in kg.
    pub kg: f64,
    /// Part over material bought.
    pub part_yield: f64,
    /// How many pieces.
    pub pieces: f64,
    /// Share of secondary metal until the design states one.
    pub secondary: Option<Value>,
    /// Share of the shot that returns to the melt.
    pub returns_share: f64,
    /// The rows behind it.
    pub rows: Vec<RowId>,
}

/// One group of parts in one material.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupMass {
    /// The component: `body-in-white` or `closures`.
    pub component: &'static str,
    /// The group.
    pub group: Arc<str>,
    /// The material.
    pub product: Arc<str>,
    /// Position of the route in the table of routes.
    pub route: usize,
    /// Mass in the car, in kg.
    pub kg: f64,
    /// Pieces of the group made of it.
    pub pieces: f64,
}

/// A body with its choices made.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyPlan {
    /// Mass of the body without choices, in kg.
    pub base_body_kg: f64,
    /// Mass of the closures without choices, in kg.
    pub base_closures_kg: f64,
    /// Mass of the body, in kg.
    pub body_kg: f64,
    /// Mass of the closures, in kg.
    pub closures_kg: f64,
    /// Share of the closures in aluminium, if the design chooses.
    pub closures_aluminium: Option<f64>,
    /// Of each material of the steel and the aluminium body: the share that stays.
    pub kept: [Vec<f64>; 2],
    /// Parts that replace others.
    pub new_parts: Vec<NewPart>,
    /// What is left of the groups.
    pub groups: Vec<GroupMass>,
    /// Pieces of body and closures without choices.
    pub base_pieces: f64,
    /// Joints a piece.
    pub joints_per_piece: f64,
    /// Electricity of saved joints over that of the shop of the reference body.
    pub saved_shop_share: f64,
    /// Rows that the choices rest on.
    pub rows: Vec<RowId>,
}

impl BodyPlan {
    /// Mass gained (saved, if negative) by the choices, in kg.
    pub fn change_kg(&self) -> f64 {
        self.body_kg - self.base_body_kg + self.closures_kg - self.base_closures_kg
    }

    /// Pieces of body and closures.
    pub fn pieces(&self) -> f64 {
        self.groups.iter().map(|g| g.pieces).sum::<f64>() + self.new_parts.iter().map(|p| p.pieces).sum::<f64>()
    }

    /// Joints of body and closures.
    pub fn joints(&self) -> f64 {
        self.joints_per_piece * self.pieces()
    }
}

/// Of one group: what stays of its mass and of its pieces.
#[derive(Debug, Clone, Copy)]
struct Stays {
    mass: f64,
    pieces: f64,
}

/// Makes the choices of a design in a body and closures of given masses.
pub(crate) fn plan(design: &BodyDesign, body: &Built<'_>, closures: &Built<'_>, tables: &BodyTables, draw: &Draw<'_>) -> BodyPlan {
    let mut made = Made { body, tables, draw, stays: Vec::new(), new_parts: Vec::new(), rows: Vec::new() };
    made.castings(design.castings.unwrap_or(Castings::None));
    if design.door_ring == Some(DoorRing::FivePiece) {
        made.door_ring();
    }
    let Made { stays, new_parts, mut rows, .. } = made;
    let of_group = |group: &str| stays.iter().find(|s| s.0 == group).map_or(Stays { mass: 1.0, pieces: 1.0 }, |s| s.1);

    let ratio = draw.of(&tables.closure_ratio);
    let chosen = design.closures.map(|metal| {
        let steel_kg = closures.kg * ((1.0 - closures.aluminium) + closures.aluminium / ratio);
        rows.push(tables.closure_ratio.row);
        match metal {
            ClosureMetal::Steel => (0.0, steel_kg),
            ClosureMetal::Aluminium => (1.0, ratio * steel_kg),
        }
    });
    let (closures_aluminium, closures_kg) = (chosen.map(|c| c.0), chosen.map_or(closures.kg, |c| c.1));
    let built = Built { kg: closures_kg, aluminium: closures_aluminium.unwrap_or(closures.aluminium), ..*closures };

    let kept = [0, 1].map(|kind| {
        let name = body.names[kind];
        let share = |product: &str| 1.0 - tables.groups_of(name, product).map(|g| draw.of(&g.share) * (1.0 - of_group(&g.name).mass)).sum::<f64>();
        body.kinds[kind].iter().map(|m| share(&m.product)).collect()
    });
    let base = |b: &Built<'_>, component| group_masses(b, component, tables, draw, &|_| Stays { mass: 1.0, pieces: 1.0 });
    let pieces = |groups: &[GroupMass]| groups.iter().map(|g| g.pieces).sum::<f64>();
    let base_pieces = pieces(&base(body, "body-in-white")) + pieces(&base(closures, "closures"));
    let mut groups = group_masses(body, "body-in-white", tables, draw, &of_group);
    let body_kg = if stays.is_empty() { body.kg } else { groups.iter().map(|g| g.kg).sum::<f64>() + new_parts.iter().map(|p| p.kg).sum::<f64>() };
    groups.extend(base(&built, "closures"));

    let joints_per_piece = draw.of(&tables.joining.per_part);
    let mut plan = BodyPlan {
        base_body_kg: body.kg,
        base_closures_kg: closures.kg,
        body_kg,
        closures_kg,
        closures_aluminium,
        kept,
        new_parts,
        groups,
        base_pieces,
        joints_per_piece,
        saved_shop_share: 0.0,
        rows,
    };
    if !plan.new_parts.is_empty() {
        let saved = joints_per_piece * (plan.base_pieces - plan.pieces());
        plan.saved_shop_share = saved * draw.of(&tables.joining.energy_kwh) / draw.of(&tables.joining.shop_kwh);
    }
    plan
}

struct Made<'a> {
    body: &'a Built<'a>,
    tables: &'a BodyTables,
    draw: &'a Draw<'a>,
    stays: Vec<(&'static str, Stays)>,
    new_parts: Vec<NewPart>,
    rows: Vec<RowId>,
}

impl Made<'_> {
    /// Mass of a group in the body as it is, by material, in kg.
    fn mass_of(&self, group: &str) -> Vec<(Arc<str>, f64)> {
        let masses = group_masses(self.body, "body-in-white", self.tables, self.draw, &|_| Stays { mass: 1.0, pieces: 1.0 });
        masses.into_iter().filter(|g| &*g.group == group).map(|g| (g.product, g.kg)).collect()
    }

    fn castings(&mut self, castings: Castings) {
        let count = match castings {
            Castings::None => return,
            Castings::Rear => 1,
            Castings::FrontAndRear => 2,
        };
        let (table, draw) = (&self.tables.casting, self.draw);
        let replaced = draw.of(&table.replaced_share).clamp(0.0, 1.0);
        let ratio = draw.of(&table.mass_ratio);
        for (group, name) in UNDERBODY.into_iter().take(count) {
            let kg = self.mass_of(group).iter().map(|(product, kg)| replaced * kg * if product.starts_with("aluminium") { 1.0 } else { ratio }).sum();
            let rows = vec![table.replaced_share.row, table.mass_ratio.row, table.part_yield.row];
            self.new_parts.push(NewPart {
                name: name.into(),
                product: "aluminium-die-casting".into(),
                route: "die-cast",
                kg,
                part_yield: draw.of(&table.part_yield),
                pieces: draw.of(&table.parts_after),
                secondary: Some(table.secondary_share),
                returns_share: draw.of(&table.returns_share),
                rows: rows.clone(),
            });
            self.stays.push((group, Stays { mass: 1.0 - replaced, pieces: 1.0 - replaced }));
            self.rows.extend(rows);
        }
    }

    fn door_ring(&mut self) {
        let (table, draw) = (&self.tables.ring, self.draw);
        let frames: f64 = self.mass_of(DOOR_FRAME).iter().map(|m| m.1).sum();
        let (saving, saved_share) = (draw.of(&table.saving), draw.of(&table.saved_share).clamp(f64::EPSILON, 1.0));
        let replaced = (saving / saved_share).min(frames);
        if replaced <= 0.0 {
            return;
        }
        let rows = vec![table.saving.row, table.saved_share.row, table.part_yield.row];
        self.new_parts.push(NewPart {
            name: "door-ring".into(),
            product: "steel-press-hardened".into(),
            route: "press-hardened",
            kg: replaced * (1.0 - saved_share),
            part_yield: draw.of(&table.part_yield),
            pieces: draw.of(&table.parts_after),
            secondary: None,
            returns_share: 0.0,
            rows: rows.clone(),
        });
        let pieces = self.tables.pieces_of(DOOR_FRAME).map_or(0.0, |v| draw.of(v));
        let pieces_gone = if pieces > 0.0 { (draw.of(&table.parts_before) / pieces).min(1.0) } else { 0.0 };
        self.stays.push((DOOR_FRAME, Stays { mass: 1.0 - replaced / frames, pieces: 1.0 - pieces_gone }));
        self.rows.extend(rows);
    }
}

/// Every group of a component by material, with what stays of it.
fn group_masses(built: &Built<'_>, component: &'static str, tables: &BodyTables, draw: &Draw<'_>, stays: &dyn Fn(&str) -> Stays) -> Vec<GroupMass> {
    let mut found = Vec::new();
    for ((composition, name), weight) in built.kinds.iter().zip(built.names).zip(built.weights()) {
        if weight <= 0.0 {
            continue;
        }
        let whole: f64 = composition.iter().map(|m| draw.of(&m.share)).sum();
        let first = found.len();
        for material in composition {
            let material_kg = built.kg * weight * draw.of(&material.share) / whole;
            for group in tables.groups_of(name, &material.product) {
                let kg = material_kg * draw.of(&group.share);
                found.push(GroupMass {
                    component,
                    group: Arc::clone(&group.name),
                    product: Arc::clone(&material.product),
                    route: material.route,
                    kg,
                    pieces: 0.0,
                });
            }
        }
        // A group's pieces go with its masses.
        let masses: Vec<(Arc<str>, f64)> = found[first..].iter().map(|g| (Arc::clone(&g.group), g.kg)).collect();
        for group in &mut found[first..] {
            let whole: f64 = masses.iter().filter(|m| m.0 == group.group).map(|m| m.1).sum();
            let all = tables.pieces_of(&group.group).map_or(0.0, |v| draw.of(v));
            let stays = stays(&group.group);
            group.pieces = if whole > 0.0 { weight * all * stays.pieces * group.kg / whole } else { 0.0 };
            group.kg *= stays.mass;
        }
    }
    found
}
