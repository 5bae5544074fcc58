import calls from '../../fixtures/dev-server/recorded-calls.json' with { type: 'json' };

/** A call that was made to a real dev server, and what it answered. */
export interface RecordedCall {
  readonly group: string;
  readonly name: string;
  readonly method: string;
  /** The path without its first slash, decoded. */
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly status: number;
  readonly body: string;
  /** The one message of an error page, as a person reads it there. */
  readonly message: string | undefined;
}

export const recordedCalls: readonly RecordedCall[] = calls.map((call) => {
  const { path, parameters } = decoded(call.target);
  const { group, name, method, status, page } = call;
  return { group, name, method, path, parameters, status, body: page ? pageOf(page) : call.body, message: told(page) };
});

/** What a request asks for, however it was written; a list that is empty and one that is missing are the same. */
export function decoded(target: string): {
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
} {
  const { pathname, searchParams } = new URL(target, 'http://devserver.lab');
  const parameters = [...searchParams].filter(([name, value]) => name !== 'files' || value !== '');
  return { path: decodeURIComponent(pathname.slice(1)), parameters: new Map(parameters) };
}

interface Page {
  readonly title: string;
  /** The first paragraph and the end of the traceback, as HTML. */
  readonly shown: string;
  readonly exception: string;
}

/** All of a server's error pages are alike but for these three. */
function pageOf({ title, shown, exception }: Page): string {
  return `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html>
<head>
    <meta http-equiv="Content-Type" content="text/html; charset=utf-8"></meta>
    <title>${title}</title>
    <style type="text/css">...</style>
</head>
    <body>
        <h2>${title}</h2>
        <p>${shown}</p>
        <pre id="traceback">Traceback (most recent call last):
  File "server.py", line 1, in respond
    ...
${exception}</pre>
    <div id="powered_by">
    <span>Powered by <a href="http://www.cherrypy.org">CherryPy 3.2.2</a></span>
    </div>
    </body>
</html>
`;
}

function told(page: Page | undefined): string | undefined {
  if (page === undefined) return undefined;
  const isGeneric = page.shown.startsWith('The server encountered an unexpected condition');
  const html = isGeneric ? page.exception.trim() : page.shown.replaceAll('\n', ' ');
  return html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
