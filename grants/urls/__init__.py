from django.urls import path

from grants.views import desk, public

app_name = "grants"
urlpatterns = [
    path("grants/", public.calls, name="calls"),
    path("grants/<int:call_id>/", public.call, name="call"),
    path("grants/<int:call_id>/pitch/", public.make_pitch, name="make_pitch"),
    path("grants/pitches/<int:pitch_id>/", public.pitch, name="pitch"),
    path("grants/pitches/<int:pitch_id>/vote/", public.vote, name="vote"),
    path("grants/pitches/<int:pitch_id>/score/", public.score, name="score"),
    path("grants/pitches/<int:pitch_id>/withdraw/", public.withdraw, name="withdraw"),
    path("grants/reports/<int:report_id>/", public.report, name="report"),
    path("staff/grants/", desk.calls, name="staff_calls"),
    path("staff/grants/<int:call_id>/close/", desk.close_call, name="staff_close_call"),
    path("staff/grants/pitches/<int:pitch_id>/", desk.pitch, name="staff_pitch"),
    path("staff/grants/pitches/<int:pitch_id>/advance/", desk.advance, name="staff_advance"),
    path("staff/grants/pitches/<int:pitch_id>/reject/", desk.reject, name="staff_reject"),
    path("staff/grants/pitches/<int:pitch_id>/expert/", desk.expert, name="staff_expert"),
    path("staff/grants/pitches/<int:pitch_id>/contract/", desk.contract, name="staff_contract"),
    path("staff/grants/pitches/<int:pitch_id>/close/", desk.close, name="staff_close"),
    path("staff/grants/reports/<int:report_id>/accept/", desk.accept, name="staff_accept"),
    path("staff/grants/reports/<int:report_id>/excuse/", desk.excuse, name="staff_excuse"),
    path("staff/grants/tranches/<int:tranche_id>/release/", desk.release, name="staff_release"),
]
