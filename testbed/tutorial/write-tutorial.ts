import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { findAstronomyTools } from '#testbed/condor/find.ts'
import { makeExposure, type Truth } from './truth.ts'

/** The observations of the tutorial. */
export const OBSERVATIONS = ['1056215p', '1056216p', '1056217p', '1056218p'] as const

export interface TutorialImage {
  id: string
  /** `1056215p.fits.fz`, beside the submit file. */
  file: string
  /** Where the job's catalogue will be once its output is back. */
  catalogue: string
  truth: Truth
}

export interface Tutorial {
  folder: string
  submitFile: string
  images: TutorialImage[]
}

export interface TutorialOptions {
  /** Another one gives other stars. Default 1. */
  seed?: number
  /** The program `fpack`. Default: the one on PATH, else the testbed's. */
  fpack?: string
  /** Who will submit from there. Default: the caller. */
  owner?: { uid: number; gid: number }
}

/**
 * Makes a folder from which the tutorial's four jobs can be submitted: script, submit file and compressed images. What
 * is in the images is returned and not written, so that no job can look.
 */
export async function writeTutorial(
  folder: string,
  { seed = 1, fpack, owner }: TutorialOptions = {},
): Promise<Tutorial> {
  mkdirSync(folder, { recursive: true })
  for (const name of ['do_catalogue.bash', 'do_catalogue.sub']) {
    copyFileSync(join(import.meta.dirname, 'files', name), join(folder, name))
  }
  chmodSync(join(folder, 'do_catalogue.bash'), 0o755)
  const program = fpack ?? (await findFpack())
  const images = []
  for (const [n, id] of OBSERVATIONS.entries()) {
    const { fits, truth } = makeExposure(id, seed * 100 + n)
    const path = join(folder, `${id}.fits`)
    writeFileSync(path, fits)
    rmSync(`${path}.fz`, { force: true })
    await execa(program, ['-D', '-Y', path])
    images.push({ id, file: `${path}.fz`, catalogue: join(folder, `${id}.cat`), truth })
  }
  if (owner !== undefined) {
    const names = ['.', 'do_catalogue.bash', 'do_catalogue.sub', ...OBSERVATIONS.map((id) => `${id}.fits.fz`)]
    for (const name of names) chownSync(join(folder, name), owner.uid, owner.gid)
  }
  return { folder, submitFile: join(folder, 'do_catalogue.sub'), images }
}

async function findFpack(): Promise<string> {
  const tools = await findAstronomyTools()
  return tools === undefined ? 'fpack' : join(tools, 'fpack')
}
