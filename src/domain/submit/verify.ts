import type { ProblemData } from '../problem.ts'
import { stampAttributes, stampRequirements, type JobStamp } from './stamp.ts'

/**
 * Checks a job ad that `condor_submit -dry-run` made of a rendered file: whatever the file did, by whatever spelling or included file,
 * each job must carry our lines. The ad is given as attribute → expression text, as HTCondor prints it.
 */
export function verifyJobAd(ad: Readonly<Record<string, string>>, stamp: JobStamp): ProblemData[] {
  const found = new Map(Object.entries(ad).map(([name, value]) => [name.toLowerCase(), value]))
  const wanted: [string, string][] = [...stampAttributes(stamp), ['JobUniverse', '5']]
  const problems = wanted
    .filter(([name, expression]) => found.get(name.toLowerCase()) !== expression)
    .map(([name, expression]) =>
      overridden(`${name} is ${found.get(name.toLowerCase()) ?? 'not set'} instead of ${expression}`),
    )
  const requirements = withoutBlanks(found.get('requirements') ?? '')
  if (!requirements.replace(/^\(+/, '').startsWith(withoutBlanks(stampRequirements(stamp)))) {
    problems.push(overridden('the requirements that bring the job to its own worker VMs are gone'))
  }
  return problems
}

/** HTCondor prints an expression with blanks of its own. */
function withoutBlanks(text: string): string {
  return text.replaceAll(/\s/g, '')
}

function overridden(message: string): ProblemData {
  return {
    code: 'LineOverridden',
    kind: 'usage',
    message: `something in the submit file, or in a file that it includes, replaces a line of canfar-batch: ${message}`,
    next: 'Look for VMType, VMAMI, VMInstanceType, requirements and universe in the included files and in the variables of queue.',
  }
}
