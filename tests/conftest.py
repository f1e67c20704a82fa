"""Settings of every suite."""

from hypothesis import settings

# A wall clock says more about the machine than about the code: no example has to be over by a deadline.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
