"""Makes the engine's DynamoDB read an expression once, not again for each row that it is tried on.

Reading a condition or a filter costs many times what it costs to evaluate it: with ten thousand rows, a third of all
that the engine does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

KEPT = 1000
"""Expressions. Ours are about a hundred."""


def read_expressions_once(dynamodb: Any) -> None:
    """Do it from now on.

    Args:
        dynamodb: MiniStack's service of that name.
    """
    tokens = lru_cache(KEPT)(dynamodb._tokenize)
    dynamodb._tokenize = lambda expression: list(tokens(expression))  # nobody shall change what is kept
    dynamodb._condition_syntax_error = lru_cache(KEPT)(dynamodb._condition_syntax_error)
