export { addSummaries, summarize } from '../core/report/counts.ts'
