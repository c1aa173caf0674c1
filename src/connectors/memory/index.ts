export { Crash, type Faults, type Step, type StepName } from './faults.ts'
export { MemoryMailbox, type MemoryCounters, type MemoryMessage, type StoredContent } from './mailbox.ts'
export { defaultMemoryOptions, type MemoryOptions } from './options.ts'
export { MemoryWorld, type MemoryConfig } from './world.ts'
