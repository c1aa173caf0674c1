import type { Rules } from '../../../src/core/model/rules.ts'

/** The rules of a plain pass with some of them changed. */
export function rulesWith(fields: Partial<Rules> = {}): Rules {
  return {
    policy: 'update',
    includeFolders: [],
    excludeFolders: [],
    usesDefaultExclusions: true,
    folderMap: [],
    targetPrefix: [],
    mapsRoles: true,
    keywordMap: {},
    retriesFailed: false,
    acceptsEmptied: false,
    ...fields,
  }
}
