import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readClauses, readVerdict } from './analysis.ts'
import { CondorError } from './condor-error.ts'
import { quoteText } from './expression.ts'
import { writeAds, type AdText } from './long-ad.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

/** The slot that a worker VM would have. */
export interface TemplateSlot {
  cpus: number
  memoryMb: number
  diskKb: number
  /** What it would advertise besides: VMType, VMAMI, AuthenticatedIdentity … */
  attributes: Readonly<Record<string, string | number | boolean>>
  /** Its START expression. */
  start: string
}

export type Match = { matches: true } | { matches: false; by: 'job' | 'machine'; clauses: string[] }

/**
 * Whether HTCondor would run a job on such a slot: its own matchmaking, on the job's real ad, without asking any daemon. The
 * state of the job (idle, held, running) is of no interest.
 * @param ad the job's whole ad, e.g. of {@link jobAds}
 * @returns if not, whose requirements are in the way, and those of their parts that are false
 */
export async function matches(
  tools: CondorTools,
  ad: AdText,
  slot: TemplateSlot,
  { signal }: CallOptions = {},
): Promise<Match> {
  const folder = await mkdtemp(join(tmpdir(), 'canfar-match-'))
  try {
    const file = join(folder, 'job')
    await writeFile(file, writeAds([{ ...ad, ClusterId: '1', ProcId: '0', JobStatus: '1' }]), { mode: 0o600 })
    const analyze = async (how: string): Promise<string> => {
      const args = ['-jobads', file, '-slotads', '-', `-better-analyze${how}`, '-wide']
      return (await runTool(tools, 'condor_q', args, { signal, input: slotAd(slot) })).stdout
    }
    const analysis = await analyze('')
    const verdict = readVerdict(analysis)
    if (verdict === undefined)
      throw new CondorError({ tool: 'condor_q', code: 'failed', message: 'no verdict in its analysis' })
    if (verdict === 'matches') return { matches: true }
    const of = verdict === 'job' ? analysis : await analyze(':reverse')
    return { matches: false, by: verdict, clauses: readClauses(of) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As a partitionable slot of HTCondor 23 describes itself. */
const asSlot: AdText = {
  MyType: '"Machine"',
  TargetType: '"Job"',
  Name: '"slot1@template"',
  Machine: '"template"',
  Arch: '"X86_64"',
  OpSys: '"LINUX"',
  SlotType: '"Partitionable"',
  PartitionableSlot: 'true',
  State: '"Unclaimed"',
  Activity: '"Idle"',
  HasFileTransfer: 'true',
  Requirements: 'START && (WithinResourceLimits)',
  WithinResourceLimits:
    '(MY.Cpus > 0 && TARGET.RequestCpus <= MY.Cpus && MY.Memory > 0 && TARGET.RequestMemory <= MY.Memory && MY.Disk > 0 && TARGET.RequestDisk <= MY.Disk && (TARGET.RequestGPUs =?= undefined || MY.GPUs >= TARGET.RequestGPUs))',
}

function slotAd({ cpus, memoryMb, diskKb, attributes, start }: TemplateSlot): string {
  const own = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'string' ? quoteText(value) : String(value),
  ])
  return writeAds([
    {
      ...asSlot,
      Cpus: String(cpus),
      Memory: String(memoryMb),
      Disk: String(diskKb),
      ...Object.fromEntries(own),
      Start: start,
    },
  ])
}
