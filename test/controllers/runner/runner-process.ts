import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Contract } from '../../../definitions/inference/contract';
import { runnerReport, type RunnerReport } from '../../../definitions/inference/runner-report';
import type { LogLine } from '../runtime/log-lines';

/** How `slipway runner` ended. */
export interface RunnerEnd {
  /** The exit code, or the signal that ended it. */
  readonly code: string;
  /** What it left in the termination log; undefined when it left nothing. */
  readonly report: RunnerReport | undefined;
  readonly log: readonly LogLine[];
  readonly stdout: string;
}

/** A `slipway runner` that runs. */
export interface RunningRunner {
  readonly child: ChildProcess;
  /** Lines of its log so far. */
  readonly log: readonly LogLine[];
  readonly ended: Promise<RunnerEnd>;
}

export interface RunnerOptions {
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a pod of a run finds: its Contract and its volumes, in a directory of their own. */
export class RunnerPlace {
  private readonly children = new Set<ChildProcess>();

  private constructor(
    private readonly program: string,
    readonly directory: string,
  ) {}

  /** @param program the bundled program */
  static async make(program: string): Promise<RunnerPlace> {
    const place = new RunnerPlace(program, await mkdtemp(join(tmpdir(), 'slipway-runner-')));
    for (const name of ['input', 'output']) await mkdir(join(place.directory, name));
    return place;
  }

  get input(): string {
    return join(this.directory, 'input');
  }
  get output(): string {
    return join(this.directory, 'output');
  }

  /** Starts a runner with this Contract. */
  async start(contract: Contract, { args = [], nodeFlags = [], env = {} }: RunnerOptions = {}): Promise<RunningRunner> {
    const report = join(this.directory, 'termination-log');
    await rm(report, { force: true });
    const file = join(this.directory, 'contract.json');
    await writeFile(file, JSON.stringify(contract));
    const flags = ['--metrics-addr=0', `--termination-log=${report}`, ...args];
    const child = spawn(process.execPath, [...nodeFlags, this.program, 'runner', ...flags], {
      env: { CONTRACT_PATH: file, INFERENCE_INPUT_DIR: this.input, INFERENCE_OUTPUT_DIR: this.output, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    const log: LogLine[] = [];
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    createInterface(child.stderr).on('line', (line) => log.push(lineOf(line)));
    const ended = new Promise<RunnerEnd>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => {
        const left = readFile(report, 'utf8').then(
          (text) => runnerReport.parse(JSON.parse(text)),
          () => undefined,
        );
        left.then((found) => resolve({ code: signal ?? String(status), report: found, log, stdout }), reject);
      });
    });
    return { child, log, ended };
  }

  /** {@link start}, to its end. */
  async run(...args: Parameters<RunnerPlace['start']>): Promise<RunnerEnd> {
    return (await this.start(...args)).ended;
  }

  /** Lines of the result files below a folder of the output, or of the dead letters. */
  async lines(folder: string, prefix: 'part-' | 'errors-' = 'part-'): Promise<unknown[]> {
    const path = join(this.output, folder);
    const names = (await readdir(path).catch(() => [])).filter(
      (name) => name.startsWith(prefix) && name.endsWith('.jsonl'),
    );
    const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
    return texts
      .flatMap((text) => text.split('\n').filter((line) => line !== ''))
      .map((line) => JSON.parse(line) as unknown);
  }

  /** Ids of the results (or dead letters), as numbers, ascending. */
  async ids(folder: string, prefix: 'part-' | 'errors-' = 'part-'): Promise<number[]> {
    const lines = await this.lines(folder, prefix);
    return lines.map((line) => Number((line as { readonly id: unknown }).id)).sort((a, b) => a - b);
  }

  /** Ends what still runs, and leaves nothing behind. */
  async remove(): Promise<void> {
    const closed = [...this.children].map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of this.children) child.kill('SIGKILL');
    await Promise.all(closed);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** What is no JSON (a crash of Node) is a line, too. */
function lineOf(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: 'none', msg: text };
  }
}
