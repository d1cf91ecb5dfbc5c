const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `42s`, `3m10s`, `45m`, `2h05m`, `3d4h`: two figures at most, the second one only where it still matters. */
export const duration = (milliseconds: number): string => {
  const ms = Math.max(0, milliseconds)
  if (ms < minute) return `${Math.floor(ms / second)}s`
  if (ms < 10 * minute) return pair(ms, minute, 'm', second, 's', 2)
  if (ms < hour) return `${Math.floor(ms / minute)}m`
  if (ms < day) return pair(ms, hour, 'h', minute, 'm', 2)
  if (ms < 10 * day) return pair(ms, day, 'd', hour, 'h', 1)
  return `${Math.floor(ms / day)}d`
}

const pair = (ms: number, big: number, bigUnit: string, small: number, smallUnit: string, digits: number): string => {
  const rest = Math.floor((ms % big) / small)
  return `${Math.floor(ms / big)}${bigUnit}${rest === 0 ? '' : `${String(rest).padStart(digits, '0')}${smallUnit}`}`
}

/** How long ago a moment is, or how far ahead: `3m10s`, `in 2h`; empty for none. */
export const relative = (instant: string | undefined, now: number): string => {
  const at = Date.parse(instant ?? '')
  if (Number.isNaN(at)) return ''
  return at > now ? `in ${duration(at - now)}` : duration(now - at)
}

/** `3m10s ago`, `in 2h`; empty for none. */
export const ago = (instant: string | undefined, now: number): string => {
  const text = relative(instant, now)
  return text === '' || text.startsWith('in ') ? text : `${text} ago`
}
