"""Why something cannot be said in a call."""

from __future__ import annotations


class UnusableSpeech(ValueError):
    """A text, a document or a recording that cannot be said.

    Attributes:
        code: of the fault on the wire.
        sentence: completes "the content …".
    """

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(sentence)
