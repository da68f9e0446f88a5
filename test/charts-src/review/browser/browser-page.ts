import * as z from 'zod';
import type { Devtools, DevtoolsEvent } from './devtools';

const targetSchema = z.object({ targetId: z.string() });
const sessionSchema = z.object({ sessionId: z.string() });
const evaluationSchema = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z.object({ text: z.string(), exception: z.unknown().optional() }).exactOptional(),
});
const dataSchema = z.object({ data: z.string() });
const requestSchema = z.object({ request: z.object({ url: z.string() }) });

/** How the page is shown. */
export interface Appearance {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  /** @default 'screen' */
  readonly media?: 'screen' | 'print';
}

/** One page of the browser, with what it asked the network for and complained about. */
export class BrowserPage {
  /** Addresses that the page asked for, its own included. */
  readonly requests: string[] = [];
  /** Errors and warnings of the console, uncaught exceptions, refused loads. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly devtools: Devtools,
    private readonly session: string,
  ) {}

  /** An empty page. */
  static async open(devtools: Devtools): Promise<BrowserPage> {
    const { targetId } = targetSchema.parse(await devtools.send('Target.createTarget', { url: 'about:blank' }));
    const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new BrowserPage(devtools, sessionSchema.parse(attached).sessionId);
    devtools.listen((event) => page.note(event));
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    return page;
  }

  /** Goes to an address and waits until it is loaded. */
  async goTo(url: string): Promise<void> {
    const loaded = Promise.withResolvers<void>();
    const stop = this.devtools.listen(({ method, session }) => {
      if (session === this.session && method === 'Page.loadEventFired') loaded.resolve();
    });
    await this.send('Page.navigate', { url });
    await loaded.promise;
    stop();
  }

  /** Shows the page in another size or scheme. */
  async show({ width, height, scheme, media = 'screen' }: Appearance): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.send('Emulation.setEmulatedMedia', { media, features });
  }

  /**
   * Value of an expression in the page; promises are waited for.
   *
   * @throws with the page's error
   */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = evaluationSchema.parse(answer);
    if (exceptionDetails === undefined) return result.value;
    throw new Error(`in the page: ${exceptionDetails.text} ${JSON.stringify(exceptionDetails.exception)}`);
  }

  /** Types text into whatever has the focus. */
  async type(text: string): Promise<void> {
    await this.send('Input.insertText', { text });
  }

  /** Presses and releases a key. */
  async press(key: 'Tab' | 'Enter' | 'ArrowRight' | 'ArrowDown'): Promise<void> {
    const codes = { Tab: 9, Enter: 13, ArrowRight: 39, ArrowDown: 40 };
    const event = { key, code: key, windowsVirtualKeyCode: codes[key], ...(key === 'Enter' ? { text: '\r' } : {}) };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** The page as it would be printed. */
  async pdf(): Promise<Buffer> {
    const answer = await this.send('Page.printToPDF', { preferCSSPageSize: true });
    return Buffer.from(dataSchema.parse(answer).data, 'base64');
  }

  private send(method: string, params: object = {}): Promise<unknown> {
    return this.devtools.send(method, params, this.session);
  }

  private note({ method, params, session }: DevtoolsEvent): void {
    if (session !== this.session) return;
    if (method === 'Network.requestWillBeSent') this.requests.push(requestSchema.parse(params).request.url);
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      this.complaints.push(JSON.stringify(params));
    }
    if (method === 'Runtime.consoleAPICalled') this.complaints.push(JSON.stringify(params));
  }
}
