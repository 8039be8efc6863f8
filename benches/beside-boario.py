"""A disruption of a year beside BoARIO.

    python -m venv peer && peer/bin/pip install boario pymrio progressbar2
    peer/bin/python benches/beside-boario.py target/release/minewheel [--days 365] [--write]

BoARIO (GPL-3, run as an outside process, its code not read) simulates days of an adaptive regional input-output model on a random
table of 25 regions and 20 sectors: 500 nodes that each buy from all others. Its wheel declares no dependencies, so progressbar2 and
pymrio are installed beside it. Ours runs the study of examples/10_disruption (some 800 nodes, 7,000 links, 365 days) on one thread; the
time of a year is the slope over members of an ensemble, so reading tables and opening supplies are left out on our side as the model's
set-up is on theirs. Inputs differ, and so does depth: BoARIO has monetary sectors in a dense table, ours goods in a sparse one.
`--write` replaces `docs/reference/beside-boario.md`.
"""

import argparse
import importlib.metadata

import logging
import os
import platform
import subprocess
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

REGIONS, SECTORS, YEAR = 25, 20, 365
FEW, MANY = 2, 102
ENSEMBLE = 1000
HERE = Path(__file__).resolve().parent.parent
STUDY = HERE / "examples" / "10_disruption" / "anode-stop.toml"
TARGET = HERE / "docs" / "reference" / "beside-boario.md"


def seconds(binary, members, threads):
    environment = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
    start = time.perf_counter()
    command = [binary, "disrupt", str(STUDY), "--members", str(members), "--format", "csv"]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def ours(binary):
    return min((seconds(binary, MANY, 1) - seconds(binary, FEW, 1)) / (MANY - FEW) for _ in range(3))


def peer(days):
    import numpy as np
    import pandas as pd
    import pymrio
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    random = np.random.default_rng(1)
    nodes = pd.MultiIndex.from_product(
        [[f"r{i}" for i in range(REGIONS)], [f"s{i}" for i in range(SECTORS)]], names=["region", "sector"]
    )
    count = len(nodes)
    coefficients = random.uniform(0, 1, (count, count))
    coefficients *= 0.5 / coefficients.sum(axis=0)
    output = np.linalg.solve(np.eye(count) - coefficients, random.uniform(50, 150, count))
    flows = coefficients * output
    final = output - flows.sum(axis=1)
    users = pd.MultiIndex.from_product([[f"r{i}" for i in range(REGIONS)], ["final demand"]], names=["region", "category"])
    table = pymrio.IOSystem(
        Z=pd.DataFrame(flows, nodes, nodes), Y=pd.DataFrame(np.outer(final, np.ones(REGIONS) / REGIONS), nodes, users)
    )
    table.calc_all()
    simulation = Simulation(ARIOPsiModel(table), n_temporal_units_to_sim=days)
    start = time.perf_counter()
    simulation.loop()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--days", type=int, default=YEAR, help="days that the peer runs; the year is scaled up")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    theirs = peer(options.days) * YEAR / options.days
    own = ours(options.binary)
    ensemble = seconds(options.binary, ENSEMBLE, os.cpu_count())
    text = f"""# A disruption beside BoARIO

Written by `benches/beside-boario.py`; its head says what is counted and what differs. BoARIO {importlib.metadata.version("boario")}; {platform.machine()},
{os.cpu_count()} threads.

| what | time |
|---|---:|
| BoARIO, a year of 500 nodes ({options.days} days run) | {theirs:.1f} s |
| ours, a year of `{STUDY.relative_to(HERE)}`, one thread | {1000 * own:.1f} ms |
| ratio | {theirs / own:,.0f} |
| ours, {ENSEMBLE:,} members, whole process on all threads | {ensemble:.1f} s |
"""
    if options.write:
        TARGET.write_text(text)
        print(f"written: {TARGET.name}")
    else:
        print(text)


if __name__ == "__main__":
    main()
