"""Upload, preview, confirm, undo, as a social worker does it."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.models.catalogue import ClassGroup
from courses.models.enrolment import Enrolment
from courses.models.register import RegisterImport
from people.rules import Role
from tests.factories import people

DATA = Path(__file__).parent.parent / "data"


def upload(client, kind, name, data=None):
    file = SimpleUploadedFile(name, data if data is not None else (DATA / name).read_bytes())
    return client.post(reverse("courses:staff_registers"), {"kind": kind, "file": file})


def test_from_upload_to_undo(client, cast, first_page):
    """By a director: the timetable names centers and rooms that nobody has put on record."""
    client.force_login(people.staff("钱主任", Role.DIRECTOR, cast.city["street"]))
    assert upload(client, "TIMETABLE", "timetable.xlsx").status_code == 302
    timetable = RegisterImport.objects.get()
    said = client.get(reverse("courses:staff_register", args=[timetable.pk])).content.decode()
    assert "导入会新建：" in said
    assert not ClassGroup.objects.exists()
    client.post(reverse("courses:staff_register_confirm", args=[timetable.pk]))
    assert ClassGroup.objects.count() == 30

    preview = client.get(
        upload(client, "ROSTER", "roster.xlsx", first_page.read_bytes())["Location"]
    ).content.decode()
    assert "第 64 行与第 65 行是同一人" in preview
    assert not Enrolment.objects.exists()
    roster = RegisterImport.objects.get(kind="ROSTER")
    client.post(reverse("courses:staff_register_confirm", args=[roster.pk]))
    assert Enrolment.objects.count() == 118
    client.post(reverse("courses:staff_register_undo", args=[roster.pk]))
    assert Enrolment.objects.count() == 0
    assert "已撤销" in client.get(reverse("courses:staff_register", args=[roster.pk])).content.decode()


def test_what_cannot_be_read_is_said_at_the_field(client, cast):
    client.force_login(cast.worker)
    answer = upload(client, "ROSTER", "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert answer.status_code == 422
    assert "另存为" in answer.content.decode()
    assert upload(client, "ROSTER", "x.xlsx", b"").status_code == 422
    assert client.post(reverse("courses:staff_registers"), {"kind": "ROSTER"}).status_code == 422
    assert not RegisterImport.objects.exists()


def test_only_staff_who_may_and_only_their_own(client, cast, now):
    url = reverse("courses:staff_registers")
    assert client.get(url).status_code == 302
    for user, status in ((cast.guilan.user, 403), (cast.grid_worker, 403), (cast.worker, 200)):
        client.force_login(user)
        assert client.get(url).status_code == status
    upload(client, "TIMETABLE", "timetable.xlsx")
    pk = RegisterImport.objects.get().pk
    client.force_login(people.staff("别街社工", Role.SOCIAL_WORKER, cast.city["other_street"]))
    assert client.get(reverse("courses:staff_register", args=[pk])).status_code == 404
    assert client.post(reverse("courses:staff_register_confirm", args=[pk])).status_code == 403
    assert not ClassGroup.objects.exists()
