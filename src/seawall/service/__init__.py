"""The chassis around an ASGI application: ``from seawall.service import Service``."""

from seawall.service.app import Service

__all__ = ["Service"]
