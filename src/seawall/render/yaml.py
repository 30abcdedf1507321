"""The one place where YAML is written."""

from typing import Any, Final

import yaml
from yaml import CSafeDumper  # of libyaml, which every wheel of PyYAML has: a third of the time

_WIDTH: Final = 120
# YAML 1.1 and 1.2 read these differently: one writer's string is another reader's number or truth value.
_AMBIGUOUS: Final = frozenset("yn") | {"yes", "no", "on", "off", "true", "false", "null", "~"}


class _Dumper(CSafeDumper):
    """Safe scalars only, no aliases, block style; strings of several lines as a block."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - its signature is PyYAML's
        return True


def _string(dumper: _Dumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else '"' if text.lower() in _AMBIGUOUS else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType] - its stub says no more


_Dumper.add_representer(str, _string)


def dump(tree: Any) -> str:  # noqa: ANN401 - a tree of JSON
    """One document, its keys in their order. The same tree gives the same bytes."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False)
