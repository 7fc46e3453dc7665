"""`manage.py print_codes PHONE`: spare codes for the first administrator, who has nobody to print them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from people.actions.staff import print_factor_codes
from people.models import User


class Command(BaseCommand):
    help = "Prints ten codes, each a second factor once; those printed before die."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("phone")

    def handle(self, *args: Any, phone: str, **options: Any) -> None:
        found = User.objects.filter(phone=phone).first()
        if found is None:
            raise CommandError(_("没有这个手机号的账号。"))
        try:
            codes = print_factor_codes(user_id=found.pk, by=User.objects.system(), now=timezone.now())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join(codes))
