"""Which test stands for which public incident or trap. `run` lets pytest run them all."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MONEY, NAMED = "end_to_end/test_faults_money.py", "end_to_end/test_incidents.py"
LINES, SUBSCRIBERS = "end_to_end/test_shared_lines.py", "mq/test_subscribers.py"

INCIDENTS: dict[str, str] = {
    "Lean.IB#242, nextValidId goes back": f"{MONEY}::test_a_restart_with_a_lower_next_valid_id_changes_no_order",
    "Lean.IB#242, orders vanish in a restart": f"{MONEY}::test_an_order_that_tws_forgot_is_never_sent_again",
    "Lean.IB#246, #247, a dead session is hidden": f"{NAMED}::test_lean_ib_246_a_dead_session_is_seen",
    "Lean.IB#249, fills during 1100": f"{MONEY}::test_the_link_is_lost_in_a_burst_of_fills",
    "nautilus_trader#4564, a change during 1100": f"{NAMED}::test_nautilus_trader_4564_a_change_while_the_link_is_lost",
    "nautilus_trader#4564, TWS makes two orders": f"{NAMED}::test_nautilus_trader_4564_a_second_order_is_seen",
    "nautilus_trader#3001, dead lines after 1101": "core/test_tws_events.py::test_1101_opens_lines_again_under_new_ids",
    "nautilus_trader#5007, a failed query": f"{NAMED}::test_nautilus_trader_5007_a_query_that_fails_is_not_nothing",
    "nautilus_trader#4970, #3465, orders without id": "core/test_orders.py::test_foreign_orders_are_kept_by_perm_id",
    "ib_async#54, executions without their end": "core/test_reconcile.py::test_an_incomplete_sweep_proves_nothing",
    "ib_async#191, #217, notices": "core/test_notices.py::test_what_leaves_an_order_alive_never_rejects_it",
    "ib_insync#364, a correction": f"{MONEY}::test_a_corrected_execution_replaces_the_first",
    "ib_insync#502, Cancelled for a change": f"{MONEY}::test_cancelled_for_a_refused_change_is_no_end",
    "ib_insync#483, fills of others": f"{NAMED}::test_ib_insync_483_what_is_typed_in_at_tws_is_known",
    "ib_insync#35, pacing": f"{NAMED}::test_ib_insync_35_a_burst_beyond_the_limit_of_tws",
    "ib_insync#644, InterReact#12, error 103": f"{NAMED}::test_interreact_12_a_change_right_after_the_order",
    "stoqey/ib#68, 326": f"{MONEY}::test_a_client_id_that_tws_still_holds_is_asked_for_again",
    "a TWS that never answers an order": f"{MONEY}::test_an_order_that_is_never_answered_is_sent_once",
    "a farm breaks": "core/test_bridge.py::test_a_broken_data_farm_leaves_orders_alone",
    "a modify is refused": "core/test_order_errors.py::test_a_refused_change_leaves_the_order_as_it_was",
    "a slow joiner": "mq/test_event_socket.py::test_nothing_is_missed_after_the_barrier",
    "a lost last event": "client/test_reader.py::test_a_lost_last_event_is_found_by_the_heartbeat",
    "killed holders of a line": f"{LINES}::test_ten_processes_share_one_line_until_the_last_of_them_is_killed",
    "garbage on the sockets": "mq/test_command_socket.py::test_random_frames_harm_nobody",
    "a burst of 4096 bytes": f"{MONEY}::test_what_a_burst_of_exactly_4096_bytes_tells_is_known_at_once",
    "vn.py#3792, a question after one that timed out": "client/test_channel.py::test_a_question_given_up_is_forgotten",
    "vn.py, behind a history call of 600 s": f"{NAMED}::test_vnpy_a_long_history_call_holds_up_nobody",
    "vn.py, commands as pickles": "mq/test_command_socket.py::test_a_pickle_is_refused_and_never_read",
    "DWX, replies of two clients swapped": "mq/test_command_socket.py::test_an_answer_goes_back_to_who_asked",
    "bluesky#333, a port scan": "mq/test_sockets.py::test_other_protocols_harm_nobody",
    "HWM, a hole in the middle": (
        "client/test_reader.py::test_lost_events_are_replayed_when_the_next_one_shows_the_hole"
    ),
    "HWM, lost ticks are counted": "client/test_ticks.py::test_lost_updates_are_counted",
    "ib_gateway, one of two holders leaves": f"{SUBSCRIBERS}::test_those_who_remain_are_named",
    "ib_gateway, regulatory snapshots": "tws/test_encoder.py::test_no_regulatory_snapshot_is_asked_for",
    "an order written as the connection dies": (
        "core/test_tws_events.py::test_an_order_in_doubt_is_found_by_its_reference_after_a_reconnect"
    ),
    "Lean.IB#258, 1100 again and again": (
        "core/test_bridge.py::test_lean_ib_258_a_link_that_stays_away_is_escalated_every_minute"
    ),
    "Lean.IB#248, 10147 ends a wait for a cancel": (
        "core/test_order_errors.py::test_a_refused_cancel_ends_the_wait_and_asks_for_a_sweep"
    ),
    "Lean.IB#93, bursts that are dropped": f"{MONEY}::test_an_order_that_tws_forgot_is_never_sent_again",
    "ib_insync#502, late": (
        "core/test_order_errors.py::test_a_change_refused_after_its_caller_has_gone_does_not_end_the_order"
    ),
    "backtrader2#53, the commission of somebody else": (
        "core/test_executions.py::test_the_commission_of_a_foreign_fill_is_published_with_it"
    ),
    "Lean TradeStation#95, a healthy session without fills": (
        "core/test_oddities.py::test_everything_odd_asks_for_a_sweep_a_moment_later"
    ),
}


def run(seed: int) -> Counter[str]:
    """All of them, once. AssertionError with pytest's words when one fails."""
    tests = [f"tests/{place}" for place in INCIDENTS.values()]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    return Counter(faults=len(INCIDENTS))
