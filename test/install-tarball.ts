import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'

/** Makes an empty project of a folder, and installs into it the tarball that lies in another folder. */
export async function installTarball(from: string, into: string): Promise<void> {
  writeFileSync(join(into, 'package.json'), '{"private":true,"type":"module"}')
  const tarball = readdirSync(from).find((file) => file.endsWith('.tgz'))
  if (tarball === undefined) throw new Error(`no tarball in ${from}`)
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(from, tarball)], { cwd: into })
}
