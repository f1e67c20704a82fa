"""The handler of what Amazon Connect asks about a call that goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch_worker import LambdaContext
from tocsin.voice.domain.dialogue import IvrStep
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.script import Prompt

Handler = Callable[[Mapping[str, Any], LambdaContext], dict[str, str]]


def calls(
    run: Callable[[CallQuestion], CallAnswer],
    question: Callable[[Mapping[str, Any]], CallQuestion],
    answer: Callable[[DialogueState, IvrStep, Prompt | None], dict[str, str]],
) -> Handler:
    """Return the handler. Any error makes the flow ask again, and at last hang up.

    Args:
        run: the use case; `RunDialogue` is one.
        question: reads what the provider asks. Raises ValueError.
        answer: returns the provider's form of an answer, given the state, the step and the content of its prompt.
    """

    def handle(event: Mapping[str, Any], context: LambdaContext) -> dict[str, str]:
        """Answer an invocation of our flow, or `{"warm": true}`, which only starts the function.

        Raises:
            ValueError: it is neither.
        """
        if event.get("warm") is True:
            return {}
        started = perf_counter()
        asked = question(event)
        said = run(asked)
        _log(asked, context.aws_request_id, round((perf_counter() - started) * 1000))
        return answer(said.state, said.step, said.prompt)

    return handle


def _log(asked: CallQuestion, request_id: str, milliseconds: int) -> None:
    facts: dict[str, Any] = {"request_id": request_id, "milliseconds": milliseconds}
    if asked.message is not None:
        key = asked.message.key
        facts |= {"tenant": key.tenant, "alert": key.alert, "item": key.item, "chunk": key.chunk}
        facts |= {"position": asked.message.position, "attempt": asked.message.attempt}
    logger().info("call", extra=facts)
