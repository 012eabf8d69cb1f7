"""A test of the test: leaks built in on purpose, each in the way they come about, and each of them is seen.

Three ways of looking: one walk judged by itself (`faults`); two walks between which something changed that is not the
reader's (`elsewhere`); two walks between which only masked values changed (`behind_the_masks`). On the site as it is,
none of the three sees anything.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from tests.cast import STAFF, Cast
from tests.web.desk_world import World, at_work
from tests.web.elsewhere import move_behind_the_masks, move_elsewhere
from tests.web.joined import join
from tests.web.walk import differences, every_view, faults, looks

from yice.accounts import access
from yice.accounts.models import User
from yice.identifiers import masking
from yice.loop.deliver.models import OpenStep
from yice.loop.deliver.selectors import case as case_selectors
from yice.loop.deliver.selectors import people
from yice.loop.deliver.selectors import worklist as steps
from yice.loop.identify.models import Finding, Household, Person
from yice.loop.identify.selectors import exports, household
from yice.loop.identify.selectors.facets import Facet
from yice.loop.identify.selectors.filters import Filters
from yice.loop.identify.services import rows
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk import case_parts, urls
from yice.web.desk.pages import worklist as worklist_page

pytestmark = pytest.mark.django_db
Patch = pytest.MonkeyPatch
Look = Callable[[str, World, str], list[Any]]
worklist: Any = importlib.import_module(
    "yice.loop.identify.selectors.worklist"
)  # not the function of that name


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path).settled()


def elsewhere(who: str, world: World, only: str = "") -> list[str]:
    before = looks(who, world, only)
    move_elsewhere(who, world)
    return differences(before, looks(who, world, only))


def behind_the_masks(who: str, world: World, only: str = "") -> list[str]:
    before = looks(who, world, only)
    move_behind_the_masks(world)
    return untold(world, differences(before, looks(who, world, only)))


def untold(world: World, found: list[str]) -> list[str]:
    """Left out are two pages that say by rule in how many places the numbers of two records differ, and two files: a
    sender's own rows back to them, and the round to the national system, which knows people by their whole number.
    That no number can be put together is `test_nothing_lies_about`'s and the review desk's.
    """
    told = (
        reverse("desk:pair", args=[world.pair.uuid]),
        reverse("desk:duplicate", args=[world.double.uuid]),
        reverse("desk:list-doubts-export", args=[world.agreement.uuid, world.inquiry.uuid]),
        reverse("desk:round-export", args=[world.reply.round.uuid]),
    )
    return [one for one in found if not one.startswith(told)]


@pytest.mark.parametrize("who", STAFF)
def test_neither_what_is_not_ones_own_nor_what_a_mask_hides_changes_a_letter(who: str, world: World) -> None:
    first = looks(who, world)
    move_elsewhere(who, world)
    second = looks(who, world)
    assert differences(first, second) == []
    move_behind_the_masks(world)
    assert untold(world, differences(second, looks(who, world))) == []


def a_count_that_forgets_the_scope(patch: Patch) -> None:
    right = worklist_page.findings

    def counted(*asked: Any) -> Any:
        return replace(right(*asked), total=Finding.objects.count())

    patch.setattr(worklist_page, "findings", counted)


def a_filter_that_counts_everybody(patch: Patch) -> None:
    right, everybody = worklist._facets, Finding.objects.all()

    def facets(_mine: Any, _found: Any, filters: Filters) -> list[Facet]:
        return right(everybody, worklist.counts(everybody, filters).by, filters)

    patch.setattr(worklist, "_facets", facets)


def a_related_row(patch: Patch) -> None:
    """The household shows all its members, whoever asks."""

    def named(_actor: User, row: Person, own: bool) -> household.MemberRow:
        return household.MemberRow(row.name, "", "", None, "", None, own)

    patch.setattr(household, "_person", named)


def a_foreign_key_by_guess(patch: Patch) -> None:
    patch.setattr(
        rows, "person", lambda _actor, key: Person.objects.select_related("household").get(uuid=key)
    )


def a_file_of_everybody(patch: Patch) -> None:
    patch.setattr(exports.access, "scope", lambda _actor, _action, found: found)


def a_page_kept_in_a_cache(patch: Patch) -> None:
    from django.conf import settings

    patch.setattr(settings, "MIDDLEWARE", [f"{__name__}.keep_persons", *settings.MIDDLEWARE])


def keep_persons(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/person/"):
            response["Cache-Control"] = "public, max-age=600"
        return response

    return answer


def _refusal_with(patch: Patch, told: Callable[[Person], str]) -> None:
    right = rows.person

    def person(actor: User, key: Any) -> Person:
        try:
            return right(actor, key)
        except Problem:
            other = Person.objects.filter(uuid=key).first()
            if other is None:
                raise
            raise Problem("person-not-found", Message("{who}不归您管。", who=told(other))) from None

    patch.setattr(rows, "person", person)


def a_refusal_with_the_name(patch: Patch) -> None:
    _refusal_with(patch, lambda person: person.name)


def a_refusal_with_the_number(patch: Patch) -> None:
    _refusal_with(patch, lambda person: person.id_number)


def an_order_by_birth_date(patch: Patch) -> None:
    patch.setitem(worklist.SORTS, "name", ("按姓名", ("person__birth_date", "person_id", "id")))


def a_number_behind_the_mask(patch: Patch) -> None:
    """One character more than promised."""
    right = masking.id_number
    patch.setattr(
        masking, "id_number", lambda text: right(text)[:12] + (text or "")[12:14] + right(text)[14:]
    )


def places_of_others_to_choose_from(patch: Patch) -> None:
    right = worklist._places

    def places(_mine: Any, filters: Any) -> Any:
        return right(Counter(Finding.objects.values_list("residence", flat=True)), filters)

    patch.setattr(worklist, "_places", places)


# What is planted, who looks, in which way, and at which addresses: where it was planted.
PLANTED: list[tuple[Callable[[Patch], None], str, Look, str]] = [
    (a_count_that_forgets_the_scope, "chen", elsewhere, "/worklist/"),
    (a_filter_that_counts_everybody, "chen", elsewhere, "/worklist/"),
    (a_related_row, "chen", faults, "/person/"),
    (a_related_row, "he", elsewhere, "/person/"),
    (a_foreign_key_by_guess, "chen", faults, "/person/"),
    (a_file_of_everybody, "pan", faults, "/"),
    (a_page_kept_in_a_cache, "liang", faults, "/person/"),
    (a_refusal_with_the_name, "pan", faults, "/person/"),
    (a_refusal_with_the_number, "zhou", faults, "/person/"),
    (an_order_by_birth_date, "he", behind_the_masks, "/worklist/"),
    (a_number_behind_the_mask, "liang", behind_the_masks, "/person/"),
    (places_of_others_to_choose_from, "chen", faults, "/worklist/"),
]


@pytest.mark.parametrize(
    ("plant", "who", "look", "only"), PLANTED, ids=[f"{plant.__name__}-{who}" for plant, who, *_ in PLANTED]
)
def test_a_planted_leak_is_seen(
    plant: Callable[[Patch], None], who: str, look: Look, only: str, world: World, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    found = look(who, world, only)
    fell = [one for one in found if "500" in (one.split() if isinstance(one, str) else map(str, one))]
    assert found != [] and fell == []  # a page that falls over shows no leak


def a_case_whole_for_a_guest(patch: Patch) -> None:
    patch.setattr(case_selectors, "guest_hands", lambda _user, _case: None)


def steps_in_others_hands(patch: Patch) -> None:
    patch.setattr(steps, "waiting", lambda _actor, _filters=None: OpenStep.objects.order_by("id"))


def steps_of_others_to_hand_over(patch: Patch) -> None:
    rows_ = OpenStep.objects.select_related("case__person", "case__pack", "holder")
    patch.setattr(people, "in_hand", lambda *_: list(rows_.order_by("id")))


def colleagues_of_everywhere_to_choose_from(patch: Patch) -> None:
    patch.setattr(people, "able_to_take", lambda _steps: list(User.objects.order_by("id")))


def a_number_beside_the_name(patch: Patch) -> None:
    patch.setattr(
        case_parts, "name_of", lambda case: case.person.name + masking.id_number(case.person.id_number)
    )


def a_line_of_work_that_is_forgotten(patch: Patch) -> None:
    right = access.condition
    patch.setattr(access, "condition", lambda actor, action, of: right(actor, action, replace(of, line=None)))


# Seen by those whom the small cast does not have: guests, departments, offices above; and by line of work.
OF_OTHERS: list[tuple[Callable[[Patch], None], str, str]] = [
    (a_case_whole_for_a_guest, "assessor.here", "/cases/"),
    (steps_in_others_hands, "school.free", "/cases/"),
    (steps_of_others_to_hand_over, "education.here", "/cases/hand-over/"),
    (colleagues_of_everywhere_to_choose_from, "housing.here", "/cases/hand-over/"),
    (a_number_beside_the_name, "federation_above.here", "/cases/"),
    (a_line_of_work_that_is_forgotten, "liang", "/worklist/"),
]


def test_leaks_to_people_of_other_offices_and_organisations_are_seen(world: World) -> None:
    world = join(world)
    for plant, who, only in OF_OTHERS:
        assert faults(who, world, only) == [], plant.__name__
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            found = faults(who, world, only)
        assert found != [] and "500" not in str(found), plant.__name__


def test_a_file_served_beside_the_door_is_named(monkeypatch: Patch) -> None:
    """An address for uploads, as a framework's example would add it."""
    served = path("uploads/<path:file>", lambda request, file: HttpResponse(), name="uploads")
    monkeypatch.setattr(urls, "urlpatterns", urls.urlpatterns)
    urls.urlpatterns.append(served)
    try:
        silent = [pattern for pattern, one in every_view() if not hasattr(one.callback, "actions")]
    finally:
        urls.urlpatterns.remove(served)
    assert silent == ["uploads/<path:file>"]


def test_a_member_of_the_household_from_elsewhere_is_counted_and_not_named(world: World) -> None:
    """吴外县 keeps house with 林小禾 and is another county's: found by the walk, and mended."""
    home = Household.objects.get(persons=world.lin)
    shown = household.household_block(world.cast.chen, world.lin, None)
    assert shown is not None and home.persons.count() == len(shown.members) == 2
    assert [row.name for row in shown.members] == ["林小禾", "其他地区的成员"]
    assert shown.members[1].person is None and shown.members[1].certificate == ""
