"""The site's own pages: its front page and signing up. Signing in and out is Django's."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import csrf
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe
from django.views.generic import FormView


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "home.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Who signed in in another tab needs no form here any more: the sign-in page leads them on."""
    if request.user.is_authenticated and request.path == reverse("login"):
        return redirect(request.get_full_path())
    return csrf.csrf_failure(request, reason)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class SignUpView(RedirectURLMixin, FormView):  # type: ignore[type-arg]  # no such argument at run time
    """Makes an account and signs its owner in; then on, as after signing in."""

    template_name = "registration/signup.html"
    form_class = UserCreationForm
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: "UserCreationForm[User]") -> HttpResponse:
        login(self.request, form.save(), backend=settings.AUTHENTICATION_BACKENDS[0])
        return super().form_valid(form)
