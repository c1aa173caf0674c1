/** What went wrong with a cmdlet, as Exchange tells it: an exception of .NET behind an id that tools look for. */
export class CmdletError extends Error {
  readonly status: 400 | 403 | 404 | 500
  /** The exception's full name. */
  readonly type: string
  /** `Ex6F9304`; empty for exceptions that have none. */
  readonly id: string
  /** Whether the cmdlet was begun: what is wrong with its call is told in other words. */
  readonly hasBegun: boolean

  constructor(status: CmdletError['status'], type: string, message: string, { id = '', hasBegun = true } = {}) {
    super(message)
    this.name = 'CmdletError'
    this.status = status
    this.type = type
    this.id = id
    this.hasBegun = hasBegun
  }
}

const codes = { 400: 'BadRequest', 403: 'Forbidden', 404: 'NotFound', 500: 'InternalServerError' } as const

/** The envelope as it was captured from Exchange Online: the reason is in `details`, behind `id|type|`. */
export function toCmdletErrorBody({ status, type, id, message, hasBegun }: CmdletError): object {
  const summary = hasBegun ? 'Error executing cmdlet' : 'Invalid Operation'
  return {
    error: {
      code: codes[status],
      message: summary,
      details: [{ code: 'Client', target: '', message: `${id}|${type}|${message}` }],
      innererror: {
        message: summary,
        type: 'Microsoft.Exchange.Admin.OData.Core.ODataServiceException',
        stacktrace: '',
        internalexception: { message, type, stacktrace: '' },
      },
      'adminapi.warnings@odata.type': '#Collection(String)',
      '@adminapi.warnings': [],
    },
  }
}

/** 404 for an identity that nobody has. */
export function objectNotFound(identity: string): CmdletError {
  const message = `The operation couldn't be performed because object '${identity}' couldn't be found on 'SANDBOX01DC001.PROD.OUTLOOK.COM'.`
  return new CmdletError(404, 'Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException', message, { id: 'Ex6F9304' })
}

/** 400 for a value that the cmdlet itself refuses. */
export function taskArgument(message: string): CmdletError {
  return new CmdletError(400, 'Microsoft.Exchange.Configuration.Tasks.TaskArgumentException', message)
}

/** 400 for parameters that do not go together, or that the cmdlet does not have. */
export function wrongParameterSet(message = ''): CmdletError {
  const type = 'Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException'
  const sentence = 'Parameter set cannot be resolved using the specified named parameters.'
  return new CmdletError(400, type, message === '' ? sentence : `${sentence} ${message}`, { hasBegun: false })
}
