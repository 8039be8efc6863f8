"""The package and the command give the same text, bit for bit, and refuse the same things with the same codes."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import minewheel
import pytest

ID3, GOLF = "vw-id3-58", "vw-golf-15tsi"
CHAIN = "examples/12_green_chain/chain"
STUDY = "examples/10_disruption/anode-stop.toml"

QUESTIONS: dict[str, tuple[Callable[[], Any], str]] = {
    "assess": (
        lambda: minewheel.assess([ID3, GOLF], country="CN", samples=16),
        f"assess {ID3} {GOLF} --country CN --samples 16",
    ),
    "assess with every option": (
        lambda: minewheel.assess(
            ID3,
            country="CN-YN",
            year=2030,
            cycle="cltc-p",
            km=150_000,
            use="real-world",
            grid="pathway",
            preset="cff",
            method="ar6-gwp20",
            samples=8,
            seed=7,
            resample="car",
        ),
        f"assess {ID3} --country CN-YN --year 2030 --cycle cltc-p --km 150000 --use real-world --grid pathway --preset cff "
        "--method ar6-gwp20 --samples 8 --seed 7 --resample car",
    ),
    "assess a car file": (
        lambda: minewheel.assess("examples/cars/custom-dual-motor.toml", samples=0),
        "assess examples/cars/custom-dual-motor.toml --no-interval",
    ),
    "explain climate": (lambda: minewheel.explain(ID3, depth=3, country="DE"), f"explain {ID3} --depth 3 --country DE"),
    "explain a stage": (
        lambda: minewheel.explain(ID3, stage="battery-materials", cut_percent=5),
        f"explain {ID3} --stage battery-materials --cut 5",
    ),
    "explain energy": (lambda: minewheel.explain(ID3, "energy"), f"explain {ID3} --of energy"),
    "explain cost": (lambda: minewheel.explain(ID3, "cost"), f"explain {ID3} --of cost"),
    "explain lithium": (lambda: minewheel.explain(ID3, "lithium"), f"explain {ID3} --of lithium"),
    "drive": (
        lambda: minewheel.drive([ID3, GOLF], ["auto", "nedc"], ambient_c=-7),
        f"drive {ID3} {GOLF} --cycle auto --cycle nedc --ambient-c=-7",
    ),
    "drive with slopes": (
        lambda: minewheel.drive(ID3, "wltc3b", headwind_m_s=5, payload_kg=200, soc=0.5, use="real-world", sensitivity=True),
        f"drive {ID3} --cycle wltc3b --headwind-m-s 5 --payload-kg 200 --soc 0.5 --use real-world --sensitivity",
    ),
    "range": (lambda: minewheel.range_([ID3], label_factor=0.72), f"range {ID3} --label-factor 0.72"),
    "battery of a car": (lambda: minewheel.battery(ID3, samples=8), f"battery {ID3} --samples 8"),
    "battery of choices": (
        lambda: minewheel.battery(
            chemistry="nmc811",
            energy_kwh=77,
            cell_format="pouch",
            silicon_share=0.05,
            porosity=0.3,
            foil_um=(6, 12),
            pack="ctp",
            made_in="KR",
            stages={"cathode": "KR"},
            routes={"lithium": "atacama", "graphite": "natural"},
            recycled_content={"cobalt": 0.16},
            prices_usd_per_t={"lithium-carbonate": 20_000},
            price_factors={"nickel": 2},
            samples=8,
            resample="pack",
        ),
        "battery --chemistry nmc811 --energy-kwh 77 --format-cell pouch --silicon-share 0.05 --porosity 0.3 --cell-foil 6,12 "
        "--pack ctp --made-in KR --stage cathode=KR --route lithium=atacama --route graphite=natural "
        "--recycled-content cobalt=0.16 --price lithium-carbonate=20000 --price-shock nickel*2 --samples 8 --resample pack",
    ),
    "motor": (lambda: minewheel.motor("eesm", power_kw=120, car=ID3), f"motor --topology eesm --power-kw 120 --car {ID3}"),
    "all motors": (lambda: minewheel.motor(None), "motor --compare"),
    "drive unit": (lambda: minewheel.drive_unit("ipm", power_kw=120, cycles="udds"), "drive-unit --topology ipm --power-kw 120 --cycle udds"),
    "charge": (lambda: minewheel.charge(ID3, station_kw=100, prepared=True), f"charge {ID3} --station-kw 100 --prepared"),
    "charge at a wall": (lambda: minewheel.charge(ID3, ac_kw=11, to_percent=100), f"charge {ID3} --ac-kw 11 --to 100"),
    "trip": (lambda: minewheel.trip(ID3, 600, speed_kmh=110, ambient_c=0), f"trip {ID3} --km 600 --speed-kmh 110 --ambient-c 0"),
    "performance": (lambda: minewheel.performance(ID3), f"performance {ID3}"),
    "life of a cell": (lambda: minewheel.age_cell("nca-gr-panasonic3ah-battery", soc=0.5), "age --cell nca-gr-panasonic3ah-battery --soc 0.5"),
    "life of a pack": (lambda: minewheel.age(ID3, km_per_year=15_000), f"age --car {ID3} --km-per-year 15000"),
    "body": (lambda: minewheel.body(ID3, door_ring="five-piece"), f"body {ID3} --door-ring five-piece"),
    "plant": (lambda: minewheel.plant("DE", measures=["on-site-solar"]), "plant --country DE --measures on-site-solar"),
    "recycle": (lambda: minewheel.recycle(ID3, samples=8), f"recycle {ID3} --compare --samples 8"),
    "recycle by a route": (lambda: minewheel.recycle(ID3, route="pyro", samples=0), f"recycle {ID3} --route pyro --no-interval"),
    "passport": (lambda: minewheel.passport(ID3), f"passport {ID3}"),
    "charging": (
        lambda: minewheel.charging(ID3, cars=50, strategy="valley", country="DE"),
        f"charging {ID3} --cars 50 --strategy valley --country DE",
    ),
    "sourcing": (
        lambda: minewheel.sourcing(ID3, ban="CN", tier=["cell", "refined"], part="battery"),
        f"supply {ID3} --ban CN --tier cell --tier refined --part battery",
    ),
    "suppliers' sum": (lambda: minewheel.suppliers.rollup(CHAIN), f"suppliers rollup {CHAIN}"),
    "suppliers' plan": (lambda: minewheel.suppliers.plan(CHAIN, without="s001"), f"suppliers plan {CHAIN} --without s001"),
    "suppliers asked": (lambda: minewheel.suppliers.request(CHAIN), f"suppliers request {CHAIN}"),
    "suppliers' state": (lambda: minewheel.suppliers.status(CHAIN), f"suppliers status {CHAIN}"),
    "suppliers made up": (lambda: minewheel.suppliers.synthesise(ID3, count=20), f"suppliers synthesise {ID3} --count 20"),
    "fleet survival": (minewheel.fleet.survival, "fleet survival"),
    "fleet adoption": (lambda: minewheel.fleet.adoption("DE"), "fleet adoption DE"),
    "rule sets": (minewheel.rules.list, "rules list"),
    "clauses": (lambda: minewheel.rules.clauses("miit-battery-2024"), "rules list miit-battery-2024"),
    "editions": (lambda: minewheel.rules.diff("miit-battery-2021", "miit-battery-2024"), "rules diff miit-battery-2021 miit-battery-2024"),
    "supply of a car": (lambda: minewheel.supply(ID3, buyer="DE"), f"supply {ID3} --for DE"),
    "supply of a material": (lambda: minewheel.supply("graphite"), "supply graphite"),
    "disrupt": (lambda: minewheel.disrupt(STUDY, members=4, seed=3), f"disrupt {STUDY} --members 4 --seed 3"),
    "market": (
        lambda: minewheel.market("CN", "2022", "2023-06", by="half", holders=True),
        "market CN --from 2022 --to 2023-06 --by half --holders",
    ),
    "fleet": (lambda: minewheel.fleet.run("examples/11_fleet/germany.toml"), "fleet run examples/11_fleet/germany.toml"),
    "tco": (
        lambda: minewheel.tco(ID3, GOLF, countries=["DE", "CN"], first_year=2024, last_year=2026),
        f"tco {ID3} {GOLF} --countries DE,CN --from 2024 --to 2026",
    ),
    "parity by segment": (lambda: minewheel.tco(countries=["CN"]), "tco --countries CN"),
    "fleet adoption by policy": (
        lambda: minewheel.fleet.adoption("DE", drivers="policy"),
        "fleet adoption DE --drivers policy",
    ),
    "fleet of places": (lambda: minewheel.fleet.run("examples/11_fleet/regions.toml"), "fleet run examples/11_fleet/regions.toml"),
    "credit of a car": (
        lambda: minewheel.credits.car(ID3, year=2024, range_km=450, cycle="cltc"),
        f"credits car {ID3} --year 2024 --range 450 --cycle cltc",
    ),
    "ledger": (lambda: minewheel.credits.ledger(year=2021), "credits ledger --year 2021"),
    "credit market": (
        lambda: minewheel.credits.market(foresight="none", affiliates="all"),
        "credits market --foresight none --affiliates all",
    ),
    "rules for a car": (lambda: minewheel.rules.check("eu-battery", ID3), f"rules check eu-battery {ID3}"),
    "rules for a company": (
        lambda: minewheel.rules.check("miit-battery-2024", "examples/08_battery_rules/company.toml"),
        "rules check miit-battery-2024 examples/08_battery_rules/company.toml",
    ),
    "cases": (minewheel.cases.list, "case list"),
    "a case": (lambda: minewheel.cases.run("china-every-step"), "case run china-every-step"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def an_answer_is_the_text_of_the_command(name: str, command: Any, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    ask, arguments = QUESTIONS[name]
    printed = command(*arguments.split(), "--format", "json")
    # 1 is a finding about good input, such as a rule that is not met.
    assert printed.returncode in (0, 1), printed.stderr
    answer = ask()
    assert answer.to_json() == printed.stdout


def a_chain_given_as_texts_is_that_of_the_folder() -> None:
    made = minewheel.suppliers.synthesise(ID3, count=20)
    assert made.suppliers == 20
    assert minewheel.suppliers.read(made.files).suppliers == 20


def gridpackage(path: Path) -> Path:
    """An openLCA package: electricity that emits 0.25 kg of carbon dioxide a kWh."""
    energy, mass = {"@id": "energy"}, {"@id": "mass"}
    kwh, kg = {"@id": "kwh"}, {"@id": "kg"}

    def unit(group: str, name: str) -> dict[str, Any]:
        return {"@id": group, "name": group, "units": [{"@id": name.lower(), "name": name, "conversionFactor": 1, "isRefUnit": True}]}

    def flow(name: str, kind: str, of: dict[str, str]) -> dict[str, Any]:
        factor = {"flowProperty": of, "conversionFactor": 1, "isRefFlowProperty": True}
        return {"@id": name, "name": name, "flowType": kind, "flowProperties": [factor]}

    made = {"flow": {"@id": "power"}, "flowProperty": energy, "unit": kwh, "amount": 1, "isInput": False, "isQuantitativeReference": True}
    emitted = {"flow": {"@id": "co2"}, "flowProperty": mass, "unit": kg, "amount": 0.25, "isInput": False}
    factors = [{"flow": {"@id": "co2"}, "flowProperty": mass, "unit": kg, "value": 1}]
    files: dict[str, dict[str, Any]] = {
        "olca-schema.json": {"version": 2},
        "unit_groups/energy-units.json": unit("energy-units", "kWh"),
        "unit_groups/mass-units.json": unit("mass-units", "kg"),
        "flow_properties/energy.json": {"@id": "energy", "name": "Energy", "unitGroup": {"@id": "energy-units"}},
        "flow_properties/mass.json": {"@id": "mass", "name": "Mass", "unitGroup": {"@id": "mass-units"}},
        "flows/power.json": flow("power", "PRODUCT_FLOW", energy),
        "flows/co2.json": flow("co2", "ELEMENTARY_FLOW", mass),
        "processes/grid.json": {"@id": "grid", "name": "grid", "processType": "UNIT_PROCESS", "exchanges": [made, emitted]},
        "lcia_categories/climate.json": {"@id": "climate", "name": "climate", "refUnit": "kg CO2e", "impactFactors": factors},
        "lcia_methods/ours.json": {"@id": "ours", "name": "Ours", "impactCategories": [{"@id": "climate"}]},
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, record in files.items():
            archive.writestr(name, json.dumps(record))
    return path


def a_car_stands_on_a_database_of_the_users_own(tmp_path: Path, command: Any) -> None:
    database, mapping = tmp_path / "my.mwdb", tmp_path / "map.csv"
    imported = command("lca", "import", str(gridpackage(tmp_path / "package.zip")), "--into", str(database))
    assert imported.returncode == 0, imported.stderr
    mapping.write_text(
        "kind,ours,place,theirs,factor,status,note\ncategory,climate,,Ours: climate,,,\nproduct,electricity-low-voltage,,grid,,read,\n", "utf-8"
    )
    behind = ["--background", str(database), "--background-mapping", str(mapping)]
    printed = command("assess", ID3, "--no-interval", *behind, "--format", "json")
    assert printed.returncode == 0, printed.stderr
    plain = minewheel.assess(ID3, samples=0)
    mapped = minewheel.assess(ID3, samples=0, background=database, background_mapping=mapping)
    assert mapped.to_json() == printed.stdout
    assert mapped[0].climate.use_kg.value < 0.6 * plain[0].climate.use_kg.value
    # What is kept of one question is not taken for another.
    assert minewheel.assess(ID3, samples=0).to_json() == plain.to_json()


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a car that is unknown": (lambda: minewheel.assess("vw-id33-58"), "assess vw-id33-58"),
    "a place that is unknown": (lambda: minewheel.assess(ID3, country="XX"), f"assess {ID3} --country XX"),
    "a year without data": (lambda: minewheel.assess(ID3, year=1850), f"assess {ID3} --year 1850"),
    "a method that is unknown": (lambda: minewheel.assess(ID3, method="ar9"), f"assess {ID3} --method ar9"),
    "a life that no car drives": (lambda: minewheel.assess(ID3, km=1), f"assess {ID3} --km 1"),
    "a cycle that is unknown": (lambda: minewheel.drive(ID3, "wltc9"), f"drive {ID3} --cycle wltc9"),
    "a heat that no model knows": (lambda: minewheel.drive(ID3, ambient_c=90), f"drive {ID3} --ambient-c 90"),
    "a figure that the car lacks": (lambda: minewheel.explain(ID3, "unobtainium"), f"explain {ID3} --of unobtainium"),
    "a chemistry that is unknown": (lambda: minewheel.battery(chemistry="nmc999"), "battery --chemistry nmc999"),
    "a route that is unknown": (
        lambda: minewheel.battery(chemistry="nmc811", routes={"nickel": "moon"}),
        "battery --chemistry nmc811 --route nickel=moon",
    ),
    "a petrol car's credit": (lambda: minewheel.credits.car(GOLF), f"credits car {GOLF}"),
    "a rule set that is unknown": (lambda: minewheel.rules.check("eu-batteries", ID3), f"rules check eu-batteries {ID3}"),
    "a case that is unknown": (lambda: minewheel.cases.run("flat-earth"), "case run flat-earth"),
    "a series of the moon": (lambda: minewheel.market("DE-XX", 2022, 2023), "market DE-XX --from 2022 --to 2023"),
}


@pytest.mark.parametrize("name", REFUSED)
def a_refusal_has_the_code_of_the_command(name: str, command: Any) -> None:
    ask, arguments = REFUSED[name]
    printed = command(*arguments.split())
    with pytest.raises(minewheel.MinewheelError) as refused:
        ask()
    assert printed.stderr.startswith(f"error[{refused.value.code}]: "), printed.stderr
    assert str(refused.value)


def a_faulty_car_file_is_refused_with_every_line(tmp_path: Path, command: Any) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text('[car]\nid = "x"\npowertrain = "bev"\nkerb_mass_kg = "heavy"\n[battery]\nchemistry = "nmc999"\n', "utf-8")
    printed = command("assess", os.fspath(path))
    with pytest.raises(minewheel.MinewheelError) as refused:
        minewheel.Car.from_toml(path)
    assert printed.stderr.startswith(f"error[{refused.value.code}]: {refused.value}")
