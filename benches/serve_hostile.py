#!/usr/bin/env python3
"""Hostile questions to `minewheel serve`: schemathesis on its own OpenAPI document, which must never get an answer of 500 or more.

    python3 -m venv peer && peer/bin/pip install schemathesis
    peer/bin/python benches/serve_hostile.py target/release/minewheel [--seconds 300] [--workers 2] [--path /api/1/drive]

Answers are left out of the document that schemathesis reads: they are most of it, and it would take them apart for minutes before the first
question. Exit code 1: a question was answered with a fault of the server.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PORT = 8397


def asked_only(document):
    """The document with what questions need, and nothing of answers."""
    schemas, needed = document["components"]["schemas"], set()

    def follow(part):
        if isinstance(part, dict):
            name = part.get("$ref", "").removeprefix("#/components/schemas/")
            if name in schemas and name not in needed:
                needed.add(name)
                follow(schemas[name])
            part = list(part.values())
        if isinstance(part, list):
            for one in part:
                follow(one)

    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"] = {code: {"description": ""} for code in operation["responses"]}
            follow([operation.get("requestBody"), operation.get("parameters")])
    document["components"]["schemas"] = {name: schemas[name] for name in needed}
    return document


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--path", action="append", default=[])
    given = parser.parse_args()
    server = subprocess.Popen([given.binary, "serve", "--port", str(PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(100):
            try:
                document = json.load(urllib.request.urlopen(f"{url}/api/1/openapi.json"))
                break
            except OSError:
                time.sleep(0.1)
        with tempfile.TemporaryDirectory() as folder:
            spec = Path(folder) / "asked.json"
            spec.write_text(json.dumps(asked_only(document)))
            tool = Path(sys.executable).with_name("schemathesis")
            limits = ["--phases", "fuzzing", "--checks", "not_a_server_error", "--max-time", str(given.seconds), "--workers", str(given.workers)]
            paths = [word for path in given.path for word in ("--include-path", path)]
            found = subprocess.run([tool, "run", spec, "--url", url, *limits, "--request-timeout", "60", "--no-color", *paths], cwd=folder, check=False)
        # Still there, and still answering.
        json.load(urllib.request.urlopen(f"{url}/api/1/info"))
    finally:
        server.terminate()
    sys.exit(found.returncode)


if __name__ == "__main__":
    main()
