import { CondorError, type CondorErrorCode } from './condor-error.ts'

/**
 * The tools say what went wrong in words only, often with exit code 1 for everything. These are the words of HTCondor
 * 23.9, in the order in which they decide: a refused authentication also calls itself a communication error.
 */
const signs: readonly [code: CondorErrorCode, words: RegExp][] = [
  ['denied', /AUTHENTICATE:100[34]|SECMAN:2010|permission denied|not authori[sz]ed|Failed to read file .* securely/i],
  // a limit of the schedd's, or a rule of the site's: its words come behind the failed commit
  ['refused', /would exceed|Failed to commit job submission[^\n]*\n+ERROR: (?!Failed)/],
  [
    'unreachable',
    /Can't find address (?:of|for) (?:local )?schedd|Failed to connect|Failed to fetch ads|communication error|Connection (?:closed|refused|reset)|Read failure|CEDAR:600|SECMAN:20|AUTHENTICATE:100|Failed to (?:start|send)|Couldn't contact|Can't connect|Unable to establish|ERROR: \(null\)|Failed to contact|Failed to commit|Failed to (?:end|set|queue|create)/i,
  ],
  ['not-found', /Can't find address|Failed to locate|Couldn't find|does not exist|No such file/i],
  ['invalid', /Parse error|Unrecognized|invalid/i],
]

/** Whether a tool that returned 0 did fail all the same: `condor_q` and `condor_status` are known for that. */
export function admitsFailure(stderr: string): boolean {
  return /Failed to fetch ads|communication error|SECMAN:\d|CEDAR:\d|AUTHENTICATE:\d|Can't find address/.test(stderr)
}

/** What a failed tool's last words mean. */
export function asCondorError(tool: string, exitCode: number | undefined, stderr: string): CondorError {
  const code = signs.find(([, words]) => words.test(stderr))?.[0] ?? 'failed'
  const message = (code === 'refused' ? refusal(stderr) : undefined) ?? firstWords(stderr) ?? `exit code ${exitCode}`
  return new CondorError({ tool, code, message, exitCode, stderr })
}

/** The first line that says something, without HTCondor's advice on what else may be wrong. */
export function firstWords(stderr: string): string | undefined {
  const lines = stderr.split('\n').map((line) => line.trim().replace(/^-- /, ''))
  return lines.find((line) => line !== '' && !/^(Warning|Extra Info)/i.test(line))
}

/** The schedd's reason, which stands behind condor_submit's own words. */
function refusal(stderr: string): string | undefined {
  return (
    /^(?:ERROR: )?(.*would exceed.*)$/m.exec(stderr)?.[1] ?? /Failed to commit[^\n]*\n+ERROR: (.*)$/m.exec(stderr)?.[1]
  )
}
