/**
 * A queue from callbacks to one reader.
 * @template T
 */
export class Queue {
  /** @type {T[]} */
  #items = []
  /** @type {unknown} */
  #error
  #wake = () => {}

  get length() {
    return this.#items.length
  }

  /** @param {T} item */
  push(item) {
    this.#items.push(item)
    this.#wake()
  }

  /**
   * Nothing more will come: the reader gets this error after what is left.
   * @param {unknown} error
   */
  fail(error) {
    this.#error ??= error
    this.#wake()
  }

  /**
   * All that is there; waits up to `timeout` milliseconds for the first item, and may return nothing.
   * @param {number} timeout
   * @returns {Promise<T[]>}
   */
  async take(timeout) {
    if (this.#items.length === 0 && this.#error === undefined) await this.#bell(timeout)
    if (this.#items.length === 0 && this.#error !== undefined) throw this.#error
    return this.#items.splice(0)
  }

  /** @param {number} timeout */
  #bell(timeout) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), timeout)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = () => {}
        resolve(undefined)
      }
    })
  }
}
