"""Makes the engine parse an expression of DynamoDB, and a policy of IAM, once instead of at each use.

Parsing a condition or a filter costs many times its evaluation. With ten thousand rows, parsing took a third of the
engine's CPU time. The policies of a caller were parsed twice for each call, a twentieth of the engine's time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

KEPT = 1000
"""Most cached expressions, and most policies. Tocsin uses about a hundred."""


def read_expressions_once(dynamodb: Any) -> None:
    """Patch the service: parsed expressions are cached.

    Args:
        dynamodb: MiniStack's module of DynamoDB.
    """
    tokens = lru_cache(KEPT)(dynamodb._tokenize)
    dynamodb._tokenize = lambda expression: list(tokens(expression))  # a copy, because callers change the list
    dynamodb._condition_syntax_error = lru_cache(KEPT)(dynamodb._condition_syntax_error)


def read_policies_once(iam_evaluator: Any) -> None:
    """Patch the evaluator: parsed policies are cached by their text. No caller changes what it gets.

    Args:
        iam_evaluator: MiniStack's module that decides what a caller may do.
    """
    parse = iam_evaluator.parse_policy_document
    parse_text = lru_cache(KEPT)(parse)
    iam_evaluator.parse_policy_document = lambda policy: (parse_text if isinstance(policy, str) else parse)(policy)
