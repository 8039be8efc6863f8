#!/usr/bin/env python3
"""Minewheel beside FASTSim 3: one electric car over one city cycle, measured in one sitting.

Make the environment of the peer once:

    python3 -m venv venv
    venv/bin/pip install fastsim==3.1.0

then, from the root of the repository:

    cargo build --release --package minewheel-cli --package minewheel-model --example udds
    python3 benches/beside-fastsim.py --python venv/bin/python

FASTSim runs as a user would: a vehicle and the UDDS from its resources, `SimDrive.walk`, no history, best of 12 in
processor time, import left out and named apart. Its Zoe has no thermal model; its Bolt, Leaf and Model 3 have cabin,
pack and air conditioning. Ours is the catalogue's nearest car: alone, at -7 C with cabin heat and cold cells, tyres
and air (a steady heat, not FASTSim's cabin that warms up), and per car of a fleet of a thousand; best of many,
one thread. Both take turns, so that a busy machine hits both. Whole processes are timed too: FASTSim's import and one
cycle, our command line with all its tables and one cycle.
The answers differ (other vehicle data): only the work is compared.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time

PEER = r"""
import json, sys, time, warnings
warnings.filterwarnings("ignore")
start = time.perf_counter()
import fastsim
imported = time.perf_counter() - start
name, runs = sys.argv[1], int(sys.argv[2])
cycle = fastsim.Cycle.from_resource("udds.csv")
best = float("inf")
for _ in range(runs):
    vehicle = fastsim.Vehicle.from_resource(name)
    vehicle.set_save_interval(None)
    drive = fastsim.SimDrive(vehicle, cycle)
    start = time.process_time()
    drive.walk()
    best = min(best, time.process_time() - start)
print(json.dumps({"import_s": imported, "walk_ms": 1e3 * best, "version": fastsim.__version__}))
"""

PAIRS = [
    ("2022_Renault_Zoe_ZE50_R135.yaml", "renault-zoe-ze50", False),
    ("2020 Chevrolet Bolt EV thrml.yaml", "chevrolet-bolt", True),
    ("2016 Nissan Leaf 30 kWh thrml.yaml", "nissan-leaf-40", True),
    ("2022 Tesla Model 3 RWD thrml.yaml", "tesla-m3-rwd-lfp", True),
]


def timed(command):
    """Run a command to its end: (wall s, standard output)."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    wall = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed with {done.returncode}:\n{done.stderr[-2000:]}")
    return wall, done.stdout


def machine():
    """The processor's name, if the system tells."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        return f"{names[0]}, {len(names)} threads"
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="python3", help="Python with fastsim")
    parser.add_argument("--bin", default="target/release/minewheel", help="our command line")
    parser.add_argument("--example", default="target/release/examples/udds", help="our timing program")
    parser.add_argument("--rounds", type=int, default=3, help="turns that peer and ours take")
    options = parser.parse_args()

    print(f"{machine()}; {platform.system()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    head = "| car | thermal | FASTSim ms | ours us | ratio | ours in the cold us | ratio | ours in a fleet us | ratio |"
    print(head)
    print("|---|---|" + "---:|" * 7)
    imports, version = [], ""
    for peer, ours, is_thermal in PAIRS:
        walk, alone, cold, fleet = [float("inf")] * 4
        for _ in range(options.rounds):
            theirs = json.loads(timed([options.python, "-c", PEER, peer, "12"])[1])
            mine = json.loads(timed([options.example, "udds", ours])[1])
            imports.append(theirs["import_s"])
            version = theirs["version"]
            walk = min(walk, theirs["walk_ms"])
            alone, cold = min(alone, mine["drive_us"]), min(cold, mine["cold_us"])
            fleet = min(fleet, mine["fleet_us"])
        ratio = lambda us: f"{1e3 * walk / us:,.0f}"
        print(
            f"| {ours} | {'yes' if is_thermal else 'no'} | {walk:.1f} | {alone:.1f} | {ratio(alone)} "
            f"| {cold:.1f} | {ratio(cold)} | {fleet:.2f} | {ratio(fleet)} |",
            flush=True,
        )
    whole_peer, whole_ours = float("inf"), float("inf")
    for _ in range(options.rounds):
        whole_peer = min(whole_peer, timed([options.python, "-c", PEER, PAIRS[0][0], "1"])[0])
        whole_ours = min(whole_ours, timed([options.bin, "drive", PAIRS[0][1], "--cycle", "udds"])[0])
    print(
        f"\nFASTSim {version}, import {min(imports):.2f} s. Whole process with import and one cycle: {whole_peer:.2f} s; "
        f"ours with all tables: {1e3 * whole_ours:.0f} ms, {whole_peer / whole_ours:,.0f} times less."
    )


if __name__ == "__main__":
    main()
