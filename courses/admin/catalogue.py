"""What is offered: terms, courses, teachers."""

from django.contrib import admin

from common.admin import ScopedAdmin
from common.reach import tree_label
from courses.models.catalogue import Course, Teacher, Term


@admin.register(Term)
class TermAdmin(ScopedAdmin):
    see, write = "courses.view", "courses.change"
    place = "division"
    choice_places = {"division": ""}
    choice_labels = {"division": tree_label}
    erasable = True
    list_display = ("name", "division", "starts_on", "ends_on")
    list_select_related = ("division",)
    search_fields = ("name",)
    fields = ("name", "division", ("starts_on", "ends_on"))


@admin.register(Course)
class CourseAdmin(ScopedAdmin):
    """One list for the whole portal, so that "书法" is the same course in every street."""

    see, write = "courses.view", "courses.change"
    shared = True
    erasable = True
    list_display = ("name", "subject", "audience", "kind")
    list_filter = ("audience", "kind")
    search_fields = ("name", "subject")
    fields = (("name", "subject"), ("audience", "kind"), "about")


@admin.register(Teacher)
class TeacherAdmin(ScopedAdmin):
    see, write = "courses.view", "courses.change"
    place = "person__home"
    erasable = True
    list_display = ("person", "about")
    list_select_related = ("person",)
    search_fields = ("person__full_name", "person__initials")
    ordering = ("person__pinyin",)
    autocomplete_fields = ("person",)
    fields = ("person", "about")
