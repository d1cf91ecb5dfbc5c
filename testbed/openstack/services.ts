import { setTimeout as sleep } from 'node:timers/promises'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { type Layout, identityUrl } from './layout.ts'
import { HOME, inRoot, ROOT_ENV, type Root, runInRoot } from './root.ts'
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

/** Starts services of one installation; what runs is in the instance's ledger. */
export class Services {
  readonly #instance: Instance
  readonly #root: Root
  readonly #logFolder: string
  /** In the order of their start. */
  readonly #daemons: Daemon[] = []

  constructor(instance: Instance, root: Root, logFolder: string) {
    this.#instance = instance
    this.#root = root
    this.#logFolder = logFolder
    mkdirSync(logFolder, { recursive: true, mode: 0o700 })
  }

  daemons(): Daemon[] {
    return [...this.#daemons]
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
  sql(statements: string): Promise<string> {
    return runInRoot(this.#root, ['mariadb', `--socket=${HOME}/run/mysql.sock`, '-uroot', '--batch'], {
      input: statements,
    })
  }

  keystone = (layout: Layout): Promise<void> => this.#service(keystone(layout))

  /** All but Keystone and the database, side by side. */
  async regions(layout: Layout): Promise<void> {
    await Promise.all(servicesOf(layout).map((service) => this.#service(service)))
  }

  /** Ends all, the database last and with the time to write down what it has. */
  async stop(): Promise<void> {
    const [database, ...rest] = this.#daemons.splice(0)
    await Promise.all(rest.map((daemon) => daemon.stop()))
    await database?.stop({ graceMs: 60_000 })
  }

  /** SIGKILL of all at once. */
  async kill(): Promise<void> {
    await Promise.all(this.#daemons.splice(0).map((daemon) => daemon.kill()))
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
    const daemon = await spawnDaemon(this.#instance, {
      name: `openstack ${name}`,
      argv: inRoot(this.#root, argv),
      env: { ...ROOT_ENV, ...env },
      logFile: join(this.#logFolder, `${name.replace(' ', '-')}.log`),
      // each question costs what the services need for their own start
      ready: async () => (await ready()) || (await sleep(100, false)),
      readyTimeoutMs: READY_MS,
    })
    this.#daemons.push(daemon)
  }
}
