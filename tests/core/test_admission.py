from __future__ import annotations

from decimal import Decimal

from tests.core.rig import ACCOUNT, BUY, CONTRACT, OrderRig, asked
from twsbridge.protocol import commands
from twsbridge.protocol.errors import WireError
from twsbridge.protocol.models import Contract, Order
from twsbridge_server.core.admission import Wanted


def check(rig: OrderRig, *members: tuple[Contract, Order]) -> list[Wanted] | WireError:
    wanted = [Wanted(f"k{n}", contract, order) for n, (contract, order) in enumerate(members)]
    return rig.admission.check(asked(commands.Ping()), wanted, rig.now)


def test_the_exchange_and_the_only_account_are_filled_in() -> None:
    admitted = check(OrderRig(), (Contract(con_id=1), BUY))
    assert isinstance(admitted, list)
    assert (admitted[0].contract.exchange, admitted[0].order.account) == ("SMART", ACCOUNT)


def test_one_bad_member_refuses_all() -> None:
    refused = check(OrderRig(), (CONTRACT, BUY), (Contract(), BUY))
    assert isinstance(refused, WireError) and refused.field == "contract"


def test_another_login_s_account_is_refused() -> None:
    refused = check(OrderRig(), (CONTRACT, BUY.model_copy(update={"account": "DU7654321", "quantity": Decimal(1)})))
    assert isinstance(refused, WireError) and refused.code == "auth.account"


def test_the_session_comes_before_all_else() -> None:
    rig = OrderRig()
    rig.session.lost("gone", rig.now)
    refused = check(rig, (Contract(), BUY))
    assert isinstance(refused, WireError) and refused.code == "tws.disconnected"
