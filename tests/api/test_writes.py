"""Work done by a system: once for each key, with the version that was read, told of everything that is wrong at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.api.calling import System, system
from tests.cast import COUNTY
from tests.exchange import import_cast
from tests.web.desk_world import World

from yice.accounts import pace
from yice.accounts.models import Reply
from yice.api import door
from yice.config import cli
from yice.jobs import leases
from yice.jobs.runner import attempt
from yice.loop.deliver.models import StepRecord
from yice.loop.identify.models import Need, NeedVoice

pytestmark = pytest.mark.django_db
KEY = "request-0001"


def run_waiting() -> None:
    while (job := leases.claim("test")) is not None:
        attempt(job)


def wrong(response: Any) -> dict[str, Any]:
    """The one shape of failures."""
    said: dict[str, Any] = response.json()
    assert set(said) == {"ok", "code", "error", "errors", "status"} and said["ok"] is False
    assert said["status"] == response.status_code and said["error"] and said["errors"]
    assert all(set(one) == {"code", "what", "where", "why", "fix", "field"} for one in said["errors"])
    return said


def test_a_need_is_made_once_joined_answered_and_never_from_a_stale_version(world: World) -> None:
    clerk = system(world.cast.liang)
    asked = {"person": str(world.lin.uuid), "kind": "care", "said": "夜里没人照看"}
    first = clerk.post("/needs", asked, key=KEY)
    again = clerk.post("/needs", asked, key=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content and again["Idempotency-Replayed"] == "true"
    assert NeedVoice.objects.count() == 1
    other = clerk.post("/needs", {**asked, "kind": "device"}, key=KEY)
    assert (other.status_code, wrong(other)["code"]) == (422, "key-reused")
    joined = clerk.post("/needs", asked).json()
    assert joined["joined"] and joined["number"] == first.json()["number"] and Need.objects.count() == 1
    # The key is the token's own: another system's request of that name is another request.
    assert system(world.cast.chen).post("/needs", asked, key=KEY).json()["version"] == 2

    one = f"/needs/{joined['id']}"
    answer = {"version": 0, "outcome": "met", "answer": "已安排", "answered_by": "phone"}
    stale = clerk.post(f"{one}/answer", answer)
    assert stale.status_code == 409
    assert "又有人提出同一需求" in str(wrong(stale)["errors"][0]["why"])
    version = clerk.get(one).json()["need"]["version"]
    # What failed was not done: the same key may try again.
    assert (
        clerk.post(
            f"{one}/answer", {**answer, "answer": " ", "version": version}, key="again-0001"
        ).status_code
        == 422
    )
    done = clerk.post(f"{one}/answer", {**answer, "version": version}, key="again-0001")
    assert done.status_code == 200 and done.json()["state"] == "closed"
    assert [row.body.count(world.lin.name) for row in Reply.objects.all()] == [0] * Reply.objects.count()


def test_an_application_is_taken_by_number_and_name_once_and_tells_of_nobody_elsewhere(world: World) -> None:
    clerk, lin = system(world.cast.liang), world.lin
    asked = {"service": "living_subsidy", "number": lin.id_number, "name": lin.name}
    made = clerk.post("/cases", asked, key=KEY)
    assert made.status_code == 201 and clerk.get(f"/cases/{made.json()['id']}").status_code == 200
    assert clerk.post("/cases", asked, key=KEY).content == made.content
    assert wrong(clerk.post("/cases", asked))["code"] == "case-open"
    other = next(one for one in world.people if one.name == "吴外县")
    for number, name in ((lin.id_number, "林小"), (other.id_number, other.name)):
        said = wrong(clerk.post("/cases", {"service": "employment_chain", "number": number, "name": name}))
        assert (said["code"], said["errors"][0]["field"]) == ("nobody-named", "number")
    assert wrong(clerk.post("/cases", {**asked, "service": "nothing"}))["code"] == "service-not-found"
    assert system(world.cast.sheng).post("/cases", asked).status_code == 403


def test_a_case_is_walked_and_whoever_comes_late_learns_what_changed(world: World) -> None:
    village, street = system(world.cast.chen), system(world.cast.liang)
    one = f"/cases/{world.case.uuid}"
    form = village.get(f"{one}/steps/apply").json()
    assert {paper["id"] for paper in form["papers"]} >= {"identity", "certificate", "account"}
    sent = {"version": form["version"], "outcome": "submitted", "values": {"applied_by": "self"}}
    lacking = wrong(village.post(f"{one}/steps/apply", sent))
    assert {error["field"] for error in lacking["errors"]} >= {"account", "evidence.identity"}
    whole = {
        **sent,
        "values": {"applied_by": "self", "account": "6200000000000000", "agreed": True},
        "evidence": dict.fromkeys(("identity", "certificate", "account"), "seen"),
    }
    taken = village.post(f"{one}/steps/apply", whole, key=KEY)
    assert (
        taken.status_code == 200
        and village.post(f"{one}/steps/apply", whole, key=KEY).content == taken.content
    )
    assert StepRecord.objects.filter(case=world.case, step="apply").count() == 1
    late = wrong(village.post(f"{one}/steps/apply", whole))
    assert late["status"] == 409 and "陈专委办理了" in str(late["errors"][0]["why"])
    # What was sealed is never given back, and back at the window the paper that is missing is named.
    shown = street.get(f"{one}/steps/first_check").json()
    assert "6200000000000000" not in village.get(f"{one}/steps/apply").content.decode()
    back = street.post(
        f"{one}/steps/first_check/return", {"version": shown["version"], "items": ["户口簿复印件"]}
    )
    assert back.status_code == 200
    assert "户口簿复印件" in village.get(f"{one}/steps/apply").json()["missing"]
    said = village.get(one).json()
    assert "退回补正" in said["timeline"][0]["text"] and said["case"]["version"] == back.json()["version"]


def test_findings_and_questions_are_settled(world: World) -> None:
    county, civil = system(world.cast.he), system(world.cast.luo)
    gap = f"/findings/{world.gap.uuid}"
    version = county.get(gap).json()["finding"]["version"]
    refused = wrong(county.post(f"{gap}/outcomes", {"version": version, "code": "refer"}))
    assert refused["errors"][0]["field"] == "refer_to"
    done = county.post(f"{gap}/outcomes", {"version": version, "code": "refer", "refer_to": "民政"})
    assert done.json()["state"] == "started"
    assert county.post(f"{gap}/outcomes", {"version": version, "code": "help_to_apply"}).status_code == 409
    leak = f"/findings/{world.leak.uuid}"
    assert county.post(f"{leak}/outcomes", {"version": 0, "code": "kept"}).status_code == 403
    settled = civil.post(
        f"{leak}/outcomes", {"version": civil.get(leak).json()["finding"]["version"], "code": "kept"}
    )
    assert settled.json()["state"] == "closed"

    asked = county.get(f"/persons/{world.ouyang.uuid}/why").json()
    ask = asked["ask"] or county.get(f"/persons/{world.zhou.uuid}/why").json()["ask"]
    about = world.ouyang if asked["ask"] else world.zhou
    fact = ask["questions"][0]["fact"]
    said = {"version": ask["version"], "answers": [{"fact": fact, "kind": "does_not_know"}]}
    answered = county.post(f"/persons/{about.uuid}/answers", said)
    assert answered.json()["taken"] == 1
    left = {
        one["fact"]
        for one in (county.get(f"/persons/{about.uuid}/why").json()["ask"] or {"questions": []})["questions"]
    }
    assert fact not in left


def test_somebody_agrees_no_longer_agrees_objects_and_is_answered(world: World) -> None:
    """People's rights by the API: the same services, in the same words as the page; a copy is asked for, not sent."""
    village, county, one = system(world.cast.chen), system(world.cast.he), f"/persons/{world.lin.uuid}"
    said = {"purpose": "charity", "given_by": "person", "how": "phone"}
    assert village.post(f"{one}/consents", said, key=KEY).status_code == 201
    wrong_use = wrong(village.post(f"{one}/consents", {**said, "purpose": "benefits"}))
    assert wrong_use["errors"][0]["field"] == "purpose"  # a duty asks for no consent

    def use(name: str) -> dict[str, Any]:
        found: dict[str, Any] = village.get(f"{one}/rights").json()
        return next(row for row in found["uses"] if row["purpose"] == name)

    assert use("charity")["consent"]["given_name"] == world.lin.name and not use("charity")["refused"]
    gone = {"purpose": "charity", "withdrawn_by": "person", "how": "spoken"}
    ended = village.post(f"{one}/withdrawals", gone, key=KEY + "w")
    assert ended.status_code == 200 and "撤回" in use("charity")["refused"]
    assert village.post(f"{one}/withdrawals", gone, key=KEY + "w").content == ended.content
    assert wrong(village.post(f"{one}/withdrawals", gone))["code"] == "consent-not-given"
    for about in ("benefits", "correction", "copy"):
        asked = {"about": about, "said": "等级登记错了", "said_by": "person"}
        made = village.post(f"{one}/requests", asked)
        assert made.status_code == 201 and world.lin.name not in made.content.decode()
    assert wrong(village.post(f"{one}/requests", {**asked, "about": "nothing"}))["errors"][0]["field"]
    assert village.get("/requests").status_code == 403
    waiting = county.get("/requests").json()["items"]
    assert [row["about"] for row in waiting] == ["benefits", "correction", "copy"]
    answer = {"answer": "given", "note": "已在窗口交给本人"}
    copy = f"/requests/{made.json()['id']}/answer"
    assert county.post(copy, answer).json()["answer"] == "given"
    assert county.post(copy, answer).status_code == 409
    state = village.get(f"{one}/rights").json()["requests"][0]
    assert (state["about"], state["note"], state["answered_by"]) == (
        "copy",
        answer["note"],
        world.cast.he.name,
    )
    assert all(world.lin.name not in row.body for row in Reply.objects.all())


def test_a_register_is_staged_looked_at_and_confirmed(world: World, tmp_path: Path) -> None:
    county = system(world.cast.he)
    path = import_cast.write_csv(tmp_path / "new.csv", [import_cast.lin()])
    said = {"kind": "registry", "area": COUNTY, "as_of": "2020-06-01"}

    def sent() -> dict[str, Any]:
        return {**said, "file": SimpleUploadedFile("new.csv", path.read_bytes(), "text/csv")}

    first = county.post("/imports", data=sent(), key=KEY)
    assert first.status_code == 202, first.content
    assert county.post("/imports", data=sent(), key=KEY).content == first.content
    staged = first.json()["items"][0]
    one = f"/imports/{staged['id']}"
    assert county.get(f"/jobs/{staged['job']}").json()["job"]["state"] == "waiting"
    assert wrong(county.post(f"{one}/confirm", {}))["code"] == "import-not-staged"
    run_waiting()
    preview = county.get(one).json()
    assert preview["decidable"] and preview["batch"]["counts"]["read"] == 1
    confirmed = county.post(f"{one}/confirm", {"accept_pauses": True})
    assert confirmed.status_code == 202, confirmed.content
    run_waiting()
    assert county.get(f"/jobs/{confirmed.json()['items'][0]['job']}").json()["job"]["state"] == "done"
    waiting = str(world.job.uuid)
    assert county.post(f"/jobs/{waiting}/cancel").status_code in (200, 422)
    # A village commissioner brings nothing in.
    assert system(world.cast.chen).post("/imports", data=sent()).status_code == 403


def test_one_sentence_for_page_command_and_api(
    world: World, tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is no table, brought in three ways."""
    path = tmp_path / "list.csv"
    path.write_bytes(b"%PDF-1.7 nothing to read here")
    said = {"kind": "registry", "area": COUNTY, "as_of": "2020-06-01"}
    file = SimpleUploadedFile("list.csv", path.read_bytes())
    error = wrong(system(world.cast.he).post("/imports", data={**said, "file": file}))["errors"][0]
    assert error["field"] == "file" and error["what"]

    client.force_login(world.cast.he)
    file.seek(0)
    day = {"as_of_0": "2020", "as_of_1": "6", "as_of_2": "1", "month_0": "", "month_1": ""}
    page = client.post(reverse("desk:import-new"), {**said, **day, "whole": "no", "file": file})
    assert page.status_code == 422 and error["what"].rstrip("。") in page.content.decode()

    arguments = ["import", "registry", str(path), "--area", COUNTY, "--as-of", "2020-06-01", "--actor", "he"]
    assert cli.run([*arguments, "--lang=zh"]) == cli.PROBLEM
    told = capsys.readouterr().err
    assert error["what"] in told and (error["fix"] or "") in told


def test_everything_that_fails_has_one_shape_in_the_readers_language(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    he = system(world.cast.he)
    headers = {"Authorization": f"Bearer {he.token}", "Idempotency-Key": KEY}
    raw = {"content_type": "application/json", "headers": headers}
    post, needs = he.client.post, "/api/v1/needs"
    cases: list[tuple[int, str, Any]] = [
        (400, "body-unreadable", post(needs, "{", **raw)),
        (400, "body-unreadable", post(needs, '{"person": NaN}', **raw)),
        (400, "body-unreadable", post(needs, '{"said": "\\u0000"}', **raw)),
        (400, "body-unreadable", post(needs, '{"said": "\\ud800"}', **raw)),
        (400, "body-unreadable", post(needs, b"\xff{}", **raw)),
        (400, "body-unreadable", post(needs, "[" * 100_000, **raw)),
        (400, "body-unreadable", post(needs, '{"kind": "care", "kind": "work"}', **raw)),
        (400, "key-missing", he.post("/needs", {}, key="short")),
        (400, "request-unreadable", he.client.get("/api/v1/needs?kind=%00", headers=headers)),
        (400, "host-unknown", he.client.get(needs, headers={**headers, "Host": "elsewhere.example"})),
        (401, "token-wrong", System("yice_nobody").get("/needs")),
        (403, "forbidden", system(world.cast.chen).get("/imports")),
        (404, "address-not-found", he.get("/nowhere")),
        (404, "person-not-found", he.get(f"/persons/{world.far.uuid}")),
        (405, "method-not-allowed", he.client.delete(needs, headers=headers)),
        (413, "body-large", post(needs, json.dumps({"said": "长" * door.JSON_LIMIT}), **raw)),
        (415, "media-type", post(needs, "a=b", **{**raw, "content_type": "text/plain"})),
        (422, "problems", he.post("/needs", {"person": "x", "more": 1})),
        (422, "cursor-wrong", he.get("/needs", cursor="AcsUIkqsYgkknr2rERegt76JLjsB8jge7RDU_pXfVqdE8iHv8A")),
        (422, "field-less-than-equal", he.get("/needs", limit=1000)),
    ]
    for status, code, response in cases:
        assert (response.status_code, wrong(response)["code"]) == (status, code), response.content.decode()
    assert "DELETE" not in cases[14][2]["Allow"]
    english = wrong(System(he.token, "en").get("/nowhere"))
    assert english["error"] == "There is no such address. The addresses that there are stand at /api/."

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("林小禾 440799")

    monkeypatch.setattr("yice.api.v1.needs.selectors.waiting", broken)
    fault = he.get("/needs")
    assert fault.status_code == 500 and re.fullmatch("[0-9a-f]{32}", fault["X-Request-ID"])
    assert "440799" not in str(wrong(fault))
    settings.YICE_API_RATE = 2
    pace.forget()
    answers = [he.get("/me") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert wrong(answers[2])["code"] == "too-often" and int(answers[2]["Retry-After"]) <= 60
