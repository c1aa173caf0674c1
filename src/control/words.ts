export { explainConflict, explainNameChange, explainRule } from '../core/report/explain.ts'
export { formatBytes, formatCount, formatInstant } from '../core/report/format-amounts.ts'
