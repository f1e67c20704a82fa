"""template.yaml and two nested templates are made of infra/template: they are what it says, and an entry is enough."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.cloudformation import parsed
from infra.template.alarms import MOST_METRICS
from infra.template.make import HERE, Unmakeable, made
from tests.architecture.deployment import ROOT, Deployment, deployment, read_sources
from tests.architecture.promises import PROMISES


class Checkout:
    """A copy of infra/template that can be edited, and what is deployed from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new))

    def add(self, name: str, text: str) -> None:
        (self.folder / name).write_text((self.folder / name).read_text() + text)

    def made(self) -> dict[str, str]:
        return made(self.folder)

    def deployed(self, **parameters: str) -> Deployment:
        made = {path: parsed(text) for path, text in self.made().items()}
        return deployment(read_sources() | made, **parameters)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(Path(shutil.copytree(HERE, tmp_path / "template")))


@pytest.mark.parametrize("path", made())
def test_the_templates_are_those_that_are_made(path: str) -> None:
    assert (ROOT / path).read_text() == made()[path], "run `make template`, and commit what it writes"


def test_an_entry_is_a_function_with_role_log_alarms_and_every_promise_kept(checkout: Checkout) -> None:
    # given more functions than an alarm may look at metrics
    entry = "{description: x, memory: 512, timeout: 5, concurrency: 1, rows: [GetItem], sends: {Ask: [webhook]}}"
    checkout.add("functions.yaml", f"\nnew_0: {entry}\n")

    # when they are made and deployed
    stack = checkout.deployed()

    # then each is there with all that belongs to it, and is watched
    assert {"New0", "New0Role", "New0Log"} <= set(stack.resources)
    variables = stack.resources["New0"].properties["Environment"]["Variables"]
    assert variables["WEBHOOK_QUEUE_URL"] == "<WebhookQueue>"
    assert "SMS_URGENT_QUEUE_URL" not in variables
    looked_at = [len(stack.resources[f"FunctionErrors{n}Alarm"].properties["Metrics"]) - 1 for n in ("", 2)]
    assert looked_at == [MOST_METRICS, len(stack.of("Lambda::Function")) - MOST_METRICS]
    assert {name for name, check in PROMISES.items() if list(check(stack))} == set()


def test_an_entry_is_a_queue_with_dead_letters(checkout: Checkout) -> None:
    checkout.edit("messaging.yaml", "  timers: *lane\n", "  timers: *lane\n  fax-urgent: *lane\n")
    checkout.edit("functions.yaml", "Requeue: [timers]", "Requeue: [timers, fax-urgent]")

    stack = checkout.deployed()

    assert stack.resources["FaxUrgentQueue"].properties["QueueName"] == "tocsin-fax-urgent"
    variables = stack.resources["RunTimers"].properties["Environment"]["Variables"]
    assert variables["FAX_URGENT_QUEUE_URL"] == "<FaxUrgentQueue>"
    # then the promises ask for what somebody still has to say: the alarm, and that the variable holds no secret
    assert {name: found for name, check in PROMISES.items() if (found := list(check(stack)))} == {
        "a_dead_letter_wakes_somebody": ["FaxUrgentDeadLetters"],
        "environments_hold_known_names_and_no_secret": ["RunTimers: FAX_URGENT_QUEUE_URL"],
    }


def test_a_function_may_do_what_its_entry_says_and_nothing_else(checkout: Checkout) -> None:
    checkout.add("functions.yaml", "\nfax: {description: x, memory: 512, timeout: 5, concurrency: 1}\n")

    stack = checkout.deployed()

    assert _sids(stack, "FaxRole") == {"WriteItsLog", "Trace"}
    assert set(stack.resources["Fax"].properties["Environment"]["Variables"]) == {
        "CLOCK_FILE",
        "LOG_LEVEL",
        "POWERTOOLS_METRICS_NAMESPACE",
        "POWERTOOLS_SERVICE_NAME",
    }


def test_numbers_may_differ_on_the_local_engine(checkout: Checkout) -> None:
    checkout.edit("functions.yaml", "concurrency: 120", "concurrency: !If [OnAws, 120, 6]")

    reserved = [
        checkout.deployed(Engine=engine).resources["DeliverWebhook"].properties["ReservedConcurrentExecutions"]
        for engine in ("aws", "local")
    ]

    assert reserved == [120, 6]


@pytest.mark.parametrize(
    ("engine", "asked"),
    [
        ("aws", set()),
        (
            "local",
            {
                f"{n}Role"
                for n in (
                    "ActOnEvents",
                    "AlertsApi",
                    "Console",
                    "DeliverWebhook",
                    "DispatchSms",
                    "DispatchEmail",
                    "DispatchVoice",
                    "IngestEvents",
                    "Ivr",
                    "ReceiveTexts",
                    "RunTimers",
                    "SettingsApi",
                    "TrackEvents",
                    "Sweep",
                    "Twiml",
                )
            },
        ),
    ],
)
def test_the_local_engine_asks_who_may_send_a_batch_and_aws_does_not(engine: str, asked: set[str]) -> None:
    stack = deployment(read_sources(), Engine=engine)
    assert {r.name for r in stack.of("IAM::Role") if "BatchesOnTheLocalEngine" in _sids(stack, r.name)} == asked


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "functions.yaml",
            "  timeout: 5\n  concurrency: 20",
            "  time_out: 5\n  concurrency: 20",
            "authorizer: .*time_out",
        ),
        ("functions.yaml", "rights: [SendTexts]", "rights: [SendText]", "dispatch_sms: .*SendText"),
        ("functions.yaml", "{queue: timers, ", "{queu: timers, ", "run_timers: .*queu"),
        ("routes.yaml", "links:\n", "link:\n", "links: .*started_by"),
        ("observability.yaml", "below: 1", "under: 1", "sweep-heartbeat: .*under"),
        ("observability.yaml", "{messages_in: sweep-dead}", "{over: 1}", "sweep-dead: .*one metric"),
        ("messaging.yaml", "  timers: *lane", "  timers: {key: x}", "timers: .*visibility"),
    ],
)
def test_a_slip_in_an_entry_is_told_by_its_name(checkout: Checkout, name: str, old: str, new: str, said: str) -> None:
    checkout.edit(name, old, new)
    with pytest.raises(Unmakeable, match=said):
        checkout.made()


def test_routes_of_no_function_are_told(checkout: Checkout) -> None:
    checkout.add("routes.yaml", "\nswitchboard: {public: {GetSwitchboard: GET /switchboard}}\n")
    with pytest.raises(Unmakeable, match="no function switchboard"):
        checkout.made()


def _sids(stack: Deployment, role: str) -> set[Any]:
    return {statement["Sid"] for statement in stack.statements(stack.resources[role])}
