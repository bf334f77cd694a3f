"""Logs: one ECS JSON line per event on standard output, with the trace's id."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any, Final, TextIO

import ecs_logging
import structlog
from opentelemetry import trace

from fiapx_common.settings import TelemetrySettings

EventDict = MutableMapping[str, Any]

_ECS: Final = frozenset({"event", "exception", "log", "trace", "span", "service"})
_HANDLED: Final = frozenset({"action", "error", "error_type", "level", "logger", "stack"})
_SECRET: Final = ("password", "secret", "token", "authorization", "cookie", "dsn", "api_key", "presigned")
_NOISY: Final = ("uvicorn.access", "aiormq", "aio_pika", "asyncio", "httpx", "urllib3", "sqlalchemy", "alembic")


def configure_logging(service: str, settings: TelemetrySettings) -> None:
    """Sends structlog's and the standard library's events to standard output as ECS JSON. May be called again."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _redact,
        _add_trace,
        _Service(service),
        structlog.processors.StackInfoRenderer(),
        _add_error_type,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[_add_action, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StdoutHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _to_ecs, _EcsLine()],
        )
    )
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _StdoutHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


class _StdoutHandler(logging.StreamHandler[TextIO]):
    """Writes to what standard output is at the moment, like the standard library's handler of last resort."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override] # an attribute there, looked up late here
        return sys.stdout


class _Service:
    """Adds who speaks."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = {"name": self._name}
        return event


class _EcsLine:
    """The last step: an ECS line."""

    def __init__(self) -> None:
        self._formatter = ecs_logging.StructlogFormatter(ensure_ascii=False)

    def __call__(self, logger: object, method: str, event: EventDict) -> str:
        return str(self._formatter(logger, method, dict(event)))


def _redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        event[name] = _redacted(name, value)
    return event


def _redacted(name: str, value: object) -> object:
    if any(word in name.lower() for word in _SECRET):
        return "[redacted]"
    if isinstance(value, Mapping):
        return {inner: _redacted(str(inner), kept) for inner, kept in value.items()}
    return value


def _add_trace(_logger: object, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace"] = {"id": trace.format_trace_id(context.trace_id)}
        event["span"] = {"id": trace.format_span_id(context.span_id)}
    return event


def _add_action(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Only for events of our own: a library's lines are sentences."""
    event["action"] = event["event"]
    return event


def _add_error_type(_logger: object, _method: str, event: EventDict) -> EventDict:
    error = event.get("exc_info")
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        event.setdefault("error", str(error))
    return event


def _to_ecs(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Our own fields go below `fiapx`, where ECS allows them; the event's name is also its `event.action`."""
    own = {name: event.pop(name) for name in list(event) if name not in _ECS | _HANDLED}
    handled = {name: event.pop(name, None) for name in _HANDLED}
    line: dict[str, Any] = {"log": {"level": handled["level"] or "info", "logger": handled["logger"]}, **event}
    if handled["action"]:
        line["event.action"] = handled["action"]
    error = {"message": handled["error"], "type": handled["error_type"], "stack_trace": handled["stack"]}
    if any(error.values()):
        line["error"] = {name: str(value) for name, value in error.items() if value}
    if own:
        line["fiapx"] = {name: _plain(value) for name, value in own.items()}
    return line


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None | list | dict) else str(value)
