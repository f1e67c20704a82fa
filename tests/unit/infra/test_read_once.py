"""What the engine parses once: the text of a policy; another text is another policy."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from infra.local.ministack.read_once import read_policies_once


def test_a_policy_is_parsed_once_and_a_changed_one_anew() -> None:
    parsed: list[Any] = []

    def parse(policy: str | dict[str, Any]) -> list[Any]:
        parsed.append(policy)
        return [policy if isinstance(policy, dict) else json.loads(policy)]

    evaluator = SimpleNamespace(parse_policy_document=parse)
    read_policies_once(evaluator)

    wide, narrow = '{"Action": "*"}', '{"Action": "sqs:SendMessage"}'
    assert [evaluator.parse_policy_document(text) for text in (wide, narrow, wide, narrow)] == [
        [{"Action": "*"}],
        [{"Action": "sqs:SendMessage"}],
    ] * 2
    assert parsed == [wide, narrow]

    # and one that is given as an object, whose content may change, each time
    given = {"Action": "*"}
    evaluator.parse_policy_document(given)
    given["Action"] = "s3:*"
    assert evaluator.parse_policy_document(given) == [{"Action": "s3:*"}]
