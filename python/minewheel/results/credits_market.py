"""Results of `credits_market`, generated from its JSON schema by `tools/generate_results.py`."""

from __future__ import annotations

from typing import Any, Literal

from ..records import Record, Records

class Trade(Record):
    """A trade with its money."""

    year: int
    """The accounting year."""

    seller: str
    """Who sells."""

    buyer: str
    """Who buys."""

    credits: float
    """How many credits."""

    cny: float
    """At the year's price."""


class FirmYear(Record):
    """One company and year of the equilibrium."""

    company: str
    """The company."""

    year: int
    """The accounting year."""

    supply: float
    """Credits made."""

    need: float
    """Credits needed."""

    sold: float
    """Sold, own use included."""

    bought: float
    """Bought, own use included."""

    abated: float
    """Made beyond the accounts."""

    open: float
    """Left open."""

    carried: float
    """Carried or stored at the end of the year."""

    net_cny: float
    """Money received less money paid."""


class Equilibrium(Record):
    """The equilibrium."""

    scenario: str
    """`as stated`, or the name of a change."""

    foresight: Literal["perfect", "none"]
    """What firms know."""

    cournot: list[str]
    """Sellers that know their weight."""

    price_cny_per_credit: dict[str, Any]
    """Price of a new-energy credit by accounting year."""

    trades: Records[Trade]
    """Who pays whom."""

    years_of_any_split: list[int]
    """Years in which who buys and who makes credits at their cost is one of many answers: a credit bought costs as
    much as one made."""

    firms: Records[FirmYear]
    """Companies by year."""

    cost_cny: float
    """Cost of abatement and open need, discounted to the first year."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of accounts, rules and costs."""


class CreditMarket(Record):
    """What `credits market` prints: the equilibrium as stated, then after each change."""

    scenario: str
    """`as stated`, or the name of a change."""

    foresight: Literal["perfect", "none"]
    """What firms know."""

    cournot: list[str]
    """Sellers that know their weight."""

    price_cny_per_credit: dict[str, Any]
    """Price of a new-energy credit by accounting year."""

    trades: Records[Trade]
    """Who pays whom."""

    years_of_any_split: list[int]
    """Years in which who buys and who makes credits at their cost is one of many answers: a credit bought costs as
    much as one made."""

    firms: Records[FirmYear]
    """Companies by year."""

    cost_cny: float
    """Cost of abatement and open need, discounted to the first year."""

    weakest_status: Literal["read", "derived", "recalled", "assumption"]
    """The weakest status of accounts, rules and costs."""

    scenarios: Records[Equilibrium]
    """After each change of the study."""


__all__ = [
    "CreditMarket",
    "Equilibrium",
    "FirmYear",
    "Trade",
]
