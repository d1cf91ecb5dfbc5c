import { Problem } from '#domain/problem.ts'
import { ensureGuestImage } from './build.ts'

// node testbed/guest/image/main.ts: prints the path of the image, having made it where it was missing.
try {
  console.log(await ensureGuestImage({ progress: (line) => console.error(line) }))
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.error([error.message, ...(error.data.details ?? []), error.data.next ?? ''].join('\n'))
  process.exitCode = 1
}
