"""The back office's log and pages of history name nobody; a row's own name holds nobody's number."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry

from centers.models import Center, OpeningHours
from common.office_log import NumberedLog
from people.models import User
from tests import backoffice
from tests.stages.marked import MARKS, PHONE, Marked

MASKED = f"{PHONE[:3]}****{PHONE[7:]}"


def test_every_part_of_the_back_office_writes_the_log_by_numbers():
    assert [one for one in admin.site._registry.values() if not isinstance(one, NumberedLog)] == []
    own = [name for name in vars(NumberedLog) if name.startswith("log_")]
    assert {*own} == {"log_addition", "log_change", "log_deletions"}
    for one in admin.site._registry.values():
        assert all(getattr(type(one), name) is getattr(NumberedLog, name) for name in own), one


def test_who_works_in_the_back_office_leaves_no_name_in_its_log(cast, now, clock, client):
    marked = Marked(cast, now)
    told = LogEntry.objects.filter(object_id=str(marked.person.pk), action_flag=CHANGE)
    assert [entry.object_repr for entry in told] == [f"居民 {marked.person.pk}"] * 2
    page = backoffice.change(marked.person).replace("/change/", "/history/")
    client.force_login(cast.admin)
    shown = client.get(page).content.decode()
    assert cast.worker.name in shown
    assert cast.worker.phone not in shown
    for entry in LogEntry.objects.all():
        assert not [mark for mark in MARKS if mark in f"{entry.object_repr} {entry.change_message}"]


def test_parts_of_a_record_stand_in_its_log_by_their_numbers(cast, client):
    client.force_login(cast.admin)
    kept = OpeningHours.objects.create(center=cast.center, weekday=1, opens="08:30", closes="21:00")
    gone = OpeningHours.objects.create(center=cast.center, weekday=2, opens="08:30", closes="21:00")
    kept.refresh_from_db()
    page = client.get(backoffice.change(cast.center)).context["adminform"].form
    form = {name: "" if value is None else value for name, value in page.initial.items()}
    for formset in client.get(backoffice.change(cast.center)).context["inline_admin_formsets"]:
        prefix, rows = formset.formset.prefix, formset.formset.initial_forms
        form |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, one in enumerate(rows):
            form |= {f"{prefix}-{number}-{name}": value for name, value in one.initial.items()}
            form |= {f"{prefix}-{number}-id": one.instance.pk, f"{prefix}-{number}-center": cast.center.pk}
            if one.instance == gone:
                form[f"{prefix}-{number}-DELETE"] = "on"
            if one.instance == kept:
                form[f"{prefix}-{number}-closes"] = "20:00"
    assert client.post(backoffice.change(cast.center), form).status_code == 302
    entry = LogEntry.objects.get(object_id=str(cast.center.pk))
    assert entry.object_repr == f"{Center._meta.verbose_name} {cast.center.pk}"
    assert f'"{kept.pk}"' in entry.change_message
    assert str(kept) not in entry.change_message
    assert "“" in entry.get_change_message()


def test_adding_and_deleting_are_logged_by_numbers_too(cast, client):
    client.force_login(cast.admin)
    told = {"name": "临时账号", "phone": "13800138999", "is_active": "on"}
    assert client.post(backoffice.add(User), told).status_code == 302
    made = User.objects.get(phone="13800138999")
    entry = LogEntry.objects.get(object_id=str(made.pk), action_flag=ADDITION)
    assert entry.object_repr == f"账号 {made.pk}"
    request = type("Asked", (), {"user": cast.admin})()
    [gone] = admin.site._registry[User].log_deletions(request, [made])
    assert (gone.object_repr, gone.action_flag) == (f"账号 {made.pk}", DELETION)


@pytest.mark.sweep
def test_the_name_of_no_row_holds_a_number_to_ring(cast, now, clock):
    Marked(cast, now)
    User.objects.filter(phone=PHONE).update(name="")  # nobody need have told a name
    wrong = [
        f"{model._meta.label}: {row}"
        for model in apps.get_models()
        if model._meta.managed
        for row in model._default_manager.all()
        if PHONE in str(row) or MASKED in str(row)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["", "周敏"])
def test_an_account_is_called_by_name_or_number(name):
    account = User(pk=7, phone=PHONE, name=name)
    assert str(account) == account.get_full_name() == (name or "#7")
