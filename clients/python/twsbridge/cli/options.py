"""Many options in few arguments: `**options: Unpack[SomeOptions]` written out, so that typer sees each of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints


def written_out(function: Callable[..., Any], *more: type) -> list[inspect.Parameter]:
    """The parameters of a command, with those of its TypedDict of options, and of `more` of them, one by one.

    An option that may be None is None when it is not given, a switch is False, a list is empty.
    """
    own: list[inspect.Parameter] = []
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            (options,) = get_args(parameter.annotation)
            own += _keywords(options)
        else:
            own.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    return own + [each for options in more for each in _keywords(options)]


def with_options(function: Callable[..., None]) -> Callable[..., None]:
    """Show typer the options one by one."""
    vars(function)["__signature__"] = inspect.Signature(written_out(function))
    return function


def _keywords(options: type) -> Iterator[inspect.Parameter]:
    for name, annotation in get_type_hints(options, include_extras=True).items():
        default = _default(annotation)
        yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _default(annotation: Any) -> Any:
    kind = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    if NoneType in get_args(kind):
        return None
    return False if kind is bool else (get_origin(kind) or kind)()
