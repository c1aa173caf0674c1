import type { Command } from 'commander'

/** Options of every command that works with the home. */
export function withCommon(command: Command): Command {
  return command
    .option('--home <dir>', 'where the ledger, certificates and reports are (also MAILVAN_HOME; default ~/.mailvan)')
    .option('--json', 'one JSON object per event and line')
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Reads the name of an endpoint: letter case does not matter, as in URLs. */
export function endpointName(text: string): string {
  return text.toLowerCase()
}
