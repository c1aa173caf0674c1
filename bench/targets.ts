import type { Summary } from './result.ts'

/** What a target came to. */
export interface Verdict {
  readonly shown: string
  readonly isReached: boolean
}

/** A claim that the bench decides: a figure of this program against one of its own or of a peer. */
export interface Target {
  readonly scenario: string
  readonly claim: string
  /** What was measured, undefined without the figures for it. */
  measure(of: (tool: string) => Summary | undefined): Verdict | undefined
}

const peers = ['mbsync', 'doveadm', 'doveadm-tuned', 'imapsync']

/** What is to be reached, as ratios within one run, on Maildir targets. */
export const targets: readonly Target[] = [
  notSlowerThanRaw('small', 1.5),
  faster('small', 'imapsync', 9),
  faster('small', 'mbsync', 3.5),
  faster('small', 'doveadm', 1.8),
  aheadOfAll('mixed'),
  aheadOfAll('large'),
  aheadOfAll('tls'),
  ...['40ms', '40ms-no-multiappend'].flatMap((scenario) => [
    faster(scenario, 'mbsync', 7),
    faster(scenario, 'doveadm', 30),
  ]),
  within('noop', 0.4),
  within('40ms-noop', 0.7),
  ...['small', 'mixed', 'large'].map((scenario) => memoryUnder(scenario, 150)),
]

function notSlowerThanRaw(scenario: string, factor: number): Target {
  return {
    scenario,
    claim: `at most ${factor} times the raw limit`,
    measure: (of) => {
      const ratio = ratioOf(of('mailvan'), of('raw'))
      return ratio === undefined ? undefined : { shown: `${ratio.toFixed(2)} times`, isReached: ratio <= factor }
    },
  }
}

function faster(scenario: string, peer: string, factor: number): Target {
  return {
    scenario,
    claim: `at least ${factor} times as fast as ${peer}`,
    measure: (of) => {
      const ratio = ratioOf(of(peer), of('mailvan'))
      return ratio === undefined ? undefined : { shown: `${ratio.toFixed(1)} times`, isReached: ratio >= factor }
    },
  }
}

function aheadOfAll(scenario: string): Target {
  return {
    scenario,
    claim: 'ahead of every peer',
    measure: (of) => {
      const ratios = peers.flatMap((peer) => {
        const ratio = ratioOf(of(peer), of('mailvan'))
        return ratio === undefined ? [] : [{ peer, ratio }]
      })
      if (ratios.length === 0) return undefined
      const shown = ratios.map(({ peer, ratio }) => `${ratio.toFixed(1)} times ${peer}`).join(', ')
      return { shown, isReached: ratios.every(({ ratio }) => ratio > 1) }
    },
  }
}

function within(scenario: string, wallSMax: number): Target {
  return {
    scenario,
    claim: `under ${wallSMax} s, whole process`,
    measure: (of) => {
      const wallS = of('mailvan')?.wallS ?? Number.NaN
      return Number.isNaN(wallS) ? undefined : { shown: `${wallS.toFixed(2)} s`, isReached: wallS < wallSMax }
    },
  }
}

function memoryUnder(scenario: string, rssMBMax: number): Target {
  return {
    scenario,
    claim: `peak memory under ${rssMBMax} MB`,
    measure: (of) => {
      const rssMB = of('mailvan')?.rssMB ?? Number.NaN
      return Number.isNaN(rssMB) ? undefined : { shown: `${rssMB.toFixed(0)} MB`, isReached: rssMB < rssMBMax }
    },
  }
}

function ratioOf(above: Summary | undefined, below: Summary | undefined): number | undefined {
  const ratio = (above?.wallS ?? Number.NaN) / (below?.wallS ?? Number.NaN)
  return Number.isNaN(ratio) ? undefined : ratio
}
