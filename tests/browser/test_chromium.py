"""Without Chromium the browser's tests are skipped with a reason; under CI=true that is a failure."""

import pytest

from .lab_page import required_chromium


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_no_chromium(monkeypatch, ci, outcome):
    monkeypatch.setenv("TRACEBLOCK_CHROMIUM", "/nowhere/chromium")
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no Chromium: install"):
        required_chromium()
