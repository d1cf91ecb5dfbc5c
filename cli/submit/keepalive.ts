import { Problem } from '#domain/problem.ts'

/** Reads `--keepalive`, whole minutes. The site's cap is the api's to apply. */
export const keepaliveOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new Problem({
    code: 'KeepaliveInvalid',
    kind: 'usage',
    message: `'${text}' is no number of minutes`,
    where: '--keepalive',
    next: 'write whole minutes, e.g. --keepalive 5',
  })
}
