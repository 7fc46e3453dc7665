"""Accounts and posts. Posts are given and ended by a director; accounts are the administrator's."""

from datetime import datetime
from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin
import django.contrib.auth.admin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from common.admin import ReadOnlyAdmin, Verb, VerbAdmin, VerbForm
from common.errors import DomainError
from common.fields import MobileField, PlaceField
from common.forms import set_rows
from common.masking import mask_phone
from common.reach import within
from people.actions.staff import appoint, drop_mfa, end_membership, print_factor_codes, set_password
from people.authority import refuse_unproved
from people.models import Membership, User
from people.rules import Role

# What the packages register on import (the four modules above) has no use here: accounts have no
# e-mail, posts replace groups, an authenticator is dropped by the verb below, and where somebody is
# signed in is her own business.
for unused in (EmailAddress, Authenticator, Group, UserSession):
    admin.site.unregister(unused)
PACKAGES = (
    allauth.account.admin,
    allauth.mfa.admin,
    allauth.usersessions.admin,
    django.contrib.auth.admin,
)


class PasswordForm(VerbForm):
    password = forms.CharField(
        label=_("新密码"), widget=forms.PasswordInput, strip=False, help_text=_("至少 8 位。")
    )


def _set_password(user: User, *, by: User, now: datetime, password: str) -> str:
    set_password(user_id=user.pk, password=password, by=by, now=now)
    return _t("密码已设置，请当面告诉本人，并请他登录后自己改掉。")


def _drop_mfa(user: User, *, by: User, now: datetime) -> str:
    drop_mfa(user_id=user.pk, by=by, now=now)
    return _t("两步验证已关闭，请本人登录后重新设置。")


class UserForm(forms.ModelForm[User]):
    def clean(self) -> dict[str, Any]:
        """The workplace opens to an account that was proved, by this door as by an appointment."""
        cleaned: dict[str, Any] = super().clean() or {}
        before = User.objects.filter(pk=self.instance.pk).first()
        if before is not None and (cleaned.get("is_staff") or cleaned.get("is_superuser")):
            try:
                refuse_unproved(before)
            except DomainError as refusal:
                self.add_error("is_staff", str(refusal))
        return cleaned


@admin.register(User)
class UserAdmin(VerbAdmin):
    """For the administrator of the portal only (`see` and `write` are empty)."""

    form = UserForm
    list_display = ("name", "phone_masked", "is_staff", "is_active", "joined_at")
    list_filter = ("is_staff", "is_active", "is_superuser")
    search_fields = ("name", "=phone")  # a part of a masked number would be found out digit by digit
    ordering = ("-id",)
    fields = (("name", "phone"), ("is_staff", "is_active", "is_superuser"), ("joined_at", "last_login"))
    readonly_fields = ("joined_at", "last_login")
    verbs = (
        Verb("password", _("设置密码"), _set_password, needs="", form=PasswordForm),
        Verb(
            "drop-mfa",
            _("关闭两步验证"),
            _drop_mfa,
            needs="",
            confirm=_("只在本人丢了手机时用，先当面核对身份。"),
        ),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """A new account has no password until the administrator sets one."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("手机号"))
    def phone_masked(self, user: User) -> str:
        return mask_phone(user.phone or "") or "-"


class AppointForm(VerbForm):
    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = MobileField()
    division = PlaceField(label=_("区划"))
    role = forms.ChoiceField(label=_("角色"), choices=Role)
    password = forms.CharField(
        label=_("初始密码（已有账号的可不填）"), widget=forms.PasswordInput, strip=False, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = self.user.reach("people.staff")
        set_rows(self, "division", within(Division.objects.order_by("path"), "", reach))


def _appoint(_row: None, *, by: User, now: datetime, division: Division, role: str, **answers: str) -> str:
    post = appoint(division_id=division.pk, role=Role(role), by=by, now=now, **answers)
    words = {"user": post.user, "division": division, "role": post.get_role_display()}
    return _t("%(user)s已是%(division)s的%(role)s，可以登录工作台了。") % words


def _print_codes(post: Membership, *, by: User, now: datetime) -> HttpResponse:
    """The sheet is shown once; printing another one kills it."""
    codes = print_factor_codes(user_id=post.user_id, by=by, now=now)
    address = settings.PUBLIC_URL.rstrip("/") + reverse("account_login")
    return render(None, "admin/people/codes.html", {"user": post.user, "codes": codes, "address": address})


def _end(post: Membership, *, by: User, now: datetime) -> str:
    end_membership(membership_id=post.pk, by=by, now=now)
    return _t("任期已结束，这个岗位从现在起打不开任何内容。")


@admin.register(Membership)
class MembershipAdmin(VerbAdmin, ReadOnlyAdmin):
    see = "people.staff"
    place = "division"
    list_display = ("user", "role", "division", "since", "until")
    list_filter = ("role",)
    list_select_related = ("user", "division")
    search_fields = ("user__name", "=user__phone")
    ordering = ("-id",)
    fields = ("user", "role", "division", "since", "until")
    verbs = (
        Verb("appoint", _("任命工作人员"), _appoint, needs="people.staff", form=AppointForm, whole_list=True),
        Verb(
            "print-codes",
            _("打印备用码"),
            _print_codes,
            needs="people.staff",
            confirm=_("先当面核对身份。以前打印的备用码马上作废。"),
            offered=lambda post: post.until is None,
        ),
        Verb(
            "end",
            _("结束任期"),
            _end,
            needs="people.staff",
            confirm=_("结束后，这个岗位马上打不开工作台的内容。以前办的事都还在。"),
            style="danger",
            offered=lambda post: post.until is None,
        ),
    )
