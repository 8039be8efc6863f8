"""Records read like objects and become tables."""

from __future__ import annotations

import json
from typing import Any

import minewheel
import pytest

ID3, GOLF = "vw-id3-58", "vw-golf-15tsi"


@pytest.fixture(scope="module")
def pair() -> minewheel.Records[Any]:
    return minewheel.assess([ID3, GOLF], country="DE", samples=8)


def an_interval_holds_its_best_estimate_and_percentiles(pair: Any) -> None:
    production = pair[0].climate.production
    assert production == pair[0].climate.production_kg
    assert production.p5 < production.p50 < production.p95
    assert production.value == json.loads(pair.to_json())[0]["climate"]["production_kg"]["value"]


def a_field_that_json_leaves_out_is_none(pair: Any) -> None:
    assert pair[0].difference_to_first is None
    assert pair[1].difference_to_first.total_g_per_km.value > 0


def a_misspelt_field_is_an_error(pair: Any) -> None:
    with pytest.raises(AttributeError):
        pair[0].climate.producton_kg


def a_dict_of_a_record_is_a_copy(pair: Any) -> None:
    pair[0].to_dict()["climate"]["production_kg"]["value"] = 0.0
    assert pair[0].climate.production_kg.value > 0


def records_are_equal_if_their_json_is(pair: Any) -> None:
    again = minewheel.assess([ID3, GOLF], country="DE", samples=8)
    assert again == pair
    assert again[0] != pair[1]


def a_table_has_a_row_a_car_and_a_column_a_figure(pair: Any) -> None:
    columns = pair.to_columns()
    assert columns["car"] == [ID3, GOLF]
    assert columns["climate.use_kg.value"] == [car.climate.use_kg.value for car in pair]
    assert columns["battery_climate_kg_per_kwh.value"][1] is None
    assert {len(column) for column in columns.values()} == {2}


def a_list_of_records_is_a_table_of_its_own(pair: Any) -> None:
    columns = pair[0].climate_by_stage.to_columns()
    assert list(columns) == ["stage", "part", "country", "kg"]
    total = sum(columns["kg"])
    climate = pair[0].climate
    whole = climate.production_kg.value + climate.use_kg.value + climate.end_of_life_kg.value
    assert total == pytest.approx(whole, rel=1e-9)


def without_places_a_part_is_one_row() -> None:
    (told,), (untold,) = (minewheel.assess(ID3, samples=0, places=places) for places in (True, False))
    parts: dict[tuple[str, str], float] = {}
    for row in told.climate_by_stage:
        parts[row.stage, row.part] = parts.get((row.stage, row.part), 0.0) + row.kg
    assert {(row.stage, row.part) for row in untold.climate_by_stage} == parts.keys()
    assert all(row.country is None and row.kg == pytest.approx(parts[row.stage, row.part], rel=1e-9) for row in untold.climate_by_stage)
    assert untold.climate == told.climate


def a_table_becomes_that_of_pandas(pair: Any) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pair.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.loc[frame.car == ID3, "climate.total_g_per_km.p95"].item() == pair[0].climate.total_g_per_km.p95
    assert len(pair[0].to_pandas()) == 1


def a_table_becomes_that_of_polars(pair: Any) -> None:
    polars = pytest.importorskip("polars")
    frame = pair[0].cost.blocks.to_polars()
    assert isinstance(frame, polars.DataFrame)
    assert frame.height == len(pair[0].cost.blocks)


def a_table_goes_to_any_arrow_library(pair: Any) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.RecordBatchReader.from_stream(pair).read_all()
    assert table == pair.to_arrow()
    assert table.column("car").to_pylist() == [ID3, GOLF]


def a_car_of_a_mapping_is_the_car_of_its_toml() -> None:
    design = {"car": {"id": "mine", "powertrain": "bev", "class": "compact"}, "battery": {"chemistry": "lfp", "gross_energy_kwh": 50}}
    text = '[car]\nid = "mine"\npowertrain = "bev"\nclass = "compact"\n[battery]\nchemistry = "lfp"\ngross_energy_kwh = 50\n'
    of_mapping, of_text = minewheel.Car.from_dict(design), minewheel.Car.from_toml(text)
    assert (of_mapping.id, of_mapping.chemistry, of_mapping.gross_energy_kwh) == ("mine", "lfp", 50.0)
    assert minewheel.assess(of_mapping, samples=0).to_json() == minewheel.assess(of_text, samples=0).to_json()


def a_text_finds_cars_by_id_name_and_make() -> None:
    found = [car.id for car in minewheel.cars("id3")]
    assert ID3 in found and GOLF not in found
    assert len(minewheel.cars()) > len(found)


def a_folder_of_tables_is_laid_over_those_of_the_package(tmp_path: Any, root: Any) -> None:
    (tmp_path / "cars").mkdir()
    text = (root / "data/cars/cars.csv").read_text("utf-8")
    (tmp_path / "cars/cars.csv").write_text(text.replace(f"{ID3},", "mine,"), "utf-8")
    own = minewheel.Tables(tmp_path)
    assert own.fingerprint != minewheel.Tables().fingerprint
    assert minewheel.Car.from_catalogue("mine", tables=own).gross_energy_kwh == minewheel.Car.from_catalogue(ID3).gross_energy_kwh
    with pytest.raises(minewheel.MinewheelError, match=ID3):
        minewheel.Car.from_catalogue(ID3, tables=own)
