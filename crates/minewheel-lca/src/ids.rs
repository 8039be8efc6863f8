//! The ids of the engine: plain numbers with a type each, given by the caller or the builder.
//!
//! The engine knows nothing of what a column, a flow or a factor stands for. The caller keeps its own tables and uses
//! these ids as row numbers into them.

use std::fmt;

/// A column of the network: one process that makes one reference unit of its own product.
///
/// Numbers are given by [`NetworkBuilder::add_column`](crate::NetworkBuilder::add_column) from 0 upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub u32);

/// An elementary flow, such as an emission or a resource: an index into the vectors of [`CategoryFactors`](crate::CategoryFactors).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u32);

/// An uncertain data row; several coefficients may share one and then vary together.
///
/// It is the index into the distributions of a [`FactorSampler`](crate::FactorSampler).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactorId(pub u32);

/// Marks coefficients of one column as shares of one total, such as the supplying countries of a market.
///
/// After sampling, the members are scaled so that their sum keeps its base value. The number need only be unique
/// within its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// How well a coefficient is known: 0 is the strongest evidence, 3 the weakest.
///
/// ```
/// use minewheel_lca::Grade;
/// assert_eq!(Grade::new(2), Some(Grade::ALL[2]));
/// assert_eq!(Grade::new(4), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(u8);

impl Grade {
    /// How many grades there are.
    pub const COUNT: usize = 4;
    /// The grades from the strongest to the weakest.
    pub const ALL: [Self; Self::COUNT] = [Self(0), Self(1), Self(2), Self(3)];
    /// The strongest evidence.
    pub const STRONGEST: Self = Self(0);
    /// The weakest evidence.
    pub const WEAKEST: Self = Self(3);

    /// The grade with this rank, or `None` above 3.
    pub fn new(rank: u8) -> Option<Self> {
        Self::ALL.get(usize::from(rank)).copied()
    }

    /// The rank as an index, 0 to 3.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

macro_rules! index_and_display {
    ($($id:ident $word:literal),*) => {$(
        impl $id {
            /// The id as an index into a slice.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($word, " {}"), self.0)
            }
        }
    )*};
}
index_and_display!(ColumnId "column", FlowId "flow", FactorId "factor", GroupId "group");
