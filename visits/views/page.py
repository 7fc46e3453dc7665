"""What the pages of this app share: who may open them, and a place of hers or 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from people.doors import signed_in, staff_page, staff_post
from visits.models.register import Building, Household

visits_page = staff_page("visits.view")
visits_post = staff_post("visits.view")
register_page = staff_page("visits.register")
register_post = staff_post("visits.register")
care_page = staff_page("visits.care")
care_post = staff_post("visits.care")
policy_page = staff_page("visits.policy")
policy_post = staff_post("visits.policy")
record_page = staff_page("visits.record")
record_post = staff_post("visits.record")


def the_building(request: HttpRequest, building_id: int) -> Building:
    """A building in her sight, or 404."""
    seen = Building.objects.visible_to(signed_in(request)).select_related("grid__parent")
    return get_object_or_404(seen, pk=building_id)


def the_household(request: HttpRequest, household_id: int) -> Household:
    """A household in her sight, or 404."""
    seen = Household.objects.visible_to(signed_in(request)).select_related("building__grid__parent")
    return get_object_or_404(seen, pk=household_id)
