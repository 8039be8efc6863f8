"""Ours beside Brightway (bw2calc) on the same matrices: first result, further demands, every product, Monte Carlo, memory.

    python -m venv peer && peer/bin/pip install numpy scipy bw2calc bw_processing pypardiso
    peer/bin/python benches/beside-brightway.py target/release/minewheel [--write] [--size 20000] [--draws 20]

Makes synthetic databases of the size of a large background (markets, producers, hubs, one large loop), writes each as a Brightway data
package, and has both solve it in turn, three rounds, each in a process of its own; the best round counts. bw2calc uses the fastest solver
that is installed (pypardiso where MKL runs, else scikit-umfpack, else SciPy's SuperLU). Its import is left out, ours has none. Scores must
agree to 1e-6, else the exit code is 1. `--write` replaces `docs/reference/beside-brightway.md`.

| case     | what                                                                                      |
|----------|-------------------------------------------------------------------------------------------|
| plain    | as built: a plain series settles                                                          |
| loops    | thirty pairs of activities that credit each other's product: a plain series diverges      |
| permuted | rows and columns in random order                                                          |
| fill     | broad supply: factors have several times the entries                                      |
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp

CASES = {"plain": {}, "loops": {"loops": 30}, "permuted": {"permute": True}, "fill": {"broad": 0.10, "skew": 1.1}}
OFFSET, TOLERANCE, ROUNDS = 1_000_000, 1e-6, 3
TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "beside-brightway.md"


def matrices(size, seed=20260101, skew=1.6, broad=0.02, loops=0, permute=False):
    """Technosphere, biosphere, factors: every fifth column is a market, the others produce for one of them."""
    rng = np.random.default_rng(seed)
    markets = size // 5
    popularity = 1 / (1 + rng.permutation(markets)) ** skew
    popularity /= popularity.sum()
    hubs = rng.choice(markets, 40, replace=False)
    rows, columns, values = [], [], []

    def add(row, column, value):
        rows.append(row)
        columns.append(column)
        values.append(value)

    of = rng.integers(0, markets, size - markets)
    share = 1 / np.maximum(np.bincount(of, minlength=markets), 1)
    for market in range(markets):
        for hub in rng.choice(hubs, 3):
            add(hub, market, rng.lognormal(-4, 1.5))
    for number, market in enumerate(of):
        producer = markets + number
        add(producer, market, share[market])
        for supplier in rng.choice(hubs, rng.integers(1, 4)):
            add(supplier, producer, rng.lognormal(-4, 2))
        for supplier in rng.choice(markets, rng.integers(2, 5), p=popularity):
            add(supplier, producer, rng.lognormal(-5, 2.5))
        near = (market + np.rint(rng.standard_normal(rng.integers(1, 6)) * 8).astype(int)) % markets
        far = rng.random(len(near)) < broad
        near[far] = rng.integers(0, markets, far.sum())
        for supplier in near:
            add(supplier, producer, rng.lognormal(-2.5, 2))
    z = sp.coo_matrix((values, (rows, columns)), shape=(size, size)).tocsc()
    z.setdiag(0)
    z.eliminate_zeros()
    total = np.asarray(z.sum(axis=0)).ravel()
    z = z @ sp.diags(0.62 * np.where(total > 1.5, 1.5 / np.maximum(total, 1e-300), 1.0))
    if loops:
        pair = rng.choice(np.arange(markets, size), 2 * loops, replace=False)
        p, q = pair[:loops], pair[loops:]
        z = z + sp.coo_matrix((np.r_[np.full(loops, 1.5), np.full(loops, -1.5)], (np.r_[p, q], np.r_[q, p])), shape=(size, size))
    unit = rng.lognormal(0, 1.5, size)
    a = (sp.identity(size) - sp.diags(unit) @ z @ sp.diags(1 / unit)).tocsc()
    if permute:
        order = rng.permutation(size)
        a = a[order][:, order]
    flows, entries = 4500, 20 * size
    weight = 1 / np.arange(1, flows + 1) ** 0.9
    drawn = rng.choice(flows, entries, p=weight / weight.sum())
    b = sp.coo_matrix((rng.lognormal(-7, 3, entries), (drawn, rng.integers(0, size, entries))), shape=(flows, size)).tocsc()
    b.sum_duplicates()
    factors = np.where(rng.random(flows) < 0.05, rng.lognormal(0, 2, flows), 0.0)
    factors[0] = 1.0
    return a, b, factors


def write_package(path, a, b, factors):
    import bw_processing as bwp
    from fsspec.implementations.zip import ZipFileSystem

    a, b = a.tocoo(), b.tocoo()

    def indices(row, column):
        found = np.empty(len(row), dtype=bwp.INDICES_DTYPE)
        found["row"], found["col"] = row, column
        return found

    def lognormal(value, is_exact):
        found = np.zeros(len(value), dtype=bwp.UNCERTAINTY_DTYPE)
        found["uncertainty_type"] = np.where(is_exact, 0, 2)
        found["loc"] = np.where(is_exact, value, np.log(np.abs(value)))
        found["scale"] = np.where(is_exact, np.nan, 0.1)
        found["shape"] = found["minimum"] = found["maximum"] = np.nan
        found["negative"] = (value < 0) & ~is_exact
        return found

    package = bwp.create_datapackage(fs=ZipFileSystem(path, mode="w"), name="synthetic")
    off = a.row != a.col
    value = np.where(off, -a.data, a.data)
    package.add_persistent_vector(
        matrix="technosphere_matrix", name="technosphere", indices_array=indices(a.row, a.col), data_array=value, flip_array=off,
        distributions_array=lognormal(value, ~off),
    )
    package.add_persistent_vector(
        matrix="biosphere_matrix", name="biosphere", indices_array=indices(b.row + OFFSET, b.col), data_array=b.data,
        distributions_array=lognormal(b.data, np.zeros(len(b.data), bool)),
    )
    known = np.nonzero(factors)[0]
    package.add_persistent_vector(
        matrix="characterization_matrix", name="method", indices_array=indices(known + OFFSET, known + OFFSET), data_array=factors[known]
    )
    package.finalize_serialization()


def theirs(path, draws):
    """Runs in a process of its own; prints one line of JSON."""
    os.environ["BRIGHTWAY2_DIR"] = tempfile.mkdtemp()
    import resource

    began = time.perf_counter()
    import bw2calc
    import bw_processing as bwp
    from fsspec.implementations.zip import ZipFileSystem

    imported = time.perf_counter() - began
    began = time.perf_counter()
    lca = bw2calc.LCA({0: 1}, data_objs=[bwp.load_datapackage(ZipFileSystem(path))])
    lca.lci(factorize=True)
    lca.lcia()
    first, score = time.perf_counter() - began, lca.score
    began = time.perf_counter()
    for product in (1, 2, 3, 4, 5):
        lca.lci({product: 1})
        lca.lcia()
    further = (time.perf_counter() - began) / 5
    sampled = bw2calc.LCA({0: 1}, data_objs=[bwp.load_datapackage(ZipFileSystem(path))], use_distributions=True)
    sampled.lci()
    sampled.lcia()
    began = time.perf_counter()
    for _ in range(draws):
        next(sampled)
    rate = draws / (time.perf_counter() - began)
    solver = "pypardiso" if bw2calc.PYPARDISO else "scikit-umfpack" if getattr(bw2calc, "UMFPACK", False) else "SuperLU"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"import": imported, "first": first, "further": further, "rate": rate, "score": score, "peak": peak, "solver": solver,
                      "version": str(bw2calc.__version__)}))


def run(command):
    """The answer, seconds and peak megabytes of a process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}")
    return json.loads(text.splitlines()[-1] if text.lstrip().startswith('{"import"') else text), time.perf_counter() - began, usage.ru_maxrss / 1024


def ours(binary, path, draws):
    solve = [binary, "lca", "solve", path, "--demand", "0=1", "--format", "json"]
    answer, first, _ = run(solve)
    _, sampled, peak = run([*solve, "--samples", str(draws)])
    every, all_products, _ = run([binary, "lca", "scores", path, "--format", "json"])
    return {"first": first, "inside": (answer["factor_ms"] + answer["solve_ms"]) / 1000, "further": answer["solve_ms"] / 1000,
            "all": all_products, "products": len(every["products"]), "rate": draws / (sampled - first), "score": answer["score"], "peak": peak}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--size", type=int, default=20000)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--peer", metavar="PACKAGE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return theirs(options.peer, options.draws)
    lines, is_same, peer = [], True, {}
    for case, shape in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "synthetic.zip")
            a, b, factors = matrices(options.size, **shape)
            write_package(path, a, b, factors)
            best, best_peer = {}, {}
            for _ in range(ROUNDS):
                mine = ours(options.binary, path, 10 * options.draws)
                peer, _, _ = run([sys.executable, __file__, options.binary, "--peer", path, "--draws", str(options.draws)])
                better = {k: (max if k == "rate" else min) for k in ("first", "inside", "further", "all", "rate", "peak")}
                for found, kept in ((mine, best), (peer, best_peer)):
                    for key, value in found.items():
                        kept[key] = better[key](kept[key], value) if key in kept and key in better else value
        difference = abs(best["score"] / best_peer["score"] - 1)
        is_same &= difference <= TOLERANCE
        lines.append(
            f"| {case} | {a.nnz:,} | {best_peer['first']:.2f} | {best['first']:.2f} | {best['first'] / best_peer['first']:.2f} "
            f"| {1000 * best_peer['further']:.1f} | {1000 * best['further']:.1f} | {1000 * best['all']:.0f} "
            f"| {best_peer['rate']:.2f} | {best['rate']:.1f} | {best['rate'] / best_peer['rate']:.0f} | {best_peer['peak']:.0f} | {best['peak']:.0f} "
            f"| {difference:.0e} |"
        )
        print(lines[-1], flush=True)
    text = f"""# Beside Brightway

Written by `benches/beside-brightway.py`; see its head for the cases and what is counted. {options.size:,} activities; bw2calc {peer['version']} with
{peer['solver']}, import of {peer['import']:.1f} s left out; best of {ROUNDS} rounds in turn; {platform.machine()}, {os.cpu_count()} threads.

bw2calc solves each further demand anew. Ours solves a category once for every product (`solve_ms` of the answer); a further demand on it is a sum over the
demand's own lines, a microsecond.

| case | technosphere entries | first result s, bw2calc | ours, whole process | ratio | a further demand ms, bw2calc | all demands on a category ms, ours | every product ms, ours, whole process | draws a second, bw2calc | ours | ratio | peak MB, bw2calc | ours, drawing | difference of scores |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
""" + "\n".join(lines) + "\n"
    if options.write:
        TARGET.write_text(text)
        print(f"written: {TARGET.name}")
    else:
        print(text)
    sys.exit(0 if is_same else 1)


if __name__ == "__main__":
    main()
