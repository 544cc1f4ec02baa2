/** Prints every command vector as this client encodes it, one JSON list of frames per line, for another decoder to check. */

import { encodeCommand } from '../src/envelope.js'
import { vectors } from './vectors.js'

for (const { value } of vectors('commands')) {
  const frames = encodeCommand(value.header, value.body).map((frame) => Buffer.from(frame).toString('hex'))
  process.stdout.write(`${JSON.stringify(frames)}\n`)
}
