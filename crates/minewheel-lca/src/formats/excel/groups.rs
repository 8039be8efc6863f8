//! Parameters of one activity that another calls, as Brightway's groups of parameters allow.
//!
//! A group that several activities name is seen by all of them, and a formula may call the parameters of other groups. Here a process sees its own
//! parameters and the global ones. So a parameter that is called from outside becomes global, if the workbook has its name once; else the
//! caller gets a copy of that of its group, which is drawn apart and counted.

use std::collections::BTreeSet;

use super::inventory::Inventory;
use crate::database::{Formula, Parameter};

fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The names that a formula calls.
fn called(formula: Option<&str>) -> Vec<String> {
    formula.and_then(|f| Formula::parse(f).ok()).map_or_else(Vec::new, |f| f.names().into_iter().map(str::to_owned).collect())
}

impl Inventory {
    /// Makes parameters global, or copies them, until every formula sees what it calls and some activity has.
    pub fn share_parameters(&mut self) {
        while let Some((caller, name)) = self.unseen() {
            let is_common = self.is_common(&name, &mut BTreeSet::new());
            let Some(holder) = self.holder(caller, &name) else { return };
            let Some(place) = self.own(holder, &name) else { return };
            match caller {
                _ if is_common => {
                    let parameter = self.activities[holder].parameters.remove(place);
                    self.parameters.push(parameter);
                }
                Some(caller) => {
                    let copy: Parameter = self.activities[holder].parameters[place].clone();
                    self.activities[caller].parameters.push(copy);
                    *self.left_out.entry("parameters of a group, copied into each activity that calls them".to_owned()).or_default() += 1;
                }
                None => return,
            }
        }
    }

    fn own(&self, activity: usize, name: &str) -> Option<usize> {
        self.activities[activity].parameters.iter().position(|p| key(&p.name) == name)
    }

    /// The activities that have a parameter of a name.
    fn holders(&self, name: &str) -> Vec<usize> {
        (0..self.activities.len()).filter(|at| self.own(*at, name).is_some()).collect()
    }

    /// The activity whose parameter is meant: one of the caller's group, else the only one.
    fn holder(&self, caller: Option<usize>, name: &str) -> Option<usize> {
        let holders = self.holders(name);
        let group = caller.map_or("", |caller| &self.activities[caller].group);
        let of_group = holders.iter().find(|at| !group.is_empty() && self.activities[**at].group == group);
        of_group.or(holders.first().filter(|_| holders.len() == 1)).copied()
    }

    /// Whether a parameter and all that it calls stand once in the workbook.
    fn is_common(&self, name: &str, seen: &mut BTreeSet<String>) -> bool {
        if !seen.insert(name.to_owned()) || self.parameters.iter().any(|p| key(&p.name) == name) {
            return true;
        }
        let [holder] = self.holders(name)[..] else { return false };
        let formula = self.own(holder, name).and_then(|place| self.activities[holder].parameters[place].formula.as_deref());
        called(formula).iter().all(|n| self.is_common(n, seen))
    }

    /// The first name that a formula calls and does not see, though some activity it may mean has it; the caller is none for a global parameter.
    fn unseen(&self) -> Option<(Option<usize>, String)> {
        let global: BTreeSet<String> = self.parameters.iter().map(|p| key(&p.name)).collect();
        let of_globals = self.parameters.iter().flat_map(|p| called(p.formula.as_deref()));
        if let Some(name) = of_globals.into_iter().find(|n| !global.contains(n) && self.is_common(n, &mut BTreeSet::new())) {
            return Some((None, name));
        }
        self.activities.iter().enumerate().find_map(|(at, activity)| {
            let formulas = activity.parameters.iter().map(|p| p.formula.as_deref()).chain(activity.exchanges.iter().map(|e| e.formula.as_deref()));
            let is_unseen = |n: &String| !global.contains(n) && self.own(at, n).is_none() && self.holder(Some(at), n).is_some();
            formulas.flat_map(called).find(is_unseen).map(|name| (Some(at), name))
        })
    }
}
