"""Residents: found by name, pinyin or phone tail; masked; changed through verbs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from common.admin import Verb, VerbAdmin, VerbForm, reach
from common.copies import words_of
from common.fields import PersonNameField
from common.forms import set_rows
from common.masking import mask_phone
from common.phones import read_phone
from common.reach import tree_label
from people.actions.accounts import issue_desk_code, vouch_for
from people.actions.family import give_consent, name_agent
from people.actions.lookup import whose_number
from people.actions.persons import set_document, set_phone
from people.actions.records import erase_person, merge_persons, reveal
from people.doors import people_typed
from people.models import Person, User
from people.rules import GuardianKind, Purpose, grown_up_born


class PersonField(forms.CharField):
    """One resident in the clerk's reach, typed as name, pinyin initials, phone tail or #number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("姓名、拼音首字母、电话尾号，或 #编号"))
        super().__init__(max_length=60, **kwargs)

    def find(self, typed: str, user: User, besides: Person) -> Person:
        """The one match; refuses none and several, naming them."""
        people = people_typed(user, typed).exclude(pk=besides.pk)
        match list(people.order_by("pinyin", "pk")[:6]):
            case [one]:
                return one
            case []:
                raise forms.ValidationError(_t("没有找到这位居民，请换姓名或电话尾号再试。"))
            case several:
                names = "；".join(
                    f"#{p.pk} {p.full_name} {p.born_on or ''} {p.phone_masked}" for p in several
                )
                raise forms.ValidationError(_t("有几位都像，请填编号：%(names)s") % {"names": names})


class RevealForm(VerbForm):
    field = forms.ChoiceField(
        label=_("看哪一项"),
        choices=[
            ("phone", _("电话")),
            ("contact_phone", _("紧急联系电话")),
            ("document_no", _("证件号码")),
        ],
    )
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("居民本人会看到是谁、为什么看的。"))


class PhoneForm(VerbForm):
    field = forms.ChoiceField(
        label=_("哪一个"), choices=[("phone", _("电话")), ("contact_phone", _("紧急联系电话"))]
    )
    phone = forms.CharField(label=_("新号码（可不填，表示去掉）"), max_length=40, required=False)


class DocumentForm(VerbForm):
    number = forms.CharField(
        label=_("身份证号（可不填，表示去掉）"),
        max_length=40,
        required=False,
        help_text=_("加密保存。没有出生日期和性别的，会按证件补上。"),
    )


class AgentForm(VerbForm):
    agent = PersonField(label=_("谁来代办"))
    relation = forms.CharField(label=_("怎么称呼"), max_length=20, help_text=_("例如：女儿、奶奶"))
    kind = forms.ChoiceField(
        label=_("关系"),
        choices=[
            (GuardianKind.AGENT, _("代办人：本人到场指定")),
            (GuardianKind.GUARDIAN, _("监护人：已看过户口簿或出生证明")),
        ],
    )

    def clean_agent(self) -> Person:
        field = self.fields["agent"]
        assert isinstance(field, PersonField)  # noqa: S101 - declared above
        return field.find(self.cleaned_data["agent"], self.user, self.row)


class ConsentForm(VerbForm):
    purpose = forms.ChoiceField(label=_("同意什么"), choices=Purpose)
    guardian = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("签字的监护人（14 岁以上可不填）"),
        required=False,
        help_text=_("先用“登记代办人、监护人”登记，这里才选得到。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = Person.objects.filter(
            wards__ward=self.row, wards__until=None, wards__kind=GuardianKind.GUARDIAN
        )
        set_rows(self, "guardian", choices)


class MergeForm(VerbForm):
    other = PersonField(label=_("把哪一份并进来"))

    def clean_other(self) -> Person:
        field = self.fields["other"]
        assert isinstance(field, PersonField)  # noqa: S101 - declared above
        return field.find(self.cleaned_data["other"], self.user, self.row)


def _reveal(person: Person, *, by: User, now: datetime, field: str, reason: str) -> HttpResponse:
    value = reveal(person_id=person.pk, field=field, reason=reason, by=by, now=now)
    context = {"person": person, "label": words_of(person, field), "value": value, "reason": reason}
    return render(None, "admin/people/revealed.html", context)


def _set_phone(person: Person, *, by: User, now: datetime, field: str, phone: str) -> str:
    set_phone(person_id=person.pk, phone=phone, field=field, by=by, now=now)
    return _t("号码已改。")


def _set_document(person: Person, *, by: User, now: datetime, number: str) -> str:
    set_document(person_id=person.pk, number=number, by=by, now=now)
    return _t("证件号码已登记。")


def _desk_code(person: Person, *, by: User, now: datetime) -> HttpResponse:
    """The slip is shown once: only the hash of the code is kept."""
    made, code = issue_desk_code(person_id=person.pk, by=by, now=now)
    address = settings.PUBLIC_URL.rstrip("/") + reverse("people:desk_login")
    context = {
        "person": person,
        "code": f"{code[:4]} {code[4:]}",
        "expires_at": made.expires_at,
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=6, border=2, light="white"),
    }
    return render(None, "admin/people/slip.html", context)


def _vouch(person: Person, *, by: User, now: datetime) -> str:
    vouch_for(person_id=person.pk, by=by, now=now)
    return _t("已核对。一小时内她可以不输密码导出或注销，也会收到通知。")


def _name_agent(person: Person, *, by: User, now: datetime, agent: Person, relation: str, kind: str) -> str:
    name_agent(
        ward_id=person.pk,
        agent_id=agent.pk,
        relation=relation,
        kind=GuardianKind(kind),
        by=by,
        now=now,
    )
    return _t("已登记：%(agent)s可以替%(person)s办事。") % {"agent": agent, "person": person}


def _consent(person: Person, *, by: User, now: datetime, purpose: str, guardian: Person | None) -> str:
    give_consent(
        person_id=person.pk,
        purpose=Purpose(purpose),
        guardian_id=guardian.pk if guardian else None,
        by=by,
        now=now,
    )
    return _t("同意书已登记，请把签字的纸存档。")


def _merge(person: Person, *, by: User, now: datetime, other: Person) -> str:
    merge_persons(kept_id=person.pk, merged_id=other.pk, by=by, now=now)
    return _t("已把%(other)s的档案并进来，在“合并记录”里可以撤销。") % {"other": other}


def _erase(person: Person, *, by: User, now: datetime) -> str:
    erase_person(person_id=person.pk, by=by, now=now)
    return _t("这位居民的资料已删除，账号已注销。")


class PersonForm(forms.ModelForm[Person]):
    full_name = PersonNameField(widget=UnfoldAdminTextInputWidget())

    def clean_phone(self) -> str:
        return self._phone("phone")

    def clean_contact_phone(self) -> str:
        return self._phone("contact_phone")

    def _phone(self, name: str) -> str:
        typed = self.cleaned_data[name]
        read = read_phone(typed)
        if typed and not read:
            raise forms.ValidationError(_t("电话看不懂，请写 11 位手机号，或带区号的固定电话。"))
        return read


class AloneFilter(admin.SimpleListFilter):
    """Children for whom nobody acts any more: the desk names somebody."""

    title = _("没有监护人的孩子")
    parameter_name = "alone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("没有人代办的未成年人"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "1":
            return queryset
        alone = Person.objects.left_alone(grown_up_born(timezone.localdate()))
        return queryset.filter(pk__in=alone.order_by().values("pk"))


@admin.register(Person)
class PersonAdmin(VerbAdmin):
    see, write = "people.view", "people.change"
    place = "home"
    choice_places = {"home": ""}
    choice_labels = {"home": tree_label}
    form = PersonForm
    list_display = ("full_name", "sex", "born_on", "phone_masked", "lives", "has_account")
    list_select_related = ("home__parent",)
    list_filter = (AloneFilter,)
    search_fields = ("full_name",)
    search_help_text = _("姓名、拼音或首字母、电话尾号、完整的身份证号")
    ordering = ("pinyin", "id")
    readonly_fields = ("phone_masked", "contact_phone_masked", "document_masked", "account")
    _written = (
        ("full_name", "sex"),
        ("born_on", "born_precision"),
        "home",
        ("pinyin", "initials"),
    )
    add_fieldsets = (
        (None, {"fields": (*_written[:3], "phone")}),
        (_("紧急联系人"), {"fields": (("contact_name", "contact_phone"),)}),
    )
    fieldsets = (
        (None, {"fields": _written}),
        (_("联系方式"), {"fields": ("phone_masked", ("contact_name", "contact_phone_masked"))}),
        (_("证件与账号"), {"fields": (("document_masked", "account"),)}),
    )
    verbs = (
        Verb("phone", _("改电话"), _set_phone, needs="people.change", form=PhoneForm),
        Verb("document", _("登记身份证号"), _set_document, needs="people.change", form=DocumentForm),
        Verb("reveal", _("查阅完整号码"), _reveal, needs="people.reveal", form=RevealForm),
        Verb(
            "desk-code",
            _("打印登录验证码"),
            _desk_code,
            needs="people.desk_code",
            confirm=_("纸条只出现这一次，以前打印的验证码会作废。"),
        ),
        Verb(
            "vouch",
            _("核对身份，准她导出或注销"),
            _vouch,
            needs="people.change",
            confirm=_("请先看身份证。打印验证码的人不能核对。"),
            offered=lambda person: person.user_id is not None,
        ),
        Verb("agent", _("登记代办人、监护人"), _name_agent, needs="people.change", form=AgentForm),
        Verb("consent", _("登记纸质同意书"), _consent, needs="people.change", form=ConsentForm),
        Verb("merge", _("合并重复档案"), _merge, needs="people.merge", form=MergeForm),
        Verb(
            "erase",
            _("注销并删除资料"),
            _erase,
            needs="people.change",
            confirm=_("姓名、电话、证件会从档案里抹去，不能恢复；没用的积分作废；人次等统计还在。"),
            style="danger",
        ),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().scope(request, rows).filter(merged_into=None)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.matching(search_term) if search_term.strip() else queryset), False

    def numbered(self, request: HttpRequest, typed: str) -> Iterable[int]:
        return whose_number(self.get_queryset(request), typed)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """A resident without a home would be out of everybody's sight: staff must name one."""
        form = super().get_form(request, obj, change, **kwargs)
        if "home" in form.base_fields and "" not in reach(request, self.write):
            form.base_fields["home"].required = True
        return form

    def written(self, row: Any, form: Any) -> list[str]:
        """A corrected name is spelt anew, unless the clerk wrote the reading herself."""
        fields = super().written(row, form)
        if "full_name" in fields and "pinyin" not in fields:
            row.pinyin = ""
            fields = [*fields, "pinyin", "initials"]
        return fields

    @admin.display(description=_("所在社区"))
    def lives(self, person: Person) -> str:
        """ "通信花园社区 第一网格": grids of many communities are called alike."""
        home = person.home
        return f"{home.parent or ''} {home}".strip() if home else "-"

    @admin.display(description=_("账号"), boolean=True)
    def has_account(self, person: Person) -> bool:
        return person.user_id is not None

    @admin.display(description=_("电话"))
    def phone_masked(self, person: Person) -> str:
        return person.phone_masked or "-"

    @admin.display(description=_("紧急联系电话"))
    def contact_phone_masked(self, person: Person) -> str:
        return mask_phone(person.contact_phone) or "-"

    @admin.display(description=_("证件号码"))
    def document_masked(self, person: Person) -> str:
        return person.document_masked or "-"

    @admin.display(description=_("账号"))
    def account(self, person: Person) -> str:
        if person.user is None:
            return _t("没有账号，可以打印验证码给她登录")
        joined = timezone.localdate(person.user.joined_at)
        return _t("有账号，%(day)s 注册") % {"day": joined.isoformat()}
