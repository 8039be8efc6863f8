//! The evaluation order: strongly connected components of the supply graph, suppliers first.
//!
//! A column that needs itself, directly or through others, sits in one component with all it needs in return. Between
//! components the graph has no loop, so they are solved one after the other by substitution; only inside a component
//! is there a system to solve.
//!
//! Source: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972), with an explicit
//! stack, so that a supply chain of any length is safe. Inside a component columns keep the order in which the search
//! left them, which puts suppliers before consumers wherever the loop allows; Gauss–Seidel sweeps gain from that.

/// Columns in evaluation order and the borders of their components.
pub(crate) struct EvaluationOrder {
    /// Old column numbers, suppliers first.
    pub columns: Vec<u32>,
    /// Starts of the components in `columns`, and its length at the end.
    pub block_start: Vec<u32>,
}

const UNSEEN: u32 = u32::MAX;

/// The evaluation order of a graph whose arcs go from column to supplier, in compressed rows.
pub(crate) fn evaluation_order(start: &[u32], supplier: &[u32]) -> EvaluationOrder {
    let n = start.len() - 1;
    let mut search = Search {
        start,
        supplier,
        number: vec![UNSEEN; n],
        lowest: vec![0; n],
        in_component: vec![false; n],
        finished: vec![0; n],
        open: Vec::new(),
        path: Vec::new(),
        visited: 0,
        left: 0,
        order: EvaluationOrder { columns: Vec::with_capacity(n), block_start: vec![0] },
    };
    for root in 0..n as u32 {
        if search.number[root as usize] == UNSEEN {
            search.visit_from(root);
        }
    }
    search.order
}

struct Search<'a> {
    start: &'a [u32],
    supplier: &'a [u32],
    number: Vec<u32>,
    lowest: Vec<u32>,
    in_component: Vec<bool>,
    finished: Vec<u32>,
    /// Visited columns whose component is not closed yet.
    open: Vec<u32>,
    /// The current path and, for each column on it, the next arc to follow.
    path: Vec<(u32, u32)>,
    visited: u32,
    left: u32,
    order: EvaluationOrder,
}

impl Search<'_> {
    fn visit_from(&mut self, root: u32) {
        self.enter(root);
        while let Some((column, arc)) = self.path.last_mut() {
            let (here, at) = (*column, *arc);
            if at < self.start[here as usize + 1] {
                *arc += 1;
                let next = self.supplier[at as usize];
                if self.number[next as usize] == UNSEEN {
                    self.enter(next);
                } else if !self.in_component[next as usize] {
                    let seen = self.number[next as usize];
                    let lowest = &mut self.lowest[here as usize];
                    *lowest = (*lowest).min(seen);
                }
            } else {
                self.path.pop();
                self.leave(here);
            }
        }
    }

    fn enter(&mut self, column: u32) {
        self.number[column as usize] = self.visited;
        self.lowest[column as usize] = self.visited;
        self.visited += 1;
        self.open.push(column);
        self.path.push((column, self.start[column as usize]));
    }

    fn leave(&mut self, column: u32) {
        let lowest = self.lowest[column as usize];
        self.finished[column as usize] = self.left;
        self.left += 1;
        if let Some((parent, _)) = self.path.last() {
            let above = &mut self.lowest[*parent as usize];
            *above = (*above).min(lowest);
        }
        if lowest == self.number[column as usize] {
            self.close_component(column);
        }
    }

    fn close_component(&mut self, root: u32) {
        let first = self.order.columns.len();
        while let Some(member) = self.open.pop() {
            self.in_component[member as usize] = true;
            self.order.columns.push(member);
            if member == root {
                break;
            }
        }
        let finished = &self.finished;
        self.order.columns[first..].sort_unstable_by_key(|member| finished[*member as usize]);
        self.order.block_start.push(self.order.columns.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::evaluation_order;

    #[test]
    fn a_loop_and_its_supplier_come_out_as_two_components() {
        // 0 needs 1, 1 needs 0 and 2.
        let order = evaluation_order(&[0, 1, 3, 3], &[1, 0, 2]);
        assert_eq!(order.block_start, [0, 1, 3]);
        assert_eq!(order.columns[0], 2);
    }

    #[test]
    fn a_chain_is_ordered_from_its_end() {
        let order = evaluation_order(&[0, 1, 2, 2], &[1, 2]);
        assert_eq!(order.columns, [2, 1, 0]);
        assert_eq!(order.block_start, [0, 1, 2, 3]);
    }
}
