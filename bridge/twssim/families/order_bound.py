"""orderBound: a manual order now has an order id; it answers reqAutoOpenOrders and reqOpenOrders of client 0."""

from __future__ import annotations

from dataclasses import dataclass

from twssim.answers import Answer
from twssim.family import Body, Family, Told, plain

ORDER_BOUND = 100


@dataclass(frozen=True, slots=True)
class OrderBound(Answer):
    """Which order, by its perm id, has which id from now on."""

    perm_id: int
    client_id: int
    order_id: int


def _body(answer: OrderBound) -> Body:
    fields = {"permId": answer.perm_id, "clientId": answer.client_id, "orderId": answer.order_id}
    return Body(ORDER_BOUND, "OrderBound", fields)


FAMILY = Family(
    asked=(),
    told=(
        Told(
            OrderBound,
            204,
            plain(ORDER_BOUND, lambda a: a.perm_id, lambda a: a.client_id, lambda a: a.order_id),
            _body,
        ),
    ),
)
