"""`import_roster FILE --area SLUG`: bring a roster in from the shell, judged row by row."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.duty.phones import country_of
from geogrid.duty.reach import plan_looked_at
from geogrid.duty.roster.accepting import accept
from geogrid.duty.roster.columns import KINDS
from geogrid.duty.roster.judging import Report, judge
from geogrid.duty.roster.portraits import Matching, match, pictures_in
from geogrid.duty.roster.reading import letters
from geogrid.duty.roster.rows import Listed, read_list
from geogrid.duty.roster.sheets import report_rows
from geogrid.territory.models import Area, Plan, Scheme
from layers.media.actions import keep_picture
from layers.media.errors import PictureRefused

FINE, PROBLEMS, UNUSABLE = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Read a roster (.xlsx or .csv: name, duty phone, role, grid, A/B) and say row by row what "
        "would happen and what is wrong; with --commit the rows that can be are taken over, in one "
        "transaction. Phone numbers are never printed. Exit status: 0 every row can be taken over, "
        "1 some cannot, 2 no such area or plan, or no roster."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--area", required=True, metavar="SLUG")
        parser.add_argument(
            "--portraits", type=Path, metavar="ZIP", help="pictures named by worker"
        )
        parser.add_argument("--plan", type=int, metavar="NUMBER", help="default: the one in force")
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="to a problem that asks, as the report names it; may be repeated",
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="LETTER=KIND",
            help=f"what a column holds, where its header does not say: {', '.join(KINDS)}",
        )
        parser.add_argument("--commit", action="store_true", help="write; otherwise only look")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            area = Area.objects.get(slug=options["area"])
            plan = _plan(area, options["plan"])
            told = dict(one.upper().partition("=")[::2] for one in options["column"])
            columns = {at: told[letters(at)].lower() for at in range(60) if letters(at) in told}
            listed = read_list(
                options["file"].read_bytes(), columns, country=country_of(area.calendar)
            )
            answers = dict(one.partition("=")[::2] for one in options["answer"])
            report = judge(listed.rows, area=area, plan=plan, at=now, answers=answers)
            pictures = (
                list(pictures_in(options["portraits"].read_bytes())) if options["portraits"] else []
            )
            matching = match([name for name, _content in pictures], report.people)
            outcome = None
            if options["commit"]:
                with transaction.atomic():
                    kept = []
                    for at in matching.found.values():
                        try:
                            picture = keep_picture(upload=pictures[at][1], at=now)
                            kept.append((pictures[at][0], picture))
                        except PictureRefused as refusal:
                            self.stderr.write(f"{pictures[at][0]}: {refusal}")
                    outcome = accept(
                        rows=listed.rows, area=area, plan=plan, by=None, at=now, answers=answers,
                        portraits=kept,
                    )  # fmt: skip
        except (Area.DoesNotExist, Plan.DoesNotExist):
            self.stderr.write(self.style.ERROR(f"There is no such area or plan: {options['area']}"))
            raise SystemExit(UNUSABLE) from None
        except OSError as problem:
            self.stderr.write(self.style.ERROR(str(problem)))
            raise SystemExit(UNUSABLE) from None
        except CodedError as refusal:
            self.stderr.write(self.style.ERROR(str(refusal)))
            raise SystemExit(UNUSABLE) from None
        self._tell(listed, report, [name for name, _ in pictures], matching, options, outcome)
        if len(report.taken) < len(report.rows):
            raise SystemExit(PROBLEMS)

    def _tell(
        self, listed: Listed, report: Report, files: list[str], matching: Matching,
        options: dict[str, Any], outcome: Any,
    ) -> None:  # fmt: skip
        unmatched = [files[at] for at in matching.unmatched]
        if options["format"] == "json":
            rows = [
                {"row": one.row.number, "state": one.state,
                 "problems": [{"code": p.code, "message": p.message, "answer": p.answer,
                               "choices": dict(p.choices)} for p in one.problems]}
                for one in report.rows
            ]  # fmt: skip
            told = {
                "counts": report.counts(), "rows": rows, "committed": outcome is not None,
                "struck": [column.header for column in listed.columns.ids],
                "pictures": len(matching.found), "pictures_unmatched": unmatched,
            }  # fmt: skip
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for column in listed.columns.all:
            use = column.kind or ("never read" if column in listed.columns.ids else "passed over")
            self.stdout.write(f"column {column.letter} {column.header}: {use}")
        for number, name, _grids, _role, _tier, state, message, advice in report_rows(report):
            if message:
                self.stdout.write(f"row {number} {name} ({state}): {message} {advice}")
        for one in report.rows:
            for problem in one.problems:
                for value, words in problem.choices if problem.answer else ():
                    self.stdout.write(f"  --answer {problem.answer}={value}   {words}")
        for name in unmatched:
            self.stdout.write(f"picture {name}: nobody of that name in the list")
        counts = report.counts()
        self.stdout.write(
            f"{counts['rows']} rows, {counts['taken']} can be taken over:"
            f" {counts['people_new']} new workers, {counts['people_changed']} changed,"
            f" {counts['posts']} posts,"
            f" {counts['vacancies']} vacancies"
        )
        words = "Taken over." if outcome else "Nothing is written; --commit does it."
        self.stdout.write(self.style.SUCCESS(words))


def _plan(area: Area, number: int | None) -> Plan | None:
    scheme = Scheme.objects.select_related("area").get(area=area, general=True)
    if number is None:
        return plan_looked_at(scheme, timezone.now())
    return Plan.objects.defer("outline").get(scheme=scheme, number=number)
