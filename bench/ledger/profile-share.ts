/** What `node --cpu-prof` writes, as far as it is read here (Chrome DevTools Protocol, Profiler.Profile). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly url: string }
    readonly children?: readonly number[]
  }[]
  /** The node that was running at each look; times between looks in microseconds. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** A part of a process's time by the clock on the wall. */
export interface TimeShare {
  readonly wholeS: number
  readonly partS: number
}

/**
 * The time in functions of files that `isWanted` names and in whatever those call. A look is taken by the clock, so a call
 * that waits for the disk counts for as long as it waits; the garbage that it leaves is not counted.
 */
export function timeWithin({ nodes, samples, timeDeltas }: CpuProfile, isWanted: (url: string) => boolean): TimeShare {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const isChild = new Set(nodes.flatMap(({ children = [] }) => children))
  const within = new Set<number>()
  const roots = nodes.filter(({ id }) => !isChild.has(id)).map(({ id }) => ({ id, isWithin: false }))
  for (let next = roots.pop(); next !== undefined; next = roots.pop()) {
    const node = byId.get(next.id)
    if (node === undefined) continue
    const isWithin = next.isWithin || isWanted(node.callFrame.url)
    if (isWithin) within.add(node.id)
    for (const id of node.children ?? []) roots.push({ id, isWithin })
  }
  let wholeUs = 0
  let partUs = 0
  samples.forEach((id, index) => {
    const deltaUs = timeDeltas[index] ?? 0
    wholeUs += deltaUs
    if (within.has(id)) partUs += deltaUs
  })
  return { wholeS: wholeUs / 1e6, partS: partUs / 1e6 }
}
