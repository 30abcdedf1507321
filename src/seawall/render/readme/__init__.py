"""``deploy/README.md``: the commands that bring each environment up with `kubectl` alone, without Seawall."""

from seawall.render.readme.page import text

__all__ = ["text"]
