"""Results of `assess`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Literal

from ..records import Record, Records

class Assessment(Record):
    """Everything said about one car."""

    car: str
    """Its id."""

    name: str
    """Its name."""

    country: str
    """Where it drives."""

    year: int
    """The year of its making."""

    preset: str
    """Allocation preset."""

    kerb_mass_kg: float
    """Kerb mass."""

    consumption_kwh_per_100km: float | None
    """Energy at the wall."""

    range_km: float | None
    """Electric range."""

    fuel_l_per_100km: float | None
    """Fuel."""

    electric_share: float
    """Electric share of the distance."""

    lifetime_km: float
    """Distance over life."""

    climate: Climate
    """Climate."""

    climate_by_stage: Records[StageLine]
    """Climate by stage, part and place."""

    battery_climate_kg_per_kwh: Interval | None
    """Battery, per kilowatt-hour."""

    materials_kg: dict[str, Interval]
    """Materials in the car."""

    impacts: dict[str, Impact]
    """Other categories."""

    cost: CostResult
    """Cost."""

    origin: dict[str, dict[str, float]]
    """Country shares by material and tier."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """Weakest status the climate total rests on."""

    share_by_status: dict[str, float]
    """Share of the climate total by weakest status of its chain."""

    evidence_by_status: dict[str, float]
    """Share of the sensitivity of the climate total to all rows, by their status."""

    coverage: dict[str, float]
    """Share of the climate total by family covered."""

    drivers: Records[Driver] | None
    """Rows that drive the spread."""

    difference_to_first: Difference | None
    """Beside the first car of the call."""

    defaulted: dict[str, float]
    """Fields that the design did not give, with what stood in."""

    background: BackgroundUse | None
    """What the user's own background gave; absent without one."""

    run: RunRecord
    """How it came about."""


class Climate(Record):
    """Climate of a car's life in kilograms, and per kilometre."""

    production_kg: Interval
    """From the mine to the plant's gate."""

    use_kg: Interval
    """Driving and upkeep."""

    end_of_life_kg: Interval
    """From the last drive to recovered material."""

    total_g_per_km: Interval
    """All of it per kilometre."""

    @property
    def production(self) -> Interval:
        """`production_kg` in short, in kg CO2e."""
        return self.production_kg

    @property
    def use(self) -> Interval:
        """`use_kg` in short, in kg CO2e."""
        return self.use_kg

    @property
    def end_of_life(self) -> Interval:
        """`end_of_life_kg` in short, in kg CO2e."""
        return self.end_of_life_kg

    @property
    def total(self) -> Interval:
        """`total_g_per_km` in short, in g CO2e/km."""
        return self.total_g_per_km


class Interval(Record):
    """A figure with its interval. Percentiles are `None` where no interval was asked for."""

    value: float
    """Best estimate."""

    p5: float | None
    """5th percentile."""

    p50: float | None
    """Median."""

    p95: float | None
    """95th percentile."""


class StageLine(Record):
    """Climate of one part in one place."""

    stage: Literal["battery-materials", "cell-manufacturing", "battery-pack", "electric-drive", "power-electronics", "combustion-drive", "glider", "tyres", "fluids", "assembly", "electricity", "fuel", "maintenance", "battery-replacement", "end-of-life"]
    """Stage of the life."""

    part: str
    """The part."""

    country: str | None
    """Where it is emitted; `null` where places were not asked for."""

    kg: float
    """Kilograms of CO2 equivalents."""


class Impact(Record):
    """A total of another category."""

    value: float
    """The total over life; to be read with `coverage`."""

    unit: str
    """Its unit."""

    by_phase: list[float]
    """Production, use, end of life."""

    coverage: float
    """Share of the climate total whose cards report this category's family in full."""

    is_incomplete: bool
    """Whether the coverage is too low for the value to be a total."""


class CostResult(Record):
    """Cost of a car's life."""

    production_usd: Interval
    """Making the car."""

    use_usd: Interval
    """Driving and keeping it."""

    total_usd_per_km: Interval
    """Owner's cost per kilometre."""

    blocks: Records[CostBlock]
    """Blocks of production and use."""

    pack: PackQuote | None
    """What a kilowatt-hour of its pack costs, and beside it what `battery` builds up; `null`: it has no pack."""


class CostBlock(Record):
    """One block of the cost."""

    block: str
    """What is paid for."""

    usd: float
    """US dollars."""

    price_year: int | None
    """Year of the price; `None`: it is a share, or holds always. Where no price of the year asked for is known,
    another year's stands in."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the price is known."""


class PackQuote(Record):
    """The price at which a car's pack enters its cost, beside what the survey and the price model say."""

    usd_per_kwh: float
    """What is paid: the published mean of the place, split by chemistry; for a hybrid times what its packs cost over
    those of battery cars; in USD per kWh."""

    survey_place: str
    """Place of the published mean."""

    survey_year: int | None
    """Its year."""

    survey_mean_usd_per_kwh: float
    """The published mean of all chemistries and uses, in USD per kWh."""

    cost_model_usd_per_kwh: float | None
    """What `battery` builds up for the same pack from materials, plant and labour, in USD per kWh; `null` for hybrids,
    whose small packs it does not price."""


class Driver(Record):
    """A row that drives the spread of a result."""

    what: str
    """What the row says, readable."""

    at: str
    """File and line of the row."""

    source: str
    """Key of its source."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How it is known."""

    share: float
    """Its share of the sum of first-order variances."""


class Difference(Record):
    """Figures of a car beside the first one of the same call, in shared draws."""

    total_g_per_km: Interval
    """This car less the first."""

    break_even_km: float | None
    """Distance at which both have emitted the same; `None`: never within reach."""


class BackgroundUse(Record):
    """The part of a car's climate total that comes from a user's own database."""

    database: str
    """The database."""

    share_of_climate: float
    """Share of the climate total that mapped products carry."""

    categories: list[list[str]]
    """Our categories that are mapped, with the method that stands for each."""

    products: Records[BackgroundLine]
    """Mapped products that the car needs, the largest first."""

    unused: list[str]
    """Mapped products that the car does not need."""

    net_consuming: list[list[str]]
    """Loops of the database that use more of their own products than they make, each by the ids of its processes: they
    are solved as they stand."""


class BackgroundLine(Record):
    """One mapped product."""

    product: str
    """Our product."""

    place: str | None
    """Where it is made; everywhere without a place."""

    process: str
    """Id of their process."""

    name: str
    """Its name and place."""

    factor: float
    """Units of theirs for one of ours."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How well the pair is known."""

    amount: float
    """How much of our unit the car needs over its life."""

    kg: float
    """Kilograms of CO2 equivalents."""

    share: float
    """Share of the climate total."""


class RunRecord(Record):
    """How a result came about."""

    version: str
    """Version of the program."""

    data: str
    """Fingerprint of the tables."""

    seed: int | None
    """Seed of the draws."""

    samples: int | None
    """Number of draws."""

    resample: Literal["all", "car"] | None
    """What was resampled."""

    chain: Literal["maker", "market"] | None
    """Whose suppliers were drawn."""

    method: str
    """Climate method."""

    use_basis: str
    """Basis of consumption."""

    grid: Literal["static", "pathway"]
    """Grid over the car's life."""

    cycle: str
    """The cycle driven."""

    boundary: str
    """What is counted."""

    network_columns: int
    """Columns of the network."""

    residual: float
    """Largest backward error of its solution."""

    notices: list[str]
    """What the reader must know of stand-ins."""

    contributors: Records[Contributor]
    """The ten largest contributors."""

    blockers: Records[Driver]
    """The recalled and assumed rows through which most of the total flows."""


class Contributor(Record):
    """A process that contributes much."""

    process: str
    """Process and place."""

    country: str
    """Place code."""

    kg: float
    """Kilograms of CO2 equivalents emitted there."""

    share: float
    """Share of the total."""

    source: str
    """Key of the card's source."""

    status: Literal["read", "derived", "recalled", "assumption"]
    """How the card is known."""


__all__ = [
    "Assessment",
    "BackgroundLine",
    "BackgroundUse",
    "Climate",
    "Contributor",
    "CostBlock",
    "CostResult",
    "Difference",
    "Driver",
    "Impact",
    "Interval",
    "PackQuote",
    "RunRecord",
    "StageLine",
]
