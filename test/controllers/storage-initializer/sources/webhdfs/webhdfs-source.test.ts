import { X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { realClock, type Clock } from '../../../../../controllers/runtime/clock';
import { selfSignedCertificate } from '../../../../../controllers/runtime/self-signed-certificate';
import { openWebHdfs } from '../../../../../controllers/storage-initializer/sources/webhdfs/webhdfs-source';
import { jsonAnswer, textAnswer } from '../../../../doubles/model-registry/answer';
import { startTlsFront } from '../../../../doubles/tls-front/tls-front';
import {
  remote,
  startWebHdfs,
  type WebHdfsCluster,
  type WebHdfsOptions,
} from '../../../../doubles/webhdfs/webhdfs-cluster';
import { startFaultProxy } from '../../../../faults/fault-proxy';
import { fetched, type Fetched } from '../../fetched-tree';
import { withHdfsSecret } from './hdfs-secret';

/** Waits between tries end at once. */
const impatientClock: Clock = { ...realClock, setTimer: (_ms, callback) => realClock.setTimer(0, callback) };

const files = {
  '/models/iris/model.bin': 'weights',
  '/models/iris/sub/deep/config.json': '{}',
  '/models/iris/empty': '',
};
const iris = { 'model.bin': 'weights', 'sub/deep/config.json': '{}', empty: '' };

async function withCluster<T>(options: WebHdfsOptions, use: (cluster: WebHdfsCluster) => Promise<T>): Promise<T> {
  const cluster = await startWebHdfs(options);
  try {
    return await use(cluster);
  } finally {
    await cluster.close();
  }
}

function fetchedFrom(
  namenodes: readonly string[],
  uri: string,
  secret: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<Fetched> {
  return withHdfsSecret({ HDFS_NAMENODE: namenodes.join(';'), ...secret }, (directory) =>
    fetched(openWebHdfs, uri, {
      environment: { HDFS_SECRET_DIR: directory, ...environment },
      clock: impatientClock,
    }),
  );
}

describe('a path of HDFS', () => {
  test.each(['hdfs://models/iris', 'webhdfs://models/iris', 'hdfs:///models/iris/'])(
    '%s is the tree below it; empty files are files (SD-02)',
    (uri) =>
      withCluster({ files }, async ({ namenodes }) => {
        expect((await fetchedFrom(namenodes, uri)).files).toEqual(iris);
      }),
  );

  test('of a file is the file under its base name', () =>
    withCluster({ files: { ...files, '/models/iris/model.bin.bak': 'x' } }, async ({ namenodes }) => {
      const { files: got } = await fetchedFrom(namenodes, 'hdfs://models/iris/model.bin');
      expect(got).toEqual({ 'model.bin': 'weights' });
    }));

  test('never matches siblings (SD-01)', () =>
    withCluster({ files: { '/m/model/x': '1', '/m/model-hf/y': '2' } }, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://m/model')).files).toEqual({ x: '1' });
    }));

  test('of an empty directory is no error: nothing is published', () =>
    withCluster({ files: { '/models/empty': undefined } }, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://models/empty')).files).toEqual({});
    }));

  test('is below HDFS_ROOTPATH', () =>
    withCluster({ files }, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://iris', { HDFS_ROOTPATH: '/models/' })).files).toEqual(iris);
    }));

  test('is below the home directory when HDFS_ROOTPATH is relative', () =>
    withCluster({ files: { '/user/dr.who/models/a': 'a' } }, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://', { HDFS_ROOTPATH: 'models' })).files).toEqual({ a: 'a' });
    }));

  test('does not lead out of HDFS_ROOTPATH', () =>
    withCluster({ files }, async ({ namenodes }) => {
      const failed = fetchedFrom(namenodes, 'hdfs://../models/iris', { HDFS_ROOTPATH: '/other' });
      await expect(failed).rejects.toThrow("HDFS error: hdfs://../models/iris: '..' is not allowed in a path");
    }));

  test('may have spaces and signs', () =>
    withCluster({ files: { '/my models/a+b %&=ü': '' } }, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://my models')).files).toEqual({ 'a+b %&=ü': '' });
    }));

  test('is filtered by the patterns, on all levels', () =>
    withCluster({ files }, async ({ namenodes }) => {
      const patterns = { STORAGE_ALLOW_PATTERNS: '*.json' };
      const { files: got } = await fetchedFrom(namenodes, 'hdfs://models/iris', {}, patterns);
      expect(got).toEqual({ 'sub/deep/config.json': '{}' });
    }));

  test('with a symbolic link in it is refused, not fetched without it', () =>
    withCluster({ files, links: ['/models/iris/link'] }, async ({ namenodes }) => {
      await expect(fetchedFrom(namenodes, 'hdfs://models/iris')).rejects.toThrow(
        'HDFS error: /models/iris/link: is a symbolic link, and those are not followed',
      );
    }));
});

describe('a directory', () => {
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`/m/part-${index}`, `${index}`]));
  const expected = Object.fromEntries(Object.entries(many).map(([path, content]) => [path.slice(3), content]));

  test('is listed in parts', () =>
    withCluster({ files: many, batchSize: 10 }, async ({ namenodes, logs }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://m')).files).toEqual(expected);
      expect(logs[0]?.filter(({ query }) => query['op'] === 'LISTSTATUS_BATCH')).toHaveLength(3);
    }));

  test('is listed at once where parts are unknown', () =>
    withCluster({ files: many, batchSize: 0 }, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://m')).files).toEqual(expected);
    }));
});

describe('namenodes', () => {
  test('of which the second is active are asked until it answers', () =>
    withCluster({ files, namenodes: 2, active: () => 1 }, async ({ namenodes, logs }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://models/iris')).files).toEqual(iris);
      expect(logs[0]).toHaveLength(1);
    }));

  test('that change their roles half-way are followed', async () => {
    let active = 0;
    const options: WebHdfsOptions = {
      files,
      namenodes: 2,
      active: () => active,
      intercept: ({ url }) => {
        if (url.searchParams.get('op') === 'OPEN') active = 1;
        return undefined;
      },
    };
    await withCluster(options, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://models/iris', { N_THREADS: '1' })).files).toEqual(iris);
      expect(active).toBe(1);
    });
  });

  test('of which the first is down are no problem', () =>
    withCluster({ files }, async ({ namenodes }) => {
      const { files: got } = await fetchedFrom(['http://127.0.0.1:9', ...namenodes], 'hdfs://models/iris');
      expect(got).toEqual(iris);
    }));

  test('that are all on standby for a moment are asked again', async () => {
    let asked = 0;
    await withCluster({ files, namenodes: 2, active: () => (asked++ < 3 ? undefined : 0) }, async ({ namenodes }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://models/iris')).files).toEqual(iris);
    });
  });

  test('that all stay on standby are an error', () =>
    withCluster({ files, namenodes: 2, active: () => undefined }, async ({ namenodes }) => {
      await expect(fetchedFrom(namenodes, 'hdfs://models/iris')).rejects.toThrow(
        `Failed to connect to HDFS endpoint '${namenodes[0]}'. (StandbyException: `,
      );
    }));

  test('that are all down are an error', async () => {
    await expect(fetchedFrom(['http://127.0.0.1:9'], 'hdfs://models/iris')).rejects.toThrow(
      "Failed to connect to HDFS endpoint 'http://127.0.0.1:9'. (",
    );
  });
});

describe('a request', () => {
  test('is made for USER_PROXY with HEADERS, which never go to a datanode or into the log (SD-08, SD-12)', () =>
    withCluster({ files }, async ({ namenodes, logs, datanodeLog }) => {
      const secret = {
        USER_PROXY: 'ml',
        HEADERS: '{"X-Key": "the-secret-key", "Authorization": "Basic c2VjcmV0LWtleQ=="}',
      };
      const { files: got, log } = await fetchedFrom(namenodes, 'hdfs://models/iris', secret);
      expect(got).toEqual(iris);
      const seen = logs[0] ?? [];
      expect(seen.every(({ query, headers }) => query['doas'] === 'ml' && headers['x-key'] === 'the-secret-key')).toBe(
        true,
      );
      expect(datanodeLog).toHaveLength(3);
      for (const { headers } of datanodeLog) expect(headers['x-key'] ?? headers.authorization).toBeUndefined();
      expect(log.join('\n')).not.toMatch(/the-secret-key|c2VjcmV0/);
    }));

  test('to a gateway, as HttpFS is, brings the file at once', () =>
    withCluster({ files, gateway: true }, async ({ namenodes, datanodeLog }) => {
      expect((await fetchedFrom(namenodes, 'hdfs://models/iris')).files).toEqual(iris);
      expect(datanodeLog).toEqual([]);
    }));

  test('over TLS trusts the authority of TLS_CA and no other', () =>
    withCluster({ files, gateway: true }, async ({ namenodes }) => {
      const front = await startTlsFront('localhost', namenodes[0] ?? '');
      const url = front.url.replace('127.0.0.1', 'localhost');
      try {
        const { files: got } = await fetchedFrom([url], 'hdfs://models/iris', { TLS_CA: front.ca });
        expect(got).toEqual(iris);
        await expect(fetchedFrom([url], 'hdfs://models/iris')).rejects.toThrow(
          /^Failed to connect to HDFS .*SELF_SIGNED/,
        );
        const unverified = await fetchedFrom([url], 'hdfs://models/iris', { TLS_SKIP_VERIFY: 'true' });
        expect(unverified.files).toEqual(iris);
      } finally {
        await front.close();
      }
    }));

  test('over TLS shows the certificate of TLS_CERT and TLS_KEY', () =>
    withCluster({ files, gateway: true }, async ({ namenodes }) => {
      const server = selfSignedCertificate('localhost', Date.now());
      const client = selfSignedCertificate('client', Date.now());
      const { fingerprint256 } = new X509Certificate(client.cert);
      // Any certificate is accepted by TLS: this one is good for servers only. Whose it is decides.
      const front = createServer({ ...server, requestCert: true, rejectUnauthorized: false }, (incoming, response) => {
        const shown = incoming.socket instanceof TLSSocket ? incoming.socket.getPeerX509Certificate() : undefined;
        if (shown?.fingerprint256 !== fingerprint256) {
          response.writeHead(401).end();
          return;
        }
        request(new URL(incoming.url ?? '/', namenodes[0]), (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }).end();
      });
      await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
      const url = `https://localhost:${(front.address() as AddressInfo).port}`;
      try {
        const identity = { TLS_CA: server.cert, TLS_CERT: client.cert, TLS_KEY: client.key };
        expect((await fetchedFrom([url], 'hdfs://models/iris', identity)).files).toEqual(iris);
        const without = fetchedFrom([url], 'hdfs://models/iris', { TLS_CA: server.cert });
        await expect(without).rejects.toThrow('HDFS authentication failed.');
      } finally {
        front.closeAllConnections();
        await new Promise((resolve) => front.close(resolve));
      }
    }));
});

describe('a file', () => {
  test('that is cut is fetched on from where it ended, with offset and length (SD-07)', () =>
    withCluster({ files: { '/m/big': '0123456789' }, gateway: true }, async ({ namenodes, logs }) => {
      const proxy = await startFaultProxy({ target: namenodes[0] ?? '' });
      try {
        const isOpen = (query: URLSearchParams) => query.get('op') === 'OPEN';
        proxy.inject({ matches: ({ query }) => isOpen(query), fault: { kind: 'short', bytes: 4 }, times: 1 });
        expect((await fetchedFrom([proxy.url], 'hdfs://m')).files).toEqual({ big: '0123456789' });
        const parts = logs[0]?.flatMap(({ query }) =>
          query['op'] === 'OPEN' ? [[query['offset'], query['length']]] : [],
        );
        expect(parts).toEqual([
          [undefined, undefined],
          ['4', '6'],
        ]);
      } finally {
        await proxy.close();
      }
    }));

  test('that is large is fetched in parts at a time, which are put together', async () => {
    const block = Array.from({ length: 1024 }, (_, index) => String.fromCharCode(97 + (index % 25))).join('');
    const content = Array.from({ length: 65 * 1024 }, (_, index) => `${index}${block}`.slice(0, 1024)).join('');
    await withCluster({ files: { '/m/big': content } }, async ({ namenodes, datanodeLog }) => {
      const { files: got } = await fetchedFrom(namenodes, 'hdfs://m/big');
      // Not toEqual: nobody wants to read the difference.
      expect(got['big'] === content).toBe(true);
      expect(datanodeLog.length).toBeGreaterThan(1);
      expect(datanodeLog.every(({ query }) => query['length'] !== undefined)).toBe(true);
    });
  }, 30_000);

  test('that is replaced while it is fetched is never mixed of two: it is fetched anew', async () => {
    const changing: WebHdfsOptions['files'] = { '/m/big': { content: 'old old old', modified: 1 } };
    await withCluster({ files: changing, gateway: true }, async ({ namenodes }) => {
      const proxy = await startFaultProxy({ target: namenodes[0] ?? '' });
      try {
        proxy.inject({
          matches: ({ query }) => {
            const isRead = query.get('op') === 'OPEN';
            if (isRead) setTimeout(() => (changing['/m/big'] = { content: 'new new new', modified: 2 }), 100);
            return isRead;
          },
          fault: { kind: 'short', bytes: 4 },
          times: 1,
        });
        const clock: Clock = { ...realClock, setTimer: (_ms, callback) => realClock.setTimer(300, callback) };
        await withHdfsSecret({ HDFS_NAMENODE: proxy.url }, async (directory) => {
          const { files: got, log } = await fetched(openWebHdfs, 'hdfs://m', {
            environment: { HDFS_SECRET_DIR: directory },
            clock,
          });
          expect(got).toEqual({ big: 'new new new' });
          expect(log.join('\n')).toContain('/m/big: was replaced while it was fetched: fetching it anew');
        });
      } finally {
        await proxy.close();
      }
    });
  });

  test('that is deleted between list and get is named', () =>
    withCluster(
      {
        files,
        intercept: ({ url }) =>
          url.searchParams.get('op') === 'OPEN'
            ? remote(404, 'FileNotFoundException', 'File /models/iris/empty not found.')
            : undefined,
      },
      async ({ namenodes }) => {
        await expect(fetchedFrom(namenodes, 'hdfs://models/iris', { N_THREADS: '1' })).rejects.toThrow(
          "HDFS resource '/models/iris/empty' not found. (FileNotFoundException: File /models/iris/empty not found.)",
        );
      },
    ));
});

describe('what a namenode refuses', () => {
  test.each([
    {
      what: 'a path that is not there',
      answer: remote(404, 'FileNotFoundException', 'File does not exist: /m'),
      words: "HDFS resource '/m' not found. (FileNotFoundException: File does not exist: /m)",
    },
    {
      what: 'somebody who may not',
      answer: remote(403, 'AccessControlException', 'Permission denied: user=dr.who\n\tat org.apache.Stack'),
      words:
        "Access denied to HDFS resource '/m'. Verify permissions. (AccessControlException: Permission denied: user=dr.who)",
    },
    {
      what: 'somebody it does not know',
      answer: remote(401, 'SecurityException', 'Failed to obtain user group information'),
      words:
        'HDFS authentication failed. Verify Kerberos keytab and principal configuration. (SecurityException: Failed to obtain user group information)',
    },
    {
      what: 'somebody without Kerberos',
      answer: { ...textAnswer(401, 'Authentication required'), headers: { 'www-authenticate': 'Negotiate' } },
      words:
        'the namenode wants Kerberos, which is not supported: use an HttpFS or Knox gateway, or a client certificate',
    },
    { what: 'everything else', answer: remote(500, 'IOException', 'disk'), words: 'HDFS error: /m: IOException: disk' },
    { what: 'anything: it is another server', answer: textAnswer(404, ''), words: 'answered 404: is WebHDFS there?' },
    { what: 'JSON', answer: textAnswer(200, '<html>'), words: "can't be understood: it is not JSON" },
    { what: 'the protocol', answer: jsonAnswer(200, {}), words: "can't be understood: it is not of WebHDFS" },
  ])('$what', ({ answer, words }) =>
    withCluster({ files, intercept: () => answer }, async ({ namenodes }) => {
      await expect(fetchedFrom(namenodes, 'hdfs://m')).rejects.toThrow(words);
    }),
  );
});
