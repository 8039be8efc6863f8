"""Many people move sliders at once: how long does each wait for the changed car?

    python3 benches/serve_load.py target/release/minewheel [--users 100] [--seconds 20] [--pause 0.25]

Starts the server on a free port. Each user keeps one connection, takes a catalogue car as a file, changes the energy of its pack, asks for an
assessment without interval, and asks for the next when the answer is there and a pause has passed, as an app does that sends one question
a frame at most. Prints quantiles of the wait, the rate, and the memory of the server before, after each fifth of the time, and at the end.
"""

import argparse
import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def user(number, port, ready, options, waits, failures):
    rng = random.Random(number)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", f"/api/1/cars/{CARS[number % len(CARS)]}")
    toml = json.loads(connection.getresponse().read())["toml"]
    # The mass of the catalogue's pack goes with its energy.
    toml = re.sub(r"pack_mass_kg = .*\n", "", toml)

    def ask():
        changed = re.sub(r"(gross_energy_kwh = )(.*)", lambda m: f"{m[1]}{float(m[2]) * rng.uniform(1.0, 1.3):.1f}", toml)
        body = {"cars": [{"toml": changed}], "country": COUNTRIES[number % len(COUNTRIES)], "no_interval": True, "no_places": True}
        begin = time.monotonic()
        connection.request("POST", "/api/1/assess", json.dumps(body))
        response = connection.getresponse()
        response.read()
        return time.monotonic() - begin, response.status

    # The first answer of a place solves its network; it is not a slider's.
    ask()
    ready.wait()
    until = time.monotonic() + options.seconds
    time.sleep(rng.random() * max(options.pause, 0.1))
    while time.monotonic() < until:
        wait, status = ask()
        waits.append(wait)
        if status != 200:
            failures.append(status)
        time.sleep(options.pause)


CARS = ["vw-id3-58", "tesla-m3-rwd-lfp", "byd-atto3", "hyundai-ioniq5-lr"]
COUNTRIES = ["CN", "DE", "US"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--pause", type=float, default=0.25)
    options = parser.parse_args()
    server = subprocess.Popen([options.binary, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+)/", server.stderr.readline())[1])
        before = resident_mb(server.pid)
        waits, failures = [], []
        ready = threading.Barrier(options.users)
        users = [threading.Thread(target=user, args=(n, port, ready, options, waits, failures)) for n in range(options.users)]
        for one in users:
            one.start()
        fifths = []
        for _ in range(5):
            time.sleep(options.seconds / 5)
            fifths.append(f"{resident_mb(server.pid):.0f}")
        for one in users:
            one.join()
        waits.sort()
        at = lambda share: 1000 * waits[min(int(share * len(waits)), len(waits) - 1)]
        print(f"{options.users} users, a pause of {options.pause} s: {len(waits)} answers, {len(waits) / options.seconds:.0f} a second, {len(failures)} refused {sorted(set(failures))}")
        print(f"wait in ms: p50 {at(0.5):.1f}, p90 {at(0.9):.1f}, p99 {at(0.99):.1f}, most {at(1):.1f}")
        print(f"resident memory in MB: {before:.0f} before, {', '.join(fifths)} after each fifth, {resident_mb(server.pid):.0f} at the end")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
