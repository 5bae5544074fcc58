import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt } from '../../src/transport/excerpt.js';
import { decodeHtmlText, textBetween } from '../../src/transport/html-text.js';
import { nestingExceeds } from '../../src/transport/json-depth.js';
import { redactUrl } from '../../src/transport/redact-url.js';
import { splitCredentials } from '../../src/transport/url-credentials.js';

describe('an excerpt', () => {
  test('of a short text is the text', () => {
    expect(excerpt('  hello\n world ')).toBe('hello world');
  });

  test('is one printable line of bounded length, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const shown = excerpt(text, 50);
        expect(shown.length).toBeLessThanOrEqual(53);
        expect(shown).not.toMatch(/[\n\r\t\u0000-\u001f\u007f]/);
      }),
    );
  });
});

describe('character references', () => {
  test('are decoded', () => {
    expect(decodeHtmlText('&lt;a&gt; &amp;amp; &#39;x&#x27; &quot;')).toBe("<a> &amp; 'x' \"");
  });

  test('that mean nothing stay', () => {
    expect(decodeHtmlText('&nope; &#0; &#9999999; & &;')).toBe('&nope; &#0; &#9999999; & &;');
  });
});

test('the text between two marks is found, or is undefined', () => {
  expect(textBetween('<p>a</p><p>b</p>', '<p>', '</p>', 3)).toBe('b');
  expect(textBetween('<p>a', '<p>', '</p>')).toBeUndefined();
  expect(textBetween('a</p>', '<p>', '</p>')).toBeUndefined();
});

describe('the nesting of a JSON text', () => {
  const exceeds = (json: string, maxDepth: number) => nestingExceeds(Buffer.from(json), maxDepth);

  test('is counted over arrays and objects', () => {
    expect(exceeds('[{"a":[1]}]', 3)).toBe(false);
    expect(exceeds('[{"a":[1]}]', 2)).toBe(true);
    expect(exceeds('[[],[],[]]', 2)).toBe(false);
  });

  test('does not count brackets in strings', () => {
    expect(exceeds('["[[[[\\"[[[[\\\\"]', 1)).toBe(false);
    expect(exceeds('["\\\\",[[]]]', 2)).toBe(true);
  });

  test('of any value is what walking it finds', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const json = JSON.stringify(value);
        const depth = depthOf(value);
        expect(exceeds(json, depth)).toBe(false);
        if (depth > 0) expect(exceeds(json, depth - 1)).toBe(true);
      }),
    );
  });
});

describe('a URL as it is shown', () => {
  test('has no user and no password', () => {
    expect(redactUrl('http://user:secret@afe.lab:80/x?y#z')).toBe('http://afe.lab/x?y#z');
  });

  test('is bounded', () => {
    expect(redactUrl(`http://afe.lab/${'x'.repeat(10_000)}`)).toHaveLength(503);
  });

  test('is not shown at all when it cannot be read', () => {
    expect(redactUrl('http://user:secret@[afe/')).toBe('(not a URL)');
  });
});

describe('credentials of a URL', () => {
  test('become a Basic authorization', () => {
    expect(splitCredentials('http://us%3Aer:pass%20word@afe.lab/')).toEqual({
      url: 'http://afe.lab/',
      authorization: `Basic ${Buffer.from('us:er:pass word').toString('base64')}`,
    });
    expect(splitCredentials('http://u%ZZ@afe.lab/').authorization).toBe(
      `Basic ${Buffer.from('u%ZZ:').toString('base64')}`,
    );
  });

  test('that are not there leave the URL as it is', () => {
    expect(splitCredentials('http://afe.lab')).toEqual({ url: 'http://afe.lab', authorization: undefined });
  });
});
