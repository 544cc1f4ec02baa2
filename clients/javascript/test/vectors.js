/** The golden vectors of clients/protocol/vectors. */

import { readFileSync } from 'node:fs'

/**
 * @param {string} name
 * @returns {any[]}
 */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../../protocol/vectors/${name}.json`, import.meta.url), 'utf8'))
}

/** @param {string[]} frames */
export function bytes(frames) {
  return frames.map((frame) => Buffer.from(frame, 'hex'))
}
