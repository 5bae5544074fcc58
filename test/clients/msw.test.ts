import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HttpAfeClient, HttpDevServerClient, HttpTkoClient } from '../../src/index.js';
import { FakeClock } from '../support/fake-clock.js';

/** Programs downstream replace the lab's servers with msw: our clients must go through it, and survive what it says. */
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const rpc = 'http://afe.lab/afe/server/noauth/rpc/';
const options = { clock: new FakeClock(), deadlineMs: 60_000 };

test('a handler answers for the AFE, and sees what a lab would see', async () => {
  const seen: unknown[] = [];
  server.use(
    http.post(rpc, async ({ request }) => {
      seen.push(request.headers.get('authorization'), request.headers.get('content-length'), await request.json());
      return HttpResponse.json({ error: null, result: 7, id: (seen[2] as { id: unknown }).id });
    }),
  );
  const afe = new HttpAfeClient({ ...options, url: 'http://afe.lab', user: 'lab' });
  expect(await afe.getNumJobs({ parentJobId: 5, state: 'finished' })).toBe(7);
  expect(seen[0]).toBe('lab');
  expect(Number(seen[1])).toBeGreaterThan(0);
  expect(seen[2]).toMatchObject({ method: 'get_num_jobs', params: [{ parent_job_id: 5, finished: true }] });
});

describe('hostile answers are an error of their kind', () => {
  const body = (result: unknown) => HttpResponse.json({ error: null, result, id: 'jsonrpc' });
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

  test.each<[string, () => Response | Promise<Response>, string]>([
    ['a login page', () => HttpResponse.html('<html>Please log in</html>'), 'ERR_BAD_RESPONSE'],
    ['nothing at all', () => new HttpResponse(null, { status: 204 }), 'ERR_HTTP_STATUS'],
    ['an empty text', () => HttpResponse.text(''), 'ERR_BAD_RESPONSE'],
    ['a list that is a text', () => body('jobs'), 'ERR_BAD_RESPONSE'],
    ['jobs without ids', () => body([{ name: 'x' }]), 'ERR_BAD_RESPONSE'],
    [
      'nesting without end',
      () => HttpResponse.text(`{"error": null, "result": ${deep}, "id": "jsonrpc"}`),
      'ERR_BAD_RESPONSE',
    ],
    ['a redirect to elsewhere', () => HttpResponse.redirect('http://evil.example/', 302), 'ERR_HTTP_STATUS'],
    ['no such page', () => HttpResponse.html('<h1>Not Found</h1>', { status: 404 }), 'ERR_HTTP_STATUS'],
  ])('%s', async (_what, answer, code) => {
    server.use(http.post(rpc, answer));
    const afe = new HttpAfeClient({ ...options, url: 'http://afe.lab' });
    await expect(afe.getJobs({ ids: [1] })).rejects.toMatchObject({ code });
  });
});

test('handlers answer for the results database and the dev server too', async () => {
  server.use(
    http.post('http://tko.lab/new_tko/server/noauth/rpc/', async ({ request }) => {
      const { id } = (await request.json()) as { id: unknown };
      return HttpResponse.json({ error: null, result: [], id });
    }),
    http.get('http://devserver.lab:8082/controlfiles', ({ request }) => {
      const path = new URL(request.url).searchParams.get('control_path');
      return HttpResponse.text(path === 'a/control' ? 'NAME = "a"\n' : `Unknown control path /srv/${path ?? ''}`);
    }),
  );
  const tko = new HttpTkoClient({ ...options, url: 'http://tko.lab' });
  const devServer = new HttpDevServerClient({ ...options, url: 'http://devserver.lab:8082' });
  expect(await tko.getDetailedTestViews({ jobIds: [1] })).toEqual([]);
  const build = 'x86-mario-release/R19-1998.0.0';
  expect(Buffer.from(await devServer.getControlFile({ build, path: 'a/control' })).toString()).toBe('NAME = "a"\n');
  await expect(devServer.getControlFile({ build, path: 'b/control' })).rejects.toMatchObject({
    code: 'ERR_CONTROL_FILE_NOT_FOUND',
  });
});
