import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderSubmitFile, type RenderOptions } from '#domain/submit/render.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import { verifyJobAd } from '#domain/submit/verify.ts'
import { findCondor, type Condor } from '#testbed/condor/find.ts'
import { dryRun, toolsOnly, type Ad, type DryRun } from './dry-run.ts'
import { renderOptions, tutorial } from './sample.ts'
import { submitText } from './submit-text.ts'

// What the real condor_submit makes of our files.

let condor: Condor
let tools: ReturnType<typeof toolsOnly>

beforeAll(async () => {
  condor = await findCondor({ progress: console.log })
  tools = toolsOnly(condor)
  for (const name of ['do_catalogue.bash', 'stack.sh', 'canfar_batch_cert', 'run_a.sh', 'run_b.sh'])
    put(name, '#!/bin/sh\n')
  for (const name of ['a.txt', 'b.txt']) put(name, name)
})
afterAll(() => rmSync(tools.folder, { recursive: true, force: true }))

function put(name: string, content: string): void {
  writeFileSync(join(tools.folder, name), content)
  chmodSync(join(tools.folder, name), 0o755)
}

async function submit(text: string, more: Partial<RenderOptions> = {}): Promise<DryRun> {
  return dryRun(condor, tools, renderSubmitFile(renderOptions(text, more)))
}

const stamp = renderOptions('')
const column = (ads: Ad[], name: string): (string | undefined)[] => ads.map((ad) => ad[name])

test('the tutorial: four jobs on hold, each for its own worker VMs, with the presets', async () => {
  const { exitCode, stderr, ads } = await submit(tutorial)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(column(ads, 'args')).toEqual(['"1056215p"', '"1056216p"', '"1056217p"', '"1056218p"'])
  for (const ad of ads) {
    expect(verifyJobAd(ad, stamp)).toEqual([])
    expect(ad).toMatchObject({
      jobstatus: '5',
      vmkeepalive: '3',
      shouldtransferfiles: '"YES"',
      whentotransferoutput: '"ON_EXIT_OR_EVICT"',
      transferoutput: '""',
      runasowner: 'true',
      // HTCondor's own: it lets jobs live through an absence of the schedd
      jobleaseduration: '2400',
    })
    expect(ad).not.toHaveProperty('precmd')
  }
})

test('with a proxy: the certificate travels, and the pre-command with its name', async () => {
  const proxy = await certificate()
  const { exitCode, stderr, ads } = await submit(`transfer_input_files = a.txt\n${tutorial}`, {
    proxy: { path: proxy, preCommand: join(tools.folder, 'canfar_batch_cert') },
  })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(ads[3]).toMatchObject({
    x509userproxy: `"${proxy}"`,
    precmd: '"canfar_batch_cert"',
    prearguments: '"proxy.pem"',
    transferinput: `"a.txt,${tools.folder}/canfar_batch_cert"`,
  })
})

async function certificate(): Promise<string> {
  const { execa } = await import('execa')
  const file = join(tools.folder, 'proxy.pem')
  await execa('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    file,
    '-out',
    `${file}.crt`,
    '-days',
    '2',
    '-subj',
    '/CN=alice',
  ])
  const { stdout } = await execa('cat', [`${file}.crt`, file])
  writeFileSync(file, `${stdout}\n`, { mode: 0o600 })
  return file
}

describe('our lines win', () => {
  test.each([
    ['any case and prefix', '+vmtype = "x"\nMY.VmAmi = "x"\nmy.vminstancetype="x"\n-CanfarSubmission = 1\n'],
    ['a name made of macros', 'n = VMType\n+$(n) = "x"\nMY.$(n) = "y"\n'],
    ['conditions', 'if true\n+VMType = "x"\nuniverse = vanilla\nelse\n+VMAMI = "y"\nendif\n'],
    ['continuation', '+VM\\\n  Type = \\\n  "x"\n'],
    ['values over several lines', 'MY.VMType @=end\n"x"\n@end\n'],
    ['an included file', 'include : more.inc\n'],
    ['a command that is included', 'include command : /bin/cat more.inc\n'],
  ])('over %s', async (_what, lines) => {
    put('more.inc', '+VMTYPE = "x"\nMY.Requirements = true\nrequirements = Cpus > 0\nuniverse = local\n')
    const { exitCode, ads } = await submit(`executable = do_catalogue.bash\n${lines}queue 2\n${lines}queue\n`)
    expect(exitCode).toBe(0)
    expect(ads).toHaveLength(3)
    for (const ad of ads) expect(verifyJobAd(ad, stamp)).toEqual([])
    const included = lines.includes('more.inc') ? '&& (Cpus > 0))' : '&& (true))'
    expect(ads[0]?.['requirements']).toContain(included)
  })

  test('but a queue variable would hide them: HTCondor shows why such a file is refused', async () => {
    const text = 'executable = do_catalogue.bash\nqueue MY.VMType in ("x")\n'
    expect(validateSubmitFile(text, 'job.sub').problems).toMatchObject([{ code: 'LineRefused' }])
    const { ads } = await submit(text)
    expect(ads.flatMap((ad) => verifyJobAd(ad, stamp))).toMatchObject([{ code: 'LineOverridden' }])
  })

  test('a queue statement in an included file, where ours could not stand, is an error of HTCondor’s own', async () => {
    put('more.inc', 'queue\n')
    const { exitCode, stderr } = await submit('executable = do_catalogue.bash\ninclude : more.inc\nqueue\n')
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('not allowed in include file')
  })
})

test('requirements, hold, keepalive and outputs of the user, at each of several queue statements', async () => {
  const text = `executable = stack.sh
requirements = Memory > $(mb)
TransferInputFiles = b.txt
hold = True
queue mb from (
  100
  200
)
hold = false
+VMKeepAlive = 60
REQUIREMENTS = HasGpu || Cpus > 3
transfer_output_files = result.fits
queue
+vmkeepalive = 7
executable = run_$(x).sh
queue x in (a b)
`
  expect(validateSubmitFile(text, 'job.sub').problems).toEqual([])
  const { exitCode, ads } = await submit(text, {
    proxy: { path: await certificate(), preCommand: `${tools.folder}/canfar_batch_cert` },
  })
  expect(exitCode).toBe(0)
  for (const ad of ads) expect(verifyJobAd(ad, stamp)).toEqual([])
  expect(column(ads, 'canfaruserhold')).toEqual(['true', 'true', 'false', 'false', 'false'])
  expect(column(ads, 'jobstatus')).toEqual(['5', '5', '5', '5', '5'])
  expect(column(ads, 'vmkeepalive')).toEqual(['3', '3', '10', '7', '7'])
  expect(column(ads, 'transferoutput')).toEqual(['""', '""', '"result.fits"', '"result.fits"', '"result.fits"'])
  expect(new Set(column(ads, 'transferinput'))).toEqual(new Set([`"b.txt,${tools.folder}/canfar_batch_cert"`]))
  expect(column(ads, 'requirements').map((one) => /\((Memory > \d+|HasGpu[^()]*)\)/.exec(one ?? '')?.[1])).toEqual([
    'Memory > 100',
    'Memory > 200',
    'HasGpu || Cpus > 3',
    'HasGpu || Cpus > 3',
    'HasGpu || Cpus > 3',
  ])
})

test('what we find wrong, HTCondor refuses too', async () => {
  const wrong = [
    'executable = stack.sh\n',
    'executable = stack.sh\nfoo\nqueue\n',
    'executable = stack.sh\nqueue x from (\na\n',
    'executable = stack.sh\nif true\nqueue\nendif\n',
    'executable = stack.sh\nendif\nqueue\n',
    'executable = stack.sh\na b = 1\nqueue\n',
    'executable = stack.sh\nqueue = 2\n',
    'executable = stack.sh\n  queue',
    'executable = stack.sh\nx @=end\nqueue\n',
    'executable = stack.sh\nrequirements = (Cpus > 1\nqueue\n',
    'arguments = 1\nqueue\n',
  ]
  for (const text of wrong) {
    const { exitCode, stderr } = await submit(text)
    const byUs = validateSubmitFile(text, 'job.sub').problems.length > 0
    expect({ text, byUs, byCondor: exitCode !== 0 || stderr !== '' }).toEqual({ text, byUs: true, byCondor: true })
  }
})

test('whatever the layout, HTCondor accepts what we made, and every job of it is ours', async () => {
  await fc.assert(
    fc.asyncProperty(submitText, async (text) => {
      const { exitCode, stderr, ads } = await submit(text)
      expect({ exitCode, errors: stderr.match(/^.*ERROR.*$/gm) }).toEqual({ exitCode: 0, errors: null })
      expect(ads.length).toBeGreaterThan(0)
      for (const ad of ads) expect(verifyJobAd(ad, stamp)).toEqual([])
    }),
    { numRuns: 60 },
  )
})
