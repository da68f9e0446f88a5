import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { writeKubeconfig } from '../cluster/kubeconfig';
import type { TestCluster } from '../cluster/test-cluster';
import { goProgram } from '../tools/go-programs';

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody at a shell with a real kubectl, who copies commands and manifests out of the documents. */
export class Reader {
  private constructor(
    private readonly directory: string,
    private readonly cluster: TestCluster,
  ) {}

  /** A reader for a cluster. @throws naming what is missing where kubectl can't be built */
  static async of(cluster: TestCluster): Promise<Reader> {
    const kubectl = await goProgram('kubectl');
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'slipway-reader-'));
    await symlink(kubectl, join(directory, 'kubectl'));
    return new Reader(directory, cluster);
  }

  /** Runs the lines of a shell block as they stand, in a namespace that the kubeconfig names. */
  async run(script: string, namespace = 'default', input = ''): Promise<Printed> {
    const { url, ca, adminToken: token } = this.cluster;
    const kubeconfig = join(this.directory, namespace);
    await writeKubeconfig(kubeconfig, { url, ca, token, user: 'reader', namespace });
    const env = {
      PATH: `${this.directory}:${process.env['PATH'] ?? ''}`,
      HOME: this.directory,
      KUBECONFIG: kubeconfig,
    };
    return new Promise((done) => {
      const child = execFile('sh', ['-eu', '-c', script], { env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  }

  /** Applies the text of a manifest, or an object, with `kubectl apply -f -`. */
  apply(manifest: string | object, namespace?: string): Promise<Printed> {
    const text = typeof manifest === 'string' ? manifest : dump(manifest);
    return this.run('kubectl apply -f -', namespace, text);
  }

  /** Leaves nothing behind. */
  close(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
