"""The native half: tables, cars, and questions that answer with JSON."""

from os import PathLike
from typing import TypedDict, final

from numpy import float64, int64
from numpy.typing import NDArray

__version__: str

class MinewheelError(ValueError):
    code: str
    help: str | None

class ScenarioOptions(TypedDict):
    country: str | None
    year: int
    cycle: str
    km: float | None
    use_basis: str
    grid: str
    preset: str
    method: str

class DriveOptions(TypedDict):
    ambient_c: float | None
    tyre_pressure: float | None
    altitude_m: float | None
    headwind_m_s: float | None
    slope: float | None
    payload_kg: float | None
    soc: float | None
    charge_kw: float | None
    use_basis: str

class BatteryOptions(TypedDict):
    chemistry: str | None
    energy_kwh: float | None
    cell_format: str | None
    silicon_share: float | None
    areal_capacity_mah_cm2: float | None
    porosity: float | None
    np_ratio: float | None
    anode_foil_um: float | None
    cathode_foil_um: float | None
    electrolyte_g_ah: float | None
    cathode_capacity_mah_g: float | None
    pack: str | None
    made_in: str | None
    year: int
    stages: list[tuple[str, str]]
    routes: list[tuple[str, str]]
    recycled_content: list[tuple[str, float]]
    prices_usd_per_t: list[tuple[str, float]]
    price_factors: list[tuple[str, float]]
    method: str
    samples: int
    seed: int
    resample: str

@final
class Tables:
    def __new__(cls, folder: str | PathLike[str] | None = None) -> Tables: ...
    @property
    def fingerprint(self) -> str: ...
    def car_ids(self, text: str) -> list[str]: ...
    def chemistries(self) -> list[str]: ...
    def cycles(self) -> list[str]: ...
    def places(self) -> dict[str, str]: ...

@final
class Car:
    @staticmethod
    def from_catalogue(tables: Tables, id: str) -> Car: ...
    @staticmethod
    def from_text(tables: Tables, file: str, text: str) -> Car: ...
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def powertrain(self) -> str: ...
    @property
    def made_in(self) -> str | None: ...
    @property
    def chemistry(self) -> str | None: ...
    @property
    def gross_energy_kwh(self) -> float | None: ...
    @property
    def kerb_mass_kg(self) -> float | None: ...

def schemas() -> list[tuple[str, str]]: ...
def assess(
    tables: Tables, cars: list[Car], scenario: ScenarioOptions, samples: int, seed: int, resample: str
) -> str: ...
def explain(
    tables: Tables, car: Car, of: str, stage: str | None, depth: int, cut_percent: float, scenario: ScenarioOptions
) -> str: ...
def drive(tables: Tables, cars: list[Car], cycles: list[str], options: DriveOptions, sensitivity: bool) -> str: ...
def range_(tables: Tables, cars: list[Car], label_factor: float | None) -> str: ...
def battery(tables: Tables, car: Car | None, options: BatteryOptions) -> str: ...

class MotorOptions(TypedDict):
    topologies: list[str]
    power_kw: float
    torque_nm: float | None
    top_speed_rpm: float
    voltage_v: float
    cooling: str
    inverter: str
    magnet: str | None
    steel: str
    made_in: str
    country: str
    year: int
    method: str
    cycle: str

class MarketOptions(TypedDict):
    place: str
    first: str
    last: str
    by: str | None
    indicators: list[str]
    holders: bool
    own: tuple[str, str] | None

class CreditOptions(TypedDict):
    kerb_mass_kg: float | None
    range_km: float | None
    consumption_kwh_per_100km: float | None
    density_wh_per_kg: float | None
    meets_conditions: bool | None
    cycle: str | None

class StudyOptions(TypedDict):
    file: str | None
    text: str | None
    models: tuple[str, str] | None
    system: str
    affiliates: str

def motor(tables: Tables, car: Car | None, options: MotorOptions) -> str: ...
def is_material(tables: Tables, name: str) -> bool: ...
def supply(
    tables: Tables,
    material: str | None,
    car: Car | None,
    buyer: str | None,
    on: str,
    year: int,
    trade: tuple[str, str] | None,
) -> str: ...
def disrupt_cars(file: str, text: str) -> list[str]: ...
def disrupt(tables: Tables, file: str, text: str, cars: dict[str, Car], members: int | None, seed: int | None) -> str: ...
def market(tables: Tables, options: MarketOptions) -> str: ...
def fleet_run(tables: Tables, file: str, text: str) -> str: ...
def tco(tables: Tables, battery: Car, fuel: Car, countries: list[str], first_year: int, last_year: int) -> str: ...
def case_list(tables: Tables) -> str: ...
def case_run(tables: Tables, id: str) -> str: ...
def is_car_file(text: str) -> bool: ...
def rules_check(tables: Tables, set: str, of: str, car: Car | None, text: str | None, date: str | None) -> str: ...
def credit_of_car(tables: Tables, car: Car, year: int, options: CreditOptions) -> str: ...
def credit_models(file: str, text: str) -> str | None: ...
def credit_ledger(tables: Tables, options: StudyOptions, year: int | None) -> tuple[bool, str]: ...
def credit_market(tables: Tables, options: StudyOptions, foresight: str | None, cournot: list[str] | None) -> str: ...

Triplets = tuple[NDArray[int64], NDArray[int64], NDArray[float64]]

@final
class Network:
    def __new__(cls, technosphere: Triplets, biosphere: Triplets) -> Network: ...
    def activities(self) -> bytes: ...
    def products(self) -> bytes: ...
    def flows(self) -> bytes: ...
    def scores(self, flows: NDArray[int64], factors: NDArray[float64]) -> tuple[bytes, float]: ...
    def supply(self, products: NDArray[int64], amounts: NDArray[float64]) -> tuple[bytes, float]: ...

@final
class Database:
    def __new__(cls, path: str | PathLike[str]) -> Database: ...
    @property
    def name(self) -> str: ...
    @property
    def methods(self) -> list[str]: ...
    @property
    def left_out(self) -> list[str]: ...
    def network(self) -> Network: ...
    def factors(self, method: str | None) -> tuple[bytes, bytes]: ...
    def solve(
        self, products: NDArray[int64], amounts: NDArray[float64], method: str | None, samples: int, seed: int
    ) -> tuple[str, float, float, bytes]: ...
