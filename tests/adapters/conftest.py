"""The worlds of the contract suites serve here too."""

from tests.contract.conftest import engine, real

__all__ = ["engine", "real"]
