#!/usr/bin/env node
/** Write every fill of every strategy to a file, once, from the first one on; kill and restart it as you like. */

import { parseArgs } from 'node:util'

import { BridgeError, Client, FillLog, Unreachable } from '../src/index.js'

const USAGE = `Usage: twsbridge-log-fills FILE [--connection FILE] [--once]

Appends fills to FILE: CSV when its name ends in .csv, otherwise JSON lines. It begins where the file ends.
  --connection FILE   the connection file (default: TWSBRIDGE_CONNECTION, or ~/.twsbridge/connection.json)
  --once              end when everything up to now is written
`
const PAUSE_MS = 2000

class UsageError extends Error {}

/** @param {string} text */
const say = (text) => process.stderr.write(`log-fills: ${text}\n`)

/**
 * A client, as soon as there is a bridge; a refused key or a missing file ends it.
 * @param {string | undefined} connection
 * @param {AbortSignal} signal
 */
async function connected(connection, signal) {
  while (!signal.aborted) {
    try {
      return await Client.connect({ connection })
    } catch (error) {
      if (!(error instanceof Unreachable) || error.code === 'client.no_connection_file') throw error
      say(`${error.message} Trying again.`)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
  return undefined
}

/**
 * @param {string} path
 * @param {{connection?: string, once?: boolean}} options
 * @param {AbortSignal} signal
 */
async function logFills(path, { connection, once = false }, signal) {
  const log = new FillLog(path)
  const client = await connected(connection, signal)
  if (!client) return
  const { cursor } = log
  try {
    for await (const event of client.events({ cursor, live: !once, signal, onState: say })) {
      const row = log.append(event)
      if (row) process.stdout.write(`${row.time} ${row.side} ${row.shares} ${row.symbol} @ ${row.price} ${row.exec_id}\n`)
    }
  } finally {
    client.close()
    log.close()
  }
}

function fromCommandLine() {
  const options = /** @type {const} */ ({
    connection: { type: 'string' },
    once: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  })
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [path] = positionals
    if (!values.help && (!path || positionals.length > 1)) throw new Error('name one file to write to')
    return { path: path ?? '', ...values }
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message)
  }
}

async function main() {
  const stop = new AbortController()
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(name, () => stop.abort())
  try {
    const { path, help, ...options } = fromCommandLine()
    if (help) process.stdout.write(USAGE)
    else await logFills(path, options, stop.signal)
    return 0
  } catch (error) {
    say(/** @type {Error} */ (error).message)
    if (error instanceof UsageError) process.stderr.write(USAGE)
    return error instanceof UsageError ? 2 : error instanceof BridgeError ? 3 : 1
  }
}

process.exitCode = await main()
