"""Named errors for everything that comes from outside.

Their texts are written to be shown to a person as they are.

Example:
    >>> import numpy as np
    >>> from siamese import from_drawing
    >>> from siamese.errors import SiameseError
    >>> try:
    ...     from_drawing(np.zeros((280, 280, 4), np.uint8))
    ... except SiameseError as error:
    ...     print(type(error).__name__, "-", error)
    EmptyDrawing - Nothing is drawn here yet. Draw a digit.
"""


class SiameseError(Exception):
    """Base of every error that this package raises on purpose."""


class InvalidArgument(SiameseError, ValueError):
    """An argument of a command or a function, or a file or folder that it names, cannot be used."""


class MissingExtra(SiameseError, ImportError):
    """What is asked for needs a package that is not installed; the text says which extra brings it."""


class InvalidImage(SiameseError, ValueError):
    """An array or a file is not an image of the declared shape, type and range."""


class InvalidEmbeddings(SiameseError, ValueError):
    """What an encoder gave is not one vector of finite numbers for each image."""


class InvalidDigits(SiameseError, ValueError):
    """There is not one digit for each image, one is outside 0 to 9, or there are too few images of one."""


class EmptyDrawing(SiameseError, ValueError):
    """There is no ink in the drawing."""


class NotADigit(SiameseError, ValueError):
    """There is ink, but it cannot be a digit: a dot, a smudge, a filled page."""


class SeveralDigits(SiameseError, ValueError):
    """A picture shows several digits where one is expected."""


class InvalidDrawing(SiameseError, ValueError):
    """Strokes that came from a canvas or a link cannot be read."""


class MnistUnavailable(SiameseError, RuntimeError):
    """MNIST is neither on this machine nor downloadable, or its file is damaged."""


class UntrustedConnection(MnistUnavailable):
    """MNIST cannot be downloaded: the connection's certificate is not trusted."""


class UnreadableArchive(SiameseError, ValueError):
    """An npz or IDX file is missing, damaged, pickled, or larger than it may be."""


class UnseenDigitInTraining(SiameseError, ValueError):
    """An image of a digit outside the training digits was given to the training path."""


class InvalidArtefact(SiameseError, RuntimeError):
    """A file of a trained model is missing, damaged, or not what its card declares."""


class UnknownModel(SiameseError, LookupError):
    """No trained model has this name."""


class UnknownRecipe(SiameseError, LookupError):
    """No recipe has this name."""


class InvalidSettings(SiameseError, ValueError):
    """The settings of a live training cannot be used."""


class InvalidMessage(SiameseError, ValueError):
    """A message of a training process cannot be read."""


class QueueFull(SiameseError, RuntimeError):
    """Too many live trainings are waiting already."""


class TrainingFailed(SiameseError, RuntimeError):
    """A live training ended without a trained network."""


class ClassroomError(SiameseError):
    """Base of what can go wrong in a room of a class."""


class RoomsUnavailable(ClassroomError, RuntimeError):
    """The store of the rooms cannot be reached or written."""


class InvalidRoomsAddress(ClassroomError, ValueError):
    """SIAMESE_ROOMS names no store that the app knows."""


class RoomNotFound(ClassroomError, LookupError):
    """No room has this code, or it was closed or has expired."""


class NotTheTeacher(ClassroomError, PermissionError):
    """The secret is not that of the room."""


class WrongPassphrase(ClassroomError, PermissionError):
    """The three words are not those of the room."""


class UnknownPupil(ClassroomError, LookupError):
    """The token is that of no pupil of the room."""


class UnknownDrawing(ClassroomError, LookupError):
    """The room has no drawing of this number."""


class InvalidSubmission(ClassroomError, ValueError):
    """Something that came from a page of the class has the wrong type, form or range."""


class NotRequested(ClassroomError, ValueError):
    """A pupil sends another digit than the one asked for."""


class TrialOnly(ClassroomError, ValueError):
    """Practice drawings were sent into a real room."""


class NoBallot(ClassroomError, LookupError):
    """There is no ballot that this vote or step could belong to."""


class LimitReached(ClassroomError, RuntimeError):
    """Base of the limits of a class."""


class RoomFull(LimitReached):
    """As many people as a room holds have joined."""


class TooManyRooms(LimitReached):
    """As many rooms as a server holds are open."""


class DrawingsComplete(LimitReached):
    """The pupil has sent all digits that were asked for."""


class DrawingTooLarge(LimitReached, ValueError):
    """A drawing has too many strokes, points or bytes."""


class BallotsComplete(LimitReached):
    """All rounds of voting have been played."""


class TooManyTries(LimitReached):
    """Too many wrong codes or passphrases were tried."""


class TooManySends(LimitReached):
    """A pupil sends, votes or opens rooms faster than a person can."""
