import { pythonRepr } from './python.js';

/** An error that a service states in its answer, under the name of the Python class that the real one raises. */
export class RpcError extends Error {
  readonly pythonClass: string;

  constructor(pythonClass: string, message: string) {
    super(message);
    this.name = 'RpcError';
    this.pythonClass = pythonClass;
  }
}

/** A `ValidationError`, whose message is a Python dict literal. Problems that the service formats are unicode there. */
export function validationError(field: string, problem: string, unicode: 'u' | '' = ''): RpcError {
  return new RpcError('ValidationError', `{'${field}': ${unicode}${pythonRepr(problem)}}`);
}

/** The service puts Django's own complaint, a list literal, into its dict. */
export function notAnInteger(field: string, value: unknown): RpcError {
  return validationError(field, `[u"${pythonRepr(value)} value must be an integer."]`);
}
