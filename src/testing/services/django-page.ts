/** The HTML page with which the AFE and TKO answer what fails before dispatch. */
export function serverErrorPage(value: string): string {
  return [
    '<html><head><body>',
    "<!-- starting with sys.exc_info but hey, it's python -->",
    'Type:  <br />',
    `Value: ${escapeHtml(value)} <br />`,
    'Traceback: Traceback (most recent call last):',
    '  File &quot;/usr/local/lib/django/core/handlers/base.py&quot;, line 115, in get_response',
    '    response = callback(request, *callback_args, **callback_kwargs)',
    ' <br />',
    '</body></html>',
    '',
  ].join('\n');
}

/** A page of the front server, Apache. */
export function apachePage(title: string, heading: string, text: string): string {
  return [
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">',
    '<html><head>',
    `<title>${title}</title>`,
    '</head><body>',
    `<h1>${heading}</h1>`,
    `<p>${text}</p>`,
    '</body></html>',
    '',
  ].join('\n');
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
