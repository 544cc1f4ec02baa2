import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { curveKeyPair } from 'zeromq'

import { FakeBridge, until } from './fake-bridge.js'
import { fill } from './fills.js'
import { random } from './random.js'

const SCRIPT = fileURLToPath(new URL('../bin/log-fills.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'log-fills-'))

/** @type {FakeBridge} */
let bridge

beforeEach(async () => {
  bridge = await FakeBridge.start()
})
afterEach(() => bridge.stop())

/**
 * @param {string[]} words
 * @param {object} [connection]
 */
function logger(words, connection = bridge.connection) {
  const file = join(folder, `connection-${Math.random()}.json`)
  writeFileSync(file, JSON.stringify(connection))
  const child = spawn(process.execPath, [SCRIPT, '--connection', file, ...words])
  const said = { out: '', err: '' }
  child.stdout.on('data', (text) => (said.out += text))
  child.stderr.on('data', (text) => (said.err += text))
  const ended = new Promise((resolve) => child.on('close', resolve))
  return { child, said, ended }
}

/** @param {string} path */
function ids(path) {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  return lines.map((line) => JSON.parse(line).exec_id)
}

test('killed again and again while fills arrive, it has every fill once', async () => {
  const path = join(folder, 'fills.jsonl')
  const { below } = random(5)
  let flowing = true
  const flow = (async () => {
    for (let seq = 1; flowing; seq++) {
      await bridge.publish({ ...fill(seq), type: below(3) ? 'execution' : 'order' })
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  })()
  for (let round = 0; round < 6; round++) {
    const { child, ended } = logger([path])
    const before = ids(path).length
    await until(() => ids(path).length > before + below(20), 'some fills')
    child.kill('SIGKILL')
    await ended
  }
  flowing = false
  await flow
  const { ended, said } = logger([path, '--once'])
  assert.equal(await ended, 0, said.err)
  const fills = bridge.journal.filter(([, type]) => type === 'execution').map(([, , , , body]) => body.exec_id)
  assert.deepEqual(ids(path), fills)
})

test('it says what it does, and stops when asked to', async () => {
  const path = join(folder, 'fills.csv')
  await bridge.publish(fill(1))
  const { child, said, ended } = logger([path])
  await until(() => said.err.includes('caught up'), 'to be caught up')
  await until(() => said.out.includes('BOT 10 AAPL @ 190.05'), 'the fill')
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
  const [header, row] = readFileSync(path, 'utf8').split('\n')
  assert.match(header ?? '', /^stream,epoch,seq,type,time,account,symbol,/)
  assert.match(row ?? '', /^ord\|DU1234567\|,e1,1,execution,2026-11-25T\d\d:\d\d:\d\d\.\d{3}Z,DU1234567,AAPL,STK,265598,BOT,10,190.05,/)
})

test('it waits for a bridge that is not there yet', async () => {
  const { connection } = bridge
  bridge.stop()
  const { said, ended } = logger([join(folder, 'early.jsonl'), '--once'], connection)
  await until(() => said.err.includes('Trying again'), 'to be told')
  bridge = await FakeBridge.start(connection)
  assert.equal(await ended, 0)
})

test('wrong words, a missing file and a refused key end it with a clear sentence', async () => {
  const words = logger([])
  assert.equal(await words.ended, 2)
  assert.match(words.said.err, /name one file to write to\nUsage:/)
  const missing = logger([join(folder, 'a.jsonl'), '--connection', '/nowhere/connection.json'])
  assert.equal(await missing.ended, 3)
  assert.match(missing.said.err, /no readable connection file at \/nowhere\/connection\.json/)
  const { publicKey, secretKey } = curveKeyPair()
  const stranger = logger([join(folder, 'b.jsonl')], { ...bridge.connection, public_key: publicKey, secret_key: secretKey })
  assert.equal(await stranger.ended, 3)
  assert.match(stranger.said.err, /refuses this key.*\[auth\.denied\]/)
})
