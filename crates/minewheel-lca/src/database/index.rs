//! Typed places in the tables of a [`Database`](super::Database).

use serde::{Deserialize, Serialize};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(u32);

        impl $name {
            pub(crate) fn new(at: usize) -> Self {
                Self(at as u32)
            }

            /// The place in the table.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index!(
    /// A group of units.
    UnitGroupIndex,
    /// A flow property.
    PropertyIndex,
    /// A place.
    LocationIndex,
    /// A product, a waste or an elementary flow.
    FlowIndex,
    /// A process.
    ProcessIndex,
    /// An impact category.
    CategoryIndex
);

/// A unit: its group and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnitIndex {
    /// The group.
    pub group: UnitGroupIndex,
    /// The place in the group.
    pub place: u16,
}
