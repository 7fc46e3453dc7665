"""The staff pages, under /staff/volunteers/; they share the namespace of volunteers/urls/__init__.py."""

from django.urls import path

from volunteers.views import kiosk, staff

urlpatterns = [
    path("", staff.home, name="staff_home"),
    path("manual/", staff.manual, name="staff_manual"),
    path("shifts/<int:shift_id>/", staff.shift, name="staff_shift"),
    path("shifts/<int:shift_id>/add/", staff.add, name="staff_add"),
    path("shifts/<int:shift_id>/enlist/", staff.enlist, name="staff_enlist"),
    path("shifts/<int:shift_id>/cancel/", staff.cancel, name="staff_cancel"),
    path("shifts/<int:shift_id>/move/", staff.move, name="staff_move"),
    path("shifts/<int:shift_id>/places/", staff.places, name="staff_places"),
    path("shifts/<int:shift_id>/kiosk/", kiosk.prepare, name="staff_kiosk"),
    path("shifts/<int:shift_id>/kiosk/start/", kiosk.start, name="staff_kiosk_start"),
    path("kiosks/<int:kiosk_id>/end/", kiosk.end, name="staff_kiosk_end"),
    path("shifts/<int:shift_id>/sheet/", staff.sheet, name="staff_sheet"),
    path("signups/<int:signup_id>/remove/", staff.remove, name="staff_remove"),
]
