"""Volunteers with their skills and insurance, skills, teams."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin, ScopedInline, Verb, VerbAdmin, VerbForm, reach
from common.errors import DomainError
from common.reach import within
from people.doors import people_typed
from people.models import Person, User
from volunteers.actions.partners import refuse_own_members
from volunteers.actions.roll import join, leave
from volunteers.models.roll import Skill, Team, TeamMember, Volunteer


class JoinForm(VerbForm):
    """Who becomes a volunteer: found as at the desk, one match and no more."""

    person = forms.CharField(label=_("姓名、拼音首字母或电话尾号"), max_length=60)

    def clean_person(self) -> Person:
        found = list(people_typed(self.user, self.cleaned_data["person"])[:2])
        if not found:
            raise forms.ValidationError(_t("没有找到这位居民，请先到服务台登记档案。"))
        if len(found) > 1:
            raise forms.ValidationError(_t("找到不止一位，请写全姓名，或加上电话尾号再找。"))
        return found[0]


def _join(_row: None, *, by: User, now: datetime, person: Person) -> str:
    join(person_id=person.pk, by=by, now=now)
    return _t("%(name)s已登记为志愿者。") % {"name": person.full_name}


def _leave(volunteer: Volunteer, *, by: User, now: datetime) -> str:
    leave(volunteer_id=volunteer.pk, by=by, now=now)
    return _t("已退出志愿者，时长和积分都还在。")


@admin.register(Volunteer)
class VolunteerAdmin(VerbAdmin):
    see, write = "volunteers.view", "volunteers.change"
    place = "person__home"
    list_display = ("person", "home", "state", "insured_until", "honour_consent", "joined_at")
    list_filter = ("state", "skills")
    list_select_related = ("person__home",)
    search_fields = ("person__full_name", "person__pinyin", "person__initials")
    fields = (
        ("person", "state"),
        ("national_number", "insured_until"),
        "skills",
        ("honour_consent", "joined_at"),
    )
    readonly_fields = ("person", "state", "honour_consent", "joined_at")
    filter_horizontal = ("skills",)
    verbs = (
        Verb(
            "join",
            _("登记志愿者"),
            _join,
            needs="volunteers.change",
            form=JoinForm,
            style="primary",
            whole_list=True,
            why_twice="the register is kept here; who comes by for a shift is put on it on the way",
        ),
        Verb(
            "leave",
            _("退出志愿者"),
            _leave,
            needs="volunteers.change",
            confirm=_("不再给她派活，时长和积分都还在。"),
            style="danger",
            offered=lambda volunteer: not volunteer.has_left,
        ),
    )

    def scope(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only what the post reaches: the clerk's own family belongs on her own page."""
        return within(rows, "person__home", reach(request, self.see))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("社区"))
    def home(self, volunteer: Volunteer) -> str:
        return str(volunteer.person.home or "")


@admin.register(Skill)
class SkillAdmin(ScopedAdmin):
    see, write = "volunteers.view", "volunteers.change"
    shared = True
    list_display = ("name",)
    search_fields = ("name",)


class TeamForm(forms.ModelForm[Team]):
    """Nobody makes herself or one of hers the leader of a team, nor unmakes her."""

    user: User  # who types

    def clean_leader(self) -> Volunteer | None:
        leader: Volunteer | None = self.cleaned_data["leader"]
        if "leader" in self.changed_data:
            before = Volunteer.objects.filter(led=self.instance.pk or 0).first()
            _refuse_own(self.user, before, leader)
        return leader


class TeamMemberFormSet(forms.BaseInlineFormSet[TeamMember, Team, forms.ModelForm[TeamMember]]):
    """Nor a member: who is one judges no pitch of the team."""

    user: User

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if form in self.deleted_forms or form.has_changed():
                before = Volunteer.objects.filter(teams=form.instance.pk or 0).first()
                _refuse_own(self.user, before, form.cleaned_data.get("volunteer"))


def _refuse_own(user: User, *volunteers: Volunteer | None) -> None:
    """As a word on the form: it is saved by no verb."""
    try:
        refuse_own_members(user, *volunteers)
    except DomainError as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class TeamMemberInline(ScopedInline):
    model = TeamMember
    formset = TeamMemberFormSet
    fields = ("volunteer", "since", "until")
    autocomplete_fields = ("volunteer",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("volunteer__person", "team")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)
        made.user = request.user
        return made


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    form = TeamForm
    see, write = "volunteers.view", "volunteers.change"
    place = "division"
    choice_places = {"division": ""}
    list_display = ("name", "kind", "division", "leader")
    list_filter = ("kind",)
    list_select_related = ("division", "leader__person")
    search_fields = ("name",)
    autocomplete_fields = ("leader",)
    fields = (("name", "kind"), ("division", "leader"), "about")
    inlines = (TeamMemberInline,)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        made: Any = super().get_form(request, obj, change, **kwargs)
        made.user = request.user
        return made
