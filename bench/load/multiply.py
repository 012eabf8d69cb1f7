"""From one county to a province: its rows copied by SQL, each copy in places, with people and staff of its own.

`cases` gives everybody in the county three of its histories, a need, to some a plan. `counties` then copies the county
whole: every id is multiplied, so references keep together; codes of places are mapped to those of another county of
the province; uuids, numbers, keys and keyed indexes are made anew from the old ones. What came in county by county
(the register, lists, findings) lies so in the tables; what happens day by day (needs, cases, records, events) is mixed,
as it would be. Indexes are those of the migrations, built after.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bench.load.county import COUNTY, DAY

APPS = (
    "accounts",
    "axes",
    "audit",
    "jobs",
    "network",
    "identify",
    "assess",
    "plan",
    "deliver",
    "exchange",
    "policy",
)
# Of the whole installation, not of a county; and what only one row may be of.
ONCE = {
    "installedpack",
    "snapshot",
    "namefolding",
    "chainhead",
    "anchor",
    "installation",
    "comparison",
    "accessattempt",
}
DAILY = {"audit", "plan", "deliver"}  # and needs


def models() -> list[Any]:
    """Every table that a county has rows in."""
    from django.apps import apps

    found = [one for one in apps.get_models(include_auto_created=True) if one._meta.app_label in APPS]
    return [
        one
        for one in found
        if one._meta.model_name not in ONCE and one._meta.managed and one.objects.exists()
    ]


@contextmanager
def bulk(tables: Sequence[str]) -> Iterator[Any]:
    """No checks of references and no indexes but the primary keys while rows are poured in; then all of them again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
            [list(tables)],
        )
        unique = cursor.fetchall()
        for table, name, _ in unique:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s) "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype = 'p')",
            [list(tables)],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield cursor
        for _, text in indexes:
            cursor.execute(text)
        for table, name, text in unique:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}')
        for table in tables:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table]) if _has_id(
                cursor, table
            ) else None
            row = cursor.fetchone() if cursor.description else None
            if row and row[0]:
                cursor.execute(f"SELECT setval('{row[0]}', (SELECT max(id) FROM {table}))")
        cursor.execute("SET session_replication_role = origin")


def _has_id(cursor: Any, table: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = 'id' AND data_type = 'bigint'",
        [table],
    )
    return cursor.fetchone() is not None


class Copy:
    """How the columns of a table become those of its nth copy. `n` is a column of the source."""

    def __init__(self, tables: Sequence[Any], factor: int) -> None:
        from django.db import connection

        self.tables, self.factor = {one._meta.db_table: one for one in tables}, factor
        # The same row copied twice, first within the county and then with it, must not come to be the same again.
        self.mark = f"t.n || '/{factor}'"
        self.base: dict[str, int] = {}
        with connection.cursor() as cursor:
            for table, model in self.tables.items():
                pk = model._meta.pk
                if pk.get_internal_type() in ("BigAutoField", "AutoField"):
                    cursor.execute(f"SELECT coalesce(max({pk.column}), 0) FROM {table}")
                    self.base[table] = cursor.fetchone()[0]

    def number(self, table: str, column: str) -> str:
        return f"{column} * {self.factor} + t.n + {self.base[table]}"

    def pour(
        self,
        cursor: Any,
        model: Any,
        source: str,
        overrides: Mapping[str, str],
        joins: str = "",
        places: bool = False,
    ) -> int:
        """Copy the rows that `source` gives (aliased t, with n)."""
        table = model._meta.db_table
        columns, values = [], []
        for field in model._meta.concrete_fields:
            column = field.column
            columns.append(f'"{column}"')
            value, joined = self._value(table, field, places)
            if column in overrides:
                value, joined = overrides[column], ""
            values.append(value)
            joins += joined
        began = time.monotonic()
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {source} {joins}"
        )
        count = int(cursor.rowcount)
        print(f"    {table}: {count:,} in {time.monotonic() - began:.0f} s", flush=True)
        return count

    def _value(self, table: str, field: Any, places: bool) -> tuple[str, str]:
        column, kind = f't."{field.column}"', field.get_internal_type()
        if field.is_relation:
            target = field.related_model._meta.db_table
            if target == "areas_area":
                return _placed(field.column, places)
            return (self.number(target, column) if target in self.base else column), ""
        if field.primary_key and table in self.base:
            return self.number(table, column), ""
        if (
            kind == "BigIntegerField"
            and field.name in ("until", "begins")
            and "identify_listreceipt" in self.base
        ):
            key = self.number(
                "identify_listreceipt", column
            )  # a delivery by its key; what still stands has none
            return f"CASE WHEN {column} < {2**62} THEN {key} ELSE {column} END", ""
        if kind == "BinaryField" and field.name == "known":
            return "NULL", ""
        if kind == "UUIDField":
            return f"md5({column}::text || {self.mark})::uuid", ""
        if kind == "BinaryField" and field.max_length == 16:
            return f"decode(md5(encode({column}, 'hex') || {self.mark}), 'hex')", ""
        if field.name in ("hash", "before") and kind == "BinaryField":
            return f"decode(md5(encode({column}, 'hex') || {self.mark}) || md5(t.n::text), 'hex')", ""
        if kind == "CharField":
            if field.name in ("hukou", "residence", "area", "village", "moved_to"):
                return _placed(field.column, places)
            if field.name == "key" or (field.unique and field.name not in ("number", "username", "series")):
                return (
                    f"CASE WHEN {column} = '' THEN '' ELSE left(md5({column} || '-' || {self.mark}), 16) END",
                    "",
                )
            if field.name in ("number", "series", "username") and field.unique:
                # Numbers carry the county's code; a few people are registered outside it.
                changed = f"replace({column}, '{COUNTY}', c.code) || '.'" if places else f"{column} || '-'"
                return f"{changed} || t.n", ""
        return column, ""


def _placed(column: str, places: bool) -> tuple[str, str]:
    """The place that stands in the copy's county where `column` stands in the original."""
    if not places:
        return f't."{column}"', ""
    name = f"p_{column}"
    return (
        f'coalesce({name}.new, t."{column}")',
        f' LEFT JOIN bench_places {name} ON {name}.n = t.n AND {name}.old = t."{column}"',
    )


def cases() -> None:
    """Give everybody in the county three of its histories and a need, every third a plan."""
    from django.apps import apps

    get = apps.get_model
    case = [
        get("deliver", one)
        for one in ("Case", "OpenStep", "StepOffice", "StepRecord", "Payment", "Delivery", "Notice")
    ]
    need = [get("identify", one) for one in ("Need", "NeedVoice", "NeedStep")]
    plan = [get("plan", one) for one in ("HelpPlan", "PlanVersion", "Measure", "Progress")]
    event = get("audit", "Event")
    tables = [one._meta.db_table for one in (*case, *need, *plan, event)]
    with bulk(tables) as cursor:
        for text in _SQL:
            cursor.execute(text)
        copy = Copy([*case, *need, *plan, event], factor=50_000)
        who = {"by_id": "coalesce(w.id, t.by_id)"}
        near = " LEFT JOIN bench_near w ON w.was = t.by_id AND w.place IN (left(t.at_, 9), t.at_)"
        of_case = "(SELECT x.*, m.n, m.at_, m.person, m.home, m.thin FROM {} x JOIN bench_given m ON m.case_id = x.{} {}) t"
        for model in case:
            name = model._meta.model_name
            extra: dict[str, str] = {}
            joins, source = "", of_case.format(model._meta.db_table, "case_id", "")
            if name == "case":
                source = of_case.format("deliver_case", "id", "").replace("x.*", "x.*")
                extra = {"person_id": "t.person", "household_id": "t.home", "hukou": "t.at_", "residence": "t.at_",
                         "area": "t.at_", "moved_to": "NULL", "need_id": "NULL", "finding_id": "NULL", "measure_id": "NULL"}  # fmt: skip
            elif name == "openstep":
                extra, joins = (
                    {"area": "t.at_", "holder_id": "coalesce(w.id, t.holder_id)"},
                    near.replace("by_id", "holder_id"),
                )
            elif name == "stepoffice":
                source = (
                    "(SELECT x.*, m.n, m.at_ FROM deliver_stepoffice x JOIN deliver_openstep o ON o.id = x.open_step_id "
                    "JOIN bench_given m ON m.case_id = o.case_id) t"
                )
                extra = {"area": "t.at_"}
            elif name == "steprecord":
                source = of_case.format(
                    "deliver_steprecord",
                    "case_id",
                    "JOIN bench_records r ON r.id = x.id AND (r.ends OR NOT m.thin)",
                )
                extra, joins = {**who, "assessment_id": "NULL"}, near
            elif name in ("payment", "delivery"):
                extra = {"person_id": "t.person", "hukou": "t.at_"}
            if name in ("payment", "delivery", "notice"):
                source = of_case.format(
                    model._meta.db_table, "case_id",
                    "JOIN bench_records r ON r.id = x.record_id AND (r.ends OR NOT m.thin)",
                )  # fmt: skip
            copy.pour(cursor, model, source, extra, joins)
        source = "(SELECT e.*, m.n, m.at_ FROM bench_events e JOIN bench_given m ON m.case_id = e.case_id WHERE e.nth = 1) t"
        copy.pour(
            cursor,
            event,
            source,
            {"area": "t.at_", "actor_id": "coalesce(w.id, t.actor_id)"},
            near.replace("by_id", "actor_id"),
        )
        of_need = "(SELECT x.*, m.n, m.at_, m.person FROM {} x JOIN bench_needs m ON m.need_id = x.{}) t"
        for model in need:
            first = model._meta.model_name == "need"
            source = of_need.format(model._meta.db_table, "id" if first else "need_id")
            extra = {"person_id": "t.person", "hukou": "t.at_", "residence": "t.at_", "moved_to": "NULL", "finding_id": "NULL",
                     "owner_id": "coalesce(w.id, t.owner_id)"} if first else who  # fmt: skip
            copy.pour(cursor, model, source, extra, near.replace("by_id", "owner_id") if first else near)
        join = {
            "helpplan": "m.plan_id = x.id",
            "planversion": "m.plan_id = x.plan_id",
            "measure": "m.plan_id = (SELECT plan_id FROM plan_planversion v WHERE v.id = x.version_id)",
            "progress": "m.plan_id = x.plan_id",
        }
        for model in plan:
            name = model._meta.model_name
            source = f"(SELECT x.*, m.n, m.at_, m.person FROM {model._meta.db_table} x JOIN bench_plans m ON {join[name]}) t"
            extra = (
                {
                    "person_id": "t.person",
                    "hukou": "t.at_",
                    "residence": "t.at_",
                    "review_on": "t.review_on + (t.n % 200)::int",
                }
                if name == "helpplan"
                else {}
            )
            if name == "measure":
                extra = {"need_id": "NULL"}
            if name == "progress":
                extra = {"measure": "md5(t.measure::text || " + copy.mark + ")::uuid"}
            copy.pour(cursor, model, source, extra)


_SQL = (
    # The clerk of a street and the commissioner of a village where another of their kind stood in a history.
    """CREATE TEMP TABLE bench_near AS
       SELECT DISTINCT ON (a.user_id, place) a.user_id AS was, b.place, b.user_id AS id FROM accounts_post a
       JOIN (SELECT role, user_id, CASE role WHEN 'township_clerk' THEN left(area_id, 9) ELSE area_id END AS place
             FROM accounts_post WHERE role IN ('township_clerk', 'village_commissioner')) b USING (role)
       ORDER BY a.user_id, place, b.user_id""",
    "CREATE INDEX ON bench_near (was, place)",
    """CREATE TEMP TABLE bench_records AS
       SELECT id, row_number() OVER (PARTITION BY case_id ORDER BY version) = 1
               OR row_number() OVER (PARTITION BY case_id ORDER BY version DESC) <= 2 AS ends FROM deliver_steprecord""",
    """CREATE TEMP TABLE bench_events AS
       SELECT e.*, c.id AS case_id, row_number() OVER (PARTITION BY c.id ORDER BY e.id) AS nth
       FROM audit_event e JOIN deliver_case c ON c.uuid = e.subject_id""",
    """CREATE TEMP TABLE bench_histories AS
       SELECT id, service, household_id IS NOT NULL AS whole, row_number() OVER (PARTITION BY service ORDER BY id) - 1 AS at,
              count(*) OVER (PARTITION BY service) AS size,
              dense_rank() OVER (ORDER BY service) - 1 AS kind FROM deliver_case
       WHERE subject = '' AND key LIKE 'auto-%'""",
    # Three services a person, one of them in full; a household's once.
    """CREATE TEMP TABLE bench_given AS
       SELECT row_number() OVER (ORDER BY hashtext(person::text || j)) AS n, * FROM (
         SELECT *, row_number() OVER (PARTITION BY home, service ORDER BY person) AS nth FROM (
           SELECT p.id AS person, j, h.id AS case_id, h.service, p.hukou AS at_,
                  CASE WHEN h.whole THEN p.household_id END AS home, (abs(hashtext(p.id::text)) + j) % 4 <> 0 AS thin
           FROM identify_person p CROSS JOIN generate_series(0, 2) j
           JOIN bench_histories h ON h.kind = (abs(hashtext(p.id::text)) + j * 2) % (SELECT max(kind) + 1 FROM bench_histories)
                AND h.at = abs(hashtext(p.id || 'h' || j)) % h.size
           WHERE p.household_id IS NOT NULL OR NOT h.whole) y) x
       WHERE (home IS NULL OR nth = 1)
         AND NOT EXISTS (SELECT 1 FROM deliver_case c WHERE c.service = x.service AND c.state = 'open'
                         AND (c.person_id = x.person OR c.household_id = x.home))""",
    "UPDATE bench_given SET person = NULL WHERE home IS NOT NULL",
    """CREATE TEMP TABLE bench_needs AS
       SELECT row_number() OVER (ORDER BY hashtext(p.id::text)) AS n, p.id AS person, p.hukou AS at_, x.id AS need_id
       FROM identify_person p
       JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at, count(*) OVER () AS size FROM identify_need) x
         ON x.at = abs(hashtext('n' || p.id)) % x.size
       WHERE NOT EXISTS (SELECT 1 FROM identify_need y WHERE y.person_id = p.id)""",
    """CREATE TEMP TABLE bench_plans AS
       SELECT row_number() OVER (ORDER BY hashtext(p.id::text)) AS n, p.id AS person, p.hukou AS at_, x.id AS plan_id
       FROM identify_person p
       JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at, count(*) OVER () AS size FROM plan_helpplan
             WHERE person_id IS NOT NULL AND state = 'in_force') x ON x.at = p.id / 3 % x.size
       WHERE p.id % 3 = 0 AND NOT EXISTS (SELECT 1 FROM plan_helpplan y WHERE y.person_id = p.id OR y.household_id = p.household_id)""",
)


def spare_room() -> None:
    """A hundred such counties are to fit on a disk: left out are rows of lists that are of nobody here, two of three
    rows of the longest lists, half of the payments, three of four notices, and much from the middle of histories.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        for text in _ROOM:
            cursor.execute(text)


_ROOM = (
    """DELETE FROM identify_listlink l USING identify_listentry e
       WHERE e.id = l.entry_id AND (e.kind LIKE '%insurance' OR e.kind LIKE '%subsidy') AND e.id % 3 > 0""",
    """CREATE TEMP TABLE bench_gone AS SELECT id FROM identify_listentry e
       WHERE NOT EXISTS (SELECT 1 FROM identify_listlink l WHERE l.entry_id = e.id)
         AND NOT EXISTS (SELECT 1 FROM exchange_doubt d WHERE d.entry_id = e.id)
         AND NOT EXISTS (SELECT 1 FROM identify_pair p WHERE p.entry_id = e.id)""",
    "DELETE FROM identify_entryversion v USING bench_gone g WHERE v.entry_id = g.id",
    "DELETE FROM identify_listentry e USING bench_gone g WHERE e.id = g.id",
    "DELETE FROM identify_householdmember WHERE id % 2 = 0",
    "DELETE FROM deliver_payment WHERE id % 2 = 0",
    "DELETE FROM deliver_notice WHERE id % 4 > 0",
    """DELETE FROM deliver_steprecord r USING deliver_case c WHERE c.id = r.case_id AND r.id % 5 > 0
       AND r.version > 1 AND r.version < c.version AND NOT EXISTS (SELECT 1 FROM deliver_payment p WHERE p.record_id = r.id)
       AND NOT EXISTS (SELECT 1 FROM deliver_delivery d WHERE d.record_id = r.id)
       AND NOT EXISTS (SELECT 1 FROM deliver_notice n WHERE n.record_id = r.id)""",
)


def counties(copies: int) -> None:
    """Copy the county `copies` times into other counties of its province."""
    if copies:
        chosen = models()
        with bulk([one._meta.db_table for one in chosen]) as cursor:
            _map_places(cursor, copies)
            copy = Copy(chosen, factor=copies + 1)
            for model in chosen:
                _copy(cursor, copy, model, copies)
    _visits()


def _map_places(cursor: Any, copies: int) -> None:
    """bench_places: copy, old code, new code. Every place goes to one of its own, villages one after another."""
    from yice.areas.models import Area, Tier

    counties_ = [
        one
        for one in Area.objects.filter(code__startswith=COUNTY[:2], tier=Tier.COUNTY, valid_to=None).order_by(
            "code"
        )
        if not one.code.startswith(COUNTY)
    ]
    old, old_streets = _villages(COUNTY), _streets(COUNTY)
    cursor.execute("CREATE TEMP TABLE bench_places (n int, old varchar(12), new varchar(12))")
    cursor.execute("CREATE TEMP TABLE bench_counties (n int, code varchar(6))")
    n, rows = 0, list[tuple[int, str, str]]()
    for county in counties_:
        new = _villages(county.code[:6])[: len(old)]
        used = list(dict.fromkeys([*(one[:9] + "000" for one in new), *_streets(county.code[:6])]))
        if n == copies or len(new) < len(old) or len(used) < len(old_streets):
            continue
        n += 1
        cursor.execute("INSERT INTO bench_counties VALUES (%s, %s)", [n, county.code[:6]])
        pairs = [
            (f"{COUNTY}000000", county.code),
            *zip(old_streets, used, strict=False),
            *zip(old, new, strict=True),
        ]
        rows += [(n, was, now) for was, now in pairs]
    if n < copies:
        raise SystemExit(f"The province has {n} other counties, {copies} are asked for.")
    cursor.executemany("INSERT INTO bench_places VALUES (%s, %s, %s)", rows)
    cursor.execute("ANALYZE bench_places")


def _streets(county: str) -> list[str]:
    return _below(county, 4)


def _villages(county: str) -> list[str]:
    return _below(county, 5)


def _below(county: str, tier: int) -> list[str]:
    from yice.areas.models import Area

    rows = Area.objects.filter(code__startswith=county, lowest_tier=tier, valid_to=None)
    return list(rows.order_by("code").values_list("code", flat=True))


def _copy(cursor: Any, copy: Copy, model: Any, copies: int) -> None:
    table, key = model._meta.db_table, f'"{model._meta.pk.column}"'
    daily = model._meta.app_label in DAILY or model._meta.model_name.startswith("need")
    numbers = f"generate_series(1, {copies})"
    if daily:
        source = f"(SELECT * FROM {table} ORDER BY {key}) x CROSS JOIN LATERAL (SELECT n FROM {numbers} n WHERE x.{key} IS NOT NULL OFFSET 0) y"
    else:
        source = f"{numbers} n CROSS JOIN LATERAL (SELECT * FROM {table} WHERE n IS NOT NULL OFFSET 0) x"
    extra: dict[str, str] = {}
    if table == "accounts_user":
        extra["username"] = "t.username || '-' || t.n"
    elif table == "plan_progress":
        extra["measure"] = "md5(t.measure::text || " + copy.mark + ")::uuid"
    joins = " JOIN bench_counties c USING (n)"
    copy.pour(cursor, model, f"(SELECT x.*, n FROM {source}) t", extra, joins, places=True)


def _visits() -> None:
    """Every commissioner's list of the day, twelve people of the village, and one of a week ago that was typed in."""
    from django.db import connection

    with connection.cursor() as cursor:
        for days, typed in ((7, True), (0, False)):
            cursor.execute(
                """INSERT INTO identify_visitlist (uuid, day, area, made_by_id, made_at)
                   SELECT DISTINCT ON (area_id) gen_random_uuid(), %s::date - %s, area_id, user_id, now()
                   FROM accounts_post p WHERE role = 'village_commissioner'
                     AND NOT EXISTS (SELECT 1 FROM identify_visitlist v WHERE v.made_by_id = p.user_id AND v.day = %s::date - %s)
                     AND EXISTS (SELECT 1 FROM identify_person x WHERE x.residence = area_id)
                   ORDER BY area_id, user_id""",
                [DAY, days, DAY, days],
            )
            cursor.execute(
                """INSERT INTO identify_visit (list_id, position, person_id, result, note, signed_by, witness, typed_at, version)
                   SELECT l.id, p.at, p.id, CASE WHEN %s THEN 'met' ELSE '' END, '', '', '', CASE WHEN %s THEN now() END,
                          CASE WHEN %s THEN 1 ELSE 0 END
                   FROM identify_visitlist l JOIN LATERAL (
                     SELECT id, row_number() OVER (ORDER BY id) AS at FROM identify_person WHERE residence = l.area
                       AND removed_on IS NULL ORDER BY id LIMIT 12) p ON true
                   WHERE l.day = %s::date - %s AND NOT EXISTS (SELECT 1 FROM identify_visit v WHERE v.list_id = l.id)""",
                [typed, typed, typed, DAY, days],
            )


def settle() -> None:
    """What a database does by itself in time: statistics, visibility."""
    from django.db import connection

    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    print(f"    VACUUM ANALYZE in {time.monotonic() - began:.0f} s", flush=True)
