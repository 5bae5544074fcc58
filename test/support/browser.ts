import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The browser on this machine; null when there is none. */
export async function findBrowser(): Promise<string | null> {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** What a browser answers to the calls that are made here. */
interface Answer {
  readonly targetId?: string;
  readonly sessionId?: string;
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: unknown;
}

/** What a browser sends: an event, or an answer to a call. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Answer;
  readonly error?: { readonly message: string };
}

/** One page in a browser without a window, driven through the pipe of its development tools. */
export class BrowserPage {
  /** What went wrong in the page: exceptions, and what it wanted to load but must not. */
  readonly complaints: string[] = [];
  readonly #to: Writable;
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Map<string, () => void>();
  #session: string | undefined;
  #lastId = 0;

  constructor(to: Writable, from: Readable) {
    this.#to = to;
    let text = '';
    from.setEncoding('utf8').on('data', (piece: string) => {
      const messages = (text + piece).split('\0');
      text = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message));
    });
    from.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The browser is gone'));
    });
  }

  async attach(): Promise<void> {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    this.#session = sessionId;
    for (const domain of ['Page', 'Runtime', 'Log']) await this.call(`${domain}.enable`);
  }

  call(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.#lastId;
    this.#to.write(`${JSON.stringify({ id, method, params, sessionId: this.#session })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#listeners.set('Page.loadEventFired', resolve));
    await this.call('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async value(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result?.value;
  }

  #take({ id, method, params, result, error }: Message): void {
    if (id !== undefined) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result ?? {});
      else waiting?.reject(new Error(error.message));
    } else if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      this.complaints.push(JSON.stringify(params));
    } else if (method !== undefined) {
      this.#listeners.get(method)?.();
    }
  }
}

/** Does something with a page in a fresh browser, which is gone afterwards. */
export async function withBrowserPage(browser: string, use: (page: BrowserPage) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'browser-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const child = spawn(browser, [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  try {
    const [, , , to, from] = child.stdio;
    const page = new BrowserPage(to as Writable, from as Readable);
    await page.attach();
    await use(page);
    await page.call('Browser.close').catch(() => undefined);
  } finally {
    child.kill('SIGKILL');
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
