"""The thirty-six workflows of the five documents, by name: which services run them, and where their record is kept.

Each of these services is walked to its end, refused, returned, overdue and handed over in `test_services_roads.py`;
here it is seen that none is missing, and that what has no refusal or no return has none for a reason.
"""

from __future__ import annotations

from functools import cache

import pytest
from tests import factories as make
from tests.loop.deliver.roads import ROADS

from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack
from yice.rules.services import Service

# The workflow, its services, and its record: a step whose form it is (service:step) or a paper.
WORKFLOWS = {
    1: ("dynamic update", "yearly_update", "yearly_update:visit"),
    2: ("need to answer", "need_answer", "need_answer:answer"),
    3: ("group entry and exit", "targeted_help", "targeted_help:candidate"),
    4: ("three assessments to plan", "targeted_help", "targeted_help:plan paper:help_plan"),
    5: ("follow-up", "targeted_help", "targeted_help:follow_up"),
    6: ("omission clearing", "omission_clearing", "omission_clearing:visit omission_clearing:result"),
    7: ("living and care subsidies", "living_subsidy nursing_subsidy", "paper:application paper:decision"),
    8: ("contribution aid", "contribution_aid", "contribution_aid:confirm"),
    9: ("medical assistance ladder", "medical_ladder", "medical_ladder:insurance medical_ladder:charity"),
    10: ("emergency help", "emergency_relief", "emergency_relief:report emergency_relief:visit"),
    11: ("festival visits", "festival_visit", "festival_visit:list festival_visit:visit"),
    12: ("rural house renovation", "rural_house_renovation", "rural_house_renovation:certify"),
    13: (
        "rehabilitation", "rehabilitation community_rehabilitation",
        "rehabilitation:request rehabilitation:plan rehabilitation:assess community_rehabilitation:file",
    ),
    14: ("child report", "child_report early_intervention", "child_report:report child_report:diagnose"),
    15: ("screening to surgery", "cataract_surgery", "cataract_surgery:result"),
    16: ("preschool to primary", "preschool_to_primary", "preschool_to_primary:check"),
    17: ("school placement", "school_placement home_teaching", "school_placement:register school_placement:enrol"),
    18: ("mainstream follow-up", "mainstream_follow_up", "mainstream_follow_up:school"),
    19: ("examination and admission", "exam_admission", "exam_admission:batch"),
    20: ("job matching", "job_matching", "job_matching:file paper:register_employment"),
    21: ("own business", "own_business", "own_business:plan own_business:follow_up"),
    22: ("employment chain", "employment_chain", "employment_chain:career"),
    23: ("income base", "income_base", "income_base:inspect income_base:appraise"),
    24: ("care task numbers", "care_task_numbers", "care_task_numbers:issue care_task_numbers:count"),
    25: ("purchase of service", "care_purchase", "care_purchase:contract care_purchase:evaluate"),
    26: ("star rating", "star_rating", "star_rating:assess star_rating:recheck"),
    27: ("institution-stay grant and entry", "institution_stay", "institution_stay:institution"),
    28: ("respite stay", "respite_stay", "respite_stay:stay"),
    29: ("mutual help", "mutual_help", "mutual_help:pair mutual_help:hours"),
    30: ("home adaptation", "home_adaptation", "paper:adaptation_file home_adaptation:rating"),
    31: ("provider admission and exit", "provider_admission", "provider_admission:agreement"),
    32: (
        "volunteers", "volunteer_six_stages volunteer_five_stages helping_pair",
        "volunteer_five_stages:supervise helping_pair:help paper:register_help",
    ),
    33: ("rights violation", "rights_violation", "rights_violation:follow"),
    34: ("charity match", "charity_match", "charity_match:deliver"),
    35: ("plan, inspect, escalate", "plan_inspection district_supervision", "plan_inspection:inspect district_supervision:plan"),
    36: (
        "barrier-free, counselling, legal-aid cases", "accessibility_request counselling legal_aid",
        "accessibility_request:try counselling:follow legal_aid:close",
    ),
}  # fmt: skip
CARE = "sunshine_care"  # the care that workflow 25 buys, with its archive; no workflow of its own
NOTHING_TO_REFUSE = {
    "yearly_update": "everybody is asked; a form that is not right is returned",
    "mainstream_follow_up": "every pupil is followed",
    "early_intervention": "a child without a disability ends as such, nobody is refused",
    "district_supervision": "a task of the working committee is corrected, not refused",
}


@cache
def plan(name: str) -> Plan:
    return load_pack(make.PACKS / ROADS[name].pack)


def service(name: str) -> Service:
    return plan(name).services[name]


def test_the_workflows_are_thirty_six_and_every_service_belongs_to_one() -> None:
    assert list(WORKFLOWS) == list(range(1, 37))
    assert {one for _, names, _ in WORKFLOWS.values() for one in names.split()} | {CARE} == set(ROADS)


@pytest.mark.parametrize("number", WORKFLOWS)
def test_each_has_five_roads_and_its_record(number: int) -> None:
    _title, names, records = WORKFLOWS[number]
    for name in names.split():
        steps, walked = service(name).steps, [step for step, _ in ROADS[name].steps()]
        assert steps[walked[1]].within, f"{name}: the step that is let pass its day and handed over"
        assert any(steps[one].returns in walked for one in walked), f"{name}: nothing is returned"
        refused = any(one.kind == "refuse" for step in walked for one in steps[step].outcomes.values())
        assert refused != (name in NOTHING_TO_REFUSE), f"{name}: what is refused"
    for record in records.split():
        name, _, step = record.partition(":")
        if name == "paper":
            assert step in plan(names.split()[0]).papers
        else:
            assert step in [one for one, _ in ROADS[name].steps()], f"{name}: its road passes its record"
            assert service(name).steps[step].form or service(name).steps[step].delivers
