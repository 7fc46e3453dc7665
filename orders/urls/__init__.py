from django.urls import path

from orders.views import board, counter, markets, menu, mine, taker

app_name = "orders"
urlpatterns = [
    path("services/", menu.services, name="services"),
    path("services/errand/", menu.errand, name="errand"),
    path("services/<int:item_id>/order/", menu.order_item, name="order_item"),
    path("wishes/", menu.wishes, name="wishes"),
    path("wishes/new/", menu.wish, name="wish"),
    path("wishes/<int:wish_id>/", menu.adopt, name="adopt"),
    path("wishes/<int:wish_id>/adopt/", menu.adopted, name="adopted"),
    path("my/orders/", mine.orders, name="my_orders"),
    path("my/orders/<int:order_id>/", mine.order, name="my_order"),
    path("my/orders/<int:order_id>/do/", mine.do, name="my_order_do"),
    path("volunteer/orders/", taker.orders, name="taker_orders"),
    path("volunteer/orders/<int:order_id>/do/", taker.do, name="taker_do"),
    path("volunteer/orders/<int:order_id>/ring/", taker.ring, name="ring_client"),
    path("volunteer/card/", taker.use_card, name="use_card"),
    path("staff/orders/", board.board, name="staff_orders"),
    path("staff/orders/new/", counter.find, name="staff_order_find"),
    path("staff/orders/new/<int:person_id>/", counter.order_for, name="staff_order_for"),
    path("staff/orders/project/", counter.project, name="staff_project"),
    path("staff/orders/card/<int:person_id>/", counter.card, name="staff_card"),
    path("staff/orders/calls/", board.callbacks, name="staff_callbacks"),
    path("staff/orders/calls/<int:callback_id>/", board.called, name="staff_called"),
    path("staff/orders/calls/<int:callback_id>/ring/", board.ring, name="ring_back"),
    path("staff/orders/<int:order_id>/", board.order, name="staff_order"),
    path("staff/orders/<int:order_id>/do/", board.do, name="staff_order_do"),
    path("markets/", markets.markets, name="markets"),
    path("markets/<int:market_id>/", markets.market, name="market"),
    path("markets/stalls/<int:stall_id>/", markets.stall, name="stall"),
    path("markets/bookings/<int:booking_id>/cancel/", markets.cancel_booking, name="cancel_booking"),
    path("staff/markets/new/", markets.announce, name="staff_announce"),
    path("staff/markets/<int:market_id>/", markets.desk, name="staff_market"),
    path("staff/markets/stalls/<int:stall_id>/cancel/", markets.no_stall, name="staff_cancel_stall"),
    path("staff/markets/<int:market_id>/cancel/", markets.call_off, name="staff_cancel_market"),
]
