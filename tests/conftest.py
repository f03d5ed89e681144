"""Property tests do not time out: a noisy machine is no error."""

from hypothesis import settings

settings.register_profile("course", deadline=None)
settings.load_profile("course")
