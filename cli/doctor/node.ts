import type { Check } from '#api/types.ts'

const needed = 24

/** Whether this Node.js runs TypeScript natively, as all of the project needs. */
export const nodeCheck = (version: string): Check => {
  const major = Number(/^v(\d+)\./.exec(version)?.[1])
  return major >= needed
    ? { name: 'Node.js', ok: true, detail: version }
    : {
        name: 'Node.js',
        ok: false,
        detail: `${version} is too old`,
        next: `set CANFAR_NODE to a Node.js ${needed} or newer`,
      }
}
