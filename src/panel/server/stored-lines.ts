// The traces that can still be shown, as the lines in which they arrived. As bytes their size is exactly known, and the
// garbage collector has nothing to visit. The oldest ones are displaced by newer ones, except for those that are pinned.

export interface LineLimits {
  /** Bytes of all traces that are not pinned. */
  traceBytes: number
  /** Bytes of all pinned traces. */
  pinnedBytes: number
}

export class StoredLines {
  readonly #limits: LineLimits
  readonly #displaced: (id: string) => void
  /** Oldest first. */
  readonly #lines = new Map<string, Buffer>()
  readonly #pinned = new Map<string, Buffer>()
  #bytes = 0
  #pinnedBytes = 0

  /** `displaced` is called with the id of each trace that is dropped for a newer one. */
  constructor(limits: LineLimits, displaced: (id: string) => void) {
    this.#limits = limits
    this.#displaced = displaced
  }

  get count(): number {
    return this.#lines.size + this.#pinned.size
  }

  get bytes(): number {
    return this.#bytes + this.#pinnedBytes
  }

  get(id: string): Buffer | undefined {
    return this.#lines.get(id) ?? this.#pinned.get(id)
  }

  /** Returns false when the line alone is larger than the limit. */
  add(id: string, line: Buffer): boolean {
    if (line.length > this.#limits.traceBytes) return false
    this.#lines.set(id, copyOf(line))
    this.#bytes += line.length
    this.#makeRoom()
    return true
  }

  delete(id: string): void {
    this.#bytes -= this.#lines.get(id)?.length ?? 0
    this.#lines.delete(id)
  }

  /** Returns false when the pinned traces would become larger than their limit. */
  pin(id: string): boolean {
    const line = this.#lines.get(id)
    if (!line) return true
    if (this.#pinnedBytes + line.length > this.#limits.pinnedBytes) return false
    this.delete(id)
    this.#pinned.set(id, line)
    this.#pinnedBytes += line.length
    return true
  }

  /** The trace counts as new, because somebody has just looked at it. */
  unpin(id: string): void {
    const line = this.#pinned.get(id)
    if (!line) return
    this.#pinned.delete(id)
    this.#pinnedBytes -= line.length
    this.#lines.set(id, line)
    this.#bytes += line.length
    this.#makeRoom()
  }

  #makeRoom(): void {
    for (const id of this.#lines.keys()) {
      if (this.#bytes <= this.#limits.traceBytes) return
      this.delete(id)
      this.#displaced(id)
    }
  }
}

/** A portion that arrived can hold many lines, and a part of it would keep all of it in memory. */
function copyOf(line: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(line.length)
  line.copy(copy)
  return copy
}
