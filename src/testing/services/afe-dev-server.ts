import type { Delivery } from '../http/lab-front.js';
import { RpcError } from './rpc-error.js';

/** The way from the AFE to the lab's dev server. */
export interface DevServerLine {
  /** Where it is now. */
  readonly url: string;
  /** A GET, which what goes wrong with the lab's servers hits as well. */
  get(target: string): Promise<Delivery>;
}

/** What the AFE does on the dev server when it makes the job of a suite, with the errors that it states. */
export class AfeDevServer {
  readonly #line: DevServerLine;
  readonly #build: string;

  constructor(line: DevServerLine, build: string) {
    this.#line = line;
    this.#build = build;
  }

  async checkHealth(): Promise<void> {
    const delivery = await this.#line.get('/check_health?');
    if (delivery.kind === 'answer' && delivery.response.status === 200) return;
    throw new RpcError('DevServerException', 'All devservers  are currently down!!!');
  }

  /** Returns when the test suites are there. */
  async stageTestSuites(): Promise<void> {
    const archiveUrl = `gs://chromeos-image-archive/${this.#build}`;
    const answer = await this.#ask('stage', { archive_url: archiveUrl, artifacts: 'test_suites' });
    if (answer.isError) throw new RpcError('StageControlFileFailure', `Failed to stage ${this.#build}: ${answer.text}`);
  }

  async controlFiles(): Promise<readonly string[]> {
    const answer = await this.#ask('controlfiles', { build: this.#build, suite_name: '' });
    if (answer.isError) throw new RpcError('NoControlFileList', this.#whileTesting(answer.text));
    return answer.text.split('\n').filter((path) => path !== '');
  }

  /** The one control file of that path. */
  async controlFile(path: string): Promise<Uint8Array> {
    const found = await this.controlFiles();
    if (found.length === 0) throw this.#notFound('No control files found.');
    if (!found.includes(path)) throw this.#notFound(`No control file for ${path}`);
    const answer = await this.#ask('controlfiles', { build: this.#build, control_path: path });
    if (answer.isError) throw this.#notFound(answer.text);
    return answer.body;
  }

  #notFound(problem: string): RpcError {
    return new RpcError('ControlFileNotFound', this.#whileTesting(problem));
  }

  #whileTesting(problem: string): string {
    return `${problem} while testing ${this.#build}.`;
  }

  async #ask(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
    const delivery = await this.#line.get(`/${endpoint}?${new URLSearchParams(parameters).toString()}`);
    if (delivery.kind === 'stalled') throw new RpcError('timeout', 'timed out');
    if (delivery.kind === 'dropped') throw new RpcError('BadStatusLine', "''");
    const { status, body } = delivery.response;
    const text = new TextDecoder().decode(body);
    return status === 200 ? { isError: false, text, body } : { isError: true, text: withoutMarkup(text), body };
  }
}

interface Answer {
  readonly isError: boolean;
  readonly text: string;
  readonly body: Uint8Array;
}

/** Like the AFE, which keeps what stands between the tags, and drops entities. */
function withoutMarkup(page: string): string {
  return page.replace(/<[^<>]*>/g, '').replace(/&\w+;/g, '');
}
