import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance } from '#testbed/instance/instance.ts'

/** Where jobs write down that they ran, wherever they run: a folder that real guests share. */
export const notesFolder = ({ folder }: Instance): string => join(folder, 'notes')

export const makeNotesFolder = (instance: Instance): void => mkdirSync(notesFolder(instance), { mode: 0o755 })
