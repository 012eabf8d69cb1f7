"""The road of every service: its steps in order, and what its record must hold (the register the document names).

`apply` takes the step with its good outcome, `match:custom` with that one; after `>` stands the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Road:
    """One service: the road, some form values by step (sums in fen), the person's day of birth."""

    pack: str
    road: str
    values: Values = field(default_factory=dict)
    birth: dt.date = dt.date(1970, 5, 1)

    @property
    def end(self) -> str:
        return self.road.partition(">")[2].strip()

    def steps(self) -> Iterator[tuple[str, str | None]]:
        for text in self.road.partition(">")[0].split():
            name, _, outcome = text.partition(":")
            yield name, outcome or None


BEIJING, JIANGHAI, HUNAN, MONGOLIA, JILIN = (
    "cn-11-2018", "cn-440704-2016", "cn-43-2016", "cn-15-2013", "cn-22-2017",
)  # fmt: skip
SUBSIDY = "apply first_check federation_check decision publicity first_payment recheck:no_longer stop_decision:stop settlement > stopped"
ROADS = {
    # national
    "living_subsidy": Road(JIANGHAI, SUBSIDY, {"decision": {"amount": 20000}, "recheck": {"seen": "visit"}}),
    "nursing_subsidy": Road(JIANGHAI, SUBSIDY, {"decision": {"amount": 25000}, "recheck": {"seen": "data"}}),
    "emergency_relief": Road(
        JIANGHAI,
        "report:urgent urgent_relief visit public decide pay > relieved",
        {"report": {"kind": "accident", "told": "厨房失火"}, "decide": {"amount": 300000}},
    ),
    # Beijing
    "rehabilitation": Road(
        BEIJING,
        "request triage:ordinary assess plan agree approve deliver:refer refer result:goes_on deliver:finished appraise"
        " > served",
        {
            "request": {"wanted": ["self_care", "device"]},
            "plan": {"goal": "自己吃饭穿衣", "services": ["self_care", "device"], "sessions": 24},
            "refer": {"to": "区康复医院", "why": "需要手术前评估"},
            "appraise": {"satisfied": 5},
        },
    ),
    "cataract_surgery": Road(
        BEIJING,
        "screen decide operate result > operated",
        {"screen": {"eye": "left"}, "operate": {"eye": "left"}},
    ),
    "preschool_to_primary": Road(
        BEIJING,
        "check ability advice:kindergarten training comprehensive refer:in_school > in_school",
        {"training": {"sessions": 30}, "refer": {"school": "和平小学"}},
        birth=dt.date(2014, 5, 1),
    ),
    "school_placement": Road(
        BEIJING,
        "register visit mainstream:step_down supported:step_down special:step_down home enrol > enrolled",
        {
            "visit": {"wishes": "想跟同院孩子一起上学"},
            "home": {"school": "和平小学", "mode": "home", "hours_a_week": 6},
            "enrol": {"school": "和平小学"},
        },
        birth=dt.date(2012, 5, 1),
    ),
    "mainstream_follow_up": Road(
        BEIJING,
        "questionnaire home school:problems resource_centre confirm again:left > left",
        {"school": {"environment": "教室在二楼", "staff": "没有资源教师", "equipment": "缺放大镜"}},
        birth=dt.date(2010, 5, 1),
    ),
    "exam_admission": Road(
        BEIJING,
        "ask:asked assess provide:provided score:above batch:returned challenge:file_back batch:admitted"
        " > admitted",
        {"ask": {"exam_year": 2020, "wanted": ["braille", "time"]}, "batch": {"batch": "本科批"}},
        birth=dt.date(2002, 5, 1),
    ),
    "job_matching": Road(
        BEIJING,
        "listed verify file match:none_yet match:custom custom_post placement follow_up:steady > employed",
        {
            "verify": {"checked": ["contributions", "person"]},
            "file": {"ability": "能久坐", "security": "低保", "wish": "就近", "needs": "无障碍厕所"},
            "placement": {"wage": 280000},
            "follow_up": {"income_before": 110000, "income_after": 310000},
        },
    ),
    "own_business": Road(
        BEIJING,
        "wish plan:planned training support:granted pay follow_up:steady > established",
        {"plan": {"helper": "梁经办", "measures": "办照、培训"}, "support": {"amount": 1000000}},
    ),
    "income_base": Road(
        BEIJING,
        "apply qualify fund_review pay track inspect appraise > supported",
        {"apply": {"households": 12}, "fund_review": {"amount": 5000000}, "appraise": {"score": 88}},
    ),
    "institution_stay": Road(
        BEIJING,
        "apply check decide institution enter grant review:transfer transfer:transferred > transferred",
        {"institution": {"free_beds": 3}, "transfer": {"to": "区养老院"}},
        birth=dt.date(1960, 9, 1),
    ),
    "respite_stay": Road(
        BEIJING,
        "request place stay back > given",
        {"request": {"days": 14}, "place": {"days": 14}, "stay": {"days": 12}},
    ),
    "mutual_help": Road(
        BEIJING,
        "request helper:found train:trained pair hours reward supervise:goes_on hours reward supervise:over"
        " > helped",
        {"helper": {"kind": "neighbour", "checked": "身体健康"}, "hours": {"hours": 20}},
    ),
    "omission_clearing": Road(
        BEIJING,
        "suspect visit:apply help result > included",
        {"suspect": {"policy": "生活补贴"}, "visit": {"reason": "unaware"}},
    ),
    "contribution_aid": Road(
        BEIJING,
        "screen review pay confirm > insured",
        {"screen": {"scheme": ["medical"]}, "review": {"year": 2020}},
    ),
    "medical_ladder": Road(
        BEIJING,
        "apply insurance:used_up relief:granted pay still:still charity:helped > relieved",
        {"insurance": {"basic": 100000, "major": 50000, "commercial": 0}, "relief": {"amount": 200000}},
    ),
    "festival_visit": Road(
        BEIJING,
        "list agree visit > visited",
        {"list": {"festival": "spring", "rule": "低保户"}, "visit": {"gift": "米和油"}},
    ),
    "rural_house_renovation": Road(
        BEIJING,
        "apply certify decide public works accept pay > renovated",
        {"certify": {"class": "d"}, "decide": {"mode": "rebuild", "amount": 3000000}},
    ),
    "need_answer": Road(
        BEIJING,
        "accept send handle answer:settled > answered",
        {"accept": {"said": "想学手语", "channel": "hotline"}, "answer": {"satisfied": 4}},
    ),
    "targeted_help": Road(
        BEIJING,
        "candidate policy_assessment professional_assessment comprehensive_assessment plan departments"
        " follow_up:revise plan departments follow_up:met > met",
        {"candidate": {"reason": "一户多残"}, "follow_up": {"effect": "能出门了"}},
    ),
    "provider_admission": Road(
        BEIJING,
        "apply check panel agreement review:problems exit:removed move_cases > removed",
        {"apply": {"kind": "builder"}, "panel": {"members": 5, "score": 86}, "move_cases": {"cases": 2}},
    ),
    "home_adaptation": Road(
        BEIJING,
        "apply verify approve wishes assess design review:passed builder works:finished acceptance:accepted"
        " rating:rated sample_check:closed > adapted",
        {"wishes": {"wishes": "想自己上厕所"}, "design": {"items": ["ramp"], "cost": 950000}},
    ),
    # Jianghai
    "child_report": Road(
        JIANGHAI,
        "report match diagnose:watch watch:disabled plan intervene effect:reached > served",
        {"report": {"suspected": ["hearing"]}, "intervene": {"sessions": 40}},
        birth=dt.date(2017, 5, 1),
    ),
    "employment_chain": Road(
        JIANGHAI,
        "ask assess career:training training support:job again:steady > at_work",
        {"career": {"direction": "auxiliary", "plan": "先学包装"}, "training": {"hours": 60}},
    ),
    "charity_match": Road(
        JIANGHAI,
        "need review:publish publish:donor match deliver confirm:confirmed > helped",
        {"review": {"need_text": "一名儿童需要助听器"}, "deliver": {"what": "助听器一对"}},
    ),
    "volunteer_five_stages": Road(
        JIANGHAI,
        "recruit pair train supervise:good encourage:over > over",
        {"train": {"hours": 8}, "supervise": {"hours": 36}},
    ),
    "home_teaching": Road(
        JIANGHAI,
        "ask decide roll teach:goes_on teach:over > taught",
        {"decide": {"hours_a_week": 4}, "teach": {"times": 40}},
        birth=dt.date(2010, 5, 1),
    ),
    "district_supervision": Road(
        JIANGHAI,
        "plan follow:report report correct follow:on_course > done",
        {"plan": {"task": "无障碍改造", "unit": "住建"}, "report": {"matter": "资金缺口"}},
    ),
    # Hunan
    "care_task_numbers": Road(
        HUNAN,
        "year guidance organise apply weigh issue count > counted",
        {
            "guidance": {"persons": 120},
            "apply": {"persons": 100},
            "issue": {"persons": 90},
            "count": {"persons": 88, "person_times": 440},
        },
    ),
    "care_purchase": Road(
        HUNAN,
        "elements select entry public contract deliver evaluate:passed pay:next_year deliver evaluate:failed"
        " reduce:ended > ended",
        {
            "elements": {"recipients": "智力、精神和重度肢体残疾人", "quality": "合同约定"},
            "contract": {"persons": 30},
            "deliver": {"persons": 28},
            "evaluate": {"score": 90},
        },
    ),
    "star_rating": Road(
        HUNAN,
        "apply check:train training examine:passed assess:promoted recheck:withdrawn_star > lapsed",
        {"apply": {"stars": 3}, "training": {"hours": 48, "practice_days": 10}, "assess": {"stars": 3}},
    ),
    "sunshine_care": Road(
        HUNAN,
        "apply check decide admit serve:goes_on serve:leaves leave > served",
        {"apply": {"mode": "day"}, "serve": {"days": 110}, "leave": {"why": "回家由家人照料"}},
    ),
    # Inner Mongolia
    "rights_violation": Road(MONGOLIA, "report:urgent protect legal_body follow:goes_on follow:solved > solved"),
    "legal_aid": Road(
        MONGOLIA, "register decide:granted aid:done close > aided", {"register": {"kind": "work"}}
    ),
    "counselling": Road(
        MONGOLIA,
        "register:crisis crisis:calm talk follow:again talk follow:better > helped",
        {"register": {"way": "line"}, "talk": {"times": 6}},
    ),
    "helping_pair": Road(
        MONGOLIA,
        "need agree:paired help check:goes_on help check:over > over",
        {"agree": {"helper": "吴静", "measures": "每周买菜", "responsible": "陈专委"}},
    ),
    "accessibility_request": Road(
        MONGOLIA,
        "register look decide works try:good > improved",
        {"register": {"where": "staircase"}, "decide": {"cost": 80000}},
    ),
    "early_intervention": Road(
        MONGOLIA,
        "found diagnosis:confirmed intervention:referred referral:result > begun",
        {"intervention": {"what": "语言训练"}, "referral": {"to": "旗医院"}},
        birth=dt.date(2012, 5, 1),
    ),
    "community_rehabilitation": Road(
        MONGOLIA,
        "file decide:refer refer back:goes_on train:done > trained",
        {"file": {"wishes": "想自己走路"}, "train": {"times": 20}},
    ),
    # Jilin
    "yearly_update": Road(
        JILIN,
        "open visit check accept:accepted > updated",
        {"visit": {"visited": 52, "lost": 3}, "check": {"sampled": 6}},
    ),
    "volunteer_six_stages": Road(
        JILIN,
        "recruit register match train appraise:good honour:over > over",
        {"register": {"number": "V-12"}, "appraise": {"hours": 50}},
    ),
    "plan_inspection": Road(
        JILIN,
        "plan approve inspect:correct correct recheck:report escalate:decided correct recheck:settled > inspected",
        {
            "plan": {
                "steps": "三步", "measures": "培训", "numbers": "每村一人", "progress": "年底", "duties": "残联",
            },
        },
    ),
}  # fmt: skip
