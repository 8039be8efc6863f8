//! Who may give company-average credits to whom, and how much of them covers deficits at best.
//!
//! Two companies are affiliated if one holds at least the linked share of the other, directly or through others (shares
//! along a chain multiply, chains add up), or, where the edition says so, if a third holds as much of both. Affiliation is no chain itself: A–B and
//! B–C do not make A–C.
//!
//! Transfers are a maximum flow from surpluses to deficits over affiliated pairs. It runs twice: first against the part
//! of each deficit that the company cannot cover with new-energy credits of its own, then against the rest; so what must be
//! bought outside is the least possible, and merging two affiliates never raises it.
//! Source: Orders 44 and 53; the third holder is recalled.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::study::Link;

/// Amounts below this are nought: credits are whole numbers, halved a few times.
pub(super) const NIL: f64 = 1e-7;

/// Pairs of affiliated companies, each pair once and in order.
pub fn affiliated(ids: &BTreeSet<&str>, links: &[Link], linked_share: f64, counts_third: bool) -> BTreeSet<(String, String)> {
    let mut everyone: BTreeSet<&str> = ids.clone();
    for link in links {
        everyone.insert(&link.holder);
        everyone.insert(&link.held);
    }
    // What each holder holds, directly and through others; the study has no ring, so this ends.
    let mut holds: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for holder in &everyone {
        let mut pending: VecDeque<(&str, f64)> = VecDeque::from([(*holder, 1.0)]);
        while let Some((at, share)) = pending.pop_front() {
            for link in links.iter().filter(|l| l.holder == at) {
                *holds.entry(holder).or_default().entry(&link.held).or_default() += share * link.share;
                pending.push_back((&link.held, share * link.share));
            }
        }
    }
    // A share written as a decimal may fall a hair short of the linked one.
    let reaches = |holder: &str, held: &str| holds.get(holder).and_then(|h| h.get(held)).is_some_and(|s| *s >= linked_share - NIL);
    let mut pairs = BTreeSet::new();
    let list: Vec<&str> = ids.iter().copied().collect();
    for (index, a) in list.iter().enumerate() {
        for b in &list[index + 1..] {
            if reaches(a, b) || reaches(b, a) || (counts_third && everyone.iter().any(|c| reaches(c, a) && reaches(c, b))) {
                pairs.insert(((*a).to_owned(), (*b).to_owned()));
            }
        }
    }
    pairs
}

/// Whether two companies are affiliated.
pub fn are_affiliated(pairs: &BTreeSet<(String, String)>, a: &str, b: &str) -> bool {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    pairs.contains(&(low.to_owned(), high.to_owned()))
}

/// A deficit, and the part of it that its company cannot cover by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Want {
    /// The deficit.
    pub deficit: f64,
    /// The part that would have to be bought.
    pub outside: f64,
}

/// Transfers from surplus to deficit: giver, taker, amount.
pub fn transfers(surplus: &BTreeMap<String, f64>, wants: &BTreeMap<String, Want>, pairs: &BTreeSet<(String, String)>) -> Vec<(String, String, f64)> {
    let givers: Vec<&String> = surplus.iter().filter(|(_, s)| **s > NIL).map(|(id, _)| id).collect();
    let takers: Vec<&String> = wants.iter().filter(|(_, w)| w.deficit > NIL).map(|(id, _)| id).collect();
    let edges: Vec<Vec<usize>> = givers.iter().map(|g| (0..takers.len()).filter(|t| are_affiliated(pairs, g, takers[*t])).collect()).collect();
    let mut flow = Flow {
        left: givers.iter().map(|g| surplus[*g]).collect(),
        open: takers.iter().map(|t| wants[*t].outside.clamp(0.0, wants[*t].deficit)).collect(),
        moved: vec![vec![0.0; takers.len()]; givers.len()],
        edges,
    };
    flow.fill();
    for (open, taker) in flow.open.iter_mut().zip(&takers) {
        let want = wants[*taker];
        *open += want.deficit - want.outside.clamp(0.0, want.deficit);
    }
    flow.fill();
    let mut found = Vec::new();
    for (g, giver) in givers.iter().enumerate() {
        for (t, taker) in takers.iter().enumerate() {
            if flow.moved[g][t] > NIL {
                found.push(((*giver).clone(), (*taker).clone(), flow.moved[g][t]));
            }
        }
    }
    found
}

/// A bipartite flow under way.
struct Flow {
    left: Vec<f64>,
    open: Vec<f64>,
    moved: Vec<Vec<f64>>,
    edges: Vec<Vec<usize>>,
}

impl Flow {
    /// Augments along shortest paths until no giver with something left reaches an open taker.
    fn fill(&mut self) {
        while self.augment() {}
    }

    fn augment(&mut self) -> bool {
        let (givers, takers) = (self.left.len(), self.open.len());
        let mut giver_from: Vec<Option<usize>> = vec![None; givers];
        let mut taker_from: Vec<Option<usize>> = vec![None; takers];
        let mut seen: Vec<bool> = self.left.iter().map(|l| *l > NIL).collect();
        let mut pending: VecDeque<usize> = (0..givers).filter(|g| seen[*g]).collect();
        let mut end = None;
        'search: while let Some(g) = pending.pop_front() {
            for &t in &self.edges[g] {
                if taker_from[t].is_some() {
                    continue;
                }
                taker_from[t] = Some(g);
                if self.open[t] > NIL {
                    end = Some(t);
                    break 'search;
                }
                for other in 0..givers {
                    if !seen[other] && self.moved[other][t] > NIL {
                        seen[other] = true;
                        giver_from[other] = Some(t);
                        pending.push_back(other);
                    }
                }
            }
        }
        let Some(end) = end else { return false };
        // Back along the path: first how much it carries, then carry it.
        let mut path = Vec::new();
        let mut t = end;
        let mut amount = self.open[end];
        let start = loop {
            let Some(g) = taker_from[t] else { return false };
            path.push((g, t));
            match giver_from[g] {
                Some(before) => {
                    amount = amount.min(self.moved[g][before]);
                    t = before;
                }
                None => break g,
            }
        };
        amount = amount.min(self.left[start]);
        for (g, t) in path {
            self.moved[g][t] += amount;
            if let Some(before) = giver_from[g] {
                self.moved[g][before] -= amount;
            }
        }
        self.left[start] -= amount;
        self.open[end] -= amount;
        true
    }
}
