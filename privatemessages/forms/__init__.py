"""What a person fills in on a page. The rules themselves are in `protocol` and `actions`."""

from .acts import (
    LASTING,
    USUAL,
    ActForm,
    AddForm,
    AppointForm,
    ConfigureForm,
    LastingForm,
    PersonForm,
    ReasonForm,
    RenameForm,
    TopicForm,
)
from .gatherings import GroupForm, RoomForm, WhichRoomForm
from .messages import MessageForm, NewMessageForm, RecipientForm
from .problems import problem
from .settings import PreferencesForm

__all__ = [
    "LASTING",
    "USUAL",
    "ActForm",
    "AddForm",
    "AppointForm",
    "ConfigureForm",
    "GroupForm",
    "LastingForm",
    "MessageForm",
    "NewMessageForm",
    "PersonForm",
    "PreferencesForm",
    "ReasonForm",
    "RecipientForm",
    "RenameForm",
    "RoomForm",
    "TopicForm",
    "WhichRoomForm",
    "problem",
]
