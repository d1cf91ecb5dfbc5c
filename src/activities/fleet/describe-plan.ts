import type { FleetPlan } from '#domain/fleet/types.ts'

const shown = 30

/** The last plan in Markdown, for the operator's screen in the web UI. */
export function describePlan({ boots, retirements, verdicts, unmet }: FleetPlan): string {
  return [
    `**${boots.reduce((sum, { count }) => sum + count, 0)} boots, ${retirements.length} retirements, ${unmet} jobs unmet**`,
    ...boots.map(
      ({ count, cloud, flavor, vmType, owner }) =>
        `- boot ${count} × \`${flavor.name}\` with \`${vmType}\` on ${cloud} for ${owner}`,
    ),
    ...retirements.slice(0, shown).map(({ vm, reason, note }) => `- retire \`${vm}\`: ${reason}, ${note}`),
    ...verdicts.slice(0, shown).map(({ cloud, verdict, reason }) => `- ${cloud}: ${verdict}: ${reason}`),
    ...(verdicts.length > shown ? [`- … ${verdicts.length - shown} verdicts more`] : []),
  ].join('\n')
}
