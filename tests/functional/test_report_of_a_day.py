"""A day of `make pbx` through the ways of events: payloads, mappings, legs, packs, and its reports at eight.

Every figure is compared with a plain count over what the script lets happen, which knows no event.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from infra.local.pbx.day import NUMBERS, DayCall, DayPart, DayText, day
from infra.local.pbx.payloads import SOURCES, ZONE, posts_of
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeCallsBeingAssembled, FakeEventSources, FakeOwedEvents, FakeSourceSamples
from tests.unit.reports.worlds import ACME, ReportWorld
from tocsin.reports.domain.report_day import begin_of
from tocsin.reports.domain.report_kind import ReportKind
from tocsin.telephony.application.act_on_events import ActOnEvents
from tocsin.telephony.application.act_on_legs import ActOnLeg, SettleLegs
from tocsin.telephony.application.assemble_call import AssembleCall
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.application.pack_events import ArmPack, PackEvents
from tocsin.telephony.application.take_payload import TakePayload, secret_hash
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.request_signatures import SignedRequest
from tocsin.telephony.domain.stored_event import EventDecision
from tocsin.timers.domain.timer import TimerKind

FASTER = 300
"""The script's day takes 288 s; here it takes a day."""


class PbxWorld(ReportWorld):
    """Four telephone systems tell a day to an account. Each event is packed, and the timers of all kinds run."""

    def __init__(self, zone: str, now: datetime) -> None:
        super().__init__(zone, now)
        self.orders, self.sources = FakeOwedEvents(), FakeEventSources()
        sealer = FakeSealer()
        self.ids = {site: f"acme-{site:0<8}" for site in SOURCES}
        for site, (kind, name) in SOURCES.items():
            id = self.ids[site]
            hashes = (secret_hash(sealer, ACME, id, "s3cret"),)
            self.sources.add(
                EventSource(
                    ACME, id, name, kind, "GB", ZONE, ("2XXX",), timedelta(seconds=2), secret_hashes=hashes
                )
            )  # fmt: skip
        ingest = IngestEvents(
            self.rows,
            self.orders,
            lambda tenant, event: EventDecision((["leg"],)) if event.type == "call.leg" else EventDecision(),
            self.clock,
            ArmPack(self.timers, self.queue, self.clock),
        )
        assemble = AssembleCall(FakeCallsBeingAssembled(), ingest, self.clock)
        leg = ActOnLeg(assemble, self.sources, self.timers, self.queue, self.clock)
        self.act = ActOnEvents(self.rows, {ActKind.LEG: leg}, self.clock)
        self.run.actions.update(  # type: ignore[attr-defined]
            {
                TimerKind.PACK: PackEvents(self.rows, self.packs, lambda tenant: 90, self.clock),
                TimerKind.CALL: SettleLegs(assemble, self.rows),
            }
        )
        self.take = TakePayload(
            self.sources, FakeSourceSamples(), ingest, sealer, self.clock, SeededRandomness()
        )  # fmt: skip

    def play(self, parts: Sequence[DayPart], begin: datetime) -> None:
        """Let the day happen. Each fiftieth request comes twice."""
        for place, part in enumerate(parts):
            moment = begin + timedelta(seconds=part.at * FASTER)
            self.until(moment)
            for post in posts_of(part, moment, "00beef"):
                for _ in range(2 if place % 50 == 0 else 1):
                    self._post(post.site, post.payload)

    def _post(self, site: str, payload: object) -> None:
        form = SOURCES[site][0] == "twilio"
        type = "application/x-www-form-urlencoded" if form else "application/json"
        body = urlencode(payload) if form else json.dumps(payload)  # type: ignore[arg-type]
        url = f"https://api.example/events/{self.ids[site]}?token=s3cret"
        self.take(self.ids[site], SignedRequest(url, {"content-type": type}, body.encode()))
        self.work()

    def fire(self) -> None:
        for timer in sorted(self.timers.rows.values(), key=lambda each: each.due_at):
            if timer.due_at <= self.clock():
                self.run(timer)
                self.work()

    def work(self) -> None:
        while self.orders.queued:
            self.act(self.orders.queued.pop(0))


@dataclass
class PlainCount:
    """What the script says of a day, counted one by one."""

    calls: Counter[str] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)
    talks: list[int] = field(default_factory=list)
    hours: Counter[int] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    voicemails: int = 0
    texts: int = 0

    @classmethod
    def of(cls, parts: Sequence[DayPart]) -> PlainCount:
        it = cls()
        for part in parts:
            match part:
                case DayCall():
                    it.calls[f"{part.direction} {part.outcome}"] += 1
                    it.hours[int(part.at * FASTER // 3600)] += 1
                    it.voicemails += part.outcome == "voicemail"
                    taken_unmeasured = (part.site, part.outcome) == ("depot", "voicemail")  # legs tell no length of it
                    if part.direction == "incoming" and not taken_unmeasured:
                        it.waits.append(part.ring if part.outcome in ("answered", "voicemail") else part.seconds)
                    if part.outcome == "answered":
                        it.talks.append(part.talk)
                    if not part.queue:
                        # of telephones that rang together, and that no person answered, the first one counts
                        rang = (part.inside, *part.phones)
                        it.lines[part.inside if part.outcome == "answered" else min(rang)] += 1
                case DayText():
                    it.texts += 1
                case _:
                    pass
        return it


@pytest.mark.parametrize(
    ("zone", "told", "share"),
    [
        ("Asia/Kathmandu", date(2026, 11, 29), 8),
        ("Asia/Kolkata", date(2026, 11, 28), 40),
        ("Europe/London", date(2027, 3, 28), 40),  # 23 hours
        ("America/St_Johns", date(2026, 11, 1), 40),  # 25 hours, by a clock of :30
        pytest.param("Europe/London", date(2026, 11, 29), 1, marks=pytest.mark.deep),
        pytest.param("Australia/Adelaide", date(2026, 10, 4), 1, marks=pytest.mark.deep),  # 23 hours, :30
        pytest.param("Pacific/Chatham", date(2027, 4, 4), 1, marks=pytest.mark.deep),  # 25 hours, :45
    ],
)
def test_up_11_the_report_of_a_day_is_what_a_plain_count_says(zone: str, told: date, share: int) -> None:
    # given a day of four telephone systems, in the account's zone
    begin = begin_of(told, ZoneInfo(zone))
    world = PbxWorld(zone, begin - timedelta(hours=2))
    world.switch_on()
    parts = [part for place, part in enumerate(day(seed=told.day)) if place % share == 0]
    plain = PlainCount.of(parts)

    # when it has happened, was packed, and it is eight o'clock
    world.play(parts, begin)
    world.until(begin + timedelta(hours=35))

    # then each figure of the reports is the counted one
    sums = world.store.counts[ACME, told].sums
    assert sums.calls == plain.calls
    assert (sums.waits, sums.talks) == tuple([len(all), sum(all), max(all)] for all in (plain.waits, plain.talks))
    assert {hour: n for hour, n in enumerate(sums.hours) if n} == plain.hours
    assert sums.lines == plain.lines
    assert sums.voicemails == plain.voicemails
    assert sums.texts_in == [plain.texts, plain.texts]
    assert sums.numbers_in == ({NUMBERS["texts"]: plain.texts} if plain.texts else {})
    assert [kind for kind, day_told in world.told if day_told == told.isoformat()] == list(ReportKind)
    # and packs were read, not rows
    assert sum(part.events for part, _, _ in world.packs.kept.values()) > len(parts) / 2
    said = world.text(ReportKind.ACTIVITY) if world.days[-1] == told.isoformat() else ""
    assert f"{sum(plain.calls.values())} calls" in said
