//! Recycling of traction packs: what goes in, step by step where it goes, and what comes out.
//!
//! ```text
//! feed        m_s = Σ_p m_p·x_ps                              substances of the bill of a pack
//! step        m_s(to) += m_s(from)·t_s,to      m_s(rest) += m_s(from)·(1 − Σ t)
//! product     m = m_s·M / (n_s·M_s)                           compound sold; scrap: m = m_s
//! input       a = Σ m_per·i_per                               energy and reagents of the step
//! CO2         m = m_C(burnt)·M_CO2 / M_C + Σ m_per·i_CO2
//! recovery    r_e = m_e(products) / m_e(feed)                 e: Li, Ni, Co, Mn, Cu …
//! efficiency  η = Σ m_s(products that count) / Σ m_s(feed)    mass of the battery, without water and acid of the salts
//! ```
//!
//! | symbol | meaning                                        | unit  | from                         |
//! |--------|------------------------------------------------|-------|------------------------------|
//! | `m_p`  | mass of a product in the pack                  | kg    | the pack's bill              |
//! | `x`    | which substance a product is; elements of it   | –     | `feed.csv`, `substances.csv` |
//! | `t`    | share of a substance that goes to a stream     | –     | `transfers.csv`, `steps.csv` |
//! | `M, n` | molar mass, moles in the compound              | kg/mol, – | `products.csv`, `cells/elements.csv` |
//! | `i`    | input a kg of what enters, or of a substance in it | –  | `inputs.csv`                 |
//!
//! Cathode material is followed by its elements, everything else by what it is. For every route and every chemistry the sum of
//! each element over all streams that leave is that of the feed to 1e-9 of it, and the compounds sold hold what their streams
//! held; the tables are refused where that fails, and every run carries the largest gap. Efficiency and recovery are those of
//! Regulation (EU) 2023/1542, Annex XII, as far as a pack shows them: the battery is the whole pack.
//!
//! Sources: stoichiometry for acids, bases and carbonate; the tables' rows for the rest. Valid for plants of industrial size fed
//! with packs of one chemistry. Left out: mixed feeds, wear, the plant itself, and what becomes of residue and slag.

mod flows;
mod formula;
mod tables;

pub use flows::{Feed, Input, Made, Recycled, RecyclingError, Stream, recycle};
pub use tables::{Product, RecyclingTables, Route, Target};

#[cfg(test)]
mod tests;
