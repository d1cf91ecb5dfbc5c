import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Full path of a program on PATH, as a shell would find it. */
export function onPath(name: string, path: string = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
