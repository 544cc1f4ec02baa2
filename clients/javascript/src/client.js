/** The client: one method for every command, events and market data as async iterators. */

import { barsOf } from './bars.js'
import { findConnection } from './connection.js'
import { NotAMessage, decodeTicks } from './envelope.js'
import { errorFrom } from './errors.js'
import { follow } from './follow.js'
import { toContract } from './notation.js'
import { Outage } from './outage.js'
import { Quote } from './quote.js'
import { Session } from './session.js'
import { subscriber, watch } from './sockets.js'
import { Trading, limit } from './trading.js'

/** @typedef {import('./notation.js').ContractLike} ContractLike */
/** @typedef {import('./protocol.js').OrderSent} Order */
/** @typedef {Omit<import('./protocol.js').GetBarsSent, 'contract'> & {contract: ContractLike}} BarsAsked */
/** @typedef {import('./follow.js').Options} FollowOptions */
/** @typedef {import('./death.js').Death} Death */
/** @typedef {{timeout?: number}} Wait Milliseconds after which the answer is no longer wanted. */
/** @typedef {{order_id: number} | {client_order_id: string} | {perm_id: number}} WhichOrder */

const HISTORY_MS = 60_000

/** Among the frames of a stream: the connection was lost here. */
const LOST = new Uint8Array(0)

export class Client extends Trading {
  #ended = new AbortController()

  /**
   * Connect and greet the bridge; rejects with a BridgeError that says what to do.
   * @param {{connection?: import('./connection.js').Connection | string, timeout?: number} & Death} [options]
   */
  static async connect({ connection, timeout = 5000, ...death } = {}) {
    const client = new Client(new Session(findConnection(connection), death))
    try {
      client.welcome = await client.session.welcome(performance.now() + timeout)
    } catch (error) {
      client.session.close()
      throw error
    }
    return client
  }

  /** @param {Session} session */
  constructor(session) {
    super(session)
    /** @type {import('./protocol.js').Welcome | undefined} */
    this.welcome = undefined
  }

  /** @param {Wait} [wait] */
  status(wait) {
    return this.session.request('status', {}, wait)
  }

  /**
   * Account values such as NetLiquidation.
   * @param {{account?: string, tags?: string[]}} [which]
   * @param {Wait} [wait]
   */
  async account(which = {}, wait) {
    return (await this.session.request('account.summary', which, wait)).rows
  }

  /**
   * @param {{account?: string}} [which]
   * @param {Wait} [wait]
   */
  async positions(which = {}, wait) {
    return (await this.session.request('positions.list', which, wait)).rows
  }

  /**
   * Who holds what: positions, average cost and realised profit by client and strategy; owner null is what is nobody's.
   * @param {{account?: string, owner?: string}} [which]
   * @param {Wait} [wait]
   */
  async books(which = {}, wait) {
    return (await this.session.request('books.list', which, wait)).rows
  }

  /**
   * The books of an account, then each as it changes; a trader's key names itself as `owner`.
   * @param {string} account
   * @param {{owner?: string, every_ms?: number, signal?: AbortSignal}} [options]
   * @returns {AsyncGenerator<import('./protocol.js').Book>}
   */
  async *watchBooks(account, { owner, every_ms, signal } = {}) {
    const pace = every_ms === undefined ? '' : `~${every_ms}`
    for await (const { kind, body } of this.rows(`books|${account}${owner ? `:${owner}` : ''}${pace}|`, { signal }))
      if (kind !== 'state') for (const row of /** @type {any[]} */ (body)) yield bookOf(row)
  }

  /**
   * Everything that matches a description of a contract.
   * @param {ContractLike} contract
   * @param {Wait} [wait]
   */
  async contracts(contract, wait) {
    return (await this.session.request('contract.details', { contract: toContract(contract) }, wait)).rows
  }

  /**
   * Historical bars, oldest first.
   * @param {BarsAsked} asked
   * @param {Wait} [wait]
   */
  async history(asked, wait = { timeout: HISTORY_MS }) {
    return barsOf(await this.session.request('history.bars', { ...asked, contract: toContract(asked.contract) }, wait))
  }

  /**
   * A new order under your own key. After an error with outcome `unknown`, the very same call is safe to repeat.
   * @param {string} client_order_id
   * @param {ContractLike} contract
   * @param {Order} order Quantities are decimal texts or whole numbers.
   * @param {Wait & {wait?: 'durable' | 'acknowledged' | 'filled', strategy?: string}} [options] Fills are booked under `strategy`.
   */
  place(client_order_id, contract, order, { wait = 'durable', timeout, strategy } = {}) {
    return this.session.request('order.place', { client_order_id, contract: toContract(contract), order, wait, ...(strategy && { strategy }) }, limit(timeout))
  }

  /**
   * @param {number} order_id
   * @param {Order} order The whole order as it shall be.
   * @param {Wait} [wait]
   */
  async modify(order_id, order, wait) {
    return (await this.session.request('order.modify', { order_id, order }, wait)).order
  }

  /**
   * Cancel; resolves when the order is done, however it ended.
   * @param {WhichOrder} which
   * @param {Wait} [wait]
   */
  async cancel(which, wait) {
    return (await this.session.request('order.cancel', which, wait)).order
  }

  /**
   * @param {{everything?: boolean}} [which] `everything` also cancels manual and foreign orders.
   * @param {Wait} [wait]
   */
  async cancelAll(which = {}, wait) {
    return (await this.session.request('order.cancel_all', which, wait)).order_ids
  }

  /**
   * @param {WhichOrder} which
   * @param {Wait} [wait]
   */
  async order(which, wait) {
    return (await this.session.request('order.get', which, wait)).order
  }

  /**
   * @param {{account?: string, live?: boolean}} [which] `live` false: also those that are done.
   * @param {Wait} [wait]
   */
  async orders(which = {}, wait) {
    return (await this.session.request('orders.list', which, wait)).rows
  }

  /**
   * @param {{account?: string, since_us?: number}} [which]
   * @param {Wait} [wait]
   */
  async executions(which = {}, wait) {
    return (await this.session.request('executions.list', which, wait)).rows
  }

  /**
   * Sequenced events from a cursor on, each once: `for await (const event of client.events())`.
   * @param {Partial<FollowOptions>} [options] Default topics: `ord|`, the orders and fills of all accounts.
   */
  events({ topics = ['ord|'], signal, ...options } = {}) {
    return follow(this.session, { topics, signal: this.#until(signal), ...options })
  }

  /**
   * A quote that changes: `for await (const quote of client.quotes(contract))`. Throws why the bridge or TWS has ended the line.
   * @param {ContractLike} contract
   * @param {Wait & {signal?: AbortSignal}} [options]
   */
  async *quotes(contract, { timeout, signal } = {}) {
    const { topic } = await this.session.request('quote.open', { contract: toContract(contract) }, limit(timeout))
    const quote = new Quote(topic)
    for await (const frame of this.rows(topic, { signal })) {
      quote.apply(frame)
      yield quote
    }
  }

  /**
   * The frames of any stream on md, such as `depth|265598@SMART:10:smart~250|`; clients/README.md lists them. Rows are arrays.
   * Throws why the bridge refuses the topic, or why it or TWS has ended the line.
   * @param {string} topic
   * @param {{signal?: AbortSignal}} [options]
   */
  async *rows(topic, { signal } = {}) {
    const outage = new Outage()
    for await (const raw of this.#frames(topic, signal)) {
      if (raw === LOST) {
        yield* outage.cut()
        continue
      }
      const frame = readOrNull(raw)
      const error = frame && whyEnded(frame, this.session.connection.public_key)
      if (error) throw errorFrom(error)
      if (frame && frame.kind !== 'refused') yield* outage.take(frame)
    }
  }

  /**
   * Frames as they come, and LOST for each loss of the connection.
   * @param {string} topic
   * @param {AbortSignal} [signal]
   */
  async *#frames(topic, signal) {
    const socket = subscriber(this.session.connection, 'md')
    let losses = 0
    let wake = () => {}
    watch(socket, (happened) => {
      if (happened !== 'down') return
      losses += 1
      wake()
    })
    const until = this.#until(signal)
    const close = () => socket.close()
    until.addEventListener('abort', close)
    socket.subscribe(topic)
    try {
      const frames = socket[Symbol.asyncIterator]()
      for (let next = frames.next(); ; ) {
        await new Promise((resolve) => {
          wake = () => resolve(undefined)
          next.then(wake, wake)
          if (losses > 0) wake()
        })
        if (losses > 0) {
          losses = 0
          yield LOST
          continue
        }
        const { done, value } = await next
        if (done) return
        next = frames.next()
        if (value[0]) yield value[0]
      }
    } finally {
      until.removeEventListener('abort', close)
      close()
    }
  }

  /**
   * End all iterations and close the sockets. With `onDeath` this is the goodbye: `orders` says what becomes of them now
   * (default: they stay); await it. A process that ends without it has died.
   * @param {{orders?: 'keep' | 'cancel' | 'reduce_only', timeout?: number}} [goodbye]
   */
  async close({ orders = 'keep', timeout = 5000 } = {}) {
    this.#ended.abort()
    try {
      if (this.session.holdsLease) await this.session.request('bye', { orders }, { timeout })
    } finally {
      this.session.close()
    }
  }

  /** @param {AbortSignal} [signal] */
  #until(signal) {
    return signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal
  }
}

const BOOK = ['account', 'owner', 'strategy', 'contract', 'position', 'avg_cost', 'realized_pnl', 'commissions', 'executions']

/**
 * @param {unknown[]} row
 * @returns {import('./protocol.js').Book}
 */
function bookOf(row) {
  return /** @type {any} */ (Object.fromEntries(BOOK.map((name, at) => [name, row[at]])))
}

/** @param {Uint8Array} frame */
function readOrNull(frame) {
  try {
    return decodeTicks(frame)
  } catch (error) {
    if (error instanceof NotAMessage) return null
    throw error
  }
}

/**
 * The error of a line that is over; null while it is not. Refusals of others are not meant for us.
 * @param {import('./envelope.js').Ticks} frame
 * @param {string} publicKey
 * @returns {import('./protocol.js').WireError | null}
 */
function whyEnded({ kind, body }, publicKey) {
  const said = /** @type {any} */ (body)
  if (kind === 'refused') return said?.to === publicKey ? said.error : null
  return kind === 'state' && said?.state === 'ended' ? (said.error ?? null) : null
}
