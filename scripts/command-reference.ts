import type { Command, Option } from 'commander'

/** The reference page of the commands, made of what the program itself knows: never edited by hand. */
export function toCommandReference(program: Command): string {
  const commands = program.commands.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]))
  const sections = commands.map((command) => toSection(command))
  return [
    '# Commands',
    '',
    'Made by `npm run reference` from the program itself; a test fails when this page is stale.',
    '',
    ...sections.flat(),
  ].join('\n')
}

function toSection(command: Command): readonly string[] {
  const parents = command.parent?.parent ? `${command.parent.name()} ` : ''
  const words = command.registeredArguments.map((argument) => (argument.required ? argument.name().toUpperCase() : `[${argument.name().toUpperCase()}]`))
  const title = ['mailvan', `${parents}${command.name()}`, ...words].join(' ')
  const options = command.options.filter((option) => !option.hidden)
  const groups = Map.groupBy(options, (option) => option.helpGroupHeading ?? 'Options:')
  return [
    `## ${title}`,
    '',
    command.description(),
    '',
    ...[...groups].flatMap(([group, members]) => [
      `${group}`,
      '',
      '| option | meaning | default |',
      '|---|---|---|',
      ...members.map((option) => `| \`${option.flags}\` | ${escape(option.description)} | ${defaultOf(option)} |`),
      '',
    ]),
  ]
}

function defaultOf({ defaultValue, negate }: Option): string {
  return defaultValue === undefined || negate ? '' : `\`${String(defaultValue)}\``
}

function escape(text: string): string {
  return text.replace(/[|<>*_\\]/g, '\\$&')
}
