"""How django-allauth keeps phones: on User, as eleven digits."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.addresses import is_ours
from common.fields import MobileField
from common.pages import judge_anew
from journal.actions import note
from journal.rules import Happened
from people.actions.accounts import register
from people.actions.staff import set_password
from people.doors import landing, signed_in
from people.forms import FactorForm
from people.models import User
from people.sign_in import factor_given, gave_factor


class PhoneAdapter(DefaultAccountAdapter):
    """Phone and password. Phones are unverified until an SMS channel is configured."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "phone_taken": _(
            "用这个手机号和密码没有注册成。已经有账号的，请用原来的密码登录；忘了密码请到服务台。"
        ),
        "phone_password_mismatch": _("手机号或密码不对，请再试一次；忘了密码请到服务台。"),
        "too_many_login_attempts": _("试的次数太多了，请过 5 分钟再试，或到服务台打印验证码登录。"),
    }

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return MobileField(**kwargs)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        judge_anew(request)
        note(kind=Happened.SIGNED_IN, by=user, now=timezone.now())
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return factor_given(request, user, answer) if gave_factor(request, user) else answer

    def set_password(self, user: User, password: str) -> None:
        """By the verb, so that she is told; her session goes on with what was written."""
        user.password = set_password(user_id=user.pk, password=password, by=user, now=timezone.now()).password

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if (user := self.get_user_by_phone(credentials.get("phone", ""))) is not None:
            note(kind=Happened.NOT_SIGNED_IN, by=user, now=timezone.now())

    def get_login_stages(self) -> list[str]:
        """The second factor alone: phones wait for an SMS channel, and a device is trusted unasked for a day."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever works here lands on 工作台; who came from a page of ours goes back there."""
        return resolve_url(landing(signed_in(request), settings.LOGIN_REDIRECT_URL))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people:my_data")

    def is_safe_url(self, url: str | None) -> bool:
        return is_ours(url or "")

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # noqa: FBT001 - allauth's signature
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        raise NotImplementedError("no SMS channel is configured")

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        raise NotImplementedError("no SMS channel is configured")

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Saves the account and its person in one go; whoever was a moment late is sent to sign in."""
        user.name, home = form.cleaned_data.get("full_name", ""), form.cleaned_data.get("home")
        try:
            with transaction.atomic():
                super().save_user(request, user, form, commit)
                register(user=user, full_name=user.name, home=home, now=timezone.now())
        except IntegrityError as error:
            if "user_phone" not in str(error):
                raise
            messages.info(request, self.error_messages["phone_taken"])
            raise ImmediateHttpResponse(redirect_to_login(form.data.get("next") or "/")) from None
        return user

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by phone and address: who guesses at somebody's is slowed, not she.

        allauth's own key knows only e-mail and user names.
        """
        return f"phone:{credentials.get('phone', '')}:{self.get_client_ip(request)}"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True


class NoticedFactorForm(FactorForm):
    """The second factor behind a sign-in: a wrong one is told to nobody but to the form itself."""

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())
        except forms.ValidationError:
            note(kind=Happened.NO_FACTOR, by=self.user, now=timezone.now())
            raise
