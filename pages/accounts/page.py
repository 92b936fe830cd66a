"""The screen of accounts: a list, a form to add one, a form to change the one that is picked, and what changed."""

from core.ui import accounts, doors
from core.ui.forms import told
from core.ui.parts import draw
from core.ui.screen import screen
from pages.accounts import MISSION
from pages.accounts.figures.accounts import ACCOUNTS, HINT
from pages.accounts.figures.changes import CHANGES
from pages.accounts.look import AccountsLook

with screen(MISSION) as s:
    told()
    look = s.look()
    assert isinstance(look, AccountsLook)
    squads = sorted({squad for account in look.found for squad in account.person.squads})
    accounts.add(s, squads)
    draw(s, look, ACCOUNTS, HINT)
    if look.account:
        accounts.change(s, look.account, squads)
    draw(s, look, CHANGES)
    doors.panel()
