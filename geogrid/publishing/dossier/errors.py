from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class PrintingMissing(CodedError):
    """Debian's libraries for print are not there; `packages` names them."""

    code = "publishing.printing_missing"
    message = _(
        "The PDF cannot be made: this machine lacks the libraries for printing. An administrator "
        "installs them: apt-get install %(packages)s. The workbook (XLSX) is complete."
    )
    status = 503


class TooFewAlternatives(CodedError):
    code = "publishing.too_few_alternatives"
    message = _("Choose two or three plans to put side by side.")
