/** The dead-man switch: what becomes of the orders that this process places, once the bridge hears no more of it. */

import { randomUUID } from 'node:crypto'

/**
 * @typedef {object} Death
 * @property {'keep' | 'cancel' | 'reduce_only'} [onDeath] Keep all (default), none, or those that only reduce a position.
 * @property {number} [grace] Milliseconds of silence that mean death; life signs go out by themselves. Default 5000.
 * @property {string} [lease] A name for this process; started again with the same one, it takes its orders back.
 */

const LONGEST_SILENCE_MS = 1000

/**
 * What `hello` says about it; nothing where orders just stay.
 * @param {Death} death
 */
export function deathChoice({ onDeath = 'keep', grace = 5000, lease = randomUUID() }) {
  return onDeath === 'keep' ? {} : { on_death: onDeath, grace_ms: grace, lease }
}

/**
 * Give a life sign several times within the grace, for as long as the event loop of this process turns.
 * @param {number} grace_ms
 * @param {(timeout: number) => Promise<unknown>} sign
 * @returns {() => void} Ends it.
 */
export function giveSigns(grace_ms, sign) {
  const timer = setInterval(() => sign(grace_ms).catch(() => {}), Math.min(LONGEST_SILENCE_MS, grace_ms / 4))
  return () => clearInterval(timer)
}
