"""The arguments of a job: checked when it is enqueued, stored as JSON by name, checked again when it runs. Pure."""

import inspect
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, Final

import orjson

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.jobs.codecs import Codec, Convert, Misfit, codec_for

_STORABLE: Final = "JSON's own types, dataclasses, pydantic models, datetimes, UUIDs, enums"
_MIB: Final = 1024 * 1024


class Parameters:
    """What one function takes. Annotations are read when they are first needed, so that they may name what follows.

    Raises:
        SeawallError: SW602 for ``*args`` or ``**kwargs``: stored arguments have names.
    """

    def __init__(self, name: str, function: Callable[..., object], *, takes_job: bool) -> None:
        self._name = name
        self._function = function
        signature = inspect.signature(function)
        parameters = list(signature.parameters.values())[1 if takes_job else 0 :]
        for parameter in parameters:
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                raise SeawallError(
                    Problem(
                        "SW602", f"job {name!r} takes {parameter}", wanted="a name for each argument", fix="name them"
                    )
                )
        self._signature = signature.replace(parameters=parameters)
        self._required = {each.name for each in parameters if each.default is each.empty}
        by_position = [each for each in parameters if each.kind is not each.KEYWORD_ONLY]
        self._positional = [each.name for each in by_position]
        self._only_positional = {each.name for each in parameters if each.kind is each.POSITIONAL_ONLY}

    def encode(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
        """The arguments of a call as JSON text; those left to their defaults are not stored.

        Raises:
            SeawallError: SW603 if they do not fit the function, SW602 if one cannot be stored, SW604 beyond 1 MiB.
        """
        if args and not kwargs and len(args) == len(self._dumps):
            each = zip(self._dumps, args, strict=True)
            with suppress(Misfit):  # told below, with all others
                return self._text({name: dump(value, path) for (name, dump, path), value in each})
        problems: list[Problem] = []
        stored: dict[str, object] = {}
        for name, value in self._bind(args, kwargs).items():
            try:
                stored[name] = self._codecs[name].dump(value, f"$.{name}")
            except Misfit as misfit:
                problems.append(self._problem(misfit))
        if problems:
            raise SeawallError(*problems)
        return self._text(stored)

    def _bind(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Mapping[str, object]:
        """The arguments of a call by name, in the order of the parameters.

        `inspect.Signature.bind` takes as long as all else that an enqueue costs: it is for calls that mix both ways,
        and for what does not fit.
        """
        if not kwargs and len(args) <= len(self._positional):
            bound: dict[str, object] = dict(zip(self._positional, args, strict=False))
            if bound.keys() >= self._required:
                return bound
        known = self._signature.parameters
        if not (args or self._only_positional) and known.keys() >= kwargs.keys() >= self._required:
            return {name: kwargs[name] for name in known if name in kwargs}
        try:
            return self._signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise SeawallError(
                Problem("SW603", f"{self._name}() {error}", wanted=f"{self._name}{self._signature}")
            ) from None

    def decode(self, text: str) -> tuple[list[object], dict[str, object]]:
        """Positional and keyword arguments for the function, from what `encode` stored, perhaps by another release.

        Raises:
            SeawallError: SW603 for a missing, unknown or unfit argument; all at once.
        """
        stored: dict[str, object] = orjson.loads(text)
        if not self._only_positional and stored.keys() == self._loads.keys():
            with suppress(Misfit):  # told below, with all others
                return [], {name: load(stored[name], path) for name, (load, path) in self._loads.items()}
        problems: list[Problem] = []
        args: list[object] = []
        kwargs: dict[str, object] = {}
        for name, codec in self._codecs.items():
            if name not in stored:
                if name in self._required:
                    problems.append(Problem("SW603", f"{self._name}() missing {name!r}"))
                continue
            try:
                value = codec.load(stored[name], f"$.{name}")
            except Misfit as misfit:
                problems.append(self._problem(misfit))
                continue
            if name in self._only_positional:
                args.append(value)
            else:
                kwargs[name] = value
        if len(args) + len(kwargs) < len(stored):
            unknown = stored.keys() - self._codecs.keys()
            problems += [Problem("SW603", f"{self._name}() takes no {name!r}") for name in sorted(unknown)]
        if problems:
            raise SeawallError(*problems)
        return args, kwargs

    def by_name(self, text: str) -> dict[str, object]:
        """All arguments that the function gets for what `encode` stored, with its defaults for the rest.

        Raises:
            SeawallError: as `decode`.
        """
        args, kwargs = self.decode(text)
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def describe(self) -> dict[str, str]:
        """Each parameter's name and what it wants, in words."""
        return {name: codec.wanted for name, codec in self._codecs.items()}

    @cached_property
    def _dumps(self) -> list[tuple[str, Convert, str]]:
        """What stores each argument of a call that gives all of them by position; else nothing."""
        if len(self._positional) < len(self._signature.parameters):
            return []
        return [(name, codec.dump, f"$.{name}") for name, codec in self._codecs.items()]

    @cached_property
    def _loads(self) -> dict[str, tuple[Convert, str]]:
        """What gives each argument back."""
        return {name: (codec.load, f"$.{name}") for name, codec in self._codecs.items()}

    @cached_property
    def _codecs(self) -> dict[str, Codec]:
        hints: dict[str, Any] = typing.get_type_hints(self._function, include_extras=True)
        return {name: codec_for(hints.get(name, Any)) for name in self._signature.parameters}

    def _problem(self, misfit: Misfit) -> Problem:
        if misfit.wanted:
            return Problem("SW603", f"{self._name}(): {misfit.path} does not fit", saw=misfit.saw, wanted=misfit.wanted)
        return Problem("SW602", f"{self._name}(): {misfit.saw} at {misfit.path} cannot be stored", wanted=_STORABLE)

    def _text(self, stored: dict[str, object]) -> str:
        try:
            data = orjson.dumps(stored)
        except orjson.JSONEncodeError as error:  # an int beyond 64 bits, half a surrogate pair, nesting without end
            raise SeawallError(Problem("SW602", f"{self._name}(): {error}", wanted=_STORABLE)) from None
        if len(data) > contract.ARGUMENTS_LIMIT_BYTES:
            size, limit = len(data) / _MIB, contract.ARGUMENTS_LIMIT_BYTES / _MIB
            message = f"{self._name}(): arguments are {size:.1f} MiB, limit {limit:g} MiB"
            raise SeawallError(Problem("SW604", message, fix="store it and pass a reference"))
        return data.decode()
