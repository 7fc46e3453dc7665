"""The staff pages, under /staff/; included by courses/urls/__init__.py, whose namespace they share."""

from django.urls import path

from courses.views import counter, dates, registers, rosters, sheets

urlpatterns = [
    path("people/<int:person_id>/enrol/", counter.enrol, name="staff_person_enrol"),
    path("classes/<int:class_id>/", rosters.roster, name="staff_class"),
    path("classes/<int:class_id>/add/", rosters.add, name="staff_add"),
    path("classes/<int:class_id>/newcomer/", rosters.newcomer, name="staff_newcomer"),
    path("classes/<int:class_id>/message/", rosters.message, name="staff_message"),
    path("classes/<int:class_id>/capacity/", rosters.capacity, name="staff_capacity"),
    path("classes/<int:class_id>/sheet/", sheets.sign_in, name="staff_sheet"),
    path("classes/<int:class_id>/attendance/", sheets.attendance, name="staff_attendance"),
    path("classes/<int:class_id>/export/", sheets.export, name="staff_export"),
    path("classes/<int:class_id>/export/full/", sheets.export_full, name="staff_export_full"),
    path("enrolments/<int:enrolment_id>/", rosters.enrolment, name="staff_enrolment"),
    path("enrolments/<int:enrolment_id>/withdraw/", rosters.withdraw, name="staff_withdraw"),
    path("enrolments/<int:enrolment_id>/remove/", rosters.remove, name="staff_remove"),
    path("enrolments/<int:enrolment_id>/move/", rosters.move_seat, name="staff_move_seat"),
    path("enrolments/<int:enrolment_id>/accept/", rosters.accept, name="staff_accept"),
    path("enrolments/<int:enrolment_id>/decline/", rosters.decline, name="staff_decline"),
    path("registers/", registers.registers, name="staff_registers"),
    path("registers/<int:register_id>/", registers.register, name="staff_register"),
    path("registers/<int:register_id>/confirm/", registers.register_confirm, name="staff_register_confirm"),
    path("registers/<int:register_id>/undo/", registers.register_undo, name="staff_register_undo"),
    path("sessions/<int:session_id>/", dates.session, name="staff_session"),
    path("sessions/<int:session_id>/cancel/", dates.cancel, name="staff_cancel_session"),
    path("sessions/<int:session_id>/move/", dates.move, name="staff_move_session"),
]
