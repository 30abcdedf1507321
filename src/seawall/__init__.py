"""Seawall: describe a Python system once, run it on a laptop, ship it to Kubernetes."""

__version__ = "0.1.0"
