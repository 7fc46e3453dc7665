"""`manage.py demo_data`: fills an empty database with the demo city and prints its accounts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from people.models import Person
from portal import demo


class Command(BaseCommand):
    help = "Fills an empty database with the demo city; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=2026, help="another seed, other people (2026)")
        parser.add_argument("--force", action="store_true", help="also beside people who are no demo")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        if demo.is_there():
            old = "; its term is over, `./dev up --fresh` makes a new one" if demo.is_over(now) else ""
            self.stdout.write(f"demo data is there already, nothing changed{old}")
        elif Person.objects.exists() and not options["force"]:
            raise CommandError(
                "this database holds people who are no demo; give an empty one, or --force to add the demo"
            )
        else:
            demo.build(seed=options["seed"], now=now)
            self.stdout.write("demo data made")
        self.stdout.write(f"demo accounts, password {demo.PASSWORD}")
        for account in demo.ACCOUNTS:
            self.stdout.write(f"  {account.role:<15} {account.phone}  {account.name}  {account.about}")
