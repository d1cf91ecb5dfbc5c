import { fileURLToPath } from 'node:url'

// Two folders up is the package: from src/config/ in a checkout, from dist/cli/ in what `npm run build` makes of it.
const own = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Folder of what runs inside worker VMs and beside jobs. */
export const workerKitFolder = own('worker-kit/')

/** What runs on the submit host before jobs with a proxy certificate. */
export const proxyPreCommand = own('worker-kit/canfar_batch_cert')
