"""docs/bounds.md names every route, topic, queue, bucket and port that exists, with its limits and a test."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.architecture.deployment import ROOT
from tests.architecture.test_security_page import NAMED
from tocsin.adapters.inbound_mail.mailbox import READ
from tocsin.adapters.outbound.lookups import MOST_LOOKUPS
from tocsin.alerts.domain.alert import CALL_BYTES, MAX_IN_ALL_STEPS, MAX_RECIPIENTS, STORED_BYTES
from tocsin.content.domain.sms_text import LONGEST
from tocsin.egress.domain.url_policy import PORTS
from tocsin.entrypoint.http.strict_json import MAX_BYTES
from tocsin.identity.domain.api_key import HIGHEST_MAIL_BYTES, HIGHEST_PERSONAL_CAP, MAIL_BYTES, PERSONAL_CAP
from tocsin.tenant_mail.domain.mail_settings import SMTP_PORTS

PAGE = (ROOT / "docs" / "bounds.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not re.match(r"\| (route|topic|queue|port)\b", line)
]
_RESOURCE = re.compile(
    r"^  (\w+):\n    Type: AWS::(?:SQS::Queue|SNS::Topic|S3::Bucket|Events::EventBus)\n", re.MULTILINE
)


def _named(pattern: str) -> set[str]:
    return {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[0]) if re.fullmatch(pattern, name)}


def test_17_every_route_is_bounded() -> None:
    routes = yaml.safe_load((ROOT / "infra" / "template" / "routes.yaml").read_text())
    there = {route for function in routes.values() for group in function.values() for route in group.values()}

    # What is served under /api/json too is the same verb.
    assert _named(r"[A-Z]+ /\S*") == {route.replace("/api/json/", "/") for route in there}


def test_17_every_topic_queue_bucket_and_bus_is_bounded() -> None:
    templates = [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]
    there = {name for path in templates for name in _RESOURCE.findall(path.read_text())}

    assert len(there) > 20
    assert _named(r"[A-Z]\w+") == there


def test_17_every_port_that_we_call_is_bounded() -> None:
    assert _named(r"[0-9]+") == {str(port) for port in (*PORTS, *SMTP_PORTS, 53)}


def test_17_every_row_has_its_limits_and_a_test_that_exists() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    for row in ROWS:
        assert len(row) == 6, row
        assert NAMED.search(row[5]), row
    for name in NAMED.findall(PAGE):
        assert f"def {name}(" in sources, name


@pytest.mark.parametrize(
    "limit",
    [
        MAX_BYTES,
        MAIL_BYTES,
        HIGHEST_MAIL_BYTES,
        CALL_BYTES,
        STORED_BYTES,
        MAX_RECIPIENTS,
        MAX_IN_ALL_STEPS,
        PERSONAL_CAP,
        HIGHEST_PERSONAL_CAP,
        LONGEST,
        READ,
        MOST_LOOKUPS,
    ],
)
def test_17_the_page_has_the_limits_of_the_code(limit: int) -> None:
    assert re.search(rf"(?<![\d,]){limit:,}(?![\d,])", PAGE)
