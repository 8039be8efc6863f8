//! Draws by what an entry is rather than by where it stands.
//!
//! Two databases number their entries in their own ways, so row `r` of one is another number than row `r` of the other. Here an
//! entry takes the word of the stream that a key of its own points to: the same exchange of the same process has the same
//! probability in both, and a difference between them is that of the databases, not of the draws.
//!
//! Source: own definition. Two entries share a word by chance with a probability of 2⁻⁶⁰.

use rand_chacha::rand_core::Rng;

use crate::assembly::Assembly;
use crate::distribution::{RatioSampler, random_stream, uniform};
use crate::matrices::{Entry, EntryUncertainty};

/// 32-bit words of the stream that a row takes.
const WORDS: u128 = 2;

/// A sampler of the uncertain entries of an assembly by keys.
pub struct KeyedDraws<'a> {
    assembly: &'a Assembly,
    keys: Vec<u64>,
}

impl<'a> KeyedDraws<'a> {
    /// Takes the key of each uncertain entry; a key met again stands for the next entry of its kind.
    ///
    /// Categories have to be added to the assembly before.
    pub fn new(assembly: &'a Assembly, mut key: impl FnMut(&Entry) -> u64) -> Self {
        let mut met = rustc_hash::FxHashMap::default();
        let keys = assembly.uncertain_rows().map(|(entry, _)| {
            if entry.uncertainty == EntryUncertainty::Exact {
                return 0;
            }
            let key = key(entry);
            let again: &mut u64 = met.entry(key).or_default();
            *again += 1;
            if *again == 1 { key } else { stable_key(&[&key.to_string(), &again.to_string()]) }
        });
        Self { keys: keys.collect(), assembly }
    }
}

impl RatioSampler for KeyedDraws<'_> {
    fn sample(&self, seed: u64, draw: u64, factors: &mut Vec<f64>) {
        let mut generator = random_stream(seed, draw);
        factors.clear();
        factors.extend(self.assembly.uncertain_rows().zip(&self.keys).map(|((entry, is_needed), key)| {
            if !is_needed || entry.uncertainty == EntryUncertainty::Exact {
                return 1.0;
            }
            generator.set_word_pos(WORDS * u128::from(key >> 4));
            entry.at(uniform(generator.next_u64())) / entry.amount
        }));
    }
}

/// A key of some words, the same on every machine: the 64-bit hash of Fowler, Noll and Vo (variant 1a), stirred by one multiplication.
pub fn stable_key(words: &[&str]) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    const STIR: u64 = 0x9e37_79b9_7f4a_7c15;
    let bytes = words.iter().flat_map(|w| w.bytes().chain([0x1f]));
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    (hash ^ (hash >> 32)).wrapping_mul(STIR)
}

#[cfg(test)]
mod tests {
    use super::{KeyedDraws, stable_key};
    use crate::distribution::RatioSampler;
    use crate::matrices::{Entry, EntryUncertainty, Matrices};
    use crate::{Assembly, CharacterisationMethod};

    /// Two processes with one uncertain emission each, numbered either way round.
    fn drawn(first: i64, second: i64) -> Vec<f64> {
        let spread = EntryUncertainty::Lognormal { mu: 0.0, sigma: 0.3, is_negative: false };
        let mut matrices = Matrices::default();
        for column in [first, second] {
            matrices.technosphere.push(Entry::exact(column, column, 1.0));
            matrices.biosphere.push(Entry { uncertainty: spread, ..Entry::exact(10, column, 1.0) });
        }
        let mut assembly = Assembly::new(&matrices).unwrap();
        assembly.category(&CharacterisationMethod { factors: vec![Entry::exact(10, 10, 1.0)], ..CharacterisationMethod::default() });
        let mut factors = Vec::new();
        KeyedDraws::new(&assembly, |entry| stable_key(&[&entry.column.to_string()])).sample(7, 3, &mut factors);
        factors
    }

    #[test]
    fn an_entry_has_the_same_draw_wherever_it_stands() {
        let (there, back) = (drawn(1, 2), drawn(2, 1));
        assert_eq!((there[0], there[1]), (back[1], back[0]));
        assert_ne!(there[0], there[1]);
    }

    #[test]
    fn words_are_kept_apart() {
        assert_ne!(stable_key(&["ab", "c"]), stable_key(&["a", "bc"]));
    }
}
