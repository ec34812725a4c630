import { AppError, errorTable } from '@skein/contracts'
import { ConfigError } from '@skein/platform'

/** What went wrong, in one line, and what to do, in another; and the exit code. */
export interface Explained {
  readonly text: string
  readonly exitCode: number
}

const badConfig = 78

/** Any failure of a command, for the person at the terminal. */
export function explain(thrown: unknown): Explained {
  if (thrown instanceof ConfigError) return { text: thrown.message, exitCode: thrown.exitCode }
  if (thrown instanceof AppError) return { text: `${thrown.message} ${errorTable[thrown.code].remedy}`, exitCode: 1 }
  const { code, message, port, path } = factsOf(thrown)
  switch (code) {
    case 'EADDRINUSE':
      return {
        text: `Port ${port ?? ''} is taken by another program. Take another one: npm start -- ${port === 9090 ? '--ops-port 9091' : '--port 8081'}`,
        exitCode: badConfig,
      }
    case 'EACCES':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EPERM':
      return {
        text:
          port === undefined
            ? `${path ?? 'The data folder'} cannot be written (${code}). Give a folder that can: npm start -- --data-dir FOLDER`
            : `Port ${port} may not be opened (${code}). Take one above 1023: npm start -- --port 8080`,
        exitCode: badConfig,
      }
    case 'ENOSPC':
      return { text: 'The disk is full. Free some space and start again; nothing acknowledged is lost.', exitCode: 1 }
    default:
      return { text: message, exitCode: 1 }
  }
}

type Facts = { code: string; message: string; port: number | undefined; path: string | undefined }

function factsOf(thrown: unknown): Facts {
  const message = thrown instanceof Error ? `${thrown.message}.` : String(thrown)
  const read = (key: string): unknown =>
    typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, key) : undefined
  const [code, port, path] = [read('code'), read('port'), read('path')]
  return {
    code: typeof code === 'string' ? code : '',
    message,
    port: typeof port === 'number' ? port : undefined,
    path: typeof path === 'string' ? path : undefined,
  }
}
