import type { LabRequest, LabService, PreparedRequest, ServiceName } from '../http/lab-http.js';
import { html, pathOf } from '../http/lab-http.js';
import type { LabState } from '../lab/lab-state.js';
import { apachePage, escapeHtml, serverErrorPage } from './django-page.js';
import { prepareRpc } from './json-rpc.js';
import type { RpcMethods } from './rpc-method.js';

/** A JSON-RPC service behind its front server: what is decided by path and headers, and then the call itself. */
export function rpcService(options: {
  readonly name: ServiceName;
  /** `/afe/` or `/new_tko/` */
  readonly root: string;
  readonly methods: RpcMethods;
  readonly state: LabState;
  readonly defaultUser: string;
}): LabService {
  const { name, root, methods, state, defaultUser } = options;
  const rpcPaths = [`${root}server/noauth/rpc/`, `${root}server/rpc/`];
  return {
    name,
    prepare(request) {
      const path = pathOf(request.target);
      const refusal = refuse(request);
      if (refusal !== undefined) return refusal;
      if (rpcPaths.includes(`${path}/`)) return redirect(request, `${path}/`);
      if (!rpcPaths.some((rpcPath) => path.startsWith(rpcPath))) {
        return page(404, path.startsWith(root) ? djangoNotFound(path) : apacheNotFound);
      }
      const login = request.headers['authorization'] ?? '';
      if (/[^\u0000-\u007f]/.test(login)) return page(500, serverErrorPage(badCollation));
      const user = login === '' ? defaultUser : login;
      state.ensureUser(user);
      return prepareRpc(methods, request, user);
    },
  };
}

/** Bodies need a length, and are not decompressed. */
function refuse(request: LabRequest): PreparedRequest | undefined {
  if (request.headers['transfer-encoding'] !== undefined) {
    const text = 'A request of the requested method POST requires a valid Content-length.';
    return page(411, apachePage('411 Length Required', 'Length Required', text));
  }
  if (request.headers['content-encoding'] !== undefined) {
    return page(500, apachePage('500 Internal Server Error', 'Internal Server Error', apacheFailure));
  }
  return undefined;
}

function redirect(request: LabRequest, path: string): PreparedRequest {
  const location = `http://${request.headers['host'] ?? 'localhost'}${path}`;
  const respond = () => ({
    status: 301,
    headers: { 'content-type': 'text/html; charset=utf-8', location },
    body: new Uint8Array(),
  });
  return { method: '', known: true, respond };
}

function page(status: number, text: string): PreparedRequest {
  const charset = text.startsWith('<!DOCTYPE') ? 'iso-8859-1' : 'utf-8';
  return { method: '', known: true, respond: () => html(status, text, `text/html; charset=${charset}`) };
}

function djangoNotFound(path: string): string {
  return `<h1>Not Found</h1><p>The requested URL ${escapeHtml(path)} was not found on this server.</p>`;
}

const apacheNotFound = apachePage('404 Not Found', 'Not Found', 'The requested URL was not found on this server.');

const apacheFailure = `The server encountered an internal error or
misconfiguration and was unable to complete
your request.</p>
<p>Please contact the server administrator at${' '}
 [no address given] to inform them of the time this error occurred,
 and the actions you performed just before this error.</p>
<p>More information about this error may be available
in the server error log.`;

const badCollation =
  '(1267, "Illegal mix of collations (latin1_swedish_ci,IMPLICIT) and (utf8mb3_general_ci,COERCIBLE) for operation \'=\'")';
