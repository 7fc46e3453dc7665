from django.urls import path

from grants import views

app_name = "grants"
urlpatterns = [
    path("grants/", views.calls, name="calls"),
    path("grants/<int:call_id>/", views.call, name="call"),
    path("grants/<int:call_id>/pitch/", views.make_pitch, name="make_pitch"),
    path("grants/pitches/<int:pitch_id>/", views.pitch, name="pitch"),
    path("grants/pitches/<int:pitch_id>/do/", views.do, name="pitch_do"),
    path("staff/grants/", views.desk, name="staff_calls"),
    path("staff/grants/<int:call_id>/close/", views.close_call, name="staff_close_call"),
    path("staff/grants/pitches/<int:pitch_id>/", views.desk_pitch, name="staff_pitch"),
    path("staff/grants/pitches/<int:pitch_id>/do/", views.desk_do, name="staff_pitch_do"),
    path("staff/grants/pitches/<int:pitch_id>/contract/", views.contract, name="staff_contract"),
]
