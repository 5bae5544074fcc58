import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one commit does. */
interface TestCommit {
  /** Paths of files that it adds. Bytes that are not UTF-8 are written as Latin-1 in a Buffer. */
  readonly add?: readonly (string | Buffer)[];
  readonly remove?: readonly string[];
  /** The text of the files that it adds. @defaultValue `x` */
  readonly text?: string;
  /** The committer's date, in ms since the epoch, of which the seconds count. */
  readonly atMs: number;
}

/** A real git repository, made quickly. */
export interface TestRepository {
  readonly path: string;
  /** Adds commits to the branch. */
  commit(commits: readonly TestCommit[]): Promise<void>;
  /** Makes the branch anew from these commits, so that its history is another one. */
  rewrite(commits: readonly TestCommit[]): Promise<void>;
}

/** A folder that is gone when the tests are. */
export async function temporaryFolder(name = 'builds'): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `dynamic-suite-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** An empty repository with the branch `main`. */
export async function createRepository(path: string): Promise<TestRepository> {
  await git(['init', '--quiet', '--bare', '--initial-branch=main', path]);
  const importCommits = async (commits: readonly TestCommit[], isNew: boolean) => {
    if (commits.length === 0) return;
    const isEmpty = isNew || (await git([`--git-dir=${path}`, 'for-each-ref', 'refs/heads/main'])) === '';
    await git([`--git-dir=${path}`, 'fast-import', '--quiet', '--force'], stream(commits, isEmpty));
  };
  return {
    path,
    commit: (commits) => importCommits(commits, false),
    rewrite: (commits) => importCommits(commits, true),
  };
}

/** Runs git. Fails, and says so, on a machine without it: what is tested needs it. */
export function git(args: readonly string[], input?: Iterable<Buffer>): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const child = spawn('git', args, { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 });
    const output: Buffer[] = [];
    const complaint: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
    child.stdin.on('error', () => {});
    child.on('error', (cause) => reject(new Error('these tests need git, which is not installed', { cause })));
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString());
      else reject(new Error(`git ${args.join(' ')}: ${Buffer.concat(complaint).toString()}`));
    });
    for (const chunk of input ?? []) child.stdin.write(chunk);
    child.stdin.end();
  });
}

function* stream(commits: readonly TestCommit[], isEmpty: boolean): Iterable<Buffer> {
  if (isEmpty) yield Buffer.from('reset refs/heads/main\n\n');
  for (const [at, { add = [], remove = [], text = 'x', atMs }] of commits.entries()) {
    const from = at === 0 && !isEmpty ? 'from refs/heads/main^0\n' : '';
    const parts = [
      `commit refs/heads/main\ncommitter B <b@c> ${String(Math.floor(atMs / 1000))} +0000\ndata 0\n${from}`,
    ];
    for (const path of remove) parts.push(`D ${quoted(path)}\n`);
    for (const path of add)
      parts.push(`M 100644 inline ${quoted(path)}\ndata ${String(Buffer.byteLength(text))}\n${text}\n`);
    yield Buffer.from(`${parts.join('')}\n`);
  }
}

function quoted(path: string | Buffer): string {
  const bytes = [...Buffer.from(path)].map((byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${bytes.join('')}"`;
}
