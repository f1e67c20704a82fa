"""Composition of reports."""
