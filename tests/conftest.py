"""Property tests do not time out, since a noisy machine is no error; and how workers share the tests."""

import re

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("course", deadline=None)
settings.load_profile("course")


class _ByPage(LoadScopeScheduling):
    """A file goes to one worker, since its fixtures are made once; in the browser, a lesson's page does."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        lesson = re.search(r"\d\d_\w+", test) if "/browser/" in file else None
        return lesson[0] if lesson else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # what takes longest is collected first, and so begun first
    return _ByPage(config, log)
