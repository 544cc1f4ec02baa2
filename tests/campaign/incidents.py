"""Which test stands for which public incident or trap. `run` lets pytest run them all."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MONEY, NAMED = "end_to_end/test_faults_money.py", "end_to_end/test_incidents.py"
LINES = "end_to_end/test_shared_lines.py"

INCIDENTS: dict[str, str] = {
    "Lean.IB#242, nextValidId goes back": f"{MONEY}::test_a_restart_with_a_lower_next_valid_id_changes_no_order",
    "Lean.IB#242, orders vanish in a restart": f"{MONEY}::test_an_order_that_tws_forgot_is_never_sent_again",
    "Lean.IB#246, #247, #258, a dead session is hidden": f"{NAMED}::test_lean_ib_246_a_dead_session_is_seen",
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
}


def run(seed: int) -> Counter[str]:
    """All of them, once. AssertionError with pytest's words when one fails."""
    tests = [f"tests/{place}" for place in INCIDENTS.values()]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    return Counter(faults=len(INCIDENTS))
