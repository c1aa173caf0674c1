import { styleText } from 'node:util'
import type { Environment, OutputStream } from '../environment.ts'

type Format = Parameters<typeof styleText>[0]

/** How text looks on one stream: coloured where it is a terminal that wants colour, with the signs its encoding has. */
export interface Style {
  paint(format: Format, text: string): string
  readonly signs: Signs
}

/** The few marks beyond ASCII that the output uses, with their plain stand-ins. */
interface Signs {
  readonly done: string
  readonly warning: string
  readonly failed: string
  readonly arrow: string
  readonly dot: string
  /** The same place on the other side. */
  readonly same: string
  readonly barDone: string
  readonly barLeft: string
}

const unicodeSigns: Signs = { done: '✓', warning: '!', failed: '✗', arrow: '→', dot: '·', same: '=', barDone: '━', barLeft: '─' }
const asciiSigns: Signs = { done: 'ok', warning: '!', failed: 'x', arrow: '->', dot: '|', same: '=', barDone: '#', barLeft: '-' }

/** Follows NO_COLOR and FORCE_COLOR as Node does, TERM=dumb, and the locale's character set. */
export function styleFor(stream: OutputStream, env: Environment['env']): Style {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  // Without any locale most systems write UTF-8 today; "C" and "POSIX" are a choice.
  const isUnicode = locale === '' || /utf-?8/i.test(locale)
  const isColoured = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  return {
    paint: (format, text) => (isColoured ? styleText(format, text, { validateStream: false }) : text),
    signs: isUnicode ? unicodeSigns : asciiSigns,
  }
}
