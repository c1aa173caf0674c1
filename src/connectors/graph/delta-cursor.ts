import { MigrationError } from '../../core/errors.ts'
import type { Cursor } from '../../core/model/ids.ts'

/** The cursor that a delta link is: the host is the endpoint's affair, and may be another one tomorrow. */
export function cursorOfLink(link: string): Cursor {
  const { pathname, search } = new URL(link)
  return `${pathname}${search}` as Cursor
}

/** Of a list of changes that ends without a link. */
export function noDeltaLink(): MigrationError {
  return new MigrationError('transient', 'graph.no-delta-link', {
    message: 'Microsoft ended a list of changes without saying where it goes on.',
    hint: 'It is asked for again.',
  })
}
