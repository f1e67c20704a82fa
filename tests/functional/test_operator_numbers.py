"""`number voice`: a number of Amazon Connect is led to the stack's contact flow, as CloudFormation cannot do it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.functional.operator_world import World
from tests.functional.test_doctor import CALLED, STACK, Account

NUMBER = CALLED["PhoneNumber"]
ANSWERS: dict[str, Any] = {
    "connect.ListPhoneNumbersV2": {
        "ListPhoneNumbersSummaryList": [{"PhoneNumberId": "n-0", "PhoneNumber": "+1"}, CALLED]
    },
    "connect.AssociatePhoneNumberContactFlow": {},
}


def test_a_claimed_number_is_led_to_the_flow() -> None:
    account = Account(ANSWERS)

    assert World(clients=account, stack=STACK).operate("number", "voice", "--stack", "tocsin", "--number", NUMBER) == 0
    assert account.called == ["ListPhoneNumbersV2", "AssociatePhoneNumberContactFlow"]
    assert account.asked[-1] == {"PhoneNumberId": "n-1", "InstanceId": "i-1", "ContactFlowId": "f-1"}


@pytest.mark.parametrize(
    ("number", "provider", "said"),
    [
        ("+442079460001", "connect", "not claimed in the instance"),
        ("+442079460000", "none", "VoiceProvider is not connect"),
        ("many", "connect", "number"),
    ],
)
def test_a_number_that_cannot_be_led_is_told(
    number: str, provider: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account = Account(ANSWERS)
    stack = replace(STACK, parameters={**STACK.parameters, "VoiceProvider": provider})

    assert World(clients=account, stack=stack).operate("number", "voice", "--stack", "tocsin", "--number", number) == 1
    assert said in capsys.readouterr().err
    assert "AssociatePhoneNumberContactFlow" not in account.called
