/** A member of an enumeration in its own case; Graph takes any case in requests. Undefined for null and for none of them. */
export function oneOfNames<const T extends string>(value: string | null | undefined, names: readonly T[]): T | undefined {
  const lower = value?.toLowerCase()
  return names.find((name) => name.toLowerCase() === lower)
}

/** By PidLidBusyStatus (MS-OXOCAL 2.2.1.2). */
export const showAsNames = ['free', 'tentative', 'busy', 'oof', 'workingElsewhere'] as const
/** By PidTagSensitivity. */
export const sensitivityNames = ['normal', 'personal', 'private', 'confidential'] as const
/** By PidTagImportance. */
export const importanceNames = ['low', 'normal', 'high'] as const
