#!/usr/bin/env python3
"""How fast an exchange host lists and gets at a steady rate, how much memory it takes to page through everything, and what it loses when it is killed.

    python3 benches/exchange-load.py --bin target/release/minewheel [--footprints 100000] [--rate 1000] [--seconds 20] [--kills 10] [--write]

Fills a SQLite store in a folder of its own, starts a host on a free port, sends requests at the given rate over kept
connections whether or not earlier ones were answered (latency counts from the time at which a request was due), then
pages through all footprints and watches the host's resident memory. Then, on a new store each time, fifty clients write a thousand
footprints one by one, the host is killed (SIGKILL) once some hundreds were acknowledged, and a new host on the same store is asked for each of
these. Prints one JSON object; `--write` replaces `docs/reference/exchange-load.md` instead. Needs nothing but Python.
"""

import argparse
import asyncio
import base64
import gc
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

CONNECTIONS = 32
PAGE = 10
TOGETHER = 10_000
WRITES, WRITERS = 1000, 50
TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "exchange-load.md"


def footprint(n):
    return {
        "id": f"00000000-0000-4000-8000-{n:012x}", "specVersion": "3.0.0", "created": "2025-01-15T10:00:00Z", "status": "Active",
        "companyName": f"Works {n % 220}", "companyIds": [f"urn:pact:example.com:company:{n % 220}"], "productDescription": "part",
        "productIds": [f"urn:pact:example.com:product:{n}"], "productNameCompany": f"P{n}",
        "productClassifications": [f"urn:pact:productclassification:un-cpc:{n % 97}"],
        "pcf": {
            "declaredUnitOfMeasurement": "kilogram", "declaredUnitAmount": "1", "productMassPerDeclaredUnit": "1",
            "referencePeriodStart": "2024-01-01T00:00:00Z", "referencePeriodEnd": "2025-01-01T00:00:00Z",
            "geographyCountry": ["CN", "DE", "FR", "US"][n % 4], "pcfExcludingBiogenicUptake": f"{n % 50}.25",
            "pcfIncludingBiogenicUptake": f"{n % 50}.25", "fossilGhgEmissions": f"{n % 50}.25", "fossilCarbonContent": "0",
            "ipccCharacterizationFactors": ["AR6"], "crossSectoralStandards": ["ISO14067"], "exemptedEmissionsPercent": "0",
            "primaryDataShare": "40",
        },
    }


def order(binary, folder, *words):
    run = subprocess.run([binary, "exchange", *words, "--format", "json"], cwd=folder, check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def fill(binary, folder, count):
    order(binary, folder, "tenant", "add", "works", "Works")
    order(binary, folder, "tenant", "add", "maker", "Maker")
    for start in range(0, count, TOGETHER):
        with open(os.path.join(folder, "part.json"), "w") as file:
            json.dump([footprint(n) for n in range(start, min(count, start + TOGETHER))], file)
        order(binary, folder, "import", "part.json", "--tenant", "works")
    order(binary, folder, "grant", "works", "maker")
    made = order(binary, folder, "token", "issue", "maker")
    return made["client_id"], made["client_secret"]


def start(binary, folder):
    words = [binary, "exchange", "serve", "--listen", "127.0.0.1:0", "--rate", "0", "--log", "json"]
    log = open(os.path.join(folder, "log"), "w")
    host = subprocess.Popen(words, cwd=folder, stderr=log)
    while True:
        with open(os.path.join(folder, "log")) as lines:
            found = re.search(r'"url":"(http://[^"]+)"', lines.read())
        if found:
            return host, found.group(1)
        time.sleep(0.05)


def token(url, client, secret):
    header = base64.b64encode(f"{client}:{secret}".encode()).decode()
    request = urllib.request.Request(f"{url}/auth/token", b"grant_type=client_credentials", {"Authorization": f"Basic {header}"})
    return json.load(urllib.request.urlopen(request))["access_token"]


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


async def ask(reader, writer, path, head):
    writer.write(f"GET {path} HTTP/1.1\r\n{head}".encode())
    top = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(int(re.search(rb"content-length: (\d+)", top, re.I).group(1)))
    return int(top.split(b" ", 2)[1]), top, body


async def steady(url, head, paths, rate, seconds):
    """Latencies in ms of requests that are due at a steady rate."""
    host, port = url.removeprefix("http://").split(":")
    queue = asyncio.Queue()
    latencies, statuses = [], {}

    async def worker():
        reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 26)
        while (item := await queue.get()) is not None:
            due, path = item
            status, _, _ = await ask(reader, writer, path, head)
            latencies.append(1000 * (time.perf_counter() - due))
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    workers = [asyncio.create_task(worker()) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    for n in range(int(rate * seconds)):
        due = begin + n / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        queue.put_nowait((due, paths()))
    for _ in workers:
        queue.put_nowait(None)
    await asyncio.gather(*workers)
    took = time.perf_counter() - begin
    latencies.sort()
    at = lambda share: round(latencies[min(len(latencies) - 1, int(share * len(latencies)))], 2)
    return {"requests": len(latencies), "per_second": round(len(latencies) / took, 1), "statuses": statuses,
            "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": round(latencies[-1], 2)}


async def page_through(url, head, pid):
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 26)
    path, count, memory, begin = "/3/footprints?limit=500", 0, [], time.perf_counter()
    while path:
        status, top, body = await ask(reader, writer, path, head)
        assert status == 200, body
        count += len(json.loads(body)["data"])
        memory.append(resident_mib(pid))
        link = re.search(rb"link: <http://[^/]+([^>]+)>", top, re.I)
        path = link and link.group(1).decode()
    tenth = max(1, len(memory) // 10)
    return {"footprints": count, "seconds": round(time.perf_counter() - begin, 1), "first_tenth_mib": round(max(memory[:tenth]), 1),
            "last_tenth_mib": round(max(memory[-tenth:]), 1), "most_mib": round(max(memory), 1)}


def kill(binary, after):
    """Footprints acknowledged before a kill, and how many of them a new host on the same store does not give back as they were."""
    with tempfile.TemporaryDirectory() as folder:
        order(binary, folder, "tenant", "add", "works", "Works")
        made = order(binary, folder, "token", "issue", "works")
        host, url = start(binary, folder)
        bearer = token(url, made["client_id"], made["client_secret"])
        acknowledged = []

        def call(path, body=None):
            request = urllib.request.Request(url + path, body, {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"})
            return urllib.request.urlopen(request, timeout=60).read()

        def write(first):
            for n in range(first, WRITES, WRITERS):
                try:
                    call("/minewheel/footprints", json.dumps(footprint(n)).encode())
                except OSError:
                    return
                acknowledged.append(n)

        writers = [threading.Thread(target=write, args=(first,)) for first in range(WRITERS)]
        for writer in writers:
            writer.start()
        while len(acknowledged) < after and any(writer.is_alive() for writer in writers):
            time.sleep(0.0005)
        host.kill()
        for writer in writers:
            writer.join()
        host.wait()
        host, url = start(binary, folder)
        bearer = token(url, made["client_id"], made["client_secret"])
        try:
            lost = 0
            for n in acknowledged:
                try:
                    lost += json.loads(call(f"/3/footprints/{footprint(n)['id']}"))["data"] != footprint(n)
                except urllib.error.HTTPError:
                    lost += 1
            return {"acknowledged": len(acknowledged), "lost": lost}
        finally:
            host.terminate()
            host.wait()


def page(result):
    rows = "\n".join(
        f"| {name} | {r['requests']:,} | {r['per_second']:,.0f} | {r['p50_ms']:.2f} | {r['p99_ms']:.2f} | {r['max_ms']:.1f} | {r['statuses'].get(200, 0):,} |"
        for name, r in ((name, result[name]) for name in ("health", "list", "get", "both"))
    )
    paging, kills = result["paging"], result["kills"]
    return f"""# An exchange host under load, and killed

Written by `benches/exchange-load.py`; its head says what is done. SQLite, {result['footprints']:,} footprints, {result['rate']:,.0f} requests a second wanted, host and
clients on the same {os.cpu_count()} threads; latency counts from the moment a request was due. `health` asks whether the host is alive, which costs it next to
nothing: that row is what the clients themselves take.

| requests | sent | a second | median ms | 99 % within ms | longest ms | answered 200 |
|---|---:|---:|---:|---:|---:|---:|
{rows}

Paging through all {paging['footprints']:,}: {paging['seconds']:.1f} s; resident memory {paging['first_tenth_mib']:.0f} MiB in the first tenth, {paging['last_tenth_mib']:.0f} MiB in the last, {paging['most_mib']:.0f} MiB at most.

Killed {len(kills)} times in the midst of writes by {WRITERS} clients: {sum(k['acknowledged'] for k in kills):,} footprints acknowledged, {sum(k['lost'] for k in kills)} lost.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--footprints", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    binary = os.path.abspath(options.bin)
    with tempfile.TemporaryDirectory() as folder:
        client, secret = fill(binary, folder, options.footprints)
        host, url = start(binary, folder)
        try:
            head = f"Host: {url.removeprefix('http://')}\r\nAuthorization: Bearer {token(url, client, secret)}\r\n\r\n"
            chance = random.Random(1)
            some = lambda: chance.randrange(options.footprints)
            ids = [footprint(n)["id"] for n in range(options.footprints)]
            lists = lambda: f"/3/footprints?limit={PAGE}&x-minewheel-after={some()}"
            gets = lambda: f"/3/footprints/{ids[some()]}"
            both = lambda: lists() if chance.random() < 0.5 else gets()
            result = {"footprints": options.footprints, "rate": options.rate, "start_mib": round(resident_mib(host.pid), 1)}
            # The host's word that it is alive costs it next to nothing: what that takes is the client's own.
            gc.disable()
            for name, paths in [("health", lambda: "/health"), ("list", lists), ("get", gets), ("both", both)]:
                result[name] = asyncio.run(steady(url, head, paths, options.rate, options.seconds))
            gc.enable()
            result["paging"] = asyncio.run(page_through(url, head, host.pid))
        finally:
            host.terminate()
            host.wait()
    result["kills"] = [kill(binary, random.Random(n).randrange(100, 900)) for n in range(options.kills)]
    if options.write:
        TARGET.write_text(page(result))
        print(f"written: {TARGET.name}")
    else:
        print(json.dumps(result, indent=2))
    sys.exit(any(k["lost"] for k in result["kills"]))


if __name__ == "__main__":
    main()
