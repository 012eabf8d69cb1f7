"""Splink: trains the published model, writes vectors of its own weights, and stands beside ours in the report.

Runs in .venv-bench and knows nothing of yice. It reads tables made comparable by `bench.matching.prepare` and the
model file, whose comparisons and levels it takes over; how a level is told is written here once more, in SQL.

    .venv-bench/bin/python bench/matching/referee.py train FOLDER MODEL OUT
    .venv-bench/bin/python bench/matching/referee.py vectors MODEL OUT
    .venv-bench/bin/python bench/matching/referee.py link FOLDER MODEL OUT [--without address phone]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

MEMORY = "7GB"
# How each level of the model is told, in the model's order; the last one is whatever is left.
ONE_CHARACTER = (
    "length(name_l) = length(name_r) and length(name_l) between 3 and 8 and ("
    + " + ".join(f"(substr(name_l, {n}, 1) != substr(name_r, {n}, 1))::int" for n in range(1, 9))
    + ") = 1"
)
HALF_THE_RUNS = "len(list_intersect(runs_l, runs_r)) * 2 >= least(len(runs_l), len(runs_r))"
WRONG = "length(id_l) = 18 and length(id_r) = 18 and not (usable_l and usable_r)"
SQL: dict[str, dict[str, str]] = {
    "name": {
        "exact": "name_l = name_r",
        "pinyin": "sound_l = sound_r",
        "slip": ONE_CHARACTER,
        "part": "least(length(name_l), length(name_r)) >= 2 and greatest(length(name_l), length(name_r)) >= 4"
        " and (contains(name_l, name_r) or contains(name_r, name_l))",
        "surname": "substr(name_l, 1, 1) = substr(name_r, 1, 1)",
    },
    "birth": {
        "exact": "birth_l = birth_r",
        "slip": "damerau_levenshtein(strftime(birth_l, '%Y%m%d'), strftime(birth_r, '%Y%m%d')) = 1"
        " or (year(birth_l) = year(birth_r) and month(birth_l) = day(birth_r) and day(birth_l) = month(birth_r))",
        "near": "abs(birth_l - birth_r) <= 60 or (strftime(birth_l, '%m%d') = strftime(birth_r, '%m%d')"
        " and abs(year(birth_l) - year(birth_r)) <= 2)",
        "year": "year(birth_l) = year(birth_r)",
    },
    "sex": {"same": "sex_l = sex_r"},
    "village": {
        "same": "village_l = village_r and right(village_l, 3) != '000'",
        "township": "left(village_l, 9) = left(village_r, 9)",
        "county": "left(village_l, 6) = left(village_r, 6)",
    },
    "address": {
        "exact": "address_l = address_r",
        "close": f"{HALF_THE_RUNS} and digits_l = digits_r",
        "part": HALF_THE_RUNS,
    },
    "phone": {"same": "phone_l = phone_r"},
    "id": {
        "same": "id_l = id_r",
        "slip": f"{WRONG} and damerau_levenshtein(id_l, id_r) = 1",
        "kept": "left(id_l, 15) = left(id_r, 15) and (right(id_l, 3) = '000' or right(id_r, 3) = '000')",
        "near": f"{WRONG} and hamming(id_l, id_r) <= 3",
    },
}
# The chance that two people's numbers agree so cannot be sampled: among a billion pairs there may be none. Ours drops
# the birth date that stands in numbers which agree (`yice.matching.both`), so a number counts for all it says: one
# birthday in 25,000, times the chance among people of one birthday (a thousand numbers a day and county, ten counties
# that matter; wrong and cut numbers as often as they are written). Numbers that do not agree leave it out.
ID_U = {"same": 4e-9, "slip": 3.2e-9, "kept": 1.5e-8, "near": 2.4e-3}
BLOCKS = (
    ("id",), ("name", "birth"), ("name", "village"), ("sound", "birth"), ("birth", "village", "sex"), ("phone", "sex"),
    ("name", "township", "sex"),
)  # fmt: skip
NEEDED = "unique_id, name, sound, birth, sex, village, township, address, runs, digits, phone, id, usable"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("train", "vectors", "link"):
        command = commands.add_parser(name)
        if name != "vectors":
            command.add_argument("folder", type=Path)
        command.add_argument("model", type=Path)
        command.add_argument("out", type=Path)
        if name == "link":
            command.add_argument("--without", nargs="*", default=[])
            command.add_argument("--least", type=float, default=-5.0)
    options = parser.parse_args()
    {"train": _train, "vectors": _vectors, "link": _link}[options.command](options)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu": round(used.ru_utime + used.ru_stime, 1),
                "memory_gb": round(used.ru_maxrss / 1e6, 2),
                "wall": round(time.monotonic(), 1),
            }
        )
    )
    return 0


def _settings(model: dict[str, Any], without: tuple[str, ...] = (), trained: bool = True) -> SettingsCreator:
    comparisons = [
        _comparison(one, SQL[one["name"]], one["name"], trained)
        for one in model["comparisons"]
        if one["name"] not in without
    ]
    return SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[
            block_on(*block) for block in BLOCKS if not set(block) & set(without)
        ],
        probability_two_random_records_match=2 ** model["prior_log2"] / (1 + 2 ** model["prior_log2"]),
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def _comparison(one: dict[str, Any], told: dict[str, str], column: str, trained: bool) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": f"{column}_l is null or {column}_r is null", "label_for_charts": "missing", "is_null_level": True}
    ]  # fmt: skip
    for at, given in enumerate(one["levels"]):
        level = {"sql_condition": told.get(given["level"], "ELSE"), "label_for_charts": given["level"]}
        if at == len(one["levels"]) - 1:
            level["sql_condition"] = "ELSE"
        if trained:
            level |= {"m_probability": given["m"], "u_probability": given["u"]}
        if column == "id" and not trained:
            rest = 1 - sum(ID_U.values())
            level |= {"u_probability": ID_U.get(given["level"], rest), "fix_u_probability": True}
        if at == 0 and one.get("tf"):
            level |= {
                "tf_adjustment_column": column,
                "tf_adjustment_weight": 1.0,
                "tf_minimum_u_value": one.get("minimum_u", 0.0),
                "disable_tf_exact_match_detection": True,
            }
        levels.append(level)
    return {"output_column_name": one["name"], "comparison_levels": levels}


def _api() -> tuple[Any, DuckDBAPI]:
    connection = duckdb.connect()
    connection.execute(
        f"set memory_limit = '{MEMORY}'; set threads = 2; set preserve_insertion_order = false"
    )
    return connection, DuckDBAPI(connection)


def _tables(connection: Any, api: DuckDBAPI, folder: Path) -> list[Any]:
    tables = []
    for name in ("registry", "list"):
        path = folder / f"{name}.prepared.parquet"
        connection.execute(f"create table {name}_rows as select {NEEDED} from '{path}'")  # noqa: S608 - our own path
        tables.append(api.register(f"{name}_rows", dataset_display_name=name))
    return tables


def _train(options: argparse.Namespace) -> None:
    """m by expectation maximisation on pairs of one id, and of one name and birthday for the id itself."""
    model = json.loads(options.model.read_text("utf-8"))
    connection, api = _api()
    tables = _tables(connection, api, options.folder)
    linker = Linker(tables, _settings(model, trained=False), log_level="WARNING")
    linker.training.estimate_probability_two_random_records_match(
        ["l.id = r.id and l.name = r.name"], recall=0.97
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e7, seed=7, min_count_per_level=None)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("id"), estimate_without_term_frequencies=True
    )
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("name", "birth"), estimate_without_term_frequencies=True
    )
    options.out.write_text(
        json.dumps(linker.misc.save_model_to_json(), ensure_ascii=False, indent=1), "utf-8"
    )


def _vectors(options: argparse.Namespace) -> None:
    """Some hundred combinations of levels, each with the weight Splink gives it under this model."""
    model = json.loads(options.model.read_text("utf-8"))
    draw = random.Random(7)  # noqa: S311 - no secret
    names = [one["name"] for one in model["comparisons"]]
    choices = {one["name"]: [level["level"] for level in one["levels"]] for one in model["comparisons"]}
    every = [
        {name: None if draw.random() < 0.15 else draw.choice(choices[name]) for name in names}
        for _ in range(300)
    ]
    for name in names:  # each level once beside all others' first
        for level in [None, *choices[name]]:
            every.append({other: choices[other][0] for other in names} | {name: level})
    frequencies = [draw.choice([2e-7, 1e-6, 3.7e-5, 0.0004, 0.0123, 0.25]) for _ in every]
    tf = {one["name"] for one in model["comparisons"] if one.get("tf")}
    # One record of every pair carries the level by name; the other carries the pair's number alone.
    left = {"unique_id": list(range(len(every))), "pair": list(range(len(every)))}
    right = {"unique_id": list(range(len(every))), "pair": list(range(len(every)))}
    for name in names:
        left[name] = right[name] = [one[name] for one in every]
    for name in tf:  # the value itself: what its frequency is looked up by
        left[f"{name}_value"] = right[f"{name}_value"] = [f"v{at}" for at in range(len(every))]
    connection, api = _api()
    schema = pa.schema([(key, pa.int64() if key in ("unique_id", "pair") else pa.string()) for key in left])
    tables = []
    for title, rows in (("registry", left), ("list", right)):
        connection.register(f"{title}_arrow", pa.table(rows, schema=schema))
        connection.execute(f"create table {title}_rows as select * from {title}_arrow")  # noqa: S608 - our own names
        tables.append(api.register(f"{title}_rows", dataset_display_name=title))
    comparisons = []
    for one in model["comparisons"]:
        told = {level: f"{one['name']}_l = '{level}'" for level in choices[one["name"]][:-1]}
        comparison = _comparison(one, told, one["name"], True)
        if one["name"] in tf:
            comparison["comparison_levels"][1]["tf_adjustment_column"] = f"{one['name']}_value"
        comparisons.append(comparison)
    settings = SettingsCreator(
        link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=[block_on("pair")],
        probability_two_random_records_match=2 ** model["prior_log2"] / (1 + 2 ** model["prior_log2"]),
        retain_intermediate_calculation_columns=True, retain_matching_columns=True,
    )  # fmt: skip
    linker = Linker(tables, settings, log_level="ERROR")
    for name in tf:
        lookup = pa.table({f"{name}_value": left[f"{name}_value"], f"tf_{name}_value": frequencies})
        connection.register(f"{name}_lookup", lookup)
        connection.execute(f"create table {name}_tf as select * from {name}_lookup")  # noqa: S608 - our own names
        linker.table_management.register_term_frequency_lookup(
            api.register(f"{name}_tf", dataset_display_name=f"{name}_tf"), f"{name}_value"
        )
    found = linker.inference.predict().as_pandas_dataframe()
    weights = dict(zip(found["unique_id_l"], found["match_weight"], strict=True))
    vectors = [
        {
            "levels": {name: level for name, level in one.items() if level is not None},
            "frequency": frequency,
            "weight": float(weights[at]),
        }
        for at, (one, frequency) in enumerate(zip(every, frequencies, strict=True))
    ]
    document = {"tool": f"Splink {_version()}", "model": model, "vectors": vectors}
    options.out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _link(options: argparse.Namespace) -> None:
    """Splink alone: every pair it blocks, with its weight."""
    model = json.loads(options.model.read_text("utf-8"))
    connection, api = _api()
    tables = _tables(connection, api, options.folder)
    linker = Linker(tables, _settings(model, tuple(options.without)), log_level="ERROR")
    found = linker.inference.predict(threshold_match_weight=options.least)
    pq.write_table(
        connection.sql(
            f"select unique_id_l, unique_id_r, source_dataset_l, match_weight from {found.physical_name}"  # noqa: S608
        ).to_arrow_table(),
        options.out,
    )


def _version() -> str:
    from importlib.metadata import version

    return version("splink")


if __name__ == "__main__":
    raise SystemExit(main())
