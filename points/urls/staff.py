"""Hours and points at the desk, under /staff/; they share the namespace of points/urls/__init__.py."""

from django.urls import path

from points.views import counter, office, passing, records, vouchers

_PERSON = "points/<int:person_id>/"

urlpatterns = [
    path("points/", counter.desk, name="staff_home"),
    path(_PERSON, counter.person, name="staff_person"),
    path(f"{_PERSON}statement/", counter.paper, name="staff_statement"),
    path(f"{_PERSON}redeem/", counter.redeem, name="staff_redeem"),
    path(f"{_PERSON}book/", vouchers.carry_over, name="staff_carry_over"),
    path(f"{_PERSON}grant/", office.award, name="staff_award"),
    path(f"{_PERSON}transfer/", passing.ask_transfer, name="staff_ask_transfer"),
    path(f"{_PERSON}certificate/", passing.issue, name="staff_certificate"),
    path("redemptions/<int:redemption_id>/", counter.redemption, name="staff_redemption"),
    path("redemptions/<int:redemption_id>/hand-out/", counter.hand_out, name="staff_hand_out"),
    path("redemptions/<int:redemption_id>/renew/", counter.renew, name="staff_renew"),
    path("records/", records.queue, name="staff_records"),
    path("records/approve/", records.approve, name="staff_approve"),
    path("records/<int:record_id>/refuse/", records.refuse, name="staff_refuse"),
    path("transfers/", passing.transfers, name="staff_transfers"),
    path("transfers/<int:transfer_id>/approve/", passing.approve_transfer, name="staff_approve_transfer"),
    path("transfers/<int:transfer_id>/refuse/", passing.refuse_transfer, name="staff_refuse_transfer"),
    path("vouchers/", vouchers.vouchers, name="staff_vouchers"),
    path("vouchers/<int:voucher_id>/approve/", vouchers.approve, name="staff_approve_voucher"),
    path("vouchers/<int:voucher_id>/refuse/", vouchers.refuse, name="staff_refuse_voucher"),
    path("budgets/", office.budgets, name="staff_budgets"),
    path("budgets/<int:budget_id>/fund/", office.fund, name="staff_fund"),
    path("gifts/", office.stock, name="staff_stock"),
    path("gifts/<int:gift_id>/intake/", office.intake, name="staff_intake"),
    path("postings/<int:posting_id>/reverse/", vouchers.reverse_posting, name="staff_reverse"),
    path("certificates/<int:certificate_id>/revoke/", passing.revoke, name="staff_revoke"),
]
