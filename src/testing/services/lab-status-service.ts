import type { LabRequest, LabResponse, LabService } from '../http/lab-http.js';
import { html, pathOf } from '../http/lab-http.js';
import type { PostedStatus } from '../lab-status.js';
import { escapeHtml } from './django-page.js';
import { asciiJson } from './json-values.js';

/** The public status app: `/current`, as a page for people, or with `format=json` or `format=raw`. */
export function labStatusService(current: () => PostedStatus): LabService {
  return {
    name: 'labStatus',
    prepare(request) {
      const [, method = ''] = pathOf(request.target).split('/', 2);
      const known = pathOf(request.target) === '/current';
      return { method, known, respond: () => (known ? statusPage(request, current()) : notFound) };
    },
  };
}

function statusPage(request: LabRequest, status: PostedStatus): LabResponse {
  const { searchParams } = new URL(request.target, 'http://status.lab');
  switch (searchParams.get('format')) {
    case 'json':
      return html(200, asciiJson(jsonOf(status)), 'application/json');
    case 'raw':
      return html(200, status.message, 'text/plain');
    default:
      return html(200, `<html><body><div class="${status.state}">${escapeHtml(status.message)}</div></body></html>`);
  }
}

function jsonOf({ state, message, atMs, by }: PostedStatus): object {
  return {
    can_commit_freely: state === 'open',
    // In UTC and without saying so, with microseconds.
    date: `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')}000`,
    general_state: state,
    message,
    username: by,
  };
}

const notFound = html(404, '<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>');
