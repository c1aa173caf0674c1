export { hasUrlPassword, redactUrl } from '../connectors/kit/redaction.ts'
