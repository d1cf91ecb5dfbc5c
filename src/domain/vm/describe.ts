import type { VmRecord } from './record.ts'

/** The VM's story in Markdown, for the operator's screen in the web UI. */
export function describeVm(record: VmRecord): string {
  const facts = [
    `**${record.state}**${record.reason === undefined ? '' : ` · ${record.reason}`}${record.note === undefined ? '' : `: ${record.note}`}`,
    ...(record.serverId === undefined
      ? []
      : [`server \`${record.serverId}\`${record.address === undefined ? '' : ` at ${record.address}`}`]),
    ...(record.volumes ?? []).map((id) => `volume \`${id}\``),
  ]
  const story = record.history.map(
    ({ at, state, because }) => `- ${new Date(at).toISOString()} **${state}**: ${because}`,
  )
  return [...facts, '', ...story].join('\n')
}
