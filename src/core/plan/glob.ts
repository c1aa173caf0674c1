/** One step of a compiled pattern. */
type Step =
  | { readonly type: 'character'; readonly character: string }
  /** `?`: one character within a segment. */
  | { readonly type: 'any' }
  /** `*`: any run within a segment. */
  | { readonly type: 'run' }
  /** `**`: any run, across segments. */
  | { readonly type: 'deepRun' }
  /** Whole segments and the slash after each, or none: two steps that always stand together. */
  | { readonly type: 'segments' }
  | { readonly type: 'toSlash' }

const patternLengthMax = 1_000

/** Says whether a slash-joined folder path matches. */
export type Glob = (path: string) => boolean

/**
 * Compiles a glob over a slash-joined path: `?` one character and `*` any run within a segment, `**` any run across
 * segments, `\` takes the next character as it is; everything else stands for itself. `**` as a whole segment also
 * stands for no segment: `a/**` matches `a` and all below it. Compared in NFC; a first segment INBOX without case (RFC
 * 9051 section 5.1). Matching takes at most pattern length times path length steps whatever both hold. Throws
 * `RangeError` on a pattern that is empty or longer than 1,000 characters.
 */
export function compileGlob(pattern: string): Glob {
  if (pattern === '') throw new RangeError('the pattern is empty')
  if (pattern.length > patternLengthMax)
    throw new RangeError(`the pattern is longer than ${patternLengthMax} characters`)
  const steps = parseSteps(comparable(pattern))
  const withoutTail = endsInAllBelow(steps) ? steps.slice(0, -2) : undefined
  return (path) => {
    const characters = [...comparable(path)]
    return matches(steps, characters) || (withoutTail !== undefined && matches(withoutTail, characters))
  }
}

/** What both a pattern and a path are compared as. */
function comparable(text: string): string {
  const normal = text.normalize('NFC')
  return /^inbox(?=\/|$)/i.test(normal) ? `INBOX${normal.slice(5)}` : normal
}

function parseSteps(pattern: string): readonly Step[] {
  const steps: Step[] = []
  const characters = [...pattern]
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!
    if (character === '\\' && at + 1 < characters.length) {
      steps.push({ type: 'character', character: characters[++at]! })
    } else if (character === '*') {
      let stars = 1
      while (characters[at + stars] === '*') stars++
      const isSegment =
        (steps.length === 0 || isSlash(steps.at(-1)) || steps.at(-1)?.type === 'toSlash') &&
        characters[at + stars] === '/'
      at += stars - 1
      if (stars === 1) steps.push({ type: 'run' })
      else if (!isSegment) steps.push({ type: 'deepRun' })
      else {
        steps.push({ type: 'segments' }, { type: 'toSlash' })
        at++
      }
    } else {
      steps.push(character === '?' ? { type: 'any' } : { type: 'character', character })
    }
  }
  return steps
}

function endsInAllBelow(steps: readonly Step[]): boolean {
  return steps.length > 2 && isSlash(steps.at(-2)) && steps.at(-1)?.type === 'deepRun'
}

function isSlash(step: Step | undefined): boolean {
  return step?.type === 'character' && step.character === '/'
}

/**
 * Simulates the pattern as an automaton: `open[i]` says that the first `i` steps have matched all characters so far.
 */
function matches(steps: readonly Step[], characters: readonly string[]): boolean {
  let open = new Uint8Array(steps.length + 1)
  open[0] = 1
  passRuns(steps, open)
  for (const character of characters) {
    const next = new Uint8Array(steps.length + 1)
    for (let at = 0; at < steps.length; at++) {
      if (open[at] === 0) continue
      const step = steps[at]!
      if (step.type === 'deepRun' || (step.type === 'run' && character !== '/')) next[at] = 1
      else if (step.type === 'toSlash') {
        next[at] = 1
        if (character === '/') next[at + 1] = 1
      } else if (step.type === 'any' && character !== '/') next[at + 1] = 1
      else if (step.type === 'character' && step.character === character) next[at + 1] = 1
    }
    passRuns(steps, next)
    open = next
  }
  return open[steps.length] === 1
}

/** A run may also be empty. */
function passRuns(steps: readonly Step[], open: Uint8Array): void {
  for (let at = 0; at < steps.length; at++) {
    const type = steps[at]!.type
    if (open[at] === 0) continue
    if (type === 'run' || type === 'deepRun' || type === 'segments') open[at + 1] = 1
    if (type === 'segments') open[at + 2] = 1
  }
}
