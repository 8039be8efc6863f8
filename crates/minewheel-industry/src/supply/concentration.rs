//! How concentrated a tier is.
//!
//! ```text
//! HHI = Σ s_i²        governance-weighted HHI = Σ s_i² · g_i
//! ```
//!
//! | symbol | meaning                                              | unit | from                    |
//! |--------|------------------------------------------------------|------|-------------------------|
//! | `s_i`  | share of country `i` in the output of the tier       | –    | `supply/shares.csv`     |
//! | `g_i`  | instability of country `i`, nought (none) to one     | –    | `supply/governance.csv` |
//!
//! An unnamed rest of the world has no country: as many small producers it adds nothing (the lower bound), as one
//! producer its square (the upper bound). Both are given. A group of countries that the table names as one counts as one.
//!
//! Source: O. C. Herfindahl (1950), A. O. Hirschman (1945). Valid for shares that add to one.

/// One producer of a tier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Producer<'p> {
    /// Its place code.
    pub place: &'p str,
    /// Its share.
    pub share: f64,
    /// Whether it is the unnamed rest of the world.
    pub is_rest: bool,
}

/// The concentration of a tier.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Sum of squared shares of named producers.
    pub hhi: f64,
    /// The same with the rest as one producer.
    pub hhi_with_rest: f64,
    /// The largest named producer.
    pub largest: Option<(String, f64)>,
    /// The share of the three largest named producers.
    pub largest_three: f64,
    /// The share of the unnamed rest.
    pub rest: f64,
}

/// Measures the concentration of producers.
pub fn concentration(producers: &[Producer<'_>]) -> Concentration {
    let mut named: Vec<&Producer<'_>> = producers.iter().filter(|p| !p.is_rest).collect();
    named.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.place.cmp(b.place)));
    let rest: f64 = producers.iter().filter(|p| p.is_rest).map(|p| p.share).sum();
    let hhi: f64 = named.iter().map(|p| p.share * p.share).sum();
    Concentration {
        hhi,
        hhi_with_rest: hhi + rest * rest,
        largest: named.first().map(|p| (p.place.to_owned(), p.share)),
        largest_three: named.iter().take(3).map(|p| p.share).sum(),
        rest,
    }
}

/// Sum of squared shares, each times its weight.
pub fn weighted_hhi(shares_and_weights: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    shares_and_weights.into_iter().map(|(share, weight)| share * share * weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} and {b}");
    }

    #[test]
    fn a_tier_of_three_and_a_rest_is_measured_by_hand() {
        let producer = |place, share, is_rest| Producer { place, share, is_rest };
        let found =
            concentration(&[producer("CL", 0.2, false), producer("AU", 0.5, false), producer("WORLD", 0.1, true), producer("CN", 0.2, false)]);
        // 0.25 + 0.04 + 0.04; the rest would add 0.01.
        close(found.hhi, 0.33);
        close(found.hhi_with_rest, 0.34);
        close(found.largest_three, 0.9);
        assert_eq!(found.largest, Some(("AU".to_owned(), 0.5)));
    }

    #[test]
    fn a_monopoly_has_one_and_weights_scale() {
        close(concentration(&[Producer { place: "CN", share: 1.0, is_rest: false }]).hhi, 1.0);
        close(weighted_hhi([(0.5, 1.0), (0.5, 0.2)]), 0.3);
    }
}
