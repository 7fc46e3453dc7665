from django.urls import path

from grievances.views import board, counter, desk, mine, pictures, promises, teller, telling

app_name = "grievances"
urlpatterns = [
    path("say/", telling.home, name="home"),
    path("say/new/", telling.tell, name="tell"),
    path("say/told/", telling.told, name="told"),
    path("say/code/", telling.by_code, name="by_code"),
    path("say/promises/", promises.promises, name="promises"),
    path("say/mine/", mine.mine, name="mine"),
    path("say/<int:ticket_id>/", mine.ticket, name="ticket"),
    path("say/<int:ticket_id>/confirm/", mine.confirm, name="confirm"),
    path("say/<int:ticket_id>/confirm-partly/", mine.confirm_partly, name="confirm_partly"),
    path("say/<int:ticket_id>/dispute/", mine.dispute, name="dispute"),
    path("say/<int:ticket_id>/reply/", mine.reply, name="reply"),
    path("say/<int:ticket_id>/appeal/", mine.appeal, name="appeal"),
    path("say/<int:ticket_id>/follow/", mine.follow, name="follow"),
    path("say/<int:ticket_id>/pictures/", mine.add_pictures, name="add_pictures"),
    path("say/<int:ticket_id>/pictures/<int:position>/", pictures.picture, name="picture"),
    path("staff/tickets/", board.board, name="staff_tickets"),
    path("staff/tickets/new/", counter.find, name="staff_tell_find"),
    path("staff/tickets/wall/", counter.wall, name="staff_wall"),
    path("staff/tickets/new/nobody/", counter.tell, name="staff_tell"),
    path("staff/tickets/new/<int:person_id>/", counter.tell_for, name="staff_tell_for"),
    path("staff/tickets/<int:ticket_id>/", desk.ticket, name="staff_ticket"),
    path("staff/tickets/<int:ticket_id>/receipt/", counter.receipt, name="staff_receipt"),
    path("staff/tickets/<int:ticket_id>/ring/", teller.ring, name="staff_ring"),
    path("staff/tickets/<int:ticket_id>/pictures/", desk.add_pictures, name="staff_add_pictures"),
    path("staff/tickets/<int:ticket_id>/accept/", desk.accept, name="staff_accept"),
    path("staff/tickets/<int:ticket_id>/assign/", desk.assign, name="staff_assign"),
    path("staff/tickets/<int:ticket_id>/start/", desk.start, name="staff_start"),
    path("staff/tickets/<int:ticket_id>/object/", desk.object_, name="staff_object"),
    path("staff/tickets/<int:ticket_id>/decide/", desk.decide, name="staff_decide"),
    path("staff/tickets/<int:ticket_id>/ask/", desk.ask_resident, name="staff_ask"),
    path("staff/tickets/<int:ticket_id>/reply/", desk.reply, name="staff_reply"),
    path("staff/tickets/<int:ticket_id>/answer/", desk.answer, name="staff_answer"),
    path("staff/tickets/<int:ticket_id>/refer/", desk.refer, name="staff_refer"),
    path("staff/tickets/<int:ticket_id>/advise/", desk.advise, name="staff_advise"),
    path("staff/tickets/<int:ticket_id>/commit/", desk.commit, name="staff_commit"),
    path("staff/tickets/<int:ticket_id>/postpone/", desk.postpone, name="staff_postpone"),
    path("staff/tickets/<int:ticket_id>/confirm/", desk.confirm, name="staff_confirm"),
    path("staff/tickets/<int:ticket_id>/confirm-partly/", desk.confirm_partly, name="staff_confirm_partly"),
    path("staff/tickets/<int:ticket_id>/dispute/", desk.dispute, name="staff_dispute"),
    path(
        "staff/tickets/<int:ticket_id>/propose-refusal/", desk.propose_refusal, name="staff_propose_refusal"
    ),
    path("staff/tickets/<int:ticket_id>/refuse/", desk.refuse, name="staff_refuse"),
    path("staff/tickets/<int:ticket_id>/return/", desk.return_, name="staff_return"),
    path("staff/tickets/<int:ticket_id>/appeal/", desk.appeal, name="staff_appeal"),
    path(
        "staff/tickets/<int:ticket_id>/propose-parking/", desk.propose_parking, name="staff_propose_parking"
    ),
    path("staff/tickets/<int:ticket_id>/decide-parking/", desk.decide_parking, name="staff_decide_parking"),
    path("staff/tickets/<int:ticket_id>/resume/", desk.resume, name="staff_resume"),
    path("staff/tickets/<int:ticket_id>/merge/", desk.merge, name="staff_merge"),
    path("staff/tickets/<int:ticket_id>/unmerge/", desk.unmerge, name="staff_unmerge"),
]
