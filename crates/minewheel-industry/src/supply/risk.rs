//! Indices of supply risk.
//!
//! ```text
//! EU-type     SR = [ W · IR/2 + B · (1 − IR/2) ] · (1 − r) · σ        W = Σ s_i² · 10 g_i · t_i     B = Σ m_i² · 10 g_i · t_i
//! GeoPolRisk  R = HHI · Σ m_i · g_i (others only)                    factor = R · price
//! ```
//!
//! | symbol  | meaning                                                        | unit   | from                    |
//! |---------|----------------------------------------------------------------|--------|-------------------------|
//! | `s_i`   | share of place `i` in world output                             | –      | `supply/shares.csv`     |
//! | `m_i`   | share of place `i` in the buyer's supply, own output included  | –      | [`super::trade`] or customs data |
//! | `g_i`   | instability, nought to one                                     | –      | `supply/governance.csv` |
//! | `t_i`   | trade parameter: export ban or quota up, member of the bloc down | –    | `supply/parameters.csv` |
//! | `IR`    | import reliance of the buyer                                   | –      | as `m_i`                |
//! | `r`     | end-of-life recycling input rate; see [`Relief`]               | –      | `supply/parameters.csv` |
//! | `σ`     | substitution index for supply risk; see [`Relief`]             | –      | `supply/parameters.csv` |
//!
//! Source: European Commission, *Methodology for establishing the EU list of critical raw materials* (2017);
//! E. D. Gemechu et al., J. Ind. Ecol. 20 (2016) 154, and A. Koyamparambath et al., Resources 13 (2024) for GeoPolRisk.
//! Three departures, all for want of open data: governance is political stability alone instead of the mean of six
//! indicators; the buyer's mix is net trade between tiers unless customs data are given; `WORLD` as a rest has the mean
//! of all countries and is not squared. A figure is comparable within this model, not with a published one.

/// One country as a supplier of the world and of the buyer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supplier {
    /// Share of world output; nought for an unnamed rest, which is not one country.
    pub world: f64,
    /// Share of the buyer's supply.
    pub mix: f64,
    /// Instability.
    pub instability: f64,
    /// Trade parameter.
    pub trade: f64,
    /// Whether it belongs to the buyer.
    pub is_own: bool,
}

/// What a material's risk is scaled by; what is not known relieves by nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relief {
    /// End-of-life recycling input rate.
    pub recycling: Option<f64>,
    /// Substitution index.
    pub substitution: Option<f64>,
}

impl Relief {
    /// Rate of a material of which nothing is recycled.
    pub const NO_RECYCLING: f64 = 0.0;
    /// Index of a material that nothing replaces.
    pub const NO_SUBSTITUTE: f64 = 1.0;

    /// Share of the risk that is left.
    pub fn left(&self) -> f64 {
        (1.0 - self.recycling.unwrap_or(Self::NO_RECYCLING)) * self.substitution.unwrap_or(Self::NO_SUBSTITUTE)
    }
}

/// Supply risk of the EU type: `scale` is that of governance (ten: one is the threshold).
pub fn supply_risk(suppliers: &[Supplier], import_reliance: f64, relief: Relief, scale: f64) -> f64 {
    let term = |share: fn(&Supplier) -> f64| suppliers.iter().map(|s| share(s) * share(s) * scale * s.instability * s.trade).sum::<f64>();
    let half = import_reliance / 2.0;
    (term(|s| s.world) * half + term(|s| s.mix) * (1.0 - half)) * relief.left()
}

/// Import risk: the buyer's imports weighted by the instability of their origin, over imports and own output.
pub fn import_risk(suppliers: &[Supplier]) -> f64 {
    suppliers.iter().filter(|s| !s.is_own).map(|s| s.mix * s.instability).sum()
}

/// GeoPolRisk: concentration of the world's output times import risk.
pub fn geopolitical_risk(hhi: f64, suppliers: &[Supplier]) -> f64 {
    hhi * import_risk(suppliers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Supplier = Supplier { world: 0.2, mix: 0.4, instability: 0.3, trade: 0.8, is_own: true };
    const OTHER: Supplier = Supplier { world: 0.8, mix: 0.6, instability: 0.6, trade: 1.5, is_own: false };

    #[test]
    fn both_indices_follow_their_formulas_by_hand() {
        // W = 0.04·3·0.8 + 0.64·6·1.5 = 5.856; B = 0.16·3·0.8 + 0.36·6·1.5 = 3.624.
        let risk = supply_risk(&[OWN, OTHER], 0.6, Relief { recycling: Some(0.1), substitution: Some(0.9) }, 10.0);
        assert!((risk - (5.856 * 0.3 + 3.624 * 0.7) * 0.9 * 0.9).abs() < 1e-12, "{risk}");
        // HHI 0.68 · 0.6 · 0.6.
        assert!((geopolitical_risk(0.68, &[OWN, OTHER]) - 0.2448).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_known_relieves_by_nothing() {
        let known = Relief { recycling: Some(0.25), substitution: Some(0.8) };
        assert!((known.left() - 0.6).abs() < 1e-12);
        assert!((Relief { recycling: None, ..known }.left() - 0.8).abs() < 1e-12);
        assert!((Relief { substitution: None, ..known }.left() - 0.75).abs() < 1e-12);
    }

    #[test]
    fn a_buyer_that_imports_nothing_has_no_import_risk() {
        assert_eq!(geopolitical_risk(1.0, &[Supplier { mix: 1.0, ..OWN }]), 0.0);
    }
}
