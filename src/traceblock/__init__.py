"""Traced & Blocked: how online copyright enforcement works, one mechanism at a time."""

__version__ = "0.1.0"
