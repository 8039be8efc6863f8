//! Shares of the variance of a result, by the lines of a report.

use std::collections::BTreeMap;

use minewheel_lca::{
    Assembly, ColumnId, Demand, EntryKind, ParameterDraws, PreparedSolver, SolveOptions, VarianceShares, factor_sensitivities, monte_carlo,
};

use super::super::LcaFailure;
use super::super::draws::samples;
use super::super::sensitivity::ranked_rows;
use super::records::{HotSpots, VarianceBasis};
use super::{HotSpotArguments, Solved};
use crate::failure::Failure;

/// Draws between two sums; a chunk is all that is kept of them.
const CHUNK: u64 = 1000;

/// Which lines an uncertain row belongs to, by their numbers in the order of the lists.
pub struct Groups {
    /// By activity.
    processes: BTreeMap<i64, usize>,
    /// By row of the biosphere.
    flows: BTreeMap<i64, usize>,
    /// Exchanges and inputs, by activity and row.
    entries: BTreeMap<(i64, i64), usize>,
    /// By activity.
    places: BTreeMap<i64, usize>,
    /// The last one is of rows that belong to no process.
    count: usize,
}

impl HotSpots {
    /// A number for each line, those of processes first.
    pub(super) fn groups(&self, solved: &Solved<'_>) -> Groups {
        let mut count = 0;
        let mut next = || {
            count += 1;
            count - 1
        };
        let processes = self.processes.lines.iter().map(|p| (p.key, next())).collect();
        let flows = self.flows.lines.iter().map(|f| (f.key, next())).collect();
        let mut entries: BTreeMap<_, _> = self.exchanges.lines.iter().map(|e| (e.key, next())).collect();
        let of_place: BTreeMap<_, _> = self.places.lines.iter().map(|p| (p.place.clone(), next())).collect();
        entries.extend(self.inputs.iter().map(|i| (i.key, next())));
        next();
        let activities = (0..solved.activity.values().len()).filter_map(|column| solved.assembly.activity(ColumnId(column as u32)));
        let places = activities.filter_map(|id| Some((id, *of_place.get(&solved.source.activity(id).place)?))).collect();
        Groups { processes, flows, entries, places, count }
    }

    /// Fills in the shares of the variance.
    pub(super) fn spread(&mut self, solved: &Solved<'_>, demand: &Demand, arguments: &HotSpotArguments, groups: &Groups) -> Result<(), Failure> {
        let (assembly, source) = (solved.assembly, solved.source);
        let derivatives = factor_sensitivities(&assembly.network, solved.category, solved.scores, solved.activity);
        let correlations = source.correlations(arguments.correlations.as_deref())?;
        let sampler = ParameterDraws::new(assembly, assembly, &source.dependents, correlations);
        let groups_of = |row: usize| groups.of(assembly, row).collect::<Vec<_>>();
        let shares = if arguments.samples == 0 {
            let first = sampler.first_parameter();
            let ranked = ranked_rows(assembly, &source.dependents, sampler.following(), first, &derivatives)?;
            let variance: f64 = ranked.iter().map(|r| r.variance).sum();
            let mut shares = vec![0.0; groups.count];
            for row in &ranked {
                let of = if row.place < first { groups_of(row.place) } else { vec![groups.count - 1] };
                for group in of {
                    shares[group] += row.variance / variance;
                }
            }
            (variance > 0.0).then_some(shares)
        } else {
            // Rows that move the result, each with its derivative and the lines that it belongs to.
            let moving = derivatives.iter().enumerate().filter(|(row, d)| **d != 0.0 && assembly.uncertain_entry(*row).is_some());
            let terms: Vec<(usize, f64, Vec<usize>)> = moving.map(|(row, derivative)| (row, *derivative, groups_of(row))).collect();
            let solver = PreparedSolver::new(&assembly.network, solved.category, SolveOptions::default());
            let solver = solver.map_err(|error| source.explained(assembly, error))?;
            let measure = |draw: minewheel_lca::Draw<'_>| {
                let mut parts = vec![0.0; groups.count];
                for (row, derivative, of) in &terms {
                    let part = derivative * (draw.factors[*row] - 1.0);
                    for group in of {
                        parts[*group] += part;
                    }
                }
                let total = demand.lines().iter().map(|line| line.amount * draw.scores[line.column.index()]).sum::<f64>();
                (total, parts)
            };
            let mut shares = VarianceShares::of(groups.count);
            let mut totals = samples(1);
            for first in (0..arguments.samples).step_by(CHUNK as usize) {
                let chunk = first..arguments.samples.min(first + CHUNK);
                for (total, parts) in monte_carlo(&solver, &sampler, arguments.seed, chunk, measure).map_err(LcaFailure::from)? {
                    shares.add(total, &parts);
                    totals[0].push(total);
                }
            }
            [self.p5, self.p50, self.p95] = totals[0].quantiles([0.05, 0.5, 0.95]);
            shares.finish()
        };
        let Some(shares) = shares else { return Ok(()) };
        self.variance_by = Some(if arguments.samples == 0 { VarianceBasis::Derivatives } else { VarianceBasis::Draws });
        self.variance_elsewhere = Some(shares[groups.count - 1]);
        let slots = (self.processes.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.flows.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.exchanges.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.places.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.inputs.iter_mut().map(|l| &mut l.variance_share));
        slots.zip(shares).for_each(|(slot, share)| *slot = Some(share));
        Ok(())
    }
}

impl Groups {
    /// The lines that an uncertain row counts for.
    fn of(&self, assembly: &Assembly, row: usize) -> impl Iterator<Item = usize> {
        let found = assembly.uncertain_entry(row).zip(assembly.uncertain_kind(row)).map(|(entry, kind)| {
            let flow = if kind == EntryKind::Product { None } else { self.flows.get(&entry.row) };
            if kind == EntryKind::Factor {
                return [flow.copied(), Some(self.count - 1), None, None];
            }
            let (process, place) = (self.processes.get(&entry.column), self.places.get(&entry.column));
            [process, place, flow, self.entries.get(&(entry.column, entry.row))].map(Option::<&usize>::copied)
        });
        found.into_iter().flatten().flatten()
    }
}
