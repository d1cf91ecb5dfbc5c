/** One thing that was looked at, and what was found. */
export interface Check {
  name: string
  /** `skipped`: it could not, or need not, be looked at; the detail says why. */
  ok: boolean | 'warn' | 'skipped'
  /** What was found, one line. */
  detail: string
  /** The one command or sentence that mends it. */
  next?: string | undefined
}

export const passed = (name: string, detail: string): Check => ({ name, ok: true, detail })
export const warned = (name: string, detail: string, next: string): Check => ({ name, ok: 'warn', detail, next })
export const failed = (name: string, detail: string, next: string): Check => ({ name, ok: false, detail, next })
export const skipped = (name: string, detail: string): Check => ({ name, ok: 'skipped', detail })
