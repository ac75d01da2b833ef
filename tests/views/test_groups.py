import pytest

from privatemessages.models import Member, Thread

NEW = "/messages/groups/new/"


def people_of(thread):
    return sorted(member.user.username for member in Member.objects.filter(thread=thread))


class TestNewGroup:
    def test_gathers_people_named_on_lines_or_between_commas(self, page, bob, carol, dave):
        response = page.post(NEW, {"title": " Friends ", "people": "bob, carol\r\n\r\ndave,bob"})
        group = Thread.objects.get()
        assert response["Location"] == f"/messages/chat/{group.pk}/#newest"
        assert (group.kind, group.title, group.shows_past) == ("group", "Friends", False)
        assert people_of(group) == ["alice", "bob", "carol", "dave"]

    def test_may_show_newcomers_the_past(self, page):
        page.post(NEW, {"title": "Friends", "shows_past": "on"})
        assert Thread.objects.get().shows_past

    def test_is_offered_in_the_inbox(self, page):
        assert f'href="{NEW}"' in page.get("/messages/").text

    def test_names_every_name_that_nobody_has(self, page, bob, django_user_model):
        django_user_model.objects.create_user("gone", is_active=False)
        response = page.post(NEW, {"title": "Friends", "people": "bob, gone, <nobody>"})
        assert response.status_code == 400
        words = "There is nobody to whom you can write called: gone, &lt;nobody&gt;"
        assert words in response.text
        assert response.context["form"]["people"].value() == "bob, gone, <nobody>"
        assert not Thread.objects.exists()

    @pytest.mark.parametrize(
        ("title", "names", "field", "words"),
        [
            ("", "bob", "title", "This field is required."),
            ("!?", "bob", "title", "A name needs at least one letter or digit"),
            ("x" * 1_000, "bob", "title", "This is too long."),
            ("a\0b", "bob", "title", "Null characters are not allowed."),
            ("Friends", "b\0b", "people", "Null characters are not allowed."),
            ("Friends", "x" * 1_000, "people", "There is nobody to whom you can write called: xxx"),
            ("Friends", ",".join(map(str, range(251))), "people", "There is room for no more"),
            ("Friends", "bob,carol", "people", "There is room for no more"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(
        self, page, bob, carol, settings, title, names, field, words
    ):
        limit = 2 if names == "bob,carol" else 250
        settings.PRIVATEMESSAGES = settings.PRIVATEMESSAGES | {"GROUP_LIMIT": limit}
        response = page.post(NEW, {"title": title, "people": names})
        assert response.status_code == 400
        assert words in response.context["form"].errors[field][0]
        assert f'id="id_{field}_error"' in response.text
        assert not Thread.objects.exists()

    def test_looks_for_no_more_people_than_a_group_holds(self, page, django_assert_max_num_queries):
        page.get(NEW)
        with django_assert_max_num_queries(1):
            page.post(NEW, {"title": "Friends", "people": "\n".join(map(str, range(5_000)))})

    def test_is_said_in_russian(self, page):
        form = {"title": "Friends", "people": "nobody"}
        response = page.post(NEW, form, headers={"accept-language": "ru"})
        assert "Нет никого с таким именем, кому вы могли бы написать: nobody" in response.text
