"""Refusals with the bodies that Google answers."""

from __future__ import annotations

from typing import Any

from aiohttp import web

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}
_TYPE = "type.googleapis.com/google.rpc."
_SIGN_IN = "See https://developers.google.com/identity/sign-in/web/devconsole-project."
PROJECT_NUMBER = "100000000001"


class ApiError(Exception):
    """A request that is answered with an error body."""

    def __init__(self, code: int, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def answer(self) -> web.Response:
        """Return the answer as Google words it."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": _STATUS[self.code]}
        if self.details:
            error["details"] = self.details
        headers = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/"'} if self.code == 401 else None
        return web.json_response({"error": error}, status=self.code, headers=headers)


def _info(reason: str, **metadata: str) -> dict[str, Any]:
    return {"@type": f"{_TYPE}ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": metadata}


def no_credential() -> ApiError:
    """No token came with the request."""
    message = (
        "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other "
        f"valid authentication credential. {_SIGN_IN}"
    )
    return ApiError(401, message, [_info("CREDENTIALS_MISSING", service="sheets.googleapis.com")])


def bad_credential() -> ApiError:
    """The token is unknown or has run out."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        f"authentication credential. {_SIGN_IN}"
    )
    return ApiError(401, message, [_info("ACCESS_TOKEN_TYPE_UNSUPPORTED", service="sheets.googleapis.com")])


def narrow_scope() -> ApiError:
    """The token was not asked for with a scope that allows this."""
    details = [_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", service="sheets.googleapis.com")]
    return ApiError(403, "Request had insufficient authentication scopes.", details)


def not_shared() -> ApiError:
    """The sheet exists and was not shared with the service account."""
    return ApiError(403, "The caller does not have permission")


def not_found() -> ApiError:
    """There is no sheet of this id."""
    return ApiError(404, "Requested entity was not found.")


def unavailable() -> ApiError:
    """The service is down."""
    return ApiError(503, "The service is currently unavailable.")


def over_quota(kind: str, limit: int) -> ApiError:
    """Too many requests in a minute.

    Args:
        kind: ``Read`` or ``Write``.
        limit: requests a minute.
    """
    message = (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user' "
        f"of service 'sheets.googleapis.com' for consumer 'project_number:{PROJECT_NUMBER}'."
    )
    info = _info(
        "RATE_LIMIT_EXCEEDED",
        quota_limit=f"{kind}RequestsPerMinutePerUser",
        quota_limit_value=str(limit),
        quota_location="global",
        quota_metric=f"sheets.googleapis.com/{kind.lower()}_requests",
        quota_unit="1/min/{project}/{user}",
        consumer=f"projects/{PROJECT_NUMBER}",
        service="sheets.googleapis.com",
    )
    link = {
        "description": "Request a higher quota limit.",
        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
    }
    return ApiError(429, message, [info, {"@type": f"{_TYPE}Help", "links": [link]}])
