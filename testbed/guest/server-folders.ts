import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseServer, type Server } from './server-file.ts'

export interface Found {
  server: Server
  folder: string
}

/** What the clouds want now, and of which folders that is known. */
export interface Wanted {
  servers: Map<string, Found>
  /** Folders that could be read: only there does "no file" mean "no server". */
  read: Set<string>
  /** Ids whose file is there but says nothing that we understand; nothing is done about them. */
  unclear: Set<string>
}

/** Reads hypervisor folders again and again, and each file only when it has changed. */
export class ServerFolders {
  readonly #folders: readonly string[]
  readonly #log: (line: string) => void
  readonly #cache = new Map<string, { stamp: string; server: Server | undefined }>()

  constructor(folders: readonly string[], log: (line: string) => void) {
    this.#folders = folders
    this.#log = log
  }

  read(): Wanted {
    const wanted: Wanted = { servers: new Map(), read: new Set(), unclear: new Set() }
    const seen = new Set<string>()
    for (const folder of this.#folders) {
      const names = namesIn(folder)
      if (names === undefined) continue
      wanted.read.add(folder)
      for (const name of names) {
        const path = join(folder, name)
        seen.add(path)
        const id = name.slice(0, -'.json'.length)
        const server = this.#readServer(path, id)
        if (server === undefined) wanted.unclear.add(id)
        else wanted.servers.set(id, { server, folder })
      }
    }
    for (const path of this.#cache.keys()) if (!seen.has(path)) this.#cache.delete(path)
    return wanted
  }

  #readServer(path: string, id: string): Server | undefined {
    try {
      const stat = statSync(path)
      const stamp = `${stat.ino} ${stat.mtimeMs} ${stat.size}`
      const known = this.#cache.get(path)
      if (known?.stamp === stamp) return known.server
      const server = parseServer(readFileSync(path, 'utf8'), (reason) => this.#log(`${path}: ${reason}`))
      const ours = server?.id === id ? server : undefined
      this.#cache.set(path, { stamp, server: ours })
      return ours
    } catch {
      // Removed since it was listed; the next look will see that.
      return undefined
    }
  }
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return undefined
  }
}
