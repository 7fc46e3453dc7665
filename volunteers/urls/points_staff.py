"""Hours and points at the desk, under /staff/."""

from django.urls import path

from volunteers.views.points import desk, office, passing, records

_PERSON = "staff/points/<int:person_id>/"

urlpatterns = [
    path("staff/points/", desk.desk, name="staff_points"),
    path(_PERSON, desk.person, name="staff_points_person"),
    path(f"{_PERSON}statement/", desk.paper, name="staff_statement"),
    path(f"{_PERSON}redeem/", desk.redeem, name="staff_redeem"),
    path(f"{_PERSON}book/", office.book, name="staff_book"),
    path(f"{_PERSON}grant/", office.grant, name="staff_grant"),
    path(f"{_PERSON}transfer/", passing.ask_transfer, name="staff_ask_transfer"),
    path(f"{_PERSON}certificate/", passing.issue, name="staff_certificate"),
    path("staff/redemptions/<int:redemption_id>/", desk.redemption, name="staff_redemption"),
    path("staff/redemptions/<int:redemption_id>/hand-out/", desk.hand_out, name="staff_hand_out"),
    path("staff/redemptions/<int:redemption_id>/renew/", desk.renew, name="staff_renew"),
    path("staff/records/", records.queue, name="staff_records"),
    path("staff/records/approve/", records.approve, name="staff_approve"),
    path("staff/records/<int:record_id>/refuse/", records.refuse, name="staff_refuse"),
    path("staff/transfers/", passing.transfers, name="staff_transfers"),
    path(
        "staff/transfers/<int:transfer_id>/approve/", passing.approve_transfer, name="staff_approve_transfer"
    ),
    path("staff/transfers/<int:transfer_id>/refuse/", passing.refuse_transfer, name="staff_refuse_transfer"),
    path("staff/budgets/", office.budgets, name="staff_budgets"),
    path("staff/budgets/<int:budget_id>/fund/", office.fund, name="staff_fund"),
    path("staff/gifts/", office.stock, name="staff_stock"),
    path("staff/gifts/<int:gift_id>/intake/", office.intake, name="staff_intake"),
    path("staff/postings/<int:posting_id>/reverse/", office.reverse_posting, name="staff_reverse"),
    path("staff/certificates/<int:certificate_id>/revoke/", passing.revoke, name="staff_revoke"),
]
