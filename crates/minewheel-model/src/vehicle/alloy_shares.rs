//! Secondary metal by alloy family: what the design asks for, held against what the alloys take.
//!
//! A share of one family is checked by itself. The share of the whole car is a mean over the aluminium of the families without
//! a share of their own: each takes the same share, or its highest where that is less, and the others make up for it.
//! Limits are judged at best estimates, as the design is; a draw in which parts are lighter or heavier keeps them.

use minewheel_data::car::{CarDesign, ScrapGrade};
use minewheel_data::row::Draw;
use minewheel_data::units::Share;

use super::purchase::aluminium_bought;
use super::sized::{RecycledShares, SizedCar, VehicleError};
use super::tables::VehicleTables;
use crate::body::{Family, spread_over};

/// The scrap of a design that names none: what is left of old cars once castings are sorted out.
pub const DEFAULT_SCRAP: ScrapGrade = ScrapGrade::SortedWrought;

/// Means closer than this to what the alloys take are accepted.
const TOLERANCE: f64 = 1e-9;

/// Shares by family for a design, or why an alloy refuses.
pub(super) fn recycled(
    car: &SizedCar,
    design: &CarDesign,
    mean: Option<Share>,
    given: [Option<Share>; 6],
    tables: &VehicleTables,
    draw: &Draw<'_>,
) -> Result<RecycledShares, VehicleError> {
    let scrap = design.body.aluminium_scrap.unwrap_or(DEFAULT_SCRAP);
    let limit = |family: Family| tables.body.alloys.limit(family, scrap, &Draw::BEST);
    for (family, share) in Family::ALL.into_iter().zip(given) {
        let (limit, Some(share)) = (limit(family), share) else { continue };
        if share.get() > limit.share + TOLERANCE
            && let Some((element, maximum)) = limit.element
        {
            return Err(VehicleError::Alloy {
                car: car.id.clone(),
                field: family.field(),
                alloy: family.word(),
                element: element.word(),
                limit_percent: percent(maximum),
                scrap: scrap.word(),
                wanted: share.get(),
                highest: limit.share,
            });
        }
    }
    let mut by_family = given.map(|s| s.map(Share::get));
    let is_stated = mean.is_some() || by_family.iter().any(Option::is_some);
    if let Some(mean) = mean {
        let masses = aluminium_bought(car, tables, draw);
        let open = Family::ALL.map(|f| if given[f as usize].is_some() { None } else { Some(limit(f).share) });
        let whole: f64 = masses.iter().zip(open).filter(|m| m.1.is_some()).map(|m| m.0).sum();
        let taken: f64 = masses.iter().zip(open).map(|(m, h)| m * h.unwrap_or(0.0)).sum();
        if draw.is_best() && whole > 0.0 && mean.get() > taken / whole + TOLERANCE {
            let shortfall = |f: &Family| open[*f as usize].map_or(0.0, |h| masses[*f as usize] * (mean.get() - h).max(0.0));
            let worst = Family::ALL.into_iter().max_by(|a, b| shortfall(a).total_cmp(&shortfall(b))).unwrap_or(Family::StructureSheet);
            return Err(VehicleError::Alloys {
                car: car.id.clone(),
                wanted: mean.get(),
                highest: taken / whole,
                aluminium_kg: whole,
                scrap: scrap.word(),
                alloy: worst.word(),
                alloy_highest: limit(worst).share,
                element: limit(worst).element.map_or("none", |e| e.0.word()),
            });
        }
        for (slot, share) in by_family.iter_mut().zip(spread_over(mean.get(), &masses, &open)) {
            *slot = slot.or(share);
        }
    }
    Ok(RecycledShares { by_family, scrap: is_stated.then_some(scrap) })
}

/// A share in per cent, to four digits.
fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}
