import { expect } from 'chai'
import { z } from 'zod'
import {
  ConfigError,
  defineConfig,
  describeConfig,
  loadConfig,
  printConfig,
  type ConfigDefinition,
  type ConfigSources,
  type LoadedConfig,
} from '../src/index.js'

const definition = defineConfig(
  {
    'http.port': { description: 'Where the API listens.', schema: z.int().min(0).max(65_535), default: 8_080 },
    'http.maxBodyBytes': { description: 'The largest body.', schema: z.int().min(1), default: 65_536, unit: 'bytes' },
    'http.origins': { description: 'Pages that may call.', schema: z.array(z.url()), default: [] },
    'log.level': { description: 'How much is said.', schema: z.enum(['debug', 'info']), default: 'info' },
    'log.pretty': { description: 'For a terminal.', schema: z.boolean(), default: false },
    'auth.secret': { description: 'Signs calls.', schema: z.string().min(8), secret: true },
    'auth.issuer': { description: 'Named in tokens.', schema: z.string().optional() },
  },
  {
    check: ({ 'http.port': port, 'auth.secret': secret }) =>
      port === 666 && secret !== 'of-the-devil'
        ? [{ key: 'http.port', expected: 'another port with this secret' }]
        : [],
    otherEnvironment: ['SKEIN_SEED'],
  },
)

const secretSet = { SKEIN_AUTH_SECRET: 'long-enough' }

type Schemas = typeof definition extends ConfigDefinition<infer S> ? S : never

function load(sources: Partial<ConfigSources>): LoadedConfig<Schemas> {
  return loadConfig(definition, { env: secretSet, argv: [], ...sources })
}

function failureOf(sources: Partial<ConfigSources>): ConfigError {
  try {
    load(sources)
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown
    throw thrown
  }
  throw new Error('it did not fail')
}

const files =
  (byPath: Record<string, string>) =>
  (path: string): string => {
    const text = byPath[path]
    if (text === undefined) throw new Error('no such file')
    return text
  }

describe('configuration', () => {
  it('[CFG1] the later of default, file, environment and flag wins, and each value knows where it came from', () => {
    const readFile = files({ '/etc/s.json': '{"http":{"port":1,"maxBodyBytes":2},"log.level":"debug"}' })
    const env = {
      ...secretSet,
      SKEIN_CONFIG: '/etc/s.json',
      SKEIN_HTTP_MAX_BODY_BYTES: '3',
      SKEIN_HTTP_ORIGINS: 'https://a.test, https://b.test',
    }
    const { values, sources } = load({ env, argv: ['--http-port', '4', '--log-pretty'], readFile })
    expect(values).to.deep.equal({
      'http.port': 4,
      'http.maxBodyBytes': 3,
      'http.origins': ['https://a.test', 'https://b.test'],
      'log.level': 'debug',
      'log.pretty': true,
      'auth.secret': 'long-enough',
      'auth.issuer': undefined,
    })
    const port: number = values['http.port']
    expect(port).to.equal(4)
    expect([...sources.values()]).to.deep.equal([
      'flag --http-port',
      'environment SKEIN_HTTP_MAX_BODY_BYTES',
      'environment SKEIN_HTTP_ORIGINS',
      'file /etc/s.json',
      'flag --log-pretty',
      'environment SKEIN_AUTH_SECRET',
      'default',
    ])
  })

  it('[CFG1] the file named by the flag wins over the one named by the variable', () => {
    const readFile = files({ '/a': '{"http.port":1}', '/b': '{"http.port":2}' })
    const { values } = load({ env: { ...secretSet, SKEIN_CONFIG: '/a' }, argv: ['--config=/b'], readFile })
    expect(values['http.port']).to.equal(2)
  })

  it('[CFG2] every wrong, missing and unknown name is told at once: name, value, expectation and source', () => {
    const error = failureOf({
      env: {
        SKEIN_HTTP_PORT: '70000',
        SKEIN_LOG_LEVEL: 'loud',
        SKEIN_HTTP_PROT: '1',
        SKEIN_CONFIG: '/c',
        SKEIN_HTTP_ORIGINS: 'nowhere',
      },
      argv: ['--log-pretty=maybe', '--log-levle', 'x'],
      readFile: files({ '/c': '{"http":{"maxBodyBytes":"many","size":1}}' }),
    })
    expect(error.exitCode).to.equal(78)
    const lines = error.message.split('\n')
    expect(lines).to.include.members([
      '  http.port: got 70000 (environment SKEIN_HTTP_PORT), expected a whole number from 0 to 65535',
      '  log.level: got "loud" (environment SKEIN_LOG_LEVEL), expected one of debug, info',
      '  http.maxBodyBytes: got "many" (file /c), expected a whole number from 1 (bytes)',
      '  log.pretty: got "maybe" (flag --log-pretty), expected true or false',
      '  auth.secret: must be given, text of at least 8 characters. Signs calls. (set SKEIN_AUTH_SECRET or SKEIN_AUTH_SECRET_FILE)',
      '  SKEIN_HTTP_PROT: no such name is known; did you mean SKEIN_HTTP_PORT? (environment)',
      '  --log-levle: no such name is known; did you mean --log-level? (flag)',
    ])
    expect(error.problems.map(({ name }) => name)).to.include.members(['http.size', 'http.origins', 'x'])
  })

  it('[CFG3] a secret is read from the file of its _FILE variable, without the last line end', () => {
    const readFile = files({ '/run/secrets/s': 'from the file\n' })
    const { values, sources } = load({ env: { SKEIN_AUTH_SECRET_FILE: '/run/secrets/s' }, readFile })
    expect(values['auth.secret']).to.equal('from the file')
    expect(sources.get('auth.secret')).to.equal('file /run/secrets/s of SKEIN_AUTH_SECRET_FILE')
  })

  it('[CFG3] a file that cannot be read, and both ways at once, are told', () => {
    const unread = failureOf({ env: { SKEIN_AUTH_SECRET_FILE: '/none' }, readFile: files({}) })
    expect(unread.message).to.contain('SKEIN_AUTH_SECRET_FILE: the file /none cannot be read: no such file')
    const both = failureOf({
      env: { ...secretSet, SKEIN_AUTH_SECRET_FILE: '/s' },
      readFile: files({ '/s': 'long-enough' }),
    })
    expect(both.message).to.contain('set SKEIN_AUTH_SECRET or SKEIN_AUTH_SECRET_FILE, not both')
  })

  it('[CFG4] a secret is shown nowhere: not in errors, not when printed, not in what describes the configuration', () => {
    expect(failureOf({ env: { SKEIN_AUTH_SECRET: 'short' } }).message)
      .to.contain('auth.secret: got (secret)')
      .and.not.contain('short')
    const flag = failureOf({ argv: ['--auth-secret', 'on-the-command-line'] })
    expect(flag.message).to.contain('a secret is not taken as a flag').and.not.contain('on-the-command-line')
    const printed = printConfig(definition, load({}))
    expect(printed).to.contain('auth.secret        (secret)').and.not.contain('long-enough')
    expect(printed).to.contain('auth.issuer        not set  (default)')
  })

  it('[CFG5] a rule over several entries is asked once each fits, and told the same way', () => {
    const error = failureOf({ argv: ['--http-port=666'] })
    expect(error.message).to.contain('http.port: got 666 (flag --http-port), expected another port with this secret')
    expect(
      load({ argv: ['--http-port=666'], env: { SKEIN_AUTH_SECRET: 'of-the-devil' } }).values['http.port'],
    ).to.equal(666)
  })

  it('[CFG6] an empty variable counts as not set; declared others and foreign ones are not ours', () => {
    const { values } = load({ env: { ...secretSet, SKEIN_HTTP_PORT: '', SKEIN_SEED: '1', HTTP_PORT: 'x' } })
    expect(values['http.port']).to.equal(8_080)
  })

  it('[CFG7] a flag is given with a space or =, a yes-or-no alone or denied; nothing is read as a value by mistake', () => {
    const given = (argv: string[]): boolean => load({ argv }).values['log.pretty']
    expect([given(['--log-pretty']), given(['--no-log-pretty']), given(['--log-pretty=0'])]).to.deep.equal([
      true,
      false,
      false,
    ])
    expect(failureOf({ argv: ['--http-port'] }).message).to.contain('--http-port: a value must follow')
    expect(failureOf({ argv: ['--log-pretty', 'false'] }).message).to.contain('false: no such name is known')
    expect(failureOf({ env: { ...secretSet, SKEIN_HTTP_PORT: '0x10' } }).problems).to.have.length(1)
    expect(failureOf({ env: { ...secretSet, SKEIN_HTTP_PORT: ' ' } }).problems).to.have.length(1)
  })

  it('[CFG8] a file that is no JSON object is told by its path', () => {
    const failure = (text: string): string =>
      failureOf({ argv: ['--config', '/c'], readFile: files({ '/c': text }) }).message
    expect(failure('{"http":')).to.contain('/c: the file cannot be read as JSON')
    expect(failure('[]')).to.contain('/c: the file must hold a JSON object')
    expect(failure('{"__proto__":{"x":1}}')).to.contain('__proto__.x: no such name is known')
  })

  it('[CFG9] one declaration makes the help, the example of an environment file and the page', () => {
    expect(describeConfig(definition, 'help')).to.contain(
      '  --http-max-body-bytes, SKEIN_HTTP_MAX_BODY_BYTES\n      The largest body.\n      Takes a whole number from 1 (bytes). Default: 65536.',
    )
    const env = describeConfig(definition, 'env')
    expect(env).to.contain(
      '# Signs calls.\n# auth.secret: text of at least 8 characters. Must be given.\nSKEIN_AUTH_SECRET=\n',
    )
    expect(env).to.contain('\n#SKEIN_LOG_LEVEL=info\n')
    expect(describeConfig(definition, 'markdown')).to.contain(
      '| `log.level` | `SKEIN_LOG_LEVEL` | `--log-level` | "info" | one of debug, info | How much is said. |',
    )
  })

  it('[CFG10] a declaration with one name for two keys, or a default that does not fit, is refused', () => {
    const entry = { description: '', schema: z.int(), default: 1 }
    expect(() => defineConfig({ 'a.bC': entry, 'a.b.c': entry })).to.throw('SKEIN_A_B_C is taken')
    expect(() => defineConfig({ a: { ...entry, default: 1.5 } })).to.throw('does not fit')
  })
})
