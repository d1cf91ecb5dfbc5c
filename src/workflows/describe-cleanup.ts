import type { CleanupReport } from '#contract/cleanup.ts'

/** One pass in Markdown, for the operator's screen in the web UI. */
export function describeCleanup({ cloud, by, unknown, counts, frozen, findings, deeds }: CleanupReport): string {
  if (unknown !== undefined) return `**${cloud}**: nothing is known: ${unknown}`
  const mended = new Set(deeds.map(({ finding }) => finding))
  return [
    `**${cloud}**, asked by ${by}: ${counts?.servers} servers, ${counts?.vms} VMs, ${counts?.foreign} foreign`,
    ...(frozen === undefined ? [] : [`- frozen: ${frozen.missing} of ${frozen.of} VMs are missing at once`]),
    ...deeds.map(
      ({ finding: { kind, vm, because }, outcome, note }) => `- ${kind} \`${vm}\` (${because}): ${outcome}, ${note}`,
    ),
    ...findings
      .filter((finding) => !mended.has(finding))
      .map(({ kind, vm, because }) => `- ${kind} \`${vm}\` (${because}): nothing was done`),
  ].join('\n')
}
