/** Errors of the wire, and those that the client finds out itself. A code is stable, its words are not. */

/** @typedef {import('./protocol.js').WireError} WireError */

/** What happened, what is true now, and what to do. `outcome` is rejected, unknown or done. */
export class BridgeError extends Error {
  /** @param {Partial<WireError> & {code: string, msg: string}} wire */
  constructor(wire) {
    const sentences = [wire.msg, wire.now, wire.do].filter(Boolean).map((text) => String(text).replace(/\.$/, ''))
    super(`${sentences.join('. ')}. [${wire.code}]${wire.field ? ` (field ${wire.field})` : ''}`)
    this.name = new.target.name
    this.code = wire.code
    this.outcome = wire.outcome ?? 'unknown'
    this.retry = wire.retry ?? 'no'
    this.field = wire.field ?? null
    this.twsCode = wire.tws_code ?? null
    this.details = wire.details ?? {}
  }
}

/** The bridge does not know this key, or does not allow this. */
export class AuthError extends BridgeError {}

/** The request itself is wrong; nothing was done. */
export class InvalidRequest extends BridgeError {}

/** Several contracts match; `candidates` are those that TWS lists, each enough to ask again. */
export class AmbiguousContract extends InvalidRequest {
  /** @param {Partial<WireError> & {code: string, msg: string}} wire */
  constructor(wire) {
    super(wire)
    this.message += this.candidates.map((each) => `\n  conid:${each.con_id}  ${described(each)}`).join('')
  }

  /** At most 20 of them. @returns {import('./protocol.js').Contract[]} */
  get candidates() {
    return /** @type {any} */ (this.details).candidates ?? []
  }
}

/** @param {import('./protocol.js').Contract} contract */
function described({ symbol, sec_type, last_trade_date, strike, right, exchange, primary_exchange, currency }) {
  return [symbol, sec_type, last_trade_date, strike, right, primary_exchange || exchange, currency].filter(Boolean).join(' ')
}

/** The client order id was used before, for something else. */
export class KeyConflict extends BridgeError {}

/** A pre-trade check refused the order before TWS was asked. */
export class OrderRefused extends BridgeError {}

/** TWS said no, or cannot be asked now. */
export class TwsError extends BridgeError {}

/** The order is unknown here, finished, or not this bridge's. */
export class OrderError extends BridgeError {}

/** The bridge cannot do it now. */
export class BridgeUnavailable extends BridgeError {}

/** What was stopped cannot be resumed now. */
export class HaltError extends BridgeError {}

/** A replay or a subscription cannot be served. */
export class StreamError extends BridgeError {}

/** No answer from a bridge. */
export class Unreachable extends BridgeError {}

/** @type {Record<string, typeof BridgeError>} */
const FAMILIES = {
  auth: AuthError,
  req: InvalidRequest,
  'req.ambiguous': AmbiguousContract,
  idem: KeyConflict,
  limit: OrderRefused,
  tws: TwsError,
  order: OrderError,
  br: BridgeUnavailable,
  halt: HaltError,
  stream: StreamError,
  client: Unreachable,
}

/**
 * The error of a code's family, also for codes that this version does not know.
 * @param {Partial<WireError> & {code: string, msg: string}} wire
 */
export function errorFrom(wire) {
  const family = FAMILIES[wire.code] ?? FAMILIES[wire.code.split('.')[0] ?? ''] ?? BridgeError
  return new family(wire)
}

/**
 * No connection in time, so the command never left this process (or arrives after its deadline, and is refused).
 * @param {string} endpoint
 * @param {string} trouble
 */
export function unreachable(endpoint, trouble) {
  return errorFrom({
    code: 'client.unreachable',
    outcome: 'rejected',
    msg: `No bridge answered at ${endpoint} (${trouble})`,
    now: 'Nothing was done.',
    do: 'Is `twsbridge serve` running, and is this the right connection file?',
  })
}

/**
 * A command was sent and its answer is missing.
 * @param {string} command
 * @param {string} endpoint
 * @param {string} why
 * @param {boolean} acts True for commands that change something.
 */
export function noAnswer(command, endpoint, why, acts) {
  const read = { outcome: 'rejected', retry: 'after:1000', now: 'It only reads, so nothing has changed.', do: 'Ask again.' }
  const order = {
    outcome: 'unknown',
    retry: 'same_key',
    now: 'Whether it was done is not known.',
    do: 'Look the order up, or send the same command with the same client_order_id again.',
  }
  const msg = `No answer to ${command} from ${endpoint}: ${why}`
  return errorFrom({ code: 'client.timeout', msg, ...(acts ? order : read) })
}

/**
 * The handshake failed because of the key.
 * @param {string} endpoint
 */
export function keyRefused(endpoint) {
  return errorFrom({
    code: 'auth.denied',
    outcome: 'rejected',
    msg: `The bridge at ${endpoint} refuses this key`,
    now: 'Nothing was done.',
    do: "Use this bridge's connection file, or let its operator run `twsbridge keys add NAME`.",
  })
}

/**
 * This key may not follow these streams.
 * @param {string[]} topics
 */
export function topicsRefused(topics) {
  return errorFrom({
    code: 'auth.topic',
    outcome: 'rejected',
    msg: `The bridge refuses this key the streams ${topics.join(', ')}`,
    now: 'Nothing of them will come.',
    do: 'Follow the streams of accounts that this key may use; `welcome.accounts` lists them.',
  })
}

/** The client cannot be used any more. */
export function closed() {
  return errorFrom({ code: 'client.closed', outcome: 'rejected', msg: 'The client was closed', do: 'Open a new one.' })
}
