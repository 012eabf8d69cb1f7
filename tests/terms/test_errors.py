"""A problem says the same in whichever process it is read."""

from __future__ import annotations

import pickle

from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message


def test_what_is_wrong_goes_from_one_process_to_another_whole() -> None:
    what = Message("第 {row} 行少一格。", row=3)
    problem = Problem("row-short", what, fix=Message("请补上。"), field="grade")
    (came,) = pickle.loads(pickle.dumps(Problems([problem]))).problems  # noqa: S301 - our own
    assert came.as_dict() == problem.as_dict()
    assert came.args == problem.args
