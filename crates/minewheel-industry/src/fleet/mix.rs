//! A product of several cars: sizes and chemistries that change through the years.
//!
//! ```text
//! size of variant i in cohort c = share_i(c) · size of cohort c          Σ_i share_i(c) = 1
//! ```
//!
//! Every variant lives by the product's curve, so the variants together are the product, whatever drives it: where a stock is wanted, the
//! product is walked first and each variant gets its part of the survivors. Cohorts from before the first year and used cars have
//! the shares of their year of entry, those of the first year if they are older.

use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Draw;
use minewheel_data::table::nearest;

use super::cohorts::{Drive, walk};
use super::product::{negative, refusal, surroundings};
use super::run::FleetError;
use super::study::{Product, Study};
use super::tables::FleetTables;

/// The study with a product for every variant of a mix; without a mix, as it is.
///
/// # Errors
/// Shares that do not reach over the study, or a stock that cannot be.
pub fn expanded(study: &Study, fleet: &FleetTables, draw: &Draw<'_>) -> Result<Study, FleetError> {
    let mut products = Vec::new();
    for product in &study.products {
        if product.mix.is_empty() {
            products.push(product.clone());
        } else {
            products.extend(variants(study, product, fleet, draw)?);
        }
    }
    Ok(Study { products, ..study.clone() })
}

fn variants(study: &Study, product: &Product, fleet: &FleetTables, draw: &Draw<'_>) -> Result<Vec<Product>, FleetError> {
    let (from, years) = (study.study.from, study.years());
    let shares = product.mix.iter().map(|v| study.spread(product, "mix.share", &v.share)).collect::<Result<Vec<_>, _>>()?;
    // Of the cars that entered in the year of an index; older ones have the shares of the first year.
    let share = |variant: usize, entered: isize| shares[variant][usize::try_from(entered).unwrap_or(0).min(years - 1)];
    let mut parts: Vec<Vec<f64>> = vec![vec![0.0; years]; product.mix.len()];
    match (&product.inflow, &product.stock) {
        (Some(points), _) => {
            for (year, inflow) in study.spread(product, "inflow", points)?.into_iter().enumerate() {
                for (variant, part) in parts.iter_mut().enumerate() {
                    part[year] = inflow * share(variant, year as isize);
                }
            }
        }
        (None, Some(points)) => {
            let wanted = study.spread(product, "stock", points)?;
            let survival = study.curve(fleet, &product.name, &product.survival, draw)?;
            walk(Drive::Stock(&wanted, negative(study)), &survival, &surroundings(study, product), |year, cohorts| {
                for (variant, part) in parts.iter_mut().enumerate() {
                    part[year] = (0..cohorts.ages()).map(|age| cohorts.alive(age) * share(variant, year as isize - age as isize)).sum();
                }
            })
            .map_err(|error| refusal(study, product, error))?;
        }
        (None, None) => {}
    }
    let variant = |(index, (variant, part)): (usize, (&super::study::Variant, Vec<f64>))| {
        let points = Some(part.into_iter().enumerate().map(|(year, value)| (from + year as i32, value)).collect());
        let (inflow, stock) = if product.inflow.is_some() { (points, None) } else { (None, points) };
        Product {
            name: format!("{}: {}", product.name, variant.name()),
            car: variant.car.clone(),
            chemistry: variant.chemistry.clone(),
            mix: Vec::new(),
            inflow,
            stock,
            start: product.start.iter().map(|(age, count)| (*age, count * share(index, -1 - *age as isize))).collect(),
            trade: product
                .trade
                .iter()
                .map(|(year, age, count)| (*year, *age, count * share(index, (year - from) as isize - *age as isize)))
                .collect(),
            ..product.clone()
        }
    };
    Ok(product.mix.iter().zip(parts).enumerate().map(variant).collect())
}

/// The car of a product, with other cells if the study asks for them.
///
/// # Errors
/// The catalogue has no such car, or there is no such chemistry.
pub fn design_of(tables: &Tables, study: &Study, product: &Product) -> Result<CarDesign, FleetError> {
    let mut design = tables.catalogue.car(&product.car)?.clone();
    let Some(chemistry) = &product.chemistry else { return Ok(design) };
    let known = tables.chemistries();
    if !known.contains(chemistry) {
        let near = nearest(chemistry, known.iter().map(String::as_str)).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        return Err(study.value(format!("{}.chemistry", product.name), chemistry, format!("one of {}{near}", known.join(", "))).into());
    }
    let Some(battery) = &mut design.battery else {
        return Err(study.value(format!("{}.chemistry", product.name), chemistry, "a car with a traction battery").into());
    };
    if battery.chemistry != *chemistry {
        battery.chemistry.clone_from(chemistry);
        battery.pack_mass_kg = None;
        // Another pack has another mass, and the car around it with it.
        design.kerb_mass_kg = None;
    }
    Ok(design)
}

#[cfg(test)]
mod tests {
    use minewheel_data::store::Store;

    use super::*;
    use crate::fleet::cohorts::{Flows, inflow_driven, stock_driven};

    const HEAD: &str = "[study]\ntitle = \"x\"\nplace = \"CN\"\nfrom = 2020\nto = 2040\n[[product]]\nname = \"p\"\nsurvival = \"germany\"\nstart = [[2, 50], [5, 10]]\n";
    const MIX: &str = "[[product.mix]]\ncar = \"a\"\nshare = [[2020, 0.9], [2040, 0.1]]\n[[product.mix]]\ncar = \"b\"\nchemistry = \"lfp\"\nshare = [[2020, 0.1], [2040, 0.9]]\n";

    fn walked(text: &str) -> (Vec<Flows>, Flows) {
        let fleet = FleetTables::read(&Store::embedded(), false).unwrap();
        let study = Study::read("s.toml", text).unwrap();
        let flows = |study: &Study, product: &Product| {
            let curve = study.curve(&fleet, "p", &product.survival, &Draw::BEST).unwrap();
            let around = surroundings(study, product);
            match (&product.inflow, &product.stock) {
                (Some(points), _) => inflow_driven(&study.spread(product, "inflow", points).unwrap(), &curve, &around).unwrap(),
                (_, Some(points)) => stock_driven(&study.spread(product, "stock", points).unwrap(), &curve, &around, negative(study)).unwrap(),
                _ => Flows::default(),
            }
        };
        let parts = expanded(&study, &fleet, &Draw::BEST).unwrap();
        (parts.products.iter().map(|p| flows(&parts, p)).collect(), flows(&study, &study.products[0]))
    }

    #[test]
    fn variants_together_are_the_product_whatever_drives_it() {
        for driver in ["inflow = [[2020, 100], [2040, 300]]", "stock = [[2020, 100], [2030, 900], [2034, 300], [2040, 500]]"] {
            let (parts, whole) = walked(&format!("{HEAD}{driver}\n{MIX}"));
            assert_eq!(parts.len(), 2);
            for year in 0..21 {
                let picks: [fn(&Flows) -> &Vec<f64>; 4] = [|f| &f.stock, |f| &f.inflow, |f| &f.outflow, |f| &f.extra_retirement];
                for pick in picks {
                    let sum: f64 = parts.iter().map(|f| pick(f)[year]).sum();
                    assert!((sum - pick(&whole)[year]).abs() < 1e-9 * 900.0, "{driver}, year {year}: {sum} against {}", pick(&whole)[year]);
                }
                let share = parts[1].inflow[year] / whole.inflow[year];
                assert!(whole.inflow[year] == 0.0 || (share - (0.1 + 0.04 * year as f64)).abs() < 1e-9, "year {year}: {share}");
            }
        }
    }

    #[test]
    fn an_unknown_chemistry_is_named_with_those_there_are() {
        let tables = Tables::read(&Store::embedded(), false).unwrap();
        let study =
            Study::read("s.toml", &format!("{HEAD}inflow = [[2020, 1], [2040, 1]]\ncar = \"byd-dolphin-60\"\nchemistry = \"lfpp\"\n")).unwrap();
        let error = design_of(&tables, &study, &study.products[0]).unwrap_err().to_string();
        assert!(error.contains("did you mean `lfp`"), "{error}");
    }
}
