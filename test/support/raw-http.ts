import { connect, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as its bytes go out: nothing is added but `Host` and `Content-Length`, and those only where they lack. */
export interface RawRequest {
  readonly method: string;
  /** Path and query, byte for byte. */
  readonly target: string;
  /** In the order in which they go out, as Latin-1; a header with an empty value does not go out. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** @defaultValue `'1.1'` */
  readonly version?: '1.0' | '1.1' | undefined;
}

export interface RawAnswer {
  /** Status codes of the answers of class 1xx before it. */
  readonly interim: readonly number[];
  /** e.g. `HTTP/1.1` */
  readonly version: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Without chunks and compression. */
  readonly body: Buffer;
}

/** One request on a connection of its own, which the server is asked to close behind it. */
export async function exchange(baseUrl: string, request: RawRequest): Promise<RawAnswer> {
  const connection = await RawConnection.open(baseUrl);
  try {
    connection.send({ ...request, headers: { connection: 'close', ...request.headers } });
    const answer = await connection.answer(request.method);
    await connection.ended;
    return answer;
  } finally {
    connection.close();
  }
}

/** A TCP connection to a server. */
export class RawConnection {
  /** Resolves when the server has closed the connection. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #host: string;
  #received = Buffer.alloc(0);
  #isOver = false;
  #wake: () => void = () => {};

  static async open(baseUrl: string): Promise<RawConnection> {
    const { hostname, port, host } = new URL(baseUrl);
    const socket = connect({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket, host);
  }

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.#isOver = true;
        this.#wake();
        resolve();
      };
      socket.on('end', end);
      socket.on('close', end);
      socket.on('error', end);
    });
  }

  send(request: RawRequest): void {
    const { method, target, headers = {}, version = '1.1' } = request;
    const body = Buffer.from(request.body ?? '');
    const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    const lines = [`${method} ${target} HTTP/${version}`];
    if (!names.has('host')) lines.push(`Host: ${this.#host}`);
    for (const [name, value] of Object.entries(headers)) if (value !== '') lines.push(`${name}: ${value}`);
    const needsLength = request.body !== undefined && !names.has('content-length') && !names.has('transfer-encoding');
    if (needsLength) lines.push(`Content-Length: ${String(body.length)}`);
    this.#socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]));
  }

  /** The next answer, to a request of the given method. */
  async answer(toMethod: string): Promise<RawAnswer> {
    const interim: number[] = [];
    for (;;) {
      const head = await this.#readHead();
      if (head.status >= 200) {
        const raw = toMethod === 'HEAD' ? Buffer.alloc(0) : await this.#readBody(head.headers);
        const isPacked = head.headers['content-encoding'] === 'gzip' && raw.length > 0;
        return { ...head, interim, body: isPacked ? gunzipSync(raw) : raw };
      }
      interim.push(head.status);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  async #readHead(): Promise<Pick<RawAnswer, 'version' | 'status' | 'headers'>> {
    const [statusLine = '', ...lines] = (await this.#readUntil('\r\n\r\n')).split('\r\n');
    const [version = '', status = ''] = statusLine.split(' ');
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      if (name in headers) throw new Error(`the header ${name} came twice`);
      headers[name] = line.slice(colon + 1).trim();
    }
    return { version, status: Number(status), headers };
  }

  async #readBody(headers: RawAnswer['headers']): Promise<Buffer> {
    const length = headers['content-length'];
    if (headers['transfer-encoding'] !== undefined) {
      if (length !== undefined) throw new Error('an answer with a length came in chunks');
      return await this.#readChunks();
    }
    if (length !== undefined) return await this.#take(Number(length));
    await this.ended;
    return await this.#take(this.#received.length);
  }

  async #readChunks(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const size = parseInt(await this.#readUntil('\r\n'), 16);
      chunks.push(await this.#take(size));
      await this.#readUntil('\r\n');
      if (size === 0) return Buffer.concat(chunks);
    }
  }

  async #readUntil(end: string): Promise<string> {
    for (;;) {
      const at = this.#received.indexOf(end);
      if (at >= 0) return (await this.#take(at + end.length)).toString('latin1').slice(0, -end.length);
      await this.#more();
    }
  }

  async #take(size: number): Promise<Buffer> {
    while (this.#received.length < size) await this.#more();
    const taken = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return taken;
  }

  #more(): Promise<void> {
    if (this.#isOver) throw new Error('the server closed the connection before the end of its answer');
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
