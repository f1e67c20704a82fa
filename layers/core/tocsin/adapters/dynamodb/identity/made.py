"""Who made a thing and for which company, as attributes of its row: ids, which are no personal data by themselves."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.ids import CompanyId, UserId


def made_attributes(made: Made) -> Item:
    """Return the attributes; none for what is unknown."""
    return {name: {"S": id} for name, id in (("by", made.by), ("company", made.company)) if id is not None}


def made_of(row: Item) -> Made:
    """Return who made the thing of a row."""
    by, company = row.get("by"), row.get("company")
    return Made(UserId(by["S"]) if by else None, CompanyId(company["S"]) if company else None)
