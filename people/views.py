"""Pages of one's own account: desk code, family, what is on file."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.addresses import asked_next, with_query
from common.errors import DomainError, NotAllowed
from common.forms import PlainForm
from common.guesses import Guesses
from common.pages import ask, own_post
from journal.actions import note
from journal.rules import Happened
from people.actions import family as family_actions
from people.actions.accounts import choose_home, redeem_desk_code, register, tell_birth
from people.actions.records import erase_person, export_my_data
from people.actions.staff import set_password
from people.authority import own_records
from people.doors import landing, own_page, signed_in
from people.forms import (
    BirthForm,
    ConsentForm,
    CopyForm,
    DeskCodeForm,
    EraseForm,
    FactorForm,
    HomeForm,
    PasswordForm,
    ProfileForm,
    WardForm,
)
from people.models import Guardianship, Person, RevealLog, User, acts_for
from people.parts import gathered
from people.rules import GuardianKind, Purpose, device, needs_guardian
from people.sign_in import BY_CODE, factor_given, forget_other_devices

FAMILY = "people:family"
DESK_CODES = Guesses("desk_code", most=100, seconds=3600)  # from one address
PASSWORDS = Guesses("own_password", most=10, seconds=3600)  # of one account


@never_cache
def desk_login(request: HttpRequest) -> HttpResponse:
    """Signs in with the code printed at the desk, or links a fresh account to the record on file."""
    form = DeskCodeForm(request.POST or None)
    guesser = get_adapter().get_client_ip(request)
    user = request.user if isinstance(request.user, User) else None

    def act() -> HttpResponse:
        if not DESK_CODES.counted(guesser):
            return render(request, "429.html", status=429)
        opened = redeem_desk_code(code=form.cleaned_data["code"], now=timezone.now(), user=user)
        DESK_CODES.was_right(guesser)
        back = asked_next(request)
        if user is not None:
            return redirect(back or landing(opened, "mine"))
        request.session[BY_CODE] = opened.pk
        password = reverse("account_set_password")
        first = (with_query(password, next=back) if back else password) if opened.phone else back
        # As with a password: her second factor is asked, if she has one.
        answer: HttpResponse = perform_login(request, Login(opened, redirect_url=first or reverse("mine")))
        return answer

    return ask(request, form, act, back="/", show=partial(_form, request, "people/desk_login.html", form))


def _form(request: HttpRequest, template: str, form: PlainForm, *, status: int, **more: Any) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=status)


@own_page
def new_password(request: HttpRequest) -> HttpResponse:
    """A password for who has none, or forgot it and came in by a desk code; others give the old one."""
    user = signed_in(request)
    if user.has_usable_password() and request.session.get(BY_CODE) != user.pk:
        return redirect("account_change_password")
    form = PasswordForm(request.POST or None)

    def act() -> str:
        password = form.cleaned_data["password"]
        done = set_password(user_id=user.pk, password=password, by=user, now=timezone.now(), by_code=True)
        request.session.pop(BY_CODE, None)
        update_session_auth_hash(request, done)
        if not user.phone:
            return _("密码记下了，导出和注销时要输入它。登录还是用服务台打印的验证码。")
        return _("新密码可以用了，下次用手机号和它登录。")

    back = asked_next(request) or reverse(landing(user, "mine"))
    return ask(request, form, act, back=back, show=partial(_form, request, "account/password_set.html", form))


class Sessions(ListUserSessionsView):
    """Where she is signed in, each place in words, and the way out of all others."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for one in context["sessions"]:
            one.device = device(one.user_agent)
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Signed out there, and no device there is trusted with her factor."""
        forget_other_devices(signed_in(self.request), timezone.now())
        answer: HttpResponse = super().form_valid(form)
        return answer


@own_page
def factor(request: HttpRequest) -> HttpResponse:
    """Asks staff for their second factor: from the phone, or from the sheet that was printed for them."""
    user = signed_in(request)
    where = asked_next(request) or landing(user, "mine")
    if not user.lacks_factor:
        return redirect(where)
    form = FactorForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return factor_given(request, user, redirect(where))
    if form.is_bound:
        note(kind=Happened.NO_FACTOR, by=user, now=timezone.now())
    has = Authenticator.objects.filter(user=user).exists()
    context = {"form": form if has else None, "back": asked_next(request)}
    return render(request, "people/factor.html", context, status=422 if form.is_bound else 200)


@own_page
def profile(request: HttpRequest) -> HttpResponse:
    """Asks an account without a person for a name."""
    form = ProfileForm(request.POST or None)

    def act() -> HttpResponse:
        name = form.cleaned_data["full_name"]
        register(user=signed_in(request), full_name=name, now=timezone.now())
        return redirect("mine")

    back = reverse("mine")
    return ask(request, form, act, back=back, show=partial(_form, request, "people/profile.html", form))


@own_page
def family(request: HttpRequest) -> HttpResponse:
    """Whom I act for, and adding a child."""
    user = signed_in(request)
    form = WardForm(request.POST or None)

    def act() -> HttpResponse:
        ward = _add_ward(user, form, timezone.now())
        lacks = needs_guardian(ward.born_on, timezone.localdate()) and not ward.has_consent(Purpose.COURSES)
        words = (
            _("已添加%(name)s，监护人同意以后就能报名。")
            if lacks
            else _("已添加%(name)s，现在可以替她/他报名了。")
        )
        messages.success(request, words % {"name": ward.full_name})
        back = asked_next(request)
        return redirect(with_query(back, person=ward.pk) if back else FAMILY)

    return ask(request, form, act, back=reverse(FAMILY), show=partial(_family, request, form))


def _family(request: HttpRequest, form: WardForm, *, status: int) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    wards = Guardianship.objects.filter(guardian__user=user, until=None).select_related("ward")
    helpers = Guardianship.objects.filter(ward__user=user, until=None).select_related("guardian")
    rows = [
        {
            "tie": tie,
            "age": tie.ward.age_on(today),
            "consented": tie.ward.has_consent(Purpose.COURSES),
            "may_volunteer": tie.ward.has_consent(Purpose.VOLUNTEERING),
            "needs_consent": needs_guardian(tie.ward.born_on, today),
            "may_consent": tie.kind == GuardianKind.GUARDIAN,
        }
        for tie in wards
    ]
    return _form(request, "people/family.html", form, status=status, wards=rows, helpers=helpers)


def _add_ward(user: User, form: WardForm, now: datetime) -> Person:
    data = form.cleaned_data
    tie = family_actions.add_ward(
        by=user,
        full_name=data["full_name"],
        born_on=data["born_on"],
        relation=data["relation"],
        kind=GuardianKind(data["kind"]),
        now=now,
    )
    if data["agrees"] and tie.kind == GuardianKind.GUARDIAN:
        family_actions.give_consent(person_id=tie.ward_id, purpose=Purpose.COURSES, by=user, now=now)
    return tie.ward


@own_post
def consent(request: HttpRequest, person_id: int) -> HttpResponse:
    """同意, by a guardian."""
    form = ConsentForm(request.POST)

    def act() -> str:
        purpose = Purpose(form.cleaned_data["purpose"])
        family_actions.give_consent(
            person_id=person_id, purpose=purpose, by=signed_in(request), now=timezone.now()
        )
        return _("已记下您的同意。")

    return ask(request, form, act, back=reverse(FAMILY))


@own_post
def withdraw_consent(request: HttpRequest, person_id: int) -> HttpResponse:
    """撤回同意, by a guardian."""
    form = ConsentForm(request.POST)

    def act() -> str:
        purpose = Purpose(form.cleaned_data["purpose"])
        family_actions.withdraw_consent(
            person_id=person_id, purpose=purpose, by=signed_in(request), now=timezone.now()
        )
        if purpose == Purpose.VOLUNTEERING:
            return _("已撤回同意，孩子以后不能再报志愿班次。")
        return _("已撤回同意，以后不能再替孩子报名，已报的课不受影响。")

    return ask(request, form, act, back=reverse(FAMILY))


@own_post
def end_guardianship(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Ends acting for somebody."""

    def act() -> str:
        family_actions.end_guardianship(
            guardianship_id=guardianship_id, by=signed_in(request), now=timezone.now()
        )
        return _("代办关系已结束。")

    return ask(request, PlainForm(request.POST), act, back=reverse(FAMILY))


@own_page
def my_data(request: HttpRequest) -> HttpResponse:
    """What is on file about me, who looked at it, and the way out."""
    user = signed_in(request)
    person = Person.objects.filter(user=user).first()
    children = own_records(user, timezone.now()).exclude(user=user).order_by("pk")
    form = EraseForm(request.POST or None, people=[*([person] if person else []), *children], mine=person)

    def act() -> HttpResponse:
        if person is None:
            raise NotAllowed(message=_("请先在“我的资料”里填上姓名。"))
        whose = [int(pk) for pk in form.cleaned_data.get("whose", [person.pk])]
        _count_password(user)
        password = form.cleaned_data["password"]
        erase_person(person_id=whose[0], along=whose[1:], by=user, now=timezone.now(), password=password)
        return _closed(request, own=person.pk in whose)

    return ask(request, form, act, back=reverse("people:my_data"), show=partial(_my_data, request, form))


def _my_data(request: HttpRequest, form: EraseForm, *, status: int) -> HttpResponse:
    user = signed_in(request)
    looks = RevealLog.objects.filter(person__in=acts_for(user).values("pk")).select_related("user", "person")
    people = list(acts_for(user).select_related("home__parent").order_by("pk"))
    people.sort(key=lambda one: one.user_id != user.pk)  # she first
    return _form(
        request,
        "people/my_data.html",
        form,
        status=status,
        people=people,
        homeless=any(one.home is None for one in people),
        looks=looks[:50],
        leaving=gathered(lambda part: part.leaving(user)),
    )


def _closed(request: HttpRequest, *, own: bool) -> HttpResponse:
    """Where to after a record was closed: out, or on as the guardian that she was."""
    if not own:
        messages.success(request, _("孩子的资料已删除。"))
        return redirect("people:family")
    logout(request)
    messages.success(request, _("账号已注销，您的资料已删除。"))
    return redirect("home")


@own_page
def birth(request: HttpRequest) -> HttpResponse:
    """Asks for a birth date that nobody has written down yet."""
    form = BirthForm(request.POST or None)

    def act() -> str:
        tell_birth(by=signed_in(request), born_on=form.cleaned_data["born_on"], now=timezone.now())
        return _("出生日期已记下，可以报名了。")

    back = asked_next(request) or reverse("home")
    return ask(request, form, act, back=back, show=partial(_form, request, "people/birth.html", form))


@own_page
def home(request: HttpRequest) -> HttpResponse:
    """Asks for a community that nobody has written down yet; of herself, or of whom she acts for."""
    user = signed_in(request)
    people = list(acts_for(user).filter(home=None).order_by("pk"))
    form = HomeForm(request.POST or None, people=people)

    def act() -> str:
        told = form.cleaned_data
        choose_home(person_id=told["person"], home_id=told["home"].pk, by=user, now=timezone.now())
        return _("所在社区已记下。")

    back = asked_next(request) or reverse("people:my_data")
    show = partial(_form, request, "people/home.html", form, people=people)
    return ask(request, form, act, back=back, show=show)


@own_page
def my_data_file(request: HttpRequest) -> HttpResponse:
    """A copy of everything on file, to take away; her password stands for her."""
    user = signed_in(request)
    form = CopyForm(request.POST or None)

    def act() -> HttpResponse:
        _count_password(user)
        data = export_my_data(by=user, now=timezone.now(), password=form.cleaned_data["password"])
        body = json.dumps(data, ensure_ascii=False, indent=2, default=str)
        headers = {"Content-Disposition": 'attachment; filename="linli-my-data.json"'}
        return HttpResponse(body, content_type="application/json; charset=utf-8", headers=headers)

    return ask(
        request,
        form,
        act=act,
        back=reverse("people:my_data"),
        back_label=_("我的资料"),
        title=_("导出一份"),
        intro=_("里面有您的证件号码和全部记录，请只存在自己的手机或电脑里。"),
        button=_("下载"),
    )


def _count_password(user: User) -> None:
    """Wrong passwords in her own session are guesses of whoever holds it."""
    if not PASSWORDS.counted(str(user.pk)):
        raise DomainError("TOO_MANY", _("密码试得太多了，请过一小时再试，或到服务台办。"))
