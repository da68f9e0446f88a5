import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a notebook ended. */
export interface NotebookOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a notebook is run with. */
export interface NotebookSurroundings {
  /** Python that has CrateDB's client. */
  readonly python: string;
  /** Directory with Python packages, beside those of the interpreter. */
  readonly packages?: string;
  readonly database: { readonly host: string; readonly port: number };
  readonly username: string;
  readonly password: string;
}

/** What the original puts before each notebook: a connection, and a way to print that is no answer. */
const injected = `import sys
from crate import client

def eprint(*args, **kwargs):
    print(*args, file=sys.stderr, **kwargs)

host, port, username, password = sys.argv[1:5]
connection = client.connect(f"http://{host}:{port}", username=username, password=password)
cursor = connection.cursor()

`;

/**
 * Runs a notebook as the original does: a Python process with host, port, user and password of the database as its first arguments, and
 * a `name=value` for each parameter behind them.
 *
 * @throws Error `E2BIG` for an argument that the kernel refuses
 */
export async function runNotebook(
  code: string,
  parameters: Readonly<Record<string, string>>,
  { python, packages, database, username, password }: NotebookSurroundings,
): Promise<NotebookOutcome> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-notebook-'));
  try {
    const file = join(directory, 'notebook.py');
    await writeFile(file, injected + code);
    const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
    const args = [file, database.host, String(database.port), username, password, ...given];
    return await finished(python, args, {
      PATH: process.env['PATH'],
      ...(packages === undefined ? {} : { PYTHONPATH: packages }),
      PYTHONDONTWRITEBYTECODE: '1',
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function finished(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<NotebookOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? 1, stdout, stderr }));
  });
}
