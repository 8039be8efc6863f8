#!/usr/bin/env python3
"""Cohorts of 60 years, 40 products and 30 regions beside flodym, on the same survival table.

    python3 -m venv peer && peer/bin/pip install flodym
    cargo build --release -p minewheel-industry --example cohorts
    peer/bin/python benches/beside-flodym.py target/release/examples/cohorts

flodym (MIT) holds all series in one array. Its survival table is computed once and kept, which is its warm path: only `compute()` is
timed, best of nine. Ours gets the very table that flodym made and keeps it too; its time holds all series, on one thread, and the memory of
its results, reading and writing left out. Stock or inflow, and outflow, must be equal to 1e-9 of the largest value of the series. Both take turns.
"""

import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from flodym import Dimension, DimensionSet, InflowDrivenDSM, StockDrivenDSM, WeibullLifetime, StockArray

YEARS, PRODUCTS, REGIONS, TURNS = 60, 40, 30, 9


def dimensions():
    return DimensionSet(
        dim_list=[
            Dimension(name="time", letter="t", items=list(range(2000, 2000 + YEARS)), dtype=int),
            Dimension(name="product", letter="p", items=[f"p{i}" for i in range(PRODUCTS)], dtype=str),
            Dimension(name="region", letter="r", items=[f"r{i}" for i in range(REGIONS)], dtype=str),
        ]
    )


def fastest(work):
    best = float("inf")
    for _ in range(TURNS):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def series(array):
    """A line a year, a column a series."""
    return np.asarray(array).reshape(YEARS, PRODUCTS * REGIONS)


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/examples/cohorts"
    random = np.random.default_rng(7)
    dims = dimensions()
    shape = random.uniform(2, 5, (1, PRODUCTS, REGIONS)) * np.ones((YEARS, 1, 1))
    scale = random.uniform(10, 22, (1, PRODUCTS, REGIONS)) * np.ones((YEARS, 1, 1))
    lifetime = lambda: WeibullLifetime(dims=dims, weibull_shape=shape, weibull_scale=scale)
    inflow = random.uniform(0, 1000, (YEARS, PRODUCTS, REGIONS))

    by_inflow = InflowDrivenDSM(dims=dims, name="inflow", lifetime_model=lifetime())
    by_inflow.inflow.values[...] = inflow
    start = time.perf_counter()
    by_inflow.compute()
    cold = time.perf_counter() - start
    by_stock = StockDrivenDSM(dims=dims, name="stock", lifetime_model=lifetime())
    by_stock.stock.values[...] = by_inflow.stock.values
    by_stock.compute()

    survival = by_inflow.lifetime_model.sf[:, 0].reshape(YEARS, -1)
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "survival.csv")
        np.savetxt(table, survival, delimiter=",", fmt="%.17g")
        for word, model, driving in (("inflow", by_inflow, inflow), ("stock", by_stock, by_inflow.stock.values)):
            file, out = os.path.join(folder, f"{word}.csv"), os.path.join(folder, "out.csv")
            np.savetxt(file, series(driving), delimiter=",", fmt="%.17g")
            theirs, ours = float("inf"), float("inf")
            for _ in range(3):
                theirs = min(theirs, 1e3 * fastest(model.compute))
                answer = subprocess.run([binary, word, table, file, out], check=True, capture_output=True, text=True)
                ours = min(ours, float(answer.stdout))
            found = np.loadtxt(out, delimiter=",")
            answer = series(model.stock.values if word == "inflow" else model.inflow.values)
            wanted = np.vstack([answer, series(model.outflow.values)])
            error = np.max(np.abs(found - wanted) / np.max(np.abs(wanted), axis=0, keepdims=True))
            verdict = "equal" if error <= 1e-9 else "NOT EQUAL"
            print(f"{word}-driven: flodym {theirs:.1f} ms, ours {ours:.2f} ms: {theirs / ours:.0f} times; largest difference {error:.1e}, {verdict}")
    print(f"flodym's first inflow-driven run, survival included: {1e3 * cold:.0f} ms")


if __name__ == "__main__":
    main()
