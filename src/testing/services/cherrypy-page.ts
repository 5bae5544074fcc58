import type { LabResponse } from '../http/lab-http.js';
import { html } from '../http/lab-http.js';

/** An error of the dev server, before it becomes a page. */
export class DevServerFault extends Error {
  readonly status: number;
  /** What stands before the message in the traceback's last line. */
  readonly pythonClass: string;
  /** What the page says itself: the message where the server raised it as an HTTP error, else a generic sentence. */
  readonly shown: string;

  constructor(status: number, pythonClass: string, message: string, shown = unexpected) {
    super(message);
    this.name = 'DevServerFault';
    this.status = status;
    this.pythonClass = pythonClass;
    this.shown = shown;
  }
}

/** Something went wrong inside: the page is generic, and only its traceback tells. */
export function failure(pythonClass: string, message: string): DevServerFault {
  return new DevServerFault(500, pythonClass, message);
}

/** An error that the server raised as an HTTP error, with the text on the page itself. */
export function httpError(status: number, text: string): DevServerFault {
  return new DevServerFault(status, 'DevServerHTTPError', `(${status}, '${text}')`, text);
}

export function notFound(path: string): DevServerFault {
  const text = `The path '${path}' was not found.`;
  return new DevServerFault(404, 'NotFound', `(404, "${text}")`, text);
}

/** An endpoint that got arguments it does not take. */
export function noSuchUri(): DevServerFault {
  return new DevServerFault(404, 'HTTPError', '(404, None)', 'Nothing matches the given URI');
}

export function errorPage(fault: DevServerFault): LabResponse {
  const title = `${fault.status} ${titles.get(fault.status) ?? 'Error'}`;
  return html(
    fault.status,
    `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html>
<head>
    <meta http-equiv="Content-Type" content="text/html; charset=utf-8"></meta>
    <title>${title}</title>
    <style type="text/css">...</style>
</head>
    <body>
        <h2>${title}</h2>
        <p>${escapePage(fault.shown)}</p>
        <pre id="traceback">Traceback (most recent call last):
  File "server.py", line 1, in respond
    ...
${escapePage(`${fault.pythonClass}: ${fault.message}`)}
</pre>
    <div id="powered_by">
    <span>Powered by <a href="http://www.cherrypy.org">CherryPy 3.2.2</a></span>
    </div>
    </body>
</html>
`,
    'text/html;charset=utf-8',
  );
}

const unexpected = 'The server encountered an unexpected condition which prevented it from fulfilling the request.';

const titles: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [413, 'Request Entity Too Large'],
  [500, 'Internal Server Error'],
]);

/** CherryPy leaves quotes alone. */
function escapePage(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
