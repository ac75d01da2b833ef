from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from myproject.views import SignUpView, home

urlpatterns = [
    path("", home, name="home"),
    path("accounts/login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/signup/", SignUpView.as_view(), name="signup"),
    path("accounts/password_change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path(
        "accounts/password_change/done/",
        auth.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("messages/", include("privatemessages.urls")),
    path("admin/", admin.site.urls),
    path("", include("privatemessages.monitoring")),
]
