/** Job attributes that canfar-batch stamps itself; a user's own line for one of them is refused. */
export const stampedAttributes = ['CanfarSubmission', 'VMType', 'VMAMI', 'VMInstanceType', 'CanfarCopies'] as const

// HTCondor reads these under an attribute's name too, but only where the keyword itself is absent
const aliases = new Map<string, string>([
  ['cmd', 'executable'],
  ['args', 'arguments'],
  ['jobuniverse', 'universe'],
  ['transferinputfiles', 'transfer_input_files'],
  ['transferoutputfiles', 'transfer_output_files'],
  ['shouldtransferfiles', 'should_transfer_files'],
  ['whentotransferoutput', 'when_to_transfer_output'],
  ['transferexecutable', 'transfer_executable'],
  ['jobmaterializelimit', 'max_materialize'],
  ['requestcpus', 'request_cpus'],
  ['requestmemory', 'request_memory'],
  ['requestdisk', 'request_disk'],
  ['initial_dir', 'initialdir'],
  ['iwd', 'initialdir'],
  ['job_iwd', 'initialdir'],
  ['gridresource', 'grid_resource'],
])

/** The one spelling under which a line is looked up: lower case, `+Attr` and `MY.Attr` both as `my.attr`, aliases resolved. */
export function canonicalName(written: string): string {
  const name = written.toLowerCase().replace(/^[+-]/, 'my.')
  return aliases.get(name) ?? name
}

const ours =
  'canfar-batch sets it from the image and the flavor that you name when you submit, so that the job finds its own worker VMs'
const identity = 'HTCondor sets it when the job is handed in'
const flocking = 'jobs run only on the worker VMs of this pool: grids and flocking to other pools are not served'

const refused = new Map<string, string>([
  ['vmtype', ours],
  ['vmami', ours],
  ['vminstancetype', ours],
  ['vmamiconfig', 'canfar-batch writes the configuration of the worker VMs itself'],
  ['vmuserdata', 'canfar-batch writes the configuration of the worker VMs itself'],
  [
    'requirements',
    'it would replace all requirements; write a line "requirements = …" instead, which is combined with ours',
  ],
  ['owner', identity],
  ['user', identity],
  ['ntdomain', identity],
  ['clusterid', identity],
  ['procid', identity],
  ['globaljobid', identity],
  ['jobuniverse', 'only the vanilla universe is served'],
  ['jobstatus', 'the job is handed in on hold and released by canfar-batch; use "hold = true" to keep it on hold'],
  ['holdreason', 'use "hold = true" to keep the job on hold'],
  ['holdreasoncode', 'use "hold = true" to keep the job on hold'],
  ['holdreasonsubcode', 'use "hold = true" to keep the job on hold'],
  ['authenticatedidentity', 'the collector alone states who a worker VM is'],
  ['transferinput', 'it would replace what canfar-batch adds; write a line "transfer_input_files = …" instead'],
  ['wantflocking', flocking],
  ['flockto', flocking],
  ['remotepool', flocking],
  ['gridresource', flocking],
])

// without + these are macros of the user's own, except for those that only we have a use for
const refusedWithoutPlus = new Set(['vmtype', 'vmami', 'vminstancetype', 'vmamiconfig'])

/** Why a line or a queue variable of this name is refused; undefined if it is not. */
export function refusalOf(written: string): string | undefined {
  const name = canonicalName(written)
  if (name.startsWith('factory.')) return 'names that begin with FACTORY. belong to HTCondor itself'
  if (name.startsWith('my.')) {
    const attribute = name.slice('my.'.length)
    return attribute.startsWith('canfar') ? ours : refused.get(attribute)
  }
  if (name === 'grid_resource') return flocking
  if (name.startsWith('canfar')) return ours
  return refusedWithoutPlus.has(name) ? refused.get(name) : undefined
}

// a queue variable hides the line of the same name for every one of its items, ours included
const refusedVariables = new Set(['requirements', 'universe', 'hold', 'transfer_input_files', 'my.vmkeepalive'])

/** Why this name cannot be a variable of a queue statement; undefined if it can. */
export function variableRefusalOf(written: string): string | undefined {
  if (refusedVariables.has(canonicalName(written))) {
    return 'a queue variable of this name would replace a line that canfar-batch adds; call it otherwise and refer to it in a line'
  }
  return refusalOf(written)
}
