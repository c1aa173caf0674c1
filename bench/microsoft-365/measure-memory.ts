import { join } from 'node:path'
import type { Measurement } from '../measure.ts'
import type { MeasureOptions } from './measure-ceiling.ts'
import { readSummary } from './read-summary.ts'
import { startTenantRig, type TenantRig } from './tenant-rig.ts'
import { writeMailSource } from './write-mail-source.ts'

/** One leg, as fast as it goes. */
export interface MemoryResult {
  readonly leg: string
  readonly items: number
  readonly measurement: Measurement
  readonly fault: string | undefined
}

const largeItems = 6
const largeBytes = 35_000_000
const smallItems = 4_000

/** Large items in both forms and out again, and small ones from tenant to tenant. */
export async function measureMemory(options: MeasureOptions): Promise<readonly MemoryResult[]> {
  return [...(await measureLarge(options)), ...(await measureSmall(options))]
}

async function measureLarge(options: MeasureOptions): Promise<readonly MemoryResult[]> {
  const rig = await startTenantRig({ tenants: [{ name: 'old' }, { name: 'new' }], users: 2, ...options })
  try {
    const mail = join(rig.folder, 'mail')
    writeMailSource(mail, largeItems, largeBytes)
    const [old] = rig.users('old')
    const [whole, json] = rig.users('new')
    const size = `${largeItems} items of ${largeBytes / 1e6} MB`
    return [
      await measureLeg(rig, `${size}, maildir to tenant, as streams`, [`maildir:${mail}`, `m365://old/${old}`]),
      await measureLeg(rig, `${size}, tenant to tenant`, [`m365://old/${old}`, `m365://new/${whole}`]),
      await measureLeg(rig, `${size}, tenant to maildir`, [`m365://new/${whole}`, `maildir:${join(rig.folder, 'out')}`]),
      await measureLeg(rig, `${size}, maildir to tenant, as JSON`, [`maildir:${mail}`, `m365://new/${json}?via=json`]),
    ]
  } finally {
    await rig.stop()
  }
}

async function measureSmall(options: MeasureOptions): Promise<readonly MemoryResult[]> {
  const rig = await startTenantRig({ tenants: [{ name: 'old', itemsPerMailbox: smallItems }, { name: 'new' }], users: 1, ...options })
  try {
    const leg = `${smallItems.toLocaleString('en-US')} small items, tenant to tenant`
    return [await measureLeg(rig, leg, [`m365://old/${rig.users('old')[0]}`, `m365://new/${rig.users('new')[0]}`], smallItems)]
  } finally {
    await rig.stop()
  }
}

async function measureLeg(rig: TenantRig, leg: string, args: readonly string[], itemsMin = largeItems): Promise<MemoryResult> {
  const measurement = await rig.migrate(args)
  const { migrated, fault } = readSummary(measurement)
  return { leg, items: migrated, measurement, fault: fault ?? (migrated < itemsMin ? `${migrated} items migrated, of ${itemsMin}` : undefined) }
}
