import { startSite } from '#testbed/site/site.ts'

/** Brings a site up below the folder given, says where it is, and stays. */
const site = await startSite({ fast: true, home: process.argv[2] ?? '' })
console.log(site.instance.folder)
setInterval(() => {}, 60_000)
