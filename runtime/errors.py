"""The tree of everything that can go wrong in a way a caller should know.

    Problem
    |- BadRequest 400           Unauthorized 401        Forbidden 403
    |- NotFound 404             MethodNotAllowed 405    NotAcceptable 406
    |- Conflict 409             OverQuota (a Conflict; the API's envelope may answer 403 or 413)
    |- PreconditionFailed 412   BodyTooLarge 413        UnsupportedMediaType 415
    |- TooManyRequests 429
    `- Unavailable 503

A slice subclasses the nearest one (`class NetworkNotFound(NotFound)`); the class name travels to the caller as the
stable type of the error, `message` is written for the caller: it names the attribute and the way out. The HTTP
status is used in one place, `runtime.web.faults`.
"""


class Problem(Exception):
    """Something the caller is told about. `message` never holds secrets, SQL, paths or stack traces."""

    status = 500
    title = "Internal Server Error"

    def __init__(self, message: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.headers = headers or {}

    @property
    def kind(self) -> str:
        """The stable type of the error on the wire, e.g. `NetworkNotFound`."""
        return type(self).__name__


class BadRequest(Problem):
    status, title = 400, "Bad Request"


class Unauthorized(Problem):
    status, title = 401, "Unauthorized"


class Forbidden(Problem):
    status, title = 403, "Forbidden"


class NotFound(Problem):
    status, title = 404, "Not Found"


class MethodNotAllowed(Problem):
    status, title = 405, "Method Not Allowed"


class NotAcceptable(Problem):
    status, title = 406, "Not Acceptable"


class Conflict(Problem):
    status, title = 409, "Conflict"


class OverQuota(Conflict):
    title = "Quota exceeded"


class PreconditionFailed(Problem):
    status, title = 412, "Precondition Failed"


class BodyTooLarge(Problem):
    status, title = 413, "Request Entity Too Large"


class UnsupportedMediaType(Problem):
    status, title = 415, "Unsupported Media Type"


class TooManyRequests(Problem):
    status, title = 429, "Too Many Requests"

    def __init__(self, message: str = "", *, retry_after_s: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after_s)})


class Unavailable(Problem):
    """Try again: something behind us does not answer. Nothing is promised about what happened."""

    status, title = 503, "Service Unavailable"

    def __init__(self, message: str = "", *, retry_after_s: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after_s)})
