from django.urls import include, path

from volunteers.views import check_in, kiosk, public, signups

app_name = "volunteers"
urlpatterns = [
    path("staff/volunteers/", include("volunteers.urls.staff")),
    path("volunteer/", public.home, name="home"),
    path("volunteer/join/", public.join, name="join"),
    path("volunteer/leave/<int:volunteer_id>/", public.leave, name="leave"),
    path("volunteer/shifts/<int:shift_id>/", public.shift_page, name="shift"),
    path("volunteer/shifts/<int:shift_id>/sign-up/", signups.sign_up, name="sign_up"),
    path("volunteer/shifts/<int:shift_id>/run/", check_in.run, name="run"),
    path("volunteer/shifts/<int:shift_id>/run/code.svg", check_in.code, name="code"),
    path("volunteer/shifts/<int:shift_id>/run/in/", check_in.tick_in, name="tick_in"),
    path("volunteer/shifts/<int:shift_id>/run/out/", check_in.tick_out, name="tick_out"),
    path("volunteer/shifts/<int:shift_id>/run/undo/", check_in.untick, name="untick"),
    path("volunteer/shifts/<int:shift_id>/run/close/", check_in.close, name="close"),
    path("volunteer/signups/<int:signup_id>/", signups.signup, name="signup"),
    path("volunteer/signups/<int:signup_id>/withdraw/", signups.withdraw, name="withdraw"),
    path("volunteer/check-in/<int:shift_id>/<str:token>/", check_in.scan, name="scan"),
    path("volunteer/check-in/<int:shift_id>/<str:token>/in/", check_in.arrive, name="arrive"),
    path("volunteer/check-in/<int:shift_id>/<str:token>/out/", check_in.go, name="go"),
    path("volunteer/kiosk/<int:kiosk_id>/", kiosk.kiosk, name="kiosk"),
    path("volunteer/kiosk/<int:kiosk_id>/tap/", kiosk.tap, name="tap"),
]
