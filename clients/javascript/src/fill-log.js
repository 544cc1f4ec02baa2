/**
 * A file of fills in which every fill stands once, whatever is killed and restarted in between.
 *
 * Each line carries its event's stream, epoch and seq, so the file is its own cursor: what a fill changed and how far
 * we have read are one write. A line that was cut off by a crash is removed when the file is opened again.
 */

import { appendFileSync, closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs'

/** @typedef {import('./envelope.js').Event} Event */
/** @typedef {import('./follow.js').Cursor} Cursor */

const FILLS = new Set(['execution', 'correction'])
const COLUMNS = /** @type {const} */ ([
  'stream', 'epoch', 'seq', 'type', 'time', 'account', 'symbol', 'sec_type', 'con_id', 'side', 'shares', 'price',
  'exec_id', 'replaces', 'order_id', 'client_order_id', 'owner', 'exchange',
])
const HEADER = `${COLUMNS.join(',')}\n`

/** @typedef {Record<typeof COLUMNS[number], string | number | null>} Row */

export class FillLog {
  /** @type {Cursor | undefined} */
  cursor
  #file
  #isCsv

  /** @param {string} path A name that ends in .csv makes a CSV file, any other one a file of JSON lines. */
  constructor(path) {
    this.path = path
    this.#isCsv = path.endsWith('.csv')
    const [text, rest] = existing(path)
    const begin = this.#isCsv ? HEADER : '{"stream":'
    const isOurs = text === '' ? begin.startsWith(rest.slice(0, begin.length)) : !this.#isCsv || text.startsWith(HEADER)
    if (!isOurs) throw new Error(`${path} is not a log of fills`)
    for (const line of text.split('\n').slice(this.#isCsv ? 1 : 0)) if (line) this.#advance(this.#place(line))
    this.#file = openSync(path, 'a', 0o600)
    ftruncateSync(this.#file, Buffer.byteLength(text))
    if (this.#isCsv && text === '') this.#write(HEADER)
  }

  /**
   * Write the event down if it is a fill or a correction, on disk before this returns; returns its row if so.
   * @param {Event} event
   * @returns {Row | undefined}
   */
  append(event) {
    if (!FILLS.has(event.type)) return undefined
    const row = rowOf(event)
    this.#write(this.#isCsv ? `${COLUMNS.map((name) => quoted(row[name])).join(',')}\n` : `${JSON.stringify(row)}\n`)
    this.#advance(event)
    return row
  }

  close() {
    closeSync(this.#file)
  }

  /** @param {string} line */
  #place(line) {
    const { stream, epoch, seq } = this.#isCsv ? fromCsv(line) : JSON.parse(line)
    if (typeof stream !== 'string' || typeof epoch !== 'string' || !Number.isInteger(seq))
      throw new Error(`${this.path} has a line that is not a fill: ${line.slice(0, 80)}`)
    return { topic: stream, epoch, seq }
  }

  /** @param {{topic: string, epoch: string, seq: number}} place */
  #advance({ topic, epoch, seq }) {
    const seqs = this.cursor?.epoch === epoch ? this.cursor.seqs : {}
    this.cursor = { epoch, seqs: { ...seqs, [topic]: seq } }
  }

  /** @param {string} line */
  #write(line) {
    appendFileSync(this.#file, line)
    fsyncSync(this.#file)
  }
}

/**
 * The complete lines of a file, and what stands behind them.
 * @param {string} path
 */
function existing(path) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const end = text.lastIndexOf('\n') + 1
  return /** @type {const} */ ([text.slice(0, end), text.slice(end)])
}

/**
 * @param {Event} event
 * @returns {Row}
 */
function rowOf({ topic, epoch, seq, type, body }) {
  const fill = /** @type {import('./protocol.js').ExecutionReported} */ (/** @type {unknown} */ (body))
  const { symbol, sec_type, con_id } = fill.contract
  const { account, side, shares, price, exec_id, replaces, order_id, client_order_id, owner, exchange } = fill
  const time = new Date(fill.time_us / 1000).toISOString()
  return {
    stream: topic, epoch, seq, type, time, account, symbol, sec_type, con_id, side, shares, price,
    exec_id, replaces, order_id, client_order_id, owner, exchange,
  }
}

/** The first three columns never need quotes. @param {string} line */
function fromCsv(line) {
  const [stream, epoch, seq] = line.split(',')
  return { stream, epoch, seq: Number(seq) }
}

/** One line stays one line. @param {string | number | null} value */
function quoted(value) {
  const text = value === null ? '' : String(value).replace(/[\r\n]+/g, ' ')
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
