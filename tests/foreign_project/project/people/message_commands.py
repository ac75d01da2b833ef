from secrets import randbelow

from privatemessages import actions
from privatemessages.commands import BadArguments, Call, command
from privatemessages.roles import Act


@command("roll", usage="[sides]", help="throws a die for all to see", act=Act.POST)
def roll(call: Call, sides: int = 6) -> str:
    if sides < 2:
        raise BadArguments
    number = randbelow(sides) + 1
    actions.send_message(call.person, call.thread.id, f"rolls {number}", kind="action")
    return "The die is cast."
