import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageOfErrorPage } from '../../../src/clients/dev-server/error-page.js';
import recordings from '../../fixtures/recordings/devserver.json' with { type: 'json' };

test.each([
  ['stage artifacts empty', 'DevServerError: No artifacts specified.'],
  ['stage unknown artifact (async)', "KeyError: 'bogus'"],
  ['controlfiles no build', 'Error: build= is required!'],
  ['latestbuild milestone R99', 'Could not determine build for x86-mario-release'],
  [
    'unknown endpoint (2016-04 names on Jan server) list_suite_controls',
    "The path '/list_suite_controls' was not found.",
  ],
  ['static 404', 'The requested URL was not found on this server.'],
  [
    'again',
    'The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.',
  ],
  [
    'stage build not in storage (sync)',
    'ArtifactDownloadError: Could not find test_suites.tar.bz2 in Google Storage at gs://chromeos-image-archive/nope-release/R1-1.0.0',
  ],
  [
    'control_path traversal outside static_dir',
    'CommonUtilError: Invalid control file "/srv/static/x86-mario-release/R19-1998.0.0/autotest/../../../../../../../../etc/passwd".',
  ],
  ['query with space unescaped (malformed request line)', undefined],
  ['suite_name=dummy', undefined],
])('of the recorded page for %s the one message is read', (name, message) => {
  const page = recordings.find((recording) => recording.name === name)?.body;
  expect(page).toBeTypeOf('string');
  expect(messageOfErrorPage(page ?? '')).toBe(message);
});

test.each([
  ['bad bz2 tar sync', /^ArtifactDownloadError: An error occurred .*test_suites\.tar\.bz2:\nCommand .* exit status 2$/],
  [
    'two missing is_staged (sync ones)',
    /^DownloaderException: Could not find nosuch\.txt .*--------\nCould not find nosuch3\.txt/,
  ],
  ['xbuddy_translate unknown board', /^GSUtilError: Failed to find build .*:\n\nCommandException: No URLs matched/],
  ['malformed minidump', /^DevServerError: Can't generate stack trace: .*\n[^]*\(rc=1\)$/],
])('a message of several lines is read whole: %s', (name, expected) => {
  const page = recordings.find((recording) => recording.name === name)?.body;
  expect(messageOfErrorPage(page ?? '')).toMatch(expected);
});

test('character references are decoded once', () => {
  const page = '<h2>500</h2><p>a &lt;b&gt; &amp;amp; c</p><pre id="traceback">Traceback</pre>';
  expect(messageOfErrorPage(page)).toBe('a <b> &amp; c');
});

test('a page with a generic paragraph and no traceback is known by that paragraph', () => {
  const generic = 'The server encountered an unexpected condition which prevented it from fulfilling the request.';
  expect(messageOfErrorPage(`<h2>500</h2><p>${generic}</p>`)).toBe(generic);
  const empty = '<pre id="traceback">Traceback (most recent call last):\n  File "x"\n</pre>';
  expect(messageOfErrorPage(`<h2>500</h2><p>${generic}</p>${empty}`)).toBe(generic);
});

test('no text makes it throw, or give an endless message', () => {
  const parts = fc.constantFrom(
    '<h2>',
    '<p>',
    '</p>',
    '<pre id="traceback">',
    '</pre>',
    'Traceback\n',
    ' ',
    '\n',
    '&lt;',
    'x',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (page) => {
      expect((messageOfErrorPage(page.join('')) ?? '').length).toBeLessThan(400);
    }),
  );
});
