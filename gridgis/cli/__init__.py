"""The command line: one subcommand a verb; the only place where an error becomes an exit code.

Exit codes: 0 done, warnings allowed · 1 the data is at fault, each fault named · 2 the call is at fault or a file
cannot be read · 3 the program is at fault (a bug; the log says where).

A module beside this one holds the verbs of one kind as plain functions and is imported only when one of its verbs is
called, so that ``gridgis --help`` needs no geometry library.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from tempfile import NamedTemporaryFile

import typer

from gridgis.cli.commands import make_app
from gridgis.model.errors import CallError, DataError, GridgisError
from gridgis.model.words import Lang, say, shell_language

EXIT_CODES: dict[type[GridgisError], int] = {CallError: 2, GridgisError: 1}
BUG = 3
INTERRUPTED = 130

# typer keeps the class of every usage error to itself; it is what a bad parameter is one of
_UsageError = typer.BadParameter.__mro__[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback reaches the screen.

    Parameters
    ----------
    arguments
        Words behind the command's name; those of this process where None.
    """
    lang = shell_language()
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        done = make_app()(args=words, prog_name="gridgis", standalone_mode=False)
    except GridgisError as error:
        return _tell(error, lang)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has seen enough
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 — the one place where a bug is caught
        if isinstance(error, _UsageError):
            return _tell_usage(error, lang)
        return _tell_bug(error, lang)
    return done if isinstance(done, int) else 0


def _tell(error: GridgisError, lang: Lang) -> int:
    if isinstance(error, DataError):
        from gridgis.cli.report import print_findings  # noqa: PLC0415 — only a fault needs it

        print_findings(error.findings, lang)
    _print_error(error.words(lang))
    return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))


def _tell_usage(error: Exception, lang: Lang) -> int:
    """Say what is wrong with the call; what typer words itself stays in its English."""
    key = {"NoSuchOption": "no_option", "MissingParameter": "missing", "BadParameter": "bad_value"}.get(
        type(error).__name__, "other"
    )
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", None) or (None if param is None else max(param.opts, key=len))
    if name is None:
        key = "other"
    detail = getattr(error, "message", "") or str(error)
    _print_error(say(f"cli.usage.{key}", lang, name=name, detail=detail))
    return EXIT_CODES[CallError]


def _tell_bug(error: Exception, lang: Lang) -> int:
    with NamedTemporaryFile("w", prefix="gridgis-", suffix=".log", delete=False, encoding="utf-8") as log:
        traceback.print_exception(error, file=log)
    _print_error(say("cli.bug", lang, kind=type(error).__name__, log=log.name))
    return BUG


def _print_error(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 — the command's answer
