/** The connection file: where a bridge is and with which keys to speak to it. */

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { errorFrom } from './errors.js'

const FIELDS = /** @type {const} */ (['cmd', 'evt', 'md', 'server_key', 'public_key', 'secret_key'])

/** @typedef {Record<typeof FIELDS[number], string>} Connection */

/**
 * The connection given, or that of the file given, or of the file in its usual places.
 * @param {Connection | string} [source]
 * @returns {Connection}
 */
export function findConnection(source) {
  if (typeof source === 'object') return checked(source, 'The connection given')
  const path = source ?? usualPlace()
  return checked(parsed(path), `The connection file ${path}`)
}

function usualPlace() {
  const { TWSBRIDGE_CONNECTION, TWSBRIDGE_HOME } = process.env
  return TWSBRIDGE_CONNECTION || join(TWSBRIDGE_HOME || join(homedir(), '.twsbridge'), 'connection.json')
}

/** @param {string} path */
function parsed(path) {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw trouble(`There is no readable connection file at ${path} (${/** @type {any} */ (error).code})`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw trouble(`The connection file ${path} is not JSON`)
  }
}

/**
 * Names what is missing, never a value: it may be the secret key.
 * @param {any} connection
 * @param {string} what
 * @returns {Connection}
 */
function checked(connection, what) {
  const missing = FIELDS.filter((field) => typeof connection?.[field] !== 'string')
  if (missing.length > 0) throw trouble(`${what} lacks ${missing.join(', ')}`)
  const short = FIELDS.filter((field) => field.endsWith('_key') && connection[field].length !== 40)
  if (short.length > 0) throw trouble(`${what} has no key of 40 characters in ${short.join(', ')}`)
  return connection
}

/** @param {string} msg */
function trouble(msg) {
  return errorFrom({
    code: 'client.no_connection_file',
    outcome: 'rejected',
    msg,
    now: 'Without it the client knows neither address nor key.',
    do: 'Start `twsbridge serve` (it writes one), or name the file in TWSBRIDGE_CONNECTION.',
  })
}
