from django.urls import include, path

from courses.views import public, seats

app_name = "courses"
urlpatterns = [
    path("staff/", include("courses.urls.staff")),
    path("classes/", public.class_list, name="list"),
    path("classes/<int:class_id>/", public.class_page, name="class"),
    path("classes/<int:class_id>/enrol/", seats.enrol, name="enrol"),
    path("centers/", public.center_list, name="centers"),
    path("my/enrolments/<int:enrolment_id>/", seats.enrolment, name="enrolment"),
    path("my/enrolments/<int:enrolment_id>/withdraw/", seats.withdraw, name="withdraw"),
    path("my/enrolments/<int:enrolment_id>/accept/", seats.accept, name="accept"),
    path("my/enrolments/<int:enrolment_id>/decline/", seats.decline, name="decline"),
    path("my/enrolments/<int:enrolment_id>/class.ics", seats.enrolment_calendar, name="enrolment_calendar"),
]
