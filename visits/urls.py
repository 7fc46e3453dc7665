from django.urls import path

from visits.views import books, callbacks, care, figures, handover, household, walk

app_name = "visits"
urlpatterns = [
    path("staff/visits/", walk.walk, name="walk"),
    path("staff/visits/books/", books.books, name="books"),
    path("staff/visits/books/<int:book_id>/", books.book, name="book"),
    path("staff/visits/books/<int:book_id>/progress/", books.progress, name="book_progress"),
    path("staff/visits/books/<int:book_id>/places/", books.places, name="place_buildings"),
    path("staff/visits/books/<int:book_id>/confirm/", books.confirm, name="confirm_book"),
    path("staff/visits/books/<int:book_id>/undo/", books.undo, name="undo_book"),
    path("staff/visits/books/<int:book_id>/drop/", books.drop, name="drop_book"),
    path("staff/visits/books/rows/<int:row_id>/", books.leave_out, name="leave_out"),
    path("staff/visits/callbacks/", callbacks.callbacks, name="callbacks"),
    path("staff/visits/callbacks/<int:callback_id>/", callbacks.answer, name="answer_callback"),
    path("staff/visits/figures/", figures.visit_figures, name="figures"),
    path("staff/visits/care/", care.care, name="care"),
    path("staff/visits/care/tighten/", care.tighten, name="tighten"),
    path("staff/visits/care/tighten/<int:tightening_id>/end/", care.end_tightening, name="end_tightening"),
    path("staff/visits/care/<int:case_id>/", care.case, name="case"),
    path("staff/visits/care/<int:case_id>/level/", care.level, name="level"),
    path("staff/visits/care/<int:case_id>/close/", care.close, name="close_case"),
    path("staff/visits/care/<int:case_id>/group/", care.group, name="group"),
    path("staff/visits/care/<int:case_id>/pause/", care.pause, name="pause"),
    path("staff/visits/care/<int:case_id>/resume/", care.resume, name="resume"),
    path("staff/visits/grids/<int:grid_id>/buildings/", walk.add_building, name="add_building"),
    path("staff/visits/grids/<int:grid_id>/hand-over/", handover.hand_over, name="hand_over"),
    path("staff/visits/grids/<int:grid_id>/order/", walk.number_buildings, name="number_buildings"),
    path("staff/visits/buildings/<int:building_id>/", walk.building, name="building"),
    path(
        "staff/visits/buildings/<int:building_id>/describe/", walk.describe_building, name="describe_building"
    ),
    path("staff/visits/buildings/<int:building_id>/households/", walk.add_household, name="add_household"),
    path("staff/visits/households/<int:household_id>/", household.household, name="household"),
    path("staff/visits/households/<int:household_id>/fine/", household.fine, name="fine"),
    path("staff/visits/households/<int:household_id>/visit/", household.visit, name="visit"),
    path("staff/visits/<int:visit_id>/correct/", household.correct, name="correct"),
    path("staff/visits/households/<int:household_id>/note/", household.note, name="note"),
    path("staff/visits/households/<int:household_id>/care/", household.care, name="open_case"),
    path("staff/visits/households/<int:household_id>/in/", household.move_in, name="move_in"),
    path("staff/visits/residences/<int:residence_id>/out/", household.move_out, name="move_out"),
    path("staff/visits/residences/<int:residence_id>/ring/", household.ring, name="ring"),
    path("staff/visits/residences/<int:residence_id>/relation/", household.relation, name="relation"),
]
