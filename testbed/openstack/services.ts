import { setTimeout as sleep } from 'node:timers/promises'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { type Layout, identityUrl } from './layout.ts'
import { HOME, inRoot, ROOT_ENV, type Root } from './root.ts'
import { runSql } from './sql.ts'
import { configFile } from './state/configuration.ts'

/** Long, since the services start side by side on few cores. */
const READY_MS = 240_000

const answers = (url: string) => (): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    // Glance says 300 to who asks for its versions
    async (answer) => (await answer.text(), answer.status < 400),
    () => false,
  )

interface Service {
  name: string
  argv: string[]
  env?: Record<string, string>
  /** Answers without a token once it is there. */
  url: string
}

/** A WSGI application, which uwsgi serves. */
const uwsgi = (file: string, at: string, ...more: string[]): string[] => {
  const flags = ['master', 'die-on-term', 'lazy-apps', 'need-app', 'enable-threads', 'disable-logging']
  const options = {
    'buffer-size': '65535',
    listen: '100',
    'add-header': 'Connection:close',
    'http-socket': at,
    'wsgi-file': file,
  }
  return ['uwsgi_python3', ...flags.map((flag) => `--${flag}`), ...Object.entries(options).flatMap(dashed), ...more]
}

const dashed = ([name, value]: [string, string]): string[] => [`--${name}`, value]

const keystone = (layout: Layout): Service => ({
  name: 'keystone',
  argv: uwsgi('/usr/bin/keystone-wsgi-public', `${layout.address}:${layout.identity}`, '--processes', '2'),
  env: { OS_KEYSTONE_CONFIG_FILES: configFile('keystone') },
  url: identityUrl(layout),
})

function servicesOf({ address, regions }: Layout): Service[] {
  return regions.flatMap(({ name, compute, placement, image, network }) => [
    {
      name: `placement ${name}`,
      argv: uwsgi('/usr/bin/placement-api', `${address}:${placement}`, '--processes', '1', '--threads', '4'),
      env: { OS_PLACEMENT_CONFIG_DIR: `${HOME}/etc/placement-${name}` },
      url: `http://${address}:${placement}/`,
    },
    {
      name: `glance ${name}`,
      argv: ['glance-api', '--config-file', configFile(`glance-${name}`)],
      url: `http://${address}:${image}/versions`,
    },
    {
      name: `nova ${name}`,
      argv: ['python3', `${HOME}/plugins/nova_all.py`, '--config-file', configFile(`nova-${name}`)],
      env: { FOLDER_DRIVER_FOLDER: `${HOME}/${name}/hypervisor`, FOLDER_DRIVER_CLOUD: name },
      url: `http://${address}:${compute}/`,
    },
    {
      name: `neutron ${name}`,
      argv: ['neutron-server', '--config-file', configFile(`neutron-${name}`)],
      url: `http://${address}:${network}/`,
    },
  ])
}

/** One of the services, to be ended and started by itself. */
export interface Part {
  readonly daemon: Daemon
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again; returns once it answers. */
  start(): Promise<void>
}

/** Starts services of one installation; what runs is in the instance's ledger. */
export class Services {
  readonly #instance: Instance
  readonly #root: Root
  readonly #logFolder: string
  /** In the order of their start. */
  readonly #parts = new Map<string, Part>()

  constructor(instance: Instance, root: Root, logFolder: string) {
    this.#instance = instance
    this.#root = root
    this.#logFolder = logFolder
    mkdirSync(logFolder, { recursive: true, mode: 0o700 })
  }

  daemons = (): Daemon[] => [...this.#parts.values()].map(({ daemon }) => daemon)

  /** @param name `mariadb`, `keystone`, `nova RegionOne`, `glance RegionTwo` … */
  part(name: string): Part {
    const found = this.#parts.get(name)
    if (found === undefined) throw new Error(`OpenStack has no ${name}, but ${[...this.#parts.keys()].join(', ')}`)
    return found
  }

  async database(): Promise<void> {
    await this.#spawn('mariadb', ['mariadbd', `--defaults-file=${HOME}/etc/mariadb.cnf`], {}, () =>
      this.sql('select 1').then(
        () => true,
        () => false,
      ),
    )
  }

  /** Runs statements as root of MariaDB. */
  sql = (statements: string): Promise<string> => runSql(this.#root, statements)

  keystone = (layout: Layout): Promise<void> => this.#service(keystone(layout))

  /** All but Keystone and the database, side by side. */
  async regions(layout: Layout): Promise<void> {
    await Promise.all(servicesOf(layout).map((service) => this.#service(service)))
  }

  /** Ends all, the database last and with the time to write down what it has. */
  async stop(): Promise<void> {
    const [database, ...rest] = [...this.#parts.values()]
    await Promise.all(rest.map((part) => part.stop()))
    await database?.stop()
  }

  /** SIGKILL of all at once. */
  async kill(): Promise<void> {
    await Promise.all([...this.#parts.values()].map((part) => part.kill()))
  }

  #service({ name, argv, env = {}, url }: Service): Promise<void> {
    return this.#spawn(name, argv, env, answers(url))
  }

  async #spawn(
    name: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    ready: () => Promise<boolean>,
  ): Promise<void> {
    const begin = (): Promise<Daemon> =>
      spawnDaemon(this.#instance, {
        name: `openstack ${name}`,
        argv: inRoot(this.#root, argv),
        env: { ...ROOT_ENV, ...env },
        logFile: join(this.#logFolder, `${name.replace(' ', '-')}.log`),
        // each question costs what the services need for their own start
        ready: async () => (await ready()) || (await sleep(100, false)),
        readyTimeoutMs: READY_MS,
      })
    // the database has the time to write down what it has
    this.#parts.set(name, partOf(await begin(), begin, name === 'mariadb' ? 60_000 : 5000))
  }
}

function partOf(first: Daemon, begin: () => Promise<Daemon>, graceMs: number): Part {
  let daemon = first
  return {
    get daemon() {
      return daemon
    },
    stop: () => daemon.stop({ graceMs }),
    kill: () => daemon.kill(),
    start: async () => {
      daemon = await begin()
    },
  }
}
