"""Minewheel: an open, source-cited model of the electric car from the mine to the wheel and back to the mine.

>>> import minewheel
>>> car = minewheel.Car.from_catalogue("vw-id3-58")
>>> result = minewheel.assess(car, country="CN", samples=0)[0]
>>> result.climate.production.value > 0  # kg CO2e
True

Names carry their units, units last (``production_kg``); results carry intervals, sources, and the weakest status of the
data they rest on. Numbers are those of the command ``minewheel``, bit for bit. ``minewheel.lca``, which wants numpy, solves
life-cycle networks of your own.
"""

from . import cases, credits, fleet, rules, suppliers
from ._native import MinewheelError, Tables, __version__
from .cars import Car, cars
from .industry import charging, disrupt, drive_unit, market, motor, sourcing, supply, tco
from .questions import (
    age,
    age_cell,
    assess,
    battery,
    body,
    charge,
    drive,
    explain,
    passport,
    performance,
    plant,
    range_,
    recycle,
    trip,
)
from .records import Record, Records

__all__ = [
    "Car",
    "MinewheelError",
    "Record",
    "Records",
    "Tables",
    "__version__",
    "age",
    "age_cell",
    "assess",
    "battery",
    "body",
    "cars",
    "cases",
    "charge",
    "charging",
    "credits",
    "disrupt",
    "drive",
    "drive_unit",
    "explain",
    "fleet",
    "market",
    "motor",
    "passport",
    "performance",
    "plant",
    "range_",
    "recycle",
    "rules",
    "sourcing",
    "suppliers",
    "supply",
    "tco",
    "trip",
]
