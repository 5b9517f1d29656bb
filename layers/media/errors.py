"""Why a picture was not taken. `code` is stable; the sentence is for the person who sent it."""

from django.utils.translation import gettext_lazy as _

from layers.refusals import CodedRefusal


class PictureRefused(CodedRefusal):
    code = "media.refused"
    message = _("This picture cannot be used.")


class TooHeavy(PictureRefused):
    code = "media.too_heavy"
    message = _("This file is larger than %(megabytes)s MB. Please choose a smaller picture.")


class NotAPicture(PictureRefused):
    code = "media.not_a_picture"
    message = _("This file is not a photo we can read. Please send a JPEG, PNG or WebP picture.")


class TooManyPixels(PictureRefused):
    code = "media.too_many_pixels"
    message = _(
        "This picture has more than %(megapixels)s million pixels. Please send a smaller one."
    )


class Broken(PictureRefused):
    code = "media.broken"
    message = _("This picture is damaged. Please take or choose another one.")
