import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CliOptions } from '#testbed/site/cli.ts'
import { ASTRONOMER_PROJECT, FLAVOR, IMAGE } from '#testbed/site/words.ts'
import { startInputSite, twins, words, type InputSite } from './input-site.ts'

let own: InputSite
let before: object

beforeAll(async () => {
  own = await startInputSite()
  own.file('good.sub', ['executable = job.sh', 'queue 2'])
})
afterAll(() => own?.site.stop())

// Whatever was refused: nothing is submitted, shared or booted.
beforeEach(async () => {
  before = await own.deeds()
})
afterEach(async () => {
  expect(await own.deeds()).toEqual(before)
})

interface Refusal {
  exitCode: number
  code: string
  /** In the text for people, each. */
  says: (string | RegExp)[]
  /** In `where` of the document. */
  where?: string | RegExp
}

/** Runs it for people and for programs; both must say the same, and the text what to do next. */
async function refused(argv: string[], wanted: Refusal, options: CliOptions = {}): Promise<string> {
  const [text, document] = await Promise.all([own.cli(argv, options), own.cli([...argv, '-o', 'json'], options)])
  expect({ exitCode: text.exitCode, stdout: text.stdout }, text.stderr).toEqual({
    exitCode: wanted.exitCode,
    stdout: '',
  })
  for (const part of [...wanted.says, /^ {2}next: \S.*/m]) expect(text.stderr).toMatch(part)
  expect(text.stderr).not.toMatch(/Unexpected|\bat .*\.ts:\d|undefined|\[object/)
  expect(document).toMatchObject({ exitCode: wanted.exitCode, stdout: '' })
  const { kind, item } = JSON.parse(document.stderr) as { kind: string; item: Record<string, unknown> }
  expect(kind).toBe('Error')
  expect(item).toMatchObject({ code: wanted.code, exitCode: wanted.exitCode, next: expect.stringMatching(/\S/) })
  if (wanted.where !== undefined) expect(item['where']).toMatch(wanted.where)
  return text.stderr
}

const submitting = (file: string, more: string[] = [IMAGE, FLAVOR]): string[] => ['submit', file, ...more]

describe('the submit file', () => {
  test('is missing', async () => {
    await refused(submitting('nowhere.sub'), {
      exitCode: 3,
      code: 'SubmitFileMissing',
      where: join(own.site.account.home, 'nowhere.sub'),
      says: ['nowhere.sub: there is no such file'],
    })
  })

  test('may not be read', async () => {
    own.file('closed.sub', 'queue\n', 0o000)
    await refused(submitting('closed.sub'), {
      exitCode: 1,
      code: 'SubmitFileUnreadable',
      says: ['closed.sub: the submit file cannot be read', 'EACCES', 'permissions'],
    })
  })

  test('is a folder', async () => {
    await refused(submitting('.config'), {
      exitCode: 2,
      code: 'SubmitFileUnreadable',
      says: ['.config: this is a folder'],
    })
  })

  test('has an error: file and line', async () => {
    own.file('syntax.sub', ['executable = job.sh', '', 'and this is no line of HTCondor', 'queue'])
    await refused(submitting('syntax.sub'), {
      exitCode: 2,
      code: 'SubmitFileSyntax',
      where: 'syntax.sub:3',
      says: ['syntax.sub:3: neither an assignment', 'and this is no line of HTCondor'],
    })
  })

  test('has lines that are refused: each with its line and its reason', async () => {
    own.file('refused.sub', [
      'executable = job.sh',
      '+VMAMI = "arbutus:mine"',
      'Universe = docker',
      '+VMInstanceType = "x"',
      'MY.Requirements = True',
      'queue',
    ])
    await refused(submitting('refused.sub'), {
      exitCode: 2,
      code: 'LineRefused',
      where: 'refused.sub:2',
      says: [
        'refused.sub:2: "+VMAMI" is refused: canfar-batch sets it',
        'refused.sub:3: the universe docker is refused',
        'refused.sub:4: "+VMInstanceType" is refused',
        /refused\.sub:5: "MY\.Requirements" is refused: .*write a line "requirements = …"/,
      ],
    })
  })

  test('has no queue, or one that makes no job', async () => {
    own.file('no-queue.sub', 'executable = job.sh\n')
    await refused(submitting('no-queue.sub'), {
      exitCode: 2,
      code: 'NoQueue',
      where: 'no-queue.sub:1',
      says: ['queue'],
    })
    own.file('no-job.sub', ['executable = job.sh', 'queue 0'])
    await refused(submitting('no-job.sub'), {
      exitCode: 2,
      code: 'NoJobs',
      where: /no-job\.sub$/,
      says: ['make no jobs'],
    })
  })

  test('names an executable that is not there, or that cannot be read', async () => {
    own.file('lost.sub', ['# my jobs', 'executable = lost.sh', 'queue'])
    const missing: Refusal = {
      exitCode: 3,
      code: 'ExecutableMissing',
      where: /lost\.sub:2$/,
      says: [/lost\.sub:2: the executable lost\.sh does not exist in \//, 'transfer_executable = false'],
    }
    await refused(submitting('lost.sub'), missing)
    await refused([...submitting('lost.sub'), '--dry-run'], missing)
    own.file('shut.sh', '#!/bin/sh\n', 0o000)
    own.file('shut.sub', ['executable = shut.sh', 'queue'])
    await refused(submitting('shut.sub'), {
      exitCode: 1,
      code: 'ExecutableUnreadable',
      where: /shut\.sub:1$/,
      says: ['may not read the executable shut.sh', 'chmod'],
    })
  })

  test.each([
    ['an expression', 'request_memory = 2 GB +', 'RequestMemory cannot be read as an expression: 2 GB +'],
    ['an attribute of the user’s', '+Mine = (1 +', 'Mine cannot be read'],
    ['a word', 'notification = sometimes', 'Notification must be'],
    ['a condition', 'if a == b', 'not a valid if condition'],
  ])('is refused by HTCondor itself, for %s: the line is that of the user’s own file', async (_, line, says) => {
    const end = line.startsWith('if ') ? ['endif'] : []
    own.file('condor.sub', ['executable = job.sh', 'arguments = 1', '', '# a comment', line, ...end, 'queue 2'])
    await refused(submitting('condor.sub'), {
      exitCode: 2,
      code: 'SubmitFileRefused',
      where: /condor\.sub:5$/,
      says: [`condor.sub:5: HTCondor refuses the file: `, says],
    })
  })

  test('names items in a file that is not there', async () => {
    own.file('items.sub', ['executable = job.sh', 'queue name from nowhere.txt'])
    await refused(submitting('items.sub'), {
      exitCode: 2,
      code: 'SubmitFileRefused',
      where: /items\.sub:2$/,
      says: ['nowhere.txt'],
    })
  })

  test('has requirements where the site refuses them; or some that cannot be combined', async () => {
    const text = readFileSync(own.site.configFile, 'utf8')
    own.file('strict.yaml', `${text}policy: { refuseRequirements: true }\n`)
    own.file('wants.sub', ['executable = job.sh', 'requirements = TARGET.Memory > 1', 'queue'])
    await refused([...submitting('wants.sub'), '--config', 'strict.yaml'], {
      exitCode: 2,
      code: 'RequirementsRefused',
      where: 'wants.sub:2',
      says: ['wants.sub:2: requirements are refused here'],
    })
    own.file('escapes.sub', ['executable = job.sh', 'requirements = True) || (True', 'queue'])
    await refused(submitting('escapes.sub'), {
      exitCode: 2,
      code: 'RequirementsUnbalanced',
      where: 'escapes.sub:2',
      says: ['cannot be combined with ours'],
    })
  })
})

describe('the image', () => {
  const naming = (image: string): string[] => submitting('good.sub', [image, FLAVOR])

  test('is unknown: the names that there are, the closest first', async () => {
    const text = await refused(naming('catalogue-software-2023-08-12'), {
      exitCode: 3,
      code: 'ImageUnknown',
      where: /cloud arbutus/,
      says: ['there is no image "catalogue-software-2023-08-12"', 'closest first'],
    })
    const lines = text.split('\n').map((line) => line.trim())
    expect(lines.indexOf(IMAGE)).toBe(1)
    expect(lines.indexOf('catalogue-software-2019')).toBeGreaterThan(1)
    expect(lines.indexOf('telescope')).toBeGreaterThan(lines.indexOf('catalogue-software-2019'))
  })

  test('is not named, or named twice', async () => {
    await refused(submitting('good.sub', []), {
      exitCode: 2,
      code: 'ImageNotNamed',
      says: ['no VM image is named', /\+VMImage/],
    })
    own.file('names.sub', ['executable = job.sh', '+VMImage = "telescope"', 'queue'])
    await refused(submitting('names.sub'), {
      exitCode: 2,
      code: 'ImageConflict',
      where: 'names.sub:2',
      says: [`asks for the image "telescope", the command line for "${IMAGE}"`],
    })
  })

  test('is ambiguous: ids, dates and sizes', async () => {
    const text = await refused(naming(words.twice), {
      exitCode: 2,
      code: 'ImageAmbiguous',
      where: 'cloud arbutus',
      says: [`2 images are called "${words.twice}"`, ...twins, 'Name one by its id'],
    })
    expect(text).toMatch(/2024-02-03T04:05:06Z {2}5\.0 MB {2}active[^]*2023-01-02T03:04:05Z {2}3\.0 MB {2}active/)
  })

  test('has not been saved yet', async () => {
    await using cloud = own.astronomer('arbutus')
    const { id } = await cloud.image.images.create({ name: words.queued, diskFormat: 'qcow2' })
    before = await own.deeds()
    await refused(naming(words.queued), {
      exitCode: 1,
      code: 'ImageNotActive',
      where: `image ${id}`,
      says: [`the image ${words.queued} is queued, not active`, 'Wait until it has been saved'],
    })
  })

  test('was made of a VM that runs from a volume', async () => {
    await refused(naming(words.volume), {
      exitCode: 2,
      code: 'ImageVolumeBacked',
      where: /^image [0-9a-f-]{36}$/,
      says: ['runs from a volume', 'take a snapshot of that VM'],
    })
  })

  test('belongs to another project: not even the cloud where it is one’s own shares it', async () => {
    await refused(naming(words.theirs), {
      exitCode: 4,
      code: 'ImageNotYours',
      where: /^image [0-9a-f-]{36}$/,
      says: ['belongs to another project', /Ask the project [0-9a-f-]+/],
    })
  })
})

describe('the flavor', () => {
  const naming = (flavor: string): string[] => submitting('good.sub', [IMAGE, flavor])

  test('is unknown: the valid ones, the closest first', async () => {
    const text = await refused(naming('c2-7.5gb-32'), {
      exitCode: 3,
      code: 'FlavorUnknown',
      where: 'cloud arbutus',
      says: ['there is no flavor "c2-7.5gb-32"', 'closest first'],
    })
    const lines = text.split('\n').map((line) => line.trim().split('  ')[0])
    expect(lines[1]).toBe(FLAVOR)
    expect(lines).toContain('c16-60gb-392')
    // what cannot boot this image is no choice
    expect(lines).not.toContain(words.tiny)
    expect(lines).not.toContain(words.rootless)
  })

  test('is too small for the image', async () => {
    await refused(naming(words.tiny), {
      exitCode: 2,
      code: 'FlavorTooSmall',
      where: 'cloud arbutus',
      says: [`the flavor ${words.tiny} cannot boot this image: root disk 5 GB of 10 GB`, FLAVOR],
    })
  })

  test('has no root disk', async () => {
    await refused(naming(words.rootless), {
      exitCode: 2,
      code: 'FlavorTooSmall',
      where: 'cloud arbutus',
      says: [`the flavor ${words.rootless} cannot boot this image: it has no root disk of its own`, FLAVOR],
    })
  })

  test('need not be named, but none has so much memory', async () => {
    own.file('large.sub', ['executable = job.sh', 'request_memory = 4 TB', 'queue'])
    await refused(submitting('large.sub', [IMAGE]), {
      exitCode: 3,
      code: 'NoFlavorFits',
      where: 'cloud arbutus',
      says: ['no flavor meets what the jobs need', /c16-60gb-392: memory 61440 MB of 4194304 MB/],
    })
  })
})

describe('the certificate', () => {
  const withCertificate = (name: string): string[] => [...submitting('good.sub'), '--cert', name]

  test('has expired', async () => {
    await own.certificate('old.pem', -1)
    const expired: Refusal = {
      exitCode: 4,
      code: 'CertificateExpired',
      where: join(own.site.account.home, 'old.pem'),
      says: [/old\.pem: the certificate expired at 20\d\d-/, 'cadc-get-cert'],
    }
    await refused(withCertificate('old.pem'), expired)
    await refused([...withCertificate('old.pem'), '--dry-run'], expired)
  })

  test('is none', async () => {
    own.file('none.pem', 'nothing\n')
    await refused(withCertificate('none.pem'), { exitCode: 4, code: 'CertificateInvalid', says: ['not a certificate'] })
  })

  test('is named and not there, or may not be read', async () => {
    await refused(withCertificate('lost.pem'), {
      exitCode: 3,
      code: 'CertificateMissing',
      says: ['no such certificate'],
    })
    own.file('shut.pem', 'x', 0o000)
    await refused(withCertificate('shut.pem'), { exitCode: 4, code: 'CertificateUnreadable', says: ['may not read'] })
  })
})

describe('credentials', () => {
  /** Hides the account's clouds.yaml. */
  const homeless = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent/config' }

  /** openrc variables for arbutus alone. */
  const openrc = (change: Record<string, string> = {}): CliOptions => {
    const { authUrl, astronomer } = own.cloud('arbutus')
    return {
      env: {
        ...homeless,
        OS_AUTH_URL: authUrl,
        OS_USERNAME: astronomer.user,
        OS_PASSWORD: astronomer.password,
        OS_PROJECT_NAME: ASTRONOMER_PROJECT,
        OS_USER_DOMAIN_NAME: 'Default',
        OS_PROJECT_DOMAIN_NAME: 'Default',
        ...change,
      },
    }
  }

  test('are nowhere: everywhere that was looked at', async () => {
    await refused(
      submitting('good.sub'),
      {
        exitCode: 4,
        code: 'NoCredentials',
        says: [
          'no OpenStack credentials; looked at:',
          '  variable OS_CLOUD: not set',
          '  variable OS_AUTH_URL: not set',
          `  ${own.site.account.home}/clouds.yaml: no such file`,
          '  /nonexistent/config/openstack/clouds.yaml: no such file',
          '  /nonexistent/.config/openstack/clouds.yaml: no such file',
          '  /etc/openstack/clouds.yaml: no such file',
          'openrc',
        ],
      },
      { env: homeless },
    )
  })

  test('are for other clouds than those of this site', async () => {
    await refused(
      submitting('good.sub'),
      {
        exitCode: 4,
        code: 'NoCredentials',
        says: ['none of your OpenStack credentials is for a cloud of this site', /found: envvars .*elsewhere\.example/],
      },
      openrc({ OS_AUTH_URL: 'https://elsewhere.example/v3' }),
    )
  })

  test('have a wrong password', async () => {
    const wanted: Refusal = {
      exitCode: 4,
      code: 'CredentialRefused',
      where: 'cloud arbutus',
      says: ['the cloud refuses your credential', `project ${ASTRONOMER_PROJECT}`, 'openrc'],
    }
    await refused(submitting('good.sub'), wanted, openrc({ OS_PASSWORD: 'wrong' }))
    await refused(['image', 'list'], wanted, openrc({ OS_PASSWORD: 'wrong' }))
  })

  test('are for a project in which the user has no role', async () => {
    await refused(
      submitting('good.sub'),
      {
        exitCode: 4,
        code: 'CredentialRefused',
        where: 'cloud arbutus',
        says: ['you have no role in the project', `project ${words.another}`],
      },
      openrc({ OS_PROJECT_NAME: words.another }),
    )
  })
})

describe('the site', () => {
  test('has no configuration, or one with errors: path, line and key', async () => {
    await refused([...submitting('good.sub'), '--config', 'nowhere.yaml'], {
      exitCode: 4,
      code: 'ConfigMissing',
      says: [join(own.site.account.home, 'nowhere.yaml')],
    })
    const lines = readFileSync(own.site.configFile, 'utf8')
      .replace(/^cloudPoll: .*$/m, 'cloudPoll: sometimes')
      .split('\n')
    const line = lines.indexOf('cloudPoll: sometimes') + 1
    own.file('wrong.yaml', [...lines, 'colour: red'])
    await refused([...submitting('good.sub'), '--config', 'wrong.yaml'], {
      exitCode: 4,
      code: 'ConfigInvalid',
      where: new RegExp(`/wrong\\.yaml:${line}$`),
      says: [
        `wrong.yaml:${line}: cloudPoll: "sometimes" is not a duration`,
        /wrong\.yaml:\d+: colour: there is no such key/,
      ],
    })
    own.file('torn.yaml', ['pool: canfar', 'clouds: ['])
    await refused(['cloud', 'list', '--config', 'torn.yaml'], {
      exitCode: 4,
      code: 'ConfigInvalid',
      where: /torn\.yaml:\d+$/,
      says: ['torn.yaml:'],
    })
  })

  test('has a cloud that is down: the other one is named, both are an error', async () => {
    const [arbutus, east] = [own.cloud('arbutus'), own.cloud('east')]
    await arbutus.stop()
    await east.stop()
    try {
      await refused(submitting('good.sub'), {
        exitCode: 5,
        code: 'CloudUnreachable',
        where: 'cloud arbutus',
        says: ['the cloud does not answer', 'ECONNREFUSED', 'Try again later'],
      })
    } finally {
      await arbutus.start()
    }
    try {
      const { exitCode, stderr } = await own.submit('good.sub', [IMAGE, FLAVOR, '--dry-run'])
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining('cloud east: the cloud does not answer'),
      })
    } finally {
      await east.start()
    }
  })

  test('has no Temporal, and keeps no credential for later', async () => {
    const folder = join(own.site.account.home, '.local', 'state', 'canfar-batch', 'credentials')
    const copies = () => (existsSync(folder) ? readdirSync(folder) : [])
    const kept = copies()
    await own.site.temporal.stop()
    try {
      await refused(submitting('good.sub'), {
        exitCode: 5,
        code: 'TemporalUnreachable',
        where: own.site.temporal.address,
        says: ['the server does not answer', 'canfar-batch doctor'],
      })
      expect(copies()).toEqual(kept)
    } finally {
      await own.site.temporal.start()
    }
  })

  test('has no worker process: said when the time is over, and done once when one comes', async () => {
    await own.site.killWorkerProcess()
    own.file('later.sub', ['executable = job.sh', 'hold = true', 'queue 1'])
    try {
      await refused([...submitting('later.sub'), '--wait', '--timeout', '3s'], {
        exitCode: 5,
        code: 'NoWorkerProcess',
        where: /^submission\//,
        says: ['no worker process answers', 'goes on as soon as a worker process runs'],
      })
      await refused(['fleet', 'plan'], { exitCode: 5, code: 'NoWorkerProcess', says: ['no worker process is at work'] })
      expect(await own.deeds()).toEqual(before)
    } finally {
      await own.site.startWorkerProcess()
    }
    // three commands asked for it, one submission is made
    const { exitCode, stdout, stderr } = await own.submit('later.sub', [IMAGE, FLAVOR, '-o', 'json'])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ item: { alreadyRunning: true, clusters: [{ jobs: 1 }] } })
    expect(await own.site.pool.tool('condor_q', ['-allusers', '-af', 'JobStatus'])).toBe('5')
    before = await own.deeds()
  })
})
