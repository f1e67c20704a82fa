"""Budget 7: from nothing to ready, whole processes: our functions as they are shipped, beside the stack of the tutorials.

Ours: the built zips, unpacked, in an interpreter that sees nothing else. The tutorial's packages lie in a folder of
their own, once compiled and once as wheels are unpacked into a function: without byte code and read-only.

Three things are measured apart: the import, which Lambda calls init; the first request after it; and the first request
of a process that was made for a snapshot, which is what a caller waits for after a restore. Nothing of ours runs between
restore and request. Requests are answered without a store: the body of each has faults, which are all found.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from infra.build import BuildFailed, build
from tests.benchmarks import processes
from tests.benchmarks.findings import Finding

FUNCTIONS = {
    "alerts_api": "alerts_api.app",
    "authorizer": "authorizer.app",
    "console": "console.app",
    "settings_api": "settings_api.app",
    "dispatch_sms": "dispatch_sms.app",
    "dispatch_email": "dispatch_email.app",
    "dispatch_voice": "dispatch_voice.app",
    "ivr": "ivr.app",
    "run_timers": "run_timers.app",
    "sweep": "sweep.app",
}


@dataclass(frozen=True)
class FirstRequest:
    """A request that a function answers with 400.

    Attributes:
        start: code that makes `app`; `event` is there.
    """

    path: str
    body: Mapping[str, Any]
    start: str


_CALLER = {"tenant": "acme", "key": "k1", "kind": "live", "name": "bench", "rights": "", "role": "admin"}
"""What the authorizer says."""

FIRST_REQUESTS = {
    "alerts_api": FirstRequest(
        "/sendalert",
        {"apiKey": "k1", "alert": [{"alertType": "sms", "content": "The door is open"}]},
        """
import alerts_api.app as made
from alerts_api.blueprints import blueprints
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.http.authorized import principal_of
caller = principal_of(event["requestContext"]["authorizer"], "r")
made.use.authenticate = lambda *asked: caller
app = create_app("alerts_api")
app.add(blueprints(made.use))
app.make_before_a_snapshot()
""",
    ),
    "settings_api": FirstRequest("/companies", {"nam": "North"}, "from settings_api.app import app\n"),
}

TUTORIAL = ("chalice", "pynamodb", "boto3", "pydantic", "jinja2", "phonenumberslite")
_NAME = re.compile(r"[\w.-]+")

_TUTORIAL_CODE = """
import boto3, jinja2, phonenumbers, pydantic
from chalice.app import Chalice
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model
class Row(Model):
    class Meta:
        table_name = "core"
        region = "eu-west-2"
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
Row._get_connection().connection.client
class Body(pydantic.BaseModel):
    to: list[str]
    text: str
clients = [boto3.client(name, region_name="eu-west-2") for name in ("sqs", "sns", "sesv2")]
environment = jinja2.Environment()
app = Chalice(app_name="tutorial", configure_logs=False)
"""

_ENVIRONMENT = {
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "AWS_REGION": "eu-west-2",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "TABLE_NAME": "core",
    "BUCKET_NAME": "media",
    "KEY_ID": "key",
    "EMAIL_DOMAIN": "alerts.example",
    "SMS_URGENT_QUEUE_URL": "https://sqs.invalid/1",
    "SMS_BULK_QUEUE_URL": "https://sqs.invalid/2",
    "EMAIL_URGENT_QUEUE_URL": "https://sqs.invalid/3",
    "EMAIL_BULK_QUEUE_URL": "https://sqs.invalid/4",
    "VOICE_URGENT_QUEUE_URL": "https://sqs.invalid/9",
    "VOICE_BULK_QUEUE_URL": "https://sqs.invalid/10",
    "WEBHOOK_URGENT_QUEUE_URL": "https://sqs.invalid/8",
    "WEBHOOK_QUEUE_URL": "https://sqs.invalid/5",
    "RESULTS_BUS_NAME": "tocsin-results",
    "STAGE": "dev",
    "WEBHOOK_SLOW_QUEUE_URL": "https://sqs.invalid/6",
    "TIMERS_QUEUE_URL": "https://sqs.invalid/7",
    "EVENTS_OWED_QUEUE_URL": "https://sqs.invalid/8",
    "TIMERS_QUEUE_ARN": "arn:aws:sqs:eu-west-2:123456789012:timers",
    "TIMERS_DEAD_LETTERS_ARN": "arn:aws:sqs:eu-west-2:123456789012:timers-dead",
    "TIMER_WAKE_UP_GROUP": "timers",
    "TIMER_WAKE_UP_ROLE_ARN": "arn:aws:iam::123456789012:role/alarm",
    "VOICE_LINES": "10",
    "IVR_FUNCTION_NAME": "ivr",
    "RECORDINGS_BUCKET_NAME": "recordings",
    "OPEN_EGRESS": "false",
    "USER_POOL_ID": "eu-west-2_people",
    "USER_POOL_CLIENT_ID": "console",
    "TOKEN_ISSUER": "https://pool.invalid",
    "TOKEN_KEYS_URL": "https://pool.invalid/keys",
    "SECURE_COOKIES": "true",
    "LINK_BASE_URL": "https://l.invalid",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Tocsin",
    "PATH": os.environ.get("PATH", ""),
}


def measure(rounds: int) -> list[Finding]:
    """Start every stack in turn, `rounds` times."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shipped = _shipped(home / "shipped")
        stripped = _without_byte_code(home / "shipped", home / "stripped", shipped)
        compiled = _tutorial(home / "tutorial")
        uncompiled = _without_byte_code(home / "tutorial", home / "wheels", compiled)
        commands = {"bare": _python("", [])}
        for name, module in FUNCTIONS.items():
            commands[name] = _python(f"import {module}", shipped)
        for name, request in FIRST_REQUESTS.items():
            code = _first_request(request)
            commands[f"{name}, first request"] = _python(code, shipped)
            commands[f"{name}, restored"] = _python(_FOR_A_SNAPSHOT + code, shipped)
        commands["alerts_api, no .pyc"] = _python(f"import {FUNCTIONS['alerts_api']}", stripped)
        commands["tutorial"] = _python(_TUTORIAL_CODE, compiled)
        commands["tutorial, no .pyc"] = _python(_TUTORIAL_CODE, uncompiled)
        return _findings(_interleaved(commands, rounds))


def _findings(times: Mapping[str, Sequence[float]]) -> list[Finding]:
    bare = median(times["bare"])
    over = {name: [spent - bare for spent in samples] for name, samples in times.items()}
    tutorial, wheels = median(over["tutorial"]), median(over["tutorial, no .pyc"])
    note = f"CPU over a bare interpreter ({bare * 1e3:.0f} ms); tutorial {tutorial * 1e3:.0f} ms with .pyc, {wheels * 1e3:.0f} ms as wheels unpack"
    found = []
    for name in FUNCTIONS:
        found += [
            Finding(
                7, f"cold start of {name}, over tutorial with .pyc", _pairs(over[name], over["tutorial"]), "x",
                must=1 / 2, aim=1 / 5, in_turn=True,
                ours=f"{median(over[name]) * 1e3:.0f} ms", peer=f"tutorial {tutorial * 1e3:.0f} ms",
            ),
            Finding(7, "  over tutorial as usually shipped", _pairs(over[name], over["tutorial, no .pyc"]), "x", must=1 / 2, aim=1 / 5, in_turn=True, peer=f"tutorial {wheels * 1e3:.0f} ms"),
        ]  # fmt: skip
    for name in FIRST_REQUESTS:
        found += [
            Finding(7, f"  {name}: first request after the import", [t * 1e3 for t in times[f"{name}, first request"]], "ms"),
            Finding(7, f"  {name}: first request after a restore", [t * 1e3 for t in times[f"{name}, restored"]], "ms"),
        ]  # fmt: skip
    stripped = median(over["alerts_api, no .pyc"])
    found.append(
        Finding(
            7,
            "alerts_api without its .pyc, over with",
            [stripped / spent for spent in over["alerts_api"]],
            "x",
            note=note,
        )
    )
    return found


def _pairs(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [spent / peer for spent, peer in zip(ours, theirs, strict=True)]


def _interleaved(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[float]]:
    """Return CPU seconds of each command, per round; the first start of each fills the page cache and is dropped.

    A command that prints a number is what it measured itself.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            spent = _cpu_of(command)
            if number:
                times[name].append(spent)
    return times


def _cpu_of(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise processes.NotHere(f"does not start: {done.stderr.decode()[-300:]}")
    if done.stdout:
        return float(done.stdout.splitlines()[-1])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


_FOR_A_SNAPSHOT = 'import os; os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start"\n'


def _first_request(request: FirstRequest) -> str:
    """Return code that starts, answers one request, and prints the CPU seconds of the answer."""
    event = json.loads((processes.ROOT / "tests" / "events" / "api_gateway_rest.json").read_text())
    event |= {"resource": request.path, "path": request.path, "body": json.dumps(request.body)}
    event["requestContext"] |= {"resourcePath": request.path, "authorizer": _CALLER}
    return f"""
import json, time
event = json.loads({json.dumps(event)!r})
{request.start}
begun = time.process_time()
answered = app(event, None)
spent = time.process_time() - begun
assert answered["statusCode"] == 400, answered
print(spent)
"""


def _shipped(home: Path) -> list[Path]:
    """Build what is shipped, unpack it as Lambda does, and return what is on the path there."""
    try:
        built = build("host", processes.ROOT / ".build", lambda line: None)
    except BuildFailed as failure:
        raise processes.NotHere(str(failure)) from failure
    for archive, place in (
        (built.functions_zip, "task"),
        (built.core_layer_zip, "opt"),
        (built.dependencies_layer_zip, "opt"),
    ):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(home / place)
    return [home / "task", home / "opt" / "python"]


def _tutorial(home: Path) -> list[Path]:
    """Copy the tutorial's packages and all they need out of this environment, and compile what it imports."""
    todo, found = list(TUTORIAL), set()
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system or version of Python
        for file in package.files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                source, target = Path(str(file.locate())), home / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        todo += [_NAME.match(need)[0].lower() for need in package.requires or () if "extra ==" not in need]  # type: ignore[index]
    subprocess.run(
        [*_python(_TUTORIAL_CODE, [home], write=True)], env=_ENVIRONMENT, check=True, stdout=subprocess.DEVNULL
    )
    return [home]


def _without_byte_code(tree: Path, copy: Path, paths: Sequence[Path]) -> list[Path]:
    shutil.copytree(tree, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return [copy / path.relative_to(tree) for path in paths]


def _python(code: str, folders: Sequence[Path], *, write: bool = False) -> list[str]:
    """Return the command of an interpreter that sees these folders and its own library only."""
    path = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}\n" if folders else ""
    return [sys.executable, "-I", "-S", *([] if write else ["-B"]), "-c", path + code]
