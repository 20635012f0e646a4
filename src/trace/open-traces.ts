// The traces that are open, in the order they began. No Set: V8 links each table of a Set or Map to the one that takes its place,
// so that once one of them has grown old, all that ever pass through are kept until the next collection of everything.
// Where each request passes, that was most of what profiling cost.

interface Item {
  /** The position in the list. */
  slot: number
}

/** Fewer are not worth moving. */
const FEW = 64

export class OpenTraces<Trace extends Item> {
  readonly #slots: (Trace | undefined)[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  add(trace: Trace): void {
    trace.slot = this.#slots.length
    this.#slots.push(trace)
    this.#size++
  }

  delete(trace: Trace): void {
    if (this.#slots[trace.slot] !== trace) return
    this.#slots[trace.slot] = undefined
    this.#size--
    if (this.#slots.length > FEW && this.#size < this.#slots.length / 2) this.#moveUp()
  }

  /** Some may close while others are looked at. */
  all(): Trace[] {
    return this.#slots.filter((trace) => trace !== undefined)
  }

  oldest(): Trace | undefined {
    return this.#slots.find((trace) => trace !== undefined)
  }

  #moveUp(): void {
    let kept = 0
    for (const trace of this.#slots) {
      if (trace === undefined) continue
      trace.slot = kept
      this.#slots[kept++] = trace
    }
    this.#slots.length = kept
  }
}
