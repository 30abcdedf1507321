"""A registry of children that only remembers."""


class FakeRegistry:
    """Keeps `seawall.local.process.Registry`."""

    def __init__(self) -> None:
        self.living: dict[int, int] = {}

    def add(self, pid: int, stop_signal: int) -> None:
        self.living[pid] = stop_signal

    def remove(self, pid: int) -> None:
        del self.living[pid]
