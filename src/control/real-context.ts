export { realContext } from '../connectors/kit/real-context.ts'
