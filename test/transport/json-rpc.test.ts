import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadResponseError } from '../../src/transport/errors.js';
import { decodeRpcResponse, encodeRpcRequest } from '../../src/transport/json-rpc.js';
import recordings from '../fixtures/recordings/afe.json' with { type: 'json' };

const url = 'http://afe.lab/afe/server/noauth/rpc/';

function decode(body: string, status = 200, id: number | string = 'jsonrpc') {
  const request = { method: 'get_jobs', args: {}, id, url };
  return decodeRpcResponse(request, { status, headers: {}, body: Buffer.from(body) });
}

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('was expected to throw');
}

describe('a request', () => {
  test('is method, keyword arguments and id', () => {
    expect(JSON.parse(encodeRpcRequest({ method: 'get_jobs', args: { id__in: [1], name: undefined }, id: 7 }))).toEqual(
      {
        method: 'get_jobs',
        params: [{ id__in: [1] }],
        id: 7,
      },
    );
  });

  test.each([
    [{ name: 'café' }, 'create_job.name', 3],
    [{ keyvals: { owner: ['a', 'ü'] } }, 'create_job.keyvals.owner[1]', 0],
    [{ keyvals: { näme: 'x' } }, 'create_job.keyvals.näme', 1],
  ])('with a character outside ASCII is refused by its field', (args, field, offset) => {
    expect(caught(() => encodeRpcRequest({ method: 'create_job', args, id: 1 }))).toMatchObject({
      code: 'ERR_NON_ASCII',
      field,
      offset,
    });
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [10n], [() => 1], [[undefined]]])(
    'with %s, which JSON cannot say, is refused by its field',
    (value) => {
      const error = caught(() => encodeRpcRequest({ method: 'echo', args: { data: value }, id: 1 }));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain('echo.data');
    },
  );

  test('nested without end is refused', () => {
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    expect(() => encodeRpcRequest({ method: 'echo', args: loop, id: 1 })).toThrow('nested deeper than 100');
  });

  test('is sent exactly when it is all ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const isAscii = [...text].every((character) => character <= '\u007f');
        const encode = () => encodeRpcRequest({ method: 'echo', args: { data: text }, id: 1 });
        if (isAscii) expect(JSON.parse(encode()).params).toEqual([{ data: text }]);
        else expect(encode).toThrow('outside ASCII');
      }),
    );
  });
});

describe('an answer', () => {
  test('holds the result', () => {
    expect(decode('{"error": null, "result": [1], "id": "jsonrpc"}')).toEqual({ ok: true, result: [1] });
  });

  test.each(recordings.filter(({ status, answer }) => status === 200 && typeof answer === 'object'))(
    'as recorded for $name is read',
    ({ answer }) => {
      if (typeof answer === 'string') throw new Error('not an answer');
      const outcome = decode(JSON.stringify(answer), 200, answer.id);
      if (answer.error === null) {
        expect(outcome).toEqual({ ok: true, result: answer.result });
      } else {
        const { name: remoteName, message, traceback } = answer.error;
        expect(outcome).toEqual({ ok: false, remoteName, message, traceback });
      }
    },
  );

  test('that says of a failure less than it should is still a failure', () => {
    expect(decode('{"error": {}, "result": null, "id": "jsonrpc"}')).toEqual({
      ok: false,
      remoteName: 'unknown error',
      message: '',
      traceback: '',
    });
  });

  test.each([
    ['', 'not JSON', undefined],
    ['<html>login here</html>', 'not JSON', undefined],
    ['{"error": null, "result": [1', 'not JSON', undefined],
    ['[]', 'not an answer of JSON-RPC', undefined],
    ['"hello"', 'not an answer of JSON-RPC', undefined],
    ['{"id": "jsonrpc"}', 'not an answer of JSON-RPC', undefined],
    ['{"error": null, "result": 1}', 'an answer to another request', 'id'],
    ['{"error": null, "result": 1, "id": 9}', 'an answer to another request', 'id'],
    ['{"error": "no", "result": 1, "id": "jsonrpc"}', 'an error that is not an object', 'error'],
    ['['.repeat(500_000), 'nested deeper than 100', undefined],
  ])('%j is refused', (body, problem, field) => {
    const error = caught(() => decode(body.slice(0, 1_000_000)));
    expect(error).toBeInstanceOf(BadResponseError);
    expect(error).toMatchObject({ call: 'get_jobs', field });
    expect(String(error)).toContain(problem);
  });

  test('never throws anything but a bad-answer error, whatever it holds', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((json) => Buffer.from(json)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          decodeRpcResponse({ method: 'm', args: {}, id: 1, url }, { status: 200, headers: {}, body });
        } catch (error) {
          expect(error).toBeInstanceOf(BadResponseError);
        }
      }),
    );
  });
});

describe('an error page', () => {
  const page = (name: string) => {
    const answer = recordings.find((recording) => recording.name === name)?.answer;
    if (typeof answer !== 'string') throw new Error(`no recorded page ${name}`);
    return answer;
  };

  test('says what the server says', () => {
    const error = caught(() => decode(page('non-ASCII name'), 500));
    expect(error).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 500, url });
    expect(String(error)).toContain("HTTP status 500: 'ascii' codec can't encode character u'\\xe9' in position 3");
  });

  test.each(['empty body', 'unknown path'])('that says nothing is known by its status: %s', (name) => {
    expect(String(caught(() => decode(page(name), 404)))).toMatch(/HTTP status 404$/);
  });
});
