from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Scripts and styles only from our own files. Sockets may be on another port in development.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "connect-src 'self' ws: wss:",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not _is_technical(response):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


def _is_technical(response: HttpResponse) -> bool:
    """Django's error pages for developers carry their styles within."""
    return settings.DEBUG and response.status_code in {404, 500}
