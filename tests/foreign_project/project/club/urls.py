from django.contrib.auth import views as auth
from django.urls import include, path

urlpatterns = [
    path("enter/", auth.LoginView.as_view(template_name="enter.html")),
    path("leave/", auth.LogoutView.as_view(next_page="/enter/")),
    path(
        "password/",
        auth.PasswordChangeView.as_view(template_name="enter.html", success_url="/talk/"),
    ),
    path("talk/", include("privatemessages.urls")),
]
