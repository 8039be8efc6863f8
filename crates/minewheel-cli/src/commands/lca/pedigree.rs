//! The variances by which a pedigree spreads an amount, from `methods/pedigree.csv`.

use minewheel_assess::AssessError;
use minewheel_data::loader::Loader;
use minewheel_data::methods::PEDIGREE;
use minewheel_data::parameters::Parameters;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_lca::database::{PEDIGREE_INDICATORS, PEDIGREE_SCORES, Pedigree, PedigreeMatrix};

use crate::failure::Failure;

/// What spreads amounts that have a pedigree and no distribution.
///
/// # Errors
/// The table has violations, or lacks a score.
pub fn spread(store: &Store) -> Result<Pedigree, Failure> {
    let mut loader = Loader::new(store, false);
    let table = Parameters::read(&mut loader, PEDIGREE);
    loader.finish_folder(PEDIGREE).map_err(Failure::Tables)?;
    let mut variances = [[0.0; PEDIGREE_SCORES - 1]; PEDIGREE_INDICATORS.len()];
    for (of, indicator) in variances.iter_mut().zip(PEDIGREE_INDICATORS) {
        for (variance, score) in of.iter_mut().zip(2..) {
            *variance = Draw::BEST.of(&table.value(indicator, &format!("score {score}"), "1").map_err(AssessError::from)?);
        }
    }
    Ok(Pedigree::Lognormal(PedigreeMatrix(variances)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worse_score_never_spreads_less() {
        let Ok(Pedigree::Lognormal(PedigreeMatrix(variances))) = spread(&Store::embedded()) else { panic!("the table is ours") };
        for of in variances {
            assert!(of[0] > 0.0, "{of:?}");
            assert!(of.windows(2).all(|pair| pair[0] <= pair[1]), "{of:?}");
        }
    }
}
