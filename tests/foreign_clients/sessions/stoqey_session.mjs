// A day with @stoqey/ib: `node stoqey_session.mjs PORT`, in the folder that has its node_modules.
// What it writes is described in reporting.py.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { IBApi, ScanCode } = createRequire(`${process.cwd()}/`)("@stoqey/ib");

const CLIENT_ID = 3;
const PATIENCE = 15_000;
const NOTICES = new Set([2103, 2104, 2105, 2106, 2107, 2108, 2119, 2157, 2158, 2159]);
/** Steps that this client can do from a server version on; it reads completed orders wrongly below 177. */
const SINCE = { completed_orders: 177 };
const TAGS = "AvailableFunds,BuyingPower,NetLiquidation,TotalCashValue";
const WORKING = ["Submitted", "PreSubmitted"];

const stock = (symbol, exchange = "SMART", currency = "USD") => ({ symbol, secType: "STK", exchange, currency });
const AAPL = stock("AAPL");
const NVDA = stock("NVDA");
const CSH2 = stock("CSH2", "LSE", "GBP");
const EURO = { symbol: "EUR", secType: "CASH", exchange: "IDEALPRO", currency: "USD" };

const tell = (fact) => process.stdout.write(JSON.stringify(fact) + "\n");

/** The client, everything that it has heard, and the ids that are used. */
class Session {
  events = [];
  expected = new Set();
  judged = 0;
  reqId = 1000;
  orderId = 0;
  account = "";
  #waiting = new Set();

  constructor(port) {
    this.api = new IBApi({ host: "127.0.0.1", port, clientId: CLIENT_ID, maxReqPerSec: 500 });
    this.api.on("server", (version) => (this.version = version));
    this.api.on("all", (name, args) => {
      if (name === "sent" || name === "received") return;
      this.events.push([name, args]);
      for (const check of this.#waiting) check();
    });
  }

  /** The first true value of a condition about what was heard. */
  until(condition) {
    return new Promise((resolve, reject) => {
      const check = () => {
        const value = condition();
        if (!value) return;
        this.#waiting.delete(check);
        clearTimeout(limit);
        resolve(value);
      };
      const late = `not within ${PATIENCE} ms: ${condition}`;
      const limit = setTimeout(() => reject(new Error(late + JSON.stringify(this.events.slice(-20)))), PATIENCE);
      this.#waiting.add(check);
      check();
    });
  }

  /** The arguments of every callback of a name. */
  of(name) {
    return this.events.filter((event) => event[0] === name).map((event) => event[1]);
  }

  /** The same for one request or order, without its id. */
  rows(name, id) {
    return this.of(name).filter((args) => args[0] === id).map((args) => args.slice(1));
  }

  /** The first callback of a name, and of a request if one is given; this client hands out some ids as text. */
  answer(name, id) {
    return this.until(() => this.of(name).find((args) => id === undefined || Number(args[0]) === id));
  }

  errors() {
    return this.of("error").map(([error, code, id]) => ({ id, code, text: error.message }));
  }

  /** Errors since the last call that no step has expected. */
  takeUnexpected() {
    const told = this.errors().slice(this.judged);
    this.judged += told.length;
    return told.filter(({ id, code }) => !NOTICES.has(code) && !this.expected.has(`${id} ${code}`));
  }

  /** Call a method with a new request id, which is returned. */
  ask(method, ...args) {
    this.api[method](++this.reqId, ...args);
    return this.reqId;
  }

  place(contract, order) {
    this.api.placeOrder(++this.orderId, contract, { transmit: true, ...order });
    return this.orderId;
  }

  status(id) {
    return this.rows("orderStatus", id).at(-1)?.[0] ?? "";
  }

  becomes(id, ...statuses) {
    return this.until(() => statuses.includes(this.status(id)));
  }

  expect(id, code) {
    this.expected.add(`${id} ${code}`);
  }

  /** Wait for an error, which is as it should be. */
  refused(id, code) {
    this.expect(id, code);
    return this.until(() => this.errors().some((error) => error.id === id && error.code === code));
  }

  async cancel(id) {
    this.expect(id, 202);
    this.api.cancelOrder(id, this.version >= 192 ? {} : "");
    await this.becomes(id, "Cancelled");
  }

  async connect() {
    const before = this.of("nextValidId").length;
    this.api.connect();
    await this.until(() => this.of("nextValidId").length > before);
    this.orderId = this.of("nextValidId").at(-1)[0] - 1;
  }
}

const STEPS = {
  async connect(session) {
    await session.connect();
    session.account = (await session.answer("managedAccounts"))[0];
    const codes = () => new Set(session.events.filter(([name]) => name === "info" || name === "error").map(([, a]) => a[1]));
    await session.until(() => [2104, 2106, 2158].every((code) => codes().has(code)));
    session.api.reqCurrentTime();
    await session.answer("currentTime");
    session.api.reqManagedAccts();
    await session.until(() => session.of("managedAccounts").length === 2);
    session.api.setServerLogLevel(2);
  },

  async account(session) {
    const summary = session.ask("reqAccountSummary", "All", TAGS);
    await session.answer("accountSummaryEnd", summary);
    assert.deepEqual(new Set(session.rows("accountSummary", summary).map((row) => row[1])), new Set(TAGS.split(",")));
    session.api.cancelAccountSummary(summary);
    session.api.reqAccountUpdates(true, session.account);
    await session.answer("accountDownloadEnd");
    assert(session.of("updateAccountValue").some(([key]) => key === "NetLiquidation"));
    const multi = session.ask("reqAccountUpdatesMulti", session.account, "", false);
    await session.answer("accountUpdateMultiEnd", multi);
    session.api.cancelAccountUpdatesMulti(multi);
  },

  async positions(session) {
    session.api.reqPositions();
    await session.answer("positionEnd");
    const multi = session.ask("reqPositionsMulti", session.account, "");
    await session.answer("positionMultiEnd", multi);
    session.api.cancelPositionsMulti(multi);
  },

  async contract_details(session) {
    const future = { symbol: "ES", secType: "FUT", exchange: "CME", currency: "USD" };
    const option = { symbol: "SPY", secType: "OPT", exchange: "SMART", currency: "USD" };
    for (const wanted of [AAPL, CSH2, EURO, future, option]) {
      const id = session.ask("reqContractDetails", wanted);
      await session.answer("contractDetailsEnd", id);
      const found = session.rows("contractDetails", id).map((row) => row[0]);
      assert(found.length && found.every((each) => each.contract.symbol === wanted.symbol && each.contract.conId));
      assert(found.every((each) => each.tradingHours && each.minTick > 0));
    }
    await session.refused(session.ask("reqContractDetails", stock("NOSUCH")), 200);
  },

  async history(session) {
    const bars = async (contract, duration, size, show, format) => {
      const id = session.ask("reqHistoricalData", contract, "", duration, size, show, 1, format, false);
      await session.until(() => session.rows("historicalData", id).some((row) => row[0].startsWith("finished")));
      const found = session.rows("historicalData", id).slice(0, -1);
      assert(found.length && found.every(([, open, high, low, close]) => low <= Math.min(open, close) && open <= high));
      return found;
    };
    const days = await bars(CSH2, "3 M", "1 day", "TRADES", 1);
    assert(60 <= days.length && days.length <= 66);
    await bars(AAPL, "2 D", "1 hour", "TRADES", 2);
    await bars(EURO, "1 D", "5 mins", "MIDPOINT", 1);
    const kept = session.ask("reqHistoricalData", AAPL, "", "1 D", "1 min", "TRADES", 0, 1, true);
    await session.answer("historicalDataUpdate", kept);
    session.api.cancelHistoricalData(kept);
    await session.refused(kept, 162);
  },

  async reference(session) {
    const head = session.ask("reqHeadTimestamp", AAPL, "TRADES", true, 1);
    assert((await session.answer("headTimestamp", head))[1]);
    session.api.cancelHeadTimestamp(head);
    assert((await session.answer("histogramData", session.ask("reqHistogramData", AAPL, true, 3, "DAY")))[1].length);
    if (session.version >= 165) {
      const days = session.ask("reqHistoricalData", AAPL, "", "5 D", "1 day", "SCHEDULE", 1, 1, false);
      assert.equal((await session.answer("historicalSchedule", days))[4].length, 5);
    }
    const symbols = (await session.answer("symbolSamples", session.ask("reqMatchingSymbols", "APPL")))[1];
    assert(symbols.some((each) => each.contract.symbol === "AAPL"));
    const chain = session.ask("reqSecDefOptParams", "AAPL", "", "STK", contractId(session));
    await session.answer("securityDefinitionOptionParameterEnd", chain);
    assert(session.rows("securityDefinitionOptionParameter", chain).every((row) => row[4].length && row[5].length));
    const stream = session.ask("reqMktData", AAPL, "", false, false);
    const [, , exchange] = await session.answer("tickReqParams", stream);
    session.api.cancelMktData(stream);
    assert((await session.answer("smartComponents", session.ask("reqSmartComponents", exchange)))[1]);
    const rule = Number(session.of("contractDetails")[0][1].marketRuleIds.split(",")[0]);
    session.api.reqMarketRule(rule);
    assert((await session.answer("marketRule", rule))[1].length);
  },

  async options(session) {
    const [, { contract }] = session.of("contractDetails").find(([, each]) => each.contract.secType === "OPT");
    const stream = session.ask("reqMktData", contract, "", false, false);
    const types = () => new Set(session.rows("tickOptionComputation", stream).map((row) => row[0]));
    await session.until(() => [10, 11, 13].every((type) => types().has(type)));
    session.api.cancelMktData(stream);
    const model = session.rows("tickOptionComputation", stream).find((row) => row[0] === 13);
    const [, , volatility, , price, , , , , under] = model;
    const valued = session.ask("calculateOptionPrice", contract, volatility, under);
    assert(Math.abs((await session.answer("tickOptionComputation", valued))[5] - price) < 0.01);
    const implied = session.ask("calculateImpliedVolatility", contract, price, under);
    assert(Math.abs((await session.answer("tickOptionComputation", implied))[3] - volatility) < 0.01);
  },

  async login(session) {
    session.api.reqFamilyCodes();
    await session.answer("familyCodes");
    await session.answer("softDollarTiers", session.ask("reqSoftDollarTiers"));
    if (session.version >= 167) await session.answer("userInfo", session.ask("reqUserInfo"));
    if (session.version >= 161) assert((await session.answer("wshMetaData", session.ask("reqWshMetaData")))[1]);
  },

  async ticks(session) {
    const stream = session.ask("reqMktData", AAPL, "", false, false);
    const snapshot = session.ask("reqMktData", NVDA, "", true, false);
    const fx = session.ask("reqMktData", EURO, "", false, false);
    for (const id of [stream, snapshot, fx]) {
      const types = () => new Set(session.rows("tickPrice", id).map((row) => row[0]));
      await session.until(() => types().has(1) && types().has(2));
      assert(session.rows("tickPrice", id).every((row) => row[1] > 0));
    }
    await session.answer("tickReqParams", stream);
    await session.answer("tickSnapshotEnd", snapshot);
    const seen = session.rows("tickSize", stream).length;
    await session.until(() => session.rows("tickSize", stream).length > seen + 5);
    session.api.cancelMktData(stream);
    session.api.cancelMktData(fx);
  },

  async depth(session) {
    session.api.reqMktDepthExchanges();
    assert((await session.answer("mktDepthExchanges"))[0].length);
    const smart = session.ask("reqMktDepth", AAPL, 5, true);
    const nasdaq = session.ask("reqMktDepth", stock("AAPL", "NASDAQ"), 5, false);
    const london = session.ask("reqMktDepth", CSH2, 5, false);
    for (const id of [smart, nasdaq, london]) {
      const l2 = () => session.rows("updateMktDepthL2", id).map((row) => row[3]);
      const sides = () => new Set(session.rows("updateMktDepth", id).map((row) => row[2]).concat(l2()));
      await session.until(() => sides().has(0) && sides().has(1));
    }
    await session.refused(smart, 2152);
    for (const id of [smart, nasdaq, london]) session.api.cancelMktDepth(id, id === smart);
  },

  async tick_by_tick(session) {
    for (const kind of ["Last", "AllLast", "BidAsk", "MidPoint"]) {
      const id = session.ask("reqTickByTickData", AAPL, kind, 0, false);
      const event = { BidAsk: "tickByTickBidAsk", MidPoint: "tickByTickMidPoint" }[kind] ?? "tickByTickAllLast";
      await session.until(() => session.rows(event, id).length >= 3);
      session.api.cancelTickByTickData(id);
    }
    const shows = { TRADES: "historicalTicksLast", BID_ASK: "historicalTicksBidAsk", MIDPOINT: "historicalTicks" };
    for (const [show, event] of Object.entries(shows)) {
      const id = session.ask("reqHistoricalTicks", AAPL, "20261123 15:00:00 UTC", "", 50, show, 1, false);
      const [, ticks, done] = await session.answer(event, id);
      assert(ticks.length >= 50 && done);
    }
  },

  async real_time_bars(session) {
    const id = session.ask("reqRealTimeBars", AAPL, 5, "TRADES", false);
    await session.until(() => session.rows("realtimeBar", id).length >= 2);
    const [first, second] = session.rows("realtimeBar", id);
    assert.equal(second[0] - first[0], 5);
    session.api.cancelRealTimeBars(id);
  },

  async scanner(session) {
    session.api.reqScannerParameters();
    assert((await session.answer("scannerParameters"))[0].includes("TOP_PERC_GAIN"));
    const scan = { instrument: "STK", locationCode: "STK.US.MAJOR", scanCode: ScanCode.TOP_PERC_GAIN };
    const id = session.ask("reqScannerSubscription", scan);
    await session.answer("scannerDataEnd", id);
    const rows = session.rows("scannerData", id);
    assert(rows.length && rows.every(([rank, details], index) => rank === index && details.contract.conId));
    session.api.cancelScannerSubscription(id);
    await session.refused(id, 162);
  },

  async news(session) {
    session.api.reqNewsProviders();
    const codes = (await session.answer("newsProviders"))[0].map((each) => each.providerCode ?? each.code);
    const past = session.ask("reqHistoricalNews", contractId(session), codes.join("+"), "", "", 5);
    await session.answer("historicalNewsEnd", past);
    const [, provider, article, headline] = session.rows("historicalNews", past)[0];
    assert(codes.includes(provider) && headline);
    const text = session.ask("reqNewsArticle", provider, article);
    assert((await session.answer("newsArticle", text))[2]);
    session.api.reqNewsBulletins(true);
    session.api.cancelNewsBulletins();
  },

  async display_groups(session) {
    assert((await session.answer("displayGroupList", session.ask("queryDisplayGroups")))[1]);
    const group = session.ask("subscribeToGroupEvents", 1);
    await session.answer("displayGroupUpdated", group);
    session.api.updateDisplayGroup(group, "265598@SMART");
    await session.until(() => session.rows("displayGroupUpdated", group).some(([info]) => info === "265598@SMART"));
    session.api.unsubscribeFromGroupEvents(group);
  },

  async orders(session) {
    const bought = session.place(AAPL, { action: "BUY", orderType: "MKT", totalQuantity: 250, orderRef: "bought" });
    await session.becomes(bought, "Filled");
    const terms = { action: "BUY", orderType: "LMT", totalQuantity: 10, lmtPrice: 10, tif: "GTC", orderRef: "resting" };
    const limit = session.place(NVDA, terms);
    await session.becomes(limit, "Submitted");
    session.api.placeOrder(limit, NVDA, { ...terms, totalQuantity: 20, lmtPrice: 11, transmit: true });
    const changed = ([, order]) => order.totalQuantity === 20 && order.lmtPrice === 11;
    await session.until(() => session.rows("openOrder", limit).some(changed));
    const stop = session.place(NVDA, { action: "SELL", orderType: "STP", totalQuantity: 5, auxPrice: 10 });
    await session.until(() => session.rows("orderStatus", stop).some((row) => row[8] === "trigger"));
    session.api.reqOpenOrders();
    await session.answer("openOrderEnd");
    await session.cancel(limit);
    session.expect(stop, 202);
    session.api.reqGlobalCancel(session.version >= 192 ? {} : undefined);
    await session.becomes(stop, "Cancelled");
    session.api.cancelOrder(999, session.version >= 192 ? {} : "");
    await session.refused(999, 10147);
  },

  async refused_orders(session) {
    const market = (totalQuantity) => ({ action: "BUY", orderType: "MKT", totalQuantity });
    await session.refused(session.place(AAPL, market(1_000_000)), 201);
    await session.refused(session.place(stock("NOSUCH"), market(1)), 200);
    await session.refused(session.place(AAPL, { ...market(1), orderType: "LMT", lmtPrice: 10.001 }), 110);
  },

  async what_if(session) {
    const asked = session.place(AAPL, { action: "BUY", orderType: "MKT", totalQuantity: 10, whatIf: true });
    const [, , state] = await session.until(() => session.rows("openOrder", asked)[0]);
    assert(Number(state.initMarginChange) > 0);
    assert.equal(session.status(asked), "");
  },

  async bracket(session) {
    const sell = { action: "SELL", totalQuantity: 5 };
    const buy = { action: "BUY", orderType: "LMT", totalQuantity: 5, lmtPrice: 20, transmit: false };
    const parent = session.place(NVDA, buy);
    const target = session.place(NVDA, { ...sell, orderType: "LMT", lmtPrice: 9000, parentId: parent, transmit: false });
    const stop = session.place(NVDA, { ...sell, orderType: "STP", auxPrice: 10, parentId: parent });
    for (const id of [parent, target, stop]) {
      await session.becomes(id, ...WORKING);
      session.expect(id, 202);
    }
    await session.cancel(parent);
    for (const id of [target, stop]) await session.becomes(id, "Cancelled");
  },

  async executions(session) {
    const sold = session.place(AAPL, { action: "SELL", orderType: "MKT", totalQuantity: 50 });
    await session.becomes(sold, "Filled");
    await session.until(() => Object.keys(fees(session)).length === Object.keys(shares(session)).length);
    const asked = session.ask("reqExecutions", {});
    await session.answer("execDetailsEnd", asked);
    const found = session.rows("execDetails", asked).map(([, execution]) => execution.execId);
    assert.deepEqual(found.sort(), Object.keys(shares(session)).sort());
    await session.answer("execDetailsEnd", session.ask("reqExecutions", { symbol: "MSFT" }));
  },

  async profit(session) {
    const whole = session.ask("reqPnL", session.account, "");
    const single = session.ask("reqPnLSingle", session.account, "", contractId(session));
    await session.until(() => session.rows("pnl", whole).length >= 2 && session.rows("pnlSingle", single).length);
    assert.equal(session.rows("pnlSingle", single).at(-1)[0], 200);
    session.api.cancelPnL(whole);
    session.api.cancelPnLSingle(single);
    await session.until(() => session.of("updatePortfolio").some(([contract, size]) => contract.symbol === "AAPL" && size === 200));
    session.api.reqAccountUpdates(false, session.account);
  },

  async completed_orders(session) {
    session.api.reqCompletedOrders(false);
    await session.answer("completedOrdersEnd");
    const found = session.of("completedOrder");
    for (const status of ["Filled", "Cancelled"]) assert(found.some(([, , state]) => state.status === status));
    for (const ref of ["bought", "resting"]) assert(found.some(([, order]) => order.orderRef === ref));
  },

  async reconnect(session) {
    const resting = session.place(NVDA, { action: "BUY", orderType: "LMT", totalQuantity: 7, lmtPrice: 12 });
    await session.becomes(resting, "Submitted");
    tell({ ask: "drop_connections" });
    await session.answer("disconnected");
    await session.connect();
    assert(session.orderId >= resting);
    const before = session.of("openOrder").length;
    const ends = session.of("openOrderEnd").length;
    session.api.reqOpenOrders();
    await session.until(() => session.of("openOrderEnd").length > ends);
    assert.deepEqual(session.of("openOrder").slice(before).map((args) => args[0]), [resting]);
    await session.cancel(resting);
    const old = session.of("positionEnd").length;
    session.api.reqPositions();
    await session.until(() => session.of("positionEnd").length > old);
  },
};

/** Of AAPL. */
function contractId(session) {
  return session.of("contractDetails").find(([, each]) => each.contract.symbol === "AAPL")[1].contract.conId;
}

/** Exec id -> signed size. */
function shares(session) {
  const signed = ([, , each]) => [each.execId, each.shares * (each.side === "BOT" ? 1 : -1)];
  return Object.fromEntries(session.of("execDetails").map(signed));
}

function fees(session) {
  return Object.fromEntries(session.of("commissionReport").map(([each]) => [each.execId, each.commission]));
}

/** What the client believes at the end. */
function saw(session) {
  const held = session.of("position").map(([, contract, size]) => [contract.conId, size]);
  return {
    server_version: session.version,
    accounts: session.account.split(","),
    executions: shares(session),
    commissions: fees(session),
    positions: Object.fromEntries(held.filter(([, size]) => size)),
    statuses: Object.fromEntries(session.of("orderStatus").map(([id, status]) => [id, status])),
  };
}

const session = new Session(Number(process.argv[2]));
try {
  for (const [name, step] of Object.entries(STEPS)) {
    if (session.version < SINCE[name]) continue;
    await step(session);
    for (const { id, code, text } of session.takeUnexpected()) tell({ amiss: `${name}: error ${id} ${code} ${text}` });
    tell({ step: name });
  }
  tell({ saw: saw(session) });
} catch (error) {
  tell({ amiss: error.stack });
  process.exitCode = 1;
} finally {
  session.api.disconnect();
}
