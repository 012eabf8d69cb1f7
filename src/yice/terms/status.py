"""What went wrong as a number of the web: pages and the API give the same one."""

from __future__ import annotations

from yice.terms.errors import AwayError, Problem, Problems

STATUS = {"forbidden": 403, "changed-meanwhile": 409, "stale": 409, "import-moved": 409, "scanner-away": 503}


def status_of(found: Problem | Problems) -> int:
    """What is outside one's scope reads as what is not there; what stands beside a field is a thing to mend."""
    problems = found.problems if isinstance(found, Problems) else [found]
    if len(problems) != 1:
        return 422
    code, field = problems[0].code, problems[0].field
    absent = code.endswith("not-found") or (code.endswith("-unknown") and field is None)
    return STATUS.get(code) or (404 if absent else 422)


def is_away(error: BaseException) -> bool:
    """Whether database or files were taken, full, going down or not reached: to be tried again later.

    SQLite: locked past the timeout, disk full. PostgreSQL: lock, deadlock, disk full, going down, not reached.
    """
    if isinstance(error, AwayError):
        return True
    import psycopg  # rules and commands that need no database do not wait for it

    state = getattr(error.__cause__, "sqlstate", None) or ""
    said = str(error)
    if "database is locked" in said or "database or disk is full" in said or "disk I/O error" in said:
        return True
    away = isinstance(error.__cause__, psycopg.OperationalError | psycopg.InterfaceError) and not state
    return (
        away or state[:2] == "08" or state in {"55P03", "40P01", "57P01", "57P02", "57P03", "53100", "53300"}
    )
