import type { SubmissionInput, SubmissionView } from '#contract/submission.ts'

/** The submission's story in Markdown, for the operator's screen in the web UI. */
export function describeSubmission(view: SubmissionView, input: SubmissionInput): string {
  const { counts, clusters, choices, copies, holdReasons, warnings } = view
  const jobs = Object.entries(counts).filter(([, n]) => n > 0)
  return [
    `**${view.state}** · \`${input.file}\` of ${input.account.user}`,
    ...(clusters.length === 0 ? [] : [`clusters ${clusters.map(({ id, jobs: n }) => `${id} (${n} jobs)`).join(', ')}`]),
    ...(jobs.length === 0 ? [] : [jobs.map(([kind, n]) => `${n} ${kind}`).join(' · ')]),
    ...choices.map(
      ({ cloud, image, flavor }) => `- ${cloud}: image \`${image.name}\` (${image.id}), flavor \`${flavor.name}\``,
    ),
    ...copies.map(({ cloud, from, image }) => `- ${cloud}: image \`${image.name}\` is copied there from ${from}`),
    ...holdReasons.map((reason) => `- held: ${reason}`),
    ...warnings.map((warning) => `- warning: ${warning}`),
  ].join('\n')
}
