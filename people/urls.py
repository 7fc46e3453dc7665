from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("desk-code/", views.desk_login, name="desk_login"),
    path("account/factor/", views.factor, name="factor"),
    path("my/profile/", views.profile, name="profile"),
    path("my/family/", views.family, name="family"),
    path("my/family/<int:person_id>/consent/", views.consent, name="consent"),
    path("my/family/<int:person_id>/withdraw-consent/", views.withdraw_consent, name="withdraw_consent"),
    path("my/family/<int:guardianship_id>/end/", views.end_guardianship, name="end_guardianship"),
    path("my/birth/", views.birth, name="birth"),
    path("my/home/", views.home, name="home"),
    path("my/data/", views.my_data, name="my_data"),
    path("my/data/file/", views.my_data_file, name="my_data_file"),
]
