import { apacheError } from '../http/front-server.js';
import type { LabRequest, LabResponse, LabService, PreparedRequest, ServiceName } from '../http/lab-http.js';
import { html, pathOf } from '../http/lab-http.js';
import type { LabState } from '../lab/lab-state.js';
import { escapeHtml, serverErrorPage } from './django-page.js';
import { prepareRpc } from './json-rpc.js';
import { readJsonp } from './jsonp.js';
import type { RpcMethods } from './rpc-method.js';
import { createSessions } from './session-cookie.js';

/** A JSON-RPC service behind its front server: what is decided by path and headers, and then the call itself. */
export function rpcService(options: {
  readonly name: ServiceName;
  /** `/afe/` or `/new_tko/` */
  readonly root: string;
  readonly methods: RpcMethods;
  readonly state: LabState;
  readonly defaultUser: string;
  readonly now: () => number;
}): LabService {
  const { name, root, methods, state, defaultUser, now } = options;
  const sessionFor = createSessions();
  const rpcPaths = [`${root}server/noauth/rpc/`, `${root}server/rpc/`];
  const jsonpPaths = name === 'tko' ? [`${root}server/noauth/jsonp_rpc/`, `${root}server/jsonp_rpc/`] : [];
  return {
    name,
    prepare(request) {
      const path = pathOf(request.target);
      const refusal = refuse(request);
      if (refusal !== undefined) return answerWith(refusal);
      if (rpcPaths.includes(`${path}/`)) return answerWith(redirect(request, `${path}/`));
      const isJsonp = jsonpPaths.some((jsonpPath) => path.startsWith(jsonpPath));
      if (!isJsonp && !rpcPaths.some((rpcPath) => path.startsWith(rpcPath))) {
        return answerWith(path.startsWith(root) ? djangoNotFound(path) : apacheNotFound);
      }
      const login = request.headers['authorization'] ?? '';
      if (/[^\u0000-\u007f]/.test(login)) return answerWith(djangoPage(500, serverErrorPage(badCollation)));
      const user = login === '' ? defaultUser : login;
      state.ensureUser(user);
      const { respond, ...call } = isJsonp ? readJsonp(methods, request, user) : prepareRpc(methods, request, user);
      return { ...call, respond: async () => inSession(await respond(), sessionFor(user, now())) };
    },
  };
}

/** Bodies need a length, and are not decompressed. */
function refuse(request: LabRequest): LabResponse | undefined {
  if (request.headers['transfer-encoding'] !== undefined) {
    return apacheError(411, `A request of the requested method ${request.method} requires a valid Content-length.`);
  }
  return request.headers['content-encoding'] === undefined ? undefined : apacheError(500, apacheFailure);
}

function redirect(request: LabRequest, path: string): LabResponse {
  const location = `http://${request.headers['host'] ?? 'localhost'}${path}`;
  const page = djangoPage(301, '');
  return { ...page, headers: { ...page.headers, location } };
}

/** The service states the length of answers to calls, and of nothing else. */
function djangoPage(status: number, text: string): LabResponse {
  return { ...html(status, text), chunked: true };
}

function inSession(response: LabResponse, headers: Readonly<Record<string, string>>): LabResponse {
  if (response.status !== 200) return { ...response, chunked: true };
  return { ...response, headers: { ...response.headers, ...headers } };
}

function answerWith(response: LabResponse): PreparedRequest {
  return { method: '', known: true, respond: () => response };
}

function djangoNotFound(path: string): LabResponse {
  const text = `<h1>Not Found</h1><p>The requested URL ${escapeHtml(path)} was not found on this server.</p>`;
  return djangoPage(404, text);
}

const apacheNotFound = apacheError(404, 'The requested URL was not found on this server.');

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
