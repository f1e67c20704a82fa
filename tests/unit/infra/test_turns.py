"""A few processes serve everybody: whoever finds them busy waits, and nobody is turned away."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

from infra.local.ministack.turns import PROCESSES, Turns


class FakeLambda:
    """The engine's bookkeeping: it turns callers away at the reserved concurrency, and never makes them wait."""

    def __init__(self) -> None:
        self.busy: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self._lock = threading.Lock()

    def _reserved_concurrency(self, function: Any, config: dict[str, Any]) -> int | None:
        return config.get("reserved")

    def _acquire_execution_slot(self, function: Any, config: dict[str, Any]) -> tuple[str | None, str | None]:
        name, cap = config["FunctionName"], self._reserved_concurrency(function, config)
        with self._lock:
            if cap is not None and self.busy[name] >= cap:
                return None, "function"
            self.busy[name] += 1
            self.most[name] = max(self.most[name], self.busy[name])
            return name, None

    def _release_execution_slot(self, slot: str) -> None:
        with self._lock:
            self.busy[slot] -= 1


def _calls(functions: FakeLambda, config: dict[str, Any], number: int) -> list[str | None]:
    def call(_: int) -> str | None:
        slot, _why = functions._acquire_execution_slot({}, config)
        if slot is not None:
            functions._release_execution_slot(slot)
        return slot

    with ThreadPoolExecutor(20) as callers:
        return list(callers.map(call, range(number)))


def test_many_callers_share_the_processes_of_a_function() -> None:
    functions = FakeLambda()
    Turns(functions)

    assert set(_calls(functions, {"FunctionName": "api"}, 500)) == {"api"}
    assert functions.most["api"] <= PROCESSES


def test_a_caller_waits_until_a_process_is_free_and_another_function_does_not() -> None:
    # given a function whose processes are all busy
    functions = FakeLambda()
    Turns(functions)
    held = [functions._acquire_execution_slot({}, {"FunctionName": "sender"})[0] for _ in range(PROCESSES)]
    got = threading.Event()

    def call() -> None:
        functions._acquire_execution_slot({}, {"FunctionName": "sender"})
        got.set()

    # when one more calls it, another function answers all the same
    caller = threading.Thread(target=call, daemon=True)
    caller.start()
    assert functions._acquire_execution_slot({}, {"FunctionName": "api"}) == ("api", None)
    assert not got.is_set()

    # then the caller's turn comes with the first process that is free
    functions._release_execution_slot(str(held[0]))
    assert got.wait(10)
    assert functions.busy["sender"] == PROCESSES


def test_a_function_that_shall_have_fewer_has_fewer() -> None:
    functions = FakeLambda()
    Turns(functions)

    assert set(_calls(functions, {"FunctionName": "sweep", "reserved": 1}, 100)) == {"sweep"}
    assert functions.most["sweep"] == 1


def test_who_came_first_is_served_first_and_a_newcomer_does_not_go_ahead() -> None:
    # given a function whose processes are busy, and fifty callers who came one after the other
    functions = FakeLambda()
    turns = Turns(functions)
    api = {"FunctionName": "api"}
    held = [functions._acquire_execution_slot({}, api)[0] for _ in range(PROCESSES)]
    served: list[int] = []

    def call(number: int) -> None:
        for _ in range(2):  # whoever was served comes again at once
            slot, _why = functions._acquire_execution_slot({}, api)
            served.append(number)
            functions._release_execution_slot(str(slot))

    callers = []
    for number in range(50):
        callers.append(threading.Thread(target=call, args=(number,), daemon=True))
        callers[-1].start()
        while turns.waiting("api") <= number:
            sleep(0.001)

    # when one process is free again
    functions._release_execution_slot(str(held[0]))
    for caller in callers:
        caller.join(10)

    assert served[:50] == list(range(50))
    assert turns.waiting("api") == 0
