#!/usr/bin/env python3
"""An exchange host before WBCSD's public conformance service, in full mode with callbacks, version 3.0.

    git clone https://github.com/wbcsd/pact-conformance-service service && (cd service && npm ci)
    python3 benches/pact-conformance.py --bin target/release/minewheel --service service [--write]

Makes a certificate for this machine, a store with footprints, a grant and a client for the service, and an empty PostgreSQL cluster for
the service's own data; starts the host over TLS and the service, asks it for a run, and reads the result when every test has one. Everything lies
in a folder of its own that goes away. Prints one JSON object; `--write` replaces `docs/reference/pact-conformance.md` instead. Exit
code 1 if a test did not pass. The service (MIT) is run as an outside process; nothing of it is kept here. Needs Node, openssl and PostgreSQL.
"""

import argparse
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

FOOTPRINTS = 5
# What the service logs in with when it is called back; its documentation names them.
CALLBACK = ("test_client_id", "test_client_secret")
PATIENCE = 90
TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "pact-conformance.md"


def footprint(n):
    return {
        "id": f"00000000-0000-4000-8000-{n:012x}", "specVersion": "3.0.0", "created": "2025-01-15T10:00:00Z", "status": "Active",
        "companyName": "Cathode Works", "companyIds": ["urn:pact:example.com:company:cathode-works"],
        "productDescription": "lithium iron phosphate", "productIds": [f"urn:pact:example.com:product:{n}"],
        "productClassifications": ["urn:pact:productclassification:un-cpc:34231"], "productNameCompany": "LFP-1",
        "validityPeriodStart": "2025-01-01T00:00:00Z", "validityPeriodEnd": "2027-12-31T00:00:00Z",
        "pcf": {
            "declaredUnitOfMeasurement": "kilogram", "declaredUnitAmount": "1.0", "productMassPerDeclaredUnit": "1.0",
            "referencePeriodStart": "2024-01-01T00:00:00Z", "referencePeriodEnd": "2025-01-01T00:00:00Z", "geographyCountry": "CN",
            "pcfExcludingBiogenicUptake": "7.31", "pcfIncludingBiogenicUptake": "7.31", "fossilGhgEmissions": "7.30",
            "fossilCarbonContent": "0.0", "ipccCharacterizationFactors": ["AR6"], "crossSectoralStandards": ["ISO14067"],
            "exemptedEmissionsPercent": "0.0", "primaryDataShare": "62.5",
        },
    }


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def run(*words, **more):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True, **more).stdout


def ask(url, body=None):
    request = urllib.request.Request(url, data=body and json.dumps(body).encode(), headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def wait(what, is_so):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = is_so()
        if found:
            return found
        time.sleep(0.5)
    sys.exit(f"waited {PATIENCE} s in vain until {what}")


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


class Cluster:
    """An empty PostgreSQL cluster; as another user where this one may not run it."""

    def __init__(self, folder):
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        found = shutil.which("pg_ctl")
        self.bin = Path(found).resolve().parent if found else (programs or sys.exit("PostgreSQL is not installed"))[-1]
        self.folder, self.port = folder / "postgres", free_port()
        self.folder.mkdir()
        self.user = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.user = {"user": owner.pw_uid, "group": owner.pw_gid}
        folder.chmod(0o755)
        run(self.bin / "initdb", "-D", self.folder / "data", "-U", "service", "--auth=trust", cwd=self.folder, **self.user)
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        words = [self.bin / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", options, "start"]
        subprocess.run([str(w) for w in words], check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.user)
        self.address = f"postgres://service@127.0.0.1:{self.port}/postgres"

    def stop(self):
        run(self.bin / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop", cwd=self.folder, **self.user)


def host(binary, folder, service_url):
    """A host with a tenant for the service; its process, address and the service's credentials."""
    order = lambda *words: run(binary, "exchange", *words, cwd=folder)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "certificate.pem", cwd=folder)
    (folder / "pcf.json").write_text(json.dumps([footprint(n) for n in range(1, FOOTPRINTS + 1)]))
    (folder / "callback.secret").write_text(CALLBACK[1])
    order("tenant", "add", "works", "Cathode Works")
    order("tenant", "add", "service", "Conformance service")
    order("import", "pcf.json", "--tenant", "works")
    order("grant", "works", "service")
    credentials = json.loads(order("token", "issue", "service", "--format", "json"))
    order("peer", "service", "--url", service_url, "--client-id", CALLBACK[0], "--secret-file", "callback.secret")
    port = free_port()
    words = [binary, "exchange", "serve", "--listen", f"127.0.0.1:{port}", "--tls-cert", "certificate.pem", "--tls-key", "key.pem", "--rate", "0"]
    log = (folder / "host.log").open("w")
    process = subprocess.Popen([str(w) for w in words], cwd=folder, stdout=log, stderr=log)
    return process, f"https://localhost:{port}", credentials


def start_service(source, folder, port, database):
    """The service, with the host's certificate among those that it trusts."""
    environment = os.environ | {
        "NODE_ENV": "development", "PORT": str(port), "DB_CONNECTION_STRING": database, "CONFORMANCE_API": f"http://localhost:{port}",
        "LOG_OUTPUT": "console", "JWT_SECRET": "of-one-run-alone", "NODE_EXTRA_CA_CERTS": str(folder / "certificate.pem"),
    }
    run("npm", "run", "db:migrate", cwd=source, env=environment)
    log = (folder / "service.log").open("w")
    words = ["node", "-r", "ts-node/register/transpile-only", "src/server.ts"]
    return subprocess.Popen(words, cwd=source, env=environment, stdout=log, stderr=log)


def conformance(binary, source):
    with tempfile.TemporaryDirectory() as name:
        folder, running = Path(name), []
        cluster = Cluster(folder)
        try:
            port = free_port()
            service_url = f"http://localhost:{port}"
            process, url, credentials = host(binary, folder, service_url)
            running.append(process)
            running.append(start_service(source, folder, port, cluster.address))
            wait("the service answers", lambda: answers(service_url))
            question = {
                "version": "V3.0", "baseUrl": url, "apiUrl": url, "clientId": credentials["client_id"], "clientSecret": credentials["client_secret"],
                "organizationName": "Minewheel", "companyName": "Minewheel", "companyIdentifier": "none", "adminEmail": "none@example.com", "adminName": "none",
            }
            made = ask(f"{service_url}/testruns/", question)

            def result():
                found = ask(f"{service_url}/testruns/{made['testRunId']}")
                return found if found["results"] and all(r["status"] != "PENDING" for r in found["results"]) else None

            found = wait("every test has a result", result)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=30)
            cluster.stop()
    tests = [{"name": r["name"], "mandatory": bool(r.get("mandatory")), "passed": r["status"] == "SUCCESS"} for r in found["results"]]
    state = "unknown"
    if (source / ".git").exists():
        state = run("git", "log", "-1", "--format=%h of %cs", cwd=source).strip()
    return {
        "service": state, "version": found["techSpecVersion"], "status": found["status"], "tests": len(tests),
        "passed": sum(t["passed"] for t in tests), "mandatory": sum(t["mandatory"] for t in tests), "results": tests,
    }


def page(found, state):
    rows = "\n".join(f"| {t['name'].removeprefix('Test Case ')} | {'yes' if t['mandatory'] else '–'} | {'yes' if t['passed'] else 'NO'} |" for t in found["results"])
    return f"""# A host before WBCSD's conformance service

Written by `benches/pact-conformance.py`; its head says what is done. The service is `wbcsd/pact-conformance-service`, state {state}, in its
full mode with callbacks; the host keeps its store in SQLite and speaks TLS. Version {found['version']}: {found['passed']} of {found['tests']} tests passed, {found['mandatory']} of them
mandatory; the service says {found['status']}.

| test | mandatory | passed |
|---|---|---|
{rows}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=lambda p: Path(p).resolve())
    parser.add_argument("--service", required=True, type=lambda p: Path(p).resolve())
    parser.add_argument("--state", help="the state of the service, where its folder is no clone")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found = conformance(given.bin, given.service)
    if given.write:
        TARGET.write_text(page(found, given.state or found["service"]))
    else:
        print(json.dumps(found, indent=1))
    sys.exit(0 if found["passed"] == found["tests"] else 1)


if __name__ == "__main__":
    main()
