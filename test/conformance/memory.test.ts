import { startMemory } from './harness-memory.ts'
import { runConformance } from './run-conformance.ts'

runConformance({ name: 'memory', start: () => startMemory(), skips: [] })

runConformance({
  name: 'memory that tells what remains instead of what is gone',
  start: () => startMemory({ history: 'remains' }),
  skips: [],
})

runConformance({
  name: 'memory as an old server',
  start: () =>
    startMemory({
      preservesBytes: false,
      history: 'none',
      tellsTargetIds: false,
      writeUnit: 'group',
      storesKeywords: false,
      refusesEmpty: true,
      readAheadItemsMax: 0,
      canMove: false,
    }),
  skips: [{ reason: 'the old server moves nothing', tests: ['T8.move'] }],
})
