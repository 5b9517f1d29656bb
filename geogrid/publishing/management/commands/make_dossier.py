"""`make_dossier --area SLUG`: the dossier of a plan as PDF and XLSX, or its certificate."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from geogrid.publishing.dossier.certificate import certify
from geogrid.publishing.dossier.making import files_of
from geogrid.territory.management.asked_for import Missing, add_plan_arguments, plan_asked
from geogrid.territory.models import Plan

FINE, NOT_EXACT, UNUSABLE = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Write the dossier of a plan (划分方案) into a folder, as PDF and XLSX; nothing is kept in "
        "the database. With --certificate only prove the plan and print its digests. Exit status: "
        "0 written and exact, 1 the plan does not tile its outline or the PDF could not be made, "
        "2 no such plan, or the folder cannot be written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_plan_arguments(parser)
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            help="default: the language of the area's names",
        )
        parser.add_argument(
            "--beside", type=int, nargs="*", default=[], metavar="NUMBER",
            help="one or two other plans to put side by side with it",
        )  # fmt: skip
        parser.add_argument("-o", "--output", type=Path, default=Path(), metavar="FOLDER")
        parser.add_argument(
            "--certificate", action="store_true", help="prove and print digests, write nothing"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = plan_asked(options["area"], options["scheme"], options["plan"])
        except Missing as problem:
            self._refuse(str(problem))
        if options["certificate"]:
            self._certify(plan, options["format"])
            return
        self._write(plan, options)

    def _certify(self, plan: Plan, form: str) -> None:
        told = certify(plan, at=timezone.now())
        if form == "json":
            proof = asdict(told.proof)
            self.stdout.write(
                json.dumps(
                    {
                        "plan": plan.number,
                        "revision": plan.revision,
                        "exact": told.exact,
                        "digest": told.digest,
                        "outline_digest": told.outline_digest,
                        "software": told.software,
                        **proof,
                    },
                    ensure_ascii=False,
                )
            )
        else:
            word = "tile the outline exactly" if told.exact else "do NOT tile the outline"
            self.stdout.write(
                f"Plan {plan.number} of {plan.scheme.area.name}, revision {plan.revision}: "
                f"{told.proof.grids} grids {word}.\n"
                f"unmatched: {told.proof.unmatched_database} (database), "
                f"{told.proof.unmatched_kernel} (kernel)\n"
                f"digest of the plan:    {told.digest}\n"
                f"digest of the outline: {told.outline_digest}\n"
                f"{told.software}"
            )
        if not told.exact:
            raise SystemExit(NOT_EXACT)

    def _write(self, plan: Plan, options: dict[str, Any]) -> None:
        area, folder = plan.scheme.area, options["output"]
        language = options["language"] or area.language
        beside = [plan.number, *options["beside"]] if options["beside"] else []
        self.stderr.write(f"Making the dossier of plan {plan.number} of {area.name} ...")
        with translation.override(language):
            files = files_of(plan, at=timezone.now(), alternatives=beside)
        stem = f"{area.slug}-{plan.scheme.code}-{plan.number}-r{plan.revision}-{language}"
        written = {f"{stem}.xlsx": files.xlsx}
        if files.pdf is not None:
            written[f"{stem}.pdf"] = files.pdf.content
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in written.items():
                (folder / name).write_bytes(content)
        except OSError as problem:
            self._refuse(f"{folder} cannot be written: {problem}")
        for name, content in sorted(written.items()):
            self.stdout.write(f"{folder / name}: {len(content) // 1024} kB")
        exact = files.told.certificate.exact
        self.stdout.write(f"digest {files.told.certificate.digest}")
        if files.problem:
            self.stderr.write(self.style.ERROR(files.problem))
        if files.problem or not exact:
            raise SystemExit(NOT_EXACT)

    def _refuse(self, problem: str) -> None:
        self.stderr.write(self.style.ERROR(problem))
        raise SystemExit(UNUSABLE) from None
