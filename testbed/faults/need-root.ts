import { Problem } from '#domain/problem.ts'
import { isRoot } from '#testbed/instance/folders.ts'

/** @throws {@link Problem} `NeedsRoot` */
export function needRoot(what: string): void {
  if (isRoot()) return
  throw new Problem({
    code: 'NeedsRoot',
    kind: 'auth',
    message: `${what} needs a mount of its own, which only root can make`,
    next: 'Run as root of a host (or in a privileged container), or leave out what asks for it',
  })
}
