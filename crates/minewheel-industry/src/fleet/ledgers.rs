//! The ledgers of a study: what products and elements come to, year by year. How a figure adds up over places is said where it is
//! defined, so that none is left out of a sum or of a table.
//!
//! ```text
//! sum       all + more                                    unknown if one of them is
//! mean(w)   (all · w(all) + more · w(more)) / (w(all) + w(more))
//! worst     the weaker of two statuses
//! key       the same in both: lines with other keys are not added
//! ```

use minewheel_data::status::Status;
use serde::Serialize;

/// What adds up over places.
trait Sum {
    fn add(&mut self, more: &Self);
}

impl Sum for f64 {
    fn add(&mut self, more: &Self) {
        *self += more;
    }
}

/// A sum of which one part is not known is not known.
impl Sum for Option<f64> {
    fn add(&mut self, more: &Self) {
        *self = self.zip(*more).map(|(all, more)| all + more);
    }
}

/// What stands in a cell of a table for programs: numbers in full, nothing where nothing is known.
trait Cell {
    fn cell(&self) -> String;
}

macro_rules! shown_as_is {
    ($($type:ty),*) => { $(impl Cell for $type { fn cell(&self) -> String { self.to_string() } })* };
}
shown_as_is!(i32, String, f64, Status);

impl Cell for Option<f64> {
    fn cell(&self) -> String {
        self.map(|v| v.to_string()).unwrap_or_default()
    }
}

/// A line of a ledger.
pub trait Ledger {
    /// Names of its columns.
    const COLUMNS: &'static [&'static str];
    /// Its cells as programs read them, in the order of [`Ledger::COLUMNS`].
    fn cells(&self) -> Vec<String>;
    /// Adds the line of another place with the same keys.
    fn add(&mut self, more: &Self);
}

/// Defines a line: each field with how it adds up.
macro_rules! ledger {
    ($(#[$line:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty => $how:ident $(($weight:expr))?,)* }) => {
        $(#[$line])*
        #[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Ledger for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn cells(&self) -> Vec<String> {
                vec![$(self.$field.cell()),*]
            }

            fn add(&mut self, more: &Self) {
                // A mean is weighed with what was there before it is added up.
                $(ledger!(@mean self, more, $field, $how $(($weight))?);)*
                $(ledger!(@add self, more, $field, $how);)*
            }
        }
    };
    (@mean $all:ident, $more:ident, $field:ident, mean ($weight:expr)) => {
        let weight: fn(&Self) -> f64 = $weight;
        let (mine, theirs) = (weight($all), weight($more));
        if mine + theirs > 0.0 {
            $all.$field = ($all.$field * mine + $more.$field * theirs) / (mine + theirs);
        }
    };
    (@mean $all:ident, $more:ident, $field:ident, $how:ident) => {};
    (@add $all:ident, $more:ident, $field:ident, sum) => { Sum::add(&mut $all.$field, &$more.$field) };
    (@add $all:ident, $more:ident, $field:ident, worst) => { $all.$field = $all.$field.max($more.$field) };
    (@add $all:ident, $more:ident, $field:ident, key) => { debug_assert_eq!($all.$field, $more.$field, "lines of other keys are not added") };
    (@add $all:ident, $more:ident, $field:ident, mean) => {};
}

ledger! {
    /// One product in one year.
    YearLine {
        /// The year.
        year: i32 => key,
        /// The product.
        product: String => key,
        /// Cars at its end.
        stock: f64 => sum,
        /// Cars that entered.
        inflow: f64 => sum,
        /// Cars that left.
        outflow: f64 => sum,
        /// Of these, retired so that a wanted stock is met.
        extra_retirement: f64 => sum,
        /// Used cars in, less those out.
        traded: f64 => sum,
        /// Kilometres driven.
        km: f64 => sum,
        /// Electricity at the wall in gigawatt-hours.
        electricity_gwh: f64 => sum,
        /// Fuel in million litres.
        fuel_ml: f64 => sum,
        /// Footprint of making the cars that entered, in t CO2e.
        production_t: Option<f64> => sum,
        /// Footprint of driving on the year's grid, in t CO2e.
        use_t: Option<f64> => sum,
        /// Footprint of giving up cars, in t CO2e.
        end_of_life_t: Option<f64> => sum,
    }
}

ledger! {
    /// Packs of one product in one year, in gigawatt-hours as built.
    PackLine {
        /// The year.
        year: i32 => key,
        /// The product.
        product: String => key,
        /// In cars at the end of the year.
        in_cars_gwh: f64 => sum,
        /// Fitted in new cars.
        fitted_gwh: f64 => sum,
        /// Fitted in place of failed packs.
        replacements_gwh: f64 => sum,
        /// Failed in cars that live on.
        failed_gwh: f64 => sum,
        /// Left their car at home when it was given up.
        outlived_gwh: f64 => sum,
        /// Left the country in given-up cars.
        exported_gwh: f64 => sum,
        /// Came in with used cars, less those that went out.
        traded_gwh: f64 => sum,
        /// Collected formally.
        collected_gwh: f64 => sum,
        /// Out of cars at home and not collected.
        informal_gwh: f64 => sum,
        /// Into a second life.
        to_second_life_gwh: f64 => sum,
        /// In a second life at the end of the year.
        in_second_life_gwh: f64 => sum,
        /// Recycled after one life or two.
        recycled_gwh: f64 => sum,
        /// Scrap of making, recycled.
        scrap_gwh: f64 => sum,
        /// Mass of packs out of cars at home in tonnes.
        out_t: f64 => sum,
        /// Mean age of these in years.
        out_age: f64 => mean(|line| line.failed_gwh + line.outlived_gwh),
    }
}

ledger! {
    /// One element in one year, in tonnes.
    MaterialLine {
        /// The year.
        year: i32 => key,
        /// Element or material.
        element: String => key,
        /// In new cars without their packs.
        body_demand_t: f64 => sum,
        /// In packs made, with the scrap of making.
        pack_demand_t: f64 => sum,
        /// In packs in cars and in second life at the end of the year.
        pack_stock_t: f64 => sum,
        /// Recovered from packs and scrap.
        pack_recovered_t: f64 => sum,
        /// Lost in recycling.
        pack_lost_t: f64 => sum,
        /// In packs that were not collected.
        pack_informal_t: f64 => sum,
        /// In packs that left the country.
        pack_exported_t: f64 => sum,
        /// In cars given up, without their packs.
        body_retired_t: f64 => sum,
        /// Recovered of these, where the tables have a yield.
        body_recovered_t: Option<f64> => sum,
        /// What the balance of the packs leaves, in tonnes.
        residual_t: f64 => sum,
    }
}

ledger! {
    /// The credits of one product's new cars in one year.
    CreditLine {
        /// The year.
        year: i32 => key,
        /// The product.
        product: String => key,
        /// New cars.
        cars: f64 => sum,
        /// Credit of one.
        credit_per_car: f64 => mean(|line| line.cars),
        /// Credits of all.
        credits: f64 => sum,
        /// The act.
        edition: String => key,
        /// How well the weakest constant and figure of the car are known.
        status: Status => worst,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_line_is_added_and_a_mean_is_weighed() {
        let line = |out_age: f64, failed_gwh: f64| PackLine {
            year: 2030,
            product: "car".to_owned(),
            in_cars_gwh: 1.0,
            fitted_gwh: 2.0,
            replacements_gwh: 3.0,
            failed_gwh,
            outlived_gwh: 0.0,
            exported_gwh: 4.0,
            traded_gwh: 5.0,
            collected_gwh: 6.0,
            informal_gwh: 7.0,
            to_second_life_gwh: 8.0,
            in_second_life_gwh: 9.0,
            recycled_gwh: 10.0,
            scrap_gwh: 11.0,
            out_t: 12.0,
            out_age,
        };
        let (one, two) = (line(10.0, 1.0), line(20.0, 3.0));
        let mut all = one.clone();
        all.add(&two);
        for (name, ((all, one), two)) in PackLine::COLUMNS.iter().zip(all.cells().iter().zip(one.cells()).zip(two.cells())).skip(2) {
            let [all, one, two] = [all, &one, &two].map(|cell| cell.parse::<f64>().unwrap());
            // (10·1 + 20·3)/(1 + 3) = 17.5
            let wanted = if *name == "out_age" { 17.5 } else { one + two };
            assert!((all - wanted).abs() < 1e-12, "{name}: {all}, {wanted}");
        }
    }

    #[test]
    fn a_sum_of_which_a_part_is_unknown_is_unknown_and_the_weaker_status_stays() {
        let line = |credits: f64, status| CreditLine {
            year: 2024,
            product: "car".to_owned(),
            cars: 10.0,
            credit_per_car: credits / 10.0,
            credits,
            edition: "act".to_owned(),
            status,
        };
        let mut all = line(20.0, Status::Read);
        all.add(&line(40.0, Status::Assumption));
        assert_eq!(all, CreditLine { cars: 20.0, credit_per_car: 3.0, ..line(60.0, Status::Assumption) });
        let mut sum = Some(1.0);
        Sum::add(&mut sum, &None);
        assert_eq!(sum, None);
    }
}
