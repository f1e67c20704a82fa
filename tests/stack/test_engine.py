"""The engine of the runner: IAM is enforced in it, what is in it survives a stop, and nothing of it stays behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from infra.local.engine import Engine
from infra.local.places import ROOT, Places, free_port
from infra.local.stack import stand_up
from tests.stack.system import System, sms


def test_a_function_whose_role_lacks_a_right_is_refused(system: System) -> None:
    # given the sender of text messages without its right to publish
    iam = system.aws.client("iam")
    role = next(
        role["RoleName"] for role in iam.list_roles(MaxItems=1000)["Roles"] if "DispatchSmsRole" in role["RoleName"]
    )
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    kept = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    fewer = {
        **kept,
        "Statement": [one for one in kept["Statement"] if not any("sns:" in action for action in _actions(one))],
    }
    assert len(fewer["Statement"]) < len(kept["Statement"])
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=_json(fewer))
    try:
        # when an alert is sent
        phones = system.phones(1)
        ref = system.sent("live", sms(phones))

        # then it is accepted, and does not leave
        (recipient,) = system.awaited(
            lambda: system.recipients("live", ref), lambda found: found[0]["state"] not in ("queued", "sending"), 30
        )
        assert recipient["state"] in ("retry_wait", "failed", "unknown")
        assert system.received(phones) == []
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=_json(kept))


def test_after_a_stop_and_a_start_everything_is_there(system: System) -> None:
    # given an alert that was sent
    phones = system.phones(1)
    ref = system.sent("live", sms(phones, "before the restart"))
    system.settled("live", ref)

    # and two messages in a queue: a worker that will not come back received one, the other is delayed
    sqs = system.aws.client("sqs")
    url = sqs.create_queue(QueueName="left", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    for body, delay in (("received", 0), ("delayed", 600)):
        sqs.send_message(QueueUrl=url, MessageBody=body, DelaySeconds=delay)
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["received"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)

    # when the engine stops and another is started on its data, on another port
    system.engine.stop()
    began = time.monotonic()
    system.engine = Engine(system.engine.places, free_port(), system.engine.python, system.engine.mail_server)
    system.engine.start()
    system.move_to(stand_up(system.engine, print, str(system.certificate), connect=system.outside.telephones.url))
    took = time.monotonic() - began

    # then it is up quickly, and the alert, its message, its event and the keys are there
    assert took < 10
    assert [one["state"] for one in system.recipients("live", ref)] == ["sent"]
    assert [message.text for message in system.received(phones)] == ["before the restart"]
    assert len(system.events("live", ref, 1)) == 1

    # and what was received is received again now, and what was delayed is not
    sqs = system.aws.client("sqs")
    url = sqs.get_queue_url(QueueName="left")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in found] == ["received"]
    sqs.delete_queue(QueueUrl=url)

    # and it still sends
    more = system.phones(1)
    system.settled("live", system.sent("live", sms(more)))
    assert [message.to for message in system.received(more)] == more


def test_when_its_starter_is_killed_the_engine_goes_and_leaves_nobody(tmp_path: Path, engine_python: Path) -> None:
    # given a process that started an engine
    port = free_port()
    program = (
        "import sys, time; from pathlib import Path; from infra.local.engine import Engine;"
        "from infra.local.places import Places;"
        f"engine = Engine(Places(Path({str(tmp_path)!r})), {port}); engine.start();"
        "print(engine._process.pid, flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen([engine_python, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    engine = int(starter.stdout.readline())

    # when it is killed, without a chance to clean up
    starter.kill()
    starter.communicate()

    # then the engine saves its state and ends, with its whole process group
    deadline = time.monotonic() + 20
    while _alive(engine) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(engine)
    assert any((tmp_path / "state").iterdir())

    # and the next start is not hindered by what the dead one noted down
    again = Engine(Places(tmp_path), port, engine_python)
    again.start()
    again.stop()
    assert not again.places.pid.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_stopping_ends_the_functions_too(tmp_path: Path, engine_python: Path) -> None:
    engine = Engine(Places(tmp_path), free_port(), engine_python)
    engine.start()
    try:
        stack = stand_up(engine, print)
        urllib.request.urlopen(f"{stack.api}/health", timeout=30).read()
        before = _processes_with(str(tmp_path))
        assert len(before) >= 2
    finally:
        engine.stop()

    assert _processes_with(str(tmp_path)) == []


def _processes_with(text: str) -> list[int]:
    """Return processes whose environment or command line names this test's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                if text.encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return sys.platform != "linux"


def _actions(statement: dict[str, object]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else [str(action) for action in actions]  # type: ignore[attr-defined]


def _json(document: object) -> str:
    return json.dumps(document)
