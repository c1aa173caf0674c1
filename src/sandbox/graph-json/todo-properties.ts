import { named } from '../../formats/mapi/property.ts'
import { propertySets } from '../../formats/mapi/property-sets.ts'

const { task } = propertySets

/**
 * What a To Do task has and no published property holds: lists as JSON, in the set of tasks, so that an export carries
 * them along.
 */
export const todoProperties = {
  checklistItems: named(task, 'ChecklistItemsJson', 'string'),
  linkedResources: named(task, 'LinkedResourcesJson', 'string'),
  bodyLastModified: named(task, 'BodyLastModifiedTime', 'time'),
} as const
