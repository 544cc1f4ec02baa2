/** Frames on the wire <-> values. See clients/README.md, "Frames". */

import { decode, encode } from '@msgpack/msgpack'

const MAGIC = 'IBB1'
const MAX_PARTS = 100_000
const LIMITS = { maxStrLength: 1 << 26, maxBinLength: 1 << 26, maxArrayLength: 1 << 22, maxMapLength: 1 << 20 }

/** The event comes from the journal, at the client's request. */
export const REPLAYED = 1

/** Learnt from a comparison with TWS after an interruption, not as it happened. */
export const RECONCILED = 2

/**
 * @typedef {Record<string, unknown>} Body
 * @typedef {{t: string, id: string, sid?: string, exp?: number}} CommandHeader
 * @typedef {{type: string, id: string, ok: boolean, part: number, more: boolean, body: Body}} Reply
 * @typedef {{topic: string, epoch: string, seq: number, type: string, ts_us: number, flags: number, body: Body}} Event
 * @typedef {{topic: string, kind: string, n: number, ts_us: number, body: unknown}} Ticks
 */

/** Bytes that are no message of this protocol: they are dropped. */
export class NotAMessage extends Error {}

/** @param {unknown} value */
export function pack(value) {
  return encode(value, { ignoreUndefined: true })
}

/**
 * @param {Uint8Array} frame
 * @returns {unknown}
 */
export function unpack(frame) {
  try {
    return decode(frame, LIMITS)
  } catch (error) {
    throw new NotAMessage(`not msgpack: ${error}`)
  }
}

/**
 * The three frames of a command.
 * @param {CommandHeader} header
 * @param {object} body
 */
export function encodeCommand(header, body) {
  return [MAGIC, pack(header), pack(body)]
}

/**
 * @param {Uint8Array[]} frames
 * @returns {Reply}
 */
export function decodeReply(frames) {
  const [magic, header, body] = three(frames)
  if (text(magic) !== MAGIC) throw new NotAMessage(`a reply begins with ${MAGIC}`)
  const { t, id, ok, part = 0, more = false } = map(unpack(header))
  if (typeof t !== 'string' || typeof id !== 'string' || typeof ok !== 'boolean')
    throw new NotAMessage('the header of a reply is {t, id, ok, part, more}')
  if (!Number.isInteger(part) || typeof more !== 'boolean') throw new NotAMessage('part is an integer, more a boolean')
  if (Number(part) < 0 || Number(part) > MAX_PARTS) throw new NotAMessage('no answer has so many parts')
  return { type: t, id, ok, part: Number(part), more, body: map(unpack(body)) }
}

/**
 * @param {Uint8Array[]} frames
 * @returns {Event}
 */
export function decodeEvent(frames) {
  const [topic, header, body] = three(frames)
  const [epoch, seq, type, ts_us, flags] = list(unpack(header))
  if (typeof epoch !== 'string' || typeof type !== 'string' || ![seq, ts_us, flags].every(Number.isInteger))
    throw new NotAMessage('the header of an event is [epoch, seq, type, ts_us, flags]')
  const numbers = { seq: Number(seq), ts_us: Number(ts_us), flags: Number(flags) }
  return { topic: text(topic), epoch, type, ...numbers, body: map(unpack(body)) }
}

/** Behind the topic in the frame of a refusal, which goes to one subscriber alone. */
const REFUSED_MARK = [...'refused|'].map((letter) => letter.charCodeAt(0))

/**
 * @param {Uint8Array} frame
 * @returns {Ticks}
 */
export function decodeTicks(frame) {
  const end = frame.indexOf(0x7c, frame.indexOf(0x7c) + 1) + 1
  if (end < 4) throw new NotAMessage('market data begins with its topic')
  const isRefusal = REFUSED_MARK.every((byte, at) => frame[end + at] === byte)
  const begin = isRefusal ? frame.indexOf(0x7c, end + REFUSED_MARK.length) + 1 : end
  const parts = list(unpack(frame.subarray(begin)))
  const [kind, n, ts_us, body] = parts
  if (parts.length < 4 || typeof kind !== 'string' || !Number.isInteger(n) || !Number.isInteger(ts_us))
    throw new NotAMessage('market data is [kind, n, ts_us, body]')
  return { topic: text(frame.subarray(0, end)), kind, n: Number(n), ts_us: Number(ts_us), body }
}

/**
 * The bodies of all parts of a reply as one: lists and packed columns continue, all else comes with part 0.
 * @param {Body[]} parts
 * @returns {Body}
 */
export function joinParts(parts) {
  return parts.reduce((whole, part) => /** @type {Body} */ (joined(whole, part)))
}

/**
 * @param {unknown} first
 * @param {unknown} more
 * @returns {unknown}
 */
function joined(first, more) {
  if (Array.isArray(first) && Array.isArray(more)) return [...first, ...more]
  if (first instanceof Uint8Array && more instanceof Uint8Array) return Uint8Array.from([...first, ...more])
  if (!isMap(first) || !isMap(more)) return first
  const whole = { ...first }
  for (const [key, value] of Object.entries(more)) whole[key] = key in whole ? joined(whole[key], value) : value
  return whole
}

/**
 * The numbers of an `f64` column.
 * @param {Uint8Array | (number | null)[] | undefined} column
 */
export function floats(column) {
  return numbers(column, (view, at) => view.getFloat64(at, true))
}

/**
 * The numbers of an `i64` column.
 * @param {Uint8Array | (number | null)[] | undefined} column
 */
export function ints(column) {
  return numbers(column, (view, at) => Number(view.getBigInt64(at, true)))
}

/**
 * @param {Uint8Array | (number | null)[] | undefined} column
 * @param {(view: DataView, at: number) => number} read
 */
function numbers(column, read) {
  if (column === undefined) return []
  if (Array.isArray(column)) return column.map((number) => number ?? NaN)
  const view = new DataView(column.buffer, column.byteOffset, column.byteLength)
  return Array.from({ length: column.byteLength / 8 }, (_, row) => read(view, row * 8))
}

/**
 * @param {Uint8Array[]} frames
 * @returns {[Uint8Array, Uint8Array, Uint8Array]}
 */
function three(frames) {
  const [first, second, third] = frames
  if (frames.length !== 3 || !first || !second || !third) throw new NotAMessage('three frames are expected')
  return [first, second, third]
}

/** @param {Uint8Array} frame */
function text(frame) {
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString()
}

/**
 * @param {unknown} value
 * @returns {value is Body}
 */
function isMap(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** @param {unknown} value */
function map(value) {
  if (!isMap(value)) throw new NotAMessage('a map is expected')
  return value
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
function list(value) {
  if (!Array.isArray(value)) throw new NotAMessage('a list is expected')
  return value
}
