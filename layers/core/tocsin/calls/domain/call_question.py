"""What a call that goes on asks, and the answer."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.delivery.domain.message_id import MessageId
from tocsin.voice.domain.dialogue import Event, IvrStep
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.script import Prompt


@dataclass(frozen=True, slots=True)
class CallQuestion:
    """What a provider asks with each step of a call.

    Attributes:
        call_id: the provider's id of the call.
        message: the try that is called about; None for a call in.
        inbound: whether the receiver has called us.
        receiver, line: the receiver's number and ours, E.164; None if the provider does not tell, or the receiver
            withholds the number.
        machine: whether the provider recognised an answering machine.
        again: whether the provider asks about this key again, because our answer did not reach it.
    """

    event: Event
    state: DialogueState
    call_id: str
    message: MessageId | None
    inbound: bool
    receiver: str | None
    line: str | None
    machine: bool = False
    again: bool = False

    @property
    def in_time(self) -> bool:
        """Whether a key was pressed shortly before this question, and main began shortly after the call was answered.

        An answer that did not reach the provider delays the call by seconds.
        """
        return self.state.clean and not self.again


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What the provider does next.

    Attributes:
        state: travels with the call, and comes back with its next question.
        prompt: the content of `step.prompt`; None if the step has no prompt.
    """

    state: DialogueState
    step: IvrStep
    prompt: Prompt | None
