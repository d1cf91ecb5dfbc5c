import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderSubmitFile } from '#domain/submit/render.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import type { ValidationOptions } from '#domain/submit/options.ts'
import { renderOptions, tutorial } from './sample.ts'
import { submitText } from './submit-text.ts'

const problems = (text: string, options: ValidationOptions = {}): string[] =>
  validateSubmitFile(text, 'job.sub', options).problems.map((one) => `${one.where ?? ''} ${one.code}`)

const noticed = (text: string) => validateSubmitFile(text, 'job.sub')

test('the tutorial has no problems, and its program is found', () => {
  expect(validateSubmitFile(tutorial, 'do_catalogue.sub', { image: 'a', flavor: 'b' })).toEqual({
    problems: [],
    executables: [{ line: 1, written: 'do_catalogue.bash', path: 'do_catalogue.bash', transferred: true }],
    queues: [7],
    hold: [false],
    factory: false,
    ownPreCommand: false,
    requirements: [],
    includes: [],
    resources: {},
  })
})

test.each([
  ['no queue statement', 'executable = a\n', ['job.sub:1 NoQueue']],
  ['an empty file', '', ['job.sub:1 NoQueue']],
  ['no executable', 'arguments = 1\nqueue\n', ['job.sub:2 NoExecutable']],
  ['a syntax error, and only that', 'executable = a\nexecutable\n', ['job.sub:2 SubmitFileSyntax']],
  ['a binary file', 'executable = a\0\nqueue\n', ['job.sub:1 SubmitFileSyntax']],
  ['queue inside an if', 'executable = a\nif true\nqueue\nendif\n', ['job.sub:3 QueueInsideIf']],
  ['another universe', 'executable = a\nUNIVERSE = Grid\nqueue\n', ['job.sub:2 UniverseRefused']],
  [
    'another universe by a macro',
    'executable = a\nu = docker\nuniverse = $(u)\nqueue\n',
    ['job.sub:3 UniverseRefused'],
  ],
  [
    'a universe that cannot be told',
    'executable = a\nuniverse = $(u)\nqueue u in (grid)\n',
    ['job.sub:2 UniverseRefused'],
  ],
  ['a container', 'executable = a\ncontainer_image = x.sif\nqueue\n', ['job.sub:2 UniverseRefused']],
  [
    'flocking',
    'executable = a\n+WantFlocking = true\nmy.flockto = "x"\nqueue\n',
    ['job.sub:2 LineRefused', 'job.sub:3 LineRefused'],
  ],
  ['a grid', 'executable = a\ngrid_resource = arc x\nqueue\n', ['job.sub:2 LineRefused']],
  ['a name made of macros', 'executable = a\nn = VMType\n+$(n) = "x"\nqueue\n', ['job.sub:3 NameUnclear']],
  [
    'a queue variable that hides a line of ours',
    'executable = a\nqueue x,Requirements from (\n1,true\n)\n',
    ['job.sub:2 LineRefused'],
  ],
  [
    'a queue variable that hides an attribute of ours',
    'executable = a\nqueue MY.VMType in (a)\n',
    ['job.sub:2 LineRefused'],
  ],
  [
    'requirements that reach out of their brackets',
    'executable = a\nrequirements = true) || (true\nqueue\n',
    ['job.sub:2 RequirementsUnbalanced'],
  ],
  [
    'requirements with a comment',
    'executable = a\nrequirements = true # fast\nqueue\n',
    ['job.sub:2 RequirementsUnbalanced'],
  ],
  [
    'a hold that cannot be told',
    'executable = a\nhold = $(x)\nqueue x in (true)\nqueue x in (false)\n',
    ['job.sub:2 HoldUnclear'],
  ],
  [
    'a circle of macros, on which condor_submit would hang',
    'executable = a\nx = $(Y:1)\ny = $F(z)\nz = a$(x)\nqueue\n',
    ['job.sub:2 MacroCircle'],
  ],
  ['a keepalive that is no number', 'executable = a\n+VMKeepAlive = "long"\nqueue\n', ['job.sub:2 KeepaliveInvalid']],
])('%s', (_what, text, expected) => {
  expect(problems(text)).toEqual(expected)
})

test('all problems are shown at once, in the order of their lines', () => {
  const text = 'executable = a\n+VMAMI = "x"\nfoo\nuniverse = grid\nqueue\n'
  expect(problems(text)).toEqual(['job.sub:2 LineRefused', 'job.sub:3 SubmitFileSyntax', 'job.sub:4 UniverseRefused'])
})

describe('lines of ours are refused', () => {
  const names = [
    'VMType',
    'VMAMI',
    'VMInstanceType',
    'VMAMIConfig',
    'CanfarSubmission',
    'CanfarUserHold',
    'Requirements',
    'Owner',
  ]

  test('under any case, prefix and layout', () => {
    const spelling = fc.tuple(
      fc.constantFrom(...names),
      fc.infiniteStream(fc.boolean()),
      fc.constantFrom('+', 'MY.', 'my.', 'My.', '-'),
      fc.constantFrom('', ' ', '\t'),
      fc.constantFrom(' = ', '=', '\t=', ' \\\n  = '),
      fc.boolean(),
    )
    fc.assert(
      fc.property(spelling, ([name, upper, prefix, before, equals, inside]) => {
        const flip = upper[Symbol.iterator]()
        const written = Array.from(name)
          .map((letter) => (flip.next().value === true ? letter.toUpperCase() : letter.toLowerCase()))
          .join('')
        const line = `${before}${prefix}${written}${equals}"x"`
        const text = inside ? `executable = a\nif true\n${line}\nendif\nqueue\n` : `executable = a\n${line}\nqueue\n`
        expect(problems(text)).toEqual([`job.sub:${inside ? 3 : 2} LineRefused`])
      }),
    )
  })

  test('each with its reason and what to do', () => {
    expect(validateSubmitFile('executable = a\n+vmtype = "x"\nqueue\n', 'job.sub').problems[0]).toEqual({
      code: 'LineRefused',
      kind: 'usage',
      where: 'job.sub:2',
      message: expect.stringContaining('"+vmtype" is refused: canfar-batch sets it from the image'),
      next: 'Remove the line.',
    })
  })

  test('a file that we made ourselves is not submitted again', () => {
    expect(problems(renderSubmitFile(renderOptions(tutorial)))).toContain('job.sub:1 AlreadyRendered')
  })
})

test('requirements of the user: combined with ours, or refused where the site says so', () => {
  const text = 'executable = a\nReQuirements = (Memory > 5)\nqueue\n'
  expect(problems(text)).toEqual([])
  expect(problems(text, { strictRequirements: true })).toEqual(['job.sub:2 RequirementsRefused'])
})

describe('image and flavor: on the command line, or in the file', () => {
  const text = 'executable = a\n+VMImage = "cat"\nMY.vmflavor = "c2"\nqueue\n'
  test('in the file', () => {
    expect(validateSubmitFile(text, 'job.sub')).toMatchObject({ problems: [], image: 'cat', flavor: 'c2' })
  })
  test('the same in both', () => {
    expect(problems(text, { image: 'cat', flavor: 'c2' })).toEqual([])
  })
  test('two answers are an error', () => {
    expect(problems(text, { image: 'dog', flavor: 'c4' })).toEqual([
      'job.sub:2 ImageConflict',
      'job.sub:3 FlavorConflict',
    ])
    expect(problems(text.replace('queue', 'queue\n+VMImage = "dog"\nqueue'))).toEqual(['job.sub:5 ImageConflict'])
  })
})

describe('what is noticed', () => {
  test('programs: by macros, by item, by queue statement, and those that stay on the worker VM', () => {
    const text = [
      'dir = /home/alice/bin',
      'executable = $(dir)/$(what:go).sh',
      'queue',
      'queue what in (stack, "x y")',
      'Executable = run_$(Process)',
      'queue 2',
      'transfer_executable = false',
      'cmd = /bin/never',
      'executable = /usr/bin/python3',
      'queue x from list.txt',
    ].join('\n')
    expect(noticed(`${text}\n`).executables).toEqual([
      { line: 2, written: '$(dir)/$(what:go).sh', path: '/home/alice/bin/go.sh', transferred: true },
      { line: 2, written: '$(dir)/$(what:go).sh', path: '/home/alice/bin/stack.sh', transferred: true },
      { line: 2, written: '$(dir)/$(what:go).sh', path: '/home/alice/bin/"x.sh', transferred: true },
      { line: 2, written: '$(dir)/$(what:go).sh', path: '/home/alice/bin/y".sh', transferred: true },
      { line: 5, written: 'run_$(Process)', transferred: true },
      { line: 9, written: '/usr/bin/python3', path: '/usr/bin/python3', transferred: false },
    ])
  })

  test('a program that an included file may replace is not promised', () => {
    expect(noticed('executable = a\ninclude : more.inc\nqueue\n')).toMatchObject({
      problems: [],
      includes: [2],
      executables: [{ line: 1, written: 'a' }],
    })
  })

  test('resources, keepalive, clouds, proxy, factory, pre-command', () => {
    const text = `executable = a
request_cpus = 2
RequestMemory = 7.5 GB
request_disk = 31G
queue
request_cpus = 4
request_memory = 512
+TargetClouds = "arbutus,east"
+VMKeepAlive = 60
+PreCmd = "mine"
x509userproxy = /tmp/x509
max_materialize = 5
hold = True
queue
`
    expect(noticed(text)).toMatchObject({
      problems: [],
      resources: { cpus: 4, memoryMb: 7680, diskKb: 32505856 },
      keepalive: 60,
      targetClouds: 'arbutus,east',
      x509userproxy: '/tmp/x509',
      factory: true,
      ownPreCommand: true,
      hold: [false, true],
      queues: [5, 14],
    })
  })
})

test('a macro that refers to its own old value is no circle', () => {
  expect(problems('executable = a\nx = 1\nx = $(x) 2 $(X:$(w:3))\nqueue\n')).toEqual([])
})

test('no file of the generator is refused', () => {
  fc.assert(
    fc.property(submitText, (text) => {
      expect(problems(text)).toEqual([])
    }),
  )
})
