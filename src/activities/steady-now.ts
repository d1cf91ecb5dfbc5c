/**
 * The time as far as this process can tell without looking at the clock on the wall again, ms since 1970: it never jumps, whatever is
 * done to that clock. For intervals, and for when something was seen; not to be compared with other machines' times.
 */
export const steadyNow = (): number => performance.timeOrigin + performance.now()
