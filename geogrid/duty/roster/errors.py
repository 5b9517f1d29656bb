"""Why a file is no roster. What is wrong with single rows is in `problems`."""

from django.utils.translation import gettext_lazy as _

from geogrid.accounts.errors import CodedError


class TableRefused(CodedError):
    code = "roster.refused"
    message = _("This file cannot be read as a roster.")


class TableTooLarge(TableRefused):
    code = "roster.too_large"
    message = _(
        "This table is larger than %(megabytes)s MB. Leave out pictures and other sheets; portraits"
        " come in a zip file of their own."
    )


class TooManyRows(TableRefused):
    code = "roster.too_many_rows"
    message = _("This table has more than %(most)s rows. Bring it in parts, a community each.")


class OldExcel(TableRefused):
    code = "roster.old_excel"
    message = _("This is an old Excel file (.xls). Open it and save it as .xlsx or .csv.")


class NotATable(TableRefused):
    code = "roster.not_a_table"
    message = _("This file is neither an Excel workbook (.xlsx) nor a table of text (.csv).")


class EmptyTable(TableRefused):
    code = "roster.empty"
    message = _("There is nothing in this file.")


class NoHeader(TableRefused):
    """`seen` is the fullest row that was looked at."""

    code = "roster.no_header"
    message = _(
        "No row names its columns. Needed is one for the name (姓名, name) and one for the duty"
        " phone, the role or the grid; the template has them. Found was: %(seen)s"
    )


class TooManyPictures(TableRefused):
    code = "roster.too_many_pictures"
    message = _("This zip file holds more than %(most)s pictures. Bring them in parts.")


class PicturesRefused(TableRefused):
    """`why` is a whole sentence."""

    code = "roster.pictures_refused"
    message = _("The portraits were not read: %(why)s")


class NothingToAccept(TableRefused):
    code = "roster.nothing_to_accept"
    message = _("There is nothing in this list that could be taken over.")


class PreviewTooOld(TableRefused):
    code = "roster.preview_too_old"
    message = _("This preview is older than an hour, or not yours. Choose the file again.")
    status = 409
