# mypy: ignore-errors
"""Faults planted for flows.yaml: each line under `ruleid` must be found, each under `ok` must not. Never imported."""


def into_the_log(request, person):
    known = person.id_number
    # ruleid: person-into-log
    log.warning("asked for %s", known)
    # ruleid: person-into-log
    log.info("answered", extra={"who": person.name})
    # ruleid: person-into-log
    log.error(f"typed {request.POST.get('q')}")
    # ok: person-into-log
    log.info("asked for %s signs", len(person.id_number))
    # ok: person-into-log
    log.info("an attempt ended: %s", person.uuid)


def into_an_address(person):
    wanted = {"q": person.phone}
    # ruleid: person-into-address
    there = f"{reverse('desk:search')}?{urlencode(wanted)}"
    # ruleid: person-into-address
    HttpResponseRedirect("/person/?name=" + person.name)
    # ok: person-into-address
    return HttpResponseRedirect(reverse("desk:person", args=[person.uuid]))


def into_what_stays(request, person):
    # ruleid: person-into-what-stays
    request.session["last"] = person.id_number
    # ruleid: person-into-what-stays
    enqueue(actor=request.user, kind="x", arguments={"phone": person.phone}, area="")
    # ruleid: person-into-what-stays
    cache.set("who", open_sealed("id_number", b""))
    # ok: person-into-what-stays
    request.session["last"] = str(person.uuid)
    # ruleid: person-into-what-stays
    raise ValueError(f"no such number {person.id_number}")


def leads_elsewhere(request):
    to = request.GET.get("next", "/")
    # ruleid: open-redirect
    HttpResponseRedirect(to)
    answer = HttpResponse()
    # ruleid: open-redirect
    answer["Location"] = request.headers["Referer"]
    # ok: open-redirect
    HttpResponseRedirect(f"{reverse('desk:home')}?sort={to}")
    # ok: open-redirect
    return HttpResponseRedirect(reverse("desk:home"))


def beside_the_templates(request):
    said = request.POST["said"]
    # ruleid: typed-into-page
    text = mark_safe("<p>" + said + "</p>")
    # ruleid: typed-into-page
    HttpResponse(f"<p>{said}</p>")
    # ok: typed-into-page
    return render(request, "page.html", {"said": said})


def into_a_statement(request, cursor):
    order = request.GET["order"]
    # ruleid: typed-into-sql
    cursor.execute("SELECT 1 ORDER BY " + order)
    # ruleid: typed-into-sql
    rows(request.user).filter(**request.GET.dict())
    # ruleid: typed-into-sql
    rows(request.user).order_by(order)
    # ok: typed-into-sql
    cursor.execute("SELECT 1 WHERE name = %s", [order])


def into_a_path(request, folder):
    name = request.GET["file"]
    # ruleid: typed-into-path
    held = folder / name
    # ruleid: typed-into-path
    shelf.path(name)
    # ruleid: typed-into-path
    urlopen(request.POST["callback"])
    # ok: typed-into-path
    return shelf.path(f"uploads/{uuid.UUID(name).hex}")
