/** Random numbers that are the same for the same seed, for properties whose failures can be repeated. */

/** @param {number} seed */
export function random(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit)
  /** @template T @param {T[]} items */
  const shuffled = (items) => items.map((item) => ({ item, key: next() })).sort((a, b) => a.key - b.key).map(({ item }) => item)
  return { next, below, shuffled }
}
