"""Throttles and digests of rules in DynamoDB, and the writes of runs as actions of other transactions.

TH#<start>#<fingerprint of the value>   messages that a throttle let pass
TM#<start>                              matches that it stopped, and how many are told
DG                                      the digest that collects now
DG#<start>#<receipt>#<event>            what it has collected
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.alert_rules.keys import rule_key
from tocsin.adapters.dynamodb.alert_rules.rule_row import one_rule_pk
from tocsin.adapters.dynamodb.alert_rules.runs import run_row
from tocsin.adapters.dynamodb.table.actions import FREE, check, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, milliseconds, number, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import timer_put
from tocsin.alert_rules.domain.run import MatchToTell, MissedMatches, MissedTold, RuleUnchanged, RunWritten
from tocsin.alert_rules.domain.windows import RuleWindow
from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

KEPT_AFTER = timedelta(days=8)
"""How long after its end a window is kept: orders of its events may be repeated so long."""


class DynamoDbRuleWindows:
    """Throttles and digests in `T#<tenant>#R#<rule>`. Their rows hold ids, counts and times."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def used(self, tenant: TenantId, rule: str, window: RuleWindow, value: str) -> int:
        """Return how many messages of a window and value a throttle let pass."""
        row = self._table.get(_used_key(self._sealer, tenant, rule, window, value))
        return 0 if row is None else int(row["n"]["N"])

    def missed(self, tenant: TenantId, rule: str, window: RuleWindow) -> MissedMatches:
        """Return the matches that a throttle stopped in a window."""
        row = self._table.get(_missed_key(tenant, rule, window))
        if row is None:
            return MissedMatches(window)
        until = time_of(row, "until")
        return MissedMatches(RuleWindow(window.start, until), int(row["n"]["N"]), int(row["told"]["N"]), _match_of(row))

    def open_digest(self, tenant: TenantId, rule: str) -> RuleWindow | None:
        """Return the window of the digest that collects now, None if there is none."""
        row = self._table.get(_digest_key(tenant, rule))
        return None if row is None else RuleWindow(time_of(row, "start"), time_of(row, "until"))

    def close_digest(self, tenant: TenantId, rule: str, start: datetime) -> None:
        """Let nothing more be collected in the digest that began at `start`."""
        self._table.write_if(delete(_digest_key(tenant, rule), "#start = :start", {":start": time(start)}))

    def collected(self, tenant: TenantId, rule: str, start: datetime) -> Sequence[MatchToTell]:
        """Return what a digest collected, in the order of receipt."""
        rows = self._table.beginning_with(one_rule_pk(tenant, rule), f"DG#{_place(start)}#")
        return [_match_of(row) for row in rows]


def run_actions(participant: Participant, sealer: Sealer) -> list[Item]:
    """Return the actions of a participant of a rule's transaction, each with its condition.

    Raises:
        TypeError: it is a participant of another subject.
    """
    match participant:
        case RuleUnchanged(tenant, rule, version):
            values = {":v": number(version), ":on": {"BOOL": True}}
            return [check(rule_key(tenant, rule), "v = :v AND #on = :on", values)]
        case MissedTold(tenant, rule, missed):
            values = {":count": number(missed.count), ":before": number(missed.told)}
            place = _missed_key(tenant, rule, missed.window)
            return [update(place, "SET told = :count", "told = :before", values)]
        case RunWritten():
            return _written(participant, sealer)
        case _:
            raise TypeError(f"{type(participant).__name__} cannot be written here")


def _written(written: RunWritten, sealer: Sealer) -> list[Item]:
    run, row = written.run, run_row(sealer, written.run)
    over = None if written.over is None else {":over": {"S": written.over.value}}
    actions = [put(row, FREE) if over is None else put(row, "st = :over", over)]
    if (use := written.throttle) is not None:
        place = _used_key(sealer, run.tenant, run.rule, use.window, use.value)
        ends = expiry(use.window.end + KEPT_AFTER)
        values = {":one": number(1), ":most": number(use.most), ":exp": ends["exp"], ":ttl": ends["ttl"]}
        change = "SET #exp = :exp, #ttl = :ttl ADD n :one"
        actions.append(update(place, change, "attribute_not_exists(n) OR n < :most", values))
    if written.missed is not None and written.match is not None:
        actions.append(_missed(written.missed, written))
    if (digest := written.digest) is not None and written.match is not None:
        start, head = time(digest.window.start), _digest_key(run.tenant, run.rule)
        if digest.is_new:
            actions.append(put(head | {"start": start, "until": time(digest.window.end)}, FREE))
        else:
            actions.append(check(head, "#start = :start", {":start": start}))
        name = f"DG#{_place(digest.window.start)}#{_place(run.at)}#{run.event}"
        entry = key(one_rule_pk(run.tenant, run.rule), name) | _match(written.match)
        actions.append(put(entry | expiry(digest.window.end + KEPT_AFTER)))
    if written.timer is not None:
        actions.append(timer_put(written.timer))
    return actions


def _missed(missed: MissedMatches, written: RunWritten) -> Item:
    """Return the action that counts one more match, unless others were told meanwhile."""
    assert written.match is not None
    ends = expiry(missed.window.end + KEPT_AFTER)
    last = {**_match(written.match), **ends, "until": time(missed.window.end), "told": number(missed.told)}
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in last) + " ADD n :one"
    values = {f":{name}": value for name, value in last.items()} | {":one": number(1)}
    condition = "#told = :told" if missed.count else FREE
    return update(_missed_key(written.run.tenant, written.run.rule, missed.window), change, condition, values)


def _match(match: MatchToTell) -> Item:
    row: Item = {"ev": {"S": match.event}, "word": {"S": match.word}}
    return row if match.offline_since is None else row | {"since": time(match.offline_since)}


def _match_of(row: Item) -> MatchToTell:
    return MatchToTell(row["ev"]["S"], row["word"]["S"], time_or_none(row, "since"))


def _used_key(sealer: Sealer, tenant: TenantId, rule: str, window: RuleWindow, value: str) -> Item:
    hashed = sealer.fingerprint(tenant, "throttle", value.encode("utf-8", "surrogatepass")).hex()
    return key(one_rule_pk(tenant, rule), f"TH#{_place(window.start)}#{hashed[:32]}")


def _missed_key(tenant: TenantId, rule: str, window: RuleWindow) -> Item:
    return key(one_rule_pk(tenant, rule), f"TM#{_place(window.start)}")


def _digest_key(tenant: TenantId, rule: str) -> Item:
    return key(one_rule_pk(tenant, rule), "DG")


def _place(at: datetime) -> str:
    return f"{milliseconds(at):014}"
