import type { Migration } from './migration.ts'
import { initial } from './0001-initial.ts'
import { extras } from './0002-extras.ts'
import { permanentIds } from './0003-permanent-ids.ts'

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [initial, extras, permanentIds]
