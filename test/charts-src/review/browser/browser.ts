import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrphanGuard } from '../../../cluster/orphan-guard';
import { chromium } from './chromium';
import { Devtools } from './devtools';
import { BrowserPage } from './browser-page';

/** Milliseconds that a busy machine may take to start it. */
const startLimit = 30_000;

/** A headless Chromium with a profile of its own. */
export class Browser {
  private constructor(
    private readonly devtools: Devtools,
    private readonly process: ChildProcess,
    private readonly guard: OrphanGuard,
    private readonly profile: string,
  ) {}

  /** @throws one message that says what to install when no Chromium can be had */
  static async start(log: (line: string) => void): Promise<Browser> {
    const { program, environment } = await chromium(process.env, log);
    const profile = await mkdtemp(join(await realpath(tmpdir()), 'slipway-chromium-'));
    const flags = [
      '--headless',
      // Its own sandbox needs user namespaces, which containers seldom have; it opens only our page.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ];
    const browser = spawn(program, [...flags, 'about:blank'], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const guard = new OrphanGuard(profile);
    if (browser.pid !== undefined) guard.watch(browser.pid);
    try {
      return new Browser(await Devtools.connect(await addressOf(browser, program)), browser, guard, profile);
    } catch (error) {
      await end(browser, guard, profile);
      throw error;
    }
  }

  /** A new page, empty. */
  open(): Promise<BrowserPage> {
    return BrowserPage.open(this.devtools);
  }

  /** Ends the browser and removes its profile. */
  async close(): Promise<void> {
    await end(this.process, this.guard, this.profile);
  }
}

/** The line on standard error that says where it listens. */
function addressOf(browser: ChildProcess, program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string) => reject(new Error(`starting ${program}: ${why}: ${output.trim().slice(-2_000)}`));
    const limit = setTimeout(() => fail(`no address after ${startLimit / 1000} s`), startLimit);
    browser.on('error', (error) => fail(error.message));
    browser.on('exit', (code, signal) => {
      clearTimeout(limit);
      fail(`it ended with ${code ?? signal}`);
    });
    browser.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(limit);
      resolve(address);
    });
  });
}

async function end(browser: ChildProcess, guard: OrphanGuard, profile: string): Promise<void> {
  if (browser.pid !== undefined && browser.exitCode === null && browser.signalCode === null) {
    const ended = once(browser, 'exit');
    // Its helpers are in its group.
    process.kill(-browser.pid, 'SIGKILL');
    await ended;
  }
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  await guard.release();
}
