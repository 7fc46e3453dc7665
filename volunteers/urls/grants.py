"""Addresses of grants and market days."""

from django.urls import path

from volunteers.views import grants, markets

urlpatterns = [
    path("grants/", grants.calls, name="grants"),
    path("grants/<int:call_id>/", grants.call, name="grant"),
    path("grants/<int:call_id>/pitch/", grants.make_pitch, name="make_pitch"),
    path("grants/pitches/<int:pitch_id>/", grants.pitch, name="pitch"),
    path("grants/pitches/<int:pitch_id>/do/", grants.do, name="pitch_do"),
    path("staff/grants/", grants.desk, name="staff_grants"),
    path("staff/grants/<int:call_id>/close/", grants.close_call, name="staff_close_call"),
    path("staff/grants/pitches/<int:pitch_id>/", grants.desk_pitch, name="staff_pitch"),
    path("staff/grants/pitches/<int:pitch_id>/do/", grants.desk_do, name="staff_pitch_do"),
    path("staff/grants/pitches/<int:pitch_id>/contract/", grants.contract, name="staff_contract"),
    path("markets/", markets.markets, name="markets"),
    path("markets/<int:market_id>/", markets.market, name="market"),
    path("markets/stalls/<int:stall_id>/", markets.stall, name="stall"),
    path("markets/bookings/<int:booking_id>/cancel/", markets.cancel_booking, name="cancel_booking"),
    path("staff/markets/new/", markets.announce, name="staff_announce"),
    path("staff/markets/<int:market_id>/", markets.desk, name="staff_market"),
    path("staff/markets/stalls/<int:stall_id>/cancel/", markets.no_stall, name="staff_cancel_stall"),
    path("staff/markets/<int:market_id>/cancel/", markets.call_off, name="staff_cancel_market"),
]
