"""Which of the views that Django's back office brings along are open: those of this list and no other.

Each is a door beside ours. Its own page for a new password, say, counted no guesses, told nobody and left
printed codes alive; a new version may bring another. tests/test_office.py walks them all.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

# Of the whole; None is what answers any other address under /admin/ as if it were there, to who is not staff.
OPEN = {"index", "app_list", "login", "logout", "search", "autocomplete", "jsi18n", None}
# Of a model; None leads from <number>/ to <number>/change/. Ours are verb and verb_list.
OPEN_OF_MODELS = {"changelist", "add", "change", "delete", "history", "verb", "verb_list", None}
# Where our own page does it.
LEADS = {"password_change": "account_change_password"}


def office(site: AdminSite) -> tuple[list[URLPattern | URLResolver], str, str]:
    """The addresses of the back office, for `path()`."""
    stock, app, name = site.urls
    return [*_leading(site), *(one for one in stock if _is_open(one))], app, name


def _leading(site: AdminSite) -> list[URLPattern]:
    return [
        path(f"{name}/", site.admin_view(RedirectView.as_view(pattern_name=ours)), name=name)
        for name, ours in LEADS.items()
    ]


def _is_open(one: Any) -> bool:
    return isinstance(one, URLResolver) or one.name in OPEN
