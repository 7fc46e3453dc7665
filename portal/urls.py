"""Addresses of the front hall. Those that rooms below lead to have names without a namespace: config/urls.py."""

from django.urls import path

from portal.views import calls, desk, feed, inbox

app_name = "portal"
urlpatterns = [
    path("my/inbox/", inbox.inbox, name="inbox"),
    path("my/calendar/renew/", feed.renew_feed, name="renew_feed"),
    path("feed/<str:token>.ics", feed.feed, name="feed"),
    path("staff/desk/", desk.desk, name="desk"),
    path("staff/desk/elsewhere/", desk.find_elsewhere, name="find_elsewhere"),
    path("staff/people/<int:person_id>/ring/", desk.ring_family, name="ring_family"),
    path("staff/people/new/", desk.new_person, name="new_person"),
    path("staff/calls/", calls.calls, name="calls"),
    path("staff/calls/print/", calls.print_calls, name="print_calls"),
    path("staff/calls/<int:delivery_id>/ring/", calls.ring, name="ring"),
    path("staff/calls/<int:delivery_id>/phoned/", calls.phoned, name="phoned"),
]
