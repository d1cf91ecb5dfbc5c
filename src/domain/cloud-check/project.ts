import { failed, passed, warned, type Check } from '../check.ts'

/** Which project a cloud's worker VMs live in by what is on record; or why nothing is known. */
export type ProjectOnRecord = { vms: readonly string[]; worker: string | undefined } | { unknown: string }

/** Whether the credential's project is the one in which the pool's VMs live: another one sees and deletes none of them. */
export function judgeProject(project: { id: string; name: string } | undefined, record: ProjectOnRecord): Check {
  const name = 'batch project'
  if (project === undefined) {
    return failed(
      name,
      'the credential is for no project',
      'Name the batch project in the entry of clouds.yaml: project_name, or project_id.',
    )
  }
  const own = `${project.name} (${project.id})`
  if ('unknown' in record) return passed(name, `${own}; not compared with that of running VMs: ${record.unknown}`)
  const others = record.vms.filter((id) => id !== project.id)
  if (others.length > 0) {
    return failed(
      name,
      `${own}, but ${others.length} ${others.length === 1 ? 'VM' : 'VMs'} of the pool are in ${[...new Set(others)].join(', ')}`,
      'Use a credential of that project until they are gone: as another one nobody can delete them.',
    )
  }
  if (record.worker !== undefined && record.worker !== project.id) {
    return warned(name, `${own}, but the worker process works in ${record.worker}`, 'Restart the worker process.')
  }
  return passed(name, own)
}

/** Roles that may create servers by the default policies; `_member_` is that of old clouds. */
const writers = ['member', '_member_', 'manager', 'admin']

export function judgeRoles(roles: readonly string[]): Check {
  const name = 'roles'
  const detail = roles.join(', ')
  const lower = roles.map((role) => role.toLowerCase())
  if (lower.includes('admin')) {
    return warned(name, `${detail}: far more than is needed`, 'Use a credential whose only role is member.')
  }
  if (lower.some((role) => writers.includes(role))) return passed(name, detail)
  if (lower.every((role) => role === 'reader')) {
    const which = roles.length === 0 ? 'none' : 'reader only'
    return failed(
      name,
      `${which}: it can boot no VM, and accept no shared image`,
      'Give the user the role member in the batch project, and make the credential anew.',
    )
  }
  return warned(
    name,
    `${detail}: whether they may create servers is this cloud’s own rule`,
    'canfar-batch cloud check with --boot finds out.',
  )
}
