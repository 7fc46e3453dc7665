"""Shape and wording of what people type about themselves and their family."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthFactorAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from centers.models import Division
from centers.rules import DivisionKind
from common.addresses import asked_next
from common.fields import PersonNameField, TypedDateField
from common.forms import PlainForm
from common.guesses import Guesses
from people.models import Person, User
from people.rules import GuardianKind, Purpose

SIGN_UPS = Guesses("sign_up", most=60, seconds=3600)  # at numbers that have an account, from one address
COMMUNITIES = Division.objects.filter(kind=DivisionKind.COMMUNITY).order_by("path")


class LoginForm(AllauthLoginForm):
    """Sign-in: every box has a label, so none needs a word inside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignupForm(AllauthSignupForm):
    """Sign-up in one screen: name, phone, password.

    Whether the number has an account is asked last, of an answer that is sound otherwise, and as a
    sign-in asks it: with the right password she is signed in, with another one it is a wrong password
    like any other, counted by number and address. So nothing is learnt of a number without either
    making an account with it or being slowed (docs/security.md).
    """

    full_name = PersonNameField(help_text=_("请写真实姓名，签到和候补都用它。"))
    home = forms.ModelChoiceField(
        COMMUNITIES,
        label=_("住在哪个社区（可不选）"),
        required=False,
        empty_label=_("不在下面，或不清楚"),
        help_text=_("选了以后，社区的工作人员能帮上您。"),
    )
    field_order = ["full_name", "phone", "password1", "home"]
    known: LoginForm | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("密码")
        self.fields["password1"].help_text = _("至少 8 位，不要用生日或连续数字。")
        for name in self.fields:
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"

    def clean(self) -> dict[str, Any]:
        """django-allauth compares a password with user name and e-mail; ours are phone and name."""
        cleaned: dict[str, Any] = super().clean()
        password, of = (
            cleaned.get("password1"),
            User(phone=cleaned.get("phone"), name=cleaned.get("full_name", "")),
        )
        if password and "password1" not in self.errors:
            try:
                validate_password(password, of)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        if not self.errors:
            self._knock(cleaned["phone"], cleaned["password1"])
        return cleaned

    def _clean_phone(self) -> None:
        """Not here, where an answer with another mistake in it would be told at no cost."""

    def _knock(self, phone: str, password: str) -> None:
        words, guesser = get_adapter().error_messages, get_adapter().get_client_ip(context.request)
        if not SIGN_UPS.counted(guesser):
            self.add_error(None, words["too_many_login_attempts"])
            return
        if User.objects.filter(phone=phone).exists():
            known = LoginForm({"login": phone, "password": password}, request=context.request)
            if not known.is_valid():
                slowed = known.has_error("__all__", "too_many_login_attempts")
                self.add_error(None, words["too_many_login_attempts" if slowed else "phone_taken"])
                return
            self.known = known
        SIGN_UPS.was_right(guesser)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Who has an account already is signed in to it, by every step that signing in takes."""
        if self.known is None:
            made: tuple[User | None, HttpResponse | None] = super().try_save(request)
            return made
        return None, self.known.login(request, redirect_url=asked_next(request) or None)


class DeskCodeForm(PlainForm):
    """The code on the printed slip."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=40,
        help_text=_("纸条上的 8 位数字，一天内有效，只能用一次。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["code"])


class PasswordForm(PlainForm):
    """A new password, typed once: the page can show it."""

    password = forms.CharField(
        label=_("新密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 8 位，不要用生日或连续数字。"),
    )


class ChangePasswordForm(AllauthChangePasswordForm):
    """The old password, and a new one twice: labels and one hint say all, so no box has a word inside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = _("至少 8 位，不要用生日或连续数字。")


class ReauthenticateForm(AllauthReauthenticateForm):
    """Her password once more, before what matters is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("placeholder", None)


def _asks_factor(form: forms.Form) -> None:
    field = form.fields["code"]
    field.label = _("动态码，或一个备用码")
    field.help_text = _("手机验证器上的 6 位数字，或纸上没用过的 8 位数字。")
    field.widget.attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}


class FactorForm(AuthenticateForm):
    """Six digits from the phone, or eight from the sheet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _asks_factor(self)


class FactorAgainForm(AllauthFactorAgainForm):
    """The same, in place of her password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _asks_factor(self)


class FirstFactorForm(ActivateTOTPForm):
    """Six digits that show that the phone has taken the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("验证器显示的 6 位数字")
        field.widget.attrs = {"inputmode": "numeric", "autocomplete": "one-time-code"}


class ProfileForm(PlainForm):
    """The one thing that an account made by staff may lack."""

    full_name = PersonNameField()


class WardForm(PlainForm):
    """A child of the family."""

    full_name = PersonNameField(label=_("孩子的姓名"))
    born_on = TypedDateField(label=_("出生日期"))
    relation = forms.CharField(label=_("您怎么称呼孩子"), max_length=20, help_text=_("例如：儿子、孙女"))
    kind = forms.ChoiceField(
        label=_("您和孩子的关系"),
        choices=[
            (GuardianKind.GUARDIAN, _("我是监护人（父母，或法院、社区认定的监护人）")),
            (GuardianKind.RELATIVE, _("我是祖辈或其他亲属，监护人另有其人")),
        ],
        widget=forms.RadioSelect,
    )
    agrees = forms.BooleanField(
        label=_("我是监护人，同意孩子参加中心的课程和活动，中心为此保存孩子的姓名、出生日期和到课记录"),
        required=False,
    )


class ConsentForm(PlainForm):
    """What a guardian agrees to for her child."""

    purpose = forms.ChoiceField(choices=[(one, one.label) for one in (Purpose.COURSES, Purpose.VOLUNTEERING)])


class BirthForm(PlainForm):
    """A birth date that nobody has written down yet; some classes ask for an age."""

    born_on = TypedDateField(
        label=_("出生日期"),
        example="1958-03-02",
        help_text=_("例如 1958-03-02；有的班有年龄要求。填好后要改请到服务台。"),
    )


class HomeForm(PlainForm):
    """Where somebody lives whose community nobody has written down yet."""

    person = forms.TypedChoiceField(label=_("谁"), coerce=int, widget=forms.RadioSelect)
    home = forms.ModelChoiceField(
        COMMUNITIES,
        label=_("住在哪个社区"),
        empty_label=_("请选一个"),
        help_text=_("选了以后，社区的工作人员能帮上您。搬家了请到服务台改。"),
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, rows = self.fields["person"], [(one.pk, one.full_name) for one in people]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = rows
        if len(rows) == 1:
            field.widget, field.initial = forms.HiddenInput(), rows[0][0]


def _own_password() -> forms.CharField:
    """May stay empty where a second clerk stood for her a moment ago."""
    return forms.CharField(
        label=_("您的登录密码"),
        max_length=128,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("服务台刚刚当面核对过的，可以不填。"),
    )


class CopyForm(PlainForm):
    """A copy of all that is on record."""

    password = _own_password()


class EraseForm(PlainForm):
    """Whose record, and a second thought before it is closed for good."""

    whose = forms.MultipleChoiceField(label=_("注销谁的资料"), widget=forms.CheckboxSelectMultiple)
    password = _own_password()
    sure = forms.BooleanField(
        label=_("我知道注销以后不能恢复"), error_messages={"required": _("要注销，请先勾上这一句。")}
    )

    def __init__(self, *args: Any, people: Iterable[Person], mine: Person | None, **kwargs: Any) -> None:
        """`people`: herself and the children whose guardian she is."""
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.full_name) for one in people]
        whose = self.fields["whose"]
        assert isinstance(whose, forms.MultipleChoiceField)  # noqa: S101 - declared above
        whose.choices, whose.initial = choices, [str(mine.pk)] if mine else []
        if len(choices) < 2:
            del self.fields["whose"]
