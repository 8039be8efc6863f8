#!/usr/bin/env python3
"""Minewheel beside carculator: whole-process wall time, CPU time and peak memory, measured in one sitting.

Make the environment of the peer once (Python 3.11; the release matters, later ones need 3.12 and are slower):

    python3.11 -m venv venv
    venv/bin/pip install carculator==1.9.5 carculator-utils==1.3.5

then, from the root of the repository:

    cargo build --release
    python3 benches/beside-carculator.py --bin target/release/minewheel --python venv/bin/python

Pairs: one medium battery car of 2020, static background, point value; the same car with 100 Monte Carlo draws.
Minewheel also runs 1000 draws, for which carculator 1.9.5 needs more memory than this class of machine has.
Each row is the best of 5 runs (3 for Monte Carlo); peer and ours take turns, so that a busy machine hits both.
The answers differ (another car class, another background): only the work is compared, never the figure.
carculator's 100 draws take about 6.5 GB; --no-peer-monte-carlo leaves them out.
Only the standard library is used. Peak memory cannot read below some 15 MB: a child inherits the peak of this script.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import threading
import time

PEER = r"""
import io, sys, contextlib, warnings
warnings.filterwarnings("ignore")
import carculator as cc
draws = int(sys.argv[1])
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    inputs = cc.CarInputParameters()
    inputs.stochastic(draws) if draws else inputs.static()
    scope = {"size": ["Medium"], "powertrain": ["BEV"], "year": [2020]}
    _, array = cc.fill_xarray_from_input_parameters(inputs, scope=scope)
    model = cc.CarModel(array, cycle="WLTC", country="DE")
    model.set_all()
    inventory = cc.InventoryCar(model, method="recipe", indicator="midpoint", scenario="static")
    result = inventory.calculate_impacts().sel(impact_category="climate change")
total = result.sum(dim="impact").values.ravel() * 1000
print(".".join(map(str, cc.__version__)), float(total.mean()), total.size)
"""


def once(command):
    """Run a command to its end: (wall s, user s, system s, peak MB, standard output)."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # Both pipes are read before waiting, so that no child blocks on a full pipe.
    errors = []
    reader = threading.Thread(target=lambda: errors.append(child.stderr.read()))
    reader.start()
    output = child.stdout.read()
    reader.join()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command[0]} failed with {child.returncode}:\n{errors[0].decode(errors='replace')[-2000:]}")
    scale = 1024 * 1024 if platform.system() == "Darwin" else 1024
    return wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / scale, output.decode()


def best(commands, repeat):
    """Best wall run of each named command, the commands taking turns."""
    runs = {name: [] for name in commands}
    for _ in range(repeat):
        for name, command in commands.items():
            runs[name].append(once(command))
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {name: min(all_, key=lambda run: run[0]) for name, all_ in runs.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="the minewheel binary, release build")
    parser.add_argument("--python", required=True, help="Python of the environment that has carculator 1.9.5")
    parser.add_argument("--car", default="vw-id3-58", help="catalogue car to assess")
    parser.add_argument("--repeat", type=int, default=5, help="runs of the point value")
    parser.add_argument("--repeat-monte-carlo", type=int, default=3, help="runs of the intervals")
    parser.add_argument("--no-peer-monte-carlo", action="store_true", help="leave carculator's 100 draws out")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()

    assess = [options.bin, "assess", options.car, "--country", "DE", "--format", "json"]
    point = best(
        {
            "carculator, point": [options.python, "-c", PEER, "0"],
            "minewheel, point": assess + ["--no-interval"],
        },
        options.repeat,
    )
    monte_carlo = {
        "carculator, 100 draws": [options.python, "-c", PEER, "100"],
        "minewheel, 100 draws": assess + ["--samples", "100", "--seed", "1"],
        "minewheel, 100 draws, car only": assess + ["--samples", "100", "--seed", "1", "--resample", "car"],
        "minewheel, 1000 draws": assess + ["--samples", "1000", "--seed", "1"],
        "minewheel, 1000 draws, car only": assess + ["--samples", "1000", "--seed", "1", "--resample", "car"],
    }
    if options.no_peer_monte_carlo:
        del monte_carlo["carculator, 100 draws"]
    rows = {**point, **best(monte_carlo, options.repeat_monte_carlo)}

    peer_version = rows["carculator, point"][4].split()[0]
    report = {
        "machine": f"{platform.machine()}, {os.cpu_count()} logical cores, {platform.system()} {platform.release()}",
        "carculator": peer_version,
        "repeat": [options.repeat, options.repeat_monte_carlo],
        "rows": [],
    }
    for name, (wall, user, system, peak, _) in rows.items():
        row = {"run": name, "wall_s": wall, "user_s": user, "system_s": system, "peak_mb": peak}
        against = "carculator, point" if "point" in name else "carculator, 100 draws"
        if name.startswith("minewheel") and against in rows:
            base = rows[against]
            row["against"] = against
            row["times_faster_wall"] = base[0] / wall
            row["times_less_cpu"] = (base[1] + base[2]) / max(user + system, 1e-3)
            row["times_less_memory"] = base[3] / peak
        report["rows"].append(row)

    if options.json:
        print(json.dumps(report, indent=1))
        return
    print(f"{report['machine']}; carculator {peer_version}; best of {options.repeat} ({options.repeat_monte_carlo} for draws)")
    print(f"{'run':<33}{'wall s':>9}{'user s':>9}{'sys s':>8}{'peak MB':>9}")
    for row in report["rows"]:
        print(f"{row['run']:<33}{row['wall_s']:>9.3f}{row['user_s']:>9.3f}{row['system_s']:>8.3f}{row['peak_mb']:>9.0f}")
    print(f"\n{'ratio, peer over ours':<33}{'wall':>9}{'CPU':>9}{'':>8}{'memory':>9}")
    for row in report["rows"]:
        if "against" in row:
            note = "" if "1000" not in row["run"] else "  (ours 1000 draws, theirs 100)"
            print(
                f"{row['run']:<33}{row['times_faster_wall']:>9.0f}{row['times_less_cpu']:>9.0f}{'':>8}"
                f"{row['times_less_memory']:>9.1f}{note}"
            )


if __name__ == "__main__":
    main()
