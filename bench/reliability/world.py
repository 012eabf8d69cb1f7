"""What the bench does inside a site, each part in a process of its own: `python -m bench.reliability.world PART`."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

PEOPLE, KINDS, SESSIONS = 50, 5, 4
JOB = "bench.note"


def settle() -> None:
    """Places, staff, fifty people and a few sessions; prints them as JSON."""
    from django.test import Client
    from tests.cast import settle as places

    from yice.accounts.services import install
    from yice.config import serving
    from yice.loop.identify.models import Person
    from yice.rules.services import NEEDS

    serving.migrate()
    serving.collect_static()
    cast = places()
    install(demo=True)
    people = [
        Person.objects.create(
            name=f"某{number}", name_folded=f"某{number}", hukou="440704001001", residence="440704001001"
        )
        for number in range(PEOPLE)
    ]
    sessions = []
    for _ in range(SESSIONS):
        client = Client()
        client.force_login(cast.he)
        sessions.append(client.cookies["sessionid"].value)
    found = {
        "people": [str(one.uuid) for one in people],
        "kinds": sorted(NEEDS)[:KINDS],
        "sessions": sessions,
    }
    print(json.dumps(found))


def enqueue(count: int) -> None:
    """Ask for so many jobs, each of which takes one need."""
    from yice.accounts.models import User
    from yice.jobs.services import enqueue as ask

    for number in range(count):
        ask(
            actor=User.objects.get(username="he"), kind=JOB, arguments={"number": number}, area="440704000000"
        )


def work() -> None:
    """A worker as `yice work`. Its kind of job takes a need under a key of its own each time: done twice, it shows."""
    import uuid

    from yice.jobs.registry import Work, handler
    from yice.jobs.runner import Worker
    from yice.loop.identify.enums import Channel
    from yice.loop.identify.models import Person
    from yice.loop.identify.services.needs import record_need
    from yice.rules.services import NEEDS

    @handler(JOB)
    def note(work: Work) -> None:
        number = work.arguments["number"]
        person = list(Person.objects.order_by("pk")[:PEOPLE])[number % PEOPLE]
        time.sleep(0.2)
        with work.commit(last=True):  # done and written in one, or neither
            record_need(
                actor=work.actor,
                person=person,
                kind=sorted(NEEDS)[number % KINDS],
                channel=Channel.VISIT,
                key=uuid.uuid4().hex,
                said=f"job {work.job_id}",
            )

    Worker().run()


def judge(said: dict[str, Any]) -> list[str]:
    """What is wrong with what is there now; nothing is what one hopes for. Prints what there is."""
    from django.db.models import Count, F

    from yice.audit.verifying import verify
    from yice.jobs.models import Job, State
    from yice.loop.identify.models import Need
    from yice.loop.identify.models.needs import NeedStep, NeedVoice

    acknowledged: dict[str, str] = said["acknowledged"]
    voices = list(NeedVoice.objects.values_list("key", "need__uuid", "said"))  # sealed: read, not looked for
    there = {key: str(need) for key, need, _text in voices}
    jobs = Counter(text for _key, _need, text in voices if text.startswith("job "))
    done = {
        f"job {one}" for one in Job.objects.filter(kind=JOB, state=State.DONE).values_list("uuid", flat=True)
    }
    failed = Job.objects.filter(kind=JOB, state=State.FAILED)
    keys = len(voices)
    lost = set(acknowledged) - set(there)
    moved = [
        key
        for key, place in acknowledged.items()
        if there.get(key, place.strip("/").split("/")[-1]) not in place
    ]
    strangers = {key for key, _need, text in voices if text == "x"} - set(said["asked"])
    steps = NeedStep.objects.filter(kind__in=("opened", "joined")).count()
    halves = Need.objects.annotate(n=Count("voices")).exclude(n=F("times")).count()
    faults = verify()
    print(
        f"{len(acknowledged)} acknowledged, {keys - sum(jobs.values())} there, {Need.objects.count()} needs; "
        f"{len(done)} jobs done, {sum(jobs.values())} wrote, {failed.count()} given up after three killed workers"
    )
    checks = {
        "acknowledged writes are not there": len(lost),
        "writes are there twice": keys - len(there),
        "acknowledged writes stand elsewhere than was said": len(moved),
        "writes nobody asked for": len(strangers),
        "needs whose count and voices differ": halves,
        "voices and steps differ by": abs(keys - steps),
        "jobs wrote twice": sum(count > 1 for count in jobs.values()),
        "jobs are done and wrote nothing": len(done - set(jobs)),
        "jobs failed without three workers killed": failed.exclude(error="job-worker-lost").count(),
        "jobs failed and wrote": len(
            {f"job {one}" for one in failed.values_list("uuid", flat=True)} & set(jobs)
        ),
        "faults in the audit chain": len(faults),
    }
    return [f"{count} {what}" for what, count in checks.items() if count]


def main() -> int:
    import django

    django.setup()
    name, *rest = sys.argv[1:]
    if name == "judge":
        wrong = judge(json.loads(Path(rest[0]).read_text("utf-8")))
        print("\n".join(wrong) or "nothing lost, nothing twice, nothing half")
        return int(bool(wrong))
    if name == "enqueue":
        enqueue(int(rest[0]))
    else:
        {"settle": settle, "work": work}[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
