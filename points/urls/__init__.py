from django.urls import include, path

from points.views import coverage, gifts, giving, honour, passbook

app_name = "points"
urlpatterns = [
    path("staff/", include("points.urls.staff")),
    path("points/", coverage.points, name="coverage"),
    path("gifts/", gifts.gifts, name="gifts"),
    path("gifts/<int:gift_id>/", gifts.gift, name="gift"),
    path("gifts/<int:gift_id>/redeem/", gifts.redeem, name="redeem"),
    path("honour/", honour.honour, name="honour"),
    path("c/", honour.check_any, name="check_any"),
    path("c/<str:number>/", honour.check, name="check"),
    path("my/points/", passbook.passbook, name="passbook"),
    path("my/points/statement/", passbook.paper, name="statement"),
    path("my/points/entries/<int:posting_id>/", passbook.entry, name="entry"),
    path("my/points/donate/", giving.donate, name="donate"),
    path("my/points/transfers/", giving.transfers, name="transfers"),
    path("my/points/transfers/new/", giving.transfer_new, name="transfer_new"),
    path("my/points/transfers/<int:transfer_id>/", giving.transfer, name="transfer"),
    path("my/redemptions/<int:redemption_id>/", gifts.redemption, name="redemption"),
    path("my/redemptions/<int:redemption_id>/cancel/", gifts.cancel, name="cancel_redemption"),
    path("my/certificates/", honour.certificates, name="certificates"),
    path("my/certificates/<str:number>/", honour.certificate, name="certificate"),
    path("my/honour/<int:volunteer_id>/", honour.show_honour, name="show_honour"),
]
