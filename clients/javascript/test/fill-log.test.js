import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { FillLog } from '../src/fill-log.js'
import { fill } from './fills.js'

const folder = mkdtempSync(join(tmpdir(), 'fill-log-'))

for (const ending of ['csv', 'jsonl']) {
  test(`${ending}: the file is its own cursor`, () => {
    const path = join(folder, `cursor.${ending}`)
    let log = new FillLog(path)
    assert.equal(log.cursor, undefined)
    log.append(fill(3))
    log.append({ ...fill(4), type: 'order' })
    log.append(fill(5, 'ord|DU7654321|'))
    const cursor = { epoch: 'e1', seqs: { 'ord|DU1234567|': 3, 'ord|DU7654321|': 5 } }
    assert.deepEqual(log.cursor, cursor)
    log.close()
    log = new FillLog(path)
    assert.deepEqual(log.cursor, cursor)
    log.close()
  })

  test(`${ending}: cut at any byte, the file continues with the first fill that is not whole`, () => {
    const path = join(folder, `cut.${ending}`)
    const complete = new FillLog(path)
    for (const seq of [1, 2, 3]) complete.append(fill(seq))
    complete.close()
    const whole = readFileSync(path)
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole)
      truncateSync(path, length)
      const log = new FillLog(path)
      const last = log.cursor?.seqs['ord|DU1234567|'] ?? 0
      for (let seq = last + 1; seq <= 3; seq++) log.append(fill(seq))
      log.close()
      assert.deepEqual(readFileSync(path), whole, `cut at ${length}`)
    }
  })
}

test('csv: a text with commas, quotes and line ends stays one field on one line', () => {
  const path = join(folder, 'odd.csv')
  const log = new FillLog(path)
  log.append(fill(1, 'ord|DU1234567|', { client_order_id: 'a,"b"\nc' }))
  log.close()
  assert.match(readFileSync(path, 'utf8'), /,"a,""b"" c",/)
  assert.equal(new FillLog(path).cursor?.seqs['ord|DU1234567|'], 1)
})

test('a file that is something else is left alone', () => {
  for (const [name, text] of [
    ['notes.csv', 'my notes\n'],
    ['line.csv', 'my notes'],
    ['notes.jsonl', '{"my": "notes"}\n'],
    ['line.jsonl', 'my notes'],
  ]) {
    const path = join(folder, name ?? '')
    appendFileSync(path, text ?? '')
    assert.throws(() => new FillLog(path), /not a/)
    assert.equal(readFileSync(path, 'utf8'), text)
  }
})
